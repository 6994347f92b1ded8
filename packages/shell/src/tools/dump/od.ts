/** od: bytes in octal and other formats, several at once (od.c). */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { parseOptions, quote, usageError } from "../reading.ts"
import { hex, visible } from "./bytes.ts"

/** One -t: how a field of `size` bytes is shown, in `width` characters behind a blank. */
interface Format {
  readonly kind: string
  readonly size: number
  readonly width: number
  readonly text: boolean
}

const NAMES = "nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp".split(
  " ",
)
const ESCAPED: Readonly<Record<number, string>> = { 0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r" }
const WIDTHS: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  o: { 1: 3, 2: 6, 4: 11, 8: 22 },
  d: { 1: 4, 2: 6, 4: 11, 8: 20 },
  u: { 1: 3, 2: 5, 4: 10, 8: 20 },
  x: { 1: 2, 2: 4, 4: 8, 8: 16 },
  f: { 4: 15, 8: 24 },
  a: { 1: 3 },
  c: { 1: 3 },
}
const SIZES: Readonly<Record<string, number>> = { C: 1, S: 2, I: 4, L: 8, F: 4, D: 8 }
/** Letters of their own → types. */
const OLD: Readonly<Record<string, string>> = { a: "a", b: "o1", c: "c", d: "u2", f: "fF", i: "dI", l: "dL", o: "o2", s: "d2", x: "x2" }

/** The formats of a -t ("x1z"); a problem where it is none. */
const formatsOf = (type: string): Format[] | string => {
  const formats: Format[] = []
  let rest = type
  while (rest !== "") {
    const match = /^([acdfoux])(\d+|[CSILFD])?(z?)/.exec(rest)
    if (!match) return `invalid character '${rest[0]}' in type string`
    const [whole, kind, given, text] = match
    const byName = given === undefined ? undefined : (SIZES[given] ?? Number(given))
    const size = kind === "a" || kind === "c" ? 1 : (byName ?? (kind === "f" ? 8 : 4))
    const width = WIDTHS[kind][size]
    if (width === undefined) return `invalid type string`
    formats.push({ kind, size, width, text: text === "z" })
    rest = rest.slice(whole.length)
  }
  return formats
}

const field = (bytes: Uint8Array, at: number, { kind, size }: Format): string => {
  const byte = bytes[at]
  if (kind === "c") return ESCAPED[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, "0"))
  if (kind === "a") {
    const low = byte & 127
    return low === 127 ? "del" : (NAMES[low] ?? String.fromCharCode(low))
  }
  let value = 0n
  for (let place = size - 1; place >= 0; place--) value = (value << 8n) | BigInt(bytes[at + place] ?? 0)
  if (kind === "f") {
    const view = new DataView(new ArrayBuffer(8))
    view.setBigUint64(0, value, true)
    return size === 4 ? floatText(view.getFloat32(0, true), 8) : floatText(view.getFloat64(0, true), 17)
  }
  if (kind === "d") return String(BigInt.asIntN(size * 8, value))
  if (kind === "u") return String(value)
  const digits = kind === "x" ? size * 2 : WIDTHS.o[size]
  return value.toString(kind === "x" ? 16 : 8).padStart(digits, "0")
}

/** Fewest digits that tell it from others. */
const floatText = (value: number, digits: number): string => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf"
  for (let precision = digits === 8 ? 6 : 15; precision < digits; precision++) {
    const text = value.toPrecision(precision)
    if (digits === 8 ? Math.fround(Number(text)) === value : Number(text) === value) return shortened(text)
  }
  return shortened(value.toPrecision(digits))
}

const shortened = (text: string): string => {
  const [mantissa, exponent] = text.split("e")
  const digits = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa
  return exponent === undefined ? digits : `${digits}e${exponent.replace(/^([-+])(\d)$/, "$10$2")}`
}

/** The lines of one row: one for each format, fields spread to the widest. */
const rows = (bytes: Uint8Array, across: number, formats: readonly Format[], offset: string): string => {
  const total = Math.max(...formats.map(({ size, width }) => (across / size) * (width + 1)))
  let text = ""
  for (const [at, format] of formats.entries()) {
    const count = across / format.size
    const spare = total - count * (format.width + 1)
    let line = ""
    for (let cell = 0; cell < count; cell++) {
      const pad = Math.floor((spare * (cell + 1)) / count) - Math.floor((spare * cell) / count)
      if (cell * format.size < bytes.length) line += field(bytes, cell * format.size, format).padStart(format.width + 1 + pad)
      else if (format.text) line += " ".repeat(format.width + 1 + pad)
    }
    text += `${at === 0 ? offset : " ".repeat(offset.length)}${line}${format.text ? `  >${visible(bytes)}<` : ""}\n`
  }
  return text
}

const number = (text: string): number => {
  const match = /^(0x[0-9a-f]+|\d+)([bkKMG]?)B?$/i.exec(text)
  if (!match) return Number.NaN
  return Number(match[1]) * ({ b: 512, k: 1024, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }[match[2]] ?? 1)
}

/** Bytes of all files as one input, up to `most`. */
class Input {
  ok = true
  readonly #process: Process
  readonly #names: string[]
  #fd: number | undefined
  #left: number
  #held: Uint8Array = new Uint8Array()

