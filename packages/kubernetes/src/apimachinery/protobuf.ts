/** Objects as kubectl's typed clients send them: application/vnd.kubernetes.protobuf. As k8s.io/apimachinery/pkg/runtime/serializer/protobuf. */
import { isScalar, wireMessage, type WireField } from "../api/schema/wire-types.ts"
import { encodeBase64 } from "./base64.ts"

export class ProtobufError extends Error {}

const MAGIC = [0x6b, 0x38, 0x73, 0x00]
const MAX_DEPTH = 100

interface Reader {
  bytes: Uint8Array
  at: number
  end: number
}

const text = new TextDecoder()

const varint = (reader: Reader): bigint => {
  let value = 0n
  for (let shift = 0n; shift < 70n; shift += 7n) {
    if (reader.at >= reader.end) throw new ProtobufError("unexpected EOF")
    const byte = reader.bytes[reader.at++]
    value |= BigInt(byte & 0x7f) << shift
    if (byte < 0x80) return BigInt.asIntN(64, value)
  }
  throw new ProtobufError("proto: integer overflow")
}

/** One field's raw value: a number, or a slice of the message. */
const take = (reader: Reader, wire: number): bigint | Reader => {
  if (wire === 0) return varint(reader)
  const length = wire === 2 ? Number(varint(reader)) : wire === 1 ? 8 : wire === 5 ? 4 : -1
  if (length < 0 || reader.at + length > reader.end) throw new ProtobufError(length < 0 ? "proto: illegal wireType" : "unexpected EOF")
  const slice = { bytes: reader.bytes, at: reader.at, end: reader.at + length }
  reader.at += length
  return slice
}

const fieldsIn = function* (reader: Reader): Generator<[number: number, value: bigint | Reader]> {
  while (reader.at < reader.end) {
    const tag = Number(varint(reader))
    yield [tag >> 3, take(reader, tag & 7)]
  }
}

const bytesOf = (value: bigint | Reader): Uint8Array =>
  typeof value === "bigint" ? new Uint8Array() : value.bytes.subarray(value.at, value.end)
const stringOf = (value: bigint | Reader): string => text.decode(bytesOf(value))
const jsonOf = (bytes: Uint8Array): unknown => {
  try {
    return bytes.length === 0 ? null : JSON.parse(text.decode(bytes))
  } catch {
    throw new ProtobufError("invalid JSON within a message")
  }
}

/** Members of small messages that stand for one value. */
const parts = (value: bigint | Reader): Map<number, bigint | Reader> =>
  typeof value === "bigint" ? new Map() : new Map(fieldsIn({ ...value }))

const time = (value: bigint | Reader, digits: number): string | null => {
  const of = parts(value)
  const seconds = Number((of.get(1) as bigint | undefined) ?? 0n)
  if (!of.has(1) && !of.has(2)) return null
  const nanos = Number((of.get(2) as bigint | undefined) ?? 0n)
  if (Math.abs(seconds) > 8.6e12) throw new ProtobufError("time out of range")
  const whole = new Date(seconds * 1_000).toISOString().slice(0, 19)
  return digits === 0 ? `${whole}Z` : `${whole}.${String(Math.floor(nanos / 1_000)).padStart(6, "0")}Z`
}

const scalar = (type: string, value: bigint | Reader): unknown => {
  switch (type) {
    case "bool":
      return value !== 0n
    case "int32":
    case "int64":
    case "uint32":
    case "uint64":
      return typeof value === "bigint" ? Number(value) : 0
    case "double": {
      const bytes = bytesOf(value)
      return bytes.length === 8 ? new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true) : 0
    }
    case "bytes":
      return encodeBase64(bytesOf(value))
    case "time":
      return time(value, 0)
    case "microtime":
      return time(value, 6)
    case "quantity": {
      const inner = parts(value).get(1)
      return inner === undefined ? "0" : stringOf(inner)
    }
    case "intstr": {
      const of = parts(value)
      return of.get(1) === 1n ? stringOf(of.get(3) ?? 0n) : Number((of.get(2) as bigint | undefined) ?? 0n)
    }
    case "raw":
    case "apiextensions.v1.JSON":
    case "meta.v1.FieldsV1": {
      const inner = parts(value).get(1)
      return inner === undefined ? null : jsonOf(bytesOf(inner))
    }
    default:
      return stringOf(value)
  }
}

