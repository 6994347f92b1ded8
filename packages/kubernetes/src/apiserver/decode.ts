/** Bodies from outside become objects: fields in Go's order, unknown ones named and dropped, wrong types refused. */
import type { Kind, Schema } from "../api/define-kind.ts"
import { goType, isScalar, wireMessage, type WireField, type WireMessage } from "../api/schema/wire-types.ts"
import { isObject, type Json } from "../apimachinery/frozen.ts"
import type { KubernetesObject } from "../apimachinery/object.ts"
import { badRequest } from "../apimachinery/status.ts"

interface Walk {
  kind: Pick<Kind, "kind" | "version">
  unknown: string[]
  /** Whether Go's zero values are filled in. */
  fill: boolean
}

const jsonType = (value: unknown): string =>
  Array.isArray(value) ? "array" : value === null ? "null" : typeof value === "boolean" ? "bool" : typeof value

const mismatch = (walk: Walk, value: unknown, message: string, path: string, type: string): never => {
  // Go names the fields on the way, not the items and keys.
  const fields = path.replace(/\[\d+\]/g, "")
  const what = typeof value === "number" && /^u?int/.test(type) ? `number ${value}` : jsonType(value)
  throw badRequest(
    `${walk.kind.kind} in version ${JSON.stringify(walk.kind.version)} cannot be handled as a ${walk.kind.kind}: json: cannot unmarshal ${what} into Go struct field ${message.split(".").slice(2).join(".")}.${fields} of type ${type}`,
  )
}

const QUANTITY = /^[+-]?(\d+\.?\d*|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d+)?$/

