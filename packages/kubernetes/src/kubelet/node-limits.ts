/** How much of its node a kubelet gives to Pods, and where it begins to evict them. As pkg/kubelet/cm/node_container_manager_linux.go, eviction/api/types.go. */
import { quantityValue } from "../apimachinery/quantity.ts"

export type Signal = "memory.available" | "nodefs.available" | "nodefs.inodesFree" | "imagefs.available"

/** So many bytes (or inodes), or a share of what there is. */
export type Threshold = { readonly value: number } | { readonly share: number }

export interface NodeLimits {
  /** --max-pods */
  readonly maxPods: number
  /** --kube-reserved and --system-reserved together: millicores, bytes. */
  readonly reserved: { readonly cpu: number; readonly memory: number; readonly disk: number }
  /** --eviction-hard; a signal that is not named has no threshold. */
  readonly evictionHard: ReadonlyMap<Signal, Threshold>
  /** --eviction-pressure-transition-period, ms. */
  readonly transition: number
  /** --allowed-unsafe-sysctls */
  readonly unsafeSysctls?: readonly string[]
}

export const DEFAULT_LIMITS: NodeLimits = {
  maxPods: 110,
  reserved: { cpu: 0, memory: 0, disk: 0 },
  evictionHard: new Map<Signal, Threshold>([
    ["memory.available", { value: 100 * 1024 ** 2 }],
    ["nodefs.available", { share: 0.1 }],
    ["nodefs.inodesFree", { share: 0.05 }],
    ["imagefs.available", { share: 0.15 }],
  ]),
  transition: 300_000,
}

/** What a threshold comes to where there is `capacity` in all; 0: none is set. */
export const thresholdOf = ({ evictionHard }: NodeLimits, signal: Signal, capacity: number): number => {
  const threshold = evictionHard.get(signal)
  if (!threshold) return 0
  return "share" in threshold ? capacity * threshold.share : threshold.value
}

const SIGNALS: ReadonlySet<string> = new Set<Signal>(["memory.available", "nodefs.available", "nodefs.inodesFree", "imagefs.available"])
/** Known to a kubelet, of nothing that is simulated. */
const OTHER_SIGNALS: ReadonlySet<string> = new Set([
  "allocatableMemory.available",
  "imagefs.inodesFree",
  "pid.available",
  "containerfs.available",
  "containerfs.inodesFree",
])

/** --eviction-hard as it is written; `error` as eviction/helpers.go ParseThresholdConfig words it. */
export const parseThresholds = (given: Readonly<Record<string, string>>): ReadonlyMap<Signal, Threshold> | { error: string } => {
  const found = new Map<Signal, Threshold>()
  for (const [signal, text] of Object.entries(given)) {
    if (!SIGNALS.has(signal) && !OTHER_SIGNALS.has(signal)) return { error: `unknown eviction signal ${signal}` }
    const percent = /^(-?\d+(?:\.\d+)?)%$/.exec(text)
    if (percent) {
      const share = Number(percent[1]) / 100
      if (share < 0) return { error: `eviction percentage threshold ${signal} must be >= 0%: ${text}` }
      if (share > 1) return { error: `eviction percentage threshold ${signal} must be <= 100%: ${text}` }
      // As upstream: "0%" and "100%" take the threshold away.
      if (SIGNALS.has(signal) && share > 0 && share < 1) found.set(signal as Signal, { share })
      continue
    }
    if (!/^[+-]?\d+(\.\d+)?([KMGTPE]i|[mkMGTPE])?$/.test(text))
      return { error: "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'" }
    const value = quantityValue(text)
    if (value < 0) return { error: `eviction threshold ${signal} must be positive: ${text}` }
    if (SIGNALS.has(signal)) found.set(signal as Signal, { value })
  }
  return found
}
