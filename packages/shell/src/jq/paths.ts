/** Values by path: read, set, delete. A path's steps are keys, indices, and slices ({start, end}). */
import { JqError } from "./error.ts"
import { compare, type Json, type JsonObject, typeOf } from "./json.ts"
import type { Job, Path } from "./machine.ts"

const MAX_INDEX = 1_000_000

const bounds = (length: number, from: Json, to: Json): [number, number] => {
  const place = (value: Json, fallback: number, up: boolean): number => {
    if (value === null) return fallback
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

/** A short key is named (jv_aux.c). */
const cannot = (value: Json, key: Json): JqError =>
  new JqError(`Cannot index ${typeOf(value)} with ${typeof key === "string" && key.length < 30 ? `string "${key}"` : typeOf(key)}`)

/** Where one list stands in the other. */
const occurrences = (items: readonly Json[], wanted: readonly Json[]): Json[] => {
  const found: Json[] = []
  for (let at = 0; at + wanted.length <= items.length; at++)
    if (wanted.length > 0 && wanted.every((item, offset) => compare(item, items[at + offset]) === 0)) found.push(at)
  return found
}

/** `.[key]` of a value. Throws JqError. */
export const index = (value: Json, key: Json): Json => {
  if (value instanceof Map && typeof key === "string") return value.get(key) ?? null
  if (Array.isArray(value) && typeof key === "number") {
    const at = Math.floor(key)
    return value[at < 0 ? at + value.length : at] ?? null
  }
  if (key instanceof Map && (Array.isArray(value) || value === null || typeof value === "string"))
    return slice(value, key.get("start") ?? null, key.get("end") ?? null)
  if (value === null && (typeof key === "string" || typeof key === "number" || key === null)) return null
  if (Array.isArray(value) && Array.isArray(key)) return occurrences(value, key)
  throw cannot(value, key)
}

export const getPath = (value: Json, path: Path): Json => {
  let at = value
  for (const key of path) {
    if (at === null) return null
    at = index(at, key)
  }
  return at
}

/** A value that is changed place by place: what was copied for it once is not copied again. */
export class Draft {
  #root: Json
  #owned = new Set<object>()
  readonly #spend: (items: number) => void

  /** `spend` is told how much is copied. */
  constructor(root: Json, spend: (items: number) => void) {
    this.#root = root
    this.#spend = spend
  }

  get root(): Json {
    return this.#root
  }

  /** What stands at `path`, for keeps: it is copied again before it is changed. Throws JqError. */
  lend(path: Path): Json {
    if (this.#owned.size === 0) return getPath(this.#root, path)
    const above = new Set<object>()
    let at = this.#root
    for (const key of path) {
      if (at === null) return null
      if (typeof at === "object" && this.#owned.has(at)) above.add(at)
      at = index(at, key)
    }
    if (typeof at === "object" && at !== null) this.#owned = above
    return at
  }

  /** Throws JqError where the path does not fit the value. */
  set(path: Path, next: Json): void {
    this.#root = this.#put(this.#root, path, 0, next)
  }

  #object(value: Json, key: Json): JsonObject {
    if (value !== null && !(value instanceof Map)) throw cannot(value, key)
    if (value && this.#owned.has(value)) return value
    this.#spend((value?.size ?? 0) + 1)
    const copy: JsonObject = new Map(value ?? [])
    this.#owned.add(copy)
    return copy
  }

  #list(value: Json[] | null): Json[] {
    if (value && this.#owned.has(value)) return value
    this.#spend((value?.length ?? 0) / 8 + 1)
    const copy = value ? value.slice() : []
    this.#owned.add(copy)
    return copy
  }

  #put(value: Json, path: Path, depth: number, next: Json): Json {
    if (depth === path.length) return next
    const key = path[depth]
    if (typeof key === "string") {
      if (value !== null && !(value instanceof Map)) throw cannot(value, key)
      const changed = this.#put(value?.get(key) ?? null, path, depth + 1, next)
      return this.#object(value, key).set(key, changed)
    }
    if (value !== null && !Array.isArray(value)) {
      if (key instanceof Map)
        throw new JqError(typeof value === "string" ? "Cannot update string slices" : `Cannot index ${typeOf(value)} with object`)
      throw cannot(value, key)
    }
    if (typeof key === "number") {
      const length = value?.length ?? 0
      const at = key < 0 ? length + Math.floor(key) : Math.floor(key)
      if (at < 0) throw new JqError("Out of bounds negative array index")
      if (at > MAX_INDEX + length) throw new JqError("Array index too large")
      const changed = this.#put(value?.[at] ?? null, path, depth + 1, next)
      const list = this.#list(value)
      while (list.length < at) list.push(null)
      list[at] = changed
      return list
    }
    if (key instanceof Map) {
      const [from, to] = bounds(value?.length ?? 0, key.get("start") ?? null, key.get("end") ?? null)
      const changed = this.#put(value === null ? null : value.slice(from, to), path, depth + 1, next)
      if (!Array.isArray(changed)) throw new JqError("A slice of an array can only be assigned another array")
      const list = value ?? []
      this.#spend(list.length / 8 + changed.length)
      return [...list.slice(0, from), ...changed, ...list.slice(to)]
    }
    if (Array.isArray(key)) throw new JqError("Cannot update field at array index of array")
    throw cannot(value, key)
  }

  /** Deletes from the last path to the first, so that indices stay right; yields where one may stop. */
  *without(paths: readonly Path[]): Job {
    const sorted = paths.map((path) => [...path]).sort(compare)
    for (const [done, path] of sorted.reverse().entries()) {
      this.#root = this.#delete(this.#root, path, 0)
      if (done % 50 === 49) yield
    }
    return this.#root
  }

  #delete(value: Json, path: Path, depth: number): Json {
    if (value === null || depth === path.length) return null
    const key = path[depth]
    if (depth < path.length - 1) {
      const inner = index(value, key)
      if (inner === null) return value
      const changed = this.#delete(inner, path, depth + 1)
      return changed === inner ? value : this.#put(value, [key], 0, changed)
    }
    if (value instanceof Map && typeof key === "string") {
      if (!value.has(key)) return value
      const object = this.#object(value, key)
      object.delete(key)
      return object
    }
    if (Array.isArray(value) && typeof key === "number") {
      const at = key < 0 ? value.length + Math.floor(key) : Math.floor(key)
      if (at < 0 || at >= value.length) return value
      const list = this.#list(value)
      list.splice(at, 1)
      return list
    }
    if (Array.isArray(value) && key instanceof Map) {
      const [from, to] = bounds(value.length, key.get("start") ?? null, key.get("end") ?? null)
      const list = this.#list(value)
      list.splice(from, to - from)
      return list
    }
    if (value instanceof Map)
      throw new JqError(key instanceof Map ? "Cannot delete field at object index of object" : cannot(value, key).message)
    if (Array.isArray(value) && Array.isArray(key)) throw new JqError("Cannot delete field at array index of array")
    throw cannot(value, key)
  }
}
