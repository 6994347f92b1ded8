/** persistentvolume-binder-controller: brings claims and volumes together. As pkg/controller/volume/persistentvolume/pv_controller.go. */
import {
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  type StorageClass,
  storageClass,
} from "../../api/index.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { quantityValue } from "../../apimachinery/quantity.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import { editable } from "../../client/client.ts"
import { defineController, type ReconcileContext, trigger } from "../define-controller.ts"

const BIND_COMPLETED = "pv.kubernetes.io/bind-completed"
const BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller"
export const PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
export const SELECTED_NODE = "volume.kubernetes.io/selected-node"
export const PROVISIONER = "volume.kubernetes.io/storage-provisioner"
const PROVISIONER_BETA = "volume.beta.kubernetes.io/storage-provisioner"
const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
const CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class"

const annotations = (object: { metadata: { annotations?: unknown } }): Record<string, string> =>
  (object.metadata.annotations ?? {}) as Record<string, string>

export const classOf = (claim: PersistentVolumeClaim): string => annotations(claim)[CLASS_ANNOTATION] ?? claim.spec.storageClassName ?? ""

const storage = (amounts: unknown): number => quantityValue((amounts as Record<string, string> | undefined)?.storage)

/** Why a volume that a claim names cannot be its own; undefined: it can. As checkVolumeSatisfyClaim. */
const mismatch = (volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined => {
  if (storage(volume.spec.capacity) < storage(claim.spec.resources?.requests)) return "requested PV is too small"
  if ((volume.spec.storageClassName ?? "") !== classOf(claim)) return "storageClassName does not match"
  if ((volume.spec.volumeMode ?? "Filesystem") !== (claim.spec.volumeMode ?? "Filesystem")) return "incompatible volumeMode"
  if ((claim.spec.accessModes ?? []).some((mode) => !volume.spec.accessModes?.includes(mode))) return "incompatible accessMode"
  return undefined
}

/** Whether a volume could serve a claim, whoever else it might be reserved for. */
const serves = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean =>
  mismatch(volume, claim) === undefined &&
  (!claim.spec.selector || selectorMatches(claim.spec.selector as never, volume.metadata.labels as never))

const reservedFor = (volume: PersistentVolume, claim: PersistentVolumeClaim): boolean => {
  const { claimRef } = volume.spec
  return (
    claimRef?.namespace === claim.metadata.namespace &&
    claimRef?.name === claim.metadata.name &&
    (!claimRef?.uid || claimRef.uid === claim.metadata.uid)
  )
}

/** --pvclaimbinder-sync-period, ms: what waits is looked at again, and says so again. */
const RESYNC = 15_000

/** The volume reserved for the claim, or the smallest free one that fits. As index.go findBestMatchForClaim. */
export const bestVolume = (
  volumes: readonly PersistentVolume[],
  claim: PersistentVolumeClaim,
  reservedOnly = false,
): PersistentVolume | undefined => {
  const reserved = volumes.find((volume) => reservedFor(volume, claim))
  if (reserved) return reserved
  if (reservedOnly) return undefined
  return [...volumes]
    .filter(
      (volume) =>
        !volume.spec.claimRef && volume.status.phase === "Available" && !volume.metadata.deletionTimestamp && serves(volume, claim),
    )
    .sort((a, b) => storage(a.spec.capacity) - storage(b.spec.capacity) || (a.metadata.name < b.metadata.name ? -1 : 1))[0]
}

export const defaultClass = (classes: readonly StorageClass[]): StorageClass | undefined =>
  [...classes]
    .filter((one) => annotations(one)[DEFAULT_CLASS] === "true")
    .sort((a, b) =>
      a.metadata.creationTimestamp !== b.metadata.creationTimestamp
        ? a.metadata.creationTimestamp > b.metadata.creationTimestamp
          ? -1
          : 1
        : a.metadata.name < b.metadata.name
          ? -1
          : 1,
    )[0]

const setClaimStatus = (
  claim: PersistentVolumeClaim,
  phase: "Pending" | "Bound" | "Lost",
  volume: PersistentVolume | undefined,
  { client }: ReconcileContext,
): PersistentVolumeClaim => {
  const next = editable(claim)
  next.status = {
    phase,
    ...(volume && { accessModes: volume.spec.accessModes, capacity: volume.spec.capacity }),
    ...(claim.status.conditions && { conditions: claim.status.conditions }),
  } as never
  return deepEqual(next.status, claim.status) ? claim : client.updateStatus(persistentVolumeClaim, next)
}

const setVolumePhase = (volume: PersistentVolume, phase: string, { client }: ReconcileContext, message?: string): PersistentVolume => {
  if (volume.status.phase === phase && volume.status.message === message) return volume
  const next = editable(volume)
  next.status = { phase, ...(message && { message }) } as never
  return client.updateStatus(persistentVolume, next)
}

const bind = (volume: PersistentVolume, claim: PersistentVolumeClaim, context: ReconcileContext): void => {
  const { client } = context
  let bound = volume
  if (volume.spec.claimRef?.uid !== claim.metadata.uid) {
    const next = editable(volume)
    if (!volume.spec.claimRef) next.metadata.annotations = { ...annotations(volume), [BOUND_BY_CONTROLLER]: "yes" } as never
    next.spec.claimRef = {
      kind: "PersistentVolumeClaim",
      namespace: claim.metadata.namespace,
      name: claim.metadata.name,
      uid: claim.metadata.uid,
      apiVersion: "v1",
      resourceVersion: claim.metadata.resourceVersion,
    }
    bound = client.update(persistentVolume, next)
  }
  bound = setVolumePhase(bound, "Bound", context)
  let own = claim
  if (claim.spec.volumeName !== volume.metadata.name || annotations(claim)[BIND_COMPLETED] !== "yes") {
    const next = editable(claim)
    next.metadata.annotations = {
      ...annotations(claim),
      [BIND_COMPLETED]: "yes",
      ...(claim.spec.volumeName !== volume.metadata.name && { [BOUND_BY_CONTROLLER]: "yes" }),
    } as never
    next.spec.volumeName = volume.metadata.name
    own = client.update(persistentVolumeClaim, next)
  }
  setClaimStatus(own, "Bound", bound, context)
}

/** Nothing fits: says whom the claim waits for, or asks a provisioner. */
const awaitVolume = (claim: PersistentVolumeClaim, delayed: boolean, context: ReconcileContext): void => {
  const { client, informers, events } = context
  const say = (type: "Normal" | "Warning", reason: string, message: string) => events.event(claim as never, type, reason, message)
  const name = classOf(claim)
  if (delayed) {
    const waiting = informers
      .for(pod)
      .list({ namespace: claim.metadata.namespace as string })
      .find(
        ({ spec, status }) =>
          !spec.nodeName &&
          status.phase === "Pending" &&
          spec.volumes?.some(({ persistentVolumeClaim: source }) => source?.claimName === claim.metadata.name),
      )
    if (waiting) say("Normal", "WaitForPodScheduled", `waiting for pod ${waiting.metadata.name} to be scheduled`)
    else say("Normal", "WaitForFirstConsumer", "waiting for first consumer to be created before binding")
  } else if (name === "") say("Normal", "FailedBinding", "no persistent volumes available for this claim and no storage class is set")
  else {
    const own = informers.for(storageClass).get(undefined, name)
    if (!own) say("Warning", "ProvisioningFailed", `storageclass.storage.k8s.io ${JSON.stringify(name)} not found`)
    // Plugins of volumes that Kubernetes itself provisioned are gone from it.
    else if (own.provisioner.startsWith("kubernetes.io/"))
      say("Warning", "ProvisioningFailed", `no volume plugin matched name: ${own.provisioner}`)
    else {
      const { provisioner } = own
      if (annotations(claim)[PROVISIONER] !== provisioner) {
        const next = editable(claim)
        next.metadata.annotations = { ...annotations(claim), [PROVISIONER_BETA]: provisioner, [PROVISIONER]: provisioner } as never
        client.update(persistentVolumeClaim, next)
      }
      say(
        "Normal",
        "ExternalProvisioning",
        `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`,
      )
    }
  }
  setClaimStatus(claim, "Pending", undefined, context)
}

const syncUnbound = (given: PersistentVolumeClaim, context: ReconcileContext): void => {
  const { client, informers } = context
  let claim = given
  const classes = informers.for(storageClass)
  if (claim.spec.storageClassName === undefined && annotations(claim)[CLASS_ANNOTATION] === undefined && !claim.spec.volumeName) {
    const fallback = defaultClass(classes.list())
    if (fallback) {
      const next = editable(claim)
      next.spec.storageClassName = fallback.metadata.name
      claim = client.update(persistentVolumeClaim, next)
    }
  }
  const volumes = informers.for(persistentVolume)
  if (claim.spec.volumeName) {
    const wanted = volumes.get(undefined, claim.spec.volumeName)
    const problem = wanted && !wanted.spec.claimRef ? mismatch(wanted, claim) : undefined
    if (problem !== undefined) {
      const message = `Cannot bind to requested volume ${JSON.stringify(claim.spec.volumeName)}: ${problem}`
      context.events.event(claim as never, "Warning", "VolumeMismatch", message)
    } else if (wanted && (!wanted.spec.claimRef || reservedFor(wanted, claim))) return bind(wanted, claim, context)
    setClaimStatus(claim, "Pending", undefined, context)
    return
  }
  const delayed =
    classes.get(undefined, classOf(claim))?.volumeBindingMode === "WaitForFirstConsumer" && annotations(claim)[SELECTED_NODE] === undefined
  const found = bestVolume(volumes.list(), claim, delayed)
  if (found) bind(found, claim, context)
  else awaitVolume(claim, delayed, context)
}

const syncBound = (claim: PersistentVolumeClaim, context: ReconcileContext): void => {
  const lost = (message: string, reason = "ClaimLost") => {
    if (claim.status.phase === "Lost") return
    setClaimStatus(claim, "Lost", undefined, context)
    context.events.event(claim as never, "Warning", reason, message)
  }
  if (!claim.spec.volumeName) return lost("Bound claim has lost reference to PersistentVolume. Data on the volume is lost!")
  const volume = context.informers.for(persistentVolume).get(undefined, claim.spec.volumeName)
  if (!volume) return lost("Bound claim has lost its PersistentVolume. Data on the volume is lost!")
  if (volume.spec.claimRef?.uid && volume.spec.claimRef.uid !== claim.metadata.uid)
    return lost("Two claims are bound to the same volume, this one is bound incorrectly", "ClaimMisbound")
  bind(volume, claim, context)
}

const toClaim = (object: PersistentVolume) => {
  const { claimRef } = object.spec
  return claimRef?.name ? [{ namespace: claimRef.namespace as string, name: claimRef.name }] : []
}

/** Claims that wait for something like what changed. */
const unbound = ({ informers }: ReconcileContext) =>
  informers
    .for(persistentVolumeClaim)
    .list()
    .filter(({ status }) => status.phase === "Pending")
    .map(({ metadata }) => ({ namespace: metadata.namespace as string, name: metadata.name }))

export const claimBinderController = defineController({
  name: "persistentvolume-binder-controller",
  component: "persistentvolume-controller",
  for: persistentVolumeClaim,
  triggers: [
    trigger(persistentVolume, (change, context) => [
      ...toClaim(change.object),
      ...(change.object.status.phase === "Available" ? unbound(context) : []),
    ]),
    trigger(storageClass, (_, context) => unbound(context)),
  ],
  every: {
    interval: RESYNC,
    run(context) {
      for (const key of unbound(context)) context.requeue(key, 0)
    },
  },
  reconcile(object, context) {
    if (!object) return
    if (annotations(object)[BIND_COMPLETED] === "yes") syncBound(object, context)
    else if (!object.metadata.deletionTimestamp) syncUnbound(object, context)
  },
})

const release = (volume: PersistentVolume, context: ReconcileContext): void => {
  const { client, events } = context
  const policy = volume.spec.persistentVolumeReclaimPolicy
  if (policy === "Recycle") {
    const next = editable(setVolumePhase(volume, "Released", context))
    delete next.spec.claimRef
    next.metadata.annotations = Object.fromEntries(
      Object.entries(annotations(volume)).filter(([key]) => key !== BOUND_BY_CONTROLLER),
    ) as never
    events.event(volume as never, "Normal", "VolumeRecycled", "Volume recycled")
    client.update(persistentVolume, next)
    return
  }
  if (volume.status.phase === "Failed") return
  if (policy === "Delete" && !annotations(volume)[PROVISIONED_BY]) {
    const message = `error getting deleter volume plugin for volume ${JSON.stringify(volume.metadata.name)}: no deletable volume plugin matched`
    setVolumePhase(volume, "Failed", context, message)
    events.event(volume as never, "Warning", "VolumeFailedDelete", message)
    return
  }
  setVolumePhase(volume, "Released", context)
}

export const volumeBinderController = defineController({
  name: "persistentvolume-binder-controller",
  component: "persistentvolume-controller",
  for: persistentVolume,
  triggers: [
    trigger(persistentVolumeClaim, ({ object, old }) =>
      [object.spec.volumeName, old?.spec.volumeName].flatMap((name) => (name ? [{ name }] : [])),
    ),
  ],
  reconcile(object, context) {
    if (!object) return
    const { claimRef } = object.spec
    if (!claimRef?.uid) return void setVolumePhase(object, "Available", context)
    const claim = context.informers.for(persistentVolumeClaim).get(claimRef.namespace, claimRef.name ?? "")
    if (claim?.metadata.uid !== claimRef.uid) {
      // The informer of claims may be a moment behind a volume made for a new one.
      const stored = context.client.find(persistentVolumeClaim, { namespace: claimRef.namespace, name: claimRef.name ?? "" })
      if (stored?.metadata.uid === claimRef.uid) return
      return release(object, context)
    }
    if (claim.spec.volumeName === object.metadata.name) setVolumePhase(object, "Bound", context)
  },
})