  constructor(process: Process, names: readonly string[], most: number) {
    this.#process = process
    this.#names = names.length > 0 ? [...names] : ["-"]
    this.#left = most
  }

  /** The next `count` bytes; fewer at the end. */
  *take(count: number): Steps<Uint8Array> {
    while (this.#held.length < count && this.#left > 0) {
      const chunk = yield* this.#more(Math.min(this.#left, 4_096))
      if (!chunk) break
      this.#left -= chunk.length
      const joined = new Uint8Array(this.#held.length + chunk.length)
      joined.set(this.#held)
      joined.set(chunk, this.#held.length)
      this.#held = joined
    }
    const taken = this.#held.subarray(0, count)
    this.#held = this.#held.subarray(taken.length)
    return taken
  }

  *#more(most: number): Steps<Uint8Array | undefined> {
    for (;;) {
      if (this.#fd === undefined) {
        const name = this.#names.shift()
        if (name === undefined) return undefined
        try {
          if (name !== "-" && this.#process.files.exists(name) && this.#process.files.stat(name).type === "directory")
            throw new SystemError("EISDIR")
          this.#fd = name === "-" ? 0 : yield* this.#process.open(name, "r")
        } catch (error) {
          if (!(error instanceof SystemError)) throw error
          this.ok = false
          yield* this.#process.error(`od: ${name}: ${error.code === "EISDIR" ? "read error: " : ""}${error.message}\n`)
          continue
        }
      }
      const chunk = yield* this.#process.read(this.#fd, most)
      if (chunk.length > 0) return chunk
      if (this.#fd !== 0) this.#process.close(this.#fd)
      this.#fd = undefined
    }
  }
}

export const od = defineTool({
  name: "od",
  busybox: true,
  summary: "dump files in octal and other formats",
  *run(process, args) {
    const parsed = parseOptions(
      args.map((word) => (/^(-w|--width)$/.test(word) ? "-w32" : word)),
      {
        letters: "bcdoxvasfil",
        valued: "tANjwS",
        long: {
          "format=": "t",
          "address-radix=": "A",
          "read-bytes=": "N",
          "skip-bytes=": "j",
          "width=": "w",
          "output-duplicates": "v",
          "strings=": "S",
          traditional: "traditional",
          "endian=": "endian",
        },
      },
    )
    if (parsed.problem) return yield* usageError(process, "od", parsed.problem)
    const { flags, all, words } = parsed
    const types = args.flatMap((word) => (/^-[abcdfilosxv]+$/.test(word) ? [...word.slice(1)].flatMap((letter) => OLD[letter] ?? []) : []))
    const formats: Format[] = []
    for (const type of [...types, ...(all.get("t") ?? [])]) {
      const own = formatsOf(type)
      if (typeof own === "string") {
        yield* process.error(
          `od: ${own}${own.endsWith("type string") && !own.startsWith("invalid char") ? ` ${quote(process, type)}` : ` ${quote(process, type)}`}\n`,
        )
        return 1
      }
      formats.push(...own)
    }
    if (formats.length === 0) formats.push({ kind: "o", size: 2, width: 6, text: false })
    const radix = String(flags.get("A") ?? "o")
    if (!/^[doxn]$/.test(radix)) {
      yield* process.error(`od: invalid output address radix '${radix}'; it must be one character from [doxn]\n`)
      return 1
    }
    const numbers = { j: 0, N: Number.POSITIVE_INFINITY, w: 16 }
    for (const name of ["j", "N", "w"] as const) {
      const given = flags.get(name)
      if (given === undefined) continue
      numbers[name] = number(String(given))
      if (Number.isNaN(numbers[name])) {
        yield* process.error(`od: invalid -${name} argument ${quote(process, String(given))}\n`)
        return 1
      }
    }
    const across = numbers.w > 0 && formats.every(({ size }) => numbers.w % size === 0) ? Math.min(numbers.w, 4_096) : 16
    const input = new Input(process, words, numbers.j + numbers.N)
    for (let left = numbers.j; left > 0; ) {
      const skipped = yield* input.take(Math.min(left, 4_096))
      if (skipped.length === 0) {
        yield* process.error("od: cannot skip past end of combined input\n")
        return 1
      }
      left -= skipped.length
    }
    const offset = (at: number) => (radix === "n" ? "" : radix === "x" ? hex(at, 6) : at.toString(radix === "d" ? 10 : 8).padStart(7, "0"))
    let at = numbers.j
    let last = ""
    let starred = false
    let text = ""
    for (;;) {
      const bytes = yield* input.take(across)
      if (bytes.length === 0) break
      const key = bytes.join()
      if (!flags.has("v") && key === last && bytes.length === across) {
        if (!starred) text += "*\n"
        starred = true
      } else {
        text += rows(bytes, across, formats, offset(at))
        starred = false
      }
      last = key
      at += bytes.length
      if (process.charge(12 * formats.length)) yield* process.yield()
      if (text.length > 8_192) {
        yield* process.print(text)
        text = ""
      }
    }
    // Nothing that could be read at all has no end either.
    const end = input.ok || at > 0
    yield* process.print(`${text}${!end || radix === "n" ? "" : `${offset(at)}\n`}`)
    return input.ok ? 0 : 1
  },
})
