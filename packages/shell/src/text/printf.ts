/** printf's formats. */
import { formatDate } from "./date.ts"
import { exponential, fixed, general } from "./decimal.ts"
import { backslashQuoted } from "../bash/quoting.ts"
import { settleBytes } from "./bytes.ts"
import { expandEscapes } from "./echo.ts"
import { type TimeZone, UTC } from "./time-zone.ts"

/** Widths count bytes, as C's do. */
const pad = (text: string, size: number, left: boolean, zero: boolean): string => {
  let width = size
  for (const one of text) if (one > "\x7f") width -= one < "\u0800" ? 1 : one.length === 2 ? 2 : 2
  if (text.length >= width) return text
  if (left) return text.padEnd(width)
  if (!zero) return text.padStart(width)
  const sign = /^[-+]/.test(text) ? text[0] : ""
  return sign + text.slice(sign.length).padStart(width - sign.length, "0")
}

const MAX_INTEGER = 2n ** 63n - 1n

/** As %a shows x86's long doubles: four bits before the point. */
const hexadecimal = (value: number): string => {
  if (!Number.isFinite(value)) return String(Math.abs(value)).slice(0, 3).toLowerCase()
  if (value === 0) return "0x0p+0"
  const power = Math.floor(Math.log2(Math.abs(value)))
  const mantissa = (Math.abs(value) / 2 ** power) * 8
  const rest = mantissa.toString(16)
  return `0x${rest}p${power - 3 < 0 ? "-" : "+"}${Math.abs(power - 3)}`
}

export interface Printed {
  readonly text: string
  /** Texts without "printf: ". */
  readonly problems: string[]
  /** \\c or an error ended it: what arguments are left are not for it. */
  readonly ended: boolean
}

/** The arguments are used up in rounds, as POSIX says; problems are texts without "printf: ". */
export const formatPrintf = (format: string, values: readonly string[], now = 0, zone: TimeZone = UTC): Printed => {
  const { text, problems, ended } = formatted(format, values, now, zone)
  return { text: settleBytes(text), problems, ended }
}

