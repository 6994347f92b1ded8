/** LimitRanger: a namespace's bounds and defaults for its containers and claims. As plugin/pkg/admission/limitranger. */
import type { LimitRange } from "../../api/index.ts"
import { isObject } from "../../apimachinery/frozen.ts"
import { formatQuantity, isBinary, parseQuantity, QuantityError } from "../../apimachinery/quantity.ts"
import { forbidden } from "../../apimachinery/status.ts"
import type { AdmissionPlugin } from "../context.ts"

type Amounts = Record<string, string>

interface Container {
  name: string
  resources?: { limits?: Amounts; requests?: Amounts }
}

interface Item {
  type: string
  max?: Amounts
  min?: Amounts
  default?: Amounts
  defaultRequest?: Amounts
  maxLimitRequestRatio?: Amounts
}

const amount = (text: string | undefined): bigint | undefined => {
  if (text === undefined) return undefined
  try {
    return parseQuantity(text)
  } catch (error) {
    // Validation names the field.
    if (error instanceof QuantityError) return undefined
    throw error
  }
}

/** Fills in what a container leaves open; returns what was set, as the annotation says it. */
const fill = (container: Container, items: readonly Item[], what: string): string[] => {
  const limits: Amounts = Object.assign({}, ...items.map((item) => item.default ?? {}))
  const requests: Amounts = Object.assign({}, ...items.map((item) => item.defaultRequest ?? {}))
  const said: string[] = []
  const set = (kind: "requests" | "limits", defaults: Amounts, word: string) => {
    const own = (container.resources ??= {})
    const missing = Object.keys(defaults)
      .filter((name) => own[kind]?.[name] === undefined)
      .sort()
    if (missing.length === 0) return
    own[kind] = { ...own[kind], ...Object.fromEntries(missing.map((name) => [name, defaults[name]])) }
    said.push(`${missing.join(", ")} ${word} for ${what} ${container.name}`)
  }
  // A limit of the container's own is its request too: that default comes first.
  if (container.resources?.limits) container.resources.requests = { ...container.resources.limits, ...container.resources.requests }
  set("requests", requests, "request")
  set("limits", limits, "limit")
  return said
}

const bounds = (item: Item, type: string, requests: Amounts, limits: Amounts): string[] => {
  const errors: string[] = []
  for (const [name, least] of Object.entries(item.min ?? {})) {
    const given = amount(requests[name])
    if (given === undefined) errors.push(`minimum ${name} usage per ${type} is ${least}.  No request is specified`)
    else if (given < parseQuantity(least)) errors.push(`minimum ${name} usage per ${type} is ${least}, but request is ${requests[name]}`)
    else if ((amount(limits[name]) ?? given) < parseQuantity(least))
      errors.push(`minimum ${name} usage per ${type} is ${least}, but limit is ${limits[name]}`)
  }
  for (const [name, most] of Object.entries(item.max ?? {})) {
    if (type === "PersistentVolumeClaim") {
      const given = amount(requests[name])
      if (given !== undefined && given > parseQuantity(most))
        errors.push(`maximum ${name} usage per ${type} is ${most}, but request is ${requests[name]}`)
      continue
    }
    const limit = amount(limits[name])
    if (limit === undefined) errors.push(`maximum ${name} usage per ${type} is ${most}.  No limit is specified`)
    else if (limit > parseQuantity(most)) errors.push(`maximum ${name} usage per ${type} is ${most}, but limit is ${limits[name]}`)
    else if ((amount(requests[name]) ?? limit) > parseQuantity(most))
      errors.push(`maximum ${name} usage per ${type} is ${most}, but request is ${requests[name]}`)
  }
  for (const [name, ratio] of Object.entries(item.maxLimitRequestRatio ?? {})) {
    const [limit, given] = [amount(limits[name]), amount(requests[name])]
    if (limit === undefined || given === undefined || given === 0n)
      errors.push(`${name} max limit to request ratio per ${type} is ${ratio}, but no request is specified or request is 0`)
    else if (Number(limit) / Number(given) > Number(parseQuantity(ratio)) / 1e9)
      errors.push(
        `${name} max limit to request ratio per ${type} is ${ratio}, but provided ratio is ${(Number(limit) / Number(given)).toFixed(6)}`,
      )
  }
  return errors
}

const total = (containers: readonly Container[], kind: "requests" | "limits"): Amounts => {
  const sums = new Map<string, { value: bigint; binary: boolean }>()
  for (const { resources } of containers)
    for (const [name, text] of Object.entries(resources?.[kind] ?? {})) {
      const value = amount(text)
      if (value === undefined) continue
      const known = sums.get(name)
      sums.set(name, { value: (known?.value ?? 0n) + value, binary: known?.binary ?? isBinary(text) })
    }
  return Object.fromEntries([...sums].map(([name, { value, binary }]) => [name, formatQuantity(value, binary ? "binary" : "decimal")]))
}

export const limitRanger: AdmissionPlugin = {
  name: "LimitRanger",
  concerns: ({ kind }) => kind === "Pod" || kind === "PersistentVolumeClaim",
  admit({ operation, kind, namespace, object, subresource }, server) {
    if (kind.group !== "" || (kind.kind !== "Pod" && kind.kind !== "PersistentVolumeClaim") || subresource) return
    if (operation === "delete" || (kind.kind === "Pod" && operation !== "create") || !namespace) return
    const ranges = server.kind("", "v1", "limitranges")
    if (!ranges) return
    const items = server.etcd
      .range<LimitRange>(server.registry.prefix(ranges, namespace))
      .items.flatMap(({ value }) => (value.spec.limits ?? []) as unknown as Item[])
    if (items.length === 0) return
    const of = (type: string) => items.filter((item) => item.type === type)
    const errors: string[] = []
    if (kind.kind === "PersistentVolumeClaim") {
      const resources = isObject(object.spec) && isObject(object.spec.resources) ? object.spec.resources : {}
      for (const item of of("PersistentVolumeClaim"))
        errors.push(...bounds(item, "PersistentVolumeClaim", (resources.requests ?? {}) as Amounts, {}))
    } else {
      const spec = object.spec as { containers?: Container[]; initContainers?: Container[] }
      const said: string[] = []
      for (const container of spec.containers ?? []) said.push(...fill(container, of("Container"), "container"))
      for (const container of spec.initContainers ?? []) said.push(...fill(container, of("Container"), "init container"))
      if (said.length > 0)
        object.metadata = {
          ...object.metadata,
          annotations: { ...object.metadata.annotations, "kubernetes.io/limit-ranger": `LimitRanger plugin set: ${said.join("; ")}` },
        }
      for (const item of of("Container"))
        for (const { resources } of [...(spec.containers ?? []), ...(spec.initContainers ?? [])])
          errors.push(...bounds(item, "Container", resources?.requests ?? {}, resources?.limits ?? {}))
      for (const item of of("Pod"))
        errors.push(...bounds(item, "Pod", total(spec.containers ?? [], "requests"), total(spec.containers ?? [], "limits")))
    }
    const unique = [...new Set(errors)]
    if (unique.length > 0) throw forbidden(kind, object.metadata.name ?? "", unique.length === 1 ? unique[0] : `[${unique.join(", ")}]`)
  },
}
