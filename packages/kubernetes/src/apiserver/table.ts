/** Tables: how the server prints objects for kubectl. As k8s.io/apiserver/pkg/endpoints/handlers/response.go. */
import { ByText } from "@drydock/sim"
import type { Column, Kind } from "../api/define-kind.ts"
import { columnFacts } from "../api/schema/column-facts.ts"
import { flat } from "../apimachinery/flat.ts"
import { listInParts } from "../apimachinery/json-body.ts"
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
const quoted = new ByText<string>(500)

const quote = (name: string): string => quoted.of(name, text)

const entryText = ({ manager, operation, apiVersion, time, fieldsV1, subresource }: ManagedFieldsEntry): string => {
  const when = time === undefined ? "" : `,"time":${quote(time)}`
  const tail = subresource === undefined ? "" : `,"subresource":${quote(subresource)}`
  return `{"manager":${quote(manager)},"operation":"${operation}","apiVersion":${quote(apiVersion)}${when},"fieldsType":"FieldsV1","fieldsV1":${fieldsText(fieldsV1 ?? {})}${tail}}`
}

/** What of a row stays as long as its object does: text, with holes for the cells that tell an age. */
interface Parts {
  kind: Kind
  texts: readonly string[]
  /** The column of each hole. */
  holes: readonly Column<AnyStored>[]
}

/** By object, which is frozen: whoever polls a large list meets the same ones again. */
let known = new WeakMap<AnyStored, Parts>()
/** Characters kept in `known` by all worlds of the process. */
let kept = 0
const MOST_KEPT = 16 * 1024 * 1024

const tellsAge = (column: Column<AnyStored>, object: AnyStored): boolean => column.ages?.(object) ?? column.cell.length > 1

/** Managed fields are most of a row; they come after the other members of the metadata. */
const metadataText = (given: object): string => {
  const { managedFields, ...metadata } = given as { managedFields?: readonly ManagedFieldsEntry[]; name: string }
  const rest = text(metadata)
  return managedFields ? `${rest.slice(0, -1)},"managedFields":[${managedFields.map(entryText).join(",")}]}` : rest
}

const partsOf = (kind: Kind, object: AnyStored, show: Show): Parts => {
  const texts: string[] = []
  const holes: Column<AnyStored>[] = []
  let open = '{"cells":['
  for (const [index, column] of (kind.columns as unknown as readonly Column<AnyStored>[]).entries()) {
    const before = index > 0 ? `${open},` : open
    if (tellsAge(column, object)) {
      texts.push(before)
      holes.push(column)
      open = ""
    } else open = before + text(column.cell(object, 0))
  }
  const { kind: name, apiVersion, metadata } = partialMetadata(kind, show(object))
  texts.push(flat(`${open}],"object":{"kind":"${name}","apiVersion":"${apiVersion}","metadata":${metadataText(metadata)}}}`))
  return { kind, texts, holes }
}

const rememberedParts = (kind: Kind, object: AnyStored, show: Show): Parts => {
  const found = known.get(object)
  if (found?.kind === kind) return found
  const parts = partsOf(kind, object, show)
  for (const piece of parts.texts) kept += piece.length
  if (kept > MOST_KEPT) {
    known = new WeakMap()
    kept = 0
  }
  known.set(object, parts)
  return parts
}

/** The texts of a large table's rows. */
function* rowTexts(kind: Kind, objects: readonly AnyStored[], now: number, show: Show): Generator<string> {
  for (const object of objects) {
    const { texts, holes } = rememberedParts(kind, object, show)
    let row = texts[0]
    for (let i = 0; i < holes.length; i++) row += text(holes[i].cell(object, now)) + texts[i + 1]
    yield row
  }
}

/** Rows from which on their texts are remembered. */
const MANY = 50

type Show = (object: AnyStored) => AnyStored

const asIs: Show = (object) => object

interface TableOptions {
  now: number
  includeObject: string
  metadata: unknown
  headers: boolean
}

/** `show` makes of a stored object what the asker sees; cells are told of what is stored. */
export const tableOf = (kind: Kind, objects: readonly AnyStored[], options: TableOptions, show: Show = asIs) => {
  const { now, includeObject, metadata, headers } = options
  const sorted = kind.tableOrder ? [...objects].sort(kind.tableOrder as never) : objects
  const head = { kind: "Table", apiVersion: "meta.k8s.io/v1", metadata, columnDefinitions: headers ? headersOf(kind) : null }
  // The printer of custom resources and their definitions starts from nil.
  if (sorted.length === 0) return { ...head, rows: kind.custom || kind.kind === "CustomResourceDefinition" ? null : [] }
  const columns = kind.columns as unknown as readonly Column<AnyStored>[]
  function* rows() {
    for (const stored of sorted) {
      const object = show(stored)
      yield {
        cells: columns.map((column) => column.cell(object, now)),
        object: includeObject === "None" ? null : includeObject === "Object" ? object : partialMetadata(kind, object),
      }
    }
  }
  // Objects that are kept as they are shown: not those that each request makes anew.
  const apart = sorted.length >= MANY && includeObject === "Metadata" && !kind.custom && !kind.storedAs && !kind.computed
  return listInParts(head, "rows", rows, apart ? () => rowTexts(kind, sorted, now, show) : undefined)
}
