/** A table of column(1) as libsmartcols prints it: as text, as a tree, as JSON. */
import { columnsOf } from "../bash/line-editor/width.ts"

export class TableError extends Error {}

export interface Table {
  readonly rows: readonly (readonly string[])[]
  readonly names: readonly string[]
  /** Columns, named or not. */
  readonly count: number
  readonly order: readonly number[]
  readonly hidden: ReadonlySet<number>
  readonly right: ReadonlySet<number>
  readonly wrapped: ReadonlySet<number>
  readonly truncated: ReadonlySet<number>
  readonly glue: string
  readonly heading: boolean
  /** In columns; undefined where nothing is too wide. */
  readonly width: number | undefined
}

/** Rows in the order of a tree, each with what its cell begins with. */
export interface Tree {
  readonly column: number
  readonly branches: readonly { readonly row: number; readonly lead: string; readonly children: readonly number[] }[]
}

export const widthOf = (text: string): number => {
  let width = 0
  for (const character of text) width += columnsOf(character)
  return width
}

/** As much of a text as `width` columns hold. */
const fitting = (text: string, width: number): string => {
  let [taken, used] = ["", 0]
  for (const character of text) {
    used += columnsOf(character)
    if (used > width) break
    taken += character
  }
  return taken
}

/** Parents come before their children, in the order of the rows. */
export const treeOf = (table: Table, column?: number, id?: number, parent?: number): Tree => {
  if (column === undefined || id === undefined || parent === undefined)
    throw new TableError("options --tree-id and --tree-parent are required for tree formatting")
  const byId = new Map(table.rows.map((row, at) => [row[id] ?? "", at]))
  const children = new Map<number | undefined, number[]>()
  for (const [at, row] of table.rows.entries()) {
    const own = byId.get(row[parent] ?? "")
    const above = own === at ? undefined : own
    children.set(above, [...(children.get(above) ?? []), at])
  }
  const branches: { row: number; lead: string; children: readonly number[] }[] = []
  const seen = new Set<number>()
  const walk = (above: number | undefined, lead: string, root: boolean) => {
    const own = children.get(above) ?? []
    for (const [index, row] of own.entries()) {
      if (seen.has(row)) continue
      seen.add(row)
      const last = index === own.length - 1
      branches.push({ row, lead: root ? "" : `${lead}${last ? "└─" : "├─"}`, children: children.get(row) ?? [] })
      walk(row, root ? "" : `${lead}${last ? "  " : "│ "}`, false)
    }
  }
  walk(undefined, "", true)
  return { column, branches }
}

/** Widths with those that may be cut or wrapped made narrower, until the table fits. */
const fittedWidths = (table: Table, columns: readonly number[], widths: Map<number, number>): void => {
  if (table.width === undefined) return
  const glue = widthOf(table.glue)
  let over = [...widths.values()].reduce((sum, width) => sum + width, 0) + glue * (columns.length - 1) - table.width
  for (const column of columns.toReversed()) {
    if (over <= 0) return
    if (!table.truncated.has(column) && !table.wrapped.has(column)) continue
    const width = widths.get(column) ?? 0
    const least = widthOf(table.names[column] ?? "") || 1
    const less = Math.min(over, Math.max(0, width - least))
    widths.set(column, width - less)
    over -= less
  }
}

/** The lines of a table, each with its newline. The last column is not filled up, unless it stands right. */
export function* tableAsText(table: Table, tree?: Tree): Generator<string> {
  const columns = table.order.filter((column) => !table.hidden.has(column))
  const order = tree?.branches ?? table.rows.map((_, row) => ({ row, lead: "" }))
  const body = order.map(({ row, lead }) => {
    const own = table.rows[row]
    return lead === "" ? own : own.map((cell, at) => (at === tree?.column ? lead + cell : cell))
  })
  const rows = table.heading ? [table.names, ...body] : body
  if (rows.length === 0) return
  const widths = new Map(columns.map((column) => [column, rows.reduce((most, row) => Math.max(most, widthOf(row[column] ?? "")), 0)]))
  fittedWidths(table, columns, widths)
  for (const row of rows) {
    const parts = columns.map((column) => {
      const [cell, width] = [row[column] ?? "", widths.get(column) ?? 0]
      if (table.truncated.has(column)) return [fitting(cell, width)]
      if (!table.wrapped.has(column) || widthOf(cell) <= width) return [cell]
      const pieces: string[] = []
      for (let rest = cell; rest !== ""; ) {
        const piece = fitting(rest, width) || rest[0]
        pieces.push(piece)
        rest = rest.slice(piece.length)
      }
      return pieces
    })
    const height = parts.reduce((most, part) => Math.max(most, part.length), 1)
    for (let line = 0; line < height; line++)
      yield `${columns
        .map((column, at) => {
          const cell = parts[at][line] ?? ""
          const blanks = " ".repeat(Math.max(0, (widths.get(column) ?? 0) - widthOf(cell)))
          const last = at === columns.length - 1
          if (table.right.has(column) && column < row.length) return blanks + cell
          return last ? cell : cell + blanks
        })
        .join(table.glue)}\n`
  }
}

/** With names in small letters, three blanks a level; the children of a tree's row in it. */
export function* tableAsJson(table: Table, name: string, tree?: Tree): Generator<string> {
  const columns = table.order.filter((column) => !table.hidden.has(column))
  const nameless = columns.find((column) => table.names[column] === undefined)
  if (nameless !== undefined) {
    const line = table.rows.findIndex((row) => row.length > nameless) + 1
    throw new TableError(`line ${line}: for JSON the name of the column ${nameless + 1} is required`)
  }
  const children = new Map(tree?.branches.map((branch) => [branch.row, branch.children]))
  function* object(row: number, depth: number, last: boolean): Generator<string> {
    const indent = "   ".repeat(depth)
    const cells = columns.map(
      (column) =>
        `${indent}   ${JSON.stringify(table.names[column].toLowerCase())}: ${table.rows[row][column] === undefined ? "null" : JSON.stringify(table.rows[row][column])}`,
    )
    yield `{\n${cells.join(",\n")}`
    const own = children.get(row) ?? []
    if (own.length > 0) {
      yield `,\n${indent}   "children": [\n${indent}      `
      for (const [at, child] of own.entries()) yield* object(child, depth + 2, at === own.length - 1)
      yield `${indent}   ]`
    }
    yield `\n${indent}}${last ? "\n" : ","}`
  }
  const roots = tree ? tree.branches.filter(({ lead }) => lead === "").map(({ row }) => row) : table.rows.map((_, row) => row)
  yield `{\n   ${JSON.stringify(name)}: [${roots.length > 0 ? "\n      " : "\n"}`
  for (const [at, row] of roots.entries()) yield* object(row, 2, at === roots.length - 1)
  yield "   ]\n}\n"
}
