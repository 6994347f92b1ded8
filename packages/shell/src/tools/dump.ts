/** od, xxd, hexdump, strings: bytes made visible. */
import { SystemError, type Process, type Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions, readFile, usageError } from "./reading.ts"

const MAX_BYTES = 1024 * 1024

function* bytesOf(process: Process, tool: string, names: readonly string[]): Steps<Uint8Array | undefined> {
  const parts: number[] = []
  for (const name of names.length > 0 ? names : ["-"]) {
    try {
      const data = yield* readFile(process, name)
      for (const byte of data.subarray(0, MAX_BYTES)) parts.push(byte)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`${tool}: ${name}: ${error.message}\n`)
      return undefined
    }
  }
  if (process.charge(parts.length >> 4)) yield* process.yield()
  return Uint8Array.from(parts)
}

const hex = (value: number, width: number): string => value.toString(16).padStart(width, "0")
const NAMED: Readonly<Record<number, string>> = { 0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r" }

const character = (byte: number): string =>
  NAMED[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, "0"))

const visible = (bytes: Uint8Array): string =>
  [...bytes].map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("")

/** Words of `size` bytes, least significant first. */
const words = (bytes: Uint8Array, size: number): number[] => {
  const list: number[] = []
  for (let at = 0; at < bytes.length; at += size) {
    let value = 0
    for (let place = size - 1; place >= 0; place--) value = value * 256 + (bytes[at + place] ?? 0)
    list.push(value)
  }
  return list
}

const rowText = (bytes: Uint8Array, format: string): string => {
  const kind = format[0]
  const size = kind === "c" || kind === "a" ? 1 : Number(format.slice(1)) || 4
  if (kind === "c" || kind === "a") return [...bytes].map((byte) => character(byte).padStart(4)).join("")
  const width = { x: size * 2, o: Math.ceil((size * 8) / 3), d: [0, 4, 6, 0, 11][size] ?? 20, u: [0, 3, 5, 0, 10][size] ?? 20 }[kind] ?? 11
  return words(bytes, size)
    .map((value) => {
      const signed = kind === "d" && value >= 2 ** (size * 8 - 1) ? value - 2 ** (size * 8) : value
      const text = kind === "x" ? hex(value, width) : kind === "o" ? value.toString(8).padStart(width, "0") : String(signed)
      return ` ${text.padStart(width)}`
    })
    .join("")
}

/** Rows of 16 bytes; repeated ones become "*". */
const dump = (data: Uint8Array, offset: (at: number) => string, row: (bytes: Uint8Array) => string, all: boolean): string => {
  let text = ""
  let last = ""
  let starred = false
  for (let at = 0; at < data.length; at += 16) {
    const bytes = data.subarray(at, at + 16)
    const shown = row(bytes)
    if (!all && shown === last && bytes.length === 16) {
      if (!starred) text += "*\n"
      starred = true
      continue
    }
    starred = false
    last = shown
    text += `${offset(at)}${shown}\n`
  }
  return text
}

export const od = defineTool({
  name: "od",
  busybox: true,
  summary: "dump files in octal and other formats",
  *run(process, args) {
    const {
      flags,
      words: names,
      problem,
    } = parseOptions(args, {
      letters: "bcdoxvas",
      valued: "tANjw",
      long: { "format=": "t", "address-radix=": "A", "read-bytes=": "N", "skip-bytes=": "j" },
    })
    if (problem) return yield* usageError(process, "od", problem)
    const data = yield* bytesOf(process, "od", names)
    if (!data) return 1
    const format = flags.has("c")
      ? "c"
      : flags.has("x")
        ? "x2"
        : flags.has("b")
          ? "o1"
          : flags.has("d")
            ? "u2"
            : flags.has("a")
              ? "a"
              : String(flags.get("t") ?? "o2")
    const skip = Number(flags.get("j") ?? 0)
    const shown = data.subarray(skip, flags.has("N") ? skip + Number(flags.get("N")) : undefined)
    const kind = /^[xodu]z?$/.test(format) ? `${format[0]}4` : format.replace(/z$/, "")
    const widest = rowText(new Uint8Array(16), kind).length
    const row = (bytes: Uint8Array) =>
      rowText(bytes, kind) + (format.endsWith("z") ? `${" ".repeat(widest - rowText(bytes, kind).length)}  >${visible(bytes)}<` : "")
    const radix = String(flags.get("A") ?? "o")
    const offset = (at: number) =>
      radix === "n"
        ? ""
        : radix === "x"
          ? hex(at + skip, 6)
          : radix === "d"
            ? String(at + skip).padStart(7, "0")
            : (at + skip).toString(8).padStart(7, "0")
    yield* process.print(`${dump(shown, offset, row, flags.has("v"))}${radix === "n" ? "" : `${offset(shown.length)}\n`}`)
    return 0
  },
})

