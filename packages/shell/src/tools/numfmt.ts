/** numfmt: numbers from and to units that people read (numfmt.c). */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { general } from "../text/decimal.ts"
import { oneOf } from "./option-values.ts"
import { allLines, parseOptions, quote, usageError } from "./reading.ts"

const SCALES = ["none", "auto", "si", "iec", "iec-i"] as const
type Scale = (typeof SCALES)[number]
const ROUNDINGS = ["up", "down", "from-zero", "towards-zero", "nearest"] as const
type Rounding = (typeof ROUNDINGS)[number]
const HANDLINGS = ["abort", "fail", "warn", "ignore"] as const

const UNITS = "KMGTPEZY"
/** Digits that a number without a unit may have. */
const MOST_DIGITS = 18

/** --format: %[0]['][-][N][.][N]f with text around it. */
interface Format {
  readonly before: string
  readonly after: string
  readonly width: number
  readonly left: boolean
  readonly zeros: boolean
  readonly precision: number | undefined
}

interface Settings {
  readonly from: Scale
  readonly to: Scale
  readonly round: Rounding
  readonly fromUnit: number
  readonly toUnit: number
  readonly suffix: string
  /** Negative: to the left; undefined: as wide as the field was. */
  readonly padding: number | undefined
  readonly format: Format
  readonly delimiter: string | undefined
  readonly fields: readonly (readonly [number, number])[]
}

