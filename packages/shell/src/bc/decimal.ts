/** Decimal numbers of any length, as bc's number.c computes with them. */

/** A number: digits / 10^scale. */
export interface Decimal {
  readonly digits: bigint
  readonly scale: number
}

export const ZERO: Decimal = { digits: 0n, scale: 0 }
export const ONE: Decimal = { digits: 1n, scale: 0 }

export const pow10 = (power: number): bigint => 10n ** BigInt(power)

/** With that many digits behind the point; those beyond are cut off. */
export const withScale = (value: Decimal, scale: number): Decimal =>
  scale >= value.scale
    ? { digits: value.digits * pow10(scale - value.scale), scale }
    : { digits: value.digits / pow10(value.scale - scale), scale }

export const fromInteger = (value: number | bigint): Decimal => ({ digits: BigInt(value), scale: 0 })

export const order = (a: Decimal, b: Decimal): number => {
  const scale = Math.max(a.scale, b.scale)
  const [x, y] = [withScale(a, scale).digits, withScale(b, scale).digits]
  return x < y ? -1 : x > y ? 1 : 0
}

export const add = (a: Decimal, b: Decimal): Decimal => {
  const scale = Math.max(a.scale, b.scale)
  return { digits: withScale(a, scale).digits + withScale(b, scale).digits, scale }
}

export const negate = (value: Decimal): Decimal => ({ digits: -value.digits, scale: value.scale })

export const multiply = (a: Decimal, b: Decimal, scale: number): Decimal =>
  withScale({ digits: a.digits * b.digits, scale: a.scale + b.scale }, Math.min(a.scale + b.scale, Math.max(scale, a.scale, b.scale)))

export const divide = (a: Decimal, b: Decimal, scale: number): Decimal => {
  const power = scale + b.scale - a.scale
  return { digits: power >= 0 ? (a.digits * pow10(power)) / b.digits : a.digits / (b.digits * pow10(-power)), scale }
}

export const remainder = (a: Decimal, b: Decimal, scale: number): Decimal => {
  const quotient = divide(a, b, scale)
  const places = Math.max(scale + b.scale, a.scale)
  const product: Decimal = { digits: quotient.digits * b.digits, scale: quotient.scale + b.scale }
  return { digits: withScale(a, places).digits - withScale(product, places).digits, scale: places }
}

/** The whole square root of a whole number. */
const root = (value: bigint): bigint => {
  if (value < 2n) return value
  let guess = 1n << BigInt(Math.ceil(value.toString(2).length / 2))
  for (;;) {
    const next = (guess + value / guess) >> 1n
    if (next >= guess) return guess
    guess = next
  }
}

export const squareRoot = (value: Decimal, scale: number): Decimal => {
  const places = Math.max(scale, value.scale)
  return { digits: root(withScale(value, places * 2).digits), scale: places }
}

/** A numeral in base `base`; digits above it count as its highest, but for a single one, as bc's conv does. */
export const fromText = (text: string, base: number): Decimal => {
  const [whole, fraction = ""] = text.split(".")
  if (base === 10 && !/[A-F]/.test(text)) return { digits: BigInt(`${whole}${fraction}` || "0"), scale: fraction.length }
  const value = (digit: string) => Math.min(Number.parseInt(digit, 16), text.length === 1 ? 15 : base - 1)
  let digits = 0n
  for (const digit of whole) digits = digits * BigInt(base) + BigInt(value(digit))
  if (fraction === "") return { digits, scale: 0 }
  let numerator = 0n
  for (const digit of fraction) numerator = numerator * BigInt(base) + BigInt(value(digit))
  const scale = fraction.length
  return { digits: digits * pow10(scale) + (numerator * pow10(scale)) / BigInt(base) ** BigInt(scale), scale }
}

/** As it is printed in base `base`. */
export const show = (value: Decimal, base: number): string => {
  const negative = value.digits < 0n
  const digits = negative ? -value.digits : value.digits
  const sign = negative ? "-" : ""
  if (digits === 0n) return "0"
  if (base === 10) {
    if (value.scale === 0) return `${sign}${digits}`
    const text = digits.toString().padStart(value.scale + 1, "0")
    const whole = text.slice(0, -value.scale)
    return `${sign}${whole === "0" ? "" : whole}.${text.slice(-value.scale)}`
  }
  const big = BigInt(base)
  const unit = pow10(value.scale)
  const one = (digit: bigint) =>
    base <= 16 ? digit.toString(16).toUpperCase() : ` ${digit.toString().padStart(String(base - 1).length, "0")}`
  let whole = ""
  for (let rest = digits / unit; rest > 0n; rest /= big) whole = one(rest % big) + whole
  let fraction = ""
  // As many digits as the scale's worth of tens takes.
  let part = digits % unit
  for (let worth = 1n; value.scale > 0 && worth < unit; worth *= big) {
    part *= big
    fraction += one(part / unit)
    part %= unit
  }
  return `${sign}${whole || (fraction ? "" : "0")}${fraction ? `.${fraction}` : ""}`
}
