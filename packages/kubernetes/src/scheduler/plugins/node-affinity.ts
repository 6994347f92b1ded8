/** NodeAffinity: node selector and affinity to nodes. */
import type { Node } from "../../api/index.ts"
import { fromLabelSelector, matches } from "../../apimachinery/selectors.ts"
import { definePlugin } from "../define-plugin.ts"

interface Term {
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[]
  matchFields?: readonly { key: string; operator: string; values?: readonly string[] }[]
}

const fits = (term: Term, node: Node): boolean => {
  if (!term.matchExpressions?.length && !term.matchFields?.length) return false
  return (
    matches(fromLabelSelector({ matchExpressions: term.matchExpressions ?? [] }), node.metadata.labels as never) &&
    matches(fromLabelSelector({ matchExpressions: term.matchFields ?? [] }), { "metadata.name": node.metadata.name })
  )
}

export const nodeAffinity = definePlugin({
  name: "NodeAffinity",
  unresolvable: true,
  weight: 2,
  filter({ pod }, { node }) {
    const labels = (node.metadata.labels ?? {}) as Record<string, string>
    const selected = Object.entries((pod.spec.nodeSelector ?? {}) as Record<string, string>).every(([key, value]) => labels[key] === value)
    const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
    return selected && (!required || required.nodeSelectorTerms.some((term) => fits(term as Term, node)))
      ? []
      : ["node(s) didn't match Pod's node affinity/selector"]
  },
  score: ({ pod }, { node }) =>
    (pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []).reduce(
      (sum, { weight, preference }) => sum + (fits(preference as Term, node) ? weight : 0),
      0,
    ),
})
