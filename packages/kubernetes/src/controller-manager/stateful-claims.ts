/** The PersistentVolumeClaims of a StatefulSet's Pods. As pkg/controller/statefulset/stateful_pod_control.go. */
import { type PersistentVolumeClaim, persistentVolumeClaim, type Pod, type StatefulSet } from "../api/index.ts"
import { deepEqual } from "../apimachinery/frozen.ts"
import type { OwnerReference } from "../apimachinery/object.ts"
import { StatusError } from "../apimachinery/status.ts"
import { editable } from "../client/client.ts"
import type { ReconcileContext } from "./define-controller.ts"
import { controllerReference } from "./owners.ts"

interface ClaimTemplate {
  name: string
  object: NonNullable<StatefulSet["spec"]["volumeClaimTemplates"]>[number]
}

export const claimsOf = (set: StatefulSet, podName: string): { name: string; template: ClaimTemplate }[] =>
  (set.spec.volumeClaimTemplates ?? []).map((object) => {
    const name = object.metadata?.name ?? ""
    return { name: `${name}-${podName}`, template: { name, object } }
  })

const existing = (set: StatefulSet, name: string, { informers }: ReconcileContext): PersistentVolumeClaim | undefined =>
  informers.for(persistentVolumeClaim).get(set.metadata.namespace as string, name)

/** Whether a claim is about to go with an earlier Pod of that name: the new Pod waits for it. */
export const claimIsStale = (set: StatefulSet, podName: string, context: ReconcileContext): boolean =>
  set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled === "Delete" &&
  claimsOf(set, podName).some(({ name }) => {
    const claim = existing(set, name, context)
    return claim?.metadata.ownerReferences?.some(({ kind, name: owner }) => kind === "Pod" && owner === podName) ?? false
  })

export const createClaims = (set: StatefulSet, podName: string, _ordinal: number, context: ReconcileContext): void => {
  const { client, events } = context
  for (const { name, template } of claimsOf(set, podName)) {
    if (existing(set, name, context)) continue
    const kept = set.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted !== "Delete"
    try {
      client.create(persistentVolumeClaim, {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: {
          name,
          namespace: set.metadata.namespace,
          labels: { ...(template.object.metadata?.labels as object), ...(set.spec.selector.matchLabels as object) },
          ...(template.object.metadata?.annotations && { annotations: template.object.metadata.annotations }),
          ...(!kept && { ownerReferences: [{ ...controllerReference(set, set) }] }),
        },
        spec: template.object.spec,
      } as never)
      events.event(
        set as never,
        "Normal",
        "SuccessfulCreate",
        `create Claim ${name} Pod ${podName} in StatefulSet ${set.metadata.name} success`,
      )
    } catch (error) {
      if (!(error instanceof StatusError) || error.reason === "AlreadyExists") continue
      events.event(
        set as never,
        "Warning",
        "FailedCreate",
        `create Claim ${name} for Pod ${podName} in StatefulSet ${set.metadata.name} failed error: ${error.message}`,
      )
      throw error
    }
  }
}

const setOwners = (claim: PersistentVolumeClaim, owners: readonly OwnerReference[], { client }: ReconcileContext): void => {
  if (deepEqual(claim.metadata.ownerReferences ?? [], owners)) return
  const next = editable(claim)
  next.metadata.ownerReferences = owners as never
  client.update(persistentVolumeClaim, next)
}

const ownersOf = (claim: PersistentVolumeClaim): OwnerReference[] => (claim.metadata.ownerReferences ?? []) as OwnerReference[]

/** whenDeleted: the set owns its claims, or lets go of them. */
export const applyRetention = (set: StatefulSet, pods: readonly Pod[], context: ReconcileContext): void => {
  const whenDeleted = set.spec.persistentVolumeClaimRetentionPolicy?.whenDeleted === "Delete"
  for (const one of pods)
    for (const { name } of claimsOf(set, one.metadata.name)) {
      const claim = existing(set, name, context)
      if (!claim) continue
      const others = ownersOf(claim).filter(({ uid }) => uid !== set.metadata.uid)
      setOwners(claim, whenDeleted ? [...others, controllerReference(set, set)] : others, context)
    }
}

/** whenScaled: claims of Pods that go are owned by those Pods, claims of Pods that stay are not. */
export const keepScaledClaims = (set: StatefulSet, present: readonly Pod[], condemned: readonly Pod[], context: ReconcileContext): void => {
  if (set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== "Delete") return
  for (const [pods, gone] of [
    [present, false],
    [condemned, true],
  ] as const)
    for (const one of pods)
      for (const { name } of claimsOf(set, one.metadata.name)) {
        const claim = existing(set, name, context)
        if (!claim) continue
        const others = ownersOf(claim).filter(({ uid }) => uid !== one.metadata.uid)
        setOwners(
          claim,
          gone
            ? [
                ...others,
                {
                  apiVersion: "v1",
                  kind: "Pod",
                  name: one.metadata.name,
                  uid: one.metadata.uid,
                  controller: true,
                  blockOwnerDeletion: true,
                },
              ]
            : others,
          context,
        )
      }
}
