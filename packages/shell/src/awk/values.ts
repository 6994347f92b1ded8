/** awk's values: numbers, strings, and input that may be either. As mawk cast.c. */
import { general } from "../text/decimal.ts"
import { formatPrintf } from "../text/printf.ts"
import { compileRegex, type Regex } from "../text/regex.ts"
import { replacing } from "../text/replace.ts"

/** A number, a string, or a string that looks like a number because it came from input. */
export type Value = number | string | { readonly text: string }

/** A variable that nothing was put into: 0 to a number, "" to a string. */
export const UNSET: Value = { text: "" }

const NUMERIC = /^\s*[-+]?(\d+\.?\d*([eE][-+]?\d+)?|\.\d+([eE][-+]?\d+)?)\s*$/

export const looksNumeric = (text: string): boolean => NUMERIC.test(text)

export const toNumber = (value: Value): number => {
  if (typeof value === "number") return value
  const text = typeof value === "string" ? value : value.text
  const plain = /^\s*[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)/.exec(text)?.[0]
  if (plain !== undefined && !/^\s*[-+]?0[xX]/.test(text)) return Number(plain)
  // mawk takes what strtod takes.
  const special = /^\s*([-+]?)(?:0[xX]([0-9a-fA-F]+)|(inf)|(nan))/i.exec(text)
  if (!special) return Number(plain ?? 0)
  const amount = special[2] ? Number.parseInt(special[2], 16) : special[3] ? Number.POSITIVE_INFINITY : Number.NaN
  return special[1] === "-" ? -amount : amount
}

export const truth = (value: Value): boolean => {
  if (typeof value === "number") return value !== 0
  if (typeof value === "string") return value !== ""
  return looksNumeric(value.text) ? toNumber(value) !== 0 : value.text !== ""
}

/** A number as text: whole ones in full, others by CONVFMT or OFMT. */
export const numberText = (value: number, format: string): string => {
  if (Number.isNaN(value)) return Object.is(value, -Number.NaN) ? "-nan" : "nan"
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf"
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63) return Math.abs(value) < 1e15 ? String(value + 0) : BigInt(value).toString()
  if (format === "%.6g") return `${value < 0 ? "-" : ""}${general(value, 6)}`
  return formatPrintf(format, [String(value)]).text
}

/** printf with less arguments than its format asks for. */
export class TooFewError extends Error {
  readonly format: string
  /** What comes before the directive that lacks its argument. */
  readonly before: string
  constructor(format: string, before: string) {
    super(format)
    this.format = format
    this.before = before
  }
}

/** sprintf: %c of a number is the character with that code, numbers keep all their digits. */
export const formatted = (source: string, values: readonly Value[], text: (value: Value) => string): string => {
  const directives = [...source.matchAll(/%[-+ #0']*(\*)?[\d]*(?:\.(\*|\d+)?)?(?:[hlLqjzt]*)([a-zA-Z%])/g)].flatMap(
    ({ 1: width, 2: precision, 3: kind, index }) =>
      (kind === "%" ? [] : [...(width ? ["*"] : []), ...(precision === "*" ? ["*"] : []), kind]).map((own) => ({ own, index })),
  )
  const kinds = directives.map(({ own }) => own)
  if (values.length < kinds.length) {
    const end = directives[values.length].index
    throw new TooFewError(source, formatted(source.slice(0, end), values, text))
  }
  return formatPrintf(
    source,
    kinds.map((kind, at) => {
      const value = values[at] ?? UNSET
      if (kind === "c") return typeof value === "number" ? String.fromCodePoint(Math.max(0, Math.trunc(value)) & 0xffff) : text(value)
      if (kind === "s") return text(value)
      const amount = toNumber(value)
      return "diouxX".includes(kind) ? String(BigInt(Number.isFinite(amount) ? Math.trunc(amount) : 0)) : String(amount)
    }),
  ).text
}

export const regexOf = (source: string): Regex => compileRegex(source, { extended: true })

/** A text's parts by FS, or split's third argument. */
export const splitText = (text: string, separator: string | Regex, paragraphs = false): string[] => {
  if (separator === " ") {
    const trimmed = text.replace(/^[ \t\n]+|[ \t\n]+$/g, "")
    return trimmed === "" ? [] : trimmed.split(/[ \t\n]+/)
  }
  if (text === "") return []
  if (paragraphs && typeof separator === "string") return text.split("\n").flatMap((line) => splitText(line, separator))
  if (separator === "") return [...text]
  if (typeof separator === "string" && separator.length === 1 && separator !== "\\") return text.split(separator)
  const regex = typeof separator === "string" ? regexOf(separator) : separator
  const parts: string[] = []
  let from = 0
  for (let at = 0; at <= text.length; ) {
    const match = regex.find(text, at)
    if (!match) break
    if (match.end === match.index) {
      at = match.end + 1
      continue
    }
    parts.push(text.slice(from, match.index))
    from = at = match.end
  }
  return [...parts, text.slice(from)]
}

/** sub and gsub, in steps. */
export const substituting = (
  regex: Regex,
  replacement: string,
  text: string,
  all: boolean,
): Generator<undefined, { text: string; changed: number }> =>
  replacing(regex, text, ({ groups }) => ({
    text: replacement.replace(
      /\\([&\\])|&/g,
      (found, escaped: string | undefined) => escaped ?? (found === "&" ? (groups[0] ?? "") : found),
    ),
    stop: !all,
  }))
