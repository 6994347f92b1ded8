/** object[index]: reading, setting and deleting, with slices. */
import { hashesItself, keyOf, missingKey } from "../objects/keys.ts"
import { toIndex } from "../objects/numbers.ts"
import { raised, typeError, valueError } from "../objects/raise.ts"
import { characters, isAstral, ownMethod } from "../objects/text.ts"
import {
  Bytes,
  Dict,
  GenericAlias,
  Instance,
  isTask,
  List,
  Native,
  PyClass,
  PyObject,
  Range,
  Slice,
  type Soon,
  type Task,
  Tuple,
  typeOf,
  type Value,
} from "../objects/values.ts"
import type { Interpreter } from "./interpreter.ts"

/** A piece of a text. Cut out of a long one it would keep all of that: small pieces of long texts are copied. */
const cutOut = (text: string, from: number, to: number): string => {
  const piece = text.slice(from, to)
  return text.length > 4_096 && piece.length < text.length >> 2 ? [piece.slice(0, 1), piece.slice(1)].join("") : piece
}

const bound = (value: Value, fallback: number): number => {
  if (value === null) return fallback
  const index = toIndex(value, "slice indices must be integers or None or have an __index__ method")
  return Math.max(-(2 ** 52), Math.min(2 ** 52, Number(index)))
}

/** slice.indices(length). */
export const sliceBounds = (slice: Slice, length: number): { start: number; stop: number; step: number } => {
  const step = bound(slice.step, 1)
  if (step === 0) throw valueError("slice step cannot be zero")
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1]
  const clamp = (value: number) => Math.max(low, Math.min(high, value < 0 ? value + length : value))
  return {
    start: slice.start === null ? (step > 0 ? low : high) : clamp(bound(slice.start, 0)),
    stop: slice.stop === null ? (step > 0 ? high : low) : clamp(bound(slice.stop, 0)),
    step,
  }
}

const sliced = <T>(items: readonly T[], slice: Slice): T[] => {
  const { start, stop, step } = sliceBounds(slice, items.length)
  if (step === 1) return items.slice(start, Math.max(start, stop))
  const result: T[] = []
  for (let at = start; step > 0 ? at < stop : at > stop; at += step) result.push(items[at])
  return result
}

/** A position counted from either end. Throws IndexError. */
const position = (index: Value, length: number, kind: string): number => {
  const number = Number(toIndex(index, `${kind} indices must be integers or slices, not ${typeOf(index).name}`))
  const at = number < 0 ? number + length : number
  if (at < 0 || at >= length)
    throw raised(
      "IndexError",
      kind === "list assignment" ? "list assignment index out of range" : `${kind === "byte" ? "index" : `${kind} index`} out of range`,
    )
  return at
}

function* missing(python: Interpreter, dict: Dict, key: Value): Task {
  if (ownMethod(dict.cls, "__missing__") !== undefined) return yield* python.callMethod(dict, "__missing__", [key])
  if (dict.factory === null) throw missingKey(key)
  const made = yield* python.call(dict.factory, [])
  dict.put(keyOf(key), key, made)
  return made
}

function* slowDictGet(python: Interpreter, dict: Dict, key: Value): Task {
  const found = dict.map.get(yield* python.key(dict, key))
  return found === undefined ? yield* missing(python, dict, key) : found
}

const textAt = (text: string, index: Value): Value => {
  if (!isAstral(text)) {
    if (index instanceof Slice) {
      const { start, stop, step } = sliceBounds(index, text.length)
      return step === 1 ? cutOut(text, start, Math.max(start, stop)) : sliced(text.split(""), index).join("")
    }
    return text[position(index, text.length, "string")]
  }
  const letters = characters(text)
  return index instanceof Slice ? sliced(letters, index).join("") : letters[position(index, letters.length, "string")]
}

