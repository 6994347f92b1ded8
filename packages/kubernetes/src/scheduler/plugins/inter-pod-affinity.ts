/** InterPodAffinity: near to some Pods, away from others. */
import type { Pod } from "../../api/index.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import { type CycleState, definePlugin, type NodeInfo } from "../define-plugin.ts"

interface Term {
  labelSelector?: unknown
  namespaces?: readonly string[]
  topologyKey: string
}

const domain = ({ node }: NodeInfo, key: string): string | undefined => ((node.metadata.labels ?? {}) as Record<string, string>)[key]

const selects = (term: Term, owner: Pod, other: Pod): boolean =>
  (term.namespaces?.length
    ? term.namespaces.includes(other.metadata.namespace ?? "")
    : other.metadata.namespace === owner.metadata.namespace) && selectorMatches(term.labelSelector as never, other.metadata.labels as never)

const meets = (term: Term, { pod, nodes }: CycleState, info: NodeInfo): boolean => {
  const here = domain(info, term.topologyKey)
  return (
    here !== undefined && nodes.some((one) => domain(one, term.topologyKey) === here && one.pods.some((other) => selects(term, pod, other)))
  )
}

export const interPodAffinity = definePlugin({
  name: "InterPodAffinity",
  weight: 2,
  filter(state, info) {
    const { podAffinity, podAntiAffinity } = state.pod.spec.affinity ?? {}
    const required = (podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) as Term[]
    const refused = (podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) as Term[]
    for (const one of state.nodes)
      for (const other of one.pods)
        for (const term of (other.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) as Term[])
          if (
            selects(term, other, state.pod) &&
            domain(one, term.topologyKey) !== undefined &&
            domain(one, term.topologyKey) === domain(info, term.topologyKey)
          )
            return ["node(s) didn't satisfy existing pods anti-affinity rules"]
    // The first of a group that wants to be together may go anywhere, if it is one of those it wants.
    const firstOfGroup = required.every(
      (term) =>
        selects(term, state.pod, state.pod) && !state.nodes.some((one) => one.pods.some((other) => selects(term, state.pod, other))),
    )
    if (!firstOfGroup && !required.every((term) => meets(term, state, info))) return ["node(s) didn't match pod affinity rules"]
    return refused.some((term) => meets(term, state, info)) ? ["node(s) didn't match pod anti-affinity rules"] : []
  },
  score(state, info) {
    const { podAffinity, podAntiAffinity } = state.pod.spec.affinity ?? {}
    let score = 50
    for (const { weight, podAffinityTerm } of podAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
      if (meets(podAffinityTerm as Term, state, info)) score += weight / 2
    for (const { weight, podAffinityTerm } of podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
      if (meets(podAffinityTerm as Term, state, info)) score -= weight / 2
    return Math.max(0, Math.min(100, score))
  },
})