const readValue = (type: string, value: bigint | Reader, depth: number): unknown => {
  if (isScalar(type)) return scalar(type, value)
  if (typeof value === "bigint") throw new ProtobufError("proto: wrong wireType")
  return message(type, { ...value }, depth + 1)
}

const entry = (field: WireField, value: bigint | Reader, depth: number): [string, unknown] => {
  const of = parts(value)
  const empty: Reader = { bytes: new Uint8Array(), at: 0, end: 0 }
  const inner = of.get(2) ?? (["bool", "int32", "int64"].includes(field.type) ? 0n : empty)
  return [stringOf(of.get(1) ?? empty), readValue(field.type, inner, depth)]
}

/** Go's zero values are on the wire but not in JSON, unless the type says so. */
const isZero = (value: unknown): boolean => value === "" || value === 0 || value === false || value === null

const message = (name: string, reader: Reader, depth: number): unknown => {
  if (depth > MAX_DEPTH) throw new ProtobufError("exceeded max depth")
  const type = wireMessage(name)
  if (!type) throw new ProtobufError(`no message ${name}`)
  const byNumber = new Map(type.fields.map((field) => [field.number, field]))
  const found = new Map<WireField, unknown>()
  for (const [number, value] of fieldsIn(reader)) {
    const field = byNumber.get(number)
    if (!field) continue
    if (field.list) {
      const list = (found.get(field) as unknown[] | undefined) ?? []
      list.push(readValue(field.type, value, depth))
      found.set(field, list)
    } else if (field.map) {
      const map = (found.get(field) as Map<string, unknown> | undefined) ?? new Map<string, unknown>()
      map.set(...entry(field, value, depth))
      found.set(field, map)
    } else found.set(field, readValue(field.type, value, depth))
  }
  // ExtraValue and its like are lists with a name.
  if (type.fields.length === 1 && type.fields[0].name === "items" && type.fields[0].list && type.fields[0].type === "string")
    return found.get(type.fields[0]) ?? []
  const result: Record<string, unknown> = {}
  for (const field of type.fields) {
    const value = found.get(field)
    if (value === undefined) continue
    if (field.inline) Object.assign(result, value)
    else if (value instanceof Map) result[field.name] = Object.fromEntries(value)
    else if (isScalar(field.type) && !field.list && !field.written && !field.pointer && isZero(value)) continue
    else result[field.name] = value
  }
  return result
}

/** Which message an object of a kind is: "apps/v1" and "Deployment" give "apps.v1.Deployment". */
export const messageOf = (apiVersion: string, kind: string): string => {
  const [group, version] = apiVersion.includes("/") ? apiVersion.split("/") : ["core", apiVersion]
  if (["DeleteOptions", "Status"].includes(kind)) return `meta.v1.${kind}`
  const own = `${group.split(".")[0] === "rbac" ? "rbac" : group.split(".")[0]}.${version}.${kind}`
  return wireMessage(own) ? own : `meta.v1.${kind}`
}

export const isProtobuf = (bytes: Uint8Array): boolean => MAGIC.every((byte, index) => bytes[index] === byte)

/** The JSON object within. Throws ProtobufError. */
export const decodeProtobuf = (bytes: Uint8Array): Record<string, unknown> => {
  if (!isProtobuf(bytes)) throw new ProtobufError("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]")
  const envelope = parts({ bytes, at: MAGIC.length, end: bytes.length })
  const type = parts(envelope.get(1) ?? 0n)
  const apiVersion = stringOf(type.get(1) ?? 0n)
  const kind = stringOf(type.get(2) ?? 0n)
  const raw = envelope.get(2)
  const body = raw === undefined || typeof raw === "bigint" ? {} : message(messageOf(apiVersion, kind), { ...raw }, 0)
  return { kind, apiVersion, ...(body as Record<string, unknown>) }
}
