/** Tables: how the server prints objects for kubectl. As k8s.io/apiserver/pkg/endpoints/handlers/response.go. */
import type { Column, Kind } from "../api/define-kind.ts"
import { columnFacts } from "../api/schema/column-facts.ts"
import { writtenBy } from "../apimachinery/json-body.ts"
import { escapeHtml } from "../apimachinery/json-text.ts"
import type { AnyStored } from "../apimachinery/object.ts"
import type { ManagedFieldsEntry } from "./managed-fields/managers.ts"

const withoutAnnotations = (metadata: AnyStored["metadata"], names: readonly string[]): AnyStored["metadata"] => {
  const annotations = Object.entries(metadata.annotations ?? {}).filter(([key]) => !names.includes(key))
  const { annotations: _, ...rest } = metadata
  return (annotations.length > 0 ? { ...rest, annotations: Object.fromEntries(annotations) } : rest) as AnyStored["metadata"]
}

export const partialMetadata = (kind: Pick<Kind, "convertedAnnotations">, object: AnyStored) => ({
  kind: "PartialObjectMetadata",
  apiVersion: "meta.k8s.io/v1",
  metadata: kind.convertedAnnotations ? withoutAnnotations(object.metadata, kind.convertedAnnotations) : object.metadata,
})

const made = new WeakMap<readonly unknown[], readonly unknown[]>()

/** Column definitions: the same for every table of a kind. */
const headersOf = (kind: Kind): readonly unknown[] => {
  let headers = made.get(kind.columns)
  if (!headers) {
    headers = kind.columns.map((column) => {
      const facts = kind.custom ? undefined : columnFacts(kind.plural, column.name)
      return {
        name: column.name,
        type: column.type ?? facts?.type ?? "string",
        format: column.format ?? (column.name === "Name" ? "name" : ""),
        description: facts?.description ?? column.description ?? "",
        priority: column.priority ?? 0,
      }
    })
    made.set(kind.columns, headers)
  }
  return headers
}

const text = (value: unknown): string => escapeHtml(JSON.stringify(value))

/** Texts of field sets: one value for many objects. */
const written = new WeakMap<object, string>()

const fieldsText = (fields: object): string => {
  let found = written.get(fields)
  if (found === undefined) written.set(fields, (found = text(fields)))
  return found
}

/** Names that occur on every row: managers, versions. */
const quoted = new Map<string, string>()
const MOST_QUOTED = 500

const quote = (name: string): string => {
  let found = quoted.get(name)
  if (found === undefined) {
    if (quoted.size >= MOST_QUOTED) quoted.clear()
    quoted.set(name, (found = text(name)))
  }
  return found
}

const entryText = ({ manager, operation, apiVersion, time, fieldsV1, subresource }: ManagedFieldsEntry): string => {
  const when = time === undefined ? "" : `,"time":${quote(time)}`
  const tail = subresource === undefined ? "" : `,"subresource":${quote(subresource)}`
  return `{"manager":${quote(manager)},"operation":"${operation}","apiVersion":${quote(apiVersion)}${when},"fieldsType":"FieldsV1","fieldsV1":${fieldsText(fieldsV1 ?? {})}${tail}}`
}

interface Row {
  cells: unknown[]
  object: ReturnType<typeof partialMetadata>
}

/** Managed fields are most of a row; they come after the other members of the metadata. */
const rowText = ({ cells, object }: Row): string => {
  const { managedFields, ...metadata } = object.metadata as { managedFields?: readonly ManagedFieldsEntry[]; name: string }
  const rest = text({ cells, object: { ...object, metadata } })
  return managedFields ? `${rest.slice(0, -3)},"managedFields":[${managedFields.map(entryText).join(",")}]}}}` : rest
}

/** A large table's text, in the order of its members. */
const tableText = ({ rows, ...head }: { rows: readonly Row[] }): string =>
  `${text(head).slice(0, -1)},"rows":[${rows.map(rowText).join(",")}]}`

/** Rows from which on a table is written by parts. */
const MANY = 50

export const tableOf = (kind: Kind, objects: readonly AnyStored[], options: TableOptions) => {
  const table = rowsOf(kind, objects, options)
  const apart = objects.length >= MANY && options.includeObject === "Metadata"
  return apart ? writtenBy(table, () => tableText(table as never)) : table
}

interface TableOptions {
  now: number
  includeObject: string
  metadata: unknown
  headers: boolean
}

const rowsOf = (kind: Kind, objects: readonly AnyStored[], options: TableOptions) => ({
  kind: "Table",
  apiVersion: "meta.k8s.io/v1",
  metadata: options.metadata,
  columnDefinitions: options.headers ? headersOf(kind) : null,
  // The printer of custom resources and their definitions starts from nil.
  rows:
    objects.length === 0 && (kind.custom || kind.kind === "CustomResourceDefinition")
      ? null
      : (kind.tableOrder ? [...objects].sort(kind.tableOrder as never) : objects).map((object) => ({
          cells: kind.columns.map((column) => (column as unknown as Column<AnyStored>).cell(object, options.now)),
          object: options.includeObject === "None" ? null : options.includeObject === "Object" ? object : partialMetadata(kind, object),
        })),
})
