/** NodeAffinity: node selector and affinity to nodes. */
import { definePlugin } from "../define-plugin.ts"
import { matchesTerm, type NodeTerm } from "../node-terms.ts"

export const nodeAffinity = definePlugin({
  name: "NodeAffinity",
  unresolvable: true,
  weight: 2,
  filter({ pod }, { node }) {
    const labels = (node.metadata.labels ?? {}) as Record<string, string>
    const selected = Object.entries((pod.spec.nodeSelector ?? {}) as Record<string, string>).every(([key, value]) => labels[key] === value)
    const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
    return selected && (!required || required.nodeSelectorTerms.some((term) => matchesTerm(term as NodeTerm, node)))
      ? []
      : ["node(s) didn't match Pod's node affinity/selector"]
  },
  score: ({ pod }, { node }) =>
    (pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).reduce(
      (sum, { weight, preference }) => sum + (matchesTerm(preference as NodeTerm, node) ? weight : 0),
      0,
    ),
})
