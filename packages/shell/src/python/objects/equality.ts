/** == and <, of native values at once and of objects by their methods. */
import type { Interpreter } from "../run/interpreter.ts"
import type { Comparison } from "../syntax/nodes.ts"
import { plainNumber } from "./numbers.ts"
import { raised, typeError } from "./raise.ts"
import { ownMethod } from "./text.ts"
import {
  Bytes,
  Dict,
  Instance,
  isTask,
  List,
  NOT_IMPLEMENTED,
  PyFloat,
  PyObject,
  PySet,
  Range,
  Slice,
  type Soon,
  type Task,
  Tuple,
  typeOf,
  type Value,
} from "./values.ts"

/** Elements compared within elements. */
const MOST_DEPTH = 300

const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, index) => byte === b[index])

const numberValue = (value: Value): number | bigint | undefined => {
  const plain = plainNumber(value)
  return plain instanceof PyFloat ? plain.value : plain
}

/** Answers at once where no method of the program can have a say; undefined where one may. */
const quickEquals = (a: Value, b: Value): boolean | undefined => {
  if (a === b) return !(a instanceof PyFloat && Number.isNaN(a.value))
  if (typeof a === "string" && typeof b === "string") return false
  if (a === null || b === null) {
    const other = a ?? b
    return other instanceof Instance ? undefined : false
  }
  if (a instanceof Instance || b instanceof Instance) return undefined
  const [x, y] = [numberValue(a), numberValue(b)]
  if (x !== undefined && y !== undefined) return typeof x === typeof y ? x === y : mixedEquals(x, y)
  if (x !== undefined || y !== undefined || typeof a === "string" || typeof b === "string") return false
  if (a instanceof Bytes && b instanceof Bytes) return sameBytes(a.data, b.data)
  if (a instanceof Range && b instanceof Range)
    return a.length === b.length && (a.length === 0 || (a.start === b.start && (a.length === 1 || a.step === b.step)))
  return undefined
}

const mixedEquals = (x: number | bigint, y: number | bigint): boolean => {
  const [whole, other] = typeof x === "bigint" ? [x, y] : [y as bigint, x]
  return Number.isInteger(Number(other)) && BigInt(other) === whole
}

function* sequencesEqual(python: Interpreter, a: readonly Value[], b: readonly Value[], depth: number): Task<boolean> {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length && index < b.length; index++) {
    if (a[index] === b[index]) continue
    const same = equals(python, a[index], b[index], depth + 1)
    if (!(isTask(same) ? yield* same : same)) return false
    if (--python.budget < 0) yield* python.rest()
  }
  return true
}

function* slowEquals(python: Interpreter, a: Value, b: Value, depth: number): Task<boolean> {
  if (depth > MOST_DEPTH) throw raised("RecursionError", "maximum recursion depth exceeded in comparison")
  for (const [self, other] of [
    [a, b],
    [b, a],
  ] as const) {
    if (!(self instanceof PyObject) || ownMethod(self.cls, "__eq__") === undefined) continue
    const answer = yield* python.callMethod(self, "__eq__", [other])
    if (answer !== NOT_IMPLEMENTED) return yield* python.truth(answer)
  }
  if (a instanceof Instance && a.value !== undefined) return yield* python.settle(equals(python, a.value, b, depth + 1))
  if (b instanceof Instance && b.value !== undefined) return yield* python.settle(equals(python, a, b.value, depth + 1))
  if ((a instanceof List && b instanceof List) || (a instanceof Tuple && b instanceof Tuple))
    return yield* sequencesEqual(python, a.items, b.items, depth)
  if (a instanceof Slice && b instanceof Slice)
    return yield* sequencesEqual(python, [a.start, a.stop, a.step], [b.start, b.stop, b.step], depth)
  if (a instanceof Dict && b instanceof Dict) {
    if (a.map.size !== b.map.size) return false
    for (const [key, value] of a.map) {
      const other = b.map.get(key)
      if (other === undefined) return false
      if (!(yield* python.settle(equals(python, value, other, depth + 1)))) return false
    }
    return true
  }
  if (a instanceof PySet && b instanceof PySet)
    return a.dict.map.size === b.dict.map.size && [...a.dict.map.keys()].every((key) => b.dict.map.has(key))
  return a === b
}

