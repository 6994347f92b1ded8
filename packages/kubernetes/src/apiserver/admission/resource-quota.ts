/** ResourceQuota: what a namespace may still hold. As k8s.io/apiserver/pkg/admission/plugin/resourcequota and pkg/quota/v1/evaluator/core. */
import { qosClass, type ResourceQuota } from "../../api/index.ts"
import { deepCopy, isObject, type Json } from "../../apimachinery/frozen.ts"
import { formatQuantity, isBinary, parseQuantity, QuantityError } from "../../apimachinery/quantity.ts"
import { forbidden } from "../../apimachinery/status.ts"
import type { AdmissionPlugin, AnyKind } from "../context.ts"

interface Usage {
  amounts: Map<string, bigint>
  /** Compute resources that containers leave open, by container. */
  missing: (resource: string) => string[]
}

const amount = (text: unknown): bigint => {
  try {
    return parseQuantity(text as string)
  } catch (error) {
    if (error instanceof QuantityError) return 0n
    throw error
  }
}

interface Container {
  name: string
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> }
}

const podUsage = (spec: Json): Usage => {
  const containers = (spec.containers ?? []) as Container[]
  const initial = (spec.initContainers ?? []) as Container[]
  const amounts = new Map<string, bigint>([["pods", 1n]])
  for (const kind of ["requests", "limits"] as const) {
    const names = new Set([...containers, ...initial].flatMap(({ resources }) => Object.keys(resources?.[kind] ?? {})))
    for (const name of names) {
      const sum = containers.reduce((all, { resources }) => all + amount(resources?.[kind]?.[name] ?? "0"), 0n)
      const most = initial.reduce((all, { resources }) => {
        const one = amount(resources?.[kind]?.[name] ?? "0")
        return one > all ? one : all
      }, 0n)
      const value = sum > most ? sum : most
      amounts.set(`${kind}.${name}`, value)
      if (kind === "requests" && ["cpu", "memory", "ephemeral-storage"].includes(name)) amounts.set(name, value)
    }
  }
  return {
    amounts,
    missing: (resource) => {
      const [kind, name] = resource.startsWith("limits.")
        ? (["limits", resource.slice(7)] as const)
        : (["requests", resource.replace(/^requests\./, "")] as const)
      return [...containers, ...initial]
        .filter(({ resources }) => resources?.[kind]?.[name] === undefined)
        .map((container) => container.name)
    },
  }
}

const usageOf = (kind: AnyKind, object: Json): Usage => {
  const spec = isObject(object.spec) ? object.spec : {}
  const counted = `count/${kind.group ? `${kind.plural}.${kind.group}` : kind.plural}`
  const usage: Usage = kind.kind === "Pod" && kind.group === "" ? podUsage(spec) : { amounts: new Map(), missing: () => [] }
  usage.amounts.set(counted, 1n)
  if (kind.group !== "") return usage
  if (["configmaps", "secrets", "replicationcontrollers", "resourcequotas", "services", "persistentvolumeclaims"].includes(kind.plural))
    usage.amounts.set(kind.plural, 1n)
  if (kind.kind === "Service") {
    const ports = BigInt(((spec.ports ?? []) as unknown[]).length)
    if (spec.type === "LoadBalancer") usage.amounts.set("services.loadbalancers", 1n)
    if (spec.type === "NodePort" || (spec.type === "LoadBalancer" && spec.allocateLoadBalancerNodePorts !== false))
      usage.amounts.set("services.nodeports", ports)
  }
  if (kind.kind === "PersistentVolumeClaim") {
    const requests = isObject(spec.resources) && isObject(spec.resources.requests) ? spec.resources.requests : {}
    const storage = amount(requests.storage ?? "0")
    usage.amounts.set("requests.storage", storage)
    if (spec.storageClassName) {
      usage.amounts.set(`${String(spec.storageClassName)}.storageclass.storage.k8s.io/requests.storage`, storage)
      usage.amounts.set(`${String(spec.storageClassName)}.storageclass.storage.k8s.io/persistentvolumeclaims`, 1n)
    }
  }
  return usage
}

const NANO = 1_000_000_000n
/** Counts are whole numbers; amounts have units. */
const isCount = (resource: string): boolean =>
  resource.startsWith("count/") ||
  [
    "pods",
    "services",
    "configmaps",
    "secrets",
    "replicationcontrollers",
    "resourcequotas",
    "persistentvolumeclaims",
    "services.nodeports",
    "services.loadbalancers",
  ].includes(resource) ||
  resource.endsWith("/persistentvolumeclaims")

