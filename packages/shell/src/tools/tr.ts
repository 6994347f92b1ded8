/** tr: bytes translated, deleted or squeezed. */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { bytesToText, parseOptions, quote, usageError } from "./reading.ts"

const CLASSES: Readonly<Record<string, (code: number) => boolean>> = {
  lower: (c) => c >= 97 && c <= 122,
  upper: (c) => c >= 65 && c <= 90,
  digit: (c) => c >= 48 && c <= 57,
  alpha: (c) => (c >= 65 && c <= 90) || (c >= 97 && c <= 122),
  alnum: (c) => (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122),
  space: (c) => c === 32 || (c >= 9 && c <= 13),
  blank: (c) => c === 32 || c === 9,
  punct: (c) => (c >= 33 && c <= 47) || (c >= 58 && c <= 64) || (c >= 91 && c <= 96) || (c >= 123 && c <= 126),
  cntrl: (c) => c < 32 || c === 127,
  print: (c) => c >= 32 && c < 127,
  graph: (c) => c > 32 && c < 127,
  xdigit: (c) => (c >= 48 && c <= 57) || (c >= 65 && c <= 70) || (c >= 97 && c <= 102),
}

const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, "\\": 92 }

/** Codes of a set; `repeat` is where [x*] stands, to be filled up. */
interface Parsed {
  readonly codes: number[]
  readonly repeat?: { at: number; code: number }
  readonly problem?: string
}

const parseSet = (source: string): Parsed => {
  const codes: number[] = []
  let repeat: { at: number; code: number } | undefined
  const one = (at: number): { code: number; next: number } => {
    if (source[at] !== "\\" || at + 1 >= source.length) return { code: source.charCodeAt(at), next: at + 1 }
    const octal = /^[0-7]{1,3}/.exec(source.slice(at + 1))
    if (octal) return { code: Number.parseInt(octal[0], 8) & 255, next: at + 1 + octal[0].length }
    return { code: ESCAPES[source[at + 1]] ?? source.charCodeAt(at + 1), next: at + 2 }
  }
  for (let at = 0; at < source.length; ) {
    const named = /^\[:(\w+):\]/.exec(source.slice(at))
    if (named) {
      const has = CLASSES[named[1]]
      if (!has) return { codes, problem: `invalid character class ` + named[1] }
      for (let code = 0; code < 256; code++) if (has(code)) codes.push(code)
      at += named[0].length
      continue
    }
    const equal = /^\[=(.)=\]/.exec(source.slice(at))
    if (equal) {
      codes.push(equal[1].charCodeAt(0))
      at += equal[0].length
      continue
    }
    const repeated = /^\[(\\?.)\*(\d*)\]/.exec(source.slice(at))
    if (repeated) {
      const { code } = one(at + 1)
      const count = repeated[2] === "" ? 0 : Number.parseInt(repeated[2], repeated[2].startsWith("0") ? 8 : 10)
      if (count === 0) repeat = { at: codes.length, code }
      else codes.push(...Array.from({ length: Math.min(count, 256) }, () => code))
      at += repeated[0].length
      continue
    }
    const from = one(at)
    if (source[from.next] === "-" && from.next + 1 < source.length) {
      const to = one(from.next + 1)
      if (to.code < from.code)
        return { codes, problem: `range-endpoints of '${source.slice(at, to.next)}' are in reverse collating sequence order` }
      for (let code = from.code; code <= to.code; code++) codes.push(code)
      at = to.next
    } else {
      codes.push(from.code)
      at = from.next
    }
  }
  return { codes, ...(repeat && { repeat }) }
}

function* complain(process: Process, problem: string): Steps<number> {
  yield* process.error(`tr: ${problem}\n`)
  return 1
}

export const tr = defineTool({
  name: "tr",
  busybox: true,
  summary: "translate or delete characters",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "dscCt",
      long: { delete: "d", "squeeze-repeats": "s", complement: "c", "truncate-set1": "t" },
    })
    if (problem) return yield* usageError(process, "tr", problem)
    const deletes = flags.has("d")
    const squeezes = flags.has("s")
    const complements = flags.has("c") || flags.has("C")
    if (words[0] === undefined) return yield* usageError(process, "tr", "missing operand")
    const least = deletes === squeezes ? 2 : 1
    if (words.length < least)
      return yield* usageError(
        process,
        "tr",
        `missing operand after ${quote(process, words[0])}\n${deletes ? "Two strings must be given when both deleting and squeezing repeats." : "Two strings must be given when translating."}`,
      )
    if (words.length > 2 || (deletes && !squeezes && words.length > 1))
      return yield* usageError(
        process,
        "tr",
        `extra operand ${quote(process, words[deletes && !squeezes ? 1 : 2])}${deletes && !squeezes && words.length === 2 ? "\nOnly one string may be given when deleting without squeezing repeats." : ""}`,
      )
    const encode = (text: string) => bytesToText(new TextEncoder().encode(text))
    const first = parseSet(encode(words[0]))
    const second = words[1] === undefined ? undefined : parseSet(encode(words[1]))
    for (const set of [first, second])
      if (set?.problem)
        return yield* complain(
          process,
          set.problem.replace(/^(invalid character class) (.*)$/, (_, text, name) => `${text} ${quote(process, name)}`),
        )
    if (second && !deletes) {
      const classes = [...words[1].matchAll(/\[:(\w+):\]/g)].map(([, name]) => name)
      if (classes.some((name) => name !== "upper" && name !== "lower"))
        return yield* complain(process, "when translating, the only character classes that may appear in\nstring2 are 'upper' and 'lower'")
    }
    const inFirst = new Uint8Array(256)
    for (const code of first.codes) inFirst[code] = 1
    if (complements) for (let code = 0; code < 256; code++) inFirst[code] ^= 1
    const from = complements ? Array.from({ length: 256 }, (_, code) => code).filter((code) => inFirst[code]) : first.codes
    const table = Uint8Array.from({ length: 256 }, (_, code) => code)
    if (second && !deletes) {
      let to = [...second.codes]
      if (second.repeat) {
        const { at, code } = second.repeat
        to.splice(at, 0, ...Array.from({ length: Math.max(0, from.length - to.length) }, () => code))
      }
      if (to.length === 0 && !flags.has("t")) return yield* complain(process, "when not truncating set1, string2 must be non-empty")
      if (!flags.has("t")) to = to.concat(Array.from({ length: Math.max(0, from.length - to.length) }, () => to[to.length - 1]))
      for (const [at, code] of from.entries()) if (at < to.length) table[code] = to[at]
    }
    const squeezed = new Uint8Array(256)
    if (squeezes) for (const code of second ? second.codes : from) squeezed[code] = 1
    let last = -1
    for (let chunk = yield* process.read(0); chunk.length > 0; chunk = yield* process.read(0)) {
      const output = new Uint8Array(chunk.length)
      let length = 0
      for (const byte of chunk) {
        if (deletes && inFirst[byte]) continue
        const code = table[byte]
        if (squeezed[code] && code === last) continue
        output[length++] = code
        last = code
      }
      if (process.charge(chunk.length >> 10)) yield* process.yield()
      if (length > 0) yield* process.write(1, output.subarray(0, length))
    }
    return 0
  },
})
