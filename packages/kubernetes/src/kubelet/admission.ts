/** Whether a node takes a Pod that was given to it. As pkg/kubelet/lifecycle/predicate.go. */
import type { Node, Pod } from "../api/index.ts"
import { milliValue, quantityValue } from "../apimachinery/quantity.ts"
import { selectsNode } from "../scheduler/plugins/node-affinity.ts"
import { hostPortsOf, portsClash } from "../scheduler/plugins/node-ports.ts"
import { shortOf } from "../scheduler/plugins/node-resources-fit.ts"
import { requestsOf } from "../scheduler/pod-requests.ts"
import { tolerates } from "../scheduler/taints.ts"

export interface Rejected {
  reason: string
  message: string
}

const failed = (predicate: string, why: string): Rejected => ({ reason: predicate, message: `Predicate ${predicate} failed: ${why}` })

/** Settings that every Pod may have. As pkg/kubelet/sysctl/safe_sysctls.go. */
const SAFE_SYSCTLS: ReadonlySet<string> = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
])

/** @param allowed --allowed-unsafe-sysctls: names, or beginnings that end in "*" */
const forbiddenSysctl = (pod: Pod, allowed: readonly string[]): Rejected | undefined => {
  const names = (pod.spec.securityContext?.sysctls ?? []).map(({ name }) => name.replaceAll("/", "."))
  const fits = (name: string, one: string) => (one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : name === one)
  const refused = names.find((name) => !SAFE_SYSCTLS.has(name) && !allowed.some((one) => fits(name, one)))
  return refused === undefined
    ? undefined
    : { reason: "SysctlForbidden", message: `forbidden sysctl: ${JSON.stringify(refused)} not allowlisted` }
}

/** @param others Pods that are on the node already, and not over */
export const admit = (pod: Pod, others: readonly Pod[], node: Node, unsafeSysctls: readonly string[] = []): Rejected | undefined => {
  const unsafe = forbiddenSysctl(pod, unsafeSysctls)
  if (unsafe) return unsafe
  const amounts = (node.status.allocatable ?? {}) as Record<string, string>
  let [cpu, memory] = [0, 0]
  const used = new Map<string, number>()
  for (const other of others) {
    const own = requestsOf(other)
    cpu += own.cpu
    memory += own.memory
    for (const [name, amount] of own.others) used.set(name, (used.get(name) ?? 0) + amount)
  }
  const requests = requestsOf(pod)
  // Devices that the node knows nothing of are somebody else's business.
  const known = new Map([...requests.others].filter(([name]) => !name.includes("/") || amounts[name] !== undefined))
  const [short] = shortOf(
    { ...requests, others: known },
    {
      pods: others,
      allocatable: {
        cpu: milliValue(amounts.cpu),
        memory: quantityValue(amounts.memory),
        pods: quantityValue(amounts.pods ?? "110"),
        other: (name) => quantityValue(amounts[name]),
      },
      requested: { cpu, memory, others: used },
    },
  )
  if (short)
    return {
      reason: `OutOf${short.name}`,
      message: `Node didn't have enough resource: ${short.name}, requested: ${short.asked}, used: ${short.used}, capacity: ${short.capacity}`,
    }
  if (!selectsNode(pod, node)) return failed("NodeAffinity", "node(s) didn't match Pod's node affinity/selector")
  if (portsClash(hostPortsOf(pod), others)) return failed("NodePorts", "node(s) didn't have free ports for the requested pod ports")
  const isStatic = (pod.metadata.annotations as Record<string, string> | undefined)?.["kubernetes.io/config.source"] === "file"
  const repelled = (node.spec.taints ?? []).some(
    (taint) => taint.effect === "NoExecute" && !tolerates(pod.spec.tolerations as never, taint),
  )
  return !isStatic && repelled ? failed("TaintToleration", "node(s) had untolerated taint(s)") : undefined
}
