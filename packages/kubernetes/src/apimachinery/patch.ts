/** JSON patch (RFC 6902), JSON merge patch (RFC 7386) and strategic merge patch over JSON values. */
import type { Schema } from "../api/define-kind.ts"
import { deepCopy, deepEqual, isObject, type Json } from "./frozen.ts"

export class PatchError extends Error {}

export const mergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isObject(patch)) return deepCopy(patch)
  const result: Json = isObject(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = mergePatch(result[key], value)
  }
  return result
}

interface JsonPatchOperation {
  op: string
  path: string
  from?: string
  value?: unknown
}

/** Characters; no object is that deep. */
const LONGEST_POINTER = 64 * 1024

const pointer = (path: string): string[] => {
  if (path === "") return []
  if (path.length > LONGEST_POINTER) throw new PatchError("a path is too long")
  if (!path.startsWith("/")) throw new PatchError(`invalid JSON pointer "${path}"`)
  return path
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
}

/** Bytes that copies may add. As JSONPatchMaxCopyBytes in k8s.io/apiserver/pkg/server/config.go. */
const MOST_COPIED = 3 * 1024 * 1024
/** Values looked at by "test" operations and copied by "copy", over all of a patch. */
const MOST_WALKED = 50_000

export const jsonPatch = (target: unknown, operations: readonly JsonPatchOperation[]): unknown => {
  let root = deepCopy(target)
  let copied = 0
  let walked = 0
  const walk = (value: unknown): void => {
    walked++
    if (walked > MOST_WALKED) throw new PatchError("the patch looks at too much")
    if (typeof value === "object" && value !== null) for (const key in value) walk((value as Json)[key])
  }
  const locate = (path: readonly string[], operation: string, text: string): Json | unknown[] => {
    let at: unknown = root
    for (const part of path) {
      at = Array.isArray(at) ? at[Number(part)] : isObject(at) ? at[part] : undefined
      if (at === undefined) throw new PatchError(`${operation} operation does not apply: doc is missing path: "${text}": missing value`)
    }
    if (!isObject(at) && !Array.isArray(at))
      throw new PatchError(`${operation} operation does not apply: doc is missing path: "${text}": missing value`)
    return at
  }
  const get = (text: string, operation: string): unknown => {
    const path = pointer(text)
    const last = path.pop()
    if (last === undefined) return root
    const parent = locate(path, operation, text)
    const value = Array.isArray(parent) ? parent[Number(last)] : Object.hasOwn(parent, last) ? parent[last] : undefined
    if (value === undefined) throw new PatchError(`${operation} operation does not apply: doc is missing key: ${text}: missing value`)
    return value
  }
  const remove = (text: string): void => {
    const path = pointer(text)
    const last = path.pop() as string
    const parent = locate(path, "remove", text)
    if (Array.isArray(parent)) {
      const index = Number(last)
      if (!(index >= 0 && index < parent.length))
        throw new PatchError(`remove operation does not apply: doc is missing path: "${text}": missing value`)
      parent.splice(index, 1)
    } else {
      if (!Object.hasOwn(parent, last))
        throw new PatchError(`remove operation does not apply: doc is missing path: "${text}": missing value`)
      delete parent[last]
    }
  }
  const add = (text: string, value: unknown): void => {
    const path = pointer(text)
    const last = path.pop()
    if (last === undefined) {
      root = value
      return
    }
    const parent = locate(path, "add", text)
    if (Array.isArray(parent)) {
      const index = last === "-" ? parent.length : Number(last)
      if (!Number.isInteger(index) || index < 0 || index > parent.length)
        throw new PatchError(`add operation does not apply: doc is missing path: "${text}": missing value`)
      parent.splice(index, 0, value)
    } else parent[last] = value
  }
  for (const operation of operations) {
    switch (operation.op) {
      case "add":
        add(operation.path, deepCopy(operation.value))
        break
      case "remove":
        remove(operation.path)
        break
      case "replace":
        get(operation.path, "replace")
        if (operation.path !== "") {
          const path = pointer(operation.path)
          const last = path.pop() as string
          const parent = locate(path, "replace", operation.path)
          if (Array.isArray(parent)) parent[Number(last)] = deepCopy(operation.value)
          else parent[last] = deepCopy(operation.value)
        } else root = deepCopy(operation.value)
        break
      case "move": {
        const value = get(operation.from ?? "", "move")
        remove(operation.from ?? "")
        add(operation.path, value)
        break
      }
      case "copy": {
        const value = get(operation.from ?? "", "copy")
        walk(value)
        copied += JSON.stringify(value).length
        if (copied > MOST_COPIED)
          throw new PatchError(`unable to copy, the accumulated size increase of copy is ${copied}, exceeding the limit ${MOST_COPIED}`)
        add(operation.path, deepCopy(value))
        break
      }
      case "test":
        walk(operation.value)
        if (!deepEqual(get(operation.path, "test"), operation.value))
          throw new PatchError(`testing value ${operation.path} failed: test failed`)
        break
      default:
        throw new PatchError(`Unexpected kind: ${operation.op}`)
    }
  }
  return root
}

const mergeKeyOf = (schema: Schema | undefined): string | undefined => {
  if (!String(schema?.["x-kubernetes-patch-strategy"] ?? "").includes("merge")) return undefined
  return schema?.["x-kubernetes-patch-merge-key"]
}

const fieldSchema = (schema: Schema | undefined, key: string): Schema | undefined =>
  schema?.properties?.[key] ?? (typeof schema?.additionalProperties === "object" ? schema.additionalProperties : undefined)

