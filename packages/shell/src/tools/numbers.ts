/** factor and numfmt. */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { allLines, parseOptions, quote, usageError } from "./reading.ts"

/** Divisors tried before a number is called too hard. */
const MOST_TRIALS = 2_000_000

function* factors(process: Process, given: bigint): Steps<bigint[]> {
  const found: bigint[] = []
  let left = given
  for (let divisor = 2n, trials = 0; divisor * divisor <= left && trials < MOST_TRIALS; divisor += divisor === 2n ? 1n : 2n, trials++) {
    if ((trials & 1023) === 0 && process.charge(16)) yield* process.yield()
    while (left % divisor === 0n) {
      found.push(divisor)
      left /= divisor
    }
  }
  if (left > 1n) found.push(left)
  return found
}

export const factor = defineTool({
  name: "factor",
  busybox: true,
  summary: "factor numbers",
  *run(process, args) {
    const words =
      args.length > 0 ? [...args] : (yield* allLines(process, "factor", [])).lines.flatMap((line) => line.split(/\s+/).filter(Boolean))
    let status = 0
    for (const word of words) {
      if (!/^\d+$/.test(word)) {
        yield* process.error(`factor: ${quote(process, word)} is not a valid positive integer\n`)
        status = 1
        continue
      }
      const found = yield* factors(process, BigInt(word))
      yield* process.print(`${BigInt(word)}:${found.map((one) => ` ${one}`).join("")}\n`)
    }
    return status
  },
})

const LETTERS = "KMGTPE"

const parseSize = (text: string, from: string): number | undefined => {
  const match = /^\s*(-?\d+(?:\.\d+)?)([KMGTPE]?)(i?)B?\s*$/i.exec(text)
  if (!match) return undefined
  if (match[2] === "") return Number(match[1])
  if (from === "none") return undefined
  const base = from === "iec" || from === "iec-i" || (from === "auto" && match[3] !== "") ? 1024 : 1000
  return Number(match[1]) * base ** (LETTERS.indexOf(match[2].toUpperCase()) + 1)
}

const showSize = (value: number, to: string): string => {
  if (to === "none") return String(value)
  const base = to === "si" ? 1000 : 1024
  const size = Math.abs(value)
  if (size < base) return String(Math.ceil(value))
  let power = Math.floor(Math.log(size) / Math.log(base))
  let shown = size / base ** power
  shown = shown < 10 ? Math.ceil(shown * 10) / 10 : Math.ceil(shown)
  if (shown >= base) {
    shown /= base
    power++
  }
  return `${value < 0 ? "-" : ""}${shown < 10 ? shown.toFixed(1) : shown}${LETTERS[power - 1]}${to === "iec-i" ? "i" : ""}`
}

export const numfmt = defineTool({
  name: "numfmt",
  summary: "convert numbers from/to human-readable strings",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(
      args.map((word) => (/^-\d/.test(word) ? `\0${word}` : word)),
      {
        letters: "z",
        valued: "d",
        long: {
          "to=": "to",
          "from=": "from",
          "suffix=": "suffix",
          "padding=": "padding",
          "field=": "field",
          "delimiter=": "d",
          "header=?": "header",
          grouping: "g",
        },
      },
    )
    if (problem) return yield* usageError(process, "numfmt", problem)
    const to = String(flags.get("to") ?? "none")
    const from = String(flags.get("from") ?? "none")
    const suffix = String(flags.get("suffix") ?? "")
    const padding = Number(flags.get("padding") ?? 0)
    const convert = function* (text: string): Steps<string | undefined> {
      const value = parseSize(suffix !== "" && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text, from)
      if (value === undefined) {
        yield* process.error(`numfmt: invalid ${/^\s*-?\d/.test(text) ? "suffix in input" : "number"}: ${quote(process, text)}\n`)
        return undefined
      }
      const shown = showSize(value, to) + suffix
      return padding < 0 ? shown.padEnd(-padding) : shown.padStart(padding)
    }
    const field = Number(flags.get("field") ?? 1)
    const delimiter = flags.get("d")
    if (words.length > 0) {
      for (const word of words) {
        const shown = yield* convert(word.replace("\0", ""))
        if (shown === undefined) return 2
        yield* process.print(`${shown}\n`)
      }
      return 0
    }
    let header = flags.has("header") ? Number(flags.get("header") === true ? 1 : flags.get("header")) : 0
    for (const line of (yield* allLines(process, "numfmt", [])).lines) {
      if (header-- > 0) {
        yield* process.print(`${line}\n`)
        continue
      }
      const parts = typeof delimiter === "string" ? line.split(delimiter) : (line.match(/\s*\S+/g) ?? [])
      const own = parts[field - 1]
      if (own === undefined) {
        yield* process.print(`${line}\n`)
        continue
      }
      const shown = yield* convert(own.trim())
      if (shown === undefined) return 2
      const before = typeof delimiter === "string" ? "" : (/^\s*/.exec(own)?.[0] ?? "")
      parts[field - 1] =
        before.length > 0 && padding === 0
          ? `${before.slice(0, Math.max(1, before.length + own.trim().length - shown.length))}${shown}`
          : before + shown
      yield* process.print(`${parts.join(typeof delimiter === "string" ? delimiter : "")}\n`)
    }
    return 0
  },
})
