/** Unions, intersections and differences. */
import { Dict, type Key, PySet, type Value } from "./values.ts"

const from = (dict: Dict, keys: Iterable<[Key, Value]>): Dict => {
  for (const [key, original] of keys) dict.put(key, original, null)
  return dict
}

const members = function* (set: PySet): Generator<[Key, Value]> {
  for (const key of set.dict.map.keys()) yield [key, set.dict.original(key)]
}

export const combineSets = (operator: "&" | "|" | "-" | "^", a: PySet, b: PySet): PySet => {
  const made = new Dict()
  const [inA, inB] = [(key: Key) => a.dict.map.has(key), (key: Key) => b.dict.map.has(key)]
  if (operator === "|") from(from(made, members(a)), members(b))
  else if (operator === "&")
    from(
      made,
      [...members(a)].filter(([key]) => inB(key)),
    )
  else {
    from(
      made,
      [...members(a)].filter(([key]) => !inB(key)),
    )
    if (operator === "^")
      from(
        made,
        [...members(b)].filter(([key]) => !inA(key)),
      )
  }
  return new PySet(made, a.frozen)
}
