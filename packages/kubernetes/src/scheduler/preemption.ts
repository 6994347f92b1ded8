/** DefaultPreemption: lower Pods make room. As pkg/scheduler/framework/preemption/preemption.go. */
import { type Pod, podDisruptionBudget } from "../api/index.ts"
import { selectorMatches } from "../apimachinery/selectors.ts"
import type { CycleState, NodeInfo, Rejection } from "./define-plugin.ts"
import { withPods } from "./node-cache.ts"
import { plugins } from "./plugins/index.ts"

export const priorityOf = (pod: Pod): number => pod.spec.priority ?? 0
const startOf = (pod: Pod): string => String(pod.status.startTime ?? pod.metadata.creationTimestamp)
/** More important first: higher priority, then the older. */
const byImportance = (a: Pod, b: Pod): number => priorityOf(b) - priorityOf(a) || (startOf(a) < startOf(b) ? -1 : 1)

/** Why the Pod would not fit onto a node that looks like this. */
const rejectionOn = (state: CycleState, info: NodeInfo): Rejection | undefined => {
  const nodes = state.nodes.map((one) => (one.node === info.node ? info : one))
  const next = { ...state, nodes }
  for (const { filter } of state.plugins ?? plugins) {
    const rejection = filter?.(next)?.(info)
    if (rejection) return rejection
  }
  return undefined
}

export interface Candidate {
  node: string
  victims: readonly Pod[]
  violations: number
}

/** Where Pods have to go so that this one can come, or, in the histogram's words, why that helps nowhere. */
export type Preemption =
  | { kind: "victims"; candidate: Candidate }
  /** `reasons`: how many nodes say so. */
  | { kind: "none"; reasons: ReadonlyMap<string, number> }
  | { kind: "not-eligible"; message: string }

const NO_VICTIMS: Rejection = { reasons: ["No preemption victims found for incoming pod"] }

const candidateOn = (state: CycleState, info: NodeInfo): Candidate | Rejection => {
  const own = priorityOf(state.pod)
  const lower = info.pods.filter((pod) => priorityOf(pod) < own)
  if (lower.length === 0) return NO_VICTIMS
  let kept = info.pods.filter((pod) => priorityOf(pod) >= own)
  const still = rejectionOn(state, withPods(info, kept))
  if (still) return still
  const budgets = state.informers.for(podDisruptionBudget).list()
  const left = new Map(budgets.map((budget) => [budget, budget.status.disruptionsAllowed ?? 0]))
  const violating = new Set<Pod>()
  for (const pod of [...lower].sort(byImportance))
    for (const budget of budgets) {
      if (
        budget.metadata.namespace !== pod.metadata.namespace ||
        !selectorMatches(budget.spec.selector as never, pod.metadata.labels as never)
      )
        continue
      const allowed = (left.get(budget) ?? 0) - 1
      left.set(budget, allowed)
      if (allowed < 0) violating.add(pod)
    }
  const victims: Pod[] = []
  let violations = 0
  // Those whose loss would break a budget are spared first, then the more important.
  const order = [...lower].sort((a, b) => Number(violating.has(b)) - Number(violating.has(a)) || byImportance(a, b))
  for (const pod of order) {
    if (!rejectionOn(state, withPods(info, [...kept, pod]))) {
      kept = [...kept, pod]
      continue
    }
    victims.push(pod)
    if (violating.has(pod)) violations++
  }
  return { node: info.node.metadata.name, victims: victims.sort(byImportance), violations }
}

/** As pickOneNodeForPreemption: fewest broken budgets, lowest first victim, least sum, fewest victims, youngest. */
const better = (a: Candidate, b: Candidate): number => {
  const sum = ({ victims }: Candidate) => victims.reduce((total, pod) => total + priorityOf(pod) + 2 ** 31, 0)
  return (
    a.violations - b.violations ||
    priorityOf(a.victims[0]) - priorityOf(b.victims[0]) ||
    sum(a) - sum(b) ||
    a.victims.length - b.victims.length ||
    (startOf(a.victims[0]) > startOf(b.victims[0]) ? -1 : 1)
  )
}

/** @param possible nodes on which taking Pods away could help; all others are past help */
export const findVictims = (state: CycleState, possible: readonly NodeInfo[]): Preemption => {
  const { pod, nodes } = state
  if (pod.spec.preemptionPolicy === "Never") return { kind: "not-eligible", message: "not eligible due to preemptionPolicy=Never." }
  // Room is being made already.
  const nominated = nodes.find(({ node }) => node.metadata.name === pod.status.nominatedNodeName)
  if (nominated?.pods.some((other) => other.metadata.deletionTimestamp && priorityOf(other) < priorityOf(pod)))
    return { kind: "not-eligible", message: "not eligible due to a terminating pod on the nominated node." }
  const reasons = new Map<string, number>()
  const count = (reason: string, nodes: number) => nodes > 0 && reasons.set(reason, (reasons.get(reason) ?? 0) + nodes)
  count("Preemption is not helpful for scheduling", nodes.length - possible.length)
  const candidates: Candidate[] = []
  for (const info of possible) {
    const found = candidateOn(state, info)
    if ("victims" in found) candidates.push(found)
    else for (const reason of found.reasons) count(reason, 1)
  }
  const [candidate] = candidates.filter(({ victims }) => victims.length > 0).sort(better)
  return candidate ? { kind: "victims", candidate } : { kind: "none", reasons }
}
