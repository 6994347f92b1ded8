/** Columns that many kinds share. */
import type { KubernetesObject, Stored } from "../apimachinery/object.ts"
import type { Column } from "./define-kind.ts"

/** As k8s.io/apimachinery/pkg/util/duration/duration.go HumanDuration. `ms` may be negative. */
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
  if (hours < 192) return hours % 24 === 0 ? `${hours / 24}d` : `${Math.floor(hours / 24)}d${hours % 24}h`
  const days = Math.floor(hours / 24)
  if (days < 730) return `${days}d`
  const years = Math.floor(days / 365)
  return years < 8 && days % 365 !== 0 ? `${years}y${days % 365}d` : `${years}y`
}

/** "5m" since a time; "<unknown>" without one. */
export const ageSince = (time: string | undefined, now: number): string =>
  time === undefined ? "<unknown>" : humanDuration(now - Date.parse(time))

export const name: Column<Stored<KubernetesObject>> = {
  name: "Name",
  format: "name",
  description: "Name must be unique within a namespace.",
  cell: (object) => object.metadata.name,
}
export const age: Column<Stored<KubernetesObject>> = {
  name: "Age",
  description: "When the object was created.",
  cell: (object, now) => ageSince(object.metadata.creationTimestamp, now),
}

export const labelsCell = (labels: Readonly<Record<string, string>> | undefined): string => {
  const entries = Object.entries(labels ?? {})
  return entries.length === 0
    ? "<none>"
    : entries
        .map(([key, value]) => `${key}=${value}`)
        .sort()
        .join(",")
}
