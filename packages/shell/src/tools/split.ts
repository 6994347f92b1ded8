/** split: a file in pieces (split.c): by lines, bytes, whole lines within bytes, or into so many chunks. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { sizeOf, wholeNumber } from "./option-values.ts"
import { writeTo } from "./popen.ts"
import { parseOptions, quote, readFile, usageError } from "./reading.ts"

const ALPHABETS = { letters: "abcdefghijklmnopqrstuvwxyz", digits: "0123456789", hex: "0123456789abcdef" }

/** Ends of suffixes: aa, ab … yz, then zaaa … unless their length was given. Undefined when they are used up. */
class Suffixes {
  readonly #alphabet: string
  readonly #length: number
  readonly #grows: boolean
  #next: number

  constructor(alphabet: string, length: number, grows: boolean, first = 0) {
    this.#alphabet = alphabet
    this.#length = length
    this.#grows = grows
    this.#next = first
  }

  take(): string | undefined {
    const base = this.#alphabet.length
    let at = this.#next++
    let text = ""
    let length = this.#length
    if (this.#grows)
      for (let room = (base - 1) * base ** (length - 1); at >= room; room = (base - 1) * base ** (length - 1)) {
        at -= room
        text += this.#alphabet[base - 1]
        length++
      }
    else if (at >= base ** length) return undefined
    let digits = ""
    for (let place = 0; place < length; place++, at = Math.floor(at / base)) digits = this.#alphabet[at % base] + digits
    return text + digits
  }
}

/** Where each line of `data` ends, that of a last one without separator too. */
function* lineEnds(data: Uint8Array, separator: number): Generator<number> {
  for (let at = data.indexOf(separator); at >= 0; at = data.indexOf(separator, at + 1)) yield at + 1
  if (data.length > 0 && data[data.length - 1] !== separator) yield data.length
}

type Pieces = Iterable<Uint8Array>

function* byLines(data: Uint8Array, lines: number, separator: number): Generator<Uint8Array> {
  let [from, count] = [0, 0]
  for (const end of lineEnds(data, separator)) {
    if (++count % lines !== 0) continue
    yield data.subarray(from, end)
    from = end
  }
  if (from < data.length) yield data.subarray(from)
}

function* byBytes(data: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size)
}

/** As many whole lines as `size` bytes hold; a longer line is cut. */
function* byLineBytes(data: Uint8Array, size: number, separator: number): Generator<Uint8Array> {
  for (let from = 0; from < data.length; ) {
    const last = data.subarray(from, from + size).lastIndexOf(separator)
    const end = from + size >= data.length ? data.length : last < 0 ? from + size : from + last + 1
    yield data.subarray(from, end)
    from = end
  }
}

/** Where chunk `at` of `count` ends: the first ones take what does not come out even. */
const chunkEnd = (size: number, count: number, at: number): number => Math.floor(size / count) * (at + 1) + Math.min(at + 1, size % count)

function* chunksOfBytes(data: Uint8Array, count: number): Generator<Uint8Array> {
  for (let at = 0; at < count; at++)
    yield data.subarray(at === 0 ? 0 : chunkEnd(data.length, count, at - 1), chunkEnd(data.length, count, at))
}

/** Every line goes to the chunk that its first byte is in. */
function* chunksOfLines(data: Uint8Array, count: number, separator: number): Generator<Uint8Array> {
  let [from, begin, at] = [0, 0, 0]
  for (const end of lineEnds(data, separator)) {
    while (begin >= chunkEnd(data.length, count, at)) {
      yield data.subarray(from, begin)
      from = begin
      at++
    }
    begin = end
  }
  for (; at < count; at++) {
    yield data.subarray(from, begin)
    from = begin
  }
}

/** Lines dealt out in turn. */
function* dealt(data: Uint8Array, count: number, separator: number): Generator<Uint8Array> {
  const hands: Uint8Array[][] = Array.from({ length: count }, () => [])
  let [from, at] = [0, 0]
  for (const end of lineEnds(data, separator)) {
    hands[at++ % count].push(data.subarray(from, end))
    from = end
  }
  for (const hand of hands) {
    const piece = new Uint8Array(hand.reduce((sum, line) => sum + line.length, 0))
    let place = 0
    for (const line of hand) {
      piece.set(line, place)
      place += line.length
    }
    yield piece
  }
}

/** Chunks at most, as many as files that one directory may sensibly get. */
const MOST_CHUNKS = 100_000

interface Chunks {
  readonly kind: "" | "l" | "r"
  /** One alone, from 1, goes to standard output. */
  readonly only: number | undefined
  readonly count: number
}

const parseChunks = (process: Process, text: string): Chunks | string => {
  const match = /^(?:([lr])\/)?(?:([^/]*)\/)?(.*)$/.exec(text)
  const count = wholeNumber(process, match?.[3] ?? text, "invalid number of chunks", 1, MOST_CHUNKS)
  if (typeof count === "string") return count
  const kind = match?.[1] === "l" || match?.[1] === "r" ? match[1] : ""
  if (match?.[2] === undefined) return { kind, only: undefined, count }
  const only = wholeNumber(process, match[2], "invalid chunk number", 1, count)
  return typeof only === "string" ? only : { kind, only, count }
}

