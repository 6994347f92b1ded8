/** Keeping a number of Pods: what ReplicaSet and ReplicationController do alike. As pkg/controller/replicaset/replica_set.go. */
import { type Pod, pod } from "../api/index.ts"
import type { Kind } from "../api/define-kind.ts"
import type { KubernetesObject, Stored } from "../apimachinery/object.ts"
import { StatusError } from "../apimachinery/status.ts"
import type { ReconcileContext, ReconcileResult } from "./define-controller.ts"
import { BY_OWNER, controllerOf, controllerReference } from "./owners.ts"
import { availableIn, deletionOrder, isActive, isReady } from "./pod-readiness.ts"

/** Pods made or deleted in one go, as BurstReplicas. */
const BURST = 500

/** Told to go, and not gone yet. */
const isLeaving = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined && !["Succeeded", "Failed"].includes(status.phase ?? "")

interface Keeper {
  apiVersion: string
  kind: string
  metadata: { name: string; namespace?: string; uid: string; generation?: number; deletionTimestamp?: string }
  spec: {
    replicas?: number
    minReadySeconds?: number
    template?: { metadata?: { labels?: unknown; annotations?: unknown }; spec?: unknown }
  }
  status: {
    replicas?: number
    readyReplicas?: number
    availableReplicas?: number
    fullyLabeledReplicas?: number
    observedGeneration?: number
    terminatingReplicas?: number
    conditions?: unknown[]
  }
}

/** A Pod from a template, without a name of its own. */
export const podFromTemplate = (
  template: { metadata?: { labels?: unknown; annotations?: unknown; finalizers?: string[] }; spec?: unknown } | undefined,
  owner: Keeper | { apiVersion: string; kind: string; metadata: { name: string; namespace?: string; uid: string } },
  prefix = `${owner.metadata.name}-`,
): KubernetesObject =>
  ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      generateName: prefix,
      namespace: owner.metadata.namespace,
      ...(template?.metadata?.labels !== undefined && { labels: template.metadata.labels }),
      ...(template?.metadata?.annotations !== undefined && { annotations: template.metadata.annotations }),
      ownerReferences: [controllerReference(owner, owner)],
    },
    spec: template?.spec,
  }) as unknown as KubernetesObject

/** Takes Pods without an owner that the selector fits, and lets go of those that it fits no more. Returns its own. */
export const claimPods = (owner: Keeper, fits: (labels: unknown) => boolean, { client, informers }: ReconcileContext): Pod[] => {
  const pods = informers.for(pod)
  const own: Pod[] = []
  for (const one of pods.byIndex(BY_OWNER, owner.metadata.uid)) {
    if (fits(one.metadata.labels)) own.push(one)
    else
      client.patch(
        pod,
        one.metadata as never,
        { metadata: { ownerReferences: (one.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== owner.metadata.uid) } },
        { type: "merge" },
      )
  }
  if (!owner.metadata.deletionTimestamp)
    for (const orphan of pods.byIndex("orphans", owner.metadata.namespace ?? ""))
      if (!controllerOf(orphan) && fits(orphan.metadata.labels) && isActive(orphan))
        own.push(
          client.patch(
            pod,
            orphan.metadata as never,
            { metadata: { ownerReferences: [...(orphan.metadata.ownerReferences ?? []), controllerReference(owner, owner)] } },
            { type: "merge" },
          ),
        )
  return own
}

export const keepReplicas = <T extends KubernetesObject>(
  kind: Kind<T>,
  object: Stored<T>,
  fits: (labels: unknown) => boolean,
  context: ReconcileContext,
): ReconcileResult | undefined => {
  const keeper = object as unknown as Keeper
  const { client, events, now } = context
  const pods = claimPods(keeper, fits, context)
  const active = pods.filter(isActive)
  const wanted = keeper.spec.replicas ?? 1
  let failure: string | undefined
  if (!keeper.metadata.deletionTimestamp) {
    const missing = Math.min(BURST, wanted - active.length)
    try {
      for (let i = 0; i < missing; i++) {
        const made = client.create(pod, podFromTemplate(keeper.spec.template, keeper) as never)
        events.event(object as never, "Normal", "SuccessfulCreate", `Created pod: ${made.metadata.name}`)
      }
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      failure = error.message
      events.event(object as never, "Warning", "FailedCreate", `Error creating: ${error.message}`)
    }
    if (missing < 0)
      for (const surplus of [...active].sort(deletionOrder).slice(0, Math.min(BURST, -missing))) {
        client.delete(pod, surplus.metadata as never, { uid: surplus.metadata.uid })
        events.event(object as never, "Normal", "SuccessfulDelete", `Deleted pod: ${surplus.metadata.name}`)
      }
  }
  const minReady = keeper.spec.minReadySeconds ?? 0
  const ready = active.filter(isReady)
  const waits = ready.map((one) => availableIn(one, minReady, now()) ?? 0)
  const available = waits.filter((wait) => wait === 0).length
  const templateLabels = Object.entries((keeper.spec.template?.metadata?.labels ?? {}) as Record<string, string>)
  const labelled = active.filter((one) =>
    templateLabels.every(([key, value]) => ((one.metadata.labels ?? {}) as Record<string, string>)[key] === value),
  ).length
  const conditions = failure
    ? [
        {
          type: "ReplicaFailure",
          status: "True",
          reason: "FailedCreate",
          message: failure,
          lastTransitionTime: new Date(now()).toISOString().replace(/\.\d+Z/, "Z"),
        },
      ]
    : undefined
  const status = {
    replicas: active.length,
    ...(labelled > 0 && { fullyLabeledReplicas: labelled }),
    ...(ready.length > 0 && { readyReplicas: ready.length }),
    ...(available > 0 && { availableReplicas: available }),
    ...(kind.kind === "ReplicaSet" && { terminatingReplicas: pods.filter(isLeaving).length }),
    observedGeneration: keeper.metadata.generation,
    ...(conditions && { conditions: keeper.status.conditions?.length ? keeper.status.conditions : conditions }),
  }
  client.updateStatus(kind, { ...object, status })
  if (failure) throw new Error(failure)
  const soonest = waits.filter((wait) => wait > 0)
  return soonest.length > 0 ? { requeueAfter: Math.min(...soonest) } : undefined
}
