/** PodTopologySpread: equal Pods spread over zones and hosts. */
import { controllerUid } from "../controller-uid.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import { type CycleState, definePlugin, type NodeInfo } from "../define-plugin.ts"

interface Constraint {
  maxSkew: number
  topologyKey: string
  whenUnsatisfiable: string
  labelSelector?: unknown
}

const domainOf = ({ node }: NodeInfo, key: string): string | undefined => ((node.metadata.labels ?? {}) as Record<string, string>)[key]

const counts = (state: CycleState, key: string, fits: (labels: unknown, uid: string | undefined) => boolean): Map<string, number> => {
  const result = new Map<string, number>()
  for (const info of state.nodes) {
    const domain = domainOf(info, key)
    if (domain === undefined) continue
    const here = info.pods.filter(
      (other) =>
        other.metadata.namespace === state.pod.metadata.namespace &&
        !other.metadata.deletionTimestamp &&
        fits(other.metadata.labels, controllerUid(other)),
    ).length
    result.set(domain, (result.get(domain) ?? 0) + here)
  }
  return result
}

export const podTopologySpread = definePlugin({
  name: "PodTopologySpread",
  weight: 2,
  filter(state, info) {
    for (const constraint of (state.pod.spec.topologySpreadConstraints ?? []) as Constraint[]) {
      if (constraint.whenUnsatisfiable !== "DoNotSchedule") continue
      const domain = domainOf(info, constraint.topologyKey)
      if (domain === undefined) return ["node(s) didn't match pod topology spread constraints (missing required label)"]
      const all = counts(state, constraint.topologyKey, (labels) => selectorMatches(constraint.labelSelector as never, labels as never))
      const self = selectorMatches(constraint.labelSelector as never, state.pod.metadata.labels as never) ? 1 : 0
      if ((all.get(domain) ?? 0) + self - Math.min(...all.values()) > constraint.maxSkew)
        return ["node(s) didn't match pod topology spread constraints"]
    }
    return []
  },
  score(state, info) {
    // Without constraints of its own, a Pod's siblings are spread over hosts (the default constraints).
    const uid = controllerUid(state.pod)
    if (!uid) return 0
    const all = counts(state, "kubernetes.io/hostname", (_, other) => other === uid)
    const most = Math.max(0, ...all.values())
    const here = all.get(domainOf(info, "kubernetes.io/hostname") ?? "") ?? 0
    return most === 0 ? 100 : ((most - here) * 100) / most
  },
})
