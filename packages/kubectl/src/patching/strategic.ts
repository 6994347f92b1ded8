/** Strategic merge patches computed on the client's side. As k8s.io/apimachinery/pkg/util/strategicpatch. */
import { kinds, type Schema } from "@drydock/kubernetes/api"
import { deepCopy, deepEqual, isObject, type Json } from "@drydock/kubernetes/apimachinery"

/** The schema of a type that kubectl knows by heart; undefined for custom resources. */
export const schemaFor = ({ apiVersion, kind }: { apiVersion: string; kind: string }): Schema | undefined =>
  kinds.find((one) => one.kind === kind && one.apiVersion === apiVersion)?.schema()

interface Mode {
  /** What is in `from` alone is left alone. */
  readonly ignoreDeletions: boolean
  /** Only what is in `from` alone matters. */
  readonly onlyDeletions: boolean
}

const below = (schema: Schema | undefined, key: string): Schema | undefined =>
  schema?.properties?.[key] ?? (typeof schema?.additionalProperties === "object" ? schema.additionalProperties : undefined)

const strategyOf = (schema: Schema | undefined): string => String(schema?.["x-kubernetes-patch-strategy"] ?? "")

/** Which items a list has, by their merge key, in order. */
const orderOf = (items: readonly unknown[], key: string): Json[] => items.filter(isObject).map((item) => ({ [key]: item[key] }))

/** Pairs items by their merge key; of several with the same key, the first with the first, as upstream's walk over both sorted lists does. */
const paired = (
  from: readonly unknown[],
  to: readonly unknown[],
  key: string,
): { pairs: [item: Json, old: Json | undefined][]; gone: Json[] } => {
  const left = from.filter(isObject)
  const pairs = to.filter(isObject).map((item): [Json, Json | undefined] => {
    const at = left.findIndex((other) => deepEqual(other[key], item[key]))
    return [item, at < 0 ? undefined : left.splice(at, 1)[0]]
  })
  return { pairs, gone: left }
}

const diffList = (
  from: readonly unknown[],
  to: readonly unknown[],
  schema: Schema | undefined,
  mode: Mode,
): { patch: unknown[]; deletions: unknown[]; order: unknown[] } | undefined => {
  const key = schema?.["x-kubernetes-patch-merge-key"]
  const patch: unknown[] = []
  if (key === undefined) {
    // A list of plain values: what is new, and what is to go.
    const added = mode.onlyDeletions ? [] : to.filter((item) => !from.some((other) => deepEqual(item, other)))
    const deletions = mode.ignoreDeletions ? [] : from.filter((item) => !to.some((other) => deepEqual(item, other)))
    const same = added.length === 0 && deletions.length === 0 && (mode.onlyDeletions || deepEqual(from, to) || mode.ignoreDeletions)
    return same ? undefined : { patch: added, deletions, order: [...to] }
  }
  const { pairs, gone } = paired(from, to, key)
  for (const [item, old] of pairs) {
    if (old === undefined) {
      if (!mode.onlyDeletions) patch.push(deepCopy(item))
      continue
    }
    const change = diffMap(old, item, schema?.items, mode, strategyOf(schema))
    if (change) patch.push({ ...change, [key]: item[key] })
  }
  if (!mode.ignoreDeletions) for (const item of gone) patch.push({ $patch: "delete", [key]: item[key] })
  const moved =
    !mode.onlyDeletions &&
    !deepEqual(
      orderOf(
        from.filter((item) => !gone.includes(item as Json)),
        key,
      ),
      orderOf(
        pairs.filter(([, old]) => old !== undefined).map(([item]) => item),
        key,
      ),
    )
  return patch.length === 0 && !moved ? undefined : { patch, deletions: [], order: orderOf(to, key) }
}

