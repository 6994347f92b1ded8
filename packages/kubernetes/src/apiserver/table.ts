/** Tables: how the server prints objects for kubectl. As k8s.io/apiserver/pkg/endpoints/handlers/response.go. */
import type { Column, Kind } from "../api/define-kind.ts"
import { columnFacts } from "../api/schema/column-facts.ts"
import type { AnyStored } from "../apimachinery/object.ts"

export const partialMetadata = (object: AnyStored) => ({
  kind: "PartialObjectMetadata",
  apiVersion: "meta.k8s.io/v1",
  metadata: object.metadata,
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
      : objects.map((object) => ({
          cells: kind.columns.map((column) => (column as unknown as Column<AnyStored>).cell(object, options.now)),
          object: options.includeObject === "None" ? null : options.includeObject === "Object" ? object : partialMetadata(object),
        })),
})
