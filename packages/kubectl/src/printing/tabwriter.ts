/** Columns out of tabs. As Go's text/tabwriter: a column is a run of lines that all have a cell there which a tab ends. */

export interface TabOptions {
  readonly minWidth: number
  readonly padding: number
}

/** cli-runtime/pkg/printers/tabwriter.go: tables of get and its like. */
export const TABLE_STYLE: TabOptions = { minWidth: 6, padding: 3 }
/** describe's. */
export const DESCRIBE_STYLE: TabOptions = { minWidth: 0, padding: 2 }

const runes = (text: string): number => {
  let count = 0
  for (const _ of text) count++
  return count
}

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
      for (; at < end; at++) texts[at] += rows[at][column] + " ".repeat(width - runes(rows[at][column]))
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
