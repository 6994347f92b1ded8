/** fmt.Sprintf over JSON values: verbs, flags, widths, numbered arguments and its notes on what does not fit. As fmt/print.go. */
import { goFormatFloat } from "./go-float.ts"
import { codePoint, goQuote } from "./go-quote.ts"
import { type GoComplex, goKind, goType, goValue, sortedKeys } from "./go-values.ts"

/** Widths and precisions beyond this are none. */
const MAX_WIDTH = 1_000_000
const MAX_RUNE = 0x10ffff

interface Spec {
  readonly minus: boolean
  readonly plus: boolean
  readonly sharp: boolean
  readonly space: boolean
  readonly zero: boolean
  readonly width: number | undefined
  readonly precision: number | undefined
  /** %+v and %#v: the flag is not the number's. */
  readonly syntax: boolean
}

const NONE: Spec = {
  minus: false,
  plus: false,
  sharp: false,
  space: false,
  zero: false,
  width: undefined,
  precision: undefined,
  syntax: false,
}

const pad = (text: string, { minus, zero, width = 0 }: Spec): string => {
  const missing = width - [...text].length
  if (missing <= 0) return text
  return minus ? text + " ".repeat(missing) : (zero ? "0" : " ").repeat(missing) + text
}

const BASES: Readonly<Record<string, number>> = { v: 10, d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 }

/** As fmt/format.go's fmtInteger. */
const integer = (value: number, verb: string, spec: Spec): string => {
  const { precision, plus, space, zero, minus, width, sharp } = spec
  if (precision === 0 && value === 0) return pad("", { ...spec, zero: false })
  const signs = value < 0 || plus || space ? 1 : 0
  const digits = precision ?? (zero && !minus && width !== undefined ? width - signs : 0)
  const base = BASES[verb]
  let text = Math.abs(value).toString(base).padStart(digits, "0")
  if (verb === "X") text = text.toUpperCase()
  if (sharp) text = (base === 2 ? "0b" : base === 8 ? (text.startsWith("0") ? "" : "0") : base === 16 ? `0${verb}` : "") + text
  if (verb === "O") text = `0o${text}`
  return pad((value < 0 ? "-" : plus ? "+" : space ? " " : "") + text, { ...spec, zero: false })
}

/** What '#' makes of a float: a point, and with %g the zeros behind it. */
const pointed = (text: string, verb: string, precision: number | undefined): string => {
  const [, number, tail] = /^(.*?)([ep].*)?$/i.exec(text) as RegExpExecArray
  let missing = "gG".includes(verb) ? (precision ?? 6) : 0
  missing -= number.replace(/[^\d]/g, "").replace(/^0+/, "").length
  const whole = number.includes(".") ? number : `${number}.`
  if (/^[-+]?0\.?$/.test(number)) missing--
  return whole + "0".repeat(Math.max(0, missing)) + (tail ?? "")
}

const float = (value: number, verb: string, spec: Spec): string => {
  const form = verb === "v" ? "g" : verb
  const precision = spec.precision ?? ("eEfF".includes(form) ? 6 : undefined)
  let text = goFormatFloat(value, form, precision)
  const finite = Number.isFinite(value)
  if (spec.sharp && finite && form !== "b") text = pointed(text, form, spec.precision)
  if (!/^[-+]/.test(text) && !Number.isNaN(value)) text = (spec.plus ? "+" : spec.space ? " " : "") + text
  else if (value > 0 && !finite && !spec.plus) text = text.replace("+", spec.space ? " " : "+")
  if (!finite) return pad(text, { ...spec, zero: false })
  const missing = (spec.width ?? 0) - text.length
  return spec.zero && !spec.minus && missing > 0 && /^[-+ ]/.test(text) ? text[0] + "0".repeat(missing) + text.slice(1) : pad(text, spec)
}

const clip = (text: string, { precision }: Spec): string => (precision === undefined ? text : [...text].slice(0, precision).join(""))

/** %x of text: its bytes. */
const hexadecimal = (text: string, verb: string, spec: Spec): string => {
  const bytes = [...new TextEncoder().encode(text)].slice(0, spec.precision)
  const prefix = spec.sharp && bytes.length > 0 ? `0${verb}` : ""
  const hex = bytes.map((byte) => byte.toString(16).padStart(2, "0")).map((byte) => (verb === "X" ? byte.toUpperCase() : byte))
  return pad(spec.space ? hex.map((byte) => prefix + byte).join(" ") : prefix + hex.join(""), spec)
}

