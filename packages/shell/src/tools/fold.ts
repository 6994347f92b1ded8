/** fold: lines broken at a width (fold.c); columns are bytes, but for tabs, backspaces and returns. */
import { defineTool } from "../define-tool.ts"
import { ByteWriter, eachByteLine } from "./byte-lines.ts"
import { wholeNumber } from "./option-values.ts"
import { parseOptions, usageError } from "./reading.ts"

const advanced = (column: number, character: string, bytes: boolean): number => {
  if (bytes) return column + 1
  if (character === "\b") return Math.max(0, column - 1)
  if (character === "\r") return 0
  return character === "\t" ? column + 8 - (column % 8) : column + 1
}

/** The rows of one line. */
function* rowsOf(line: string, width: number, spaces: boolean, bytes: boolean): Generator<string> {
  let row = ""
  let column = 0
  for (const character of line) {
    for (;;) {
      const next = advanced(column, character, bytes)
      if (next <= width || row === "") {
        row += character
        column = next
        break
      }
      const blank = spaces ? Math.max(row.lastIndexOf(" "), row.lastIndexOf("\t")) : -1
      yield blank < 0 ? row : row.slice(0, blank + 1)
      row = blank < 0 ? "" : row.slice(blank + 1)
      column = 0
      for (const kept of row) column = advanced(column, kept, bytes)
    }
  }
  yield row
}

export const fold = defineTool({
  name: "fold",
  busybox: true,
  summary: "wrap each line to a width",
  *run(process, args) {
    const old = args.map((word) => word.replace(/^(-[bs]*)(\d+)$/, "$1w$2"))
    const { flags, words, problem } = parseOptions(old, { letters: "bs", valued: "w", long: { "width=": "w", spaces: "s", bytes: "b" } })
    if (problem) return yield* usageError(process, "fold", problem)
    const width = wholeNumber(process, String(flags.get("w") ?? 80), "invalid number of columns", 1)
    if (typeof width === "string") {
      yield* process.error(`fold: ${width}\n`)
      return 1
    }
    const output = new ByteWriter(process)
    const ok = yield* eachByteLine(process, "fold", words, function* ({ text, ended }) {
      let before: string | undefined
      for (const row of rowsOf(text, width, flags.has("s"), flags.has("b"))) {
        if (before !== undefined) yield* output.put(`${before}\n`)
        if (process.charge(1 + (row.length >> 6))) yield* process.yield()
        before = row
      }
      yield* output.put(`${before}${ended ? "\n" : ""}`)
    })
    yield* output.end()
    return ok ? 0 : 1
  },
})
