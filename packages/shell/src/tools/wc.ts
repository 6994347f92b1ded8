/** wc: lines, words, characters and bytes. */
import { type FileStat, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { oneOf } from "./option-values.ts"
import { eachFile, parseOptions, readFile, usageError } from "./reading.ts"

interface Counts {
  lines: number
  words: number
  characters: number
  bytes: number
  longest: number
}

/** Counts without decoding: bytes that begin a character are those that are no continuation. */
const count = (data: Uint8Array, into: Counts, state: { word: boolean; width: number }): void => {
  into.bytes += data.length
  for (const byte of data) {
    if ((byte & 0xc0) !== 0x80) into.characters++
    if (byte === 10) into.lines++
    if (byte === 32 || (byte >= 9 && byte <= 13)) {
      if (state.word) into.words++
      state.word = false
    } else state.word = true
    if (byte === 10 || byte === 13 || byte === 12) {
      into.longest = Math.max(into.longest, state.width)
      state.width = 0
    } else if (byte === 9) state.width += 8 - (state.width % 8)
    else if (byte >= 32 && (byte & 0xc0) !== 0x80) state.width++
  }
}

const noCounts = (): Counts => ({ lines: 0, words: 0, characters: 0, bytes: 0, longest: 0 })

const TOTALS = ["auto", "always", "only", "never"] as const

export const wc = defineTool({
  name: "wc",
  busybox: true,
  summary: "print newline, word, and byte counts for each file",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "lwcmL",
      long: { lines: "l", words: "w", bytes: "c", chars: "m", "max-line-length": "L", "files0-from=": "files", "total=": "total" },
    })
    if (problem) return yield* usageError(process, "wc", problem)
    const wanted = [..."lwmcL"].filter((letter) => flags.has(letter))
    const show = wanted.length > 0 ? wanted : ["l", "w", "c"]
    const complain = function* (text: string): Steps<number> {
      yield* process.error(`wc: ${text}\n`)
      return 1
    }
    const total = oneOf(process, "--total", String(flags.get("total") ?? "auto"), TOTALS)
    if ("problem" in total) return yield* usageError(process, "wc", total.problem)
    let names: readonly string[] = words.length > 0 ? words : ["-"]
    const list = flags.get("files")
    if (typeof list === "string") {
      if (words.length > 0)
        return yield* usageError(process, "wc", `extra operand '${words[0]}'\nfile operands cannot be combined with --files0-from`)
      try {
        const text = new TextDecoder().decode(yield* readFile(process, list))
        names = text.split("\0").slice(0, text.endsWith("\0") ? -1 : undefined)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        return yield* complain(`cannot open '${list}' for reading: ${error.message}`)
      }
    }
    const rows: [Counts, string][] = []
    const ok = yield* eachFile(
      process,
      "wc",
      names,
      function* (fd, name) {
        const counts = noCounts()
        const state = { word: false, width: 0 }
        for (let chunk = yield* process.read(fd); chunk.length > 0; chunk = yield* process.read(fd)) {
          count(chunk, counts, state)
          if (process.charge(chunk.length >> 10)) yield* process.yield()
        }
        if (state.word) counts.words++
        counts.longest = Math.max(counts.longest, state.width)
        rows.push([counts, words.length === 0 && list === undefined ? "" : name])
      },
      (name, message) => {
        // A directory can be opened: it has its row.
        if (message === "Is a directory") rows.push([noCounts(), name])
        return `${name}: ${message}`
      },
    )
    if (total.word !== "never" && (names.length > 1 || total.word !== "auto")) {
      const sum = noCounts()
      for (const [one] of rows) {
        sum.lines += one.lines
        sum.words += one.words
        sum.characters += one.characters
        sum.bytes += one.bytes
        sum.longest = Math.max(sum.longest, one.longest)
      }
      if (total.word === "only") rows.splice(0, rows.length, [sum, ""])
      else rows.push([sum, "total"])
    }
    // As wide as the files' sizes together need; seven columns when a size is not known (pipes).
    const sizeOf = (name: string): FileStat | undefined => {
      try {
        return name === "-" ? process.fds.get(0)?.stat() : process.files.stat(name)
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
        return undefined
      }
    }
    const stats = names.map(sizeOf)
    const known = stats.filter((stat) => stat !== undefined)
    const regular = known.reduce((sum, stat) => sum + (stat.type === "file" ? stat.size : 0), 0)
    const width =
      (names.length === 1 && show.length === 1) || list === "-" || total.word === "only"
        ? 1
        : Math.max(String(regular).length, known.some((stat) => stat.type !== "file") ? 7 : 1)
    const value = (counts: Counts, letter: string): number =>
      letter === "l"
        ? counts.lines
        : letter === "w"
          ? counts.words
          : letter === "m"
            ? counts.characters
            : letter === "c"
              ? counts.bytes
              : counts.longest
    yield* process.print(
      rows
        .map(
          ([counts, name]) => `${show.map((letter) => String(value(counts, letter)).padStart(width)).join(" ")}${name ? ` ${name}` : ""}\n`,
        )
        .join(""),
    )
    return ok ? 0 : 1
  },
})