const formatted = (format: string, values: readonly string[], now: number, zone: TimeZone): Printed => {
  const problems: string[] = []
  let text = ""
  let next = 0
  const take = () => values[next++]
  const integer = (value: string | undefined): bigint => {
    if (value === undefined || value === "") return 0n
    if (/^["']/.test(value)) return BigInt(value.codePointAt(1) ?? 0)
    const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(value)
    if (!match || match[0].length !== value.length)
      problems.push(`${value}: invalid ${/^\s*[-+]?0\d/.test(value) ? "octal number" : "number"}`)
    if (!match) return 0n
    const amount = /^0\d/.test(match[2]) ? BigInt(`0o${match[2].slice(1)}`) : BigInt(match[2])
    const signed = match[1] === "-" ? -amount : amount
    if (signed <= MAX_INTEGER && signed >= -MAX_INTEGER - 1n) return signed
    problems.push(`warning: ${value}: Numerical result out of range`)
    return signed < 0n ? -MAX_INTEGER - 1n : MAX_INTEGER
  }
  const float = (value: string | undefined): number => {
    if (value === undefined || value === "") return 0
    const named = /^([-+]?)(inf(?:inity)?|nan)$/i.exec(value)
    if (named) return named[2][0].toLowerCase() === "n" ? Number.NaN : named[1] === "-" ? -Infinity : Infinity
    if (/^["']/.test(value)) return value.codePointAt(1) ?? 0
    const number = Number(value)
    if (Number.isNaN(number)) problems.push(`${value}: invalid number`)
    return Number.isNaN(number) ? Number.parseFloat(value) || 0 : number
  }
  do {
    const before = next
    for (let at = 0; at < format.length; at++) {
      const character = format[at]
      if (character === "\\") {
        const sequence =
          /^\\(?:x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|[\s\S])/.exec(format.slice(at))?.[0] ?? "\\"
        if (sequence === "\\c") {
          // It ends the output of %b alone.
          text += sequence
          at += 1
          continue
        }
        text += sequence === '\\"' ? '"' : sequence === "\\'" ? "'" : expandEscapes(sequence, false).text
        at += sequence.length - 1
        continue
      }
      if (character !== "%") {
        text += character
        continue
      }
      const spec = /^%([-+ #0']*)(\*|\d+)?(?:\.(\*|\d+)?)?(?:[hlLjzt]+(?=[a-zA-Z]))?(?:\(([^)]*)\))?([a-zA-Z%])/.exec(format.slice(at))
      if (!spec) {
        problems.push(`\`${/^%[-+ #0']*[\d*]*(?:\.[\d*]*)?/.exec(format.slice(at))?.[0] ?? "%"}': missing format character`)
        return { text, problems, ended: true }
      }
      const [all, flags, widthText, precisionText, timeFormat, conversion] = spec
      at += all.length - 1
      if (conversion === "%") {
        text += "%"
        continue
      }
      const width = widthText === "*" ? Number(take() ?? 0) : Number(widthText ?? 0)
      const precision = all.includes(".") ? (precisionText === "*" ? Number(take() ?? 0) : Number(precisionText ?? 0)) : undefined
      const left = flags.includes("-") || width < 0
      const place = (value: string, zero = false) => pad(value, Math.abs(width), left, zero && flags.includes("0") && !left)
      const sign = (value: string, negative: boolean) =>
        negative ? `-${value}` : flags.includes("+") ? `+${value}` : flags.includes(" ") ? ` ${value}` : value
      switch (conversion) {
        case "s":
          text += place((take() ?? "").slice(0, precision))
          break
        case "b": {
          const shown = expandEscapes(take() ?? "")
          text += place(shown.text)
          if (shown.stopped) return { text, problems, ended: true }
          break
        }
        case "q":
        case "Q": {
          // %Q cuts before it quotes.
          const value = (take() ?? "").slice(0, conversion === "Q" ? precision : undefined)
          const shown = backslashQuoted(value)
          text += place(conversion === "q" ? shown.slice(0, precision) : shown)
          break
        }
        case "c":
          text += place((take() ?? "").slice(0, 1))
          break
        case "d":
        case "i":
        case "u": {
          const given = integer(take())
          const value = conversion === "u" ? BigInt.asUintN(64, given) : given
          const digits = String(value < 0n ? -value : value).padStart(precision ?? 0, "0")
          text += place(sign(digits, value < 0n), precision === undefined)
          break
        }
        case "x":
        case "X":
        case "o": {
          const value = BigInt.asUintN(64, integer(take()))
          const digits = value.toString(conversion === "o" ? 8 : 16).padStart(precision ?? 0, "0")
          const shown = (flags.includes("#") ? (conversion === "o" ? "0" : "0x") : "") + digits
          text += place(conversion === "X" ? shown.toUpperCase() : shown, true)
          break
        }
        case "a":
        case "A": {
          const value = float(take())
          const shown = hexadecimal(value)
          text += place(sign(conversion === "a" ? shown : shown.toUpperCase(), value < 0), true)
          break
        }
        case "e":
        case "E":
        case "f":
        case "F":
        case "g":
        case "G": {
          const value = float(take())
          const digits = precision ?? 6
          const lower = conversion.toLowerCase()
          const shown =
            lower === "e" ? exponential(value, digits) : lower === "f" ? fixed(value, digits) : general(value, digits, flags.includes("#"))
          const negative = value < 0 || Object.is(value, -0)
          text += place(sign(conversion === lower ? shown : shown.toUpperCase(), negative), Number.isFinite(value))
          break
        }
        case "T":
          {
            // No argument, or -1: now.
            const given = take()
            const at = given === undefined || given === "-1" ? now : Number(integer(given)) * 1_000
            text += place(formatDate(timeFormat || "%H:%M:%S", at, zone))
          }
          break
        default:
          problems.push(`\`${conversion}': invalid format character`)
          return { text, problems, ended: true }
      }
    }
    if (next === before) break
  } while (next < values.length)
  return { text, problems, ended: false }
}