const native = (python: Interpreter, object: Value, index: Value): Soon | undefined => {
  if (object instanceof List) {
    if (index instanceof Slice) return new List(sliced(object.items, index))
    return object.items[position(index, object.items.length, "list")]
  }
  if (object instanceof Dict) {
    if (hashesItself(index)) return slowDictGet(python, object, index)
    const found = object.map.get(keyOf(index))
    return found === undefined ? missing(python, object, index) : found
  }
  if (typeof object === "string") return textAt(object, index)
  if (object instanceof Tuple) {
    if (index instanceof Slice) return new Tuple(sliced(object.items, index))
    return object.items[position(index, object.items.length, "tuple")]
  }
  if (object instanceof Bytes) {
    if (index instanceof Slice) return new Bytes(Uint8Array.from(sliced([...object.data], index)), object.mutable)
    return object.data[position(index, object.data.length, "byte")]
  }
  if (object instanceof Range) {
    if (index instanceof Slice) {
      const { start, stop, step } = sliceBounds(index, object.length)
      return new Range(object.start + start * object.step, object.start + stop * object.step, object.step * step)
    }
    return object.start + position(index, object.length, "range object") * object.step
  }
  return undefined
}

function* aliased(python: Interpreter, origin: Value, index: Value): Task {
  const name = (value: Value) => (value instanceof PyClass ? value.name : value === null ? "None" : undefined)
  const parts: string[] = []
  for (const item of index instanceof Tuple ? index.items : [index]) parts.push(name(item) ?? (yield* python.repr(item)))
  const own = name(origin) ?? (yield* python.repr(origin))
  return new GenericAlias(origin, `${own}[${parts.join(", ")}]`)
}

/** object[index]. Throws IndexError, KeyError, TypeError. */
export const getItem = (python: Interpreter, object: Value, index: Value): Soon => {
  const own = object instanceof PyObject && object.cls.custom ? ownMethod(object.cls, "__getitem__") : undefined
  if (own === undefined || own instanceof Native) {
    const found = native(python, object, index)
    if (found !== undefined) return found
    if (object instanceof Instance && object.value !== undefined) return getItem(python, object.value, index)
  }
  if (object instanceof PyClass) {
    if (object.meta && ownMethod(object.meta, "__getitem__") !== undefined) return python.callMethod(object, "__getitem__", [index])
    if (object.lookup("__class_getitem__") !== undefined || !object.custom) return aliased(python, object, index)
  }
  if (object instanceof GenericAlias) return aliased(python, object, index)
  if (object instanceof PyObject && ownMethod(object.cls, "__getitem__") !== undefined)
    return python.callMethod(object, "__getitem__", [index])
  throw typeError(
    object instanceof PyClass ? `type '${object.name}' is not subscriptable` : `'${typeOf(object).name}' object is not subscriptable`,
  )
}

function* setSlice(python: Interpreter, list: List, slice: Slice, value: Value): Task {
  const items = yield* python.collect(value)
  const { start, stop, step } = sliceBounds(slice, list.items.length)
  if (step === 1) list.items.splice(start, Math.max(0, stop - start), ...items.slice(0, 100_000))
  else {
    const places: number[] = []
    for (let at = start; step > 0 ? at < stop : at > stop; at += step) places.push(at)
    if (places.length !== items.length)
      throw valueError(`attempt to assign sequence of size ${items.length} to extended slice of size ${places.length}`)
    for (const [index, at] of places.entries()) list.items[at] = items[index]
  }
  return null
}

function* slowDictSet(python: Interpreter, dict: Dict, key: Value, value: Value): Task {
  dict.put(yield* python.key(dict, key), key, value)
  return null
}

/** object[index] = value. */
export const setItem = (python: Interpreter, object: Value, index: Value, value: Value): Soon => {
  const own = object instanceof PyObject && object.cls.custom ? ownMethod(object.cls, "__setitem__") : undefined
  if (own === undefined || own instanceof Native) {
    if (object instanceof Dict) {
      if (hashesItself(index)) return slowDictSet(python, object, index, value)
      object.put(keyOf(index), index, value)
      return null
    }
    if (object instanceof List) {
      if (index instanceof Slice) return setSlice(python, object, index, value)
      object.items[
        position(index, object.items.length, typeof index === "number" || typeof index === "boolean" ? "list assignment" : "list")
      ] = value
      return null
    }
    if (object instanceof Bytes && object.mutable && !(index instanceof Slice)) {
      object.data[position(index, object.data.length, "byte")] = Number(toIndex(value))
      return null
    }
  }
  if (object instanceof PyObject && ownMethod(object.cls, "__setitem__") !== undefined)
    return python.callMethod(object, "__setitem__", [index, value])
  throw typeError(`'${typeOf(object).name}' object does not support item assignment`)
}

