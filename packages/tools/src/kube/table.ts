/** The server's Tables as text. As cli-runtime/pkg/printers/tableprinter.go. */

export interface ServerTable {
  readonly columnDefinitions?: readonly { readonly name: string; readonly priority: number }[]
  readonly rows?: readonly { readonly cells: readonly unknown[] }[] | null
}

export const TABLE_ACCEPT =
  "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"

const cellText = (value: unknown): string => (value === null || value === undefined ? "" : String(value))

/** Columns as wide as their widest cell and three blanks, six at least; the last as it is. */
export const alignColumns = (rows: readonly (readonly string[])[], least = 6, gap = 3): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(least, ...rows.map((row) => [...(row[column] ?? "")].length + gap)))
  return rows
    .map(
      (row) =>
        `${row.map((cell, column) => (column === row.length - 1 ? cell : cell + " ".repeat(widths[column] - [...cell].length))).join("")}\n`,
    )
    .join("")
}

/** Tables of one type, with one header. */
export const objectTable = (tables: readonly ServerTable[]): string => {
  const columns = (tables[0]?.columnDefinitions ?? [])
    .map(({ name, priority }, at) => ({ name, priority, at }))
    .filter(({ priority }) => priority === 0)
  const rows = tables.flatMap((table) => (table.rows ?? []).map(({ cells }) => columns.map(({ at }) => cellText(cells[at]))))
  return rows.length === 0 ? "" : alignColumns([columns.map(({ name }) => name.toUpperCase()), ...rows])
}
