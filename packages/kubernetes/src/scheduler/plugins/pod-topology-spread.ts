/** PodTopologySpread: equal Pods spread over zones and hosts. As pkg/scheduler/framework/plugins/podtopologyspread. */
import type { Pod } from "../../api/index.ts"
import { fromLabelSelector, matches } from "../../apimachinery/selectors.ts"
import { controllerUid } from "../controller-uid.ts"
import { type CycleState, definePlugin, type NodeInfo } from "../define-plugin.ts"
import { labelsOf } from "../pod-matching.ts"
import { tolerates } from "../taints.ts"
import { selectsNode } from "./node-affinity.ts"

interface Constraint {
  maxSkew: number
  topologyKey: string
  whenUnsatisfiable: string
  labelSelector?: Parameters<typeof fromLabelSelector>[0]
  minDomains?: number
  matchLabelKeys?: readonly string[]
  nodeAffinityPolicy?: string
  nodeTaintsPolicy?: string
}

const HOST = "kubernetes.io/hostname"
/** systemDefaultConstraints: a Pod's siblings are spread a little, whatever it says. */
const DEFAULTS: readonly { topologyKey: string; maxSkew: number }[] = [
  { topologyKey: HOST, maxSkew: 3 },
  { topologyKey: "topology.kubernetes.io/zone", maxSkew: 5 },
]

const domainOf = ({ node }: NodeInfo, key: string): string | undefined => labelsOf(node)[key]

/** Whether a node's domain counts: by default when the Pod's affinity allows it, whatever its taints. As matchNodeInclusionPolicies. */
const counted =
  ({ pod }: CycleState, constraint: Constraint) =>
  ({ node }: NodeInfo): boolean =>
    (constraint.nodeAffinityPolicy === "Ignore" || selectsNode(pod, node)) &&
    (constraint.nodeTaintsPolicy !== "Honor" ||
      (node.spec.taints ?? []).every((taint) => taint.effect === "PreferNoSchedule" || tolerates(pod.spec.tolerations as never, taint)))

/** Pods that a constraint counts. */
const alike = ({ pod }: CycleState, { labelSelector, matchLabelKeys = [] }: Constraint): ((other: Pod) => boolean) => {
  if (!labelSelector) return () => false
  const own = labelsOf(pod)
  const requirements = fromLabelSelector(labelSelector)
  const same = matchLabelKeys.filter((key) => own[key] !== undefined)
  return (other) => {
    const labels = labelsOf(other)
    return matches(requirements, labels) && same.every((key) => labels[key] === own[key])
  }
}

const here = ({ pod }: CycleState, info: NodeInfo, fits: (other: Pod) => boolean): number => {
  let count = 0
  for (const other of info.pods)
    if (other.metadata.namespace === pod.metadata.namespace && !other.metadata.deletionTimestamp && fits(other)) count++
  return count
}

/** Pods that fit in each domain, over the nodes that count. */
const counts = (state: CycleState, constraint: Constraint, all: readonly Constraint[]): Map<string, number> => {
  const fits = alike(state, constraint)
  const included = counted(state, constraint)
  const result = new Map<string, number>()
  for (const info of state.nodes) {
    const domain = domainOf(info, constraint.topologyKey)
    if (domain === undefined || !all.every(({ topologyKey }) => domainOf(info, topologyKey) !== undefined) || !included(info)) continue
    result.set(domain, (result.get(domain) ?? 0) + here(state, info, fits))
  }
  return result
}

const constraintsOf = ({ pod }: CycleState, whenUnsatisfiable: string): readonly Constraint[] =>
  ((pod.spec.topologySpreadConstraints ?? []) as readonly Constraint[]).filter((one) => one.whenUnsatisfiable === whenUnsatisfiable)

/** As scoreForCount: many Pods there are worse, the more so the more domains there are. */
const penalty = (count: number, maxSkew: number, domains: number): number => count * Math.log(domains + 2) + (maxSkew - 1)

/** What a node's part in each constraint costs; NaN: the node has no such domain and does not count. */
const IGNORED = Number.NaN

export const podTopologySpread = definePlugin({
  name: "PodTopologySpread",
  weight: 2,
  filter(state) {
    const constraints = constraintsOf(state, "DoNotSchedule")
    if (constraints.length === 0) return undefined
    const prepared = constraints.map((constraint) => {
      const all = counts(state, constraint, constraints)
      return {
        constraint,
        all,
        self: alike(state, constraint)(state.pod) ? 1 : 0,
        least: all.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...all.values()),
      }
    })
    return (info) => {
      for (const { constraint, all, self, least } of prepared) {
        const domain = domainOf(info, constraint.topologyKey)
        if (domain === undefined)
          return { reasons: ["node(s) didn't match pod topology spread constraints (missing required label)"], unresolvable: true }
        if ((all.get(domain) ?? 0) + self - least > constraint.maxSkew)
          return { reasons: ["node(s) didn't match pod topology spread constraints"] }
      }
      return undefined
    }
  },
  score(state, feasible) {
    const wished = constraintsOf(state, "ScheduleAnyway")
    if (wished.length > 0) {
      const prepared = wished.map((constraint) => {
        const { topologyKey, maxSkew } = constraint
        const fits = alike(state, constraint)
        if (topologyKey === HOST)
          return { topologyKey, maxSkew, domains: feasible.length, count: (info: NodeInfo) => here(state, info, fits) }
        const all = counts(state, constraint, wished)
        const domains = new Set(feasible.map((info) => domainOf(info, topologyKey))).size
        return { topologyKey, maxSkew, domains, count: (info: NodeInfo) => all.get(domainOf(info, topologyKey) ?? "") ?? 0 }
      })
      return (info) => {
        if (!wished.every(({ topologyKey }) => domainOf(info, topologyKey) !== undefined)) return IGNORED
        return Math.round(prepared.reduce((sum, { maxSkew, domains, count }) => sum + penalty(count(info), maxSkew, domains), 0))
      }
    }
    const uid = controllerUid(state.pod)
    if (uid === undefined || (state.pod.spec.topologySpreadConstraints ?? []).length > 0) return undefined
    const prepared = DEFAULTS.filter(
      ({ topologyKey }) => topologyKey === HOST || feasible.some((info) => domainOf(info, topologyKey) !== undefined),
    ).map(({ topologyKey, maxSkew }) => {
      if (topologyKey === HOST) return { maxSkew, domains: feasible.length, count: (info: NodeInfo) => info.siblings(uid) }
      const all = new Map<string, number>()
      for (const info of state.nodes) {
        const domain = domainOf(info, topologyKey)
        if (domain !== undefined) all.set(domain, (all.get(domain) ?? 0) + info.siblings(uid))
      }
      return { maxSkew, domains: all.size, count: (info: NodeInfo) => all.get(domainOf(info, topologyKey) ?? "") ?? 0 }
    })
    return (info) => Math.round(prepared.reduce((sum, { maxSkew, domains, count }) => sum + penalty(count(info), maxSkew, domains), 0))
  },
  normalize(scores) {
    let [least, most] = [Number.POSITIVE_INFINITY, 0]
    for (const score of scores)
      if (!Number.isNaN(score)) {
        least = Math.min(least, score)
        most = Math.max(most, score)
      }
    for (const [index, score] of scores.entries())
      scores[index] = Number.isNaN(score) ? 0 : most === 0 ? 100 : Math.floor((100 * (most + least - score)) / most)
  },
})
