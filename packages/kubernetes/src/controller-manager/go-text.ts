/** A Pod template as Go's spew writes it ("%#v" of k8s.io/apimachinery/pkg/util/dump.ForHash): the text that its hash is made of. */
import table from "../api/schema/go-fields.json" with { type: "json" }

/** Fields as [Go name, JSON name ("" for what is embedded), type]; for named types the type they are. */
const types = table as unknown as Readonly<Record<string, readonly (readonly [string, string, string])[] | string>>

type Json = Readonly<Record<string, unknown>>

const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }

/** resource.Quantity as ParseQuantity's fast path leaves it. */
const quantity = (value: unknown): string => {
  const text = String(value ?? "")
  const [, sign, whole, fraction = "", suffix] = /^([+-]?)(\d+)(?:\.(\d*))?([a-zA-Z]*)$/.exec(text) ?? ["", "", "0", "", ""]
  const binary = BINARY[suffix]
  const digits = BigInt(whole + fraction) * (sign === "-" ? -1n : 1n)
  const amount = binary === undefined ? digits : digits << BigInt(binary)
  const scale = (binary === undefined ? (DECIMAL[suffix] ?? 0) : 0) - fraction.length
  const format = text === "" || text === "0" ? "" : binary === undefined ? "DecimalSI" : "BinarySI"
  return `{i:(resource.int64Amount){value:(int64)${text === "0" ? 0 : amount} scale:(resource.Scale)${text === "0" ? 0 : scale}} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${text} Format:(resource.Format)${format}}`
}

const NO_TIME = "{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}"

const intOrString = (value: unknown): string =>
  typeof value === "string"
    ? `{Type:(intstr.Type)1 IntVal:(int32)0 StrVal:(string)${value}}`
    : `{Type:(intstr.Type)0 IntVal:(int32)${Number(value ?? 0)} StrVal:(string)}`

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (Array.isArray(value) ? value.length === 0 : typeof value === "object" && Object.keys(value).length === 0)

const struct = (fields: readonly (readonly [string, string, string])[], value: Json): string =>
  `{${fields.map(([name, json, type]) => `${name}:${goText(json === "" ? value : value[json], type, json === "")}`).join(" ")}}`

const body = (value: unknown, type: string): string => {
  if (type.startsWith("[]")) {
    if (isEmpty(value)) return "<nil>"
    return `[${(value as unknown[]).map((item) => bare(item, type.slice(2))).join(" ")}]`
  }
  const map = /^map\[([\w.]+)\](.+)$/.exec(type)
  if (map) {
    if (isEmpty(value)) return "<nil>"
    const keys = Object.keys(value as Json).sort((a, b) => (a < b ? -1 : 1))
    return `map[${keys.map((key) => `${key}:${bare((value as Json)[key], map[2])}`).join(" ")}]`
  }
  if (type === "resource.Quantity") return quantity(value)
  if (type === "intstr.IntOrString") return intOrString(value)
  if (type === "v1.Time") return NO_TIME
  const known = types[type]
  if (typeof known === "string") return body(value, known)
  if (known) return struct(known, (value ?? {}) as Json)
  if (type === "bool") return String(value ?? false)
  if (/^u?int\d*$/.test(type)) return String(value ?? 0)
  return String(value ?? "")
}

/** Without its type: an element of a list, a value of a map, what a pointer leads to. */
const bare = (value: unknown, type: string): string => {
  if (!type.startsWith("*")) return body(value, type)
  return value === undefined || value === null ? "<nil>" : `<*>${body(value, type.slice(1))}`
}

const goText = (value: unknown, type: string, embedded: boolean): string => {
  if (!type.startsWith("*")) return `(${type})${body(value, type)}`
  if (!embedded && (value === undefined || value === null)) return `(${type})<nil>`
  return `(${type})${body(value, type.slice(1))}`
}

export const podTemplateText = (template: unknown): string => `(v1.PodTemplateSpec)${body(template, "v1.PodTemplateSpec")}`
