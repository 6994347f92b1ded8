/** Stored objects are frozen and shared; who changes one copies it first. */

export const deepFreeze = <T>(value: T): T => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const key in value) deepFreeze(value[key])
  return value
}

/** A mutable copy of a JSON value. Undefined members are dropped, as JSON drops them. */
export const deepCopy = <T>(value: T): T => {
  if (typeof value !== "object" || value === null) return value
  if (Array.isArray(value)) return value.map(deepCopy) as T
  const copy: Record<string, unknown> = {}
  for (const key in value) {
    const member = value[key]
    if (member === undefined) continue
    // A plain assignment of this name would set the prototype.
    if (key === "__proto__")
      Object.defineProperty(copy, key, { value: deepCopy(member), enumerable: true, writable: true, configurable: true })
    else copy[key] = deepCopy(member)
  }
  return copy as T
}

/** Equality of JSON values; a member that is undefined counts as absent. */
export const deepEqual = (a: unknown, b: unknown): boolean => {
  if (a === b) return true
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => deepEqual(item, b[index]))
  if (Array.isArray(b)) return false
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>]
  for (const key in left) if (left[key] !== undefined && !(Object.hasOwn(right, key) && deepEqual(left[key], right[key]))) return false
  for (const key in right) if (right[key] !== undefined && left[key] === undefined) return false
  return true
}

/** `value` with every part that `other` has too being that part of `other`: one copy in memory. */
export const shareEqual = <T>(value: T, other: unknown): T => {
  if (deepEqual(value, other)) return other as T
  if (!isObject(value) || !isObject(other)) return value
  const result: Json = {}
  for (const key of Object.keys(value)) result[key] = shareEqual(value[key], other[key])
  return result as T
}

export type Json = Record<string, unknown>

export const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)
