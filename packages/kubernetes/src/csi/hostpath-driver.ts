/** The CSI hostpath driver with its sidecars: provisions, grows, clones, snapshots and restores volumes. As kubernetes-csi's csi-driver-host-path. */
import type { Simulation, Timer } from "@drydock/sim"
import {
  event,
  node,
  type PersistentVolume,
  type PersistentVolumeClaim,
  persistentVolume,
  persistentVolumeClaim,
  storageClass,
} from "../api/index.ts"
import type { Kind } from "../api/define-kind.ts"
import { formatTime, keyOf } from "../apimachinery/object.ts"
import { quantityValue } from "../apimachinery/quantity.ts"
import { type Door, DoorClient, editable } from "../client/client.ts"
import { Recorder } from "../client/event-recorder.ts"
import { WatchInformers } from "../client/informers.ts"
import { WorkQueue } from "../client/work-queue.ts"
import type { Component } from "../cluster-contract.ts"
import { classOf, PROVISIONED_BY, PROVISIONER, SELECTED_NODE } from "../controller-manager/controllers/persistent-volume-binder.ts"
import type { Trace } from "../ports/trace.ts"
import { CustomObjects, type StoredCustom } from "./custom-objects.ts"
import { csiPath } from "./paths.ts"

export const HOSTPATH_DRIVER = "hostpath.csi.k8s.io"
const TOPOLOGY = "topology.hostpath.csi/node"
const SNAPSHOTS = "snapshot.storage.k8s.io/v1"
/** What a call of the driver takes, ms; and how often it is looked whether snapshots are served. */
const CALL = 1_200
const LOOK = 5_000

export interface NodeDirectories {
  copy(node: string, from: string, to: string): void
  remove(node: string, path: string): void
}

const requested = (claim: PersistentVolumeClaim): string =>
  (claim.spec.resources?.requests as Record<string, string> | undefined)?.storage ?? "1Gi"

const text = (value: unknown): string => (typeof value === "string" ? value : "")

