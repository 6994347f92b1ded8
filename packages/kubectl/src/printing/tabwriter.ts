/** Columns out of tabs. As Go's text/tabwriter: a column is a run of lines that all have a cell there which a tab ends. */

export interface TabOptions {
  readonly minWidth: number
  readonly padding: number
}

/** cli-runtime/pkg/printers/tabwriter.go: tables of get and its like. */
export const TABLE_STYLE: TabOptions = { minWidth: 6, padding: 3 }
/** describe's. */
export const DESCRIBE_STYLE: TabOptions = { minWidth: 0, padding: 2 }

/** Characters, of which those beyond the basic plane are two units each. */
const runes = (text: string): number => {
  let count = text.length
  for (let at = 1; at < text.length; at++)
    if ((text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800) count--
  return count
}

/** Runs of spaces by their length: there are few, and every cell of a table has one. */
const PADS: readonly string[] = Array.from({ length: 64 }, (_, width) => " ".repeat(width))

const pad = (width: number): string => PADS[width] ?? " ".repeat(width)

/** Lines of cells, the last of each not padded. `remembered`: widths that columns keep from what was printed before. */
export const alignRows = (rows: readonly (readonly string[])[], { minWidth, padding }: TabOptions, remembered?: number[]): string => {
  const texts = rows.map(() => "")
  let column = 0
  for (let more = true; more; column++) {
    more = false
    for (let at = 0; at < rows.length; at++) {
      if (rows[at].length - 1 <= column) {
        if (rows[at].length - 1 === column) texts[at] += rows[at][column]
        continue
      }
      more = true
      let end = at
      let width = Math.max(minWidth, remembered?.[column] ?? 0)
      for (; end < rows.length && rows[end].length - 1 > column; end++) width = Math.max(width, runes(rows[end][column]) + padding)
      if (remembered) remembered[column] = width
      for (; at < end; at++) texts[at] += rows[at][column] + pad(width - runes(rows[at][column]))
      at--
    }
  }
  return texts.join("\n")
}

/** Text whose cells are separated by tabs. */
export const align = (text: string, options: TabOptions): string =>
  alignRows(
    text.split("\n").map((line) => line.split("\t")),
    options,
  )

/** Rows of equal length, each a line. */
export const columns = (rows: readonly (readonly string[])[], options: TabOptions = TABLE_STYLE): string =>
  rows.length === 0 ? "" : `${alignRows(rows, options)}\n`
