/** hexdump: bytes by format strings, its own or those of -e (hexdump-parse.c, hexdump-display.c). */
import { defineTool } from "../../define-tool.ts"
import { printEach } from "../pacing.ts"
import { parseOptions, usageError } from "../reading.ts"
import { bytesOf } from "./bytes.ts"

/** A piece of a format: text, an address, or a conversion of `bytes` bytes. */
interface Piece {
  readonly text: string
  /** "" for text alone. */
  readonly kind: string
  readonly flags: string
  readonly width: number
  readonly precision: string
  readonly bytes: number
}

interface Unit {
  readonly count: number
  readonly pieces: readonly Piece[]
  /** Bytes of one turn. */
  readonly bytes: number
}

class FormatError extends Error {}

const NAMES = "nul soh stx etx eot enq ack bel bs ht lf vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us".split(
  " ",
)
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  "\\": "\\",
  '"': '"',
  0: "\0",
}
const ESCAPED: Readonly<Record<number, string>> = { 0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r" }

/** The format strings behind the letters. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  "": ['"%07.7_Ax\\n"', '"%07.7_ax " 8/2 "%04x " "\\n"'],
  b: ['"%07.7_Ax\\n"', '"%07.7_ax " 16/1 "%03o " "\\n"'],
  c: ['"%07.7_Ax\\n"', '"%07.7_ax " 16/1 "%3_c " "\\n"'],
  C: ['"%08.8_Ax\\n"', '"%08.8_ax  " 8/1 "%02x " "  " 8/1 "%02x " ', '"  |" 16/1 "%_p" "|\\n"'],
  d: ['"%07.7_Ax\\n"', '"%07.7_ax " 8/2 "  %05u " "\\n"'],
  o: ['"%07.7_Ax\\n"', '"%07.7_ax " 8/2 " %06o " "\\n"'],
  x: ['"%07.7_Ax\\n"', '"%07.7_ax " 8/2 "   %04x " "\\n"'],
}

const CONVERSION = /%([-+ #0]*)(\d*)(?:\.(\d+))?(_[aA][dox]|_c|_p|_u|[cdiouxXeEfgGs%])/g

const piecesOf = (format: string, bytes: number | undefined): Piece[] => {
  const text = format.replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter)
  const pieces: Piece[] = []
  let from = 0
  const plain = (to: number) => {
    if (to > from) pieces.push({ text: text.slice(from, to), kind: "", flags: "", width: 0, precision: "", bytes: 0 })
  }
  for (const match of text.matchAll(CONVERSION)) {
    plain(match.index)
    const [whole, flags, width, precision = "", kind] = match
    from = match.index + whole.length
    const address = kind.startsWith("_a") || kind.startsWith("_A")
    const size =
      address || kind === "%"
        ? 0
        : "cpu".includes(kind.replace("_", "")) && kind !== "u"
          ? 1
          : kind === "s"
            ? (bytes ?? (Number(precision) || 1))
            : (bytes ?? ("eEfgG".includes(kind) ? 8 : 4))
    pieces.push({ text: "", kind, flags, width: Number(width || 0), precision, bytes: size })
  }
  plain(text.length)
  if (/%(?![-+ #0]*\d*(?:\.\d+)?(?:_[aA][dox]|_c|_p|_u|[cdiouxXeEfgGs%]))/.test(text))
    throw new FormatError(`bad conversion character ${text}`)
  return pieces
}

/** Throws FormatError. */
const unitsOf = (format: string): Unit[] => {
  const units: Unit[] = []
  let rest = format.trim()
  while (rest !== "") {
    const match = /^(?:(\d+)(?:\/(\d+))?|\/(\d+))?\s*"((?:[^"\\]|\\.)*)"\s*/.exec(rest)
    if (!match) throw new FormatError(`bad format {${format}}`)
    const [whole, count, each, alone, text] = match
    const pieces = piecesOf(text, each === undefined && alone === undefined ? undefined : Number(each ?? alone))
    units.push({ count: Number(count ?? 1), pieces, bytes: pieces.reduce((sum, piece) => sum + piece.bytes, 0) })
    rest = rest.slice(whole.length)
  }
  return units
}

const padded = (text: string, { flags, width }: Piece): string => {
  if (flags.includes("-")) return text.padEnd(width)
  return text.padStart(width, flags.includes("0") ? "0" : " ")
}

const shown = (piece: Piece, bytes: Uint8Array, at: number): string => {
  const [byte] = bytes
  switch (piece.kind) {
    case "_c":
      return padded(ESCAPED[byte] ?? (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : byte.toString(8).padStart(3, "0")), piece)
    case "_p":
      return padded(byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".", piece)
    case "_u":
      return padded(NAMES[byte] ?? (byte === 127 ? "del" : byte < 127 ? String.fromCharCode(byte) : byte.toString(16)), piece)
    case "c":
      return padded(String.fromCharCode(byte), piece)
    case "s":
      return padded(String.fromCharCode(...bytes).replace(/\0[\s\S]*$/, ""), piece)
    case "%":
      return "%"
    default:
      return piece.kind.startsWith("_")
        ? padded(inRadix(at, piece.kind[2]).padStart(Number(piece.precision || 0), "0"), piece)
        : numeral(piece, bytes)
  }
}

const inRadix = (value: number, radix: string): string => value.toString(radix === "x" ? 16 : radix === "o" ? 8 : 10)