export const runHostPathDriver = (options: {
  sim: Simulation
  door: Door
  trace: Trace
  /** The node that its Pod runs on, where all of its volumes are. */
  node: string
  kindNamed: (apiVersion: string, kind: string) => Kind<never> | undefined
  directories: NodeDirectories
}): Component => {
  const { sim, door, trace, directories } = options
  const account = "csi-hostpathplugin-sa"
  const identity = {
    name: `system:serviceaccount:default:${account}`,
    groups: ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"],
  }
  const client = new DoorClient(door, identity)
  const informers = new WatchInformers({ door, user: identity, sim })
  const recorder = (component: string) => new Recorder({ client, sim, kind: event as never, component })
  const events = recorder(`${HOSTPATH_DRIVER}_csi-hostpathplugin-0`)
  const resizes = recorder(`external-resizer ${HOSTPATH_DRIVER}`)
  const tells = recorder("snapshot-controller")
  const kinds = (kind: string) => new CustomObjects(() => options.kindNamed(SNAPSHOTS, kind), client, informers)
  const [snapshots, contents, classes] = [kinds("VolumeSnapshot"), kinds("VolumeSnapshotContent"), kinds("VolumeSnapshotClass")]
  const working = new Set<string>()
  let stopped = false
  let timer: Timer | undefined

  const annotation = (object: { metadata: { annotations?: unknown } }, key: string) =>
    (object.metadata.annotations as Record<string, string> | undefined)?.[key]
  const volumeOf = (claim: PersistentVolumeClaim): PersistentVolume | undefined =>
    claim.spec.volumeName ? client.find(persistentVolume, { name: claim.spec.volumeName }) : undefined
  const handleOf = (volume: PersistentVolume | undefined): string | undefined =>
    volume?.spec.csi?.driver === HOSTPATH_DRIVER ? volume.spec.csi.volumeHandle : undefined
  const attempt = (work: () => void): void => {
    try {
      work()
    } catch {
      // The next change brings it again.
    }
  }

  /** Handle of what a new volume begins with; undefined: it begins empty; a text that says why it cannot begin. */
  const sourceOf = (claim: PersistentVolumeClaim): { handle: string; least: number } | { problem: string } | undefined => {
    const source = claim.spec.dataSource ?? claim.spec.dataSourceRef
    if (!source) return undefined
    const { namespace } = claim.metadata
    if (source.kind === "PersistentVolumeClaim") {
      const from = client.find(persistentVolumeClaim, { namespace: namespace as string, name: source.name })
      const handle = from && handleOf(volumeOf(from))
      if (!from || handle === undefined)
        return {
          problem: `error getting handle for DataSource Type PersistentVolumeClaim by Name ${source.name}: error getting PVC ${source.name} (namespace "${namespace}") from api server: persistentvolumeclaims "${source.name}" not found`,
        }
      return { handle, least: quantityValue(requested(from)) }
    }
    if (source.kind !== "VolumeSnapshot") return { problem: `the PVC source not in the list of supported sources: ${source.kind}` }
    const snapshot = snapshots.get(namespace, source.name)
    if (!snapshot)
      return {
        problem: `error getting handle for DataSource Type VolumeSnapshot by Name ${source.name}: error getting snapshot ${source.name} from api server: volumesnapshots.snapshot.storage.k8s.io "${source.name}" not found`,
      }
    const content = contents.get(undefined, text(snapshot.status?.boundVolumeSnapshotContentName))
    const handle = text(content?.status?.snapshotHandle)
    if (snapshot.status?.readyToUse !== true || handle === "")
      return {
        problem: `error getting handle for DataSource Type VolumeSnapshot by Name ${source.name}: snapshot ${source.name} is not Ready`,
      }
    return { handle, least: quantityValue(text(snapshot.status.restoreSize)) }
  }

  const provision = (claim: PersistentVolumeClaim): void => {
    const { namespace, name, uid } = claim.metadata
    const own = informers.for(storageClass).get(undefined, classOf(claim))
    const volume = `pvc-${uid}`
    events.event(
      claim as never,
      "Normal",
      "Provisioning",
      `External provisioner is provisioning volume for claim ${JSON.stringify(`${namespace}/${name}`)}`,
    )
    const source = sourceOf(claim)
    const small = source && "least" in source && quantityValue(requested(claim)) < source.least
    const problem =
      source && "problem" in source
        ? source.problem
        : small
          ? `requested volume size ${quantityValue(requested(claim))} is less than the size ${source.least} for the source`
          : undefined
    if (problem !== undefined) {
      working.delete(uid)
      events.event(
        claim as never,
        "Warning",
        "ProvisioningFailed",
        `failed to provision volume with StorageClass ${JSON.stringify(classOf(claim))}: ${problem}`,
      )
      sim.schedule(LOOK, () => claims.add(keyOf(claim)))
      return
    }
    trace.emit({
      from: "kube-controller-manager",
      to: "csi",
      instance: HOSTPATH_DRIVER,
      verb: "provision",
      object: { kind: "PersistentVolumeClaim", namespace: namespace as string, name, uid },
      detail: volume,
    })
    sim.schedule(CALL, () => {
      working.delete(uid)
      if (stopped || !client.find(persistentVolumeClaim, { namespace: namespace as string, name })) return
      const handle = sim.random(HOSTPATH_DRIVER).uuid()
      if (source && "handle" in source)
        directories.copy(options.node, csiPath(HOSTPATH_DRIVER, source.handle), csiPath(HOSTPATH_DRIVER, handle))
      attempt(() => {
        client.create(persistentVolume, {
          apiVersion: "v1",
          kind: "PersistentVolume",
          metadata: {
            name: volume,
            annotations: { [PROVISIONED_BY]: HOSTPATH_DRIVER } as never,
            finalizers: ["external-provisioner.volume.kubernetes.io/finalizer", "kubernetes.io/pv-protection"],
          },
          spec: {
            accessModes: claim.spec.accessModes,
            capacity: { storage: requested(claim) } as never,
            claimRef: {
              kind: "PersistentVolumeClaim",
              apiVersion: "v1",
              namespace,
              name,
              uid,
              resourceVersion: claim.metadata.resourceVersion,
            },
            csi: {
              driver: HOSTPATH_DRIVER,
              volumeHandle: handle,
              volumeAttributes: { kind: "", "storage.kubernetes.io/csiProvisionerIdentity": `${options.node}-${HOSTPATH_DRIVER}` } as never,
            },
            nodeAffinity: {
              required: { nodeSelectorTerms: [{ matchExpressions: [{ key: TOPOLOGY, operator: "In", values: [options.node] }] }] },
            },
            persistentVolumeReclaimPolicy: own?.reclaimPolicy ?? "Delete",
            storageClassName: classOf(claim),
            volumeMode: claim.spec.volumeMode ?? "Filesystem",
          },
        })
        events.event(claim as never, "Normal", "ProvisioningSucceeded", `Successfully provisioned volume ${volume}`)
      })
    })
  }

  /** external-resizer, and what the kubelet does on the node after it. */
  const grow = (claim: PersistentVolumeClaim, volume: PersistentVolume): void => {
    const { namespace, name, uid } = claim.metadata
    working.add(uid)
    resizes.event(claim as never, "Normal", "Resizing", `External resizer is resizing volume ${volume.metadata.name}`)
    sim.schedule(CALL, () => {
      working.delete(uid)
      if (stopped) return
      attempt(() => {
        const now = client.find(persistentVolumeClaim, { namespace: namespace as string, name })
        if (!now) return
        const size = requested(now)
        client.patch(persistentVolume, { name: volume.metadata.name }, { spec: { capacity: { storage: size } } }, { type: "merge" })
        const next = editable(now)
        next.status = { ...now.status, capacity: { storage: size } } as never
        client.updateStatus(persistentVolumeClaim, next)
        events.event(claim as never, "Normal", "FileSystemResizeSuccessful", "MountVolume.NodeExpandVolume succeeded for volume")
      })
    })
  }

  const claims = new WorkQueue(sim, (key) => {
    const slash = key.indexOf("/")
    const claim = informers.for(persistentVolumeClaim).get(key.slice(0, slash), key.slice(slash + 1))
    if (!claim || claim.metadata.deletionTimestamp || working.has(claim.metadata.uid)) return
    const volume = volumeOf(claim)
    if (volume && handleOf(volume) !== undefined) {
      const has = quantityValue((claim.status.capacity as Record<string, string> | undefined)?.storage)
      if (claim.status.phase === "Bound" && quantityValue(requested(claim)) > has) grow(claim, volume)
      return
    }
    if (claim.spec.volumeName || annotation(claim, PROVISIONER) !== HOSTPATH_DRIVER) return
    const waits = informers.for(storageClass).get(undefined, classOf(claim))?.volumeBindingMode === "WaitForFirstConsumer"
    if (waits && annotation(claim, SELECTED_NODE) === undefined) return
    working.add(claim.metadata.uid)
    provision(claim)
  })

  const volumes = new WorkQueue(sim, (key) => {
    const volume = informers.for(persistentVolume).get(undefined, key)
    const handle = handleOf(volume)
    if (!volume || handle === undefined) return
    if (volume.metadata.deletionTimestamp) {
      // Its own finalizer goes with what it stands for.
      const rest = (volume.metadata.finalizers ?? []).filter((one) => !one.startsWith("external-provisioner."))
      if (rest.length < (volume.metadata.finalizers ?? []).length)
        attempt(() => client.patch(persistentVolume, { name: key }, { metadata: { finalizers: rest } }, { type: "merge" }))
      return
    }
    if (volume.status.phase !== "Released" || volume.spec.persistentVolumeReclaimPolicy !== "Delete" || working.has(volume.metadata.uid))
      return
    working.add(volume.metadata.uid)
    sim.schedule(CALL, () => {
      working.delete(volume.metadata.uid)
      if (stopped) return
      directories.remove(options.node, csiPath(HOSTPATH_DRIVER, handle))
      attempt(() => client.delete(persistentVolume, { name: key }))
    })
  })

  const snapshot = (one: StoredCustom): void => {
    const { namespace, name, uid } = one.metadata
    if (one.status?.readyToUse === true || working.has(uid)) return
    const source = text((one.spec?.source as Record<string, unknown> | undefined)?.persistentVolumeClaimName)
    const named = text(one.spec?.volumeSnapshotClassName)
    const chosen = named
      ? classes.get(undefined, named)
      : classes.list().find((it) => annotation(it as never, "snapshot.storage.kubernetes.io/is-default-class") === "true")
    const fail = (reason: string, message: string): void => {
      tells.event(one as never, "Warning", reason, message)
      attempt(() => snapshots.setStatus(one, { error: { message, time: formatTime(sim.now()) }, readyToUse: false }))
    }
    const told = (one.status?.error as { message?: string } | undefined)?.message
    if (!chosen) {
      const message = `Failed to get snapshot class with error failed to retrieve snapshot class ${named} from the informer: "volumesnapshotclass.snapshot.storage.k8s.io \\"${named}\\" not found"`
      return told === undefined ? fail("GetSnapshotClassFailed", message) : undefined
    }
    const claim = source ? client.find(persistentVolumeClaim, { namespace: namespace as string, name: source }) : undefined
    const volume = claim && volumeOf(claim)
    const handle = handleOf(volume)
    if (!claim || handle === undefined) {
      const message = `Failed to create snapshot content with error snapshot controller failed to update ${name} on API server: cannot get claim from snapshot`
      return told === undefined ? fail("SnapshotContentCreationFailed", message) : undefined
    }
    working.add(uid)
    const content = `snapcontent-${uid}`
    tells.event(one as never, "Normal", "CreatingSnapshot", `Waiting for a snapshot ${namespace}/${name} to be created by the CSI driver.`)
    contents.create({
      apiVersion: SNAPSHOTS,
      kind: "VolumeSnapshotContent",
      metadata: { name: content },
      spec: {
        deletionPolicy: chosen.deletionPolicy,
        driver: HOSTPATH_DRIVER,
        source: { volumeHandle: handle },
        sourceVolumeMode: "Filesystem",
        volumeSnapshotClassName: chosen.metadata.name,
        volumeSnapshotRef: { apiVersion: SNAPSHOTS, kind: "VolumeSnapshot", name, namespace, uid },
      },
    })
    sim.schedule(CALL, () => {
      working.delete(uid)
      if (stopped) return
      const taken = sim.random(HOSTPATH_DRIVER).uuid()
      directories.copy(options.node, csiPath(HOSTPATH_DRIVER, handle), csiPath(HOSTPATH_DRIVER, taken))
      const size = quantityValue((volume?.spec.capacity as Record<string, string> | undefined)?.storage)
      attempt(() => {
        const made = contents.get(undefined, content)
        if (made)
          contents.setStatus(made, { creationTime: sim.now() * 1_000_000, readyToUse: true, restoreSize: size, snapshotHandle: taken })
        const now = snapshots.get(namespace, name)
        if (!now) return
        tells.event(now as never, "Normal", "SnapshotCreated", `Snapshot ${namespace}/${name} was successfully created by the CSI driver.`)
        snapshots.setStatus(now, {
          boundVolumeSnapshotContentName: content,
          creationTime: formatTime(sim.now()),
          readyToUse: true,
          restoreSize: (volume?.spec.capacity as Record<string, string> | undefined)?.storage,
        })
        tells.event(now as never, "Normal", "SnapshotReady", `Snapshot ${namespace}/${name} is ready to use.`)
      })
    })
  }

  const forget = (one: StoredCustom): void => {
    const content = contents.get(undefined, text(one.status?.boundVolumeSnapshotContentName))
    if (!content || content.spec?.deletionPolicy === "Retain") return
    directories.remove(options.node, csiPath(HOSTPATH_DRIVER, text(content.status?.snapshotHandle)))
    attempt(() => contents.delete({ name: content.metadata.name }))
  }

  /** Its definitions may come after it. */
  const look = (): void => {
    if (stopped) return
    if (!snapshots.watch((one, gone) => (gone ? forget(one) : sim.schedule(0, () => snapshot(one))))) {
      timer = sim.scheduleBackground(LOOK, look)
      return
    }
    contents.list()
    classes.create({
      apiVersion: SNAPSHOTS,
      kind: "VolumeSnapshotClass",
      metadata: { name: "csi-hostpath-snapclass", annotations: { "snapshot.storage.kubernetes.io/is-default-class": "true" } as never },
      driver: HOSTPATH_DRIVER,
      deletionPolicy: "Delete",
    })
    for (const one of snapshots.list()) snapshot(one)
  }
  attempt(() => client.patch(node, { name: options.node }, { metadata: { labels: { [TOPOLOGY]: options.node } } }, { type: "merge" }))
  informers.for(storageClass)
  informers.for(persistentVolumeClaim).onChange(({ type, object, span }) => type !== "deleted" && claims.add(keyOf(object), span))
  informers.for(persistentVolume).onChange(({ type, object, span }) => type !== "deleted" && volumes.add(keyOf(object), span))
  for (const one of informers.for(persistentVolumeClaim).list()) claims.add(keyOf(one))
  for (const one of informers.for(persistentVolume).list()) volumes.add(keyOf(one))
  look()
  return {
    name: "csi-hostpath",
    stop() {
      stopped = true
      sim.cancel(timer)
      claims.stop()
      volumes.stop()
      informers.stop()
    },
  }
}