/** As k8s.io/apimachinery/pkg/util/strategicpatch/patch.go, with the schema's merge keys. */
export const strategicMerge = (target: unknown, patch: unknown, schema: Schema | undefined): unknown => {
  if (!isObject(patch)) return deepCopy(patch)
  const directive = patch.$patch
  if (directive === "replace") return deepCopy(Object.fromEntries(Object.entries(patch).filter(([key]) => key !== "$patch")))
  if (directive === "delete") return {}
  const result: Json = isObject(target) ? { ...target } : {}
  const retained = Array.isArray(patch.$retainKeys) ? new Set(patch.$retainKeys as string[]) : undefined
  if (retained) for (const key of Object.keys(result)) if (!retained.has(key)) delete result[key]
  for (const [key, value] of Object.entries(patch)) {
    if (key === "$retainKeys" || key.startsWith("$setElementOrder/")) continue
    if (key.startsWith("$deleteFromPrimitiveList/")) {
      const field = key.slice("$deleteFromPrimitiveList/".length)
      if (Array.isArray(result[field])) result[field] = (result[field] as unknown[]).filter((item) => !(value as unknown[]).includes(item))
      continue
    }
    if (value === null) {
      delete result[key]
      continue
    }
    const below = fieldSchema(schema, key)
    if (Array.isArray(value)) result[key] = mergeLists(result[key], value, below, patch[`$setElementOrder/${key}`])
    else result[key] = strategicMerge(result[key], value, below)
  }
  for (const [key, order] of Object.entries(patch)) {
    if (!key.startsWith("$setElementOrder/")) continue
    const field = key.slice("$setElementOrder/".length)
    if (Array.isArray(result[field]) && patch[field] === undefined)
      result[field] = ordered(
        result[field] as unknown[],
        order as unknown[],
        result[field] as unknown[],
        mergeKeyOf(fieldSchema(schema, field)),
      )
  }
  return result
}

const GONE = Symbol("deleted")

const mergeLists = (target: unknown, patch: readonly unknown[], schema: Schema | undefined, order: unknown): unknown[] => {
  const existing = Array.isArray(target) ? (target as unknown[]) : []
  const strategy = String(schema?.["x-kubernetes-patch-strategy"] ?? "")
  const key = mergeKeyOf(schema)
  if (!strategy.includes("merge")) return patch.filter((item) => !(isObject(item) && item.$patch !== undefined)).map(deepCopy)
  if (key === undefined) {
    const there = new Set(existing.map(identity))
    const merged = [...existing, ...patch.filter((item) => !there.has(identity(item))).map(deepCopy)]
    return ordered(merged, Array.isArray(order) ? order : patch, existing, undefined)
  }
  if (patch.some((item) => isObject(item) && item.$patch === "replace"))
    return patch.filter((item) => !(isObject(item) && item.$patch !== undefined && Object.keys(item).length === 1)).map(deepCopy)
  const merged: unknown[] = [...existing]
  // Where each key is; what was deleted leaves a gap until the end.
  const places = new Map<unknown, number>()
  for (let at = merged.length - 1; at >= 0; at--) {
    const other = merged[at]
    if (isObject(other)) places.set(other[key], at)
  }
  for (const item of patch) {
    if (!isObject(item)) continue
    if (item[key] === undefined) throw new PatchError(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`)
    const index = places.get(item[key])
    if (item.$patch === "delete") {
      if (index === undefined) continue
      merged[index] = GONE
      places.delete(item[key])
    } else if (index !== undefined) merged[index] = strategicMerge(merged[index], item, schema?.items)
    else {
      places.set(item[key], merged.length)
      merged.push(strategicMerge({}, item, schema?.items))
    }
  }
  return ordered(
    merged.filter((item) => item !== GONE),
    Array.isArray(order) ? order : patch,
    existing,
    key,
  )
}

/** Equal for equal values: members of lists that are merged without a key are texts and numbers. */
const identity = (item: unknown): unknown => (typeof item === "object" && item !== null ? JSON.stringify(item) : item)

/**
 * Items that `order` names stand in its order; the others stay before those that they stood before in `existing`. As normalizeElementOrder,
 * which puts what is new in front.
 */
const ordered = (
  items: readonly unknown[],
  order: readonly unknown[],
  existing: readonly unknown[],
  key: string | undefined,
): unknown[] => {
  const nameOf = (item: unknown): unknown => (key === undefined ? identity(item) : isObject(item) ? item[key] : item)
  const index = (list: readonly unknown[]): ReadonlyMap<unknown, number> => {
    const places = new Map<unknown, number>()
    for (const [at, item] of list.entries()) if (!places.has(nameOf(item))) places.set(nameOf(item), at)
    return places
  }
  const [wanted, before] = [index(order), index(existing)]
  const placeIn = (places: ReadonlyMap<unknown, number>, item: unknown): number => places.get(nameOf(item)) ?? -1
  const named = items.filter((item) => placeIn(wanted, item) >= 0).sort((a, b) => placeIn(wanted, a) - placeIn(wanted, b))
  const others = items.filter((item) => placeIn(wanted, item) < 0)
  const result: unknown[] = []
  let [left, right] = [0, 0]
  while (left < others.length || right < named.length) {
    if (left >= others.length) result.push(named[right++])
    else if (right >= named.length) result.push(others[left++])
    else {
      const [mine, theirs] = [placeIn(before, others[left]), placeIn(before, named[right])]
      if (mine >= 0 && theirs >= 0 && mine < theirs) result.push(others[left++])
      else result.push(named[right++])
    }
  }
  return result
}
