/** local-path-provisioner: volumes out of directories of the node that the scheduler chose. As github.com/rancher/local-path-provisioner. */
import type { Simulation } from "@drydock/sim"
import {
  event,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolume,
  persistentVolumeClaim,
  storageClass,
} from "../api/index.ts"
import { keyOf } from "../apimachinery/object.ts"
import { type Door, DoorClient } from "../client/client.ts"
import { Recorder } from "../client/event-recorder.ts"
import { WatchInformers } from "../client/informers.ts"
import { WorkQueue } from "../client/work-queue.ts"
import type { Component } from "../cluster-contract.ts"
import { classOf, PROVISIONED_BY, PROVISIONER, SELECTED_NODE } from "../controller-manager/controllers/persistent-volume-binder.ts"
import type { Trace } from "../ports/trace.ts"

export const LOCAL_PATH = "rancher.io/local-path"
const DIRECTORY = "/opt/local-path-provisioner"
/** Its helper Pod makes or removes the directory meanwhile, ms. */
const HELPER = 2_500

export const runLocalPathProvisioner = (options: {
  sim: Simulation
  door: Door
  trace: Trace
  spanOf: (revision: number) => number | undefined
  /** Name of the Pod, part of the event source. */
  host: string
  /** Empties a directory of a node. */
  removeDirectory: (node: string, path: string) => void
}): Component => {
  const { sim, door, trace } = options
  const identity = {
    name: "system:serviceaccount:local-path-storage:local-path-provisioner-service-account",
    groups: ["system:serviceaccounts", "system:serviceaccounts:local-path-storage", "system:authenticated"],
  }
  const client = new DoorClient(door, identity)
  const informers = new WatchInformers({ door, user: identity, sim, spanOf: options.spanOf })
  const events = new Recorder({
    client,
    sim,
    kind: event as never,
    component: `${LOCAL_PATH}_${options.host}_${sim.random("local-path").uuid()}`,
  })
  const annotation = (object: { metadata: { annotations?: unknown } }, key: string) =>
    (object.metadata.annotations as Record<string, string> | undefined)?.[key]
  /** Being made, by claim uid. */
  const working = new Set<string>()

  const provision = (claim: PersistentVolumeClaim, node: string): void => {
    const { namespace, name, uid } = claim.metadata
    const own = informers.for(storageClass).get(undefined, classOf(claim))
    const volume = `pvc-${uid}`
    events.event(
      claim as never,
      "Normal",
      "Provisioning",
      `External provisioner is provisioning volume for claim ${JSON.stringify(`${namespace}/${name}`)}`,
    )
    trace.emit({
      from: "kubelet",
      to: "csi",
      instance: `${LOCAL_PATH}/${node}`,
      verb: "provision",
      object: { kind: "PersistentVolumeClaim", namespace: namespace as string, name, uid },
      detail: volume,
    })
    sim.schedule(HELPER, () => {
      working.delete(uid)
      if (stopped || !client.find(persistentVolumeClaim, { namespace, name })) return
      client.create(persistentVolume, {
        apiVersion: "v1",
        kind: "PersistentVolume",
        metadata: {
          name: volume,
          annotations: { "local.path.provisioner/selected-node": node, [PROVISIONED_BY]: LOCAL_PATH } as never,
          finalizers: ["kubernetes.io/pv-protection"],
        },
        spec: {
          accessModes: claim.spec.accessModes,
          capacity: { storage: (claim.spec.resources?.requests as Record<string, string> | undefined)?.storage ?? "1Gi" } as never,
          claimRef: {
            kind: "PersistentVolumeClaim",
            apiVersion: "v1",
            namespace,
            name,
            uid,
            resourceVersion: claim.metadata.resourceVersion,
          },
          hostPath: { path: `${DIRECTORY}/${volume}_${namespace}_${name}`, type: "DirectoryOrCreate" },
          nodeAffinity: {
            required: { nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }] }] },
          },
          persistentVolumeReclaimPolicy: own?.reclaimPolicy ?? "Delete",
          storageClassName: classOf(claim),
          volumeMode: claim.spec.volumeMode ?? "Filesystem",
        },
      })
      events.event(claim as never, "Normal", "ProvisioningSucceeded", `Successfully provisioned volume ${volume}`)
    })
  }

  const reclaim = (volume: PersistentVolume): void => {
    if (working.has(volume.metadata.uid)) return
    working.add(volume.metadata.uid)
    sim.schedule(HELPER, () => {
      working.delete(volume.metadata.uid)
      if (stopped) return
      const node = annotation(volume, "local.path.provisioner/selected-node")
      if (node && volume.spec.hostPath?.path) options.removeDirectory(node, volume.spec.hostPath.path)
      client.delete(persistentVolume, volume.metadata as never)
    })
  }

  let stopped = false
  const claims = new WorkQueue(sim, (key) => {
    const slash = key.indexOf("/")
    const claim = informers.for(persistentVolumeClaim).get(key.slice(0, slash), key.slice(slash + 1))
    if (!claim || claim.spec.volumeName || claim.metadata.deletionTimestamp || working.has(claim.metadata.uid)) return
    if (annotation(claim, PROVISIONER) !== LOCAL_PATH) return
    const node = annotation(claim, SELECTED_NODE)
    if (node === undefined) {
      if (informers.for(storageClass).get(undefined, classOf(claim))?.volumeBindingMode === "WaitForFirstConsumer") return
      events.event(
        claim as never,
        "Warning",
        "ProvisioningFailed",
        `failed to provision volume with StorageClass ${JSON.stringify(classOf(claim))}: configuration error, no node was specified`,
      )
      return
    }
    working.add(claim.metadata.uid)
    provision(claim, node)
  })
  const volumes = new WorkQueue(sim, (key) => {
    const volume = informers.for(persistentVolume).get(undefined, key)
    if (
      volume?.status.phase === "Released" &&
      volume.spec.persistentVolumeReclaimPolicy === "Delete" &&
      annotation(volume, PROVISIONED_BY) === LOCAL_PATH &&
      !volume.metadata.deletionTimestamp
    )
      reclaim(volume)
  })
  informers.for(storageClass)
  informers.for(persistentVolumeClaim).onChange(({ type, object, span }) => type !== "deleted" && claims.add(keyOf(object), span))
  informers.for(persistentVolume).onChange(({ type, object, span }) => type !== "deleted" && volumes.add(keyOf(object), span))
  for (const one of informers.for(persistentVolumeClaim).list()) claims.add(keyOf(one))
  for (const one of informers.for(persistentVolume).list()) volumes.add(keyOf(one))
  return {
    name: "local-path-provisioner",
    stop() {
      stopped = true
      claims.stop()
      volumes.stop()
      informers.stop()
    },
  }
}
