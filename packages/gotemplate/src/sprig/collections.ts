/** sprig's lists and dictionaries, and what chooses among values. As Masterminds/sprig/list.go, dict.go, defaults.go, reflect.go. */
import { type Functions, truth, typed } from "../functions.ts"
import { isMap, sortedKeys } from "../go-values.ts"
import { asList, deepCopy, deepEqual, kindOf, strval, toInt, typeOf } from "./values.ts"

type Dictionary = Record<string, unknown>

/** mergo.Merge: what is empty in `target` is filled from `source`; with `overwrite` the source wins where it has something. */
const mergeInto = (target: Dictionary, source: Readonly<Dictionary>, overwrite: boolean): Dictionary => {
  for (const [key, value] of Object.entries(source)) {
    const held = target[key]
    if (isMap(held) && isMap(value)) mergeInto(held as Dictionary, value, overwrite)
    else if (overwrite ? truth(value) || !Object.hasOwn(target, key) : !truth(held)) target[key] = value
  }
  return target
}

const merged =
  (overwrite: boolean) =>
  (target: Dictionary, ...sources: Dictionary[]) =>
    sources.reduce((all, source) => mergeInto(all, source, overwrite), target)

const dig = (...given: unknown[]): unknown => {
  if (given.length < 3) throw new Error("dig needs at least three arguments")
  const names = given.slice(0, -2)
  let at = given.at(-1)
  for (const name of names) {
    if (!isMap(at)) throw new Error(`interface conversion: interface {} is ${typeOf(at)}, not map[string]interface {}`)
    if (typeof name !== "string") throw new Error(`interface conversion: interface {} is ${typeOf(name)}, not string`)
    if (!Object.hasOwn(at, name)) return given.at(-2)
    at = at[name]
  }
  return at
}

const chunk = (size: number, list: unknown): unknown[][] => {
  const items = asList(list, "chunk")
  const parts: unknown[][] = []
  for (let at = 0; at < items.length && size > 0; at += size) parts.push(items.slice(at, at + size))
  return parts
}

const slice = (list: unknown, ...indexes: unknown[]): unknown => {
  if (!Array.isArray(list)) throw new Error(`list should be type of slice or array but ${kindOf(list)}`)
  if (list.length === 0) return null
  const from = indexes.length > 0 ? toInt(indexes[0]) : 0
  const to = indexes.length < 2 ? list.length : toInt(indexes[1])
  if (from < 0 || to > list.length || from > to) throw new Error("reflect.Value.Slice: slice index out of bounds")
  return list.slice(from, to)
}

const LISTS: Functions = {
  first: typed("any", (list: unknown) => asList(list, "find first on").at(0) ?? null),
  last: typed("any", (list: unknown) => asList(list, "find last on").at(-1) ?? null),
  rest: typed("any", (list: unknown) => asList(list, "find rest on").slice(1)),
  initial: typed("any", (list: unknown) => asList(list, "find initial on").slice(0, -1)),
  append: typed("any, any", (list: unknown, item: unknown) => [...asList(list, "push on"), item]),
  push: typed("any, any", (list: unknown, item: unknown) => [...asList(list, "push on"), item]),
  prepend: typed("any, any", (list: unknown, item: unknown) => [item, ...asList(list, "prepend on")]),
  reverse: typed("any", (list: unknown) => [...asList(list, "find reverse on")].reverse()),
  compact: typed("any", (list: unknown) => asList(list, "compact on").filter(truth)),
  uniq: typed("any", (list: unknown) =>
    asList(list, "find uniq on").filter((item, at, all) => all.findIndex((one) => deepEqual(one, item)) === at),
  ),
  without: typed("any, any...", (list: unknown, ...omitted: unknown[]) =>
    asList(list, "find without on").filter((item) => !omitted.some((one) => deepEqual(one, item))),
  ),
  has: typed("any, any", (item: unknown, list: unknown) =>
    list === null || list === undefined ? false : asList(list, "find has on").some((one) => deepEqual(one, item)),
  ),
  slice: typed("any, any...", slice),
  chunk: typed("int, any", chunk),
}

const must = (functions: Functions): Functions =>
  Object.fromEntries(Object.entries(functions).map(([name, run]) => [`must${name.charAt(0).toUpperCase()}${name.slice(1)}`, run]))

const dict = (...given: unknown[]): Dictionary => {
  const made: Dictionary = {}
  for (let at = 0; at < given.length; at += 2) made[strval(given[at])] = at + 1 < given.length ? given[at + 1] : ""
  return made
}

export const COLLECTIONS: Functions = {
  ...LISTS,
  ...must(LISTS),
  list: typed("any...", (...items: unknown[]) => items),
  tuple: typed("any...", (...items: unknown[]) => items),
  concat: typed("any...", (...lists: unknown[]) =>
    lists.flatMap((list) => {
      if (!Array.isArray(list)) throw new Error(`Cannot concat type ${kindOf(list)} as list`)
      return list
    }),
  ),
  dict: typed("any...", dict),
  get: typed("map, string", (map: Dictionary, key: string) => (Object.hasOwn(map, key) ? map[key] : "")),
  set: typed("map, string, any", (map: Dictionary, key: string, value: unknown) => {
    map[key] = value
    return map
  }),
  unset: typed("map, string", (map: Dictionary, key: string) => {
    delete map[key]
    return map
  }),
  hasKey: typed("map, string", (map: Dictionary, key: string) => Object.hasOwn(map, key)),
  pluck: typed("string, map...", (key: string, ...maps: Dictionary[]) =>
    maps.filter((map) => Object.hasOwn(map, key)).map((map) => map[key]),
  ),
  keys: typed("map...", (...maps: Dictionary[]) => maps.flatMap(sortedKeys)),
  values: typed("map", (map: Dictionary) => sortedKeys(map).map((key) => map[key])),
  pick: typed("map, string...", (map: Dictionary, ...keys: string[]) =>
    Object.fromEntries(keys.filter((key) => Object.hasOwn(map, key)).map((key) => [key, map[key]])),
  ),
  omit: typed("map, string...", (map: Dictionary, ...keys: string[]) =>
    Object.fromEntries(Object.entries(map).filter(([key]) => !keys.includes(key))),
  ),
  merge: typed("map, map...", merged(false)),
  mustMerge: typed("map, map...", merged(false)),
  mergeOverwrite: typed("map, map...", merged(true)),
  mustMergeOverwrite: typed("map, map...", merged(true)),
  deepCopy: typed("any", deepCopy),
  mustDeepCopy: typed("any", deepCopy),
  dig: typed("any...", dig),
  default: typed("any, any...", (otherwise: unknown, ...given: unknown[]) => (truth(given[0]) ? given[0] : otherwise)),
  empty: typed("any", (value: unknown) => !truth(value)),
  coalesce: typed("any...", (...values: unknown[]) => values.find(truth) ?? null),
  all: typed("any...", (...values: unknown[]) => values.every(truth)),
  any: typed("any...", (...values: unknown[]) => values.some(truth)),
  ternary: typed("any, any, bool", (yes: unknown, no: unknown, which: boolean) => (which ? yes : no)),
  typeOf: typed("any", typeOf),
  typeIs: typed("string, any", (name: string, value: unknown) => typeOf(value) === name),
  typeIsLike: typed("string, any", (name: string, value: unknown) => typeOf(value).replace(/^\*/, "") === name.replace(/^\*/, "")),
  kindOf: typed("any", kindOf),
  kindIs: typed("string, any", (name: string, value: unknown) => kindOf(value) === name),
  deepEqual: typed("any, any", deepEqual),
}
