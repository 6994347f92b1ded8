/** Tables: how the server prints objects for kubectl. As k8s.io/apiserver/pkg/endpoints/handlers/response.go. */
import type { Column, Kind } from "../api/define-kind.ts"
import type { AnyStored } from "../apimachinery/object.ts"

export const partialMetadata = (object: AnyStored) => ({
  kind: "PartialObjectMetadata",
  apiVersion: "meta.k8s.io/v1",
  metadata: object.metadata,
})

export const tableOf = (
  kind: Kind,
  objects: readonly AnyStored[],
  options: { now: number; includeObject: string; metadata: unknown; headers: boolean },
) => ({
  kind: "Table",
  apiVersion: "meta.k8s.io/v1",
  metadata: options.metadata,
  columnDefinitions: options.headers
    ? kind.columns.map((column) => ({
        name: column.name,
        type: column.type ?? "string",
        format: column.format ?? "",
        description: column.description ?? "",
        priority: column.priority ?? 0,
      }))
    : null,
  rows: objects.map((object) => ({
    cells: kind.columns.map((column) => (column as unknown as Column<AnyStored>).cell(object, options.now)),
    ...(options.includeObject !== "None" && { object: options.includeObject === "Object" ? object : partialMetadata(object) }),
  })),
})
