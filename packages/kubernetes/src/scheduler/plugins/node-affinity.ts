/** NodeAffinity: node selector and affinity to nodes. As pkg/scheduler/framework/plugins/nodeaffinity. */
import type { Node, Pod } from "../../api/index.ts"
import { definePlugin, inProportion } from "../define-plugin.ts"
import { matchesTerm, type NodeTerm } from "../node-terms.ts"

const termsOf = (pod: Pod): readonly NodeTerm[] | undefined =>
  pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms as readonly NodeTerm[] | undefined

/** Whether a Pod's own selector and required affinity let it onto a node. */
export const selectsNode = (pod: Pod, node: Node): boolean => {
  const labels = (node.metadata.labels ?? {}) as Record<string, string>
  const { nodeSelector } = pod.spec
  if (nodeSelector && !Object.entries(nodeSelector as Record<string, string>).every(([key, value]) => labels[key] === value)) return false
  const terms = termsOf(pod)
  return terms === undefined || terms.some((term) => matchesTerm(term, node))
}

export const nodeAffinity = definePlugin({
  name: "NodeAffinity",
  weight: 2,
  /** Terms that name their nodes, as those of a DaemonSet's Pods do. */
  only({ pod }) {
    const terms = termsOf(pod)
    if (!terms?.length) return undefined
    const names = new Set<string>()
    for (const { matchFields } of terms) {
      const named = matchFields?.find(({ key, operator }) => key === "metadata.name" && operator === "In")
      if (!named) return undefined
      for (const name of named.values ?? []) names.add(name)
    }
    return names
  },
  filter({ pod }) {
    if (!pod.spec.nodeSelector && !termsOf(pod)) return undefined
    return ({ node }) =>
      selectsNode(pod, node) ? undefined : { reasons: ["node(s) didn't match Pod's node affinity/selector"], unresolvable: true }
  },
  score({ pod }) {
    const wished = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
    if (wished.length === 0) return undefined
    return ({ node }) => wished.reduce((sum, { weight, preference }) => sum + (matchesTerm(preference as NodeTerm, node) ? weight : 0), 0)
  },
  normalize: inProportion(false),
})
