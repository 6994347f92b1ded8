/** Binary and unary operators: native values at once, objects by their methods. */
import {
  add,
  bitwise,
  divide,
  floatModulo,
  floorDivide,
  isInt,
  multiply,
  plainNumber,
  power,
  remainder,
  shift,
  subtract,
} from "../objects/numbers.ts"
import { MOST_ITEMS } from "../objects/iterators.ts"
import { percentFormat } from "../objects/percent.ts"
import { raised, typeError } from "../objects/raise.ts"
import { combineSets } from "../objects/sets.ts"
import { ownMethod } from "../objects/text.ts"
import {
  Bytes,
  Dict,
  FLOAT,
  Instance,
  INT,
  List,
  NOT_IMPLEMENTED,
  PyClass,
  PyFloat,
  PyObject,
  PySet,
  type Soon,
  type Task,
  Tuple,
  typeOf,
  type Value,
} from "../objects/values.ts"
import type { BinaryOperator } from "../syntax/nodes.ts"
import type { Interpreter } from "./interpreter.ts"

const METHOD: Readonly<Record<BinaryOperator, string>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "truediv",
  "//": "floordiv",
  "%": "mod",
  "**": "pow",
  "@": "matmul",
  "<<": "lshift",
  ">>": "rshift",
  "&": "and",
  "|": "or",
  "^": "xor",
}

/** Characters of the longest text. */
export const MOST_TEXT = 16 * 1024 * 1024

const floatOperation = (operator: BinaryOperator, a: number, b: number): Value | undefined => {
  switch (operator) {
    case "+":
      return new PyFloat(a + b)
    case "-":
      return new PyFloat(a - b)
    case "*":
      return new PyFloat(a * b)
    case "/":
      if (b === 0) throw raised("ZeroDivisionError", "float division by zero")
      return new PyFloat(a / b)
    case "//":
      if (b === 0) throw raised("ZeroDivisionError", "float floor division by zero")
      return new PyFloat(Math.floor(a / b))
    case "%":
      return new PyFloat(floatModulo(a, b))
    case "**": {
      if (a === 0 && b < 0) throw raised("ZeroDivisionError", "0.0 cannot be raised to a negative power")
      const result = a ** b
      if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b) && !Number.isNaN(result))
        throw raised("OverflowError", 34, "Numerical result out of range")
      return new PyFloat(result)
    }
    default:
      return undefined
  }
}

const numberOperation = (operator: BinaryOperator, a: Value, b: Value): Value | undefined => {
  const [x, y] = [plainNumber(a), plainNumber(b)]
  if (x === undefined || y === undefined) return undefined
  if (x instanceof PyFloat || y instanceof PyFloat) {
    const [left, right] = [x instanceof PyFloat ? x.value : Number(x), y instanceof PyFloat ? y.value : Number(y)]
    return floatOperation(operator, left, right)
  }
  switch (operator) {
    case "+":
      return add(x, y)
    case "-":
      return subtract(x, y)
    case "*":
      return multiply(x, y)
    case "/":
      return divide(x, y)
    case "//":
      return floorDivide(x, y)
    case "%":
      return remainder(x, y)
    case "**":
      return power(x, y)
    case "<<":
    case ">>":
      if (Number(y) < 0) throw raised("ValueError", "negative shift count")
      return shift(x, operator === "<<" ? y : -y)
    case "&":
    case "|":
    case "^": {
      const result = bitwise(operator, x, y)
      return typeof a === "boolean" && typeof b === "boolean" ? Number(result) === 1 : result
    }
    case "@":
      return undefined
  }
}

const repeated = (python: Interpreter, value: Value, times: Value): Value | undefined => {
  if (!isInt(times)) return undefined
  const count = Math.max(0, Number(times))
  if (typeof value === "string") {
    if (value.length * count > MOST_TEXT) throw raised("MemoryError")
    python.allocate((value.length * count) >> 3)
    return value.repeat(count)
  }
  if (value instanceof List || value instanceof Tuple) {
    const { items } = value
    if (items.length * count > MOST_ITEMS) throw raised("MemoryError")
    const result: Value[] = []
    for (let index = 0; index < count && items.length > 0; index++) for (const item of items) result.push(item)
    python.budget -= result.length >> 4
    python.allocate(result.length)
    return value instanceof List ? new List(result) : new Tuple(result)
  }
  if (value instanceof Bytes) {
    if (value.data.length * count > MOST_TEXT) throw raised("MemoryError")
    python.allocate((value.data.length * count) >> 3)
    const data = new Uint8Array(value.data.length * count)
    for (let index = 0; index < count && value.data.length > 0; index++) data.set(value.data, index * value.data.length)
    python.budget -= data.length >> 10
    return new Bytes(data, value.mutable)
  }
  return undefined
}

