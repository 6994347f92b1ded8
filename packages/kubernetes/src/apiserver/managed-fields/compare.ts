/** Which fields an object has, and which differ between two. As sigs.k8s.io/structured-merge-diff/typed (tofieldset.go, compare.go, merge.go). */
import type { Schema } from "../../api/define-kind.ts"
import { schemaOf } from "../../api/schema/definitions.ts"
import { wireMessage } from "../../api/schema/wire-types.ts"
import { deepCopy, deepEqual, isObject, type Json } from "../../apimachinery/frozen.ts"
import { type FieldSet, FieldSetBuilder, isEmpty, isMember } from "./field-set.ts"

const METADATA = "IoK8sApimachineryPkgApisMetaV1ObjectMeta"

export const fieldType = (schema: Schema | undefined, name: string, root: boolean): Schema | undefined =>
  (root && name === "metadata" ? schemaOf(METADATA) : schema?.properties?.[name]) ??
  (typeof schema?.additionalProperties === "object" ? schema.additionalProperties : undefined)

const isAtomic = (schema: Schema | undefined): boolean =>
  schema?.["x-kubernetes-map-type"] === "atomic" ||
  (schema?.["x-kubernetes-map-type"] === undefined && schema?.ref !== undefined && wireMessage(schema.ref)?.atomic === true)

/** Written by Go even when nobody set it: so it is no new field when somebody does. */
const isWritten = (schema: Schema | undefined, name: string, root: boolean): boolean =>
  (schema?.ref !== undefined && wireMessage(schema.ref)?.json.get(name)?.written === true) || (root && name === "metadata")

const isDeclared = (schema: Schema | undefined, name: string, root: boolean): boolean =>
  (root && name === "metadata") || (schema?.properties !== undefined && Object.hasOwn(schema.properties, name))

const EMPTY: Json = Object.freeze({})

/** Of texts without anything to escape, which the encoder is slow to begin with. */
const PLAIN = /^[\w ./-]*$/

/** What a key is that an item leaves out: as its schema says, and `+default` of both kinds of ports (core/v1/types.go). */
const keyDefault = (items: Schema | undefined, key: string): unknown =>
  items?.properties?.[key]?.default ??
  (key === "protocol" && /^core\.v1\.(?:Container|Service)Port$/.test(items?.ref ?? "") ? "TCP" : undefined)

const jsonKey = (keys: readonly string[], item: unknown, items: Schema | undefined): string => {
  const of = isObject(item) ? item : EMPTY
  // Almost always one key, a name.
  if (keys.length === 1) {
    const value = of[keys[0]] ?? keyDefault(items, keys[0])
    if (value === undefined) return "k:{}"
    return `k:{"${keys[0]}":${typeof value === "string" && PLAIN.test(value) ? `"${value}"` : JSON.stringify(value)}}`
  }
  const found: Json = {}
  for (const key of [...keys].sort()) {
    const value = of[key] ?? keyDefault(items, key)
    if (value !== undefined) found[key] = value
  }
  return `k:${JSON.stringify(found)}`
}

/** What names an item in its list; undefined for lists that are one field. */
export const itemElement = (schema: Schema | undefined, item: unknown): string | undefined => {
  switch (schema?.["x-kubernetes-list-type"]) {
    case "map":
      return jsonKey(schema["x-kubernetes-list-map-keys"] ?? [], item, schema.items)
    case "set":
      return `v:${JSON.stringify(item)}`
    default:
      return undefined
  }
}

const isKeyed = (schema: Schema | undefined): boolean =>
  schema?.["x-kubernetes-list-type"] === "map" || schema?.["x-kubernetes-list-type"] === "set"

/** The fields that `value` names. */
export const fieldsOf = (schema: Schema, value: unknown): FieldSet => {
  const builder = new FieldSetBuilder()
  // One path for the whole walk: it grows and shrinks with it.
  const path: string[] = []
  const walk = (type: Schema | undefined, at: unknown, root: boolean): void => {
    if (Array.isArray(at)) {
      if (!isKeyed(type)) return builder.insert(path)
      for (const item of at) {
        path.push(itemElement(type, item) as string)
        walk(type?.items, item, false)
        builder.insert(path)
        path.pop()
      }
      return
    }
    if (!isObject(at)) return at === undefined ? undefined : builder.insert(path)
    if (isAtomic(type)) return builder.insert(path)
    for (const [name, member] of Object.entries(at)) {
      if (member === undefined) continue
      path.push(`f:${name}`)
      walk(fieldType(type, name, root), member, false)
      if (member === null || (isObject(member) && Object.keys(member).length === 0) || !isDeclared(type, name, root)) builder.insert(path)
      path.pop()
    }
  }
  walk(schema, value, true)
  return builder.root
}

export interface Comparison {
  /** Added or modified. */
  changed: FieldSet
  removed: FieldSet
}

const isHollow = (value: unknown): boolean =>
  value === undefined || value === null || (Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0)

/** The items of a list by what names them. */
const indexed = (type: Schema | undefined, items: unknown): ReadonlyMap<string, unknown> => {
  const index = new Map<string, unknown>()
  if (Array.isArray(items)) for (const item of items) index.set(itemElement(type, item) as string, item)
  return index
}

