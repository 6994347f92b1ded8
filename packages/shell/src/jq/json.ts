/** JSON values as jq has them: objects keep the order of their keys, text is parsed as a stream of values. */

export type Json = null | boolean | number | string | Json[] | JsonObject
export type JsonObject = Map<string, Json>

export const MAX_DEPTH = 256

export class JsonSyntaxError extends Error {}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "/": "/", "\\": "\\", '"': '"' }

/** Values of a text, one after the other. Throws JsonSyntaxError, worded as jq words it. */
export class JsonReader {
  #at = 0
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  #counted = 0
  #lines = 0

  /** Lines that were read for the values so far: jq takes whole ones. */
  get lines(): number {
    const rest = this.#text.indexOf("\n", this.#at)
    const end = this.#text[this.#at - 1] === "\n" ? this.#at : rest < 0 ? this.#text.length : rest + 1
    for (; this.#counted < end; this.#counted++) if (this.#text[this.#counted] === "\n") this.#lines++
    return this.#lines
  }

  /** The next value; undefined at the end. */
  next(): { value: Json } | undefined {
    this.#blanks()
    if (this.#at >= this.#text.length) return undefined
    const value = this.#value(0)
    const after = this.#text[this.#at]
    if ((typeof value === "number" || typeof value === "boolean" || value === null) && after !== undefined && /[\w"]/.test(after))
      this.#fail("Invalid literal")
    return { value }
  }

  #fail(problem: string): never {
    const before = this.#text.slice(0, this.#at)
    const line = before.split("\n").length
    const column = this.#at - (before.lastIndexOf("\n") + 1) + 1
    throw new JsonSyntaxError(`${problem} at line ${line}, column ${column}`)
  }

  #blanks(): void {
    while (this.#at < this.#text.length && " \t\n\r\ufeff\x1e".includes(this.#text[this.#at])) this.#at++
  }

  #value(depth: number): Json {
    if (depth > MAX_DEPTH) this.#fail("Exceeds depth limit for parsing")
    this.#blanks()
    const character = this.#text[this.#at]
    if (character === "{") return this.#object(depth)
    if (character === "[") return this.#array(depth)
    if (character === '"') return this.#string()
    const number = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(this.#text.slice(this.#at, this.#at + 400))
    if (number) {
      this.#at += number[0].length
      return Number(number[0])
    }
    for (const [word, value] of [
      ["true", true],
      ["false", false],
      ["null", null],
      ["nan", null],
    ] as const)
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length
        return value
      }
    if (character === undefined) this.#fail("Unfinished JSON term")
    const literal = /^[A-Za-z_]\w*/.exec(this.#text.slice(this.#at, this.#at + 200))
    if (literal) {
      this.#at += literal[0].length
      this.#fail("Invalid literal")
    }
    if (character === "'") this.#fail("Invalid string literal; expected \", but got '")
    return this.#fail(
      character === "}" || character === "]"
        ? `Unmatched '${character}'`
        : character === ":"
          ? "':' not as part of an object"
          : "Expected value before ','",
    )
  }

  #array(depth: number): Json[] {
    const items: Json[] = []
    this.#at++
    this.#blanks()
    if (this.#text[this.#at] === "]") {
      this.#at++
      return items
    }
    for (;;) {
      items.push(this.#value(depth + 1))
      this.#blanks()
      const character = this.#text[this.#at]
      if (character === undefined) this.#fail("Unfinished JSON term")
      if (character !== "," && character !== "]") this.#fail("Expected separator between values")
      this.#at++
      if (character === "]") return items
    }
  }

  #object(depth: number): JsonObject {
    const object: JsonObject = new Map()
    this.#at++
    this.#blanks()
    if (this.#text[this.#at] === "}") {
      this.#at++
      return object
    }
    for (;;) {
      this.#blanks()
      if (this.#text[this.#at] === undefined) this.#fail("Unfinished JSON term")
      if (this.#text[this.#at] !== '"') this.#fail("Object keys must be strings")
      const key = this.#string()
      this.#blanks()
      if (this.#text[this.#at] === undefined) this.#fail("Unfinished JSON term")
      if (this.#text[this.#at] !== ":") this.#fail("Objects must consist of key:value pairs")
      this.#at++
      object.set(key, this.#value(depth + 1))
      this.#blanks()
      const character = this.#text[this.#at]
      if (character === undefined) this.#fail("Unfinished JSON term")
      if (character !== "," && character !== "}") this.#fail("Expected separator between values")
      this.#at++
      if (character === "}") return object
    }
  }

  #string(): string {
    let value = ""
    let from = ++this.#at
    for (;;) {
      const character = this.#text[this.#at]
      if (character === undefined) this.#fail("Unfinished string")
      if (character === '"') {
        value += this.#text.slice(from, this.#at++)
        return value
      }
      if (character === "\\") {
        value += this.#text.slice(from, this.#at)
        const letter = this.#text[this.#at + 1]
        if (letter === "u") {
          const hex = this.#text.slice(this.#at + 2, this.#at + 6)
          if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.#fail("Invalid escape")
          value += String.fromCharCode(Number.parseInt(hex, 16))
          this.#at += 6
        } else {
          if (!Object.hasOwn(ESCAPES, letter ?? "")) this.#fail("Invalid escape")
          value += ESCAPES[letter]
          this.#at += 2
        }
        from = this.#at
      } else this.#at++
    }
  }
}

export const parseJson = (text: string): Json => {
  const reader = new JsonReader(text)
  const first = reader.next()
  if (!first) throw new JsonSyntaxError("Expected JSON value")
  if (reader.next()) throw new JsonSyntaxError("Unexpected extra JSON values")
  return first.value
}

export interface PrintOptions {
  /** Text of one level; undefined prints on one line. */
  indent?: string
  sortKeys?: boolean
  ascii?: boolean
  colour?: boolean
}

const quoted = (text: string, ascii: boolean): string => {
  const json = JSON.stringify(text).replaceAll("\x7f", "\\u007f")
  return ascii ? json.replace(/[\u0080-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`) : json
}

export const numberText = (value: number): string => {
  if (Number.isNaN(value)) return "null"
  if (value === Number.POSITIVE_INFINITY) return "1.7976931348623157e+308"
  if (value === Number.NEGATIVE_INFINITY) return "-1.7976931348623157e+308"
  if (Number.isInteger(value) && Math.abs(value) < 1e17) return Object.is(value, -0) ? "-0" : String(value)
  return String(value).replace(/e([-+])(\d)$/, "e$10$2")
}

/** As jq 1.7 paints: null, false, true, numbers, strings, arrays, objects, keys. */
const COLOURS = { null: "1;30", boolean: "0;39", number: "0;39", string: "0;32", array: "1;39", object: "1;39", key: "34;1" } as const

const paint = (text: string, kind: keyof typeof COLOURS, on: boolean | undefined): string =>
  on ? `\x1b[${COLOURS[kind]}m${text}\x1b[0m` : text

export const printJson = (value: Json, options: PrintOptions = {}, level = 0): string => {
  const { indent, colour } = options
  if (value === null) return paint("null", "null", colour)
  if (typeof value === "boolean") return paint(String(value), "boolean", colour)
  if (typeof value === "number") return paint(numberText(value), "number", colour)
  if (typeof value === "string") return paint(quoted(value, options.ascii === true), "string", colour)
  if (level > MAX_DEPTH * 4) return '"<skipped: too deep>"'
  const inner = indent === undefined ? "" : `\n${indent.repeat(level + 1)}`
  const outer = indent === undefined ? "" : `\n${indent.repeat(level)}`
  if (Array.isArray(value)) {
    if (value.length === 0) return paint("[]", "array", colour)
    const items = value.map((item) => inner + printJson(item, options, level + 1))
    return paint("[", "array", colour) + items.join(paint(",", "array", colour)) + outer + paint("]", "array", colour)
  }
  if (value.size === 0) return paint("{}", "object", colour)
  const keys = options.sortKeys ? [...value.keys()].sort(compareText) : [...value.keys()]
  const pairs = keys.map(
    (key) =>
      `${inner}${paint(quoted(key, options.ascii === true), "key", colour)}${paint(":", "object", colour)}${indent === undefined ? "" : " "}${printJson(value.get(key) ?? null, options, level + 1)}`,
  )
  return paint("{", "object", colour) + pairs.join(paint(",", "object", colour)) + outer + paint("}", "object", colour)
}

export const typeOf = (value: Json): "null" | "boolean" | "number" | "string" | "array" | "object" =>
  value === null
    ? "null"
    : Array.isArray(value)
      ? "array"
      : value instanceof Map
        ? "object"
        : (typeof value as "boolean" | "number" | "string")

/** By code points, as jq sorts text. */
export const compareText = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) {
    if (a[at] === b[at]) continue
    return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0)
  }
  return a.length - b.length
}

const rank = (value: Json): number =>
  value === null
    ? 0
    : value === false
      ? 1
      : value === true
        ? 2
        : typeof value === "number"
          ? 3
          : typeof value === "string"
            ? 4
            : Array.isArray(value)
              ? 5
              : 6

/** jq's total order of values. */
export const compare = (a: Json, b: Json): number => {
  const order = rank(a) - rank(b)
  if (order !== 0) return order
  if (typeof a === "number" && typeof b === "number") return Number.isNaN(a) ? -1 : a - b
  if (typeof a === "string" && typeof b === "string") return compareText(a, b)
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let at = 0; at < Math.min(a.length, b.length); at++) {
      const item = compare(a[at], b[at])
      if (item !== 0) return item
    }
    return a.length - b.length
  }
  if (a instanceof Map && b instanceof Map) {
    const [left, right] = [[...a.keys()].sort(compareText), [...b.keys()].sort(compareText)]
    const keys = compare(left, right)
    if (keys !== 0) return keys
    for (const key of left) {
      const item = compare(a.get(key) ?? null, b.get(key) ?? null)
      if (item !== 0) return item
    }
  }
  return 0
}

/** From what JSON.parse or a YAML parser gives. */
export const fromPlain = (value: unknown): Json => {
  if (value === null || value === undefined) return null
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value
  if (Array.isArray(value)) return (value as unknown[]).map(fromPlain)
  if (value instanceof Map) return new Map([...(value as Map<unknown, unknown>)].map(([key, item]) => [String(key), fromPlain(item)]))
  return new Map(Object.entries(value).map(([key, item]) => [key, fromPlain(item)]))
}
