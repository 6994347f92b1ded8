/** dd: blocks from one file to another. */
import { SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { shellQuoted } from "./each-word.ts"
import { humanSize } from "./ls.ts"
import { quote, usageError } from "./reading.ts"

const UNITS: Readonly<Record<string, number>> = {
  c: 1,
  w: 2,
  b: 512,
  K: 1024,
  k: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
}

/** "4K", "2x512"; undefined for what is no number. */
const amount = (text: string): number | undefined => {
  let product = 1
  for (const part of text.split("x")) {
    const match = /^(\d+)([a-zA-Z]*)$/.exec(part)
    if (!match || (match[2] !== "" && UNITS[match[2]] === undefined)) return undefined
    product *= Number(match[1]) * (UNITS[match[2]] ?? 1)
  }
  return product
}

const OPERANDS = new Set([
  "if",
  "of",
  "bs",
  "ibs",
  "obs",
  "count",
  "skip",
  "seek",
  "iseek",
  "oseek",
  "conv",
  "status",
  "iflag",
  "oflag",
  "cbs",
])
/** The most bytes that one run moves: a learner's world is small. */
const MOST = 2 ** 31

export const dd = defineTool({
  name: "dd",
  busybox: true,
  summary: "convert and copy a file",
  *run(process, args) {
    const given = new Map<string, string>()
    for (const word of args) {
      const equals = word.indexOf("=")
      if (equals < 0 || !OPERANDS.has(word.slice(0, equals)))
        return yield* usageError(process, "dd", `unrecognized operand ${quote(process, word)}`)
      given.set(word.slice(0, equals), word.slice(equals + 1))
    }
    const size = (name: string, other: number): number | undefined => {
      const text = given.get(name)
      return text === undefined ? other : amount(text)
    }
    const block = size("bs", size("ibs", 512) ?? 512)
    const count = size("count", Number.POSITIVE_INFINITY)
    const skip = size("skip", size("iseek", 0) ?? 0)
    const seek = size("seek", size("oseek", 0) ?? 0)
    for (const [name, value] of [
      ["bs", block],
      ["count", count],
      ["skip", skip],
      ["seek", seek],
    ] as const)
      if (value === undefined) {
        yield* process.error(`dd: invalid number: ${quote(process, given.get(name) ?? "")}\n`)
        return 1
      }
    if (!block || count === undefined || skip === undefined || seek === undefined) return 1
    const conversions = new Set((given.get("conv") ?? "").split(",").filter(Boolean))
    const began = process.now()
    let input = 0
    let output = 1
    try {
      if (given.has("if")) input = yield* process.open(given.get("if") ?? "", "r")
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`dd: failed to open ${shellQuoted(given.get("if") ?? "")}: ${error.message}\n`)
      return 1
    }
    const target = given.get("of")
    try {
      if (target !== undefined) {
        const keeps = conversions.has("notrunc") || seek > 0
        output = yield* process.open(target, keeps ? (process.files.exists(target) ? "r+" : "w") : "w")
        if (seek > 0) {
          if (!conversions.has("notrunc")) process.files.truncate(target, seek * block)
          process.fds.get(output)?.seek?.(seek * block, "set")
        }
      }
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`dd: failed to open ${shellQuoted(target ?? "")}: ${error.message}\n`)
      return 1
    }
    const source = process.fds.get(input)
    if (skip > 0 && source?.seek) source.seek(skip * block, "set")
    else
      for (let left = skip * block; left > 0; ) {
        const chunk = yield* process.read(input, Math.min(left, 65_536))
        if (chunk.length === 0) break
        left -= chunk.length
      }
    let [whole, partial, outWhole, outPartial, bytes] = [0, 0, 0, 0, 0]
    let status = 0
    try {
      while (whole + partial < count && bytes < MOST) {
        const parts: Uint8Array[] = []
        let length = 0
        // A short read is a partial block, but of what never waits, which fills it.
        while (length < block) {
          const chunk = yield* process.read(input, Math.min(block - length, 1 << 20))
          if (chunk.length === 0) break
          parts.push(chunk)
          length += chunk.length
          if (source?.kind === "pipe" || source?.kind === "tty") if (!(given.get("iflag") ?? "").includes("fullblock")) break
        }
        if (length === 0) break
        if (length === block) whole++
        else partial++
        let data = new Uint8Array(length)
        let at = 0
        for (const part of parts) {
          data.set(part, at)
          at += part.length
        }
        if (conversions.has("swab")) data = swapped(data)
        if (conversions.has("sync") && length < block)
          data = padded(data, block, conversions.has("block") || conversions.has("unblock") ? 32 : 0)
        if (conversions.has("block")) data = inRecords(data, amount(given.get("cbs") ?? "") ?? 0)
        if (conversions.has("unblock")) data = outOfRecords(data, amount(given.get("cbs") ?? "") ?? 0)
        if (conversions.has("ucase")) data = data.map((byte) => (byte >= 97 && byte <= 122 ? byte - 32 : byte))
        if (conversions.has("lcase")) data = data.map((byte) => (byte >= 65 && byte <= 90 ? byte + 32 : byte))
        if (process.charge(1 + (length >> 12))) yield* process.yield()
        yield* process.write(output, data)
        bytes += length
        if (length === block) outWhole++
        else outPartial++
      }
    } catch (error) {
      if (!(error instanceof SystemError) || error.code === "EPIPE" || error.code === "EINTR") throw error
      yield* process.error(`dd: error writing ${shellQuoted(target ?? "standard output")}: ${error.message}\n`)
      status = 1
    }
    if (given.get("status") !== "none") {
      // What a disk would take; the simulated copy itself takes no time.
      const seconds = Math.max((process.now() - began) / 1_000, bytes / 1.2e9, 1e-6)
      const shown = bytes < 1000 ? "" : bytes < 1024 ? ` (${humanSize(bytes, 1000)}B)` : ` (${long(bytes, 1000)}B, ${long(bytes, 1024)}iB)`
      yield* process.error(`${whole}+${partial} records in\n${outWhole}+${outPartial} records out\n`)
      if (given.get("status") !== "noxfer")
        yield* process.error(
          `${bytes} byte${bytes === 1 ? "" : "s"}${shown} copied, ${Number(seconds.toPrecision(6))} s, ${long(bytes / seconds, 1000)}B/s\n`,
        )
    }
    return status
  },
})

