/** Names that are nearly another (Python/suggestions.c). */
import { Module, PyClass, PyObject, typeOf, type Value } from "../objects/values.ts"

const MOST_NAMES = 750
const MOST_LENGTH = 40
const MOVE = 2
const CASE = 1

const substitution = (a: string, b: string): number => (a === b ? 0 : a.toLowerCase() === b.toLowerCase() ? CASE : MOVE)

/** A Levenshtein distance where a change of case costs half. */
const distance = (a: string, b: string, most: number): number => {
  if (a === b) return 0
  let row = Array.from({ length: a.length + 1 }, (_, index) => index * MOVE)
  for (let y = 0; y < b.length; y++) {
    const next = [(y + 1) * MOVE]
    for (let x = 0; x < a.length; x++) next.push(Math.min(row[x + 1] + MOVE, next[x] + MOVE, row[x] + substitution(a[x], b[y])))
    row = next
    if (Math.min(...row) > most) return most + 1
  }
  return row[a.length]
}

/** The name that is nearest, when one is near enough. */
export const closest = (name: string, names: Iterable<unknown>): string | undefined => {
  if (name.length > MOST_LENGTH) return undefined
  let best: string | undefined
  let least = Number.POSITIVE_INFINITY
  let count = 0
  for (const one of names) {
    if (typeof one !== "string" || one === name) continue
    if (++count > MOST_NAMES) return undefined
    if (one.length > MOST_LENGTH) continue
    const most = Math.min(Math.floor(((name.length + one.length + 3) * MOVE) / 6), least - 1)
    const found = distance(name, one, most)
    if (found <= most) {
      best = one
      least = found
    }
  }
  return best
}

/** Names that could be asked of an object. */
export const attributesOf = (value: Value): string[] => {
  const names = new Set<string>()
  const own = value instanceof PyObject ? value.attrs : undefined
  for (const key of own?.map.keys() ?? []) if (typeof key === "string") names.add(key)
  if (!(value instanceof Module))
    for (const cls of (value instanceof PyClass ? value : typeOf(value)).mro)
      for (const key of cls.dict.map.keys()) if (typeof key === "string") names.add(key)
  return [...names].sort()
}
