/** Numbers and characters as a template writes them. As text/template/parse/node.go's newNumber. */
import { goQuote, goUnquote } from "./go-quote.ts"
import { GoComplex, type GoFloat, GoInt, goFloat } from "./go-values.ts"

const INT_LIMIT = 2n ** 63n
const UINT_LIMIT = 2n ** 64n

/** A constant's value; "overflow": too large for an int, which is found out when it is used. Throws an Error whose text is Go's. */
export type Constant = GoInt | GoFloat | GoComplex | number | "overflow"

/** strconv.ParseInt with base 0; undefined where the syntax is no integer's. */
const whole = (text: string): bigint | undefined => {
  const match = /^([-+]?)(0[xX](?:_?[0-9a-fA-F])+|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0(?:_?[0-7])*|[1-9](?:_?\d)*)$/.exec(text)
  if (!match) return undefined
  const digits = match[2].replaceAll("_", "").replace(/^0(?=[0-7])/, "0o")
  return match[1] === "-" ? -BigInt(digits) : BigInt(digits)
}

/** strconv.ParseFloat; undefined where it is none, or too large. */
const real = (text: string): number | undefined => {
  const hex = /^([-+]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([-+]?\d+)$/.exec(text.replaceAll("_", ""))
  if (hex) {
    const [, sign, before, behind, power] = hex
    if (before + behind === "") return undefined
    const value = Number.parseInt(before + behind, 16) * 2 ** (Number(power) - 4 * behind.length)
    return Number.isFinite(value) ? (sign === "-" ? -value : value) : undefined
  }
  // Underscores are for literals of Go and base prefixes alone.
  if (!/^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

export const parseNumber = (text: string): Constant => {
  if (text.endsWith("i")) {
    const imaginary = real(text.slice(0, -1))
    if (imaginary !== undefined) return new GoComplex(0, imaginary)
  }
  const integer = whole(text)
  if (integer !== undefined && integer >= -INT_LIMIT && integer < INT_LIMIT) return new GoInt(Number(integer))
  if (integer !== undefined && integer >= 0n && integer < UINT_LIMIT) return "overflow"
  const value = real(text)
  if (value === undefined) throw new Error(`illegal number syntax: ${goQuote(text)}`)
  if (!/[.eEpP]/.test(text)) throw new Error(`integer overflow: ${goQuote(text)}`)
  return goFloat(value)
}

/** "1+2i" */
export const parseComplex = (text: string): GoComplex => {
  const match = /^([-+]?[^-+]+(?:[eE][-+]\d+)?)([-+].+)i$/.exec(text)
  const [re, im] = match ? [real(match[1]), real(match[2])] : []
  if (re === undefined || im === undefined) throw new Error(`illegal number syntax: ${goQuote(text)}`)
  return new GoComplex(re, im)
}

/** "'a'": its code. */
export const parseCharacter = (text: string): GoInt => {
  const body = text.slice(1, -1)
  const plain = goUnquote(body, "'")
  if (plain === undefined || plain === "") throw new Error("invalid syntax")
  if ([...plain].length > 1) throw new Error(`malformed character constant: ${text}`)
  return new GoInt(plain.codePointAt(0) ?? 0)
}