const diffMap = (from: Json, to: Json, schema: Schema | undefined, mode: Mode, strategy = strategyOf(schema)): Json | undefined => {
  const patch: Json = {}
  for (const [key, value] of Object.entries(to)) {
    if (!Object.hasOwn(from, key) || from[key] === undefined) {
      if (!mode.onlyDeletions && value !== null) patch[key] = deepCopy(value)
      continue
    }
    const old = from[key]
    const inner = below(schema, key)
    if (isObject(old) && isObject(value)) {
      if (strategyOf(inner).includes("replace")) {
        if (!mode.onlyDeletions && !deepEqual(old, value)) patch[key] = { ...(deepCopy(value) as Json), $patch: "replace" }
        continue
      }
      const change = diffMap(old, value, inner, mode)
      if (change) patch[key] = change
    } else if (Array.isArray(old) && Array.isArray(value) && strategyOf(inner).includes("merge")) {
      const change = diffList(old, value, inner, mode)
      if (!change) continue
      if (change.patch.length > 0) patch[key] = change.patch
      if (change.deletions.length > 0) patch[`$deleteFromPrimitiveList/${key}`] = change.deletions
      patch[`$setElementOrder/${key}`] = change.order
    } else if (!mode.onlyDeletions && !deepEqual(old, value)) patch[key] = deepCopy(value)
  }
  if (!mode.ignoreDeletions)
    for (const key of Object.keys(from))
      if (from[key] !== undefined && (!Object.hasOwn(to, key) || to[key] === undefined)) patch[key] = null
  if (Object.keys(patch).length === 0) return undefined
  if (strategy.includes("retainKeys") && !mode.onlyDeletions) patch.$retainKeys = Object.keys(to).sort()
  return patch
}

/** Two patches of the same object as one; the second wins. */
const combine = (first: Json | undefined, second: Json | undefined, schema: Schema | undefined): Json | undefined => {
  if (!first || !second) return first ?? second
  const result: Json = { ...first }
  for (const [key, value] of Object.entries(second)) {
    const old = result[key]
    if (isObject(old) && isObject(value)) result[key] = combine(old, value, below(schema, key))
    else if (Array.isArray(old) && Array.isArray(value) && !key.startsWith("$")) {
      const inner = below(schema, key)
      const mergeKey = inner?.["x-kubernetes-patch-merge-key"]
      const merged = [...old]
      for (const item of value) {
        const at =
          mergeKey === undefined
            ? -1
            : merged.findIndex((other) => isObject(other) && isObject(item) && deepEqual(other[mergeKey], item[mergeKey]))
        if (at >= 0) merged[at] = combine(merged[at] as Json, item as Json, inner?.items)
        else merged.push(item)
      }
      result[key] = merged
    } else result[key] = value
  }
  return result
}

/** What leads from `from` to `to`; undefined when nothing must change. */
export const twoWayPatch = (from: unknown, to: unknown, schema: Schema | undefined): Json | undefined =>
  schema ? diffMap(from as Json, to as Json, schema, { ignoreDeletions: false, onlyDeletions: false }) : mergeDiff(from as Json, to as Json)

/** What leads from the live object to the wanted one, where only what was once applied may be deleted. */
export const threeWayPatch = (last: unknown, wanted: unknown, live: unknown, schema: Schema | undefined): Json | undefined => {
  const original = isObject(last) ? last : {}
  if (!schema) {
    const changes = mergeDiff(live as Json, wanted as Json, true)
    return combine(deletionsOf(original, wanted as Json), changes, undefined)
  }
  const changes = diffMap(live as Json, wanted as Json, schema, { ignoreDeletions: true, onlyDeletions: false })
  const deletions = diffMap(original, wanted as Json, schema, { ignoreDeletions: false, onlyDeletions: true })
  return combine(deletions, changes, schema)
}

/** A JSON merge patch. */
const mergeDiff = (from: Json, to: Json, keep = false): Json | undefined => {
  const patch: Json = {}
  for (const [key, value] of Object.entries(to)) {
    const old = from[key]
    if (value === null && old === undefined) continue
    if (isObject(old) && isObject(value)) {
      const change = mergeDiff(old, value, keep)
      if (change) patch[key] = change
    } else if (!deepEqual(old, value)) patch[key] = deepCopy(value)
  }
  if (!keep) for (const key of Object.keys(from)) if (from[key] !== undefined && to[key] === undefined) patch[key] = null
  return Object.keys(patch).length === 0 ? undefined : patch
}

const deletionsOf = (from: Json, to: Json): Json | undefined => {
  const patch: Json = {}
  for (const [key, old] of Object.entries(from)) {
    if (to[key] === undefined) patch[key] = null
    else if (isObject(old) && isObject(to[key])) {
      const change = deletionsOf(old, to[key] as Json)
      if (change) patch[key] = change
    }
  }
  return Object.keys(patch).length === 0 ? undefined : patch
}
