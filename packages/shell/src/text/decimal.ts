/** Numbers as C's printf writes them: rounded from their exact value, ties to even. */

/** |value| × 10^digits, rounded to a whole number. */
const scaled = (value: number, digits: number): bigint => {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, Math.abs(value))
  const bits = view.getBigUint64(0)
  const field = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xfffffffffffffn
  const mantissa = field === 0 ? fraction : fraction | 0x10000000000000n
  const power = (field === 0 ? 1 : field) - 1_075
  const numerator = mantissa * (power > 0 ? 1n << BigInt(power) : 1n) * (digits > 0 ? 10n ** BigInt(digits) : 1n)
  const denominator = (power < 0 ? 1n << BigInt(-power) : 1n) * (digits < 0 ? 10n ** BigInt(-digits) : 1n)
  const whole = numerator / denominator
  const twice = (numerator % denominator) * 2n
  return twice > denominator || (twice === denominator && whole % 2n === 1n) ? whole + 1n : whole
}

const special = (value: number): string | undefined => (Number.isNaN(value) ? "nan" : Number.isFinite(value) ? undefined : "inf")

/** %f of |value|. */
export const fixed = (value: number, digits: number): string => {
  const odd = special(value)
  if (odd) return odd
  const text = scaled(value, digits)
    .toString()
    .padStart(digits + 1, "0")
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`
}

/** The digits of %e, without the point, and the power of ten of the first. */
const significant = (value: number, digits: number): { text: string; power: number } => {
  if (value === 0) return { text: "0".repeat(digits + 1), power: 0 }
  let power = Number(Math.abs(value).toExponential().split("e")[1])
  let text = scaled(value, digits - power).toString()
  if (text.length > digits + 1) {
    power++
    text = scaled(value, digits - power).toString()
  }
  return { text, power }
}

/** %e of |value|. */
export const exponential = (value: number, digits: number): string => {
  const odd = special(value)
  if (odd) return odd
  const { text, power } = significant(value, digits)
  return `${text[0]}${digits > 0 ? `.${text.slice(1)}` : ""}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`
}

/** %g of |value|; with `zeros` (the flag #) those at the end stay. */
export const general = (value: number, precision: number, zeros = false): string => {
  const odd = special(value)
  if (odd) return odd
  const digits = Math.max(1, precision)
  const { power } = significant(value, digits - 1)
  const text = power < -4 || power >= digits ? exponential(value, digits - 1) : fixed(value, digits - 1 - power)
  return zeros || !text.includes(".") ? text : text.replace(/\.?0+(?=e|$)/, "")
}
