/** fmt.Sprintf over JSON values. */
import { goKind, goFloatText, goQuote, goSyntax, goType, goValue, sortedKeys } from "./go-values.ts"

const MAX_WIDTH = 1_000_000

interface Spec {
  minus: boolean
  plus: boolean
  sharp: boolean
  space: boolean
  zero: boolean
  width: number | undefined
  precision: number | undefined
}

const pad = (text: string, { minus, zero, width }: Spec, numeric: boolean): string => {
  const missing = (width ?? 0) - [...text].length
  if (missing <= 0) return text
  if (minus) return text + " ".repeat(missing)
  if (zero && numeric) return /^[-+]/.test(text) ? text[0] + "0".repeat(missing) + text.slice(1) : "0".repeat(missing) + text
  return " ".repeat(missing) + text
}

const signed = (text: string, { plus, space }: Spec): string =>
  text.startsWith("-") ? text : plus ? `+${text}` : space ? ` ${text}` : text

const integer = (value: number, verb: string, spec: Spec): string => {
  const [base, prefix] = ({ d: [10, ""], b: [2, "0b"], o: [8, "0"], x: [16, "0x"], X: [16, "0X"] } as const)[verb as "d"]
  const digits = Math.abs(value)
    .toString(base)
    .padStart(spec.precision ?? 0, "0")
  const text = `${value < 0 ? "-" : ""}${spec.sharp ? prefix : ""}${verb === "X" ? digits.toUpperCase() : digits}`
  return signed(text, spec)
}

const exponent = (text: string): string => text.replace(/e([-+])(\d)$/, "e$10$2")

const float = (value: number, verb: string, spec: Spec): string => {
  if (verb === "e" || verb === "E") {
    const text = exponent(value.toExponential(spec.precision ?? 6))
    return signed(verb === "E" ? text.toUpperCase() : text, spec)
  }
  if (verb === "f" || verb === "F") return signed(value.toFixed(Math.min(100, spec.precision ?? 6)), spec)
  return signed(
    spec.precision === undefined
      ? goFloatText(value)
      : exponent(String(Number(value.toPrecision(Math.max(1, Math.min(100, spec.precision)))))),
    spec,
  )
}

const bytesHex = (text: string, upper: boolean): string => {
  const hex = [...new TextEncoder().encode(text)].map((byte) => byte.toString(16).padStart(2, "0")).join("")
  return upper ? hex.toUpperCase() : hex
}

const one = (verb: string, value: unknown, spec: Spec): string => {
  const kind = goKind(value)
  const bad = () => (kind === "invalid" || kind === "nil" ? `%!${verb}(<nil>)` : `%!${verb}(${goType(value)}=${goValue(value)})`)
  if (verb === "T") return pad(goType(value), spec, false)
  if (verb === "v") {
    if (spec.sharp) return pad(goSyntax(value), spec, false)
    const text = value === undefined ? "<nil>" : goValue(value)
    return pad(kind === "int" || kind === "float" ? signed(text, spec) : text, spec, kind === "int" || kind === "float")
  }
  if (kind === "slice") return `[${(value as unknown[]).map((item) => one(verb, item, spec)).join(" ")}]`
  if (kind === "map") {
    const map = value as Readonly<Record<string, unknown>>
    return `map[${sortedKeys(map)
      .map((key) => `${one(verb, key, spec)}:${one(verb, map[key], spec)}`)
      .join(" ")}]`
  }
  if (verb === "t") return kind === "bool" ? pad(String(value), spec, false) : bad()
  if (kind === "string") {
    const text = spec.precision === undefined ? (value as string) : [...(value as string)].slice(0, spec.precision).join("")
    if (verb === "s") return pad(text, spec, false)
    if (verb === "q") return pad(spec.sharp && !text.includes("`") ? `\`${text}\`` : goQuote(text), spec, false)
    if (verb === "x" || verb === "X") return pad(bytesHex(text, verb === "X"), spec, false)
    return bad()
  }
  if (kind === "int") {
    const number = Number(value)
    if ("dboxX".includes(verb)) return pad(integer(number, verb, spec), spec, spec.precision === undefined)
    const character = number >= 0 && number <= 0x10ffff ? String.fromCodePoint(number) : "\ufffd"
    if (verb === "c") return pad(character, spec, false)
    if (verb === "q") return pad(`'${character}'`, spec, false)
    if (verb === "U") return pad(`U+${number.toString(16).toUpperCase().padStart(4, "0")}`, spec, false)
    return bad()
  }
  if (kind === "float" && "eEfFgG".includes(verb)) return pad(float(Number(value), verb, spec), spec, true)
  return bad()
}

/** As fmt.Sprintf, with its notes on what does not fit. */
export const sprintf = (format: string, ...args: readonly unknown[]): string => {
  let text = ""
  let next = 0
  let at = 0
  while (at < format.length) {
    const percent = format.indexOf("%", at)
    if (percent < 0) return text + format.slice(at) + extra(args, next)
    text += format.slice(at, percent)
    const match = /^([-+# 0]*)(\*|\d*)(?:\.(\*|\d*))?/.exec(format.slice(percent + 1)) as RegExpExecArray
    const number = (part: string): number => Math.min(MAX_WIDTH, part === "*" ? Number(args[next++] ?? 0) : Number(part))
    const spec: Spec = {
      minus: match[1].includes("-"),
      plus: match[1].includes("+"),
      sharp: match[1].includes("#"),
      space: match[1].includes(" "),
      zero: match[1].includes("0"),
      width: match[2] === "" ? undefined : number(match[2]),
      precision: match[3] === undefined ? undefined : number(match[3]),
    }
    at = percent + 1 + match[0].length
    const verb = format[at++]
    if (verb === undefined) text += "%!(NOVERB)"
    else if (verb === "%") text += "%"
    else if (next >= args.length) text += `%!${verb}(MISSING)`
    else text += one(verb, args[next++], spec)
  }
  return text + extra(args, next)
}

const extra = (args: readonly unknown[], next: number): string =>
  next >= args.length
    ? ""
    : `%!(EXTRA ${args
        .slice(next)
        .map((value) => (value === null || value === undefined ? "<nil>" : `${goType(value)}=${goValue(value)}`))
        .join(", ")})`

/** fmt.Sprint: a space between two operands neither of which is a string. */
export const sprint = (...args: readonly unknown[]): string =>
  args
    .map(
      (value, at) =>
        (at > 0 && typeof value !== "string" && typeof args[at - 1] !== "string" ? " " : "") +
        (value === undefined ? "<nil>" : goValue(value)),
    )
    .join("")

export const sprintln = (...args: readonly unknown[]): string =>
  `${args.map((value) => (value === undefined ? "<nil>" : goValue(value))).join(" ")}\n`