const inScope = (quota: ResourceQuota, kind: AnyKind, object: Json): boolean => {
  const expressions = (quota.spec.scopeSelector?.matchExpressions ?? []) as { scopeName: string; operator: string; values?: string[] }[]
  const scopes = [
    ...(quota.spec.scopes ?? []).map((scopeName) => ({
      scopeName: scopeName as string,
      operator: "Exists",
      values: undefined as string[] | undefined,
    })),
    ...expressions,
  ]
  if (scopes.length === 0) return true
  if (kind.kind !== "Pod") return false
  const spec = isObject(object.spec) ? object.spec : {}
  return scopes.every(({ scopeName, operator, values }) => {
    switch (scopeName) {
      case "BestEffort":
        return qosClass(object as never) === "BestEffort"
      case "NotBestEffort":
        return qosClass(object as never) !== "BestEffort"
      case "Terminating":
        return spec.activeDeadlineSeconds !== undefined
      case "NotTerminating":
        return spec.activeDeadlineSeconds === undefined
      case "PriorityClass": {
        const name = String(spec.priorityClassName ?? "")
        if (operator === "In") return values?.includes(name) ?? false
        if (operator === "NotIn") return !values?.includes(name)
        return operator === "Exists" ? name !== "" : name === ""
      }
      default:
        return false
    }
  })
}

export const resourceQuota: AdmissionPlugin = {
  name: "ResourceQuota",
  concerns: ({ kind }) => kind !== "Event" && kind !== "Lease",
  validating: true,
  admit({ operation, kind, namespace, object, subresource, dryRun, write }, server) {
    if (operation !== "create" || subresource || !namespace || kind.kind === "Event" || kind.kind === "Lease") return
    const quotas = server.kind("", "v1", "resourcequotas")
    if (!quotas) return
    const found = server.etcd.range<ResourceQuota>(server.registry.prefix(quotas, namespace)).items.map(({ value }) => value)
    if (found.length === 0) return
    const usage = usageOf(kind, object)
    const name = object.metadata.name || object.metadata.generateName || ""
    const changes: { quota: ResourceQuota; used: Record<string, string> }[] = []
    for (const quota of found) {
      const hard = (quota.status.hard ?? quota.spec.hard ?? {}) as Record<string, string>
      const used = (quota.status.used ?? {}) as Record<string, string>
      if (!inScope(quota, kind, object)) continue
      if (kind.kind === "Pod") {
        const open = Object.keys(hard)
          .filter((resource) => /^(requests\.|limits\.)?(cpu|memory)$/.test(resource))
          .map((resource) => ({ resource, containers: usage.missing(resource) }))
          .filter(({ containers }) => containers.length > 0)
          .sort((a, b) => (a.resource < b.resource ? -1 : 1))
        if (open.length > 0)
          throw forbidden(
            kind,
            name,
            `failed quota: ${quota.metadata.name}: must specify ${open.map(({ resource, containers }) => `${resource} for: ${containers.join(",")}`).join("; ")}`,
          )
      }
      const touched = Object.keys(hard)
        .filter((resource) => (usage.amounts.get(resource) ?? 0n) > 0n)
        .sort()
      if (touched.length === 0) continue
      const requested = (resource: string): bigint => (usage.amounts.get(resource) ?? 0n) * (isCount(resource) ? NANO : 1n)
      const shown = (resource: string, nanos: bigint): string => formatQuantity(nanos, isBinary(hard[resource]) ? "binary" : "decimal")
      const exceeded = touched.filter((resource) => amount(used[resource] ?? "0") + requested(resource) > amount(hard[resource]))
      if (exceeded.length > 0) {
        const list = (value: (resource: string) => string) => exceeded.map((resource) => `${resource}=${value(resource)}`).join(",")
        throw forbidden(
          kind,
          name,
          `exceeded quota: ${quota.metadata.name}, requested: ${list((resource) => shown(resource, requested(resource)))}, used: ${list((resource) => used[resource] ?? "0")}, limited: ${list((resource) => hard[resource])}`,
        )
      }
      changes.push({
        quota,
        used: {
          ...used,
          ...Object.fromEntries(
            touched.map((resource) => [resource, shown(resource, amount(used[resource] ?? "0") + requested(resource))]),
          ),
        },
      })
    }
    if (dryRun) return
    for (const { quota, used } of changes)
      server.registry.update(
        quotas,
        namespace,
        quota.metadata.name,
        "status",
        (current) => {
          const next = deepCopy(current) as unknown as { status: Json }
          next.status = { ...next.status, hard: quota.status.hard ?? quota.spec.hard, used }
          return next as never
        },
        write(quotas),
      )
  },
}
