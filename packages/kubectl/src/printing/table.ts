/** The server's Tables as text. As cli-runtime/pkg/printers/tableprinter.go. */
import type { KubeObject, Resource } from "../api.ts"
import { alignRows, TABLE_STYLE } from "./tabwriter.ts"

export interface Table {
  readonly kind: "Table"
  readonly metadata?: { resourceVersion?: string; continue?: string }
  readonly columnDefinitions: readonly {
    readonly name: string
    readonly format?: string
    readonly type?: string
    readonly priority: number
  }[]
  /** Null for none. */
  readonly rows: readonly { readonly cells: readonly unknown[]; readonly object?: KubeObject }[] | null
}

export interface TableOptions {
  readonly wide: boolean
  readonly showLabels: boolean
  readonly labelColumns: readonly string[]
  readonly withNamespace: boolean
  /** Names are "pod/x". */
  readonly withKind: boolean
}

const cellText = (value: unknown): string => {
  if (value === null || value === undefined) return ""
  if (typeof value !== "string") return String(value)
  const end = value.search(/[\f\n\r]/)
  return end < 0 ? value : `${value.slice(0, end)}...`
}

const labelsText = (labels: Readonly<Record<string, string>> | undefined): string =>
  Object.keys(labels ?? {})
    .sort()
    .map((key) => `${key}=${labels?.[key]}`)
    .join(",") || "<none>"

const kindPrefix = ({ kind, group }: Resource): string => `${kind.toLowerCase()}${group ? `.${group}` : ""}/`

/** Prints the tables of one type after each other, with one header. */
export class TablePrinter {
  readonly #resource: Resource
  readonly #options: TableOptions
  #headed: boolean
  #columns: Table["columnDefinitions"] = []
  readonly #widths: number[] | undefined

  /** `remember`: later tables keep the earlier ones' widths (watch). */
  constructor(resource: Resource, options: TableOptions, { headed = false, remember = false } = {}) {
    this.#resource = resource
    this.#options = options
    this.#headed = headed
    this.#widths = remember ? [] : undefined
  }

  /** `event`: what happened to each row, for --output-watch-events. */
  rows(table: Table, event?: string): string[][] {
    const { wide, showLabels, labelColumns, withNamespace, withKind } = this.#options
    if (table.columnDefinitions?.length) this.#columns = table.columnDefinitions
    const given = table.rows ?? []
    if (given.length === 0) return []
    const shown = this.#columns.map((column, at) => ({ ...column, at })).filter(({ priority }) => wide || priority === 0)
    const named = Math.max(
      0,
      this.#columns.findIndex(({ format, type }) => format === "name" && (type === undefined || type === "string")),
    )
    const rows: string[][] = []
    if (!this.#headed) {
      this.#headed = true
      rows.push([
        ...(event === undefined ? [] : ["EVENT"]),
        ...(withNamespace ? ["NAMESPACE"] : []),
        ...shown.map(({ name }) => name.toUpperCase()),
        ...labelColumns.map((label) => (label.split("/").at(-1) ?? "").toUpperCase()),
        ...(showLabels ? ["LABELS"] : []),
      ])
    }
    const prefix = withKind ? kindPrefix(this.#resource) : ""
    for (const { cells, object } of given) {
      const row: string[] = []
      if (event !== undefined) row.push(event)
      if (withNamespace) row.push(object?.metadata?.namespace ?? "")
      for (const { at } of shown) row.push(at === named && prefix !== "" ? prefix + cellText(cells[at]) : cellText(cells[at]))
      if (showLabels || labelColumns.length > 0) {
        const labels = object?.metadata?.labels
        for (const label of labelColumns) row.push(labels?.[label] ?? "")
        if (showLabels) row.push(labelsText(labels))
      }
      rows.push(row)
    }
    return rows
  }

  align(rows: readonly (readonly string[])[]): string {
    return rows.length === 0 ? "" : `${alignRows(rows, TABLE_STYLE, this.#widths)}\n`
  }
}
