/** What a kubelet says of its node. As pkg/kubelet/nodestatus/setters.go. */
import type { Node } from "../api/index.ts"
import { interned } from "../apimachinery/interned.ts"
import { formatTime } from "../apimachinery/object.ts"
import type { ContainerRuntime } from "../ports/container-runtime.ts"
import type { Host } from "../ports/host.ts"
import { DEFAULT_LIMITS, type NodeLimits, thresholdOf } from "./node-limits.ts"

type Condition = NonNullable<Node["status"]["conditions"]>[number]

/** Why containers cannot be run, or Pods have no network; undefined: nothing is amiss. */
export const notReady = (runtime: ContainerRuntime): string | undefined => {
  if (!runtime.available) return "container runtime is down"
  const network = runtime.networkProblem?.()
  return network === undefined ? undefined : networkNotReady(network)
}

export const networkNotReady = (problem: string): string =>
  `container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:${problem}`

export const nodeStatus = (options: {
  host: Host
  runtime: ContainerRuntime
  version: string
  hollow: { port: number } | undefined
  now: number
  previous: readonly Condition[]
  pressures: readonly string[]
  limits?: NodeLimits
}): Node["status"] => {
  const { host, runtime, version, hollow, now, previous, pressures, limits = DEFAULT_LIMITS } = options
  const usage = host.files.usage()
  const time = formatTime(now)
  const make = (type: string, status: "True" | "False", reason: string, message: string): Condition => {
    const old = previous.find((condition) => condition.type === type)
    return {
      type,
      status,
      lastHeartbeatTime: time,
      lastTransitionTime: old?.status === status ? old.lastTransitionTime : time,
      reason,
      message,
    }
  }
  const why = notReady(runtime)
  const images = runtime
    .listImages()
    .slice(0, 50)
    .map(({ repoTags, repoDigests, sizeBytes }) => ({ names: [...repoDigests, ...repoTags], ...(sizeBytes > 0 && { sizeBytes }) }))
  const kib = (bytes: number) => `${Math.floor(bytes / 1024)}Ki`
  const cores = (millis: number) => (millis % 1_000 === 0 ? String(millis / 1_000) : `${millis}m`)
  const capacity = {
    cpu: String(host.cpus),
    "ephemeral-storage": hollow ? "0" : kib(usage.capacityBytes),
    ...(!hollow && { "hugepages-2Mi": "0" }),
    memory: kib(host.memory),
    pods: String(limits.maxPods),
  }
  return {
    addresses: [
      { type: "InternalIP", address: host.address },
      { type: "Hostname", address: host.name },
    ],
    capacity: capacity as never,
    // What is reserved and what eviction keeps free is not for Pods.
    allocatable: {
      ...capacity,
      ...(!hollow && {
        ...(limits.reserved.cpu > 0 && { cpu: cores(host.cpus * 1_000 - limits.reserved.cpu) }),
        "ephemeral-storage": String(
          Math.floor(usage.capacityBytes - limits.reserved.disk - thresholdOf(limits, "nodefs.available", usage.capacityBytes)),
        ),
        memory: kib(host.memory - limits.reserved.memory - thresholdOf(limits, "memory.available", host.memory)),
      }),
    } as never,
    conditions: [
      pressures.includes("MemoryPressure")
        ? make("MemoryPressure", "True", "KubeletHasInsufficientMemory", "kubelet has insufficient memory available")
        : make("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
      pressures.includes("DiskPressure")
        ? make("DiskPressure", "True", "KubeletHasDiskPressure", "kubelet has disk pressure")
        : make("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
      make("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
      why === undefined
        ? make("Ready", "True", "KubeletReady", "kubelet is posting ready status")
        : make("Ready", "False", "KubeletNotReady", why),
    ],
    daemonEndpoints: { kubeletEndpoint: { Port: hollow?.port ?? 10_250 } },
    nodeInfo: {
      machineID: hollow ? "" : host.system.machineId,
      systemUUID: hollow ? "" : host.system.systemUuid,
      bootID: hollow ? "" : host.system.bootId,
      kernelVersion: host.system.kernelVersion,
      osImage: host.system.osImage,
      containerRuntimeVersion: `${runtime.name}://${runtime.version}`,
      kubeletVersion: version,
      kubeProxyVersion: "",
      operatingSystem: "linux",
      architecture: "amd64",
    },
    ...(images.length > 0 && { images: interned(images) as never }),
  }
}

/** What a condition's change is called in events. */
const NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  MemoryPressure: { True: "NodeHasInsufficientMemory", False: "NodeHasSufficientMemory" },
  DiskPressure: { True: "NodeHasDiskPressure", False: "NodeHasNoDiskPressure" },
  PIDPressure: { True: "NodeHasInsufficientPID", False: "NodeHasSufficientPID" },
  Ready: { True: "NodeReady", False: "NodeNotReady" },
}

/** Tells of every condition that is not as it was told; returns what is told now. */
export const conditionEvents = (
  told: ReadonlyMap<string, string>,
  status: Node["status"],
  tell: (reason: string) => void,
): ReadonlyMap<string, string> => {
  const next = new Map((status.conditions ?? []).map(({ type, status: state }) => [type, state] as const))
  for (const [type, state] of next) if (told.get(type) !== state && (told.size > 0 || type !== "Ready")) tell(NAMES[type]?.[state] ?? type)
  return next
}
