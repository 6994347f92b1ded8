/** json: reading and writing, with the errors of json.decoder. */
import { keyOf } from "../objects/keys.ts"
import { floatText, integer, intText, plainNumber, toCount } from "../objects/numbers.ts"
import { raised, typeError, valueError } from "../objects/raise.ts"
import { nativeClass } from "../objects/define.ts"
import { exceptionClass } from "../objects/exceptions.ts"
import {
  Bytes,
  Dict,
  Instance,
  type Keywords,
  List,
  NO_KEYWORDS,
  PyException,
  PyFloat,
  type PyObject,
  type Task,
  Tuple,
  typeOf,
  type Value,
} from "../objects/values.ts"
import { getAttribute } from "../run/attributes.ts"
import type { Interpreter } from "../run/interpreter.ts"
import { decodeBytes } from "../methods/codecs.ts"
import { defineModule } from "./define-module.ts"

export const JSON_DECODE_ERROR = nativeClass("json.decoder", "JSONDecodeError", [exceptionClass("ValueError")])

const decodeError = (message: string, text: string, at: number): PyException => {
  const before = text.slice(0, at)
  const line = before.split("\n").length
  const column = at - before.lastIndexOf("\n")
  const error = new PyException(JSON_DECODE_ERROR, [`${message}: line ${line} column ${column} (char ${at})`])
  error.attrs?.map.set("msg", message).set("doc", text).set("pos", at).set("lineno", line).set("colno", column)
  return error
}

interface Hooks {
  readonly object: Value
  readonly pairs: Value
  readonly float: Value
  readonly int: Value
}

