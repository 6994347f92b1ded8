/**
 * How much a program holds: everything that can be reached from its roots, each object once. A text counts wherever it is held: whether two equal
 * ones are the same cannot be seen, and comparing them would take their length.
 */
import { Bytes, Dict, List, PyClass, PyFunction, type PyObject, PySet, Tuple, type Value } from "../objects/values.ts"

export class Reach {
  readonly #open: Value[]
  readonly #seen = new Set<PyObject>()
  /** Values and characters so far. */
  units = 0

  constructor(roots: Value[]) {
    this.#open = roots
  }

  #all(values: Iterable<Value>): void {
    for (const value of values)
      if (typeof value === "object" ? value !== null : typeof value === "string" && value.length > 64) this.#open.push(value)
  }

  /** Goes on for about `count` things; true when all were seen. */
  step(count: number): boolean {
    for (let left = count; left > 0; left--) {
      const value = this.#open.pop()
      if (value === undefined) return true
      if (typeof value === "string") {
        this.units += value.length >> 3
        continue
      }
      if (value === null || typeof value !== "object" || this.#seen.has(value)) continue
      this.#seen.add(value)
      this.units += 4
      if (value instanceof List || value instanceof Tuple) {
        this.units += value.items.length
        left -= value.items.length >> 3
        this.#all(value.items)
      } else if (value instanceof Dict) this.#dict(value)
      else if (value instanceof PySet) this.#dict(value.dict)
      else if (value instanceof Bytes) this.units += value.data.length >> 3
      else if (value instanceof PyClass) this.#dict(value.dict)
      else if (value instanceof PyFunction) for (const slot of value.scope.slots) if (slot !== undefined) this.#all([slot])
      if (value.attrs) this.#dict(value.attrs)
    }
    return this.#open.length === 0
  }

  #dict(dict: Dict): void {
    this.units += dict.map.size * 2
    this.#all(dict.map.values())
    this.#all(dict.map.keys())
    if (dict.originals) this.#all(dict.originals.values())
  }
}
