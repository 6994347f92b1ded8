/** Output: tables, YAML, JSON, names, templates. */
import { goTemplate, jsonPath, JsonPathError, jsonPathValues, TemplateError } from "@drydock/gotemplate"
import { decodeBase64Text } from "@drydock/kubernetes/apimachinery"
import type { Process, Steps } from "@drydock/machine"
import { apiVersion, KubectlError, type KubeObject, type Resource, shown } from "./api.ts"
import { toYaml } from "./yaml.ts"

export interface Table {
  kind: "Table"
  metadata: { resourceVersion?: string }
  columnDefinitions: { name: string; priority: number }[]
  rows: { cells: unknown[]; object?: KubeObject }[]
}

/** As cli-runtime/pkg/printers/tabwriter.go sets up its writer. */
const MIN_WIDTH = 6
const PADDING = 3

/** Columns as tabwriter sets them: three spaces apart and at least six wide, the last one not padded. */
export const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length))) ?? []
  return rows
    .map((row) => `${row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(Math.max(MIN_WIDTH, widths[column] + PADDING)))).join("")}\n`)
    .join("")
}

export interface TableOptions {
  wide: boolean
  noHeaders: boolean
  showLabels: boolean
  labelColumns: readonly string[]
  allNamespaces: boolean
  /** "pod/", in lists of several kinds. */
  prefix: string
  showKind: boolean
}

export const tableText = (table: Table, options: TableOptions): string => {
  const shownColumns = table.columnDefinitions
    .map((column, at) => ({ ...column, at }))
    .filter(({ priority }) => priority === 0 || options.wide)
  const header = [
    ...(options.allNamespaces ? ["NAMESPACE"] : []),
    ...shownColumns.map(({ name }) => name.toUpperCase()),
    ...options.labelColumns.map((label) => label.split("/").at(-1)?.toUpperCase() ?? ""),
    ...(options.showLabels ? ["LABELS"] : []),
  ]
  const rows = table.rows.map(({ cells, object }) => {
    const labels = object?.metadata.labels ?? {}
    return [
      ...(options.allNamespaces ? [object?.metadata.namespace ?? ""] : []),
      ...shownColumns.map(({ at }, column) => `${column === 0 && options.showKind ? options.prefix : ""}${cells[at] ?? "<none>"}`),
      ...options.labelColumns.map((label) => labels[label] ?? ""),
      ...(options.showLabels
        ? [
            Object.keys(labels).length === 0
              ? "<none>"
              : Object.keys(labels)
                  .sort()
                  .map((key) => `${key}=${labels[key]}`)
                  .join(","),
          ]
        : []),
    ]
  })
  return columns([...(options.noHeaders ? [] : [header]), ...rows])
}

/** Without managedFields, which kubectl hides. */
const withoutManaged = (object: KubeObject): KubeObject => {
  if (!("managedFields" in object.metadata)) return object
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata: metadata as KubeObject["metadata"] }
}

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === "object" && value !== null
      ? Object.fromEntries(
          Object.keys(value)
            .sort()
            .map((key) => [key, sorted((value as Record<string, unknown>)[key])]),
        )
      : value

/** Text of objects in format `output` (anything but a table). A list is one List. */
export const objectsText = (
  process: Process,
  output: string,
  objects: readonly { resource: Resource; object: KubeObject }[],
  single: boolean,
): string => {
  const [format, ...more] = output.split("=")
  const argument = more.join("=")
  if (format === "name") return objects.map(({ resource, object }) => `${shown(resource, object.metadata.name)}\n`).join("")
  const items = objects.map(({ object }) => withoutManaged(object))
  const value = single ? items[0] : { apiVersion: "v1", items, kind: "List", metadata: { resourceVersion: "" } }
  switch (format) {
    case "yaml":
      return toYaml(value)
    case "json":
      return `${JSON.stringify(sorted(value), null, 4)}\n`
    case "jsonpath":
    case "jsonpath-file": {
      const template = format === "jsonpath" ? argument : process.files.readText(argument)
      try {
        return jsonPath(template, value)
      } catch (error) {
        if (error instanceof JsonPathError) throw new KubectlError(`error: error parsing jsonpath ${template}, ${error.message}`)
        throw error
      }
    }
    case "go-template":
    case "template":
    case "go-template-file": {
      const template = format === "go-template-file" ? process.files.readText(argument) : argument
      try {
        return goTemplate(template, value, { base64decode: (text) => decodeBase64Text(String(text)) ?? "" })
      } catch (error) {
        if (error instanceof TemplateError)
          throw new KubectlError(`error: error parsing template ${template}, template: output:1: ${error.message}`)
        throw error
      }
    }
    case "custom-columns": {
      const parts = argument.split(",").map((part) => [part.slice(0, part.indexOf(":")), part.slice(part.indexOf(":") + 1)])
      return columns([
        parts.map(([name]) => name),
        ...items.map((item) =>
          parts.map(
            ([, path]) =>
              jsonPathValues(path, item)
                .map((found) => (typeof found === "object" ? JSON.stringify(found) : String(found)))
                .join(",") || "<none>",
          ),
        ),
      ])
    }
    default:
      throw new KubectlError(
        `error: unable to match a printer suitable for the output format "${output}", allowed formats are: custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml`,
      )
  }
}

/** Says what was done to an object, or prints it in the format that was asked for. */
export function* report(
  process: Process,
  input: { text(name: string): string | undefined },
  resource: Resource,
  object: KubeObject,
  done: string,
): Steps<void> {
  const output = input.text("output")
  const dry = input.text("dry-run")
  if (output)
    yield* process.print(
      objectsText(
        process,
        output,
        [{ resource, object: { ...object, apiVersion: object.apiVersion ?? apiVersion(resource), kind: object.kind ?? resource.kind } }],
        true,
      ),
    )
  else
    yield* process.print(
      `${shown(resource, object.metadata.name)} ${done}${dry === "client" ? " (dry run)" : dry === "server" ? " (server dry run)" : ""}\n`,
    )
}
