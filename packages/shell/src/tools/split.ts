/** split: a file in pieces. */
import { SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { parseOptions, usageError } from "./reading.ts"

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 512,
  k: 1024,
  K: 1024,
  KB: 1000,
  m: 1024 ** 2,
  M: 1024 ** 2,
  MB: 1000 ** 2,
  G: 1024 ** 3,
}

/** "10", "4K": undefined when it is no size. */
const sizeOf = (text: string): number | undefined => {
  const match = /^(\d+)([a-zA-Z]*)$/.exec(text)
  return match && Object.hasOwn(UNITS, match[2]) ? Number(match[1]) * UNITS[match[2]] : undefined
}

const suffix = (at: number, length: number, digits: boolean): string => {
  const base = digits ? 10 : 26
  let text = ""
  for (let rest = at, place = 0; place < length; place++, rest = Math.floor(rest / base))
    text = (digits ? String(rest % 10) : String.fromCharCode(97 + (rest % 26))) + text
  return text
}

const MAX_PIECES = 676

export const split = defineTool({
  name: "split",
  busybox: true,
  summary: "split a file into pieces",
  *run(process, args) {
    const old = args.map((word) => (/^-\d+$/.test(word) ? `-l${word.slice(1)}` : word))
    const { flags, words, problem } = parseOptions(old, {
      letters: "de",
      valued: "lbnaC",
      long: { "lines=": "l", "bytes=": "b", "number=": "n", "suffix-length=": "a", "numeric-suffixes": "d", "additional-suffix=": "S" },
    })
    if (problem) return yield* usageError(process, "split", problem)
    const [name = "-", prefix = "x"] = words
    let data: Uint8Array
    try {
      data = name === "-" ? yield* process.readAll(0) : process.files.readBytes(name)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      yield* process.error(`split: cannot open '${name}' for reading: ${error.message}\n`)
      return 1
    }
    const pieces: Uint8Array[] = []
    const bytes = flags.has("b")
      ? sizeOf(String(flags.get("b")))
      : flags.has("n")
        ? Math.ceil(data.length / Number(flags.get("n")))
        : undefined
    if (flags.has("b") && !bytes) return yield* usageError(process, "split", `invalid number of bytes: '${String(flags.get("b"))}'`)
    if (bytes) for (let at = 0; at < data.length; at += bytes) pieces.push(data.subarray(at, at + bytes))
    else {
      const lines = Number(flags.get("l") ?? 1000)
      if (!(lines > 0)) return yield* usageError(process, "split", `invalid number of lines: '${String(flags.get("l"))}'`)
      let from = 0
      let count = 0
      for (let at = 0; at < data.length; at++)
        if (data[at] === 10 && ++count % lines === 0) {
          pieces.push(data.subarray(from, at + 1))
          from = at + 1
        }
      if (from < data.length) pieces.push(data.subarray(from))
    }
    const length = Number(flags.get("a") ?? 2)
    if (pieces.length > (flags.has("a") ? 26 ** length : MAX_PIECES)) {
      yield* process.error("split: output file suffixes exhausted\n")
      return 1
    }
    for (const [at, piece] of pieces.entries()) {
      if (process.charge(4)) yield* process.yield()
      process.files.write(`${prefix}${suffix(at, length, flags.has("d"))}${flags.has("S") ? String(flags.get("S")) : ""}`, piece)
    }
    return 0
  },
})
