/** Python's integers and floats: exact sums, floor division, and how a float is written. */
import { raised, typeError, valueError } from "./raise.ts"
import { BOOL, INT, Instance, PyFloat, type Value } from "./values.ts"

export type Int = number | bigint

/** Bits that an integer may have. */
const MOST_BITS = 1 << 21
/** sys.set_int_max_str_digits. */
const MOST_DIGITS = 4_300

export const isInt = (value: Value): value is Int | boolean =>
  typeof value === "number" || typeof value === "boolean" || typeof value === "bigint"

/** As a number where that is exact. */
export const integer = (value: bigint): Int => {
  const small = Number(value)
  return Number.isSafeInteger(small) ? small : value
}

export const bitsOf = (value: Int): number => {
  if (typeof value === "number") return value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value))) + 1
  return (value < 0n ? -value : value).toString(16).length * 4
}

const bounded = (bits: number): void => {
  if (bits > MOST_BITS) throw raised("MemoryError")
}

export const add = (a: Int, b: Int): Int => {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  return integer(BigInt(a) + BigInt(b))
}

export const subtract = (a: Int, b: Int): Int => {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b
    if (Number.isSafeInteger(difference)) return difference
  }
  return integer(BigInt(a) - BigInt(b))
}

export const multiply = (a: Int, b: Int): Int => {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b
    if (Number.isSafeInteger(product)) return product === 0 ? 0 : product
  } else bounded(bitsOf(a) + bitsOf(b))
  return integer(BigInt(a) * BigInt(b))
}

export const floorDivide = (a: Int, b: Int): Int => {
  if (Number(b) === 0) throw raised("ZeroDivisionError", "integer division or modulo by zero")
  if (typeof a === "number" && typeof b === "number") return (a - modulo(a, b)) / b || 0
  const [left, right] = [BigInt(a), BigInt(b)]
  const quotient = left / right
  return integer(left % right !== 0n && left < 0n !== right < 0n ? quotient - 1n : quotient)
}

function modulo(a: number, b: number): number {
  const rest = a % b
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest || 0
}

export const remainder = (a: Int, b: Int): Int => {
  if (Number(b) === 0) throw raised("ZeroDivisionError", "integer modulo by zero")
  if (typeof a === "number" && typeof b === "number") return modulo(a, b)
  const [left, right] = [BigInt(a), BigInt(b)]
  const rest = left % right
  return integer(rest !== 0n && rest < 0n !== right < 0n ? rest + right : rest)
}

export const power = (a: Int, b: Int): Value => {
  if (Number(b) < 0) {
    if (Number(a) === 0) throw raised("ZeroDivisionError", "0.0 cannot be raised to a negative power")
    return new PyFloat(Number(a) ** Number(b))
  }
  const direct = Number(a) ** Number(b)
  if (Number.isSafeInteger(direct)) return direct
  if (Math.abs(Number(a)) > 1) bounded(bitsOf(a) * Number(b))
  return integer(BigInt(a) ** BigInt(b))
}

/** pow(a, b, m). */
export const powerModulo = (a: Int, b: Int, m: Int): Int => {
  if (Number(m) === 0) throw valueError("pow() 3rd argument cannot be 0")
  const modulus = BigInt(m)
  let exponent = BigInt(b)
  let base = BigInt(remainder(a, m))
  if (exponent < 0n) {
    base = inverse(base, modulus)
    exponent = -exponent
  }
  let result = 1n % modulus
  for (; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % modulus
    base = (base * base) % modulus
  }
  return remainder(integer(result), m)
}

const inverse = (value: bigint, modulus: bigint): bigint => {
  let [r, next, s, following] = [modulus, value, 0n, 1n]
  while (next !== 0n) {
    const quotient = r / next
    ;[r, next, s, following] = [next, r - quotient * next, following, s - quotient * following]
  }
  if (r !== 1n && r !== -1n) throw valueError("base is not invertible for the given modulus")
  return s < 0n ? s + modulus : s
}

