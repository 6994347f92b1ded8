/** namespace-controller: empties a namespace that is being deleted, then lets it go. As pkg/controller/namespace and its deletion. */
import { apiService, customResourceDefinition, kinds, type Namespace, namespace, type Pod, pod } from "../../api/index.ts"
import type { Kind } from "../../api/define-kind.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import type { KubernetesObject, Stored } from "../../apimachinery/object.ts"
import { StatusError } from "../../apimachinery/status.ts"
import { editable } from "../../client/client.ts"
import type { Client } from "../../client/contract.ts"
import { customKinds } from "../custom-kinds.ts"
import { defineController, type ReconcileContext } from "../define-controller.ts"
import { deletionConditions, type Leftovers } from "../namespace-conditions.ts"

/** A namespace is emptied so long after it was told to go, ms: other API servers have to see it first (namespaceDeletionGracePeriod). */
const GRACE = 5_000
/** What has finalizers is expected to be gone after so long, s (finalizerEstimateSeconds). */
const FINALIZER_ESTIMATE = 15

const finalizersOf = (items: readonly Stored<KubernetesObject>[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const { metadata } of items) for (const name of metadata.finalizers ?? []) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

/** Longest grace period among Pods, less what has passed, s. As estimateGracefulTerminationForPods. */
const podEstimate = (pods: readonly Pod[], passed: number): number => {
  const running = pods.filter(({ status }) => !["Succeeded", "Failed"].includes(status.phase ?? ""))
  const longest = Math.max(0, ...running.map(({ spec }) => spec.terminationGracePeriodSeconds ?? 0))
  return Math.max(0, longest - passed)
}

/** Group versions whose service does not answer: what is of them cannot be found. */
const silentGroups = (client: Client): string[] =>
  client
    .list(apiService)
    .filter(
      ({ spec, status }) => spec.service && (status?.conditions ?? []).some((one) => one.type === "Available" && one.status !== "True"),
    )
    .map(({ spec }) => `${spec.group}/${spec.version}`)
    .sort()

const empty = (object: Namespace, { client, now }: ReconcileContext): { leftovers: Leftovers; estimate: number } => {
  const { name, deletionTimestamp } = object.metadata
  const passed = Math.floor((now() - Date.parse(String(deletionTimestamp))) / 1_000)
  const leftovers: Leftovers = { silent: silentGroups(client), resources: new Map(), finalizers: new Map() }
  let estimate = 0
  const held = [...kinds, ...customKinds(client.list(customResourceDefinition))].filter(
    (kind) => kind.namespaced && !kind.virtual && !kind.storedAs,
  ) as unknown as Kind<KubernetesObject>[]
  for (const kind of held) {
    const before = client.list(kind, { namespace: name })
    if (before.length === 0) continue
    const grace = (kind as unknown) === pod ? podEstimate(before as unknown as Pod[], passed) : 0
    for (const one of before) {
      if (one.metadata.deletionTimestamp) continue
      try {
        client.delete(kind, one.metadata, { propagation: "Background" })
      } catch (error) {
        if (!(error instanceof StatusError && error.code === 404)) throw error
      }
    }
    const left = client.list(kind, { namespace: name })
    if (left.length === 0) continue
    leftovers.resources.set(`${kind.plural}.${kind.group}`, left.length)
    for (const [finalizer, count] of finalizersOf(left))
      leftovers.finalizers.set(finalizer, (leftovers.finalizers.get(finalizer) ?? 0) + count)
    estimate = Math.max(estimate, grace || FINALIZER_ESTIMATE)
  }
  return { leftovers, estimate }
}

const say = (object: Namespace, leftovers: Leftovers | undefined, { client, now }: ReconcileContext): Namespace => {
  const next = editable(object)
  const conditions = leftovers && deletionConditions((object.status.conditions ?? []) as never, leftovers, now())
  next.status = { ...next.status, phase: "Terminating", ...(conditions && { conditions: conditions as never }) }
  return deepEqual(next.status, object.status) ? object : client.updateStatus(namespace, next)
}

export const namespaceController = defineController({
  name: "namespace-controller",
  for: namespace,
  // What it says itself is no news to it.
  when: ({ type, object, old }) => type !== "deleted" && !(old?.metadata.deletionTimestamp && object.metadata.deletionTimestamp),
  reconcile(object, context) {
    const { client, now } = context
    if (!object?.metadata.deletionTimestamp) return
    const begun = Date.parse(object.metadata.deletionTimestamp)
    if (now() - begun < GRACE) {
      say(object, undefined, context)
      return { requeueAfter: begun + GRACE - now() }
    }
    const { leftovers, estimate } = empty(object, context)
    const told = say(object, leftovers, context)
    if (leftovers.resources.size > 0 || leftovers.silent.length > 0) {
      // What it wrote brings it back as any change does.
      const expected = (Math.floor((estimate || FINALIZER_ESTIMATE) / 2) + 1) * 1_000
      return { requeueAfter: told === object ? expected : Math.min(expected, GRACE) }
    }
    client.raw("PUT", `/api/v1/namespaces/${object.metadata.name}/finalize`, { ...editable(told), spec: { finalizers: [] } })
  },
})
