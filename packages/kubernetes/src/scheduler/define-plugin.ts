/** What a scheduler plugin is: a filter with upstream's words for why not, a score, or both. */
import type { Node, Pod } from "../api/index.ts"
import type { Informers } from "../client/contract.ts"
import type { Amounts } from "./pod-requests.ts"

/** A node as the scheduler sees it in one cycle. Amounts: millicores, bytes, Pods. */
export interface NodeInfo {
  node: Node
  pods: readonly Pod[]
  allocatable: { cpu: number; memory: number; pods: number; other: (name: string) => number }
  requested: Amounts
}

export interface CycleState {
  pod: Pod
  requests: Amounts
  nodes: readonly NodeInfo[]
  informers: Informers
}

/** Why no node at all can take the Pod, whatever is asked of the nodes; "wait" says nothing and tries again when something changes. */
export interface PreFilterFailure {
  reason: string
  wait?: boolean
}

export interface PluginOptions {
  name: string
  /** Looks at the Pod alone; undefined: go on to the nodes. */
  preFilter?: (state: CycleState) => PreFilterFailure | undefined
  /** Reasons why the Pod cannot run there; empty: it can. */
  filter?: (state: CycleState, info: NodeInfo) => readonly string[]
  /** Taking lower Pods away would not help: for this plugin, or on this node. */
  unresolvable?: boolean | ((state: CycleState, info: NodeInfo) => boolean)
  /** 0–100, more is better. */
  score?: (state: CycleState, info: NodeInfo) => number
  /** Default 1. */
  weight?: number
}

export type Plugin = Readonly<PluginOptions>

export const definePlugin = (options: PluginOptions): Plugin => options