export const shift = (a: Int, b: Int): Int => {
  const by = Number(b)
  if (by >= 0) bounded(bitsOf(a) + by)
  return integer(by >= 0 ? BigInt(a) << BigInt(by) : BigInt(a) >> BigInt(-by))
}

export const bitwise = (operator: "&" | "|" | "^", a: Int, b: Int): Int => {
  const [left, right] = [BigInt(a), BigInt(b)]
  return integer(operator === "&" ? left & right : operator === "|" ? left | right : left ^ right)
}

/** True division. */
export const divide = (a: Int, b: Int): PyFloat => {
  if (Number(b) === 0) throw raised("ZeroDivisionError", "division by zero")
  if (typeof a === "number" && typeof b === "number") return new PyFloat(a / b)
  const quotient = Number(a) / Number(b)
  if (Number.isFinite(quotient)) return new PyFloat(quotient)
  const whole = Number(BigInt(a) / BigInt(b))
  if (!Number.isFinite(whole)) throw raised("OverflowError", "integer division result too large for a float")
  return new PyFloat(whole)
}

export const floatModulo = (a: number, b: number): number => {
  if (b === 0) throw raised("ZeroDivisionError", "float modulo")
  const rest = a % b
  if (rest === 0) return b < 0 ? -0 : 0
  return rest < 0 !== b < 0 ? rest + b : rest
}

/** The digits of an int; throws ValueError for too many. */
export const intText = (value: Int): string => {
  if (typeof value === "number") return String(value)
  if (bitsOf(value) > MOST_DIGITS * 3.33 && String(value < 0n ? -value : value).length > MOST_DIGITS)
    throw valueError(
      `Exceeds the limit (${MOST_DIGITS} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit`,
    )
  return String(value)
}

/** repr of a float: the shortest digits that give it back. */
export const floatText = (value: number): string => {
  if (Number.isNaN(value)) return "nan"
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf"
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0"
  const [mantissa, exponentText] = Math.abs(value).toExponential().split("e")
  const exponent = Number(exponentText)
  const digits = mantissa.replace(".", "")
  const sign = value < 0 ? "-" : ""
  if (exponent < -4 || exponent >= 16) {
    const shown = digits.length > 1 ? `${digits[0]}.${digits.slice(1)}` : digits
    return `${sign}${shown}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`
  if (digits.length <= exponent + 1) return `${sign}${digits}${"0".repeat(exponent + 1 - digits.length)}.0`
  return `${sign}${digits.slice(0, exponent + 1)}.${digits.slice(exponent + 1)}`
}

/** The number behind a bool, int, float or an instance of a class that inherits from one. */
export const plainNumber = (value: Value): Int | PyFloat | undefined => {
  if (typeof value === "number" || typeof value === "bigint" || value instanceof PyFloat) return value
  if (typeof value === "boolean") return value ? 1 : 0
  if (value instanceof Instance && value.value !== undefined) return plainNumber(value.value)
  return undefined
}

/** An index: what __index__ gives for native values. Throws TypeError. */
export const toIndex = (value: Value, message?: string): Int => {
  const plain = plainNumber(value)
  if (plain !== undefined && !(plain instanceof PyFloat)) return plain
  throw typeError(message ?? `'${nameOf(value)}' object cannot be interpreted as an integer`)
}

const nameOf = (value: Value): string =>
  typeof value === "string"
    ? "str"
    : typeof value === "boolean"
      ? BOOL.name
      : typeof value === "object"
        ? value === null
          ? "NoneType"
          : value.cls.name
        : INT.name

/** A small whole number; throws OverflowError for what no list can be long. */
export const toCount = (value: Value, message?: string): number => {
  const index = toIndex(value, message)
  if (typeof index === "bigint") throw raised("OverflowError", "cannot fit 'int' into an index-sized integer")
  return index
}

/** As float(); throws TypeError. */
export const toFloat = (value: Value, message?: string): number => {
  const plain = plainNumber(value)
  if (plain instanceof PyFloat) return plain.value
  if (plain === undefined) throw typeError(message ?? `must be real number, not ${nameOf(value)}`)
  const result = Number(plain)
  if (!Number.isFinite(result)) throw raised("OverflowError", "int too large to convert to float")
  return result
}

const SPELLED: Readonly<Record<string, number>> = { inf: Infinity, infinity: Infinity, nan: Number.NaN }

/** float("…"); undefined: not one. */
export const parseFloatText = (text: string): number | undefined => {
  const plain = text.trim().toLowerCase()
  const spelled = SPELLED[plain.replace(/^[-+]/, "")]
  if (spelled !== undefined && Object.hasOwn(SPELLED, plain.replace(/^[-+]/, ""))) return plain.startsWith("-") ? -spelled : spelled
  if (!/^[-+]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:e[-+]?\d+)?$/.test(plain)) return undefined
  return Number(plain.replaceAll("_", ""))
}

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"

