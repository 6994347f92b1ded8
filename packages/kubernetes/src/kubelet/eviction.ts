/** Node-pressure eviction: what a node runs short of, the conditions that say so, and who has to go. As pkg/kubelet/eviction. */
import type { Pod } from "../api/index.ts"
import { formatQuantity, quantityValue } from "../apimachinery/quantity.ts"
import type { Host } from "../ports/host.ts"
import type { ContainerRuntime } from "../ports/container-runtime.ts"
import { DEFAULT_LIMITS, type NodeLimits, thresholdOf } from "./node-limits.ts"
import { containersOf, diskUsageOf, memoryUsageOf, type Usage } from "./pod-usage.ts"
import type { PodWorker } from "./pod-worker.ts"

/** immediateEvictionGracePeriodSeconds, ms. */
const GRACE = 1_000
/** SystemCriticalPriority. */
const CRITICAL = 2_000_000_000

export type Pressure = "MemoryPressure" | "DiskPressure"

interface Observation {
  condition: Pressure
  resource: "memory" | "ephemeral-storage" | "inodes"
  available: number
  least: number
}

const bytes = (value: number): string => formatQuantity(BigInt(Math.floor(value)) * 1_000_000_000n, "binary")

/** As byEvictionPriority: memory is the most urgent. */
const observe = (host: Host, limits: NodeLimits): Observation[] => {
  const { capacityBytes, usedBytes, inodes, usedInodes } = host.files.usage()
  const free = capacityBytes - usedBytes
  const disk = { condition: "DiskPressure", resource: "ephemeral-storage", available: free } as const
  return [
    ...(host.memoryUsed
      ? [
          {
            condition: "MemoryPressure",
            resource: "memory",
            available: host.memory - host.memoryUsed(),
            least: thresholdOf(limits, "memory.available", host.memory),
          } as const,
        ]
      : []),
    { ...disk, least: thresholdOf(limits, "nodefs.available", capacityBytes) },
    { ...disk, least: thresholdOf(limits, "imagefs.available", capacityBytes) },
    {
      condition: "DiskPressure",
      resource: "inodes",
      available: inodes - usedInodes,
      least: thresholdOf(limits, "nodefs.inodesFree", inodes),
    },
  ]
}

const requestOf = (pod: Pod, resource: string): number =>
  containersOf(pod).reduce(
    (sum, { resources }) => sum + quantityValue((resources?.requests as Record<string, string> | undefined)?.[resource]),
    0,
  )

/** As kubelettypes.IsCriticalPod. */
export const isCritical = ({ metadata, spec }: Pod): boolean =>
  (metadata.annotations as Record<string, string> | undefined)?.["kubernetes.io/config.source"] === "file" ||
  (spec.priority ?? 0) >= CRITICAL

export interface EvictionOptions {
  host: Host
  runtime: ContainerRuntime
  now: () => number
  workers: () => Iterable<PodWorker>
  /** Told when the node's conditions changed. */
  changed: () => void
  nodeEvent: (type: "Normal" | "Warning", reason: string, message: string) => void
  limits?: NodeLimits
}

export class EvictionManager {
  readonly #options: EvictionOptions
  /** When each condition was last caused, ms. */
  readonly #lastSeen = new Map<Pressure, number>()

  constructor(options: EvictionOptions) {
    this.#options = options
  }

  has(condition: Pressure): boolean {
    return this.#lastSeen.has(condition)
  }

  get conditions(): readonly Pressure[] {
    return [...this.#lastSeen.keys()]
  }

  /** Looks once; at most one Pod goes. */
  synchronize(): void {
    const { host, runtime, now, changed, nodeEvent, limits = DEFAULT_LIMITS } = this.#options
    const met = () => observe(host, limits).filter(({ available, least }) => available < least)
    let short = met()
    if (short.length === 0 && this.#lastSeen.size === 0) return
    const before = this.conditions.join()
    for (const { condition } of short) this.#lastSeen.set(condition, now())
    for (const [condition, at] of this.#lastSeen) if (now() - at >= limits.transition) this.#lastSeen.delete(condition)
    if (this.conditions.join() !== before) changed()
    if (short.length === 0) return
    const [{ resource }] = short
    nodeEvent("Warning", "EvictionThresholdMet", `Attempting to reclaim ${resource}`)
    if (resource !== "memory") {
      runtime.removeUnusedImages?.()
      short = met()
      if (short.length === 0) return
    }
    this.#evictOne(short[0])
  }

  #evictOne(observation: Observation): void {
    const { runtime, host } = this.#options
    const { resource, available, least } = observation
    const name = resource === "inodes" ? "ephemeral-storage" : resource
    const candidates = [...this.#options.workers()]
      .filter((worker) => worker.active && !isCritical(worker.pod))
      .map((worker) => {
        const usage = name === "memory" ? memoryUsageOf(worker, runtime) : diskUsageOf(worker, runtime, host)
        return { worker, usage, over: usage.total > requestOf(worker.pod, name) }
      })
    // Those beyond what they asked for first, then the less important, then the greedier.
    const [worst] = candidates.sort(
      (a, b) =>
        Number(b.over) - Number(a.over) ||
        (a.worker.pod.spec.priority ?? 0) - (b.worker.pod.spec.priority ?? 0) ||
        b.usage.total - requestOf(b.worker.pod, name) - (a.usage.total - requestOf(a.worker.pod, name)),
    )
    if (!worst) return
    const message = `The node was low on resource: ${resource}. Threshold quantity: ${bytes(least)}, available: ${bytes(available)}. ${offenders(worst.worker.pod, worst.usage, name)}`
    evict(worst.worker, message, GRACE)
  }

  /** Why a new Pod is not taken; undefined: it is. */
  refuses(pod: Pod): { reason: string; message: string } | undefined {
    const { conditions } = this
    if (conditions.length === 0 || isCritical(pod)) return undefined
    if (conditions.length === 1 && conditions[0] === "MemoryPressure") {
      if (pod.status.qosClass !== "BestEffort") return undefined
      if (
        pod.spec.tolerations?.some(({ key, operator }) => key === "node.kubernetes.io/memory-pressure" || (!key && operator === "Exists"))
      )
        return undefined
    }
    return { reason: "Evicted", message: `The node had condition: [${conditions.join(" ")}]. ` }
  }
}

const offenders = (pod: Pod, usage: Usage, resource: string): string =>
  containersOf(pod)
    .flatMap(({ name, resources }) => {
      const used = usage.containers.get(name) ?? 0
      const request = (resources?.requests as Record<string, string> | undefined)?.[resource]
      if (used <= quantityValue(request)) return []
      const rounded = Math.ceil(used / 1_024) * 1_024
      return [`Container ${name} was using ${bytes(rounded)}, request is ${request ?? "0"}, has larger consumption of ${resource}. `]
    })
    .join("")

/** Ends a Pod for good, and says why. */
export const evict = (worker: PodWorker, message: string, grace: number): void => {
  worker.event("Warning", "Evicted", message)
  worker.giveUp({ reason: "Evicted", message, condition: { type: "DisruptionTarget", reason: "TerminationByKubelet", message } }, grace)
}
