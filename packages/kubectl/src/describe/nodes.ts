/** Nodes: what they are, what they have, and what is on them. */
import { canonicalQuantity, formatQuantity, isBinary, milliValue, parseQuantity, quantityValue } from "@drydock/kubernetes/apimachinery"
import { humanDuration } from "@drydock/kubernetes/api"
import { query } from "../builder.ts"
import { ServerError } from "../errors.ts"
import { defineDescriber, type Describer } from "./define-describer.ts"
import type { ConditionShape, ContainerShape, Meta, PodSpecShape } from "./shapes.ts"
import { rfc1123, type Writer } from "./writer.ts"

interface NodeSpec {
  taints?: { key: string; value?: string; effect: string }[]
  unschedulable?: boolean
  podCIDR?: string
  podCIDRs?: string[]
  providerID?: string
}

type Amounts = Record<string, string>

interface NodeStatus {
  conditions?: ConditionShape[]
  addresses?: { type: string; address: string }[]
  capacity?: Amounts
  allocatable?: Amounts
  nodeInfo?: Record<string, string>
}

interface PodShape {
  metadata: Meta
  spec: PodSpecShape & { overhead?: Amounts }
}

type Totals = Map<string, { nanos: bigint; binary: boolean }>

const add = (totals: Totals, amounts: Amounts | undefined): Totals => {
  for (const [name, text] of Object.entries(amounts ?? {})) {
    const before = totals.get(name)
    totals.set(name, { nanos: (before?.nanos ?? 0n) + parseQuantity(text), binary: before?.binary ?? isBinary(text) })
  }
  return totals
}

const most = (totals: Totals, others: Totals): Totals => {
  for (const [name, other] of others) if ((totals.get(name)?.nanos ?? 0n) < other.nanos) totals.set(name, other)
  return totals
}

/** As component-helpers/resource: containers together, init containers one after another, sidecars beside them. */
const podTotals = ({ spec }: PodShape, which: "requests" | "limits"): Totals => {
  const totals: Totals = new Map()
  for (const container of spec.containers ?? []) add(totals, container.resources?.[which])
  const sidecars: Totals = new Map()
  const init: Totals = new Map()
  for (const container of spec.initContainers ?? []) {
    const own = container.resources?.[which]
    if (container.restartPolicy === "Always") {
      add(totals, own)
      add(sidecars, own)
      most(init, new Map(sidecars))
    } else most(init, add(new Map(sidecars), own))
  }
  most(totals, init)
  const whole = (spec.resources as ContainerShape["resources"])?.[which]
  for (const [name, text] of Object.entries(whole ?? {})) totals.set(name, { nanos: parseQuantity(text), binary: isBinary(text) })
  add(totals, spec.overhead)
  return totals
}

const textOf = (totals: Totals, name: string): string => {
  const found = totals.get(name)
  return found ? formatQuantity(found.nanos, found.binary ? "binary" : "decimal") : "0"
}

const percent = (totals: Totals, name: string, allocatable: Amounts): string => {
  const used = Number(totals.get(name)?.nanos ?? 0n) / 1e9
  const all = name === "cpu" ? milliValue(allocatable.cpu) / 1_000 : quantityValue(allocatable[name])
  return `${textOf(totals, name)} (${all === 0 ? 0 : Math.trunc((used / all) * 100)}%)`
}

const writePods = (w: Writer, pods: readonly PodShape[], allocatable: Amounts, now: number): void => {
  w.field(0, "Non-terminated Pods", `(${pods.length} in total)`)
  w.raw(1, "Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n")
  w.raw(1, "---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n")
  const [requests, limits]: [Totals, Totals] = [new Map(), new Map()]
  for (const pod of pods) {
    const [own, most] = [podTotals(pod, "requests"), podTotals(pod, "limits")]
    const age = humanDuration(now - Date.parse(pod.metadata.creationTimestamp ?? ""))
    w.raw(
      1,
      `${pod.metadata.namespace}\t${pod.metadata.name}\t\t${percent(own, "cpu", allocatable)}\t${percent(most, "cpu", allocatable)}\t${percent(own, "memory", allocatable)}\t${percent(most, "memory", allocatable)}\t${age}\n`,
    )
    for (const [totals, part] of [
      [requests, own],
      [limits, most],
    ] as const)
      for (const [name, { nanos, binary }] of part)
        totals.set(name, { nanos: (totals.get(name)?.nanos ?? 0n) + nanos, binary: totals.get(name)?.binary ?? binary })
  }
  w.line(0, "Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)")
  w.cells(1, "Resource", "Requests", "Limits").cells(1, "--------", "--------", "------")
  const names = Object.keys(allocatable).sort()
  const huge = names.filter((name) => name.startsWith("hugepages-"))
  for (const name of ["cpu", "memory", "ephemeral-storage", ...huge])
    w.cells(1, name, percent(requests, name, allocatable), percent(limits, name, allocatable))
  for (const name of names) if (name.includes("/")) w.cells(1, name, textOf(requests, name), textOf(limits, name))
}

