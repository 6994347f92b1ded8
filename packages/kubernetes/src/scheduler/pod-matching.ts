/** Which Pods a term of affinity or a spread constraint means. As framework.AffinityTerm in pkg/scheduler/framework/types.go. */
import { namespace, type Pod } from "../api/index.ts"
import { fromLabelSelector, type Labels, matches } from "../apimachinery/selectors.ts"
import type { Informers } from "../client/contract.ts"

type LabelSelector = Parameters<typeof fromLabelSelector>[0]

export interface AffinityTerm {
  labelSelector?: LabelSelector
  namespaces?: readonly string[]
  namespaceSelector?: LabelSelector
  matchLabelKeys?: readonly string[]
  mismatchLabelKeys?: readonly string[]
  topologyKey: string
}

export const labelsOf = (object: { metadata: { labels?: unknown } }): Readonly<Record<string, string>> =>
  (object.metadata.labels ?? {}) as Readonly<Record<string, string>>

/** Pods that a term of `owner` means; a term without a selector means none. */
export const termMatcher = (term: AffinityTerm, owner: Pod, informers: Informers): ((other: Pod) => boolean) => {
  const { labelSelector, namespaces = [], namespaceSelector, matchLabelKeys = [], mismatchLabelKeys = [] } = term
  if (!labelSelector) return () => false
  const own = labelsOf(owner)
  const requirements = fromLabelSelector(labelSelector)
  const same = matchLabelKeys.filter((key) => own[key] !== undefined)
  const other = mismatchLabelKeys.filter((key) => own[key] !== undefined)
  const wanted = namespaceSelector && fromLabelSelector(namespaceSelector)
  const inNamespace = (name: string): boolean => {
    if (namespaces.includes(name)) return true
    if (!wanted) return namespaces.length === 0 && name === owner.metadata.namespace
    return wanted.length === 0 || matches(wanted, informers.for(namespace).get(undefined, name)?.metadata.labels as Labels)
  }
  return (pod) => {
    if (!inNamespace(pod.metadata.namespace ?? "")) return false
    const labels = labelsOf(pod)
    return (
      matches(requirements, labels) &&
      same.every((key) => labels[key] === own[key]) &&
      other.every((key) => labels[key] !== undefined && labels[key] !== own[key])
    )
  }
}
