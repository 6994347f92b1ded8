/** cut: bytes or fields of every line. GNU's counts characters as bytes too. */
import type { Process } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { bytesToText, eachFile, parseOptions, quote, textToBytes, usageError } from "./reading.ts"

type Ranges = readonly (readonly [number, number])[]

/** "1,3-5,7-"; a text where it is wrong. */
const parseList = (process: Process, list: string, fields: boolean): Ranges | string => {
  const what = fields ? "field" : "byte/character"
  const ranges: [number, number][] = []
  for (const range of list.split(/[, \t]/)) {
    const match = /^(\d*)(-?)(\d*)$/.exec(range)
    if (!match || (match[1] === "" && match[3] === "")) {
      if (range === "-") return "invalid range with no endpoint: -"
      return fields ? `invalid field value ${quote(process, range)}` : `invalid byte/character position ${quote(process, range)}`
    }
    const from = match[1] === "" ? 1 : Number(match[1])
    const to = match[2] === "" ? from : match[3] === "" ? Number.POSITIVE_INFINITY : Number(match[3])
    if (from === 0 || to === 0) return fields ? "fields are numbered from 1" : `${what} positions are numbered from 1`
    if (to < from) return "invalid decreasing range"
    ranges.push([from, to])
  }
  return ranges
}

export const cut = defineTool({
  name: "cut",
  busybox: true,
  summary: "remove sections from each line of files",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "snz",
      valued: "dfcb",
      long: {
        "delimiter=": "d",
        "fields=": "f",
        "characters=": "c",
        "bytes=": "b",
        "output-delimiter=": "O",
        "only-delimited": "s",
        complement: "C",
        "zero-terminated": "z",
      },
    })
    if (problem) return yield* usageError(process, "cut", problem)
    const list = flags.get("f") ?? flags.get("c") ?? flags.get("b")
    if (typeof list !== "string") return yield* usageError(process, "cut", "you must specify a list of bytes, characters, or fields")
    const byField = flags.has("f")
    if ([flags.has("f"), flags.has("c"), flags.has("b")].filter(Boolean).length > 1)
      return yield* usageError(process, "cut", "only one list may be specified")
    const encoded = (text: string) => bytesToText(new TextEncoder().encode(text))
    const delimiter = encoded(String(flags.get("d") ?? "\t")) || "\0"
    if (delimiter.length !== 1) return yield* usageError(process, "cut", "the delimiter must be a single character")
    if (!byField && flags.has("d"))
      return yield* usageError(process, "cut", "an input delimiter may be specified only when operating on fields")
    if (!byField && flags.has("s"))
      return yield* usageError(process, "cut", "suppressing non-delimited lines makes sense\n\tonly when operating on fields")
    const ranges = parseList(process, list, byField)
    if (typeof ranges === "string") return yield* usageError(process, "cut", ranges)
    const chosen = (position: number) => ranges.some(([from, to]) => position >= from && position <= to) !== flags.has("C")
    const joint = flags.has("O") ? encoded(String(flags.get("O"))) : byField ? delimiter : ""
    const end = flags.has("z") ? "\0" : "\n"
    const shown = (line: string): string | undefined => {
      if (byField) {
        if (!line.includes(delimiter)) return flags.has("s") ? undefined : line
        return line
          .split(delimiter)
          .filter((_, at) => chosen(at + 1))
          .join(joint)
      }
      let text = ""
      let before = false
      for (let at = 0; at < line.length; at++) {
        const takes = chosen(at + 1)
        if (takes && !before && text !== "") text += joint
        if (takes) text += line[at]
        before = takes
      }
      return text
    }
    const ok = yield* eachFile(process, "cut", words, function* (fd) {
      if (byField && delimiter === end) {
        // Lines themselves are the fields: the file is one line.
        const text = bytesToText(yield* process.readAll(fd))
        const one = shown(text.endsWith(end) ? text.slice(0, -1) : text)
        if (process.charge(text.length >> 6)) yield* process.yield()
        return yield* process.write(1, textToBytes(one === undefined ? "" : one + end))
      }
      let rest = ""
      for (;;) {
        const chunk = yield* process.read(fd)
        const lines = (rest + bytesToText(chunk)).split(end)
        rest = lines.pop() ?? ""
        if (chunk.length === 0 && rest !== "") lines.push(rest)
        if (process.charge(1 + (lines.length >> 1))) yield* process.yield()
        let text = ""
        for (const line of lines) {
          const one = shown(line)
          if (one !== undefined) text += one + end
        }
        if (text !== "") yield* process.write(1, textToBytes(text))
        if (chunk.length === 0) return
      }
    })
    return ok ? 0 : 1
  },
})