/** int("…", base); undefined: not one. */
export const parseIntText = (text: string, base: number): Int | undefined => {
  let plain = text.trim().toLowerCase()
  const negative = plain.startsWith("-")
  if (negative || plain.startsWith("+")) plain = plain.slice(1)
  const prefix = /^0([xob])/.exec(plain)?.[1]
  const prefixed = prefix === "x" ? 16 : prefix === "o" ? 8 : prefix === "b" ? 2 : undefined
  if (prefixed !== undefined && (base === 0 || base === prefixed)) {
    plain = plain.slice(2).replace(/^_/, "")
    base = prefixed
  } else if (base === 0) base = 10
  if (!/^[0-9a-z]+(?:_[0-9a-z]+)*$/.test(plain)) return undefined
  const digits = plain.replaceAll("_", "")
  if (digits.length > MOST_DIGITS && (base & (base - 1)) !== 0)
    throw valueError(
      `Exceeds the limit (${MOST_DIGITS} digits) for integer string conversion: value has ${digits.length} digits; use sys.set_int_max_str_digits() to increase the limit`,
    )
  for (const digit of digits) if (DIGITS.indexOf(digit) >= base) return undefined
  let value: Int
  if (base === 10) value = digits.length < 16 ? Number(digits) : integer(BigInt(digits))
  else if (base === 16 || base === 8 || base === 2) value = integer(BigInt(`0${base === 16 ? "x" : base === 8 ? "o" : "b"}${digits}`))
  else {
    let sum = 0n
    for (const digit of digits) sum = sum * BigInt(base) + BigInt(DIGITS.indexOf(digit))
    value = integer(sum)
  }
  return negative ? subtract(0, value) : value
}

/** round(): half to even. */
export const roundHalfEven = (value: number): number => {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}

/** round(x, digits), exactly rounded as by decimal digits. */
export const roundTo = (value: number, digits: number): number => {
  if (!Number.isFinite(value) || digits > 300) return value
  if (digits < 0) {
    const unit = 10 ** -digits
    return Number.isFinite(unit) ? roundHalfEven(value / unit) * unit : 0
  }
  return Number(fixed(value, digits))
}

/** The exact value of a double as a fraction n / 2^k, rounded half to even at so many places. */
export const fixed = (value: number, places: number): string => {
  if (!Number.isFinite(value)) return floatText(value)
  const negative = value < 0 || Object.is(value, -0)
  let mantissa = Math.abs(value)
  let exponent = 0
  // Powers of two are exact.
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2
    exponent++
  }
  const scaled = BigInt(mantissa) * 10n ** BigInt(places)
  const unit = 1n << BigInt(exponent)
  let whole = scaled / unit
  const rest = (scaled % unit) * 2n
  if (rest > unit || (rest === unit && whole & 1n)) whole += 1n
  const digits = String(whole).padStart(places + 1, "0")
  const text = places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`
  return negative ? `-${text}` : text
}
