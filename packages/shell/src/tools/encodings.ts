/** base64, base32, basenc: bytes as text in several alphabets (basenc.c). */
import { defineTool } from "../define-tool.ts"
import { printEach } from "./pacing.ts"
import { eachFile, parseOptions, quote, usageError } from "./reading.ts"

/** Groups of `group` digits, `bits` bits each. */
interface Base {
  readonly alphabet: string
  readonly bits: number
  readonly group: number
  /** Without "=" and in whole bytes. */
  readonly unpadded?: boolean
  readonly littleEndian?: boolean
  /** Z85: four bytes as five digits of a number in base 85, and no other lengths. */
  readonly words?: boolean
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
const BASES: Readonly<Record<string, Base>> = {
  base64: { alphabet: `${LETTERS}${LETTERS.toLowerCase()}0123456789+/`, bits: 6, group: 4 },
  base64url: { alphabet: `${LETTERS}${LETTERS.toLowerCase()}0123456789-_`, bits: 6, group: 4 },
  base32: { alphabet: `${LETTERS}234567`, bits: 5, group: 8 },
  base32hex: { alphabet: `0123456789${LETTERS.slice(0, 22)}`, bits: 5, group: 8 },
  base16: { alphabet: "0123456789ABCDEF", bits: 4, group: 2, unpadded: true },
  base2msbf: { alphabet: "01", bits: 1, group: 8, unpadded: true },
  z85: {
    alphabet: `0123456789${LETTERS.toLowerCase()}${LETTERS}.-:+=^!/*?&<>()[]{}@%$#`,
    bits: 6.4,
    group: 5,
    unpadded: true,
    words: true,
  },
  base2lsbf: { alphabet: "01", bits: 1, group: 8, unpadded: true, littleEndian: true },
}

/** Bytes encoded and digits decoded at a time: whole groups. */
const ENCODED = 3_840
const DECODED = 4_000

const turned = (byte: number): number => {
  let result = 0
  for (let bit = 0; bit < 8; bit++) result |= ((byte >> bit) & 1) << (7 - bit)
  return result
}

const encodeWords = (data: Uint8Array, alphabet: string): string => {
  let text = ""
  for (let at = 0; at < data.length; at += 4) {
    let value = ((data[at] << 24) | (data[at + 1] << 16) | (data[at + 2] << 8) | data[at + 3]) >>> 0
    let digits = ""
    for (let place = 0; place < 5; place++, value = Math.floor(value / 85)) digits = alphabet[value % 85] + digits
    text += digits
  }
  return text
}

const decodeWords = (text: string, alphabet: string): Uint8Array => {
  const bytes: number[] = []
  for (let at = 0; at + 5 <= text.length; at += 5) {
    let value = 0
    for (const digit of text.slice(at, at + 5)) value = value * 85 + alphabet.indexOf(digit)
    bytes.push((value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
  }
  return Uint8Array.from(bytes)
}

const encode = (data: Uint8Array, { alphabet, bits, group, unpadded, littleEndian, words }: Base): string => {
  if (words) return encodeWords(data, alphabet)
  let text = ""
  let [buffer, held] = [0, 0]
  for (const byte of data) {
    buffer = ((buffer << 8) | (littleEndian ? turned(byte) : byte)) & 0xffffff
    held += 8
    while (held >= bits) {
      held -= bits
      text += alphabet[(buffer >> held) & (2 ** bits - 1)]
    }
  }
  if (held > 0) text += alphabet[(buffer << (bits - held)) & (2 ** bits - 1)]
  return unpadded ? text : text + "=".repeat((group - (text.length % group)) % group)
}

const decode = (text: string, { alphabet, bits, littleEndian, words }: Base): Uint8Array => {
  if (words) return decodeWords(text, alphabet)
  const bytes = new Uint8Array(Math.floor((text.length * bits) / 8))
  let [buffer, held, length] = [0, 0, 0]
  for (const character of text) {
    buffer = ((buffer << bits) | alphabet.indexOf(character)) & 0xffffff
    held += bits
    if (held < 8) continue
    held -= 8
    const byte = (buffer >> held) & 0xff
    bytes[length++] = littleEndian ? turned(byte) : byte
  }
  return bytes.subarray(0, length)
}

/** Encoded text by the line. */
function* encodedLines(data: Uint8Array, base: Base, width: number): Generator<string> {
  let rest = ""
  for (let at = 0; at < data.length; at += ENCODED) {
    const text = rest + encode(data.subarray(at, at + ENCODED), base)
    if (width === 0) {
      yield text
      continue
    }
    let from = 0
    for (; from + width <= text.length; from += width) yield `${text.slice(from, from + width)}\n`
    rest = text.slice(from)
  }
  if (rest !== "") yield `${rest}\n`
}

/** How much of an encoded text is right, and whether that is all: a last group may lack its padding. */
const checked = (text: string, base: Base): { digits: string; right: boolean } => {
  const odd = [...text].findIndex((character) => !base.alphabet.includes(character))
  const good = odd < 0 ? text.length : odd
  const rest = text.slice(good)
  const missing = (base.group - (good % base.group)) % base.group
  const right =
    /^=*$/.test(rest) && (rest.length === missing || (base.unpadded !== true && rest === "" && base.group === 4 && good % 4 === 0))
  // What can be made whole bytes of comes out before the complaint.
  const usable = right || rest === "" ? good : good - (good % base.group)
  return { digits: text.slice(0, usable), right }
}

const encoder = (
  name: string,
  base: (flags: ReadonlyMap<string, string | true>) => Base | undefined,
  long: Readonly<Record<string, string>>,
) =>
  defineTool({
    name,
    busybox: name !== "basenc",
    summary:
      name === "basenc" ? "encode/decode data and print to standard output" : `${name} encode/decode data and print to standard output`,
    *run(process, args) {
      const { flags, words, problem } = parseOptions(args, {
        letters: "di",
        valued: "w",
        long: { decode: "d", "wrap=": "w", "ignore-garbage": "i", ...long },
      })
      if (problem) return yield* usageError(process, name, problem)
      const chosen = base(flags)
      if (!chosen) {
        yield* process.error(`${name}: missing encoding type\nTry '${name} --help' for more information.\n`)
        return 1
      }
      if (words.length > 1) return yield* usageError(process, name, `extra operand ${quote(process, words[1])}`)
      const given = String(flags.get("w") ?? 76)
      if (!/^\d+$/.test(given)) {
        yield* process.error(`${name}: invalid wrap size: ${quote(process, given)}\n`)
        return 1
      }
      let status = 0
      const ok = yield* eachFile(process, name, words, function* (fd) {
        const data = yield* process.readAll(fd)
        if (process.charge(data.length >> 9)) yield* process.yield()
        if (chosen.words && !flags.has("d") && data.length % 4 !== 0) {
          yield* process.error(`${name}: invalid input (length must be multiple of 4 characters)\n`)
          status = 1
          return
        }
        if (!flags.has("d")) return yield* printEach(process, encodedLines(data, chosen, Number(given)), (line) => line, 8)
        const plain = new TextDecoder().decode(data).replaceAll("\n", "")
        const text = flags.has("i") ? [...plain].filter((one) => chosen.alphabet.includes(one) || one === "=").join("") : plain
        const { digits, right } = checked(text, chosen)
        for (let at = 0; at < digits.length; at += DECODED) {
          yield* process.write(1, decode(digits.slice(at, at + DECODED), chosen))
          if (process.charge(DECODED >> 3)) yield* process.yield()
        }
        if (right) return
        yield* process.error(`${name}: invalid input\n`)
        status = 1
      })
      return ok ? status : 1
    },
  })

export const base64 = encoder("base64", () => BASES.base64, {})
export const base32 = encoder("base32", () => BASES.base32, {})
export const basenc = encoder(
  "basenc",
  (flags) => {
    const name = Object.keys(BASES).findLast((one) => flags.has(one))
    return name === undefined ? undefined : BASES[name]
  },
  Object.fromEntries(Object.keys(BASES).map((name) => [name, name])),
)