export const hexdump = defineTool({
  name: "hexdump",
  aliases: ["hd"],
  busybox: true,
  version: "from util-linux 2.39.3",
  summary: "display file contents in hexadecimal",
  *run(process, args) {
    const { flags, words: names, problem } = parseOptions(args, { letters: "Cvxc", valued: "ns" })
    if (problem) return yield* usageError(process, "hexdump", problem)
    const all = yield* bytesOf(process, "hexdump", names)
    if (!all) return 1
    const skip = Number(flags.get("s") ?? 0)
    const data = all.subarray(skip, flags.has("n") ? skip + Number(flags.get("n")) : undefined)
    const canonical = flags.has("C") || process.argv[0]?.endsWith("hd")
    const row = (bytes: Uint8Array) => {
      if (!canonical)
        return words(bytes, 2)
          .map((value) => ` ${hex(value, 4)}`)
          .join("")
          .padEnd(40)
      const pairs = [...bytes].map((byte) => hex(byte, 2))
      return `  ${[pairs.slice(0, 8).join(" "), pairs.slice(8).join(" ")].join("  ").padEnd(48)}  |${visible(bytes)}|`
    }
    const offset = (at: number) => hex(at + skip, canonical ? 8 : 7)
    yield* process.print(dump(data, offset, row, flags.has("v")) + (data.length > 0 ? `${offset(data.length)}\n` : ""))
    return 0
  },
})

export const xxd = defineTool({
  name: "xxd",
  busybox: true,
  version: "2024-02-10",
  summary: "make a hexdump or do the reverse",
  *run(process, args) {
    const { flags, words: names, problem } = parseOptions(args, { letters: "rpubis", valued: "lcgs", long: { ps: "p", "-len=": "l" } })
    if (problem) return yield* usageError(process, "xxd", problem)
    const data = yield* bytesOf(process, "xxd", names.slice(0, 1))
    if (!data) return 2
    if (flags.has("r")) {
      const bytes: number[] = []
      for (const line of new TextDecoder().decode(data).split("\n")) {
        const digits = flags.has("p") ? line : (/^[0-9a-fA-F]+: (.*?)(?: {2}|$)/.exec(line)?.[1] ?? "")
        for (const [pair] of digits.replace(/\s/g, "").matchAll(/[0-9a-fA-F]{2}/g)) bytes.push(Number.parseInt(pair, 16))
      }
      yield* process.write(1, Uint8Array.from(bytes))
      return 0
    }
    const shown = flags.has("l") ? data.subarray(0, Number(flags.get("l"))) : data
    const digits = (byte: number) => (flags.has("u") ? hex(byte, 2).toUpperCase() : hex(byte, 2))
    const across = Math.max(1, Number(flags.get("c") ?? (flags.has("p") ? 30 : 16)))
    const group = Math.max(1, Number(flags.get("g") ?? 2))
    let text = ""
    for (let at = 0; at < shown.length; at += across) {
      const bytes = shown.subarray(at, at + across)
      if (flags.has("p")) {
        text += `${[...bytes].map(digits).join("")}\n`
        continue
      }
      let cells = ""
      for (let place = 0; place < across; place++) {
        cells += place < bytes.length ? digits(bytes[place]) : "  "
        if (place % group === group - 1) cells += " "
      }
      text += `${hex(at, 8)}: ${cells.trimEnd().padEnd(across * 2 + Math.ceil(across / group) - 1)}  ${visible(bytes)}\n`
    }
    yield* process.print(text)
    return 0
  },
})

export const strings = defineTool({
  name: "strings",
  busybox: true,
  version: "(GNU Binutils for Ubuntu) 2.42",
  summary: "print the printable parts of files",
  *run(process, args) {
    const { flags, words: names, problem } = parseOptions(args, { letters: "af", valued: "nt" })
    if (problem) return yield* usageError(process, "strings", problem)
    const data = yield* bytesOf(process, "strings", names)
    if (!data) return 1
    const least = Number(flags.get("n") ?? 4)
    let run = ""
    let text = ""
    const radix = { d: 10, o: 8, x: 16 }[String(flags.get("t") ?? "")]
    for (let at = 0; at <= data.length; at++) {
      const byte = data[at] ?? 0
      if ((byte >= 32 && byte < 127) || byte === 9) run += String.fromCharCode(byte)
      else {
        if (run.length >= least) text += `${radix ? `${(at - run.length).toString(radix).padStart(7)} ` : ""}${run}\n`
        run = ""
      }
    }
    yield* process.print(text)
    return 0
  },
})