export const compare = (schema: Schema, before: unknown, after: unknown): Comparison => {
  const changed = new FieldSetBuilder()
  const removed = new FieldSetBuilder()
  // One path for the whole walk: it grows and shrinks with it.
  const path: string[] = []
  const leaf = (left: unknown, right: unknown, written: boolean): void => {
    if (left === undefined && right === undefined) return
    // A list is written as null by who leaves it out: an empty one is another value.
    const unset = (value: unknown) => isHollow(value) && !Array.isArray(value)
    if (written && ((left === undefined && unset(right)) || (right === undefined && unset(left)))) return
    if (left === undefined && !written) changed.insert(path)
    else if (right === undefined && !written) removed.insert(path)
    else if (!deepEqual(left ?? null, right ?? null)) changed.insert(path)
  }
  const below = (element: string, type: Schema | undefined, left: unknown, right: unknown, written: boolean): void => {
    if (left === right) return
    path.push(element)
    walk(type, left, right, false, written)
    path.pop()
  }
  const walk = (type: Schema | undefined, left: unknown, right: unknown, root: boolean, written: boolean): void => {
    const either = left ?? right
    const list = Array.isArray(either)
    const container = list || isObject(either)
    const alike = left == null || right == null || Array.isArray(left) === Array.isArray(right)
    if (!container || !alike || (isHollow(left) && isHollow(right))) return leaf(left, right, written)
    if (list) {
      if (!isKeyed(type)) return leaf(left, right, written)
      const [olds, news] = [indexed(type, left), indexed(type, right)]
      for (const [element, old] of olds) below(element, type?.items, old, news.get(element), false)
      for (const [element, item] of news) if (!olds.has(element)) below(element, type?.items, undefined, item, false)
    } else {
      if (isAtomic(type)) return leaf(left, right, written)
      const [olds, news] = [isObject(left) ? left : EMPTY, isObject(right) ? right : EMPTY]
      // In a value that is new altogether, everything is new.
      const known = (left !== undefined || written || root) && right !== undefined
      for (const name in olds) below(`f:${name}`, fieldType(type, name, root), olds[name], news[name], known && isWritten(type, name, root))
      for (const name in news)
        if (olds[name] === undefined)
          below(`f:${name}`, fieldType(type, name, root), undefined, news[name], known && isWritten(type, name, root))
    }
    if (path.length === 0 || written) return
    if (left === undefined) changed.insert(path)
    else if (right === undefined) removed.insert(path)
  }
  walk(schema, before ?? {}, after ?? {}, true, true)
  return { changed: changed.root, removed: removed.root }
}

/** `applied` laid over `live`. */
export const mergeTyped = (schema: Schema | undefined, live: unknown, applied: unknown, root = true): unknown => {
  if (live === undefined || live === null) return deepCopy(applied)
  if (Array.isArray(applied) && Array.isArray(live)) {
    if (!isKeyed(schema)) return deepCopy(applied)
    // The applied order decides among what is applied; the rest keeps its place.
    const wanted = indexed(schema, applied)
    const present = indexed(schema, live)
    const merged: unknown[] = []
    const done = new Set<string>()
    const put = (element: string) => {
      if (done.has(element)) return
      done.add(element)
      merged.push(
        wanted.has(element) ? mergeTyped(schema?.items, present.get(element), wanted.get(element), false) : deepCopy(present.get(element)),
      )
    }
    const order = [...wanted.keys()]
    let next = 0
    for (const element of present.keys()) {
      if (!wanted.has(element)) {
        put(element)
        continue
      }
      while (next < order.length && !done.has(element)) put(order[next++])
    }
    while (next < order.length) put(order[next++])
    return merged
  }
  if (isObject(applied) && isObject(live)) {
    if (isAtomic(schema)) return deepCopy(applied)
    const result: Json = { ...live }
    for (const [name, member] of Object.entries(applied))
      result[name] = mergeTyped(fieldType(schema, name, root), live[name], member, false)
    return result
  }
  return deepCopy(applied)
}

/** `value` without the members of `gone` that nobody in `kept` owns, and without what is below such list items. */
export const removeFields = (
  schema: Schema | undefined,
  value: unknown,
  gone: FieldSet,
  kept: FieldSet | undefined,
  root = true,
): unknown => {
  if (Array.isArray(value)) {
    if (!isKeyed(schema)) return value
    return value.flatMap((item): unknown[] => {
      const element = itemElement(schema, item) as string
      const lost = gone[element]
      if (!lost) return [item]
      const owned = kept?.[element]
      if (isMember(lost) && !owned) return []
      return [isEmpty(lost) ? item : removeFields(schema?.items, item, lost, owned, false)]
    })
  }
  if (!isObject(value)) return value
  const result: Json = {}
  for (const [name, member] of Object.entries(value)) {
    const lost = gone[`f:${name}`]
    const owned = kept?.[`f:${name}`]
    if (!lost) result[name] = member
    else if (isMember(lost) && !owned) continue
    else if (isEmpty(lost)) result[name] = member
    else {
      const left = removeFields(fieldType(schema, name, root), member, lost, owned, false)
      if (owned || !isHollow(left)) result[name] = left
    }
  }
  return result
}
