/** Text of values: repr, str, and the characters of a str. */
import type { Interpreter } from "../run/interpreter.ts"
import { BASE_EXCEPTION, KEY_ERROR, OS_ERROR } from "./exceptions.ts"
import { floatText, intText } from "./numbers.ts"
import { raised, typeError } from "./raise.ts"
import {
  BoundMethod,
  Bytes,
  Dict,
  ELLIPSIS,
  GenericAlias,
  Instance,
  isTask,
  List,
  Module,
  Native,
  NOT_IMPLEMENTED,
  OBJECT,
  PyClass,
  PyException,
  PyFloat,
  PyFunction,
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

const ASTRAL = /[\ud800-\udfff]/

/** The code points of a text as texts. */
export const characters = (text: string): string[] => (ASTRAL.test(text) ? Array.from(text) : text.split(""))

export const lengthOf = (text: string): number => (ASTRAL.test(text) ? Array.from(text).length : text.length)

export const isAstral = (text: string): boolean => ASTRAL.test(text)

const ESCAPED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" }

/** How repr writes a character that cannot be printed. */
const numeric = (character: string): string => {
  const point = character.codePointAt(0) ?? 0
  const digits = point.toString(16)
  return point < 256 ? `\\x${digits.padStart(2, "0")}` : point < 65_536 ? `\\u${digits.padStart(4, "0")}` : `\\U${digits.padStart(8, "0")}`
}

export const quoted = (text: string): string => {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const body = text.replace(
    /[\\\n\r\t\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu,
    (character) => ESCAPED[character] ?? numeric(character),
  )
  return mark + (mark === "'" ? body.replaceAll("'", "\\'") : body) + mark
}

export const bytesText = (data: Uint8Array): string => {
  let body = ""
  const text = String.fromCharCode(...data.subarray(0, 60_000))
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  for (const byte of data) {
    const character = String.fromCharCode(byte)
    if (character === mark) body += `\\${mark}`
    else if (ESCAPED[character]) body += ESCAPED[character]
    else body += byte >= 32 && byte < 127 ? character : `\\x${byte.toString(16).padStart(2, "0")}`
  }
  return `b${mark}${body}${mark}`
}

/** Outside ASCII as escapes: ascii(). */
export const asciiOnly = (text: string): string => text.replace(/[^\0-\x7f]/gu, numeric)

const addresses = new WeakMap<object, number>()

/** id(): stable for one object. */
export const addressOf = (python: Interpreter, value: Value): number => {
  if (typeof value === "number" || typeof value === "boolean") return 0x7f_f0_00_00_00_00 + 32 * Math.trunc(Number(value) % 1e9)
  if (typeof value !== "object" || value === null) return 0x7f_f0_10_00_00_00
  let address = addresses.get(value)
  if (address === undefined) addresses.set(value, (address = python.nextAddress()))
  return address
}

const hex = (address: number): string => `0x${address.toString(16).padStart(12, "0")}`

/** With its module where that is none of the builtins. */
export const className = (cls: PyClass): string =>
  cls.module === "builtins"
    ? cls.name
    : `${cls.module}.${typeof cls.dict.map.get("__qualname__") === "string" ? cls.dict.map.get("__qualname__") : cls.name}`

const simple = (python: Interpreter, value: Value): string | undefined => {
  switch (typeof value) {
    case "string":
      return quoted(value)
    case "number":
      return String(value)
    case "bigint":
      return intText(value)
    case "boolean":
      return value ? "True" : "False"
  }
  if (value === null) return "None"
  if (value instanceof PyFloat) return floatText(value.value)
  if (value instanceof Bytes) return value.mutable ? `bytearray(${bytesText(value.data)})` : bytesText(value.data)
  if (value instanceof Range) return `range(${value.start}, ${value.stop}${value.step === 1 ? "" : `, ${value.step}`})`
  if (value === ELLIPSIS) return "Ellipsis"
  if (value === NOT_IMPLEMENTED) return "NotImplemented"
  if (value instanceof PyFunction) return `<function ${value.qualifiedName} at ${hex(addressOf(python, value))}>`
  if (value instanceof Native)
    return value.owner ? `<method '${value.name}' of '${value.owner.name}' objects>` : `<built-in function ${value.name}>`
  if (value instanceof Module) {
    const file = value.attrs.map.get("__file__")
    return typeof file === "string" ? `<module '${value.name}' from ${quoted(file)}>` : `<module '${value.name}' (built-in)>`
  }
  if (value instanceof GenericAlias) return value.text
  return undefined
}

const MOST_DEPTH = 200

/** Commas between the texts of values. */
function* listed(python: Interpreter, items: readonly Value[]): Task<string> {
  const texts: string[] = []
  let length = 0
  for (const item of items) {
    const text = repr(python, item)
    const shown = isTask(text) ? yield* text : text
    texts.push(shown)
    length += shown.length
    if (length > 1_000_000) throw raised("MemoryError")
    if (--python.budget < 0) yield* python.rest()
  }
  return texts.join(", ")
}

function* composed(python: Interpreter, value: PyObject): Task<string> {
  if (python.showing.includes(value))
    return value instanceof List ? "[...]" : value instanceof Dict ? "{...}" : value instanceof Tuple ? "(...)" : "..."
  if (python.showing.length > MOST_DEPTH)
    throw raised("RecursionError", "maximum recursion depth exceeded while getting the repr of an object")
  python.showing.push(value)
  try {
    if (value instanceof List) return `[${yield* listed(python, value.items)}]`
    if (value instanceof Tuple) return `(${yield* listed(python, value.items)}${value.items.length === 1 ? "," : ""})`
    if (value instanceof PySet) {
      const { name } = value.cls
      if (value.dict.map.size === 0) return `${name}()`
      const members = yield* listed(
        python,
        [...value.dict.entries()].map(([key]) => key),
      )
      return value.frozen || value.cls.custom ? `${name}({${members}})` : `{${members}}`
    }
    if (value instanceof Slice) return `slice(${yield* listed(python, [value.start, value.stop, value.step])})`
    if (value instanceof Dict) {
      const pairs: string[] = []
      for (const [key, held] of value.entries()) {
        const [left, right] = [repr(python, key), repr(python, held)]
        pairs.push(`${isTask(left) ? yield* left : left}: ${isTask(right) ? yield* right : right}`)
        if (--python.budget < 0) yield* python.rest()
      }
      return `{${pairs.join(", ")}}`
    }
    if (value instanceof BoundMethod) {
      const { callee } = value
      if (callee instanceof PyFunction) {
        const self = repr(python, value.self)
        return `<bound method ${callee.qualifiedName} of ${isTask(self) ? yield* self : self}>`
      }
      return `<built-in method ${callee instanceof Native ? callee.name : "?"} of ${typeOf(value.self).name} object at ${hex(addressOf(python, value.self))}>`
    }
    return yield* ofException(python, value)
  } finally {
    python.showing.pop()
  }
}

function* ofException(python: Interpreter, value: PyObject): Task<string> {
  if (value instanceof PyException) return `${value.cls.name}(${yield* listed(python, value.args)})`
  if (value.cls.name === "generator")
    return `<generator object ${"name" in value ? String(value.name) : ""} at ${hex(addressOf(python, value))}>`
  return `<${className(value.cls)} object at ${hex(addressOf(python, value))}>`
}

/** A method that a class of the program (or a native class) defines, other than object's own. */
export const ownMethod = (cls: PyClass, name: string): Value | undefined => {
  for (const one of cls.mro) {
    if (one === OBJECT) return undefined
    const found = one.dict.map.get(name)
    if (found !== undefined) return found
  }
  return undefined
}

function* called(python: Interpreter, value: Value, name: string): Task<string> {
  const text = yield* python.callMethod(value, name, [])
  const plain = text instanceof Instance && typeof text.value === "string" ? text.value : text
  if (typeof plain !== "string") throw typeError(`${name} returned non-string (type ${typeOf(text).name})`)
  return plain
}

/** repr(). */
export const repr = (python: Interpreter, value: Value): Soon<string> => {
  const text = simple(python, value)
  if (text !== undefined) return text
  const object = value as PyObject
  if (object instanceof PyClass) {
    const own = object.meta && ownMethod(object.meta, "__repr__")
    return own ? called(python, object, "__repr__") : `<class '${className(object)}'>`
  }
  if (ownMethod(object.cls, "__repr__") !== undefined) return called(python, value, "__repr__")
  if (object instanceof Instance && object.value !== undefined) return repr(python, object.value)
  return composed(python, object)
}

function* exceptionText(python: Interpreter, { cls, args, attrs }: PyException): Task<string> {
  const show = function* (value: Value): Task<string> {
    const text = repr(python, value)
    return isTask(text) ? yield* text : text
  }
  if (cls.isSubclass(OS_ERROR) && args.length >= 2) {
    const fileName = attrs?.map.get("filename") ?? null
    const other = attrs?.map.get("filename2") ?? null
    const text = `[Errno ${yield* show(args[0])}] ${args[1] as string}`
    if (fileName === null) return text
    return other === null ? `${text}: ${yield* show(fileName)}` : `${text}: ${yield* show(fileName)} -> ${yield* show(other)}`
  }
  if (args.length === 0) return ""
  if (args.length > 1) return `(${yield* listed(python, args)})`
  if (cls.isSubclass(KEY_ERROR)) return yield* show(args[0])
  const text = str(python, args[0])
  return isTask(text) ? yield* text : text
}

/** str(). */
export const str = (python: Interpreter, value: Value): Soon<string> => {
  if (typeof value === "string") return value
  if (value instanceof Instance || (value instanceof PyObject && value.cls.custom)) {
    if (ownMethod(value.cls, "__str__") !== undefined) return called(python, value, "__str__")
    if (value instanceof Instance && value.value !== undefined && ownMethod(value.cls, "__repr__") === undefined)
      return str(python, value.value)
  } else if (value instanceof PyObject && value.cls !== OBJECT && ownMethod(value.cls, "__str__") !== undefined)
    return called(python, value, "__str__")
  if (value instanceof PyException && value.cls.isSubclass(BASE_EXCEPTION)) return exceptionText(python, value)
  return repr(python, value)
}