/** a == b. */
export const equals = (python: Interpreter, a: Value, b: Value, depth = 0): Soon<boolean> =>
  quickEquals(a, b) ?? slowEquals(python, a, b, depth)

/** Code points in order, which UTF-16 units are not. */
export const compareText = (a: string, b: string): number => {
  if (a === b) return 0
  for (let index = 0; index < a.length && index < b.length; index++) {
    const [x, y] = [a.charCodeAt(index), b.charCodeAt(index)]
    if (x === y) continue
    const [highX, highY] = [x >= 0xd800 && x < 0xe000, y >= 0xd800 && y < 0xe000]
    return highX === highY ? x - y : highX ? 1 : -1
  }
  return a.length - b.length
}

const MIRRORED = { "<": "__gt__", "<=": "__ge__", ">": "__lt__", ">=": "__le__" } as const
const METHODS = { "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__" } as const

export type Order = keyof typeof METHODS

const byOrder = (operator: Order, order: number): boolean =>
  operator === "<" ? order < 0 : operator === "<=" ? order <= 0 : operator === ">" ? order > 0 : order >= 0

function* sequenceOrder(python: Interpreter, operator: Order, a: readonly Value[], b: readonly Value[]): Task {
  for (let index = 0; index < a.length && index < b.length; index++) {
    if (yield* python.settle(equals(python, a[index], b[index]))) continue
    return yield* python.settle(ordered(python, operator, a[index], b[index]))
  }
  return byOrder(operator, a.length - b.length)
}

const subset = (a: PySet, b: PySet): boolean => [...a.dict.map.keys()].every((key) => b.dict.map.has(key))

const setOrder = (operator: Order, a: PySet, b: PySet): boolean => {
  const [sizeA, sizeB] = [a.dict.map.size, b.dict.map.size]
  if (operator === "<=") return subset(a, b)
  if (operator === "<") return sizeA < sizeB && subset(a, b)
  return operator === ">=" ? subset(b, a) : sizeB < sizeA && subset(b, a)
}

function* slowOrder(python: Interpreter, operator: Order, a: Value, b: Value): Task {
  if (a instanceof PyObject && ownMethod(a.cls, METHODS[operator]) !== undefined) {
    const answer = yield* python.callMethod(a, METHODS[operator], [b])
    if (answer !== NOT_IMPLEMENTED) return answer
  }
  if (b instanceof PyObject && ownMethod(b.cls, MIRRORED[operator]) !== undefined) {
    const answer = yield* python.callMethod(b, MIRRORED[operator], [a])
    if (answer !== NOT_IMPLEMENTED) return answer
  }
  if (a instanceof Instance && a.value !== undefined) return yield* python.settle(ordered(python, operator, a.value, b))
  if (b instanceof Instance && b.value !== undefined) return yield* python.settle(ordered(python, operator, a, b.value))
  throw typeError(`'${operator}' not supported between instances of '${typeOf(a).name}' and '${typeOf(b).name}'`)
}

/** a < b and its like. */
export const ordered = (python: Interpreter, operator: Order, a: Value, b: Value): Soon => {
  if (typeof a === "number" && typeof b === "number") return byOrder(operator, a - b)
  if (typeof a === "string" && typeof b === "string") return byOrder(operator, compareText(a, b))
  if (!(a instanceof Instance) && !(b instanceof Instance)) {
    const [x, y] = [numberValue(a), numberValue(b)]
    if (x !== undefined && y !== undefined) return operator === "<" ? x < y : operator === "<=" ? x <= y : operator === ">" ? x > y : x >= y
    if ((a instanceof List && b instanceof List) || (a instanceof Tuple && b instanceof Tuple))
      return sequenceOrder(python, operator, a.items, b.items)
    if (a instanceof Bytes && b instanceof Bytes) return sequenceOrder(python, operator, [...a.data], [...b.data])
    if (a instanceof PySet && b instanceof PySet) return setOrder(operator, a, b)
  }
  return slowOrder(python, operator, a, b)
}

export const isOrder = (operator: Comparison): operator is Order => operator in METHODS