const numeral = (piece: Piece, bytes: Uint8Array): string => {
  let value = 0n
  for (let place = bytes.length - 1; place >= 0; place--) value = (value << 8n) | BigInt(bytes[place])
  const { kind } = piece
  if ("eEfgG".includes(kind)) {
    const view = new DataView(new ArrayBuffer(8))
    view.setBigUint64(0, value, true)
    const real = bytes.length === 4 ? view.getFloat32(0, true) : view.getFloat64(0, true)
    return padded(kind === "f" ? real.toFixed(Number(piece.precision || 6)) : String(real), piece)
  }
  const text =
    kind === "d" || kind === "i"
      ? String(BigInt.asIntN(bytes.length * 8, value))
      : kind === "u"
        ? String(value)
        : value.toString(kind === "o" ? 8 : 16)
  return padded((kind === "X" ? text.toUpperCase() : text).padStart(Number(piece.precision || 0), "0"), piece)
}

/** Blocks of the input by the formats; rows that repeat become "*". */
class Dumper {
  readonly #formats: readonly (readonly Unit[])[]
  readonly #data: Uint8Array
  readonly #from: number
  /** Bytes that the longest format takes. */
  readonly #block: number

  /** `from`: the offset of the first byte. */
  constructor(formats: readonly string[], data: Uint8Array, from: number) {
    this.#formats = formats.map(unitsOf)
    this.#data = data
    this.#from = from
    this.#block = Math.max(1, ...this.#formats.map((units) => units.reduce((sum, { count, bytes }) => sum + count * bytes, 0)))
  }

  *rows(all: boolean): Generator<string> {
    let last = ""
    let starred = false
    for (let at = 0; at < this.#data.length; at += this.#block) {
      const bytes = this.#data.subarray(at, at + this.#block)
      const key = bytes.join()
      if (!all && at > 0 && key === last && bytes.length === this.#block) {
        yield starred ? "" : "*\n"
        starred = true
        continue
      }
      last = key
      starred = false
      yield this.#formats.map((units) => this.#row(units, bytes, at + this.#from)).join("")
    }
    if (this.#data.length > 0) yield this.#formats.map((units) => this.#end(units)).join("")
  }

  #row(units: readonly Unit[], bytes: Uint8Array, offset: number): string {
    if (units.some(({ pieces }) => pieces.some(({ kind }) => kind.startsWith("_A")))) return ""
    let text = ""
    let at = 0
    for (const unit of this.#filled(units)) {
      for (let turn = 0; turn < unit.count; turn++) {
        const last = turn === unit.count - 1 && unit.count > 1
        for (const [index, piece] of unit.pieces.entries()) {
          if (piece.kind === "") text += last && index === unit.pieces.length - 1 ? piece.text.trimEnd() : piece.text
          else if (piece.bytes > 0 && at >= bytes.length) text += " ".repeat(piece.width)
          else {
            const own = new Uint8Array(piece.bytes)
            own.set(bytes.subarray(at, at + piece.bytes))
            text += shown(piece, own, offset + at)
            at += piece.bytes
          }
        }
      }
    }
    return text
  }

  /** The last unit that takes bytes goes on to the end of the block. */
  #filled(units: readonly Unit[]): readonly Unit[] {
    const used = units.reduce((sum, { count, bytes }) => sum + count * bytes, 0)
    const lastAt = units.findLastIndex(({ bytes }) => bytes > 0)
    if (lastAt < 0 || used >= this.#block) return units
    return units.map((unit, at) => (at === lastAt ? { ...unit, count: unit.count + Math.floor((this.#block - used) / unit.bytes) } : unit))
  }

  #end(units: readonly Unit[]): string {
    if (!units.some(({ pieces }) => pieces.some(({ kind }) => kind.startsWith("_A")))) return ""
    const end = this.#from + this.#data.length
    return units
      .flatMap(({ pieces }) => pieces.map((piece) => (piece.kind === "" ? piece.text : shown(piece, new Uint8Array(), end))))
      .join("")
  }
}

const size = (text: string): number => {
  const match = /^(0x[0-9a-f]+|\d+)([kKmMgGb]?)/i.exec(text)
  return match ? Number(match[1]) * ({ b: 512, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[match[2].toLowerCase()] ?? 1) : 0
}

export const hexdump = defineTool({
  name: "hexdump",
  aliases: ["hd"],
  busybox: true,
  summary: "display file contents in hexadecimal, decimal, octal, or ascii",
  version: "from util-linux 2.39.3",
  *run(process, args) {
    const { flags, all, words, problem } = parseOptions(args, {
      letters: "bcCdoxv",
      valued: "nsefL",
      long: {
        canonical: "C",
        "one-byte-octal": "b",
        "one-byte-char": "c",
        "two-bytes-decimal": "d",
        "two-bytes-octal": "o",
        "two-bytes-hex": "x",
        "format=": "e",
        "format-file=": "f",
        "length=": "n",
        "skip=": "s",
        "no-squeezing": "v",
      },
    })
    if (problem) return yield* usageError(process, "hexdump", problem)
    const skip = size(String(flags.get("s") ?? "0"))
    if (skip > 0 && words.length === 0 && process.fds.get(0)?.kind !== "file") {
      yield* process.error("hexdump: stdin: Illegal seek\n")
      return 1
    }
    const data = yield* bytesOf(process, "hexdump", words)
    if (!data) return 1
    const part = data.subarray(skip, flags.has("n") ? skip + size(String(flags.get("n"))) : undefined)
    const canonical = process.argv[0]?.endsWith("hd") && !process.argv[0].endsWith("xhd")
    const letters = ["b", "c", "C", "d", "o", "x"].filter((letter) => flags.has(letter))
    const own = [...letters.flatMap((letter) => OWN[letter]), ...(all.get("e") ?? [])]
    try {
      const dumper = new Dumper(own.length > 0 ? own : OWN[canonical ? "C" : ""], part, skip)
      yield* printEach(process, dumper.rows(flags.has("v")), (text) => text, 16)
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      yield* process.error(`hexdump: ${error.message}\n`)
      return 1
    }
    return 0
  },
})