const scalar = (walk: Walk, value: unknown, field: WireField, message: string, path: string): unknown => {
  const wrong = (): never => mismatch(walk, value, message, path, goType({ ...field, list: false, map: false }))
  switch (field.type) {
    case "string":
      return typeof value === "string" ? value : wrong()
    case "bool":
      return typeof value === "boolean" ? value : wrong()
    case "int32":
    case "int64":
    case "uint32":
    case "uint64":
      if (typeof value !== "number" || !Number.isInteger(value)) return wrong()
      return (field.type === "int32" && Math.abs(value) > 2_147_483_648) || Math.abs(value) > 9.3e18 ? wrong() : value
    case "double":
    case "float":
      return typeof value === "number" ? value : wrong()
    case "intstr":
      return typeof value === "string" || (typeof value === "number" && Number.isInteger(value)) ? value : wrong()
    case "bytes":
      if (typeof value !== "string") return wrong()
      // encoding/base64 skips line ends wherever they are.
      if (!/^[A-Za-z0-9+/\r\n]*(?:=[\r\n]*){0,2}$/.test(value) || value.replace(/[\r\n]/g, "").length % 4 !== 0) {
        const at = [...value].findIndex((char) => !/[A-Za-z0-9+/\r\n]/.test(char))
        throw badRequest(
          `${walk.kind.kind} in version ${JSON.stringify(walk.kind.version)} cannot be handled as a ${walk.kind.kind}: illegal base64 data at input byte ${at < 0 ? value.length - (value.length % 4) : at}`,
        )
      }
      return value
    case "quantity":
      if (typeof value !== "string" && typeof value !== "number") return wrong()
      if (value !== "" && !QUANTITY.test(String(value)))
        throw badRequest(
          `${walk.kind.kind} in version ${JSON.stringify(walk.kind.version)} cannot be handled as a ${walk.kind.kind}: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
        )
      return value === "" ? "0" : String(value)
    case "time":
    case "microtime":
      if (typeof value !== "string") return wrong()
      if (!/^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(value) || Number.isNaN(Date.parse(value)))
        throw badRequest(
          `${walk.kind.kind} in version ${JSON.stringify(walk.kind.version)} cannot be handled as a ${walk.kind.kind}: parsing time ${JSON.stringify(JSON.stringify(value)).slice(1, -1)} as "2006-01-02T15:04:05Z07:00": cannot parse ${JSON.stringify(value)} as "2006"`,
        )
      return value
    default:
      return value
  }
}

const one = (walk: Walk, value: unknown, field: WireField, message: string, path: string): unknown => {
  if (isScalar(field.type)) return scalar(walk, value, field, message, path)
  const below = wireMessage(field.type)
  if (!below) return value
  if (!isObject(value)) {
    // Named lists such as ExtraValue; and schemas, which may be true or a list.
    if (
      field.type === "authorization.v1.ExtraValue" ||
      field.type === "authentication.v1.ExtraValue" ||
      field.type === "certificates.v1.ExtraValue"
    )
      return value
    if (/JSONSchemaPropsOr/.test(field.type)) return Array.isArray(value) ? value : value
    return mismatch(walk, value, message, path, goType({ ...field, list: false, map: false }))
  }
  if (/JSONSchemaPropsOr/.test(field.type))
    return messageOf(walk, value, wireMessage("apiextensions.v1.JSONSchemaProps") as WireMessage, path)
  return messageOf(walk, value, below, path)
}

/** What Go writes for a field that nobody set. */
const zero = (walk: Walk, field: WireField): unknown => {
  // Lists and maps without a value are null in Go's JSON; here they are left out, as readers expect.
  if (field.list || field.map) return undefined
  if (["time", "microtime", "raw", "bytes", "apiextensions.v1.JSON"].includes(field.type)) return null
  if (field.type === "bool") return false
  if (field.type === "string") return ""
  if (field.type === "quantity") return "0"
  if (isScalar(field.type)) return 0
  const below = wireMessage(field.type)
  return below ? messageOf(walk, {}, below, "") : {}
}

const messageOf = (walk: Walk, value: Json, message: WireMessage, path: string): Json => {
  const result: Json = {}
  for (const [name, field] of message.json) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined
    if (given === undefined || given === null) {
      if (!field.written || !walk.fill || (field.type === "meta.v1.ObjectMeta" && path === "")) continue
      const empty = field.type === "meta.v1.ObjectMeta" ? {} : zero(walk, field)
      if (empty !== undefined) result[name] = empty
      continue
    }
    const at = path === "" ? name : `${path}.${name}`
    if (field.list) {
      if (!Array.isArray(given)) mismatch(walk, given, message.name, at, goType(field))
      const items = (given as unknown[]).map((item, index) =>
        item === null ? (isScalar(field.type) ? "" : {}) : one(walk, item, field, message.name, `${at}[${index}]`),
      )
      if (items.length > 0 || field.written) result[name] = items
      else if (field.pointer) result[name] = items
    } else if (field.map) {
      if (!isObject(given)) mismatch(walk, given, message.name, at, goType(field))
      if (field.type === "string" && Object.values(given as Json).every((item) => typeof item === "string")) {
        // A large map's copy would be dear, and what was read belongs to nobody else.
        if (field.written || Object.keys(given as Json).length > 0) result[name] = given
        continue
      }
      const entries = Object.entries(given as Json).map(([key, item]) => [
        key,
        item === null
          ? field.type === "string"
            ? ""
            : null
          : one(walk, item, field, message.name, isScalar(field.type) ? at : `${at}.${key}`),
      ])
      if (entries.length > 0 || field.written) result[name] = Object.fromEntries(entries)
    } else {
      const read = one(walk, given, field, message.name, at)
      // omitempty: a zero that is no pointer is as good as absent.
      if (isScalar(field.type) && !field.written && !field.pointer && (read === "" || read === 0 || read === false)) continue
      result[name] = read
    }
  }
  for (const name of Object.keys(value))
    if (!message.json.has(name) && !(path === "" && (name === "apiVersion" || name === "kind")))
      walk.unknown.push(path === "" ? name : `${path}.${name}`)
  return result
}

/** Drops what a structural schema does not know. As k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning. */
export const pruneBySchema = (value: unknown, schema: Schema | undefined, path: string, unknown: string[], root = false): unknown => {
  if (!schema || schema["x-kubernetes-preserve-unknown-fields"]) {
    if (!schema?.properties || !isObject(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        pruneBySchema(member, schema.properties?.[key], path === "" ? key : `${path}.${key}`, unknown),
      ]),
    )
  }
  if (Array.isArray(value)) return value.map((item, index) => pruneBySchema(item, schema.items, `${path}[${index}]`, unknown))
  if (!isObject(value)) return value
  const embedded = root || schema["x-kubernetes-embedded-resource"] === true
  const result: Json = {}
  for (const [key, member] of Object.entries(value)) {
    const at = path === "" ? key : `${path}.${key}`
    if (embedded && (key === "apiVersion" || key === "kind" || key === "metadata")) result[key] = member
    else if (schema.properties && Object.hasOwn(schema.properties, key))
      result[key] = pruneBySchema(member, schema.properties[key], at, unknown)
    else if (typeof schema.additionalProperties === "object") result[key] = pruneBySchema(member, schema.additionalProperties, at, unknown)
    else if (schema.additionalProperties === true) result[key] = member
    else unknown.push(at)
  }
  return result
}

/** The object within a decoded body, and the paths it should not have. Throws StatusError 400. */
export const decodeObject = (kind: Kind<KubernetesObject>, body: Json): { object: KubernetesObject; unknown: string[] } => {
  const walk: Walk = { kind, unknown: [], fill: true }
  const message = wireMessage(kind.schema().ref ?? "")
  const head = { kind: kind.kind, apiVersion: kind.apiVersion }
  if (!message) {
    const metadata = isObject(body.metadata)
      ? messageOf(walk, body.metadata, wireMessage("meta.v1.ObjectMeta") as WireMessage, "metadata")
      : {}
    const pruned = pruneBySchema(body, kind.schema(), "", walk.unknown, true) as Json
    return { object: { ...pruned, ...head, metadata } as KubernetesObject, unknown: walk.unknown }
  }
  return { object: { ...head, metadata: {}, ...messageOf(walk, body, message, "") } as KubernetesObject, unknown: walk.unknown }
}