const MOST_DEPTH = 900
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y
const BLANK = /[ \t\n\r]*/y
const PLAIN = /[^"\\\u0000-\u001f]*/y
const ESCAPES: Readonly<Record<string, string>> = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" }

class Reader {
  readonly #python: Interpreter
  readonly #text: string
  readonly #hooks: Hooks
  at = 0
  #depth = 0

  constructor(python: Interpreter, text: string, hooks: Hooks) {
    this.#python = python
    this.#text = text
    this.#hooks = hooks
  }

  blank(): void {
    BLANK.lastIndex = this.at
    this.at += BLANK.exec(this.#text)?.[0].length ?? 0
  }

  *value(): Task {
    const text = this.#text
    if (--this.#python.budget < 0) yield* this.#python.rest()
    switch (text[this.at]) {
      case '"':
        return this.#string()
      case "{":
      case "[":
        if (++this.#depth > MOST_DEPTH)
          throw raised("RecursionError", "maximum recursion depth exceeded while decoding a JSON object from a unicode string")
        try {
          return text[this.at] === "{" ? yield* this.#object() : yield* this.#array()
        } finally {
          this.#depth--
        }
    }
    for (const [word, value] of [
      ["null", null],
      ["true", true],
      ["false", false],
      ["NaN", new PyFloat(Number.NaN)],
      ["Infinity", new PyFloat(Infinity)],
      ["-Infinity", new PyFloat(-Infinity)],
    ] as const)
      if (text.startsWith(word, this.at)) {
        this.at += word.length
        return value
      }
    NUMBER.lastIndex = this.at
    const number = NUMBER.exec(text)
    if (!number) throw decodeError("Expecting value", text, this.at)
    this.at += number[0].length
    if (number[1] !== undefined || number[2] !== undefined) {
      if (this.#hooks.float !== null) return yield* this.#python.call(this.#hooks.float, [number[0]])
      return new PyFloat(Number(number[0]))
    }
    if (this.#hooks.int !== null) return yield* this.#python.call(this.#hooks.int, [number[0]])
    return number[0].length < 16 ? Number(number[0]) || 0 : integer(BigInt(number[0].slice(0, 4_400)))
  }

  #string(): string {
    const text = this.#text
    const start = this.at
    let result = ""
    this.at++
    for (;;) {
      PLAIN.lastIndex = this.at
      const plain = PLAIN.exec(text)?.[0] ?? ""
      result += plain
      this.at += plain.length
      const character = text[this.at]
      if (character === undefined) throw decodeError("Unterminated string starting at", text, start)
      if (character === '"') {
        this.at++
        return result
      }
      if (character !== "\\") throw decodeError("Invalid control character at", text, this.at)
      const letter = text[this.at + 1]
      if (letter === undefined) throw decodeError("Unterminated string starting at", text, start)
      if (letter === "u") {
        const digits = text.slice(this.at + 2, this.at + 6)
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw decodeError("Invalid \\uXXXX escape", text, this.at + 1)
        result += String.fromCharCode(Number.parseInt(digits, 16))
        this.at += 6
      } else {
        const known = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter] : undefined
        if (known === undefined) throw decodeError("Invalid \\escape", text, this.at)
        result += known
        this.at += 2
      }
    }
  }

  *#array(): Task {
    const text = this.#text
    const items: Value[] = []
    this.at++
    this.blank()
    if (text[this.at] === "]") {
      this.at++
      return new List(items)
    }
    for (;;) {
      items.push(yield* this.value())
      this.blank()
      if (text[this.at] === "]") {
        this.at++
        return new List(items)
      }
      if (text[this.at] !== ",") throw decodeError("Expecting ',' delimiter", text, this.at)
      const comma = this.at++
      this.blank()
      if (text[this.at] === "]" && this.#python.release.minor >= 13)
        throw decodeError("Illegal trailing comma before end of array", text, comma)
    }
  }

  *#object(): Task {
    const text = this.#text
    const made = new Dict()
    const pairs: Value[] = []
    this.at++
    this.blank()
    if (text[this.at] !== "}")
      for (;;) {
        if (text[this.at] !== '"') throw decodeError("Expecting property name enclosed in double quotes", text, this.at)
        const name = this.#string()
        this.blank()
        if (text[this.at] !== ":") throw decodeError("Expecting ':' delimiter", text, this.at)
        this.at++
        this.blank()
        const value = yield* this.value()
        made.put(keyOf(name), name, value)
        if (this.#hooks.pairs !== null) pairs.push(new Tuple([name, value]))
        this.blank()
        if (text[this.at] === "}") break
        if (text[this.at] !== ",") throw decodeError("Expecting ',' delimiter", text, this.at)
        const comma = this.at++
        this.blank()
        if (text[this.at] === "}" && this.#python.release.minor >= 13)
          throw decodeError("Illegal trailing comma before end of object", text, comma)
      }
    this.at++
    if (this.#hooks.pairs !== null) return yield* this.#python.call(this.#hooks.pairs, [new List(pairs)])
    return this.#hooks.object === null ? made : yield* this.#python.call(this.#hooks.object, [made])
  }
}

/** A text as JSON. Throws JSONDecodeError. */
export function* loadJson(python: Interpreter, given: Value, keywords: Keywords = NO_KEYWORDS): Task {
  const text = given instanceof Bytes ? decodeBytes(given.data) : given instanceof Instance ? given.value : given
  if (typeof text !== "string") throw typeError(`the JSON object must be str, bytes or bytearray, not ${typeOf(given).name}`)
  if (text.startsWith("\ufeff")) throw decodeError("Unexpected UTF-8 BOM (decode using utf-8-sig)", text, 0)
  const hook = (name: string) => keywords.get(name) ?? null
  const reader = new Reader(python, text, {
    object: hook("object_hook"),
    pairs: hook("object_pairs_hook"),
    float: hook("parse_float"),
    int: hook("parse_int"),
  })
  reader.blank()
  const value = yield* reader.value()
  reader.blank()
  if (reader.at < text.length) throw decodeError("Extra data", text, reader.at)
  return value
}

/** Where the library's own frames stand in a trace of json.loads. */
const libraryFrames = (python: Interpreter, error: PyException): PyException => {
  if (error.cls !== JSON_DECODE_ERROR || python.release.minor < 12) return error
  const { library, minor } = python.release
  const frame = (file: string, line: number, name: string, source: string, mark: readonly [number, number] | undefined) => ({
    fileName: `${library}/json/${file}.py`,
    line,
    name,
    source,
    column: mark?.[0] ?? 0,
    endLine: line,
    endColumn: mark?.[1] ?? source.length,
    ...(mark && minor >= 13 && { anchor: [source.indexOf("(", mark[0]), mark[1]] as const }),
  })
  const extra = String(error.attrs?.map.get("msg")) === "Extra data"
  const newer = minor >= 13
  error.trace.push(
    frame("__init__", newer ? 352 : 346, "loads", "    return _default_decoder.decode(s)", [11, 37]),
    extra
      ? frame("decoder", newer ? 348 : 340, "decode", '    raise JSONDecodeError("Extra data", s, end)', undefined)
      : frame("decoder", newer ? 345 : 337, "decode", "    obj, end = self.raw_decode(s, idx=_w(s, 0).end())", [15, 53]),
  )
  if (extra) return error
  const message = String(error.attrs?.map.get("msg"))
  error.trace.push(
    message === "Expecting value"
      ? frame("decoder", newer ? 363 : 355, "raw_decode", '    raise JSONDecodeError("Expecting value", s, err.value) from None', undefined)
      : frame("decoder", newer ? 361 : 353, "raw_decode", "    obj, end = self.scan_once(s, idx)", [15, 37]),
  )
  return error
}

interface Style {
  readonly indent: string | undefined
  readonly item: string
  readonly key: string
  readonly ascii: boolean
  readonly sort: boolean
  readonly fallback: Value
  readonly skip: boolean
  readonly nan: boolean
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\f": "\\f",
  "\b": "\\b",
}

export const jsonText = (text: string, ascii: boolean): string =>
  `"${text.replace(ascii ? /["\\\u0000-\u001f]|[^\0-\x7e]/g : /["\\\u0000-\u001f]/g, (one) => SHORT[one] ?? `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`)}"`

const numberText = (value: number, style: Style): string => {
  if (Number.isFinite(value)) return floatText(value)
  if (!style.nan) throw valueError(`Out of range float values are not JSON compliant`)
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity"
}

class Writer {
  readonly #python: Interpreter
  readonly #style: Style
  readonly #open: PyObject[] = []
  #length = 0

  constructor(python: Interpreter, style: Style) {
    this.#python = python
    this.#style = style
  }

  *text(value: Value): Task<string> {
    const python = this.#python
    if (--python.budget < 0) yield* python.rest()
    const plain = value instanceof Instance && value.value !== undefined ? value.value : value
    if (plain === null) return "null"
    if (typeof plain === "boolean") return plain ? "true" : "false"
    if (typeof plain === "string") return this.#counted(jsonText(plain, this.#style.ascii))
    const number = plainNumber(plain)
    if (number instanceof PyFloat) return numberText(number.value, this.#style)
    if (number !== undefined) return intText(number)
    if (plain instanceof List || plain instanceof Tuple) return yield* this.#array(plain)
    if (plain instanceof Dict) return yield* this.#object(plain)
    if (this.#style.fallback === null) throw typeError(`Object of type ${typeOf(value).name} is not JSON serializable`)
    if (typeof value === "object" && value !== null) this.#enter(value)
    const result = yield* this.text(yield* python.call(this.#style.fallback, [value]))
    this.#open.pop()
    return result
  }

  #counted(text: string): string {
    this.#length += text.length
    if (this.#length > 32_000_000) throw raised("MemoryError")
    return text
  }

  #enter(value: PyObject): void {
    if (this.#open.includes(value)) throw valueError("Circular reference detected")
    if (this.#open.length > 300) throw raised("RecursionError", "maximum recursion depth exceeded while encoding a JSON object")
    this.#open.push(value)
  }

  #wrapped(open: string, parts: readonly string[], close: string): string {
    this.#open.pop()
    const { indent, item } = this.#style
    if (parts.length === 0) return open + close
    if (indent === undefined) return open + parts.join(item) + close
    const outer = `\n${indent.repeat(this.#open.length)}`
    return open + outer + indent + parts.join(item + outer + indent) + outer + close
  }

  *#array(value: List | Tuple): Task<string> {
    this.#enter(value)
    const parts: string[] = []
    for (const item of value.items) parts.push(yield* this.text(item))
    return this.#wrapped("[", parts, "]")
  }

  #name(key: Value): string | undefined {
    const plain = key instanceof Instance && key.value !== undefined ? key.value : key
    if (typeof plain === "string") return plain
    if (plain === null) return "null"
    if (typeof plain === "boolean") return plain ? "true" : "false"
    const number = plainNumber(plain)
    if (number instanceof PyFloat) return numberText(number.value, this.#style)
    if (number !== undefined) return intText(number)
    if (this.#style.skip) return undefined
    throw typeError(`keys must be str, int, float, bool or None, not ${typeOf(key).name}`)
  }

  *#object(value: Dict): Task<string> {
    this.#enter(value)
    const pairs: [Value, Value][] = [...value.entries()]
    if (this.#style.sort) {
      for (let index = 1; index < pairs.length; index++) {
        const one = pairs[index]
        let at = index
        while (at > 0 && (yield* this.#python.less(one[0], pairs[at - 1][0]))) {
          pairs[at] = pairs[at - 1]
          at--
        }
        pairs[at] = one
      }
    }
    const parts: string[] = []
    for (const [key, held] of pairs) {
      const name = this.#name(key)
      if (name !== undefined) parts.push(jsonText(name, this.#style.ascii) + this.#style.key + (yield* this.text(held)))
    }
    return this.#wrapped("{", parts, "}")
  }
}

/** json.dumps. */
export function* dumpJson(python: Interpreter, value: Value, keywords: Keywords): Task<string> {
  const given = keywords.get("indent") ?? null
  const indent = given === null ? undefined : typeof given === "string" ? given : " ".repeat(Math.max(0, Math.min(1_000, toCount(given))))
  const separators = keywords.get("separators") ?? null
  const [item, key] = separators === null ? [indent === undefined ? ", " : ",", ": "] : (yield* python.collect(separators)).map(String)
  const flag = function* (name: string, fallback: boolean): Task<boolean> {
    const found = keywords.get(name)
    return found === undefined ? fallback : yield* python.truth(found)
  }
  const cls = keywords.get("cls") ?? null
  let fallback = keywords.get("default") ?? null
  if (cls !== null) {
    const encoder = yield* python.call(cls, [])
    fallback = yield* python.settle(getAttribute(python, encoder, "default"))
  }
  const style: Style = {
    indent,
    item,
    key,
    ascii: yield* flag("ensure_ascii", true),
    sort: yield* flag("sort_keys", false),
    fallback,
    skip: yield* flag("skipkeys", false),
    nan: yield* flag("allow_nan", true),
  }
  return yield* new Writer(python, style).text(value)
}

function* loads(python: Interpreter, text: Value, keywords: Keywords): Task {
  try {
    return yield* loadJson(python, text, keywords)
  } catch (error) {
    throw error instanceof PyException ? libraryFrames(python, error) : error
  }
}

const outermost = (python: Interpreter, error: unknown): unknown => {
  if (error instanceof PyException && error.cls === JSON_DECODE_ERROR && python.release.minor >= 12) {
    const source = "    return loads(fp.read(),"
    error.trace.unshift({
      fileName: `${python.release.library}/json/__init__.py`,
      line: python.release.minor >= 13 ? 298 : 293,
      name: "load",
      source,
      column: 11,
      endLine: 294,
      endColumn: source.length,
    })
  }
  return error
}

export const json = defineModule({
  name: "json",
  functions: {
    loads: ["s, **keywords", (python, [text], keywords) => loads(python, text, keywords)],
    load: [
      "fp, **keywords",
      function* (python, [file], keywords) {
        const text = yield* python.call(yield* python.settle(getAttribute(python, file, "read")), [])
        try {
          return yield* loads(python, text, keywords)
        } catch (error) {
          throw outermost(python, error)
        }
      },
    ],
    dumps: ["obj, **keywords", (python, [value], keywords) => dumpJson(python, value, keywords)],
    dump: [
      "obj, fp, **keywords",
      function* (python, [value, file], keywords) {
        const text = yield* dumpJson(python, value, keywords)
        yield* python.call(yield* python.settle(getAttribute(python, file, "write")), [text])
        return null
      },
    ],
  },
  values: () => ({ JSONDecodeError: JSON_DECODE_ERROR }),
  source: `
class JSONEncoder:
    def __init__(self, **options):
        self._options = options
    def default(self, o):
        raise TypeError(f"Object of type {o.__class__.__name__} is not JSON serializable")
    def encode(self, o):
        options = dict(self._options)
        options.setdefault("default", self.default)
        return dumps(o, **options)

class JSONDecoder:
    def __init__(self, **options):
        self._options = options
    def decode(self, s):
        return loads(s, **self._options)
`,
})