const parseFormat = (process: Process, text: string): Format | string => {
  const shown = quote(process, text)
  const plain = text.replaceAll("%%", "\0\0")
  const at = plain.indexOf("%")
  if (at < 0) return `format ${shown} has no % directive`
  const match = /^%(0?)('?)(-?)(\d*)(?:\.(\d*))?f/.exec(
    plain
      .slice(at)
      .replace(
        /^%([0'-]*)/,
        (_, marks: string) => `%${marks.includes("0") ? "0" : ""}${marks.includes("'") ? "'" : ""}${marks.includes("-") ? "-" : ""}`,
      ),
  )
  if (plain.length === at + 1) return `format ${shown} ends in %`
  if (!match) return `invalid format ${shown}, directive must be %[0]['][-][N][.][N]f`
  const after = plain.slice(at).replace(/^%[0'-]*\d*(?:\.\d*)?f/, "")
  if (after.includes("%")) return `format ${shown} has too many % directives`
  return {
    before: plain.slice(0, at).replaceAll("\0\0", "%%"),
    after: after.replaceAll("\0\0", "%%"),
    width: Number(match[4] || 0),
    left: match[3] !== "",
    zeros: match[1] !== "",
    precision: match[5] === undefined ? undefined : Number(match[5] || 0),
  }
}

const rounded = (value: number, how: Rounding): number => {
  // What floating point leaves over is no rest.
  const near = Math.round(value)
  if (Math.abs(value - near) < 1e-9) return near
  switch (how) {
    case "up":
      return Math.ceil(value)
    case "down":
      return Math.floor(value)
    case "towards-zero":
      return Math.trunc(value)
    case "nearest":
      return Math.sign(value) * Math.round(Math.abs(value))
    case "from-zero":
      return Math.sign(value) * Math.ceil(Math.abs(value))
  }
}

/** A number with what of it stands after the point, or what is wrong. */
const parseNumber = (process: Process, text: string, settings: Settings): { value: number; digits: number } | string => {
  const shown = quote(process, text)
  const match = /^(-?\d+)(?:\.(\d*))?/.exec(text) ?? /^(-?)\.(\d+)/.exec(text)
  if (!match) return `invalid number: ${shown}`
  if (match[1].replace(/^-?0*/, "").length > 33) return `value too large to be converted: ${shown}`
  let value = Number(match[0])
  let rest = text.slice(match[0].length)
  const digits = match[2]?.length ?? 0
  const power = UNITS.indexOf(rest[0] ?? " ") + 1
  const { from } = settings
  if (rest !== "" && power === 0) return `invalid suffix in input: ${shown}`
  if (power > 0) {
    if (from === "none") return `rejecting suffix in input: ${shown} (consider using --from)`
    rest = rest.slice(1)
    const binary = rest.startsWith("i") && (from === "auto" || from === "iec-i")
    if (from === "iec-i" && !binary) return `missing 'i' suffix in input: ${shown} (e.g Ki/Mi/Gi)`
    if (binary) rest = rest.slice(1)
    value *= (from === "si" || (from === "auto" && !binary) ? 1000 : 1024) ** power
  }
  if (rest !== "") return `invalid suffix in input ${shown}: ${quote(process, rest)}`
  return { value, digits: power > 0 ? 0 : digits }
}

const showNumber = (value: number, digits: number, { to, round, format }: Settings): string => {
  const { precision } = format
  if (to === "none" || to === "auto") {
    const places = precision ?? digits
    return (rounded(value * 10 ** places, round) / 10 ** places).toFixed(places)
  }
  const base = to === "si" ? 1000 : 1024
  let [left, power] = [value, 0]
  while (Math.abs(left) >= base && power < UNITS.length) {
    left /= base
    power++
  }
  const adjust = precision !== undefined ? Math.min(power * 3, precision) : Math.abs(left) < 10 ? 1 : 0
  left = rounded(left * 10 ** adjust, round) / 10 ** adjust
  if (Math.abs(left) >= base) {
    left /= base
    power++
  }
  const places = precision ?? (left !== 0 && Math.abs(left) < 10 && power > 0 ? 1 : 0)
  return `${left.toFixed(places)}${UNITS[power - 1] ?? ""}${to === "iec-i" && power > 0 ? "i" : ""}`
}

/** One field as it is shown, or what is wrong with it. */
const converted = (process: Process, text: string, field: number, settings: Settings): { shown: string } | { problem: string } => {
  const { suffix, format, fromUnit, toUnit } = settings
  const own = suffix !== "" && text.endsWith(suffix) && text.length > suffix.length ? text.slice(0, -suffix.length) : text
  const blanks = /^[ \t]*/.exec(own)?.[0].length ?? 0
  const parsed = parseNumber(process, own.slice(blanks), settings)
  if (typeof parsed === "string") return { problem: parsed }
  const value = fromUnit === 1 && toUnit === 1 ? parsed.value : (parsed.value * fromUnit) / toUnit
  const digits = format.precision ?? parsed.digits
  if (settings.to === "none" && Math.abs(value) >= 10 ** (MOST_DIGITS - digits))
    return {
      problem:
        digits > 0
          ? `value/precision too large to be printed: '${general(value, 6)}/${digits}' (consider using --to)`
          : `value too large to be printed: '${general(value, 6)}' (consider using --to)`,
    }
  let number = showNumber(value, parsed.digits, settings)
  if (format.zeros && format.width > 0) {
    const sign = number.startsWith("-") ? "-" : ""
    number = sign + number.slice(sign.length).padStart(format.width - sign.length, "0")
  }
  number += suffix
  const automatic = settings.delimiter === undefined && (blanks > 0 || field > 1) ? text.length : 0
  const width = format.width > 0 ? (format.left ? -format.width : format.width) : (settings.padding ?? automatic)
  return { shown: format.before + (width < 0 ? number.padEnd(-width) : number.padStart(width)) + format.after }
}

/** Fields with what parts them: blanks before one belong to it. */
const fieldsOf = (line: string, delimiter: string | undefined): string[] => {
  if (delimiter !== undefined) return line.split(delimiter)
  const fields: string[] = []
  let rest = line
  for (;;) {
    const own = /^[ \t\n]*[^ \t\n]*/.exec(rest)?.[0] ?? ""
    fields.push(own)
    if (own.length === rest.length) return fields
    rest = rest.slice(own.length + 1)
  }
}

const parseFields = (process: Process, list: string): (readonly [number, number])[] | string => {
  const fields: (readonly [number, number])[] = []
  for (const part of list.split(/[, ]/)) {
    const match = /^(\d*)(-?)(\d*)$/.exec(part)
    if (!match || part === "") return `invalid field value ${quote(process, part)}`
    const first = Number(match[1] || 1)
    const last = match[2] === "" ? first : Number(match[3] || Number.POSITIVE_INFINITY)
    if (first === 0 || last === 0) return "fields are numbered from 1"
    if (last < first) return "invalid decreasing range"
    fields.push([first, last])
  }
  return fields
}

/** "512", "1K", "1Ki"; undefined when it is none. */
const unitOf = (text: string): number | undefined => {
  const match = /^(\d+)(?:([KMGTPEZY])(i?))?$/.exec(text)
  const value = match ? Number(match[1]) * (match[2] ? (match[3] ? 1024 : 1000) ** (UNITS.indexOf(match[2]) + 1) : 1) : 0
  return value > 0 ? value : undefined
}

/** Options as settings; a text where one is wrong, `usage` where help is pointed at. */
const parseSettings = (process: Process, flags: ReadonlyMap<string, string | true>): Settings | { problem: string; usage?: true } => {
  const word = <T extends string>(name: string, valid: readonly T[], fallback: T) =>
    flags.has(name) ? oneOf(process, `--${name}`, String(flags.get(name)), valid) : { word: fallback }
  const from = word("from", SCALES, "none")
  if ("problem" in from) return { problem: from.problem, usage: true }
  const to = word(
    "to",
    SCALES.filter((one) => one !== "auto"),
    "none",
  )
  if ("problem" in to) return { problem: to.problem, usage: true }
  const round = word("round", ROUNDINGS, "from-zero")
  if ("problem" in round) return { problem: round.problem, usage: true }
  const units: number[] = []
  for (const name of ["from-unit", "to-unit"]) {
    const text = String(flags.get(name) ?? 1)
    const unit = unitOf(text)
    if (unit === undefined) return { problem: `invalid unit size: ${quote(process, text)}` }
    units.push(unit)
  }
  let padding: number | undefined
  if (flags.has("padding")) {
    padding = Number(flags.get("padding"))
    if (!Number.isInteger(padding) || padding === 0)
      return { problem: `invalid padding value ${quote(process, String(flags.get("padding")))}` }
  }
  const fields = parseFields(process, String(flags.get("field") ?? 1))
  if (typeof fields === "string") return { problem: fields, usage: true }
  const format = parseFormat(process, String(flags.get("format") ?? "%f"))
  if (typeof format === "string") return { problem: format }
  if (flags.has("grouping") && flags.has("format")) return { problem: "--grouping cannot be combined with --format" }
  if (flags.has("grouping") && to.word !== "none") return { problem: "grouping cannot be combined with --to" }
  const delimiter = flags.get("d")
  if (typeof delimiter === "string" && [...delimiter].length !== 1) return { problem: "the delimiter must be a single character" }
  return {
    from: from.word,
    to: to.word,
    round: round.word,
    fromUnit: units[0],
    toUnit: units[1],
    suffix: String(flags.get("suffix") ?? ""),
    padding,
    format,
    delimiter: typeof delimiter === "string" ? delimiter : undefined,
    fields,
  }
}

export const numfmt = defineTool({
  name: "numfmt",
  summary: "convert numbers from/to human-readable strings",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "z",
      valued: "d",
      long: {
        "to=": "to",
        "to-unit=": "to-unit",
        "from=": "from",
        "from-unit=": "from-unit",
        "suffix=": "suffix",
        "padding=": "padding",
        "field=": "field",
        "format=": "format",
        "round=": "round",
        "invalid=": "invalid",
        "delimiter=": "d",
        "header=?": "header",
        grouping: "grouping",
        debug: "debug",
        "zero-terminated": "z",
      },
    })
    if (problem) return yield* usageError(process, "numfmt", problem)
    const settings = parseSettings(process, flags)
    if ("problem" in settings) {
      if (settings.usage) return yield* usageError(process, "numfmt", settings.problem)
      yield* process.error(`numfmt: ${settings.problem}\n`)
      return 1
    }
    const handling = flags.has("invalid")
      ? oneOf(process, "--invalid", String(flags.get("invalid")), HANDLINGS)
      : ({ word: "abort" } as const)
    if ("problem" in handling) return yield* usageError(process, "numfmt", handling.problem)
    const header = flags.has("header") ? Number(flags.get("header") === true ? 1 : flags.get("header")) : 0
    if (!(header > 0) && flags.has("header")) {
      yield* process.error(`numfmt: invalid header value ${quote(process, String(flags.get("header")))}\n`)
      return 1
    }
    const end = flags.has("z") ? "\0" : "\n"
    const glue = settings.delimiter ?? " "
    let wrong = false
    /** False where all is to end. */
    const line = function* (text: string): Steps<boolean> {
      const shown: string[] = []
      for (const [at, field] of fieldsOf(text, settings.delimiter).entries()) {
        if (!settings.fields.some(([first, last]) => at + 1 >= first && at + 1 <= last)) {
          shown.push(field)
          continue
        }
        const result = converted(process, field, at + 1, settings)
        if ("shown" in result) {
          shown.push(result.shown)
          continue
        }
        wrong = true
        if (handling.word !== "ignore") yield* process.error(`numfmt: ${result.problem}\n`)
        if (handling.word === "abort") {
          yield* process.print(shown.map((one) => one + glue).join(""))
          return false
        }
        shown.push(field)
      }
      yield* process.print(`${shown.join(glue)}${end}`)
      return true
    }
    if (words.length > 0) {
      for (const word of words) if (!(yield* line(word))) return 2
    } else {
      const { lines } = yield* allLines(process, "numfmt", [], { end })
      for (const [at, text] of lines.entries()) {
        if (process.charge(1)) yield* process.yield()
        if (at < header) yield* process.print(`${text}${end}`)
        else if (!(yield* line(text))) return 2
      }
    }
    return wrong && handling.word === "fail" ? 2 : 0
  },
})