const ROLE = "node-role.kubernetes.io/"

export const nodeRoles = (labels: Readonly<Record<string, string>> = {}): string => {
  const roles = Object.entries(labels).flatMap(([key, value]) =>
    key.startsWith(ROLE) && key.length > ROLE.length ? [key.slice(ROLE.length)] : key === "kubernetes.io/role" && value ? [value] : [],
  )
  return [...new Set(roles)].sort().join(",") || "<none>"
}

const INFO: readonly (readonly [string, string])[] = [
  ["Machine ID", "machineID"],
  ["System UUID", "systemUUID"],
  ["Boot ID", "bootID"],
  ["Kernel Version", "kernelVersion"],
  ["OS Image", "osImage"],
  ["Operating System", "operatingSystem"],
  ["Architecture", "architecture"],
  ["Container Runtime Version", "containerRuntimeVersion"],
  ["Kubelet Version", "kubeletVersion"],
  ["Kube-Proxy Version", "kubeProxyVersion"],
]

const node = defineDescriber<NodeSpec, NodeStatus>("", "Node", {
  *describe(w, { metadata, spec, status }, { api, now }) {
    w.field(0, "Name", metadata.name).field(0, "Roles", nodeRoles(metadata.labels))
    w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    w.field(0, "CreationTimestamp", rfc1123(metadata.creationTimestamp))
    const taints = [...(spec.taints ?? [])].sort((a, b) => (`${a.effect},${a.key}` < `${b.effect},${b.key}` ? -1 : 1))
    w.list(
      "Taints",
      taints.map(({ key, value, effect }) => `${key}${value ? `=${value}` : ""}:${effect}`),
    )
    w.field(0, "Unschedulable", spec.unschedulable ?? false)
    try {
      const lease = yield* api.get<{ spec?: { holderIdentity?: string; acquireTime?: string; renewTime?: string } }>(
        `/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/${metadata.name}`,
      )
      w.line(0, "Lease:").field(1, "HolderIdentity", lease.spec?.holderIdentity ?? "<unset>")
      w.field(1, "AcquireTime", lease.spec?.acquireTime ? rfc1123(lease.spec.acquireTime) : "<unset>")
      w.field(1, "RenewTime", lease.spec?.renewTime ? rfc1123(lease.spec.renewTime) : "<unset>")
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
      w.field(0, "Lease", `Failed to get lease: ${error.message}`)
    }
    if (status.conditions?.length) {
      w.line(0, "Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage")
      w.cells(1, "----", "------", "-----------------", "------------------", "------", "-------")
      for (const { type, status: value, lastHeartbeatTime, lastTransitionTime, reason = "", message = "" } of status.conditions)
        w.raw(1, `${type} \t${value} \t${rfc1123(lastHeartbeatTime)} \t${rfc1123(lastTransitionTime)} \t${reason} \t${message}\n`)
    }
    w.line(0, "Addresses:")
    for (const { type, address } of status.addresses ?? []) w.field(1, type, address)
    for (const [title, amounts] of [
      ["Capacity", status.capacity],
      ["Allocatable", status.allocatable],
    ] as const) {
      const names = Object.keys(amounts ?? {}).sort()
      if (names.length > 0) w.line(0, `${title}:`)
      for (const name of names) w.field(0, `  ${name}`, canonicalQuantity(amounts?.[name] ?? "0"))
    }
    w.line(0, "System Info:")
    for (const [title, key] of INFO) w.field(0, `  ${title}`, status.nodeInfo?.[key] ?? "")
    if (spec.podCIDR) w.field(0, "PodCIDR", spec.podCIDR)
    if (spec.podCIDRs?.length) w.field(0, "PodCIDRs", spec.podCIDRs.join(","))
    if (spec.providerID) w.field(0, "ProviderID", spec.providerID)
    try {
      const fieldSelector = `spec.nodeName=${metadata.name},status.phase!=Failed,status.phase!=Succeeded`
      const { items } = yield* api.get<{ items: PodShape[] }>(`/api/v1/pods${query({ fieldSelector, limit: "500" })}`)
      writePods(w, items, status.allocatable ?? status.capacity ?? {}, now)
    } catch (error) {
      if (!(error instanceof ServerError) || error.reason !== "Forbidden") throw error
      w.field(0, "Pods", "not authorized")
    }
  },
})

export const nodeDescribers: readonly Describer[] = [node]
