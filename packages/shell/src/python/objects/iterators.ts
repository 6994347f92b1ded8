/** Going through values: iterators of native objects, and of objects with __iter__ or __getitem__. */
import type { Interpreter } from "../run/interpreter.ts"
import { STOP_ITERATION } from "./exceptions.ts"
import { PyGenerator } from "./generator.ts"
import { raised, typeError } from "./raise.ts"
import { characters } from "./text.ts"
import {
  Bytes,
  Dict,
  isTask,
  List,
  OBJECT,
  PyClass,
  PyException,
  PyIterator,
  PySet,
  Range,
  type Soon,
  type Task,
  Tuple,
  typeOf,
  type Value,
  Instance,
} from "./values.ts"

/** The class of all native iterators; their own differ in name alone. */
export const ITERATOR = new PyClass("iterator", [OBJECT])

const classes = new Map<string, PyClass>()

const iteratorClass = (name: string): PyClass => {
  let found = classes.get(name)
  if (!found) classes.set(name, (found = new PyClass(name, [ITERATOR])))
  return found
}

/** An iterator by a function that gives the next value, undefined at the end. */
export class NativeIterator extends PyIterator {
  readonly cls: PyClass
  readonly #next: (python: Interpreter) => Soon<Value | undefined>

  constructor(name: string, next: (python: Interpreter) => Soon<Value | undefined>) {
    super()
    this.cls = iteratorClass(name)
    this.#next = next
  }

  advance(python: Interpreter): Soon<Value | undefined> {
    return this.#next(python)
  }
}

export const arrayIterator = (name: string, items: readonly Value[]): PyIterator => {
  let at = 0
  return new NativeIterator(name, () => items[at++])
}

const listIterator = (list: List): PyIterator => {
  let at = 0
  return new NativeIterator("list_iterator", () => list.items[at++])
}

export const dictIterator = (name: string, dict: Dict, pick: (key: Value, value: Value) => Value): PyIterator => {
  const size = dict.map.size
  const what = name.startsWith("set") ? "Set" : "dictionary"
  const entries = dict.map.entries()
  return new NativeIterator(name, () => {
    if (dict.map.size !== size) throw raised("RuntimeError", `${what} changed size during iteration`)
    const { done, value } = entries.next()
    return done ? undefined : pick(dict.original(value[0]), value[1])
  })
}

/** The iterator of an object whose __next__ is its class's. */
class ObjectIterator extends PyIterator {
  readonly cls = iteratorClass("iterator")
  readonly #object: Value

  constructor(object: Value) {
    super()
    this.#object = object
  }

  *advance(python: Interpreter): Task<Value | undefined> {
    try {
      return yield* python.callMethod(this.#object, "__next__", [])
    } catch (error) {
      if (error instanceof PyException && error.cls.isSubclass(STOP_ITERATION)) return undefined
      throw error
    }
  }
}

/** An object that is only indexed: 0, 1, … until IndexError. */
const indexIterator = (object: Value): PyIterator => {
  let at = 0
  return new NativeIterator("iterator", function* (python) {
    try {
      return yield* python.callMethod(object, "__getitem__", [at++])
    } catch (error) {
      if (error instanceof PyException && error.cls.name === "IndexError") return undefined
      throw error
    }
  })
}

function* objectIterator(python: Interpreter, value: Value): Task<PyIterator> {
  const made = yield* python.callMethod(value, "__iter__", [])
  if (made instanceof PyIterator) return made
  if (typeOf(made).lookup("__next__") === undefined) throw typeError(`iter() returned non-iterator of type '${typeOf(made).name}'`)
  return new ObjectIterator(made)
}

/** iter(); throws TypeError for what cannot be gone through. */
export const iteratorOf = (python: Interpreter, value: Value): Soon<PyIterator> => {
  if (value instanceof PyIterator) return value
  const cls = typeOf(value)
  const own = cls.custom ? cls.lookup("__iter__") : undefined
  if (own === undefined || (typeof own === "object" && own?.cls.name === "builtin_function_or_method")) {
    if (value instanceof List) return listIterator(value)
    if (value instanceof Tuple) return arrayIterator("tuple_iterator", value.items)
    if (value instanceof Dict) return dictIterator("dict_keyiterator", value, (key) => key)
    if (value instanceof PySet) return dictIterator("set_iterator", value.dict, (key) => key)
    if (typeof value === "string") return arrayIterator("str_ascii_iterator", characters(value))
    if (value instanceof Bytes) return arrayIterator("bytes_iterator", [...value.data])
    if (value instanceof Range) {
      let at = 0
      const { start, step, length } = value
      return new NativeIterator("range_iterator", () => (at < length ? start + step * at++ : undefined))
    }
    if (value instanceof Instance && typeof value.value === "string") return arrayIterator("str_iterator", characters(value.value))
  }
  if (cls.lookup("__iter__") !== undefined) return objectIterator(python, value)
  if (cls.lookup("__getitem__") !== undefined) return indexIterator(value)
  throw typeError(`'${cls.name}' object is not iterable`)
}

/** Most values that one call may gather. */
export const MOST_ITEMS = 4_000_000

function* collected(python: Interpreter, value: Value): Task<Value[]> {
  const made = iteratorOf(python, value)
  const iterator = isTask(made) ? yield* made : made
  const items: Value[] = []
  const gathered = new List(items)
  python.gathering.add(gathered)
  try {
    for (;;) {
      const next = iterator.advance(python)
      const item = isTask(next) ? yield* next : next
      if (item === undefined) return items
      items.push(item)
      python.allocate(1)
      if (items.length > MOST_ITEMS) throw raised("MemoryError")
      if (--python.budget < 0) yield* python.rest()
    }
  } finally {
    python.gathering.delete(gathered)
  }
}

/** All values of it, as an array of their own. */
export const collect = (python: Interpreter, value: Value): Soon<Value[]> => {
  if (value instanceof List && !value.cls.custom) return [...value.items]
  if (value instanceof Tuple && !value.cls.custom) return [...value.items]
  if (typeof value === "string") return characters(value)
  if (value instanceof PySet && !value.cls.custom) return [...value.dict.entries()].map(([key]) => key)
  if (value instanceof Dict && !value.cls.custom) return [...value.entries()].map(([key]) => key)
  return collected(python, value)
}

/** `next(iterator)` as the iterator protocol has it. */
export function* nextOf(python: Interpreter, iterator: Value, fallback?: Value): Task {
  if (!(iterator instanceof PyIterator)) {
    if (typeOf(iterator).lookup("__next__") === undefined) throw typeError(`'${typeOf(iterator).name}' object is not an iterator`)
    try {
      return yield* python.callMethod(iterator, "__next__", [])
    } catch (error) {
      if (fallback !== undefined && error instanceof PyException && error.cls.isSubclass(STOP_ITERATION)) return fallback
      throw error
    }
  }
  const next = iterator.advance(python)
  const value = isTask(next) ? yield* next : next
  if (value !== undefined) return value
  if (fallback !== undefined) return fallback
  const returned = iterator instanceof PyGenerator ? iterator.returned : null
  throw returned === null ? raised("StopIteration") : raised("StopIteration", returned)
}
