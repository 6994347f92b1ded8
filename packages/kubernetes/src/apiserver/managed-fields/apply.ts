/** Server-side apply: the fields that somebody wants laid over the object, unless others manage them. As structured-merge-diff/merge/update.go. */
import { isObject, type Json } from "../../apimachinery/frozen.ts"
import { formatTime } from "../../apimachinery/object.ts"
import { StatusError, type StatusCause } from "../../apimachinery/status.ts"
import { compare, fieldsOf, mergeTyped, removeFields } from "./compare.ts"
import { difference, type FieldSet, intersection, isEmpty, pathsOf, union, without } from "./field-set.ts"
import {
  fieldsOfEntry,
  managerEntry,
  type ManagedFieldsEntry,
  orderedManagers,
  resetFields,
  sameManager,
  stripFields,
  type Typed,
} from "./managers.ts"

/** As internal/conflict.go printManager. */
const describe = (one: ManagedFieldsEntry): string => {
  const name = JSON.stringify(one.manager) + (one.subresource ? ` with subresource ${JSON.stringify(one.subresource)}` : "")
  return one.operation === "Update" ? `${name} using ${one.apiVersion}` : name
}

const conflictError = (conflicts: readonly { by: string; path: string }[]): StatusError => {
  const causes: StatusCause[] = conflicts.map(({ by, path }) => ({
    reason: "FieldManagerConflict",
    message: `conflict with ${by}`,
    field: path,
  }))
  if (conflicts.length === 1)
    return new StatusError(409, "Conflict", `Apply failed with 1 conflict: conflict with ${conflicts[0].by}: ${conflicts[0].path}`, {
      causes,
    })
  const managers = [...new Set(conflicts.map(({ by }) => by))].sort()
  const texts = managers.map(
    (by) =>
      `conflicts with ${by}:\n${conflicts
        .filter((one) => one.by === by)
        .map(({ path }) => `- ${path}`)
        .join("\n")}`,
  )
  return new StatusError(409, "Conflict", `Apply failed with ${conflicts.length} conflicts: ${texts.join("\n")}`, { causes })
}

const NO_CHANGES = { changed: {}, removed: {} }

export interface Applied {
  object: Json
  /** The managers once `final`, what is stored in the end (defaults filled in), is known. */
  managers: (final: unknown) => readonly ManagedFieldsEntry[]
}

/** Throws StatusError 409 with upstream's texts unless `force`. */
export const applyFields = (
  kind: Typed,
  live: Json | undefined,
  managers: readonly ManagedFieldsEntry[],
  wanted: Json,
  by: { manager: string; subresource: string; at: number; force: boolean },
): Applied => {
  const schema = kind.schema()
  const self = { manager: by.manager, operation: "Apply", apiVersion: kind.apiVersion, subresource: by.subresource } as const
  const last = managers.find((one) => sameManager(one, self))
  const others = managers.filter((one) => one !== last)
  const own = without(stripFields(fieldsOf(schema, wanted)), resetFields(kind, by.subresource))
  let merged = mergeTyped(schema, live ?? {}, wanted) as Json
  if (last) {
    const kept = others.reduce<FieldSet>((set, one) => union(set, fieldsOfEntry(one)), own)
    merged = removeFields(schema, merged, fieldsOfEntry(last), kept) as Json
  }
  // Whoever is the first to manage an object meets nobody, and has applied nothing before.
  const changes = managers.length > 0 ? compare(schema, live ?? {}, merged) : NO_CHANGES
  const { changed } = changes
  const conflicts = others.flatMap((one) => pathsOf(intersection(fieldsOfEntry(one), changed)).map((path) => ({ by: describe(one), path })))
  if (conflicts.length > 0 && !by.force) throw conflictError(conflicts)
  return {
    object: merged,
    managers: (final) => {
      const { removed } = others.length > 0 ? compare(schema, live ?? {}, final) : NO_CHANGES
      const left = others.flatMap((one) => {
        const rest = difference(difference(fieldsOfEntry(one), changed), removed)
        return isEmpty(rest) ? [] : [{ ...one, fieldsV1: rest } as ManagedFieldsEntry]
      })
      const same = last !== undefined && isEmpty(changed) && isEmpty(changes.removed) && equalSets(fieldsOfEntry(last), own)
      if (!isEmpty(own)) left.push(managerEntry({ ...self, fieldsV1: own, time: same && last.time ? last.time : formatTime(by.at) }))
      return orderedManagers(left)
    },
  }
}

const equalSets = (a: FieldSet, b: FieldSet): boolean => isEmpty(difference(a, b)) && isEmpty(difference(b, a))

/** What a body of an apply may not hold. */
export const refuseManagedFields = (wanted: unknown): boolean =>
  isObject(wanted) && isObject(wanted.metadata) && Array.isArray(wanted.metadata.managedFields) && wanted.metadata.managedFields.length > 0
