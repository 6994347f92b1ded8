/** What kubeadm looks at before it begins. As cmd/kubeadm/app/preflight/checks.go. */
import type { Process, Steps } from "@drydock/machine"
import type { Arguments } from "../arguments.ts"
import type { ClusterDoor, InitSettings } from "./door.ts"
import { fail } from "./fail.ts"
import { listens, systemctl } from "./node-state.ts"

/** A check's name and what it found; a warning hinders nobody. */
export interface Problem {
  readonly check: string
  readonly text: string
  readonly warning?: true
}

export const fileThere = (process: Process, path: string): Problem[] =>
  process.files.exists(path) ? [{ check: `FileAvailable-${path.replaceAll("/", "-")}`, text: `${path} already exists` }] : []

export const portTaken = (process: Process, port: number): Problem[] =>
  listens(process, port) ? [{ check: `Port-${port}`, text: `Port ${port} is in use` }] : []

const setting = (process: Process, path: string): Problem[] =>
  process.files.exists(path) && process.files.readText(path).trim() === "1"
    ? []
    : [{ check: `FileContent-${path.replaceAll("/", "-")}`, text: `${path} contents are not set to 1` }]

/** Tells of the problems that --ignore-preflight-errors does not make warnings. @returns whether it ends here */
export function* hindered(process: Process, args: Arguments, problems: readonly Problem[]): Steps<boolean> {
  const ignored = (args.flag("ignore-preflight-errors") ?? "").toLowerCase().split(",")
  const isLax = ({ check, warning }: Problem) => warning || ignored.includes("all") || ignored.includes(check.toLowerCase())
  const line = ({ check, text }: Problem, kind: string) => `\t[${kind} ${check}]: ${text}\n`
  yield* process.error(
    problems
      .filter(isLax)
      .map((one) => line(one, "WARNING"))
      .join(""),
  )
  const errors = problems.filter((one) => !isLax(one))
  if (errors.length === 0) return false
  yield* fail(
    process,
    `[preflight] Some fatal errors occurred:\n${errors.map((one) => line(one, "ERROR")).join("")}[preflight] If you know what you are doing, you can make a check non-fatal with \`--ignore-preflight-errors=...\`\nerror: error execution phase preflight: preflight checks failed`,
  )
  return true
}

/** MB that a control plane needs. */
const LEAST_MEMORY = 1_700

const memoryOf = (process: Process): number => {
  const [, kilobytes] = /^MemTotal:\s+(\d+)/m.exec(process.files.readText("/proc/meminfo")) ?? []
  return Math.floor((Number(kilobytes ?? 0) * 1_024) / 1_000 / 1_000)
}

const swapped = (process: Process): boolean => process.files.readText("/proc/swaps").trim().split("\n").length > 1

/** Where containerd answers. */
const RUNTIME = "/var/run/containerd/containerd.sock"

function* runtimeProblems(process: Process): Steps<Problem[]> {
  const runs = (yield* systemctl(process, "is-active", "containerd")) === 0
  if (runs) return []
  const why = `rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix ${RUNTIME}: connect: no such file or directory"`
  return [
    {
      check: "CRI",
      text: `could not connect to the container runtime: failed to create new CRI runtime service: validate service connection: validate CRI v1 runtime API for endpoint "unix://${RUNTIME}": ${why}`,
    },
  ]
}

/** A kubelet that will not come back after a restart of its machine. */
function* unitProblems(process: Process): Steps<Problem[]> {
  const enabled = (yield* systemctl(process, "is-enabled", "kubelet")) === 0
  return enabled
    ? []
    : [{ check: "Service-Kubelet", text: "kubelet service is not enabled, please run 'systemctl enable kubelet.service'", warning: true }]
}

const PRIVILEGE: Problem = { check: "IsPrivilegedUser", text: "user is not running as root" }

/** Whether only root may do this, and who asks is not root. */
export const unprivileged = (process: Process): Problem[] => (process.credentials.uid === 0 ? [] : [PRIVILEGE])

/** In the order of InitNodeChecks. */
export function* initProblems(process: Process, settings: InitSettings, door: ClusterDoor): Steps<Problem[]> {
  const cpus = (process.files.readText("/proc/cpuinfo").match(/^processor/gm) ?? []).length
  const memory = memoryOf(process)
  const manifests = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd"]
  const data = "/var/lib/etcd"
  const minor = (version: string) => Number(version.split(".")[1])
  return [
    ...(cpus < 2 ? [{ check: "NumCPU", text: `the number of available CPUs ${cpus} is less than the required 2` }] : []),
    ...(memory < LEAST_MEMORY ? [{ check: "Mem", text: `the system RAM (${memory} MB) is less than the minimum ${LEAST_MEMORY} MB` }] : []),
    ...(minor(settings.version) > minor(door.ownVersion)
      ? [
          {
            check: "KubernetesVersion",
            text: `Kubernetes version is greater than kubeadm version. Please consider to upgrade kubeadm. Kubernetes version: ${settings.version.slice(1)}. Kubeadm version: ${door.ownVersion.slice(1).replace(/\d+$/, "x")}`,
            warning: true as const,
          },
        ]
      : []),
    ...[settings.port, 10_259, 10_257].flatMap((port) => portTaken(process, port)),
    ...manifests.flatMap((name) => fileThere(process, `/etc/kubernetes/manifests/${name}.yaml`)),
    ...(yield* runtimeProblems(process)),
    ...setting(process, "/proc/sys/net/ipv4/ip_forward"),
    ...(swapped(process)
      ? [
          {
            check: "Swap",
            text: "swap is supported for cgroup v2 only. The kubelet must be properly configured to use swap. Please refer to https://kubernetes.io/docs/concepts/architecture/nodes/#swap-memory, or disable swap on the node",
            warning: true as const,
          },
        ]
      : []),
    ...(yield* unitProblems(process)),
    ...[10_250, 2_379, 2_380].flatMap((port) => portTaken(process, port)),
    ...(process.files.exists(data) && process.files.list(data).length > 0
      ? [{ check: `DirAvailable-${data.replaceAll("/", "-")}`, text: `${data} is not empty` }]
      : []),
  ]
}