function* slowDictDelete(python: Interpreter, dict: Dict, key: Value): Task {
  const found = yield* python.key(dict, key)
  if (!dict.map.has(found)) throw missingKey(key)
  dict.remove(found)
  return null
}

/** del object[index]. */
export const deleteItem = (python: Interpreter, object: Value, index: Value): Soon => {
  const own = object instanceof PyObject && object.cls.custom ? ownMethod(object.cls, "__delitem__") : undefined
  if (own === undefined || own instanceof Native) {
    if (object instanceof Dict) return slowDictDelete(python, object, index)
    if (object instanceof List) {
      if (index instanceof Slice) {
        const { start, stop, step } = sliceBounds(index, object.items.length)
        const gone = new Set<number>()
        for (let at = start; step > 0 ? at < stop : at > stop; at += step) gone.add(at)
        object.items = object.items.filter((_, at) => !gone.has(at))
      } else object.items.splice(position(index, object.items.length, "list"), 1)
      return null
    }
  }
  if (object instanceof PyObject && ownMethod(object.cls, "__delitem__") !== undefined)
    return python.callMethod(object, "__delitem__", [index])
  throw typeError(`'${typeOf(object).name}' object doesn't support item deletion`)
}

/** value in container. */
export function* contains(python: Interpreter, container: Value, value: Value): Task<boolean> {
  const own = container instanceof PyObject && container.cls.custom ? ownMethod(container.cls, "__contains__") : undefined
  if (own === undefined || own instanceof Native) {
    const text = container instanceof Instance && typeof container.value === "string" ? container.value : container
    if (typeof text === "string") {
      const part = value instanceof Instance && typeof value.value === "string" ? value.value : value
      if (typeof part !== "string") throw typeError(`'in <string>' requires string as left operand, not ${typeOf(value).name}`)
      return text.includes(part)
    }
    if (container instanceof Dict) return container.map.has(yield* python.key(container, value))
    if (
      typeof container === "object" &&
      container !== null &&
      "dict" in container &&
      container.dict instanceof Dict &&
      !(container instanceof PyClass)
    )
      return container.dict.map.has(yield* python.key(container.dict, value))
    if (container instanceof Range && (typeof value === "number" || typeof value === "boolean")) {
      const offset = Number(value) - container.start
      return offset % container.step === 0 && offset / container.step >= 0 && offset / container.step < container.length
    }
    if (container instanceof Bytes) {
      if (typeof value === "number") return container.data.includes(value)
      if (value instanceof Bytes) return String.fromCharCode(...container.data).includes(String.fromCharCode(...value.data))
    }
  }
  if (container instanceof PyObject && ownMethod(container.cls, "__contains__") !== undefined)
    return yield* python.truth(yield* python.callMethod(container, "__contains__", [value]))
  if (container instanceof PyClass && container.meta && ownMethod(container.meta, "__contains__") !== undefined)
    return yield* python.truth(yield* python.callMethod(container, "__contains__", [value]))
  let iterator: ReturnType<Interpreter["iterator"]>
  try {
    iterator = python.iterator(container)
  } catch {
    throw typeError(`argument of type '${typeOf(container).name}' is not iterable`)
  }
  const steps = isTask(iterator) ? yield* iterator : iterator
  for (;;) {
    const next = steps.advance(python)
    const item = isTask(next) ? yield* next : next
    if (item === undefined) return false
    const same = python.equals(item, value)
    if (isTask(same) ? yield* same : same) return true
    if (--python.budget < 0) yield* python.rest()
  }
}