const string = (text: string, verb: string, spec: Spec): string => {
  if (verb === "x" || verb === "X") return hexadecimal(text, verb, spec)
  const clipped = clip(text, spec)
  if (verb === "v" && spec.syntax) return pad(goQuote(clipped), spec)
  if (verb !== "q") return pad(clipped, spec)
  // Text that a raw literal can hold.
  if (spec.sharp && !/[`\x00-\x08\x0a-\x1f\x7f\ufeff]/.test(clipped)) return pad(`\`${clipped}\``, spec)
  return pad(goQuote(clipped, { ascii: spec.plus }), spec)
}

const character = (value: number, verb: string, spec: Spec): string => {
  const valid = value >= 0 && value <= MAX_RUNE
  const text = valid ? String.fromCodePoint(value) : "\ufffd"
  if (verb === "c") return pad(text, spec)
  if (verb === "q") return pad(goQuote(text, { ascii: spec.plus, quote: "'" }), spec)
  const digits = (value < 0 ? 2n ** 64n + BigInt(value) : BigInt(value)).toString(16).toUpperCase()
  const shown = spec.sharp && valid ? codePoint(text).replace(/^U\+[0-9A-F]+/, "") : ""
  return pad(`U+${digits.padStart(Math.max(4, spec.precision ?? 0), "0")}${shown}`, { ...spec, zero: false })
}

const complex = ({ real, imaginary }: GoComplex, verb: string, spec: Spec): string =>
  `(${float(real, verb, spec)}${float(imaginary, verb, { ...spec, plus: true })}i)`

/** What a list or a map holds: nil is "<nil>" for every verb. */
const inner = (verb: string, value: unknown, spec: Spec): string =>
  value === null || value === undefined ? (spec.syntax ? "interface {}(nil)" : "<nil>") : one(verb, value, spec)

const FITTING: Readonly<Record<string, string>> = {
  bool: "tv",
  int: "vdboOxXcqU",
  float: "vbgGxXfFeE",
  complex: "vbgGxXfFeE",
  string: "vsxXq",
}

const unfit = (verb: string, value: unknown, spec: Spec): string =>
  `%!${verb}(${value === null || value === undefined ? "<nil>" : `${goType(value)}=${one("v", value, spec)}`})`

const one = (verb: string, value: unknown, spec: Spec): string => {
  const kind = goKind(value)
  if (kind === "invalid" || kind === "nil") return verb === "T" || verb === "v" ? pad("<nil>", spec) : unfit(verb, value, spec)
  if (verb === "T") return pad(clip(goType(value), spec), spec)
  if (kind === "slice" || kind === "map") {
    if (verb === "p") return unfit(verb, value, spec)
    const items =
      kind === "slice"
        ? (value as unknown[]).map((item) => inner(verb, item, spec))
        : sortedKeys(value as Record<string, unknown>).map(
            (key) => `${one(verb, key, spec)}:${inner(verb, (value as Record<string, unknown>)[key], spec)}`,
          )
    if (spec.syntax) return `${goType(value)}{${items.join(", ")}}`
    return kind === "slice" ? `[${items.join(" ")}]` : `map[${items.join(" ")}]`
  }
  if (kind === "struct") return pad(goValue(value), spec)
  if (!FITTING[kind].includes(verb)) return unfit(verb, value, spec)
  if (kind === "bool") return pad(String(value), spec)
  if (kind === "string") return string(value as string, verb, spec)
  if (kind === "complex") return complex(value as GoComplex, verb, spec)
  if (kind === "float") return float(Number(value), verb, spec)
  return "cqU".includes(verb) ? character(Number(value), verb, spec) : integer(Number(value), verb, spec)
}

/** As fmt.Sprintf, with its notes on what does not fit. */
export const sprintf = (format: string, ...args: readonly unknown[]): string => new Formatter(format, args).run()

class Formatter {
  readonly format: string
  readonly args: readonly unknown[]
  at = 0
  /** The argument whose turn it is. */
  next = 0
  text = ""
  /** Some argument was chosen by its number: those left over are no mistake. */
  reordered = false
  /** Whether the number that chose the argument of this verb was a good one. */
  good = true

  constructor(format: string, args: readonly unknown[]) {
    this.format = format
    this.args = args
  }

  run(): string {
    for (;;) {
      const percent = this.format.indexOf("%", this.at)
      this.text += this.format.slice(this.at, percent < 0 ? undefined : percent)
      if (percent < 0) break
      this.at = percent + 1
      if (!this.verb()) break
    }
    const { args, next } = this
    if (!this.reordered && next < args.length) this.text += `%!(EXTRA ${args.slice(next).map(extra).join(", ")})`
    return this.text
  }

  /** False at the format's end. */
  verb(): boolean {
    this.good = true
    const [flags] = /^[-+# 0]*/.exec(this.format.slice(this.at)) as RegExpExecArray
    this.at += flags.length
    let chosen = this.choose()
    let minus = flags.includes("-")
    let zero = flags.includes("0")
    let width: number | undefined
    if (this.format[this.at] === "*") {
      width = this.star("BADWIDTH")
      if (width !== undefined && width < 0) {
        width = -width
        minus = true
        zero = false
      }
      chosen = false
    } else {
      width = this.number()
      // "%[3]2d"
      if (chosen && width !== undefined) this.good = false
    }
    let precision: number | undefined
    if (this.format[this.at] === ".") {
      this.at++
      // "%[3].2d"
      if (chosen) this.good = false
      chosen = this.choose()
      if (this.format[this.at] === "*") {
        precision = this.star("BADPREC", 0)
        chosen = false
      } else precision = this.number() ?? 0
    }
    if (!chosen) this.choose()
    const code = this.format.codePointAt(this.at)
    if (code === undefined) {
      this.text += "%!(NOVERB)"
      return false
    }
    const verb = String.fromCodePoint(code)
    this.at += verb.length
    const [plus, sharp] = [flags.includes("+"), flags.includes("#")]
    const spec: Spec = {
      minus,
      zero,
      width,
      precision,
      space: flags.includes(" "),
      plus: plus && verb !== "v",
      sharp: sharp && verb !== "v",
      syntax: sharp && verb === "v",
    }
    if (verb === "%") this.text += "%"
    else if (!this.good) this.text += `%!${verb}(BADINDEX)`
    else if (this.next >= this.args.length) this.text += `%!${verb}(MISSING)`
    else this.text += one(verb, this.args[this.next++], spec)
    return true
  }

  /** "[n]": the argument that comes next. Whether there was one. */
  choose(): boolean {
    if (this.format[this.at] !== "[") return false
    this.reordered = true
    const end = this.format.length - this.at < 3 ? -1 : this.format.indexOf("]", this.at + 1)
    if (end < 0) {
      this.at++
      this.good = false
      return false
    }
    const text = this.format.slice(this.at + 1, end)
    this.at = end + 1
    const index = /^\d+$/.test(text) ? Number(text) - 1 : Number.NaN
    if (index >= 0 && index < this.args.length) {
      this.next = index
      return true
    }
    this.good = false
    return !Number.isNaN(index)
  }

  number(): number | undefined {
    const [digits] = /^\d*/.exec(this.format.slice(this.at)) as RegExpExecArray
    this.at += digits.length
    return digits === "" || Number(digits) > MAX_WIDTH ? undefined : Number(digits)
  }

  /** A width or precision that is an argument, `least` at least. */
  star(fault: string, least = -MAX_WIDTH): number | undefined {
    this.at++
    const value = this.next < this.args.length ? this.args[this.next++] : undefined
    const number = goKind(value) === "int" ? Number(value) : Number.NaN
    if (Math.abs(number) <= MAX_WIDTH && number >= least) return number
    this.text += `%!(${fault})`
    return undefined
  }
}

const extra = (value: unknown): string => (value === null || value === undefined ? "<nil>" : `${goType(value)}=${one("v", value, NONE)}`)

/** What is nothing is nil to package fmt. */
const plain = (value: unknown): string => (value === undefined ? "<nil>" : goValue(value))

/** fmt.Sprint: a space between two operands neither of which is a string. */
export const sprint = (...args: readonly unknown[]): string =>
  args.map((value, at) => (at > 0 && typeof value !== "string" && typeof args[at - 1] !== "string" ? " " : "") + plain(value)).join("")

export const sprintln = (...args: readonly unknown[]): string => `${args.map(plain).join(" ")}\n`
