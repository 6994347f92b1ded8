/** Tables of plain text: columns as wide as their widest cell. */

/** Rows of cells as lines; the last column is not filled up unless it stands right. */
export const column = (
  rows: readonly (readonly string[])[],
  options: { gap?: number; right?: readonly boolean[]; trim?: boolean; widths?: readonly number[] } = {},
): string => {
  const { gap = 1, right = [], trim = false, widths: least = [] } = options
  const count = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, at) => Math.max(least[at] ?? 0, ...rows.map((row) => row[at]?.length ?? 0)))
  return rows
    .map((row) => {
      const line = row
        .map((cell, at) => (right[at] ? cell.padStart(widths[at]) : at === row.length - 1 ? cell : cell.padEnd(widths[at])))
        .join(" ".repeat(gap))
      return `${trim ? line.trimEnd() : line}\n`
    })
    .join("")
}
