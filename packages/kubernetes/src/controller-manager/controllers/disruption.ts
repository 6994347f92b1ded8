/** disruption-controller: how many Pods of a budget may go just now. As pkg/controller/disruption. */
import {
  deployment,
  type Pod,
  pod,
  type PodDisruptionBudget,
  podDisruptionBudget,
  replicaSet,
  replicationController,
  statefulSet,
} from "../../api/index.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { formatTime } from "../../apimachinery/object.ts"
import { formatSelector, selectorMatches } from "../../apimachinery/selectors.ts"
import { editable } from "../../client/client.ts"
import { defineController, type ReconcileContext, trigger } from "../define-controller.ts"
import { scaledValue } from "../int-or-percent.ts"
import { controllerOf } from "../owners.ts"
import { isReady } from "../pod-readiness.ts"

/** A disruption that was allowed counts until the Pod is gone, at most so long, ms. */
const DELETION_TIMEOUT = 120_000

const fits = (budget: PodDisruptionBudget, one: Pod): boolean =>
  budget.spec.selector !== undefined && selectorMatches(budget.spec.selector as never, one.metadata.labels as never)

const scaleOf = (one: Pod, { informers }: ReconcileContext): { uid: string; scale: number } | undefined => {
  const owner = controllerOf(one)
  const namespace = one.metadata.namespace as string
  if (!owner) return undefined
  if (owner.kind === "ReplicaSet") {
    const set = informers.for(replicaSet).get(namespace, owner.name)
    const above = set && controllerOf(set)
    const parent = above?.kind === "Deployment" ? informers.for(deployment).get(namespace, above.name) : undefined
    if (parent) return { uid: parent.metadata.uid, scale: parent.spec.replicas ?? 1 }
    return set && { uid: set.metadata.uid, scale: set.spec.replicas ?? 1 }
  }
  if (owner.kind === "StatefulSet") {
    const set = informers.for(statefulSet).get(namespace, owner.name)
    return set && { uid: set.metadata.uid, scale: set.spec.replicas ?? 1 }
  }
  if (owner.kind === "ReplicationController") {
    const set = informers.for(replicationController).get(namespace, owner.name)
    return set && { uid: set.metadata.uid, scale: set.spec.replicas ?? 1 }
  }
  return undefined
}

const expected = (
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  context: ReconcileContext,
): { count: number; healthy: number } | { error: string } => {
  const { minAvailable, maxUnavailable } = budget.spec
  if (maxUnavailable === undefined && !String(minAvailable ?? 0).endsWith("%"))
    return { count: pods.length, healthy: Number(minAvailable ?? 0) }
  const scales = new Map<string, number>()
  const unmanaged: string[] = []
  for (const one of pods) {
    if (!controllerOf(one)) {
      unmanaged.push(one.metadata.name)
      continue
    }
    const found = scaleOf(one, context)
    if (!found) return { error: `found no controllers for pod ${JSON.stringify(one.metadata.name)}` }
    scales.set(found.uid, found.scale)
  }
  if (unmanaged.length > 0)
    context.events.event(
      budget as never,
      "Warning",
      "UnmanagedPods",
      `Pods selected by this PodDisruptionBudget (selector: ${formatSelector(budget.spec.selector as never)}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`,
    )
  const count = [...scales.values()].reduce((sum, scale) => sum + scale, 0)
  const healthy =
    maxUnavailable === undefined ? scaledValue(minAvailable, count, true) : Math.max(0, count - scaledValue(maxUnavailable, count, true))
  return { count, healthy }
}

const condition = (budget: PodDisruptionBudget, allowed: number, failure: string | undefined, now: number) => {
  const status = allowed > 0 ? "True" : "False"
  const old = budget.status.conditions?.find(({ type }) => type === "DisruptionAllowed")
  return {
    type: "DisruptionAllowed",
    observedGeneration: budget.metadata.generation,
    status,
    lastTransitionTime: old?.status === status ? old.lastTransitionTime : formatTime(now),
    reason: failure ? "SyncFailed" : allowed > 0 ? "SufficientPods" : "InsufficientPods",
    message: failure ?? "",
  }
}

export const disruptionController = defineController({
  name: "disruption-controller",
  component: "controllermanager",
  for: podDisruptionBudget,
  triggers: [
    trigger(pod, ({ object, old }, { informers }) => {
      const budgets = informers.for(podDisruptionBudget).list({ namespace: object.metadata.namespace as string })
      return budgets
        .filter((budget) => fits(budget, object) || (old !== undefined && fits(budget, old)))
        .map(({ metadata }) => ({ namespace: metadata.namespace as string, name: metadata.name }))
    }),
  ],
  reconcile(object, context) {
    if (!object || object.metadata.deletionTimestamp) return
    const { client, events, informers, now } = context
    const pods = informers
      .for(pod)
      .list({ namespace: object.metadata.namespace as string })
      .filter((one) => fits(object, one))
    if (pods.length === 0) events.event(object as never, "Normal", "NoPods", "No matching pods found")
    const wanted = expected(object, pods, context)
    const failure = "error" in wanted ? wanted.error : undefined
    if (failure)
      events.event(
        object as never,
        "Warning",
        "CalculateExpectedPodCountFailed",
        `Failed to calculate the number of expected pods: ${failure}`,
      )
    const disrupted = Object.entries((object.status.disruptedPods ?? {}) as Record<string, string>).filter(
      ([name, at]) =>
        pods.some(({ metadata }) => metadata.name === name && !metadata.deletionTimestamp) && Date.parse(at) + DELETION_TIMEOUT > now(),
    )
    const gone = new Map(disrupted)
    const healthy = pods.filter((one) => !one.metadata.deletionTimestamp && !gone.has(one.metadata.name) && isReady(one)).length
    const { count, healthy: desired } =
      "error" in wanted ? { count: object.status.expectedPods ?? 0, healthy: object.status.desiredHealthy ?? 0 } : wanted
    const allowed = failure || count <= 0 ? 0 : Math.max(0, healthy - desired)
    const own = condition(object, allowed, failure, now())
    const next = editable(object)
    next.status = {
      currentHealthy: healthy,
      desiredHealthy: desired,
      disruptionsAllowed: allowed,
      expectedPods: count,
      observedGeneration: object.metadata.generation,
      ...(disrupted.length > 0 && { disruptedPods: Object.fromEntries(disrupted) }),
      conditions: [...(object.status.conditions ?? []).filter(({ type }) => type !== own.type), own],
    } as never
    if (!deepEqual(next.status, object.status)) client.updateStatus(podDisruptionBudget, next)
    if (disrupted.length === 0) return
    return { requeueAfter: Math.min(...disrupted.map(([, at]) => Date.parse(at) + DELETION_TIMEOUT - now())), background: true }
  },
})
