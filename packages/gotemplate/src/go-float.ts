/** A float64's digits in the forms of package fmt. As strconv/ftoa.go. */

const twoDigits = (exponent: number): string => `${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`

const special = (value: number): string | undefined =>
  Number.isFinite(value) ? undefined : Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf"

/** Mantissa and exponent of base two: value = mantissa × 2^exponent, the mantissa whole. */
const binary = (value: number): { mantissa: bigint; exponent: number } => {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, Math.abs(value))
  const bits = view.getBigUint64(0)
  const power = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xfffffffffffffn
  return power === 0 ? { mantissa: fraction, exponent: -1074 } : { mantissa: fraction | (1n << 52n), exponent: power - 1075 }
}

/** 'x': 0x1.8p+00. `digits` behind the point, as many as needed by default. */
const hexadecimal = (value: number, digits: number | undefined): string => {
  const sign = value < 0 || Object.is(value, -0) ? "-" : ""
  let { mantissa, exponent } = binary(value)
  if (mantissa === 0n) return `${sign}0x0${digits ? `.${"0".repeat(digits)}` : ""}p+00`
  while (mantissa < 1n << 52n) {
    mantissa <<= 1n
    exponent--
  }
  if (digits !== undefined && digits < 13) {
    const drop = BigInt(4 * (13 - digits))
    const [half, rest] = [1n << (drop - 1n), mantissa & ((1n << drop) - 1n)]
    mantissa >>= drop
    // Halves go to the even neighbour.
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++
    mantissa <<= drop
    if (mantissa >= 1n << 53n) {
      mantissa >>= 1n
      exponent++
    }
  }
  const fraction = (mantissa & 0xfffffffffffffn).toString(16).padStart(13, "0")
  const kept = digits === undefined ? fraction.replace(/0+$/, "") : fraction.slice(0, digits).padEnd(digits, "0")
  return `${sign}0x1${kept ? `.${kept}` : ""}p${twoDigits(exponent + 52)}`
}

/** 'f' with exactly DIGITS behind the point, however large the value is. */
const fixed = (value: number, digits: number): string => {
  if (Math.abs(value) < 1e21) return value.toFixed(Math.min(100, digits))
  return BigInt(value).toString() + (digits > 0 ? `.${"0".repeat(digits)}` : "")
}

const scientific = (value: number, digits: number | undefined): string => {
  const [mantissa, power] = value.toExponential(digits === undefined ? undefined : Math.min(100, digits)).split("e")
  return `${mantissa}e${twoDigits(Number(power))}`
}

/** 'g': the shortest form, or at most `precision` significant digits. */
const general = (value: number, precision: number | undefined): string => {
  const wanted = precision === undefined ? undefined : Math.max(1, Math.min(100, precision))
  const [mantissa, power] = value.toExponential(wanted === undefined ? undefined : wanted - 1).split("e")
  const significant = mantissa.replace("-", "").replace(".", "").replace(/0+$/, "").length || 1
  const exponent = Number(power)
  let limit = wanted ?? 6
  if (wanted !== undefined && limit > significant && significant >= exponent + 1) limit = significant
  const trimmed = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa
  if (value !== 0 && (exponent < -4 || exponent >= limit)) return `${trimmed}e${twoDigits(exponent)}`
  const plain = fixed(value, Math.max(0, significant - 1 - exponent))
  return Object.is(value, -0) ? "-0" : plain
}

/** strconv.FormatFloat for 64 bits. `verb`: e, f, g, b, x or one of them in capitals. */
export const goFormatFloat = (value: number, verb: string, precision: number | undefined): string => {
  const odd = special(value)
  if (odd) return odd
  const small = verb.toLowerCase()
  const text =
    small === "e"
      ? scientific(value, precision)
      : small === "f"
        ? fixed(value, precision ?? 6)
        : small === "b"
          ? `${value < 0 ? "-" : ""}${binary(value).mantissa}p${binary(value).exponent < 0 ? "" : "+"}${binary(value).exponent}`
          : small === "x"
            ? hexadecimal(value, precision)
            : general(value, precision)
  return verb === small ? text : text.toUpperCase()
}
