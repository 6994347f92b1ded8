/** What a namespace that is being deleted says of its deletion. As pkg/controller/namespace/deletion/status_condition_utils.go. */
import { formatTime } from "../apimachinery/object.ts"

/** What could not be deleted yet. */
export interface Leftovers {
  /** Group versions that cannot be discovered. */
  silent: readonly string[]
  /** "configmaps." → how many. */
  resources: Map<string, number>
  /** Finalizer → on how many objects. */
  finalizers: Map<string, number>
}

interface Condition {
  type: string
  status: string
  lastTransitionTime: string
  reason: string
  message: string
}

const listed = (counts: ReadonlyMap<string, number>, word: string): string =>
  [...counts]
    .map(([name, count]) => `${name} ${word} ${count} resource instances`)
    .sort()
    .join(", ")

const discoveryFailure = (silent: readonly string[]): string => {
  const each = silent.map((one) => `${one}: stale GroupVersion discovery: ${one}`).join(", ")
  return `Discovery failed for some groups, ${silent.length} failing: unable to retrieve the complete list of server APIs: ${each}`
}

/** Type, reason and message of each condition when all is well, in the order in which they are set. */
const WELL: readonly (readonly [string, string, string])[] = [
  ["NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", "All resources successfully discovered"],
  ["NamespaceDeletionGroupVersionParsingFailure", "ParsedGroupVersions", "All legacy kube types successfully parsed"],
  ["NamespaceDeletionContentFailure", "ContentDeleted", "All content successfully deleted, may be waiting on finalization"],
  ["NamespaceContentRemaining", "ContentRemoved", "All content successfully removed"],
  ["NamespaceFinalizersRemaining", "ContentHasNoFinalizers", "All content-preserving finalizers finished"],
]

/**
 * All five conditions; a transition time is kept while its status stays.
 * @param now ms since the epoch
 */
export const deletionConditions = (before: readonly Condition[], leftovers: Leftovers, now: number): Condition[] => {
  const { silent, resources, finalizers } = leftovers
  const wrong = new Map<string, readonly [reason: string, message: string]>()
  if (silent.length > 0) wrong.set("NamespaceDeletionDiscoveryFailure", ["DiscoveryFailed", discoveryFailure(silent)])
  if (resources.size > 0)
    wrong.set("NamespaceContentRemaining", ["SomeResourcesRemain", `Some resources are remaining: ${listed(resources, "has")}`])
  if (finalizers.size > 0)
    wrong.set("NamespaceFinalizersRemaining", [
      "SomeFinalizersRemain",
      `Some content in the namespace has finalizers remaining: ${listed(finalizers, "in")}`,
    ])
  return WELL.map(([type, okReason, okMessage]) => {
    const [reason, message] = wrong.get(type) ?? [okReason, okMessage]
    const status = wrong.has(type) ? "True" : "False"
    const old = before.find((one) => one.type === type)
    const lastTransitionTime = old?.status === status ? old.lastTransitionTime : formatTime(now)
    return { type, status, lastTransitionTime, reason, message }
  })
}
