/** The Go types behind the API: field order, numbers, and what is written even when empty. Read off k8s.io/api by scripts/wire-types.mjs. */
import table from "./wire-types.json" with { type: "json" }

export interface WireField {
  name: string
  /** Field number in protobuf. */
  number: number
  /** "string", "int32", "time", "quantity" …, or the name of a message. */
  type: string
  list: boolean
  map: boolean
  /** Embedded: its fields stand beside the others in JSON. */
  inline: boolean
  /** A Go value without omitempty: there even when nobody set it. */
  written: boolean
  /** Go has a pointer: zero and false are values that somebody set. */
  pointer: boolean
}

export interface WireMessage {
  name: string
  /** As in protobuf, embedded messages as fields. */
  fields: readonly WireField[]
  /** As in JSON, embedded messages' fields among the others. */
  json: ReadonlyMap<string, WireField>
  /** One field to managed fields. */
  atomic: boolean
}

const SCALARS = new Set([
  "string",
  "bool",
  "bytes",
  "double",
  "float",
  "int32",
  "int64",
  "uint32",
  "uint64",
  "quantity",
  "intstr",
  "raw",
  "time",
  "microtime",
])

export const isScalar = (type: string): boolean => SCALARS.has(type) || type === "apiextensions.v1.JSON" || type === "meta.v1.FieldsV1"

const lines = new Map(Object.entries(table as Record<string, string[]>))
const made = new Map<string, WireMessage>()

const parse = (line: string): WireField => {
  const [name, number, code] = line.split(":")
  const written = code.endsWith("!")
  const pointer = code.endsWith("?")
  const bare = written || pointer ? code.slice(0, -1) : code
  const list = bare.startsWith("[")
  const map = bare.startsWith("{")
  const inline = bare.startsWith("^")
  return { name, number: Number(number), type: list || map || inline ? bare.slice(1) : bare, list, map, inline, written, pointer }
}

/** A message by its name, e.g. "core.v1.Pod". */
export const wireMessage = (name: string): WireMessage | undefined => {
  const known = made.get(name)
  if (known) return known
  const of = lines.get(name)
  if (!of) return undefined
  const fields = of.filter((line) => line !== "~").map(parse)
  const json = new Map<string, WireField>()
  for (const field of fields)
    if (field.inline) for (const [inner, below] of wireMessage(field.type)?.json ?? []) json.set(inner, below)
    else json.set(field.name, field)
  const message = { name, fields, json, atomic: of[0] === "~" }
  made.set(name, message)
  return message
}

/** How Go names a type in messages: "int32", "string", "v1.PodSpec", "[]v1.Container". */
export const goType = (field: Pick<WireField, "type" | "list" | "map">): string => {
  const names: Readonly<Record<string, string>> = {
    quantity: "resource.Quantity",
    intstr: "intstr.IntOrString",
    time: "v1.Time",
    microtime: "v1.MicroTime",
    raw: "runtime.RawExtension",
    bytes: "[]uint8",
    double: "float64",
  }
  const base = Object.hasOwn(names, field.type)
    ? names[field.type]
    : field.type.includes(".")
      ? field.type.split(".").slice(1).join(".")
      : field.type
  return field.list ? `[]${base}` : field.map ? `map[string]${base}` : base
}
