/** One Pod's way through the plugins: which nodes can take it, which is best, or why there is none. As pkg/scheduler/schedule_one.go. */
import type { Pod } from "../api/index.ts"
import type { CycleState, NodeInfo, Plugin, Rejection } from "./define-plugin.ts"
import { withPods } from "./node-cache.ts"
import { plugins } from "./plugins/index.ts"
import { findVictims, type Preemption, priorityOf } from "./preemption.ts"

/** As many nodes as are always looked at (minFeasibleNodesToFind), and the least share of a large cluster, percent. */
const LEAST_NODES = 100
const LEAST_PERCENT = 5

/** Nodes that are enough to choose from (numFeasibleNodesToFind). */
export const enoughOf = (nodes: number): number => {
  if (nodes < LEAST_NODES) return nodes
  const percent = Math.max(LEAST_PERCENT, 50 - Math.floor(nodes / 125))
  return Math.max(LEAST_NODES, Math.floor((nodes * percent) / 100))
}

export interface Refusal {
  info: NodeInfo
  plugin: Plugin
  rejection: Rejection
}

export interface Search {
  feasible: NodeInfo[]
  refusals: Refusal[]
  /** Why no node at all was asked. */
  blocked: string | undefined
  /** Something else has to happen first; nothing is to be said. */
  wait: boolean
  /** Nodes that were looked at. */
  processed: number
}

type Question = readonly [Plugin, (info: NodeInfo) => Rejection | undefined]

const questionsFor = (state: CycleState): Question[] =>
  (state.plugins ?? plugins).flatMap((plugin): Question[] => {
    const ask = plugin.filter?.(state)
    return ask ? [[plugin, ask]] : []
  })

const askAll = (questions: readonly Question[], info: NodeInfo): Refusal | undefined => {
  for (const [plugin, ask] of questions) {
    const rejection = ask(info)
    if (rejection) return { info, plugin, rejection }
  }
  return undefined
}

/** Nodes that no plugin asks about because another has named those that count; as the status of absent nodes. */
const unnamed = (plugin: Plugin): Rejection => ({
  reasons: [`node(s) didn't satisfy plugin(s) [${plugin.name}]`],
  unresolvable: true,
})

/**
 * @param from the node to begin with, so that large clusters fill evenly
 * @param promised Pods for which room is made on a node: those of the same or a higher priority count as if they ran there
 */
export const search = (state: CycleState, from: number, promised: (node: string) => readonly Pod[]): Search => {
  const found: Search = { feasible: [], refusals: [], blocked: undefined, wait: false, processed: 0 }
  let only: ReadonlySet<string> | undefined
  let namer: Plugin | undefined
  for (const plugin of state.plugins ?? plugins) {
    const failure = plugin.preFilter?.(state)
    if (failure?.wait) return { ...found, wait: true }
    found.blocked ??= failure?.reason
    const names = plugin.only?.(state)
    if (!names) continue
    only = names
    namer = plugin
  }
  if (found.blocked !== undefined) return found
  const { nodes } = state
  const questions = questionsFor(state)
  const enough = enoughOf(nodes.length)
  for (let i = 0; i < nodes.length && found.feasible.length < enough; i++) {
    const info = nodes[(from + i) % nodes.length]
    found.processed++
    if (only && !only.has(info.node.metadata.name)) {
      found.refusals.push({ info, plugin: namer as Plugin, rejection: unnamed(namer as Plugin) })
      continue
    }
    let refusal = askAll(questions, info)
    if (!refusal) {
      const expected = promised(info.node.metadata.name).filter((pod) => priorityOf(pod) >= priorityOf(state.pod))
      if (expected.length > 0) refusal = askAll(questions, withPods(info, [...info.pods, ...expected]))
    }
    if (refusal) found.refusals.push({ ...refusal, info })
    else found.feasible.push(info)
  }
  return found
}

/** What one plugin gave, weighted, in the order of the feasible nodes. */
export interface PluginScores {
  plugin: Plugin
  scores: readonly number[]
}

/**
 * Total of all plugins, in the order of `feasible`.
 * @param parts is given each plugin's share
 */
export const scoresOf = (state: CycleState, feasible: readonly NodeInfo[], parts?: PluginScores[]): number[] => {
  const totals = feasible.map(() => 0)
  for (const plugin of state.plugins ?? plugins) {
    const score = plugin.score?.(state, feasible)
    if (!score) continue
    const scores = feasible.map(score)
    plugin.normalize?.(scores)
    const weight = plugin.weight ?? 1
    for (const [index, one] of scores.entries()) totals[index] += one * weight
    parts?.push({ plugin, scores: weight === 1 ? scores : scores.map((one) => one * weight) })
  }
  return totals
}

const histogram = (reasons: ReadonlyMap<string, number>): string =>
  [...reasons]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(", ")

const NO_NODES = "no nodes available to schedule pods"

/** How many nodes were refused for what. */
const refused = ({ refusals }: Search, nodes: number): string => {
  const reasons = new Map<string, number>()
  for (const { rejection } of refusals) for (const reason of rejection.reasons) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  return `0/${nodes} nodes are available: ${histogram(reasons)}.`
}

/** Why there is no node, as FitError in pkg/scheduler/framework/types.go, and whom to send away so that there is one. */
export const explain = (state: CycleState, found: Search): { message: string; preemption: Preemption } => {
  const { nodes } = state
  // The cycle stopped before other plugins had kept anything: that is what PostFilter says then.
  if (found.blocked !== undefined && nodes.length > 0)
    return {
      message: `0/${nodes.length} nodes are available: ${found.blocked}. not found`,
      preemption: { kind: "none", reasons: new Map() },
    }
  if (state.preempts === false) {
    const none = { kind: "none", reasons: new Map() } as const
    return { message: nodes.length === 0 ? NO_NODES : `${refused(found, nodes.length)} no new claims to deallocate`, preemption: none }
  }
  const helpful = found.refusals.flatMap(({ info, rejection }) => (rejection.unresolvable ? [] : [info]))
  const preemption = findVictims(state, helpful)
  if (nodes.length === 0) return { message: NO_NODES, preemption }
  const head = `0/${nodes.length} nodes are available`
  const why = refused(found, nodes.length)
  if (preemption.kind === "victims") return { message: why, preemption }
  const after = preemption.kind === "not-eligible" ? preemption.message : `${head}: ${histogram(preemption.reasons)}.`
  return { message: `${why} no new claims to deallocate, preemption: ${after}`, preemption }
}