const concatenated = (python: Interpreter, a: Value, b: Value): Value | undefined => {
  if (typeof a === "string") {
    if (typeof b === "string") {
      if (a.length + b.length > MOST_TEXT) throw raised("MemoryError")
      if (a.length + b.length > 1_000) python.allocate((a.length + b.length) >> 3)
      return a + b
    }
    if (b instanceof Instance) return typeof b.value === "string" ? a + b.value : undefined
    throw typeError(`can only concatenate str (not "${typeOf(b).name}") to str`)
  }
  if (a instanceof List || a instanceof Tuple) {
    if ((a instanceof List && b instanceof List) || (a instanceof Tuple && b instanceof Tuple)) {
      if (a.items.length + b.items.length > MOST_ITEMS) throw raised("MemoryError")
      python.budget -= (a.items.length + b.items.length) >> 4
      python.allocate(a.items.length + b.items.length)
      const items = [...a.items, ...b.items]
      return a instanceof List ? new List(items) : new Tuple(items)
    }
    if (b instanceof Instance) return undefined
    throw typeError(
      `can only concatenate ${a instanceof List ? "list" : "tuple"} (not "${typeOf(b).name}") to ${a instanceof List ? "list" : "tuple"}`,
    )
  }
  if (a instanceof Bytes) {
    if (!(b instanceof Bytes)) throw typeError(`can't concat ${typeOf(b).name} to ${typeOf(a).name}`)
    const length = a.data.length + b.data.length
    if (length > MOST_TEXT) throw raised("MemoryError")
    python.budget -= length >> 8
    python.allocate(length >> 3)
    const data = new Uint8Array(length)
    data.set(a.data)
    data.set(b.data, a.data.length)
    return new Bytes(data, a.mutable)
  }
  return undefined
}

const containers = (python: Interpreter, operator: BinaryOperator, a: Value, b: Value): Soon | undefined => {
  if (operator === "+") return concatenated(python, a, b)
  if (operator === "*") return repeated(python, a, b) ?? repeated(python, b, a)
  if (operator === "%") {
    if (typeof a === "string") return percentFormat(python, a, b)
    if (a instanceof Bytes) return percentBytes(python, a, b)
  }
  if (a instanceof PySet && b instanceof PySet && (operator === "&" || operator === "|" || operator === "-" || operator === "^"))
    return combineSets(operator, a, b)
  if (operator === "|" && a instanceof Dict && b instanceof Dict) {
    const merged = new Dict(a.cls.custom ? undefined : a.cls)
    merged.factory = a.factory
    for (const side of [a, b]) for (const [key, value] of side.map) merged.put(key, side.original(key), value)
    return merged
  }
  if (operator === "|" && (a instanceof PyClass || a === null) && (b instanceof PyClass || b === null || b instanceof Tuple)) {
    // A union of types: what isinstance takes a tuple for.
    const flat = (value: Value): readonly Value[] => (value instanceof Tuple ? value.items : [value === null ? typeOf(null) : value])
    return new Tuple([...flat(a), ...flat(b)])
  }
  return undefined
}

function* percentBytes(python: Interpreter, a: Bytes, b: Value): Task {
  const text = yield* percentFormat(python, String.fromCharCode(...a.data), b)
  return new Bytes(Uint8Array.from(String(text), (character) => character.charCodeAt(0)))
}

function* byMethods(python: Interpreter, operator: BinaryOperator, a: Value, b: Value, inPlace: boolean): Task {
  const word = METHOD[operator]
  if (inPlace && a instanceof PyObject && ownMethod(a.cls, `__i${word}__`) !== undefined) {
    const answer = yield* python.callMethod(a, `__i${word}__`, [b])
    if (answer !== NOT_IMPLEMENTED) return answer
  }
  const reflected = (): boolean => b instanceof PyObject && ownMethod(b.cls, `__r${word}__`) !== undefined
  const first = b instanceof PyObject && a instanceof PyObject && b.cls !== a.cls && b.cls.isSubclass(a.cls) && reflected()
  if (first) {
    const answer = yield* python.callMethod(b, `__r${word}__`, [a])
    if (answer !== NOT_IMPLEMENTED) return answer
  }
  if (a instanceof PyObject && ownMethod(a.cls, `__${word}__`) !== undefined) {
    const answer = yield* python.callMethod(a, `__${word}__`, [b])
    if (answer !== NOT_IMPLEMENTED) return answer
  }
  if (!first && reflected()) {
    const answer = yield* python.callMethod(b, `__r${word}__`, [a])
    if (answer !== NOT_IMPLEMENTED) return answer
  }
  const [x, y] = [unwrapped(a), unwrapped(b)]
  if (x !== a || y !== b) return yield* python.settle(binary(python, operator, x, y))
  throw unsupported(operator, a, b, inPlace)
}

