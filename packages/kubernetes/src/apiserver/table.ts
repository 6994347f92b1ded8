/** Tables: how the server prints objects for kubectl. As k8s.io/apiserver/pkg/endpoints/handlers/response.go. */
import type { Column, Kind } from "../api/define-kind.ts"
import type { AnyStored } from "../apimachinery/object.ts"
import { quantityValue } from "../apimachinery/quantity.ts"

/** As k8s.io/apimachinery/pkg/util/duration/duration.go HumanDuration. */
export const humanDuration = (ms: number): string => {
  const seconds = Math.floor(ms / 1_000)
  if (seconds < -1) return "<invalid>"
  if (seconds < 0) return "0s"
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`
  if (minutes < 180) return `${minutes}m`
  const hours = Math.floor(minutes / 60)
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`
  if (hours < 48) return `${hours}h`
  if (hours < 192) return hours % 24 === 0 ? `${Math.floor(hours / 24)}d` : `${Math.floor(hours / 24)}d${hours % 24}h`
  const days = Math.floor(hours / 24)
  if (days < 730) return `${days}d`
  const years = Math.floor(days / 365)
  return years < 8 && days % 365 !== 0 ? `${years}y${days % 365}d` : `${years}y`
}

/** "5m" since a time; "<unknown>" without one. */
export const ageSince = (time: string | undefined, now: number): string => (time === undefined ? "<unknown>" : humanDuration(now - Date.parse(time)))

export const nameColumn: Column<AnyStored> = { name: "Name", format: "name", cell: (object) => object.metadata.name }
export const ageColumn: Column<AnyStored> = { name: "Age", cell: (object, now) => ageSince(object.metadata.creationTimestamp, now) }

export const partialMetadata = (object: AnyStored) => ({ kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata })

export const tableOf = (kind: Kind, objects: readonly AnyStored[], options: { now: number; includeObject: string; metadata: unknown; headers: boolean }) => ({
  kind: "Table",
  apiVersion: "meta.k8s.io/v1",
  metadata: options.metadata,
  columnDefinitions: options.headers
    ? kind.columns.map((column) => ({ name: column.name, type: column.type ?? "string", format: column.format ?? "", description: column.description ?? "", priority: column.priority ?? 0 }))
    : null,
  rows: objects.map((object) => ({
    cells: kind.columns.map((column) => (column as unknown as Column<AnyStored>).cell(object, options.now)),
    ...(options.includeObject !== "None" && { object: options.includeObject === "Object" ? object : partialMetadata(object) }),
  })),
})

export const quantityCell = (text: string | undefined): string => (text === undefined ? "<none>" : String(quantityValue(text)))