/** Pairs of bytes the other way round; an odd one stays. */
const swapped = (data: Uint8Array): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(data, (byte, at) => (at % 2 === 0 ? (at + 1 < data.length ? data[at + 1] : byte) : data[at - 1]))

const padded = (data: Uint8Array, size: number, byte: number): Uint8Array<ArrayBuffer> => {
  const whole = new Uint8Array(size).fill(byte)
  whole.set(data)
  return whole
}

/** Lines as records of `size` bytes, filled up with blanks or cut. */
const inRecords = (data: Uint8Array, size: number): Uint8Array<ArrayBuffer> => {
  if (size === 0) return data.slice()
  const lines: Uint8Array[] = []
  for (let from = 0; from < data.length; ) {
    const end = data.indexOf(10, from)
    lines.push(data.subarray(from, end < 0 ? data.length : end))
    from = end < 0 ? data.length : end + 1
  }
  const records = new Uint8Array(lines.length * size).fill(32)
  for (const [at, line] of lines.entries()) records.set(line.subarray(0, size), at * size)
  return records
}

/** Records as lines, without the blanks at their ends. */
const outOfRecords = (data: Uint8Array, size: number): Uint8Array<ArrayBuffer> => {
  if (size === 0) return data.slice()
  const bytes: number[] = []
  for (let from = 0; from < data.length; from += size) {
    let end = Math.min(from + size, data.length)
    while (end > from && data[end - 1] === 32) end--
    bytes.push(...data.subarray(from, end), 10)
  }
  return Uint8Array.from(bytes)
}

/** "4.1 k", "2.0 M". */
const long = (bytes: number, base: number): string => {
  let [value, power] = [bytes, 0]
  while (value >= base && power < 6) {
    value /= base
    power++
  }
  const letters = base === 1000 ? ["", "k", "M", "G", "T", "P", "E"] : ["", "K", "M", "G", "T", "P", "E"]
  return `${value < 9.95 && power > 0 ? value.toFixed(1) : Math.round(value)} ${letters[power]}`
}
