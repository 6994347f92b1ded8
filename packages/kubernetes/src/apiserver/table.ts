/** Tables: how the server prints objects for kubectl. As k8s.io/apiserver/pkg/endpoints/handlers/response.go. */
import type { Column, Kind } from "../api/define-kind.ts"
import { columnFacts } from "../api/schema/column-facts.ts"
import type { AnyStored } from "../apimachinery/object.ts"

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

export const tableOf = (
  kind: Kind,
  objects: readonly AnyStored[],
  options: { now: number; includeObject: string; metadata: unknown; headers: boolean },
) => ({
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
