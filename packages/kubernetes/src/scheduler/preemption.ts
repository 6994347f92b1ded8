/** DefaultPreemption: lower Pods make room. As pkg/scheduler/framework/preemption/preemption.go. */
import { type Pod, podDisruptionBudget } from "../api/index.ts"
import { selectorMatches } from "../apimachinery/selectors.ts"
import type { CycleState, NodeInfo } from "./define-plugin.ts"
import { plugins } from "./plugins/index.ts"
import { sumOf } from "./pod-requests.ts"

const priorityOf = (pod: Pod): number => pod.spec.priority ?? 0
const startOf = (pod: Pod): string => String(pod.status.startTime ?? pod.metadata.creationTimestamp)

/** More important first: higher priority, then the older. */
const byImportance = (a: Pod, b: Pod): number => priorityOf(b) - priorityOf(a) || (startOf(a) < startOf(b) ? -1 : 1)

const withPods = (info: NodeInfo, pods: readonly Pod[]): NodeInfo => ({ ...info, pods, requested: sumOf(pods) })

const fits = (state: CycleState, info: NodeInfo): boolean => {
  const nodes = state.nodes.map((one) => (one.node === info.node ? info : one))
  const next = { ...state, nodes }
  return plugins.every((plugin) => (plugin.filter?.(next, info).length ?? 0) === 0)
}

interface Candidate {
  node: string
  victims: readonly Pod[]
  violations: number
}

const candidateOn = (state: CycleState, info: NodeInfo): Candidate | undefined => {
  const own = priorityOf(state.pod)
  const lower = info.pods.filter((pod) => priorityOf(pod) < own)
  if (lower.length === 0) return undefined
  let kept = info.pods.filter((pod) => priorityOf(pod) >= own)
  if (!fits(state, withPods(info, kept))) return undefined
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
    if (fits(state, withPods(info, [...kept, pod]))) {
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

/** Where Pods have to go so that this one can come; `possible`: nodes on which taking Pods away could help. */
export const findVictims = (state: CycleState, possible: readonly NodeInfo[]): Candidate | undefined => {
  if (state.pod.spec.preemptionPolicy === "Never") return undefined
  // Room is being made already.
  const nominated = state.nodes.find(({ node }) => node.metadata.name === state.pod.status.nominatedNodeName)
  if (nominated?.pods.some((pod) => pod.metadata.deletionTimestamp && priorityOf(pod) < priorityOf(state.pod))) return undefined
  const candidates = possible.flatMap((info) => candidateOn(state, info) ?? []).filter(({ victims }) => victims.length > 0)
  return candidates.sort(better)[0]
}
