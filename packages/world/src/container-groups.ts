/** Where the kubelet and containerd put Pods on their node: control groups, mounts, and who is killed first. As pkg/kubelet/cm and pkg/kubelet/qos/policy.go. */
import { quantityValue } from "@drydock/kubernetes/apimachinery"
import type { ControlGroup } from "@drydock/machine"

interface Resources {
  requests?: Readonly<Record<string, unknown>>
  limits?: Readonly<Record<string, unknown>>
}

/** A Pod as far as the runtime knows it: what it was told of it and of its containers. */
export interface PodPlace {
  readonly id: string
  readonly uid: string
  readonly system: boolean
  readonly containers: readonly {
    name: string
    resources?: Resources
    volumeMounts?: readonly { name: string; mountPath: string }[]
  }[]
}

type Class = "Guaranteed" | "Burstable" | "BestEffort"

const amount = (resources: Resources | undefined, kind: "requests" | "limits", name: string): number | undefined => {
  const text = resources?.[kind]?.[name] ?? (kind === "requests" ? resources?.limits?.[name] : undefined)
  return text === undefined ? undefined : quantityValue(String(text))
}

/** As component-helpers' GetPodQOS. */
const classOf = ({ containers }: PodPlace): Class => {
  const amounts = containers.flatMap(({ resources }) =>
    ["cpu", "memory"].map((name) => ({ limit: amount(resources, "limits", name), request: amount(resources, "requests", name) })),
  )
  if (!amounts.some(({ request }) => request !== undefined)) return "BestEffort"
  return amounts.every(({ limit, request }) => limit !== undefined && limit === request) ? "Guaranteed" : "Burstable"
}

/** runc's ConvertCPUSharesToCgroupV2Value, of millicores. */
const weightOf = (millicores: number): number => {
  const shares = Math.max(2, Math.floor((millicores * 1_024) / 1_000))
  return 1 + Math.floor(((shares - 2) * 9_999) / 262_142)
}

const sliceOf = (pod: PodPlace): string => {
  const uid = pod.uid.replaceAll("-", "_")
  const quality = classOf(pod)
  if (quality === "Guaranteed") return `kubepods.slice/kubepods-pod${uid}.slice`
  const name = quality.toLowerCase()
  return `kubepods.slice/kubepods-${name}.slice/kubepods-${name}-pod${uid}.slice`
}

/** Undefined when one of its containers has no limit. */
const limitOf = ({ containers }: PodPlace, name: string): number | undefined => {
  const amounts = containers.map(({ resources }) => amount(resources, "limits", name))
  return amounts.some((one) => one === undefined) ? undefined : amounts.reduce<number>((sum, one) => sum + (one ?? 0), 0)
}

/** Millicores. */
const requestedCpu = ({ containers }: PodPlace): number =>
  Math.round(containers.reduce((sum, { resources }) => sum + (amount(resources, "requests", "cpu") ?? 0), 0) * 1_000)

export const containerGroups = (
  pods: readonly PodPlace[],
  containers: readonly {
    id: string
    name: string
    sandboxId: string
    memory: number | undefined
    cpu: number | undefined
    namespace: ControlGroup["namespace"]
  }[],
  capacity: { cpus: number; memory: number },
): ControlGroup[] => {
  const burstable = pods.filter((pod) => classOf(pod) === "Burstable").reduce((sum, pod) => sum + requestedCpu(pod), 0)
  const groups: ControlGroup[] = [
    { path: "kubepods.slice", memory: capacity.memory, weight: weightOf(capacity.cpus * 1_000) },
    { path: "kubepods.slice/kubepods-besteffort.slice", weight: 1 },
    { path: "kubepods.slice/kubepods-burstable.slice", weight: weightOf(burstable) },
  ]
  for (const pod of pods) {
    const cpu = limitOf(pod, "cpu")
    const path = sliceOf(pod)
    groups.push(
      {
        path,
        memory: limitOf(pod, "memory"),
        cpu: cpu === undefined ? undefined : Math.round(cpu * 1_000),
        weight: weightOf(requestedCpu(pod)),
      },
      { path: `${path}/cri-containerd-${pod.id}.scope`, weight: 1 },
    )
    for (const { id, name, sandboxId, memory, cpu: limit, namespace } of containers) {
      if (sandboxId !== pod.id) continue
      const found = pod.containers.find((one) => one.name === name)
      const weight = weightOf((amount(found?.resources, "requests", "cpu") ?? 0) * 1_000)
      groups.push({ path: `${path}/cri-containerd-${id}.scope`, memory, cpu: limit, weight, namespace })
    }
  }
  return groups
}

/** As qos.GetContainerOOMScoreAdjust: oom_score_adj of a container on a node of `memory` bytes. */
export const sacrificeOf = (pod: PodPlace, name: string, memory: number): number => {
  if (pod.system) return -997
  const quality = classOf(pod)
  if (quality === "Guaranteed") return -997
  if (quality === "BestEffort") return 1_000
  const found = pod.containers.find((one) => one.name === name)
  const share = 1_000 - Math.floor((1_000 * (amount(found?.resources, "requests", "memory") ?? 0)) / memory)
  return Math.min(999, Math.max(3, share))
}

const TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount"
const SNAPSHOTS = "/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots"

const rootOf = (id: string): string => {
  const number = (Number.parseInt(id.slice(0, 3), 16) % 200) + 2
  return `overlay /run/containerd/io.containerd.runtime.v2.task/k8s.io/${id}/rootfs overlay rw,relatime,lowerdir=${SNAPSHOTS}/1/fs,upperdir=${SNAPSHOTS}/${number}/fs,workdir=${SNAPSHOTS}/${number}/work 0 0`
}

/** Lines of /proc/mounts: projected tokens, shared memory of sandboxes, root file systems of containers. */
export const containerMounts = (pods: readonly PodPlace[], running: readonly string[], memory: number): string[] => {
  const lines: string[] = []
  for (const pod of pods) {
    const size = Math.floor((limitOf(pod, "memory") ?? memory) / 1024)
    const token = pod.containers.flatMap(({ volumeMounts = [] }) => volumeMounts).find(({ mountPath }) => mountPath === TOKEN)
    if (token)
      lines.push(
        `tmpfs /var/lib/kubelet/pods/${pod.uid}/volumes/kubernetes.io~projected/${token.name} tmpfs rw,relatime,size=${size}k,inode64,noswap 0 0`,
      )
    lines.push(
      `shm /run/containerd/io.containerd.grpc.v1.cri/sandboxes/${pod.id}/shm tmpfs rw,nosuid,nodev,noexec,relatime,size=65536k,inode64 0 0`,
      rootOf(pod.id),
    )
  }
  for (const id of running) lines.push(rootOf(id))
  return lines
}
