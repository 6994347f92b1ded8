/** What a scheduler plugin is: a filter with upstream's words for why not, a score, or both. As pkg/scheduler/framework/interface.go. */
import type { Node, Pod } from "../api/index.ts"
import type { Informers } from "../client/contract.ts"
import type { Amounts } from "./pod-requests.ts"

/** A node as the scheduler sees it. Amounts: millicores, bytes, Pods. */
export interface NodeInfo {
  readonly node: Node
  readonly pods: readonly Pod[]
  readonly allocatable: { readonly cpu: number; readonly memory: number; readonly pods: number; other(name: string): number }
  readonly requested: Amounts
  /** As requested, where a container that asks for nothing counts 100m and 200 MB. */
  readonly nonZero: { readonly cpu: number; readonly memory: number }
  /** Those of its Pods that want to be near others, or away from them. */
  readonly affine: readonly Pod[]
  /** Pods of each controller, by its uid. */
  siblings(uid: string): number
}

export interface CycleState {
  pod: Pod
  requests: Amounts
  nodes: readonly NodeInfo[]
  informers: Informers
  /** Of the Pod's profile; default: the default one's. */
  plugins?: readonly Plugin[]
  /** Whether lower Pods may be sent away for it. Default true. */
  preempts?: boolean
}

/** Why no node at all can take the Pod, whatever is asked of the nodes; "wait" says nothing and tries again when something changes. */
export interface PreFilterFailure {
  reason: string
  wait?: boolean
}

/** Why one node cannot; `unresolvable`: taking lower Pods away would not help. */
export interface Rejection {
  reasons: readonly string[]
  unresolvable?: boolean
}

export interface PluginOptions {
  name: string
  /** Looks at the Pod alone; undefined: go on to the nodes. */
  preFilter?: (state: CycleState) => PreFilterFailure | undefined
  /** The only nodes that can come into question; undefined: any. */
  only?: (state: CycleState) => ReadonlySet<string> | undefined
  /** Called once a cycle: the question to ask of each node, undefined when this Pod has none. */
  filter?: (state: CycleState) => ((info: NodeInfo) => Rejection | undefined) | undefined
  /** Called once a cycle with the nodes that can take the Pod: how to score each of them (more is better), undefined when all are alike. */
  score?: (state: CycleState, feasible: readonly NodeInfo[]) => ((info: NodeInfo) => number) | undefined
  /** Brings scores to 0–100 in place; default: they are. */
  normalize?: (scores: number[]) => void
  /** Default 1. */
  weight?: number
}

export type Plugin = Readonly<PluginOptions>

export const definePlugin = (options: PluginOptions): Plugin => options

/** As helper.DefaultNormalizeScore: in proportion to the highest, or, for what is disliked, the other way round. */
export const inProportion =
  (reverse: boolean) =>
  (scores: number[]): void => {
    const most = scores.reduce((max, score) => Math.max(max, score), 0)
    for (const [index, score] of scores.entries())
      if (most === 0) scores[index] = reverse ? 100 : 0
      else scores[index] = reverse ? 100 - Math.floor((score * 100) / most) : Math.floor((score * 100) / most)
  }
