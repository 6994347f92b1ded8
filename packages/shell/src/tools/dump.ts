/** od, xxd, hexdump, strings: bytes made visible. */
import { SystemError, type Process, type Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { eachPart, printEach } from "./pacing.ts"
import { parseOptions, readFile, usageError } from "./reading.ts"

const MAX_BYTES = 1024 * 1024

function* bytesOf(process: Process, tool: string, names: readonly string[]): Steps<Uint8Array | undefined> {
  const parts: number[] = []
  for (const name of names.length > 0 ? names : ["-"]) {
    try {
      const data = yield* readFile(process, name)
      yield* eachPart(
        process,
        data.subarray(0, MAX_BYTES),
        (part) => {
          for (const byte of part) parts.push(byte)
        },
        32,
      )
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
function* dump(data: Uint8Array, offset: (at: number) => string, row: (bytes: Uint8Array) => string, all: boolean): Generator<string> {
  let last = ""
  let starred = false
  for (let at = 0; at < data.length; at += 16) {
    const bytes = data.subarray(at, at + 16)
    const shown = row(bytes)
    if (!all && shown === last && bytes.length === 16) {
      yield starred ? "" : "*\n"
      starred = true
      continue
    }
    starred = false
    last = shown
    yield `${offset(at)}${shown}\n`
  }
}

/** Fuel of a row. */
const ROW = 8

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
    yield* printEach(process, dump(shown, offset, row, flags.has("v")), (text) => text, ROW)
    if (radix !== "n") yield* process.print(`${offset(shown.length)}\n`)
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
    yield* printEach(process, dump(data, offset, row, flags.has("v")), (text) => text, ROW)
    if (data.length > 0) yield* process.print(`${offset(data.length)}\n`)
    return 0
  },
})

const MAX_COLUMNS = 256

/** What -i writes: a C array, named after the file. */
const included = (data: Uint8Array, name: string | undefined): string => {
  const cells = [...data].map((byte) => `0x${hex(byte, 2)}`)
  let rows = ""
  for (let at = 0; at < cells.length; at += 12) rows += `  ${cells.slice(at, at + 12).join(", ")}${at + 12 < cells.length ? ",\n" : "\n"}`
  if (name === undefined) return rows
  const own = name.replace(/[^A-Za-z0-9_]/g, "_").replace(/^(?=\d)/, "__")
  return `unsigned char ${own}[] = {\n${rows}};\nunsigned int ${own}_len = ${data.length};\n`
}

export const xxd = defineTool({
  name: "xxd",
  busybox: true,
  version: "2024-02-10",
  summary: "make a hexdump or do the reverse",
  *run(process, args) {
    const {
      flags,
      words: names,
      problem,
    } = parseOptions(
      args.map((word) =>
        /^-(?:ps|plain|postscript)$/.test(word)
          ? "-p"
          : /^-(?:len|seek|cols|include|revert|uppercase|bits)$/.test(word)
            ? word.slice(0, 2)
            : word,
      ),
      { letters: "rpubiedaEC", valued: "lcgson", long: { "-len=": "l" } },
    )
    if (problem) return yield* usageError(process, "xxd", problem)
    const [name] = names
    if (name !== undefined && name !== "-" && !process.files.exists(name)) {
      yield* process.error(`xxd: ${name}: No such file or directory\n`)
      return 2
    }
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
    const skip = Number(flags.get("s") ?? 0)
    const shown = data.subarray(skip, flags.has("l") ? skip + Number(flags.get("l")) : undefined)
    if (flags.has("i")) {
      yield* process.print(included(shown, name))
      return 0
    }
    const bits = flags.has("b")
    const little = flags.has("e")
    const digits = (byte: number) => (bits ? byte.toString(2).padStart(8, "0") : flags.has("u") ? hex(byte, 2).toUpperCase() : hex(byte, 2))
    const size = bits ? 8 : 2
    const across = Math.max(1, Math.min(MAX_COLUMNS, Number(flags.get("c") ?? (flags.has("p") ? 30 : bits ? 6 : 16)) || 16))
    const group = Math.max(1, Number(flags.get("g") ?? (bits ? 1 : little ? 4 : 2)) || across)
    const offset = skip + Number(flags.get("o") ?? 0)
    let text = ""
    for (let at = 0; at < shown.length; at += across) {
      const bytes = shown.subarray(at, at + across)
      if (flags.has("p")) {
        text += `${[...bytes].map(digits).join("")}\n`
        continue
      }
      let cells = ""
      for (let from = 0; from < across; from += group) {
        const part: string[] = []
        for (let place = from; place < Math.min(from + group, across); place++)
          part.push(place < bytes.length ? digits(bytes[place]) : " ".repeat(size))
        cells += `${(little ? part.reverse() : part).join("")} `
      }
      const width = across * size + Math.ceil(across / group) - 1
      const place = flags.has("d") ? String(at + offset).padStart(8, "0") : hex(at + offset, 8)
      text += `${place}: ${cells.trimEnd().padEnd(width)}${little ? "   " : "  "}${visible(bytes)}\n`
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
    const {
      flags,
      words: names,
      problem,
    } = parseOptions(
      args.map((word) => (/^-\d+$/.test(word) ? `-n${word.slice(1)}` : word)),
      {
        letters: "adfow",
        valued: "ntes",
        long: {
          all: "a",
          data: "d",
          "print-file-name": "f",
          "bytes=": "n",
          "radix=": "t",
          "output-separator=": "s",
          "include-all-whitespace": "w",
        },
      },
    )
    if (problem) return yield* usageError(process, "strings", problem)
    const least = Number(flags.get("n") ?? 4)
    const radix = flags.has("o") ? 8 : { d: 10, o: 8, x: 16 }[String(flags.get("t") ?? "")]
    const end = String(flags.get("s") ?? "\n")
    let status = 0
    for (const name of names.length > 0 ? names : ["-"]) {
      if (name !== "-" && !process.files.exists(name)) {
        yield* process.error(`strings: '${name}': No such file\n`)
        status = 1
        continue
      }
      const data = yield* bytesOf(process, "strings", [name])
      if (!data) {
        status = 1
        continue
      }
      let run = ""
      let text = ""
      for (let at = 0; at <= data.length; at++) {
        const byte = data[at] ?? 0
        if ((byte >= 32 && byte < 127) || byte === 9 || (flags.has("w") && byte >= 10 && byte <= 13)) run += String.fromCharCode(byte)
        else {
          if (run.length >= least)
            text += `${flags.has("f") ? `${name}: ` : ""}${radix ? `${(at - run.length).toString(radix).padStart(7)} ` : ""}${run}${end}`
          run = ""
        }
      }
      yield* process.print(text)
    }
    return status
  },
})
