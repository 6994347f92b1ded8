/** What objects count against ResourceQuotas. As pkg/quota/v1/evaluator/core. Amounts in nanos of the resource's unit. */
import { parseQuantity } from "../apimachinery/quantity.ts"

interface Any {
  apiVersion: string
  kind: string
  metadata: { name?: string; deletionTimestamp?: string; annotations?: unknown }
  spec?: Record<string, unknown>
  status?: Record<string, unknown>
}

export type Usage = ReadonlyMap<string, bigint>

const ONE = 1_000_000_000n
const COMPUTE = new Set(["cpu", "memory", "ephemeral-storage"])

interface Resources {
  requests?: Record<string, string>
  limits?: Record<string, string>
}

/** Requests and limits of a whole Pod: containers together, or the largest init container. */
const podResources = (spec: Record<string, unknown>): { requests: Map<string, bigint>; limits: Map<string, bigint> } => {
  const total = { requests: new Map<string, bigint>(), limits: new Map<string, bigint>() }
  const containers = (spec.containers ?? []) as { resources?: Resources }[]
  const init = (spec.initContainers ?? []) as { resources?: Resources; restartPolicy?: string }[]
  for (const side of ["requests", "limits"] as const) {
    for (const { resources } of [...containers, ...init.filter(({ restartPolicy }) => restartPolicy === "Always")])
      for (const [name, amount] of Object.entries(resources?.[side] ?? {}))
        total[side].set(name, (total[side].get(name) ?? 0n) + parseQuantity(amount))
    for (const { resources, restartPolicy } of init)
      if (restartPolicy !== "Always")
        for (const [name, amount] of Object.entries(resources?.[side] ?? {})) {
          const own = parseQuantity(amount)
          if (own > (total[side].get(name) ?? 0n)) total[side].set(name, own)
        }
    for (const [name, amount] of Object.entries((spec.resources as Resources | undefined)?.[side] ?? {}))
      total[side].set(name, parseQuantity(amount))
    for (const [name, amount] of Object.entries((spec.overhead ?? {}) as Record<string, string>))
      if (total[side].has(name)) total[side].set(name, (total[side].get(name) as bigint) + parseQuantity(amount))
  }
  return total
}

const podUsage = (object: Any): Usage => {
  const usage = new Map<string, bigint>([["count/pods", ONE]])
  if (["Succeeded", "Failed"].includes(String(object.status?.phase))) return usage
  usage.set("pods", ONE)
  const { requests, limits } = podResources(object.spec ?? {})
  for (const [name, amount] of requests) {
    usage.set(`requests.${name}`, amount)
    if (COMPUTE.has(name)) usage.set(name, amount)
  }
  for (const [name, amount] of limits) usage.set(`limits.${name}`, amount)
  return usage
}

const serviceUsage = ({ spec = {} }: Any): Usage => {
  const usage = new Map<string, bigint>([
    ["services", ONE],
    ["count/services", ONE],
  ])
  const ports = BigInt(((spec.ports ?? []) as unknown[]).length)
  if (spec.type === "LoadBalancer") usage.set("services.loadbalancers", ONE)
  if (spec.type === "NodePort" || (spec.type === "LoadBalancer" && spec.allocateLoadBalancerNodePorts !== false))
    usage.set("services.nodeports", ports * ONE)
  return usage
}

const claimUsage = ({ spec = {} }: Any): Usage => {
  const amount = (spec.resources as Resources | undefined)?.requests?.storage
  const storage = amount === undefined ? 0n : parseQuantity(amount)
  const usage = new Map<string, bigint>([
    ["persistentvolumeclaims", ONE],
    ["count/persistentvolumeclaims", ONE],
    ["requests.storage", storage],
  ])
  if (spec.storageClassName) {
    usage.set(`${spec.storageClassName}.storageclass.storage.k8s.io/requests.storage`, storage)
    usage.set(`${spec.storageClassName}.storageclass.storage.k8s.io/persistentvolumeclaims`, ONE)
  }
  return usage
}

const PLAIN = new Set(["configmaps", "secrets", "replicationcontrollers", "resourcequotas"])

/** What one object uses. `resource`: its plural and group. */
export const usageOf = (object: Any, { plural, group }: { plural: string; group: string }): Usage => {
  if (group === "" && plural === "pods") return podUsage(object)
  if (group === "" && plural === "services") return serviceUsage(object)
  if (group === "" && plural === "persistentvolumeclaims") return claimUsage(object)
  const usage = new Map<string, bigint>([[group === "" ? `count/${plural}` : `count/${plural}.${group}`, ONE]])
  if (group === "" && PLAIN.has(plural)) usage.set(plural, ONE)
  return usage
}

/** The resources (plural, group) that a quota's hard limits are about. */
export const resourceOf = (name: string): { plural: string; group: string } => {
  if (name.startsWith("count/")) {
    const [plural, ...group] = name.slice(6).split(".")
    return { plural, group: group.join(".") }
  }
  if (name.includes(".storageclass.storage.k8s.io/") || name === "requests.storage" || name === "persistentvolumeclaims")
    return { plural: "persistentvolumeclaims", group: "" }
  if (name === "services" || name.startsWith("services.")) return { plural: "services", group: "" }
  if (PLAIN.has(name)) return { plural: name, group: "" }
  return { plural: "pods", group: "" }
}

interface ScopeRequirement {
  scopeName: string
  operator: string
  values?: readonly string[]
}

const bestEffort = ({ spec = {} }: Any): boolean => {
  const { requests, limits } = podResources(spec)
  return ![...requests.keys(), ...limits.keys()].some((name) => name === "cpu" || name === "memory")
}

const inScope = (object: Any, { scopeName, operator, values = [] }: ScopeRequirement): boolean => {
  const { spec = {} } = object
  switch (scopeName) {
    case "Terminating":
      return Number(spec.activeDeadlineSeconds ?? -1) >= 0
    case "NotTerminating":
      return !(Number(spec.activeDeadlineSeconds ?? -1) >= 0)
    case "BestEffort":
      return bestEffort(object)
    case "NotBestEffort":
      return !bestEffort(object)
    case "PriorityClass": {
      const name = String(spec.priorityClassName ?? "")
      if (operator === "Exists") return name !== ""
      if (operator === "DoesNotExist") return name === ""
      return operator === "In" ? values.includes(name) : !values.includes(name)
    }
    default:
      return true
  }
}

/** Whether a quota with these scopes counts the object. Scopes are about Pods alone. */
export const matchesScopes = (
  object: Any,
  spec: { scopes?: readonly string[]; scopeSelector?: { matchExpressions?: readonly ScopeRequirement[] } },
): boolean =>
  object.kind !== "Pod"
    ? !spec.scopes?.length && !spec.scopeSelector?.matchExpressions?.length
    : (spec.scopes ?? []).every((scopeName) => inScope(object, { scopeName, operator: "Exists" })) &&
      (spec.scopeSelector?.matchExpressions ?? []).every((requirement) => inScope(object, requirement))
