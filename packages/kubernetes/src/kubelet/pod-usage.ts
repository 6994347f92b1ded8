/** What a Pod on this node uses of memory and disk, and whether that is more of the disk than it may. As eviction/helpers.go, localStorageEviction. */
import type { Pod } from "../api/index.ts"
import { quantityValue } from "../apimachinery/quantity.ts"
import type { ContainerRuntime } from "../ports/container-runtime.ts"
import type { Host } from "../ports/host.ts"
import type { PodWorker } from "./pod-worker.ts"

export interface Usage {
  /** Bytes. */
  total: number
  containers: ReadonlyMap<string, number>
}

type Container = NonNullable<Pod["spec"]["containers"]>[number]

export const containersOf = ({ spec }: Pod): readonly Container[] => [
  ...(spec.containers ?? []),
  ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always"),
]

const perContainer = (worker: PodWorker, measure: (id: string) => number): Map<string, number> =>
  new Map(
    containersOf(worker.pod).flatMap(({ name }) => {
      const id = worker.containerId(name)
      return id === undefined ? [] : [[name, measure(id)] as const]
    }),
  )

const sum = (values: Iterable<number>): number => {
  let total = 0
  for (const value of values) total += value
  return total
}

export const memoryUsageOf = (worker: PodWorker, runtime: ContainerRuntime): Usage => {
  const containers = perContainer(worker, (id) => runtime.stats(id).memoryBytes)
  return { total: sum(containers.values()), containers }
}

/** emptyDir volumes on the disk, by name. */
const emptyDirs = (worker: PodWorker, host: Host): Map<string, number> =>
  new Map(
    (worker.pod.spec.volumes ?? []).flatMap(({ name, emptyDir }) => {
      const path = worker.volumes?.get(name)
      return emptyDir && path !== undefined ? [[name, host.files.size?.(path) ?? 0] as const] : []
    }),
  )

/** Writable layers, logs and emptyDir volumes. */
export const diskUsageOf = (worker: PodWorker, runtime: ContainerRuntime, host: Host): Usage => {
  const containers = perContainer(worker, (id) => runtime.diskBytes?.(id) ?? 0)
  return { total: sum(containers.values()) + sum(emptyDirs(worker, host).values()), containers }
}

const limitOf = ({ resources }: Container): string | undefined =>
  (resources?.limits as Record<string, string> | undefined)?.["ephemeral-storage"]

/** Most Pods limit nothing of the disk. */
const limited = new WeakMap<object, boolean>()
const limitsDisk = (pod: Pod): boolean => {
  let found = limited.get(pod.spec)
  if (found === undefined) {
    found =
      containersOf(pod).some((container) => limitOf(container) !== undefined) ||
      (pod.spec.volumes ?? []).some(({ emptyDir }) => emptyDir?.sizeLimit !== undefined)
    limited.set(pod.spec, found)
  }
  return found
}

/** Why a Pod that limits its use of the disk has to go; undefined: it does not. */
export const beyondDiskLimits = (worker: PodWorker, runtime: ContainerRuntime, host: Host): string | undefined => {
  const { pod } = worker
  if (!limitsDisk(pod)) return undefined
  const volumes = emptyDirs(worker, host)
  for (const { name, emptyDir } of pod.spec.volumes ?? []) {
    const limit = emptyDir?.sizeLimit as string | undefined
    if (limit !== undefined && (volumes.get(name) ?? 0) > quantityValue(limit))
      return `Usage of EmptyDir volume ${JSON.stringify(name)} exceeds the limit ${JSON.stringify(limit)}. `
  }
  const usage = diskUsageOf(worker, runtime, host)
  const limits = containersOf(pod).map(limitOf)
  const whole = sum(limits.map((limit) => quantityValue(limit)))
  if (limits.every((limit) => limit !== undefined) && usage.total > whole)
    return `Pod ephemeral local storage usage exceeds the total limit of containers ${limits.length === 1 ? limits[0] : String(whole)}. `
  for (const container of containersOf(pod)) {
    const limit = limitOf(container)
    if (limit !== undefined && (usage.containers.get(container.name) ?? 0) > quantityValue(limit))
      return `Container ${container.name} exceeded its local ephemeral storage limit ${JSON.stringify(limit)}. `
  }
  return undefined
}
