/** Functions over arrays and objects. */
import { JqError } from "../error.ts"
import { compare, compareText, type Json, type JsonObject, typeOf } from "../json.ts"
import type { Job, Path } from "../machine.ts"
import type { Native } from "../native.ts"
import { clipped, compute } from "../operators.ts"
import { Draft, index } from "../paths.ts"
import { array, number, raise, wanted } from "./arguments.ts"

const keysOf = (value: Json): Json[] => {
  if (value instanceof Map) return [...value.keys()].sort(compareText)
  return Array.isArray(value) ? value.map((_, at) => at) : wanted(value, "has no keys")
}

const has = (value: Json, key: Json): boolean => {
  if (value === null && (typeof key === "string" || typeof key === "number")) return false
  if (value instanceof Map && typeof key === "string") return value.has(key)
  if (Array.isArray(value) && typeof key === "number") return key >= 0 && key < value.length
  throw new JqError(`Cannot check whether ${typeOf(value)} has a ${typeOf(key)} key`)
}

const contains = (a: Json, b: Json): boolean => {
  if (a instanceof Map && b instanceof Map) return [...b].every(([key, value]) => a.has(key) && contains(a.get(key) ?? null, value))
  if (Array.isArray(a) && Array.isArray(b))
    return b.every((item) => a.some((other) => typeOf(other) === typeOf(item) && contains(other, item)))
  if (typeof a === "string" && typeof b === "string") return a.includes(b)
  if (typeOf(a) === typeOf(b)) return compare(a, b) === 0
  throw new JqError(`${typeOf(a)} (${clipped(a)}) and ${typeOf(b)} (${clipped(b)}) cannot have their containment checked`)
}

/** Items of a container, as `.[]` has them. */
const itemsOf = (value: Json): readonly Json[] => {
  if (value instanceof Map) return [...value.values()]
  if (Array.isArray(value)) return value
  throw new JqError(`Cannot iterate over ${typeOf(value)}${value === null ? "" : ` (${clipped(value)})`}`)
}

const flatten = (items: readonly Json[], depth: number): Json[] => {
  const flat: Json[] = []
  for (const item of items) {
    if (!Array.isArray(item)) flat.push(item)
    else if (depth === 0) flat.push(item)
    else for (const inner of flatten(item, depth - 1)) flat.push(inner)
  }
  return flat
}

const indices = (value: Json, what: Json): Json => {
  if (value === null) return null
  if (typeof value === "string" && typeof what === "string") {
    const found: number[] = []
    if (what === "") return null
    // In bytes, until 1.8.
    let [before, bytes] = [0, 0]
    for (let at = value.indexOf(what); at >= 0; at = value.indexOf(what, at + 1)) {
      for (; before < at; before++) {
        const code = value.charCodeAt(before)
        bytes += code < 0x80 ? 1 : code < 0x800 || (code & 0xf800) === 0xd800 ? 2 : 3
      }
      found.push(bytes)
    }
    return found
  }
  if (Array.isArray(value) && !Array.isArray(what)) return index(value, [what])
  return index(value, what)
}

/** The sum of all items: text and arrays are gathered, as adding them pairwise would be quadratic. */
function* sum(items: readonly Json[]): Job {
  let total: Json = null
  let gathered: Json[] | undefined
  for (const [at, item] of items.entries()) {
    if (at % 1_000 === 999) yield
    if (Array.isArray(item) && (gathered || Array.isArray(total))) {
      gathered ??= [...(total as Json[])]
      for (const one of item) gathered.push(one)
      total = gathered
    } else if (item instanceof Map && total instanceof Map && at > 1) for (const [key, value] of item) total.set(key, value)
    else total = compute("+", total, item)
  }
  return total
}

const keyText = (entry: Json): string => {
  if (!(entry instanceof Map)) return raise(`Cannot index ${typeOf(entry)} with string "key"`)
  let key: Json = null
  for (const name of ["key", "k", "name", "Name", "Key", "K"]) {
    const value = entry.get(name)
    if (value !== undefined && value !== null && (value !== false || key === null)) key = value
    if (key !== null && key !== false) break
  }
  if (typeof key === "string") return key
  if (key === null || typeof key === "boolean" || typeof key === "number") return clipped(key, 40)
  return raise(`Cannot use ${typeOf(key)} (${clipped(key)}) as object key`)
}