/** How the file is cut; a text where an option is wrong. */
const parseCut = (
  process: Process,
  flags: ReadonlyMap<string, string | true>,
): ((data: Uint8Array, separator: number) => Pieces) | Chunks | string => {
  if (flags.has("n")) return parseChunks(process, String(flags.get("n")))
  for (const letter of ["b", "C"])
    if (flags.has(letter)) {
      const text = String(flags.get(letter))
      const size = sizeOf(text)
      if (!size) return `invalid number of bytes: ${quote(process, text)}${size === 0 ? ": Numerical result out of range" : ""}`
      return letter === "b" ? (data) => byBytes(data, size) : (data, separator) => byLineBytes(data, size, separator)
    }
  const text = String(flags.get("l") ?? 1000)
  const lines = wholeNumber(process, String(sizeOf(text) ?? text), "invalid number of lines", 1)
  return typeof lines === "string" ? lines : (data, separator) => byLines(data, lines, separator)
}

const piecesOf = (cut: Exclude<ReturnType<typeof parseCut>, string>, data: Uint8Array, separator: number): Pieces => {
  if (typeof cut === "function") return cut(data, separator)
  const { kind, count } = cut
  return kind === "l" ? chunksOfLines(data, count, separator) : kind === "r" ? dealt(data, count, separator) : chunksOfBytes(data, count)
}

/** Hands a piece to a command of the shell, which finds the file's name in $FILE; its exit code. */
function* filtered(process: Process, command: string, name: string, piece: Uint8Array): Steps<number> {
  const { fd, pid } = writeTo(process, command, new Map([["FILE", name]]))
  try {
    yield* process.write(fd, piece)
  } catch (error) {
    if (!(error instanceof SystemError) || error.code !== "EPIPE") throw error
  } finally {
    process.close(fd)
  }
  const ended = yield* process.waitFor({ pid })
  return ended?.status.kind === "exited" ? ended.status.code : 1
}

/** The alphabet, and the first number where it was told. */
const suffixesOf = (flags: ReadonlyMap<string, string | true>, chunks: number | undefined): Suffixes => {
  const kind = flags.has("x") ? "hex" : flags.has("d") ? "digits" : "letters"
  const alphabet = ALPHABETS[kind]
  const given = flags.get(kind === "hex" ? "x" : "d")
  const first = typeof given === "string" ? Number.parseInt(given, kind === "hex" ? 16 : 10) || 0 : 0
  let needed = 2
  while (chunks !== undefined && alphabet.length ** needed < chunks + first) needed++
  const length = Number(flags.get("a") ?? 0) || needed
  return new Suffixes(alphabet, length, !flags.has("a") && chunks === undefined && typeof given !== "string", first)
}

export const split = defineTool({
  name: "split",
  busybox: true,
  summary: "split a file into pieces",
  *run(process, args) {
    const old = args.map((word) => (/^-\d+$/.test(word) ? `-l${word.slice(1)}` : word))
    const { flags, words, problem } = parseOptions(old, {
      letters: "deux",
      valued: "lbnaCt",
      long: {
        "lines=": "l",
        "bytes=": "b",
        "line-bytes=": "C",
        "number=": "n",
        "suffix-length=": "a",
        "numeric-suffixes=?": "d",
        "hex-suffixes=?": "x",
        "additional-suffix=": "S",
        "elide-empty-files": "e",
        "separator=": "t",
        unbuffered: "u",
        "filter=": "filter",
        verbose: "verbose",
      },
    })
    if (problem) return yield* usageError(process, "split", problem)
    const fail = function* (text: string): Steps<number> {
      yield* process.error(`split: ${text}\n`)
      return 1
    }
    const cut = parseCut(process, flags)
    if (typeof cut === "string") return yield* fail(cut)
    if ([..."lbCn"].filter((letter) => flags.has(letter)).length > 1)
      return yield* usageError(process, "split", "cannot split in more than one way")
    const given = String(flags.get("t") ?? "\n").replace(/^\\0$/, "\0")
    if (given === "") return yield* usageError(process, "split", "empty record separator")
    if (given.length > 1) return yield* usageError(process, "split", `multi-character separator ${quote(process, given)}`)
    if (words.length > 2) return yield* usageError(process, "split", `extra operand ${quote(process, words[2])}`)
    const [name = "-", prefix = "x"] = words
    let data: Uint8Array
    try {
      data = yield* readFile(process, name)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      return yield* fail(
        error.code === "EISDIR" ? `${name}: read error: ${error.message}` : `cannot open '${name}' for reading: ${error.message}`,
      )
    }
    const chunks = typeof cut === "function" ? undefined : cut
    const pieces = piecesOf(cut, data, given.charCodeAt(0))
    const suffixes = suffixesOf(flags, chunks?.count)
    let at = 0
    for (const piece of pieces) {
      if (process.charge(4 + (piece.length >> 10))) yield* process.yield()
      at++
      if (chunks?.only !== undefined) {
        if (at === chunks.only) yield* process.write(1, piece)
        continue
      }
      if (piece.length === 0 && (flags.has("e") || flags.has("filter"))) continue
      const suffix = suffixes.take()
      if (suffix === undefined) return yield* fail("output file suffixes exhausted")
      const target = `${prefix}${suffix}${String(flags.get("S") ?? "")}`
      if (flags.has("verbose"))
        yield* process.print(flags.has("filter") ? `executing with FILE='${target}'\n` : `creating file '${target}'\n`)
      if (flags.has("filter")) {
        const command = String(flags.get("filter"))
        const code = yield* filtered(process, command, target, piece)
        if (code !== 0) {
          yield* process.error(`split: with FILE=${target}, exit ${code} from command: ${command}\n`)
          return code
        }
        continue
      }
      try {
        process.files.write(target, piece)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        return yield* fail(`${target}: ${error.message}`)
      }
    }
    return 0
  },
})
