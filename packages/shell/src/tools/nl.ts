/** nl: numbers lines, page by page (nl.c). */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { compileRegex, RegexError } from "../text/regex.ts"
import { ByteWriter, eachByteLine } from "./byte-lines.ts"
import { wholeNumber } from "./option-values.ts"
import { bytesToText, parseOptions, quote, usageError } from "./reading.ts"

const FORMATS = ["ln", "rn", "rz"]
const SECTIONS = ["header", "body", "footer"] as const
type Section = (typeof SECTIONS)[number]

/** Which lines of a section get a number. */
type Counts = (line: string) => boolean

/** Undefined for a style that there is none of; the text of a wrong pattern. */
const styleOf = (style: string, join: number): Counts | string | undefined => {
  if (style === "t") return (line) => line !== ""
  if (style === "n") return () => false
  if (style === "a") {
    let blank = 0
    return (line) => {
      if (line !== "" || join <= 1) {
        blank = 0
        return true
      }
      blank = (blank + 1) % join
      return blank === 0
    }
  }
  if (!style.startsWith("p")) return undefined
  try {
    const regex = compileRegex(style.slice(1), { extended: false })
    return (line) => regex.test(line)
  } catch (error) {
    if (!(error instanceof RegexError)) throw error
    return error.message
  }
}

function* complain(process: Process, problem: string): Steps<number> {
  yield* process.error(`nl: ${problem}\n`)
  return 1
}

export const nl = defineTool({
  name: "nl",
  busybox: true,
  summary: "number lines of files",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "p",
      valued: "bfhvisnwld",
      long: {
        "header-numbering=": "h",
        "body-numbering=": "b",
        "footer-numbering=": "f",
        "number-format=": "n",
        "number-separator=": "s",
        "number-width=": "w",
        "starting-line-number=": "v",
        "line-increment=": "i",
        "join-blank-lines=": "l",
        "section-delimiter=": "d",
        "no-renumber": "p",
      },
    })
    if (problem) return yield* usageError(process, "nl", problem)
    const number = (letter: string, what: string, fallback: number, least: number) =>
      wholeNumber(process, String(flags.get(letter) ?? fallback), `invalid ${what}`, least)
    const numbers = [
      number("v", "starting line number", 1, Number.MIN_SAFE_INTEGER),
      number("i", "line number increment", 1, Number.MIN_SAFE_INTEGER),
      number("l", "line number of blank lines", 1, 1),
      number("w", "line number field width", 6, 1),
    ]
    const wrong = numbers.find((one) => typeof one === "string")
    if (wrong !== undefined) return yield* complain(process, String(wrong))
    const [first, step, join, width] = numbers.map(Number)
    const counts = new Map<Section, Counts>()
    for (const [at, section] of SECTIONS.entries()) {
      const style = String(flags.get("hbf"[at]) ?? (section === "body" ? "t" : "n"))
      const own = styleOf(style, join)
      if (own === undefined) return yield* usageError(process, "nl", `invalid ${section} numbering style: ${quote(process, style)}`)
      if (typeof own === "string") return yield* complain(process, own)
      counts.set(section, own)
    }
    const format = String(flags.get("n") ?? "rn")
    if (!FORMATS.includes(format)) return yield* usageError(process, "nl", `invalid line numbering format: ${quote(process, format)}`)
    const separator = bytesToText(new TextEncoder().encode(String(flags.get("s") ?? "\t")))
    const given = String(flags.get("d") ?? "\\:")
    // One character replaces the first of the two alone; none turns pages off.
    const delimiter = given.length === 1 ? `${given}:` : given
    const sections = new Map<string, Section>(
      delimiter === "" ? [] : SECTIONS.map((section, at) => [delimiter.repeat(SECTIONS.length - at), section]),
    )
    const shown = (value: number): string => {
      if (format === "ln") return String(value).padEnd(width)
      if (format === "rn") return String(value).padStart(width)
      const sign = value < 0 ? "-" : ""
      return sign + String(Math.abs(value)).padStart(width - sign.length, "0")
    }
    const blanks = " ".repeat(width + separator.length)
    let now: Section = "body"
    let value = first
    const output = new ByteWriter(process)
    const ok = yield* eachByteLine(process, "nl", words, function* ({ text }) {
      const section = sections.get(text)
      if (section !== undefined) {
        now = section
        if (!flags.has("p")) value = first
        return yield* output.put("\n")
      }
      if (!counts.get(now)?.(text)) return yield* output.put(`${blanks}${text}\n`)
      yield* output.put(`${shown(value)}${separator}${text}\n`)
      value += step
    })
    yield* output.end()
    return ok ? 0 : 1
  },
})