const fromEntries = (input: Json): JsonObject => {
  const object: JsonObject = new Map()
  for (const entry of itemsOf(input)) {
    const key = keyText(entry)
    const fields = entry as JsonObject
    const name = ["value", "v", "Value", "V"].find((one) => fields.has(one))
    object.set(key, (name === undefined ? null : fields.get(name)) ?? null)
  }
  return object
}

const bsearch = (items: readonly Json[], target: Json): number => {
  let [low, high] = [0, items.length - 1]
  while (low <= high) {
    const middle = (low + high) >> 1
    const order = compare(items[middle], target)
    if (order === 0) return middle
    if (order < 0) low = middle + 1
    else high = middle - 1
  }
  return -1 - low
}

const pathOf = (path: Json): Path => (Array.isArray(path) ? path : raise("Path must be specified as an array"))

export const collections: Readonly<Record<string, Native>> = {
  "keys/0": (input, _, machine) => {
    if (input instanceof Map) machine.spend(input.size)
    return keysOf(input)
  },
  "keys_unsorted/0": (input) => (input instanceof Map ? [...input.keys()] : keysOf(input)),
  "has/1": (input, [key]) => has(input, key),
  "contains/1": (input, [other], machine) => {
    if (Array.isArray(input) && Array.isArray(other)) machine.spend((input.length * other.length) >> 2)
    return contains(input, other)
  },
  "add/0": (input) => (input === null ? null : sum(itemsOf(input))),
  "flatten/0": (input) => flatten(itemsOf(input), -1),
  "flatten/1": (input, [depth]) =>
    number(depth) < 0 ? raise("flatten depth must not be negative") : flatten(itemsOf(input), number(depth)),
  "reverse/0": (input) => {
    if (input === null) return []
    if (typeof input === "string") return [...input].reverse().join("")
    if (typeof input === "number") return raise("Cannot index number with number")
    if (input instanceof Map) return input.size === 0 ? [] : raise("Cannot index object with number")
    return [...array(input, "has no length")].reverse()
  },
  "indices/1": (input, [what], machine) => {
    machine.spend(typeof input === "string" ? input.length >> 4 : Array.isArray(input) ? input.length : 0)
    return indices(input, what)
  },
  "transpose/0": (input) => {
    const rows = itemsOf(input).map((row) => (row === null ? [] : array(row, "cannot be transposed")))
    const width = rows.reduce((most, row) => Math.max(most, row.length), 0)
    return Array.from({ length: width }, (_, at) => rows.map((row) => row[at] ?? null))
  },
  "to_entries/0": (input, _, machine) => {
    if (!(input instanceof Map || Array.isArray(input))) return wanted(input, "has no keys")
    const size = Array.isArray(input) ? input.length : input.size
    machine.grow(size * 8)
    machine.spend(size)
    return [...input.entries()].map(
      ([key, value]) =>
        new Map<string, Json>([
          ["key", key],
          ["value", value],
        ]),
    )
  },
  "from_entries/0": (input, _, machine) => {
    const object = fromEntries(input)
    machine.grow(object.size * 4)
    machine.spend(object.size)
    return object
  },
  "bsearch/1": (input, [target]) => bsearch(array(input, "cannot be searched from"), target),
  "toarray/0": (input) => (Array.isArray(input) ? input : [input]),
  "setpath/2": (input, [path, value], machine) => {
    const draft = new Draft(input, (items) => machine.spend(items))
    draft.set(pathOf(path), value)
    return draft.root
  },
  "delpaths/1": (input, [paths], machine) => {
    if (!Array.isArray(paths)) return raise("Paths must be specified as an array")
    return new Draft(input, (items) => machine.spend(items)).without(paths.map(pathOf))
  },
}
