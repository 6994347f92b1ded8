/** jq's operators over values, and how values are shown in messages. */
import { JqError } from "./error.ts"
import { compare, type Json, type JsonObject, typeOf } from "./json.ts"
import { OutOfMemory } from "./machine.ts"
import { printJson } from "./print-json.ts"

/** Characters of the longest text. */
export const MAX_TEXT = 16 * 1024 * 1024

export const truth = (value: Json): boolean => value !== null && value !== false

/** A value as messages show it: cut where its JSON does not fit into a buffer of `size` bytes (jv_dump_string_trunc). */
export const clipped = (value: Json, size = 15): string => {
  const text = printJson(value, { limit: size + 1 })
  return text.length > size - 1 ? `${text.slice(0, size - 4)}...` : text
}

/** Text with more text behind it. Throws OutOfMemory. */
export const repeatedText = (front: string, text: string): string => {
  if (front.length + text.length > MAX_TEXT) throw new OutOfMemory()
  return front + text
}

const mismatch = (verb: string, a: Json, b: Json): JqError =>
  new JqError(`${typeOf(a)} (${clipped(a)}) and ${typeOf(b)} (${clipped(b)}) cannot be ${verb}`)

const merge = (a: JsonObject, b: JsonObject): JsonObject => {
  const result: JsonObject = new Map(a)
  for (const [key, value] of b) {
    const old = result.get(key)
    result.set(key, old instanceof Map && value instanceof Map ? merge(old, value) : value)
  }
  return result
}

const add = (a: Json, b: Json): Json => {
  if (a === null) return b
  if (b === null) return a
  if (typeof a === "number" && typeof b === "number") return a + b
  if (typeof a === "string" && typeof b === "string") return repeatedText(a, b)
  if (Array.isArray(a) && Array.isArray(b)) return a.concat(b)
  if (a instanceof Map && b instanceof Map) return new Map([...a, ...b])
  throw mismatch("added", a, b)
}

const subtract = (a: Json, b: Json): Json => {
  if (typeof a === "number" && typeof b === "number") return a - b
  if (Array.isArray(a) && Array.isArray(b)) return a.filter((item) => !b.some((other) => compare(item, other) === 0))
  throw mismatch("subtracted", a, b)
}

const multiply = (a: Json, b: Json): Json => {
  if (typeof a === "number" && typeof b === "number") return a * b
  const [text, times] = typeof a === "string" ? [a, b] : [b, a]
  if (typeof text === "string" && typeof times === "number") {
    if (!(times > 0)) return null
    const whole = Math.max(1, Math.floor(times))
    if (text.length * whole > MAX_TEXT) throw new OutOfMemory()
    return text.repeat(whole)
  }
  if (a instanceof Map && b instanceof Map) return merge(a, b)
  throw mismatch("multiplied", a, b)
}

const divide = (a: Json, b: Json): Json => {
  if (typeof a === "number" && typeof b === "number") {
    if (b === 0) throw mismatch("divided because the divisor is zero", a, b)
    return a / b
  }
  if (typeof a === "string" && typeof b === "string") return splitText(a, b)
  throw mismatch("divided", a, b)
}

/** Operands are whole numbers of 64 bits; the sign is the dividend's. */
const modulo = (a: Json, b: Json): Json => {
  if (typeof a !== "number" || typeof b !== "number") throw mismatch("divided (remainder)", a, b)
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN
  const bounded = (value: number) => Math.trunc(Math.max(-(2 ** 63), Math.min(2 ** 63, value)))
  const [x, y] = [bounded(a), Math.abs(bounded(b))]
  if (y === 0) throw mismatch("divided (remainder) because the divisor is zero", a, b)
  return x % y || 0
}

/** Parts of a text between separators; none of an empty one. */
export const splitText = (text: string, separator: string): string[] =>
  text === "" ? [] : separator === "" ? [...text] : text.split(separator)

/** Throws JqError where the operands do not fit, OutOfMemory. */
export const compute = (operator: string, a: Json, b: Json): Json => {
  switch (operator) {
    case "+":
      return add(a, b)
    case "-":
      return subtract(a, b)
    case "*":
      return multiply(a, b)
    case "/":
      return divide(a, b)
    case "%":
      return modulo(a, b)
    case "==":
      return compare(a, b) === 0
    case "!=":
      return compare(a, b) !== 0
    case "<":
      return compare(a, b) < 0
    case "<=":
      return compare(a, b) <= 0
    case ">":
      return compare(a, b) > 0
    default:
      return compare(a, b) >= 0
  }
}

/** About how much work a value is. */
export const sizeOf = (value: Json): number =>
  typeof value === "string" ? value.length >> 4 : Array.isArray(value) ? value.length >> 1 : value instanceof Map ? value.size : 0
