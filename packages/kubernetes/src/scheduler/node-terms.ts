/** Node selector terms, as Pods and PersistentVolumes have them. As k8s.io/component-helpers/scheduling/corev1/nodeaffinity. */
import type { Node } from "../api/index.ts"
import { fromLabelSelector, matches } from "../apimachinery/selectors.ts"

export interface NodeTerm {
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[]
  matchFields?: readonly { key: string; operator: string; values?: readonly string[] }[]
}

/** An empty term matches nothing. */
export const matchesTerm = (term: NodeTerm, node: Node): boolean => {
  if (!term.matchExpressions?.length && !term.matchFields?.length) return false
  return (
    matches(fromLabelSelector({ matchExpressions: term.matchExpressions ?? [] }), node.metadata.labels as never) &&
    matches(fromLabelSelector({ matchExpressions: term.matchFields ?? [] }), { "metadata.name": node.metadata.name })
  )
}
