/** What a dict finds its entries by: one key for all values that are equal. */
import { raised, typeError } from "./raise.ts"
import { Bytes, Dict, Instance, type Key, List, OBJECT, PyFloat, PySet, Range, Slice, Tuple, typeOf, type Value } from "./values.ts"

/** Texts that start with NUL would be taken for the key of something else. */
const MARK = "\0"

const numbers = new WeakMap<object, number>()
let objects = 0

/** A number for an object, for keys of tuples that hold it. */
const numberOf = (value: object): number => {
  let number = numbers.get(value)
  if (number === undefined) numbers.set(value, (number = ++objects))
  return number
}

const part = (key: Key): string => {
  if (typeof key === "string") return `s${key.length}:${key}`
  if (key === null) return "N"
  return typeof key === "object" ? `o${numberOf(key)}` : `n${key};`
}

/** Whether a value's own __hash__ or __eq__ decides. */
export const hashesItself = (value: Value): boolean =>
  value instanceof Instance && value.value === undefined && value.cls.mro.some((cls) => cls !== OBJECT && cls.dict.map.has("__eq__"))

/** Throws TypeError for what cannot be hashed. */
export const keyOf = (value: Value): Key => {
  switch (typeof value) {
    case "string":
      return value.startsWith(MARK) ? `${MARK}s${value}` : value
    case "number":
    case "bigint":
      return value
    case "boolean":
      return value ? 1 : 0
  }
  if (value === null) return null
  if (value instanceof PyFloat) {
    const number = value.value
    if (Number.isNaN(number)) return value
    return Number.isInteger(number) && !Number.isSafeInteger(number) ? BigInt(number) : number === 0 ? 0 : number
  }
  if (value instanceof Tuple) return `${MARK}t${value.items.map((item) => part(keyOf(item))).join(",")}`
  if (value instanceof Bytes && !value.mutable) return `${MARK}b${String.fromCharCode(...value.data.subarray(0, 10_000))}`
  if (value instanceof PySet && value.frozen) return `${MARK}f${[...value.dict.map.keys()].map(part).sort().join(",")}`
  if (value instanceof Range) return `${MARK}r${value.start},${value.stop},${value.step}`
  if (value instanceof Instance && value.value !== undefined) return keyOf(value.value)
  if (value instanceof List || value instanceof Dict || value instanceof PySet || value instanceof Bytes || value instanceof Slice)
    throw typeError(`unhashable type: '${typeOf(value).name}'`)
  return value
}

/** KeyError for a key that is not there. */
export const missingKey = (key: Value) => raised("KeyError", key)

/** hash(): any number will do, as long as equal values have the same. */
export const hashOf = (key: Key): number => {
  if (typeof key === "number" && Number.isInteger(key)) return key === -1 ? -2 : key
  const text = part(key)
  let hash = 7
  for (let at = 0; at < text.length; at++) hash = (hash * 1_000_003 + text.charCodeAt(at)) % 2_305_843_009
  return hash
}
