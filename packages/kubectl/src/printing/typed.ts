/** Objects as Go's types print them: fields in the order of their structs, maps sorted, and what is written even when nobody set it. */
import { canonicalQuantity } from "@drydock/kubernetes/apimachinery"
import { kinds, wireMessage, type WireField } from "@drydock/kubernetes/api"
import { asBuilt } from "./objects.ts"

/** What the server has built in and client-go has not: their types live in packages of their own. */
const ELSEWHERE = /^(?:apiextensions|apiregistration)\.k8s\.io\//

/** The Go type of an object that client-go knows; undefined for custom resources. */
export const goTypeOf = ({ apiVersion, kind }: { apiVersion?: unknown; kind?: unknown }): string | undefined => {
  if (typeof apiVersion !== "string" || typeof kind !== "string" || ELSEWHERE.test(apiVersion)) return undefined
  const ref = kinds.find((one) => one.kind === kind && one.apiVersion === apiVersion)?.schema().ref
  if (ref !== undefined) return wireMessage(ref) ? ref : undefined
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["core", apiVersion]
  const name = `${group.split(".")[0]}.${version}.${kind}`
  return wireMessage(name) ? name : undefined
}

type Fields = Readonly<Record<string, unknown>>

const isMap = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value)

const sorted = (map: Fields, each: (value: unknown) => unknown): Fields =>
  Object.fromEntries(
    Object.keys(map)
      .sort()
      .map((key) => [key, each(map[key])]),
  )

const untyped = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(untyped)
  return isMap(value) ? sorted(value, untyped) : value
}

/** What Go writes for a field that nobody set. */
const empty = ({ type, list, map }: WireField): unknown => {
  if (list || map) return null
  if (type === "string") return ""
  if (type === "bool") return false
  if (type === "intstr" || /^(?:u?int|double|float)/.test(type)) return 0
  if (type === "quantity") return "0"
  return wireMessage(type) ? ordered({}, type) : null
}

/** What holds any JSON. */
const FREE = new Set(["meta.v1.FieldsV1", "apiextensions.v1.JSON"])

/** Amounts are written the one way that Go has for them. */
const one = (value: unknown, type: string): unknown =>
  type === "quantity" && (typeof value === "string" || typeof value === "number")
    ? canonicalQuantity(String(value))
    : isMap(value) && !FREE.has(type) && wireMessage(type)
      ? ordered(value, type)
      : untyped(value)

const ordered = (value: Fields, type: string): Fields => {
  const result: Record<string, unknown> = {}
  const fields = wireMessage(type)?.json ?? new Map<string, WireField>()
  for (const key of ["kind", "apiVersion"]) if (value[key] !== undefined && !fields.has(key)) result[key] = value[key]
  for (const [name, field] of fields) {
    const held = value[name]
    if (held === undefined) {
      if (field.written) result[name] = empty(field)
    } else if (field.list && Array.isArray(held)) result[name] = held.map((item) => one(item, field.type))
    else if (field.map && isMap(held)) result[name] = sorted(held, (item) => one(item, field.type))
    else result[name] = one(held, field.type)
  }
  return result
}

/** The object, or a list of such, as client-go prints it; what it does not know comes back as it is. */
export const typed = <T extends object>(object: T): T => {
  const { kind, items } = object as { kind?: string; items?: object[] }
  const type = goTypeOf(object as Fields)
  if (type === undefined && kind?.endsWith("List") && Array.isArray(items)) {
    const { apiVersion, metadata } = object as unknown as { apiVersion: string; metadata?: object }
    const item = goTypeOf({ apiVersion, kind: kind.slice(0, -4) })
    if (item === undefined) return object
    return asBuilt({
      kind,
      apiVersion,
      metadata: ordered((metadata ?? {}) as Fields, "meta.v1.ListMeta"),
      items: items.map((one) => ordered(one as Fields, item)),
    } as unknown as T)
  }
  return type === undefined ? object : asBuilt(ordered(object as Fields, type) as T)
}
