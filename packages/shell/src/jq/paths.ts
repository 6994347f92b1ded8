/** Values by path: read, set, delete. A path's steps are keys, indices, and slices ({start, end}). */
import { JqError } from "./error.ts"
import { compare, type Json, typeOf } from "./json.ts"

export type Path = readonly Json[]

const MAX_INDEX = 1_000_000

const bounds = (length: number, from: Json, to: Json): [number, number] => {
  const place = (value: Json, fallback: number, up: boolean): number => {
    if (value === null || value === undefined) return fallback
    if (typeof value !== "number") throw new JqError("Start and end indices of an array slice must be numbers")
    const whole = up ? Math.ceil(value) : Math.floor(value)
    return Math.min(length, Math.max(0, whole < 0 ? whole + length : whole))
  }
  const start = place(from, 0, false)
  return [start, Math.max(start, place(to, length, true))]
}

export const slice = (value: Json, from: Json, to: Json): Json => {
  if (value === null) return null
  if (typeof value === "string") {
    const characters = [...value]
    return characters.slice(...bounds(characters.length, from, to)).join("")
  }
  if (!Array.isArray(value)) throw new JqError(`Cannot index ${typeOf(value)} with object`)
  return value.slice(...bounds(value.length, from, to))
}

/** `.[key]` of a value. */
export const index = (value: Json, key: Json): Json => {
  if (value instanceof Map && typeof key === "string") return value.get(key) ?? null
  if (Array.isArray(value) && typeof key === "number") {
    const at = Math.floor(key)
    return value[at < 0 ? at + value.length : at] ?? null
  }
  if (key instanceof Map && (Array.isArray(value) || value === null)) return slice(value, key.get("start") ?? null, key.get("end") ?? null)
  if (value === null && (typeof key === "string" || typeof key === "number" || key === null)) return null
  if (Array.isArray(value) && Array.isArray(key)) {
    const found: Json[] = []
    for (let at = 0; at + key.length <= value.length; at++)
      if (key.length > 0 && key.every((item, offset) => compare(item, value[at + offset]) === 0)) found.push(at)
    return found
  }
  throw new JqError(
    typeof key === "string" ? `Cannot index ${typeOf(value)} with "${key}"` : `Cannot index ${typeOf(value)} with ${typeOf(key)}`,
  )
}

export const getPath = (value: Json, path: Path): Json => {
  let at = value
  for (const key of path) {
    if (at === null) return null
    at = index(at, key)
  }
  return at
}

export const assignPath = (value: Json, path: Path, next: Json): Json => {
  const [key, ...rest] = path
  if (key === undefined) return next
  if (typeof key === "string") {
    if (value !== null && !(value instanceof Map)) throw new JqError(`Cannot index ${typeOf(value)} with "${key}"`)
    const copy = new Map(value ?? [])
    copy.set(key, assignPath(copy.get(key) ?? null, rest, next))
    return copy
  }
  if (typeof key === "number") {
    if (value !== null && !Array.isArray(value)) throw new JqError(`Cannot index ${typeOf(value)} with number`)
    const copy = [...(value ?? [])]
    const at = key < 0 ? copy.length + Math.floor(key) : Math.floor(key)
    if (at < 0) throw new JqError("Out of bounds negative array index")
    if (at > MAX_INDEX) throw new JqError("Array index too large")
    while (copy.length < at) copy.push(null)
    copy[at] = assignPath(copy[at] ?? null, rest, next)
    return copy
  }
  if (key instanceof Map) {
    if (value !== null && !Array.isArray(value)) throw new JqError(`Cannot update field at object index of ${typeOf(value)}`)
    const copy = [...(value ?? [])]
    const [from, to] = bounds(copy.length, key.get("start") ?? null, key.get("end") ?? null)
    const changed = assignPath(copy.slice(from, to), rest, next)
    if (!Array.isArray(changed)) throw new JqError("A slice of an array can only be assigned another array")
    copy.splice(from, to - from, ...changed)
    return copy
  }
  throw new JqError(`Invalid path component: ${typeOf(key)}`)
}

const deletePath = (value: Json, path: Path): Json => {
  const [key, ...rest] = path
  if (value === null || key === undefined) return null
  if (rest.length > 0) {
    const inner = index(value, key)
    return inner === null ? value : assignPath(value, [key], deletePath(inner, rest))
  }
  if (value instanceof Map && typeof key === "string") {
    const copy = new Map(value)
    copy.delete(key)
    return copy
  }
  if (Array.isArray(value) && typeof key === "number") {
    const at = key < 0 ? value.length + key : key
    return value.filter((_, other) => other !== at)
  }
  if (Array.isArray(value) && key instanceof Map) {
    const [from, to] = bounds(value.length, key.get("start") ?? null, key.get("end") ?? null)
    return [...value.slice(0, from), ...value.slice(to)]
  }
  throw new JqError(`Cannot delete field at ${typeof key === "string" ? "object" : "array"} index of ${typeOf(value)}`)
}

/** Deletes from the last path to the first, so that indices stay right. */
export const deletePaths = (value: Json, paths: readonly Path[]): Json => {
  let result = value
  for (const path of [...paths].sort((a, b) => compare([...b], [...a]))) result = deletePath(result, path)
  return result
}
