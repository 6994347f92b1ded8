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
  if (value === other || typeof value !== "object" || typeof other !== "object" || value === null || other === null) return value
  if (Array.isArray(value)) return (deepEqual(value, other) ? other : value) as T
  if (Array.isArray(other)) return value
  const [mine, theirs] = [value as Json, other as Json]
  let same = true
  const result: Json = {}
  for (const key in mine) {
    const shared = shareEqual(mine[key], theirs[key])
    result[key] = shared
    if (shared !== theirs[key]) same = false
  }
  if (same) for (const key in theirs) if (theirs[key] !== undefined && mine[key] === undefined) same = false
  return (same ? other : result) as T
}

export type Json = Record<string, unknown>

export const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)
