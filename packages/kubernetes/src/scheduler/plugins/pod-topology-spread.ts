/** PodTopologySpread: equal Pods spread over zones and hosts. As pkg/scheduler/framework/plugins/podtopologyspread. */
import { controllerUid } from "../controller-uid.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import { type CycleState, definePlugin, type NodeInfo } from "../define-plugin.ts"
import { tolerates } from "../taints.ts"
import { nodeAffinity } from "./node-affinity.ts"

interface Constraint {
  maxSkew: number
  topologyKey: string
  whenUnsatisfiable: string
  labelSelector?: unknown
  minDomains?: number
  matchLabelKeys?: readonly string[]
  nodeAffinityPolicy?: string
  nodeTaintsPolicy?: string
}

type Labels = Readonly<Record<string, string>>
type Fits = (labels: Labels, uid: string | undefined) => boolean

const labelsOf = (object: { metadata: { labels?: unknown } }): Labels => (object.metadata.labels ?? {}) as Labels
const domainOf = ({ node }: NodeInfo, key: string): string | undefined => labelsOf(node)[key]

/** Pods that fit in each domain, over the nodes that count. */
const counts = (state: CycleState, key: string, fits: Fits, included: (info: NodeInfo) => boolean = () => true): Map<string, number> => {
  const result = new Map<string, number>()
  for (const info of state.nodes) {
    const domain = domainOf(info, key)
    if (domain === undefined || !included(info)) continue
    const here = info.pods.filter(
      (other) =>
        other.metadata.namespace === state.pod.metadata.namespace &&
        !other.metadata.deletionTimestamp &&
        fits(labelsOf(other), controllerUid(other)),
    ).length
    result.set(domain, (result.get(domain) ?? 0) + here)
  }
  return result
}

/** Whether a node's domain counts: by default when the Pod's affinity allows it, whatever its taints. As matchNodeInclusionPolicies. */
const counted =
  (state: CycleState, constraint: Constraint) =>
  (info: NodeInfo): boolean =>
    (constraint.nodeAffinityPolicy === "Ignore" || nodeAffinity.filter?.(state, info)?.length === 0) &&
    (constraint.nodeTaintsPolicy !== "Honor" ||
      (info.node.spec.taints ?? []).every(
        (taint) => taint.effect === "PreferNoSchedule" || tolerates(state.pod.spec.tolerations as never, taint),
      ))

const alike = (state: CycleState, { labelSelector, matchLabelKeys = [] }: Constraint): Fits => {
  const own = labelsOf(state.pod)
  return (labels) =>
    selectorMatches(labelSelector as never, labels as never) &&
    matchLabelKeys.every((key) => own[key] === undefined || labels[key] === own[key])
}

const constraintsOf = (state: CycleState, whenUnsatisfiable: string): readonly Constraint[] =>
  ((state.pod.spec.topologySpreadConstraints ?? []) as Constraint[]).filter((one) => one.whenUnsatisfiable === whenUnsatisfiable)

/** 100 for an empty domain, 0 for the fullest. */
const emptiness = (all: ReadonlyMap<string, number>, domain: string | undefined): number => {
  if (domain === undefined) return 0
  const most = Math.max(0, ...all.values())
  return most === 0 ? 100 : ((most - (all.get(domain) ?? 0)) * 100) / most
}

export const podTopologySpread = definePlugin({
  name: "PodTopologySpread",
  weight: 2,
  filter(state, info) {
    for (const constraint of constraintsOf(state, "DoNotSchedule")) {
      const domain = domainOf(info, constraint.topologyKey)
      if (domain === undefined) return ["node(s) didn't match pod topology spread constraints (missing required label)"]
      const fits = alike(state, constraint)
      const all = counts(state, constraint.topologyKey, fits, counted(state, constraint))
      const self = fits(labelsOf(state.pod), undefined) ? 1 : 0
      const least = all.size < (constraint.minDomains ?? 1) ? 0 : Math.min(...all.values())
      if ((all.get(domain) ?? 0) + self - least > constraint.maxSkew) return ["node(s) didn't match pod topology spread constraints"]
    }
    return []
  },
  score(state, info) {
    const wished = constraintsOf(state, "ScheduleAnyway")
    if (wished.length > 0)
      return (
        wished.reduce(
          (sum, constraint) =>
            sum +
            emptiness(
              counts(state, constraint.topologyKey, alike(state, constraint), counted(state, constraint)),
              domainOf(info, constraint.topologyKey),
            ),
          0,
        ) / wished.length
      )
    // Without constraints of its own, a Pod's siblings are spread over hosts (the default constraints).
    const uid = controllerUid(state.pod)
    if (!uid || (state.pod.spec.topologySpreadConstraints ?? []).length > 0) return 0
    return emptiness(
      counts(state, "kubernetes.io/hostname", (_, other) => other === uid),
      domainOf(info, "kubernetes.io/hostname"),
    )
  },
})
