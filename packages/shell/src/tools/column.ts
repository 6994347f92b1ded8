/** column: lists in columns, tables with -t. */
import { columnsOf } from "../bash/line-editor/width.ts"
import { defineTool } from "../define-tool.ts"
import { allLines, parseOptions } from "./reading.ts"

const widthOf = (text: string): number => [...text].reduce((sum, character) => sum + columnsOf(character), 0)
const padded = (text: string, width: number, right: boolean): string => {
  const blanks = " ".repeat(Math.max(0, width - widthOf(text)))
  return right ? blanks + text : text + blanks
}

export const column = defineTool({
  name: "column",
  version: "from util-linux 2.39.3",
  summary: "columnate lists",
  *run(process, args) {
    const { flags, words, problem } = parseOptions(args, {
      letters: "txneLJ",
      valued: "scoNRH",
      long: {
        table: "t",
        "separator=": "s",
        "output-separator=": "o",
        "output-width=": "c",
        "table-columns=": "N",
        "table-right=": "R",
        "table-hide=": "H",
        fillrows: "x",
      },
    })
    if (problem) {
      yield* process.error(`column: ${problem}\nTry 'column --help' for more information.\n`)
      return 1
    }
    const { lines, ok } = yield* allLines(process, "column", words)
    const filled = lines.filter((line) => line.trim() !== "")
    if (process.charge(filled.length)) yield* process.yield()
    if (flags.has("t")) {
      const separators = flags.get("s") as string | undefined
      const split = (line: string): string[] => {
        if (separators === undefined) return line.trim().split(/\s+/)
        const cells = [""]
        for (const character of line)
          if (separators.includes(character)) cells.push("")
          else cells[cells.length - 1] += character
        return cells
      }
      const glue = String(flags.get("o") ?? "  ")
      const names = flags.get("N") as string | undefined
      const rows = [...(names === undefined ? [] : [names.split(",")]), ...filled.map(split)]
      const header = names?.split(",") ?? []
      const which = (list: string | true | undefined): Set<number> =>
        new Set(
          String(list ?? "")
            .split(",")
            .filter(Boolean)
            .map((one) => (/^\d+$/.test(one) ? Number(one) - 1 : header.indexOf(one))),
        )
      const right = which(flags.get("R"))
      const hidden = which(flags.get("H"))
      const count = Math.max(0, ...rows.map((row) => row.length))
      const widths = Array.from({ length: count }, (_, at) => Math.max(...rows.map((row) => widthOf(row[at] ?? ""))))
      const shown = rows.map((row) =>
        widths
          .flatMap((width, at) => {
            if (hidden.has(at) || at >= row.length) return []
            return [at === row.length - 1 && !right.has(at) ? (row[at] ?? "") : padded(row[at] ?? "", width, right.has(at))]
          })
          .join(glue),
      )
      yield* process.print(shown.map((line) => `${line}\n`).join(""))
      return ok ? 0 : 1
    }
    const total = Number(flags.get("c") ?? process.env.get("COLUMNS") ?? process.tty?.columns ?? 80)
    // Columns are as wide as the longest entry, up to the next tab stop.
    const width = (Math.floor(Math.max(0, ...filled.map(widthOf)) / 8) + 1) * 8
    const across = Math.max(1, Math.floor(total / width))
    const rows = Math.ceil(filled.length / across)
    let text = ""
    for (let row = 0; row < rows; row++) {
      const cells: string[] = []
      for (let at = 0; at < across; at++) {
        const cell = filled[flags.has("x") ? row * across + at : at * rows + row]
        if (cell !== undefined) cells.push(cell)
      }
      text += `${cells.map((cell, at) => (at < cells.length - 1 ? cell + "\t".repeat(Math.ceil((width - widthOf(cell)) / 8)) : cell)).join("")}\n`
    }
    yield* process.print(text)
    return ok ? 0 : 1
  },
})
