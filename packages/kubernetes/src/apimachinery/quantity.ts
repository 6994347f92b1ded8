/** Quantities: exact decimal amounts with SI or binary suffixes. As k8s.io/apimachinery/pkg/api/resource/quantity.go. */

const BINARY: Readonly<Record<string, bigint>> = {
  Ki: 1n << 10n,
  Mi: 1n << 20n,
  Gi: 1n << 30n,
  Ti: 1n << 40n,
  Pi: 1n << 50n,
  Ei: 1n << 60n,
}
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
/** Amounts are kept in nanos, the smallest that upstream keeps. */
const NANO = 1_000_000_000n

export const QUANTITY_PATTERN = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/

export class QuantityError extends Error {}

/** As maxAllowed in upstream: what is larger is this much. In nanos. */
const LARGEST = 9_223_372_036_854_775_807n * NANO
/** Digits that can matter before that. */
const MOST_DIGITS = 40

/** In nanos. Throws QuantityError with upstream's texts. */
export const parseQuantity = (text: string | number): bigint => {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]?|[eE][+-]?\d+)$/.exec(String(text))
  if (!match || (match[2] === "" && !match[3]))
    throw new QuantityError(`quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`)
  const [, sign, whole, all = "", suffix] = match
  if (whole.length > MOST_DIGITS && whole.replace(/^0+/, "").length > MOST_DIGITS) return sign === "-" ? -LARGEST : LARGEST
  // Rounded up, as what is too fine always is.
  const fraction = all.length > MOST_DIGITS ? all.slice(0, MOST_DIGITS) + (/[1-9]/.test(all.slice(MOST_DIGITS)) ? "1" : "") : all
  const digits = BigInt((whole || "0") + fraction)
  let nanos: bigint
  const binary = BINARY[suffix]
  const scale = 10n ** BigInt(fraction.length)
  if (binary) nanos = ceilDivide(digits * binary * NANO, scale)
  else {
    const exponent = /^[eE]/.test(suffix) ? Number(suffix.slice(1)) : DECIMAL[suffix]
    if (exponent === undefined || Math.abs(exponent) > 40) throw new QuantityError("unable to parse quantity's suffix")
    nanos =
      exponent >= 0
        ? ceilDivide(digits * NANO * 10n ** BigInt(exponent), scale)
        : ceilDivide(digits * NANO, scale * 10n ** BigInt(-exponent))
  }
  if (nanos > LARGEST) nanos = LARGEST
  return sign === "-" ? -nanos : nanos
}

const ceilDivide = (a: bigint, b: bigint): bigint => (a + b - 1n) / b

export const quantityValue = (text: string | number | undefined): number => (text === undefined ? 0 : Number(parseQuantity(text)) / 1e9)

export const milliValue = (text: string | number | undefined): number =>
  text === undefined ? 0 : Number(ceilDivide(parseQuantity(text), 1_000_000n))

/** The canonical text in the format that `like` uses (binary suffixes stay binary). */
export const formatQuantity = (nanos: bigint, format: "decimal" | "binary"): string => {
  if (nanos === 0n) return "0"
  const negative = nanos < 0n
  const amount = negative ? -nanos : nanos
  const sign = negative ? "-" : ""
  if (format === "binary" && amount % NANO === 0n && amount / NANO >= 1024n) {
    let value = amount / NANO
    let suffix = ""
    for (const [name] of Object.entries(BINARY)) {
      if (value % 1024n !== 0n) break
      value /= 1024n
      suffix = name
    }
    return `${sign}${value}${suffix}`
  }
  let value = amount
  let exponent = -9
  while (value % 1000n === 0n && exponent < 18) {
    value /= 1000n
    exponent += 3
  }
  const suffix = Object.entries(DECIMAL).find(([, power]) => power === exponent)?.[0] ?? ""
  return `${sign}${value}${suffix}`
}

export const isBinary = (text: string | number): boolean => /i$/.test(String(text))

export const canonicalQuantity = (text: string | number): string =>
  formatQuantity(parseQuantity(text), isBinary(text) ? "binary" : "decimal")
