/** column: lists in columns, tables with -t, JSON with -J (util-linux's column.c). */
import type { Process, Steps } from "@drydock/machine"
import { defineTool } from "../define-tool.ts"
import { type Table, tableAsJson, tableAsText, TableError, treeOf, widthOf } from "./column-table.ts"
import { mapEach, printEach } from "./pacing.ts"
import { allLines, parseOptions } from "./reading.ts"

type Flags = ReadonlyMap<string, string | true>

/** A line in cells: parted by runs of blanks, or at every separator; what is beyond `limit` stays in the last one. */
const cellsOf = (line: string, separators: string | undefined, limit: number): string[] => {
  const cells: string[] = []
  const parts = separators === undefined ? /[ \t]+/g : undefined
  let from = separators === undefined ? line.length - line.trimStart().length : 0
  const text = separators === undefined ? line.trimEnd() : line
  while (cells.length + 1 < limit) {
    let [at, end] = [-1, -1]
    if (parts) {
      parts.lastIndex = from
      const match = parts.exec(text)
      if (match) [at, end] = [match.index, match.index + match[0].length]
    } else
      for (let place = from; place < text.length; place++)
        if (separators?.includes(text[place])) {
          ;[at, end] = [place, place + 1]
          break
        }
    if (at < 0) break
    cells.push(text.slice(from, at))
    from = end
  }
  cells.push(text.slice(from))
  return cells
}

/** "1,NAME,-" as indexes; "-" stands for columns without a name. */
const columnsIn = (list: string | true | undefined, names: readonly string[], count: number): number[] => {
  if (list === undefined) return []
  return String(list)
    .split(",")
    .filter(Boolean)
    .flatMap((one) => {
      if (one === "-") return Array.from({ length: Math.max(0, count - names.length) }, (_, at) => names.length + at)
      if (one === "0") return Array.from({ length: count }, (_, at) => at)
      const at = /^\d+$/.test(one) ? Number(one) - 1 : names.indexOf(one)
      if (at < 0) throw new TableError(`undefined column name '${one}'`)
      return [at]
    })
}

const tableOf = (rows: string[][], flags: Flags, width: number | undefined): Table => {
  const names = typeof flags.get("N") === "string" ? String(flags.get("N")).split(",") : []
  const count = Math.max(names.length, ...rows.map((row) => row.length))
  const first = columnsIn(flags.get("O"), names, count)
  return {
    rows,
    names,
    count,
    order: [...new Set([...first, ...Array(count).keys()])],
    hidden: new Set(columnsIn(flags.get("H"), names, count)),
    right: new Set(columnsIn(flags.get("R"), names, count)),
    wrapped: new Set(columnsIn(flags.get("W"), names, count)),
    truncated: new Set(columnsIn(flags.get("T"), names, count)),
    glue: String(flags.get("o") ?? "  "),
    heading: names.length > 0 && !flags.has("d"),
    width,
  }
}

/** Filled down, or across with -x: columns are as wide as the longest entry, up to the next tab stop. */
function* inColumns(process: Process, entries: readonly string[], total: number, across: boolean): Steps<void> {
  const widths = yield* mapEach(process, entries, widthOf)
  const longest = widths.reduce((most, width) => Math.max(most, width), 0)
  if (longest >= total) return yield* printEach(process, entries, (entry) => `${entry}\n`)
  const width = (Math.floor(longest / 8) + 1) * 8
  const columns = Math.max(1, Math.floor(total / width))
  const rows = Math.ceil(entries.length / columns)
  const row = (at: number): string => {
    const places = Array.from({ length: columns }, (_, column) => (across ? at * columns + column : column * rows + at))
    const here = places.filter((place) => place < entries.length)
    return here
      .map((place, index) => entries[place] + (index < here.length - 1 ? "\t".repeat(Math.ceil((width - widths[place]) / 8)) : ""))
      .join("")
  }
  yield* printEach(process, Array(rows).keys(), (at) => `${row(at)}\n`, columns)
}

export const column = defineTool({
  name: "column",
  version: "from util-linux 2.39.3",
  summary: "columnate lists",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "txedLJ",
      valued: "scoNRHnOEWTlrip",
      long: {
        table: "t",
        json: "J",
        "table-name=": "n",
        "table-order=": "O",
        "table-columns=": "N",
        "table-columns-limit=": "l",
        "table-noextreme=": "E",
        "table-noheadings": "d",
        "table-header-repeat": "e",
        "table-hide=": "H",
        "table-right=": "R",
        "table-truncate=": "T",
        "table-wrap=": "W",
        "table-empty-lines": "L",
        "keep-empty-lines": "L",
        "tree=": "r",
        "tree-id=": "i",
        "tree-parent=": "p",
        "separator=": "s",
        "output-separator=": "o",
        "output-width=": "c",
        fillrows: "x",
      },
    })
    const fail = function* (text: string): Steps<number> {
      yield* process.error(`column: ${text}\n`)
      return 1
    }
    if (problem) return yield* fail(`${problem}\nTry 'column --help' for more information.`)
    if (flags.has("J") && !flags.has("N")) return yield* fail("option --table-columns required for --json")
    const width = flags.has("c") ? Number(flags.get("c")) : process.tty?.columns
    if (Number.isNaN(width)) return yield* fail(`invalid columns argument: '${String(flags.get("c"))}'`)
    const { lines, ok } = yield* allLines(process, "column", words)
    const kept = flags.has("L") ? lines : lines.filter((line) => line.trim() !== "")
    if (process.charge(kept.length)) yield* process.yield()
    if (!flags.has("t") && !flags.has("J")) {
      yield* inColumns(process, kept, width ?? Number(process.env.get("COLUMNS") ?? 80), flags.has("x"))
      return ok ? 0 : 1
    }
    const separators = typeof flags.get("s") === "string" ? String(flags.get("s")) : undefined
    const limit = Number(flags.get("l") ?? Number.POSITIVE_INFINITY)
    const rows = yield* mapEach(process, kept, (line) => (line.trim() === "" ? [] : cellsOf(line, separators, limit)), 2)
    try {
      const table = tableOf(rows, flags, width)
      const tree = flags.has("r")
        ? treeOf(table, ...["r", "i", "p"].map((letter) => columnsIn(flags.get(letter), table.names, table.count)[0]))
        : undefined
      if (flags.has("J")) yield* printEach(process, tableAsJson(table, String(flags.get("n") ?? "table"), tree), (text) => text)
      else yield* printEach(process, tableAsText(table, tree), (text) => text, 1 + table.count)
    } catch (error) {
      if (!(error instanceof TableError)) throw error
      return yield* fail(error.message)
    }
    return ok ? 0 : 1
  },
})
