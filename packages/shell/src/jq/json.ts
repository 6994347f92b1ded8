/** JSON values as jq has them: objects keep the order of their keys; values have a total order. */

export type Json = null | boolean | number | string | Json[] | JsonObject
export type JsonObject = Map<string, Json>

export const typeOf = (value: Json): "null" | "boolean" | "number" | "string" | "array" | "object" =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "array"
      : value instanceof Map
        ? "object"
        : (typeof value as "boolean" | "number" | "string")

/** By code points, as jq sorts text. */
export const compareText = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    if (a[at] === b[at]) continue
    return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0)
  }
  return a.length - b.length
}

const rank = (value: Json): number => {
  if (value === null) return 0
  if (typeof value === "boolean") return value ? 2 : 1
  if (typeof value === "number") return 3
  if (typeof value === "string") return 4
  return Array.isArray(value) ? 5 : 6
}

/** jq's total order of values. */
export const compare = (a: Json, b: Json): number => {
  if (typeof a === "number" && typeof b === "number") return Number.isNaN(a) ? -1 : Number.isNaN(b) ? 1 : a - b
  if (typeof a === "string" && typeof b === "string") return a === b ? 0 : compareText(a, b)
  const order = rank(a) - rank(b)
  if (order !== 0) return order
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a === b) return 0
    for (let at = 0; at < Math.min(a.length, b.length); at++) {
      const item = compare(a[at], b[at])
      if (item !== 0) return item
    }
    return a.length - b.length
  }
  if (a instanceof Map && b instanceof Map) {
    if (a === b) return 0
    const [left, right] = [[...a.keys()].sort(compareText), [...b.keys()].sort(compareText)]
    const keys = compare(left, right)
    if (keys !== 0) return keys
    for (const key of left) {
      const item = compare(a.get(key) ?? null, b.get(key) ?? null)
      if (item !== 0) return item
    }
  }
  return 0
}

/** From what JSON.parse or a YAML parser gives. */
export const fromPlain = (value: unknown): Json => {
  if (value === null || value === undefined) return null
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value
  if (Array.isArray(value)) return (value as unknown[]).map(fromPlain)
  if (value instanceof Map) return new Map([...(value as Map<unknown, unknown>)].map(([key, item]) => [String(key), fromPlain(item)]))
  return new Map(Object.entries(value).map(([key, item]) => [key, fromPlain(item)]))
}
