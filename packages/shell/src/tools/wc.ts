/** wc: lines, words, characters and bytes. */
import { type FileStat, SystemError } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { eachFile, parseOptions, usageError } from "./reading.ts"

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
    const rows: [Counts, string][] = []
    const names = words.length > 0 ? words : ["-"]
    const ok = yield* eachFile(process, "wc", names, function* (fd, name) {
      const counts: Counts = { lines: 0, words: 0, characters: 0, bytes: 0, longest: 0 }
      const state = { word: false, width: 0 }
      for (let chunk = yield* process.read(fd); chunk.length > 0; chunk = yield* process.read(fd)) {
        count(chunk, counts, state)
        if (process.charge(chunk.length >> 10)) yield* process.yield()
      }
      if (state.word) counts.words++
      counts.longest = Math.max(counts.longest, state.width)
      rows.push([counts, words.length === 0 ? "" : name])
    })
    if (names.length > 1) {
      const total: Counts = { lines: 0, words: 0, characters: 0, bytes: 0, longest: 0 }
      for (const [one] of rows) {
        total.lines += one.lines
        total.words += one.words
        total.characters += one.characters
        total.bytes += one.bytes
        total.longest = Math.max(total.longest, one.longest)
      }
      rows.push([total, "total"])
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
      names.length === 1 && show.length === 1 ? 1 : Math.max(String(regular).length, known.some((stat) => stat.type !== "file") ? 7 : 1)
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