const unwrapped = (value: Value): Value => (value instanceof Instance && value.value !== undefined ? value.value : value)

const unsupported = (operator: BinaryOperator, a: Value, b: Value, inPlace: boolean) => {
  if (operator === "*" && !inPlace) {
    const sequence = (value: Value) =>
      typeof value === "string" || value instanceof List || value instanceof Tuple || value instanceof Bytes
    if (sequence(a)) return typeError(`can't multiply sequence by non-int of type '${typeOf(b).name}'`)
    if (sequence(b)) return typeError(`can't multiply sequence by non-int of type '${typeOf(a).name}'`)
  }
  const shown = inPlace ? `${operator}=` : operator === "**" ? "** or pow()" : operator
  return typeError(`unsupported operand type(s) for ${shown}: '${typeOf(a).name}' and '${typeOf(b).name}'`)
}

/** a + b and its like. Throws TypeError. */
export const binary = (python: Interpreter, operator: BinaryOperator, a: Value, b: Value, inPlace = false): Soon => {
  const custom = (value: Value): boolean =>
    value instanceof PyObject &&
    value.cls !== FLOAT &&
    value.cls !== INT &&
    (value.cls.custom ||
      ownMethod(value.cls, `__${METHOD[operator]}__`) !== undefined ||
      ownMethod(value.cls, `__r${METHOD[operator]}__`) !== undefined)
  if (!custom(a) && !custom(b)) {
    const result = numberOperation(operator, a, b) ?? containers(python, operator, a, b)
    if (result !== undefined) return result
  }
  return byMethodsOrContainers(python, operator, a, b, inPlace)
}

function* byMethodsOrContainers(python: Interpreter, operator: BinaryOperator, a: Value, b: Value, inPlace: boolean): Task {
  const has = (value: Value, name: string): boolean => value instanceof PyObject && ownMethod(value.cls, name) !== undefined
  if (!has(a, `__${METHOD[operator]}__`) && !has(b, `__r${METHOD[operator]}__`) && !(inPlace && has(a, `__i${METHOD[operator]}__`))) {
    const [x, y] = [unwrapped(a), unwrapped(b)]
    const result = numberOperation(operator, x, y) ?? containers(python, operator, x, y)
    if (result !== undefined) return yield* python.settle(result)
  }
  return yield* byMethods(python, operator, a, b, inPlace)
}

/** a += b: lists, dicts and sets change themselves. */
export const augmented = (python: Interpreter, operator: BinaryOperator, a: Value, b: Value): Soon => {
  if (a instanceof List && operator === "+" && !a.cls.custom) return extended(python, a, b)
  if (
    a instanceof PySet &&
    !a.frozen &&
    b instanceof PySet &&
    (operator === "|" || operator === "&" || operator === "-" || operator === "^")
  ) {
    a.dict = combineSets(operator, a, b).dict
    return a
  }
  if (a instanceof Dict && operator === "|" && b instanceof Dict) {
    for (const [key, value] of b.map) a.put(key, b.original(key), value)
    return a
  }
  return binary(python, operator, a, b, true)
}

function* extended(python: Interpreter, list: List, values: Value): Task {
  const added = yield* python.collect(values)
  if (list.items.length + added.length > MOST_ITEMS) throw raised("MemoryError")
  for (const item of added) list.items.push(item)
  return list
}

export const unary = (python: Interpreter, operator: "-" | "+" | "~", value: Value): Soon => {
  const plain = value instanceof Instance && value.value === undefined ? undefined : plainNumber(value)
  if (plain instanceof PyFloat) {
    if (operator === "-") return new PyFloat(-plain.value)
    if (operator === "+") return plain
  } else if (plain !== undefined) return operator === "-" ? subtract(0, plain) : operator === "+" ? plain : subtract(-1, plain)
  const name = operator === "-" ? "__neg__" : operator === "+" ? "__pos__" : "__invert__"
  if (value instanceof PyObject && ownMethod(value.cls, name) !== undefined) return python.callMethod(value, name, [])
  throw typeError(`bad operand type for unary ${operator}: '${typeOf(value).name}'`)
}
