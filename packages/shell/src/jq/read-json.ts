/** Reads JSON values from text that comes in pieces, as jq's parser does: a token at a time, with its messages (jv_parse.c). */
import type { Json, JsonObject } from "./json.ts"

const MAX_PARSE_DEPTH = 256

export class JsonSyntaxError extends Error {}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "/": "/", "\\": "\\", '"': '"' }
const LITERALS: Readonly<Record<string, Json>> = { true: true, false: false, null: null, nan: Number.NaN }
const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/

/** An open array, or an open object with the key that waits for its value. */
type Frame = { readonly list: Json[] } | { readonly object: JsonObject; key: string | undefined }

/** Of a stream: [path, leaf], or [path] where an array or object closes. */
interface StreamFrame {
  readonly list: boolean
  /** Index or key of what is being read. */
  at: Json
  any: boolean
}

export class JsonReader {
  #text = ""
  #at = 0
  #ended = false
  #line = 1
  #column = 0
  #token = ""
  #inText: "no" | "yes" | "escaped" = "no"
  #raw: string[] = []
  /** A complete value that is not yet placed. */
  #value: { value: Json } | undefined
  readonly #stack: Frame[] = []
  readonly #ready: Json[] = []
  readonly #streamed: boolean
  readonly #path: StreamFrame[] = []
  #newlines = 0
  #failed = false

  /** `stream`: values as events of their parts. */
  constructor(text = "", { stream = false, ended = true }: { stream?: boolean; ended?: boolean } = {}) {
    this.#streamed = stream
    this.#text = text
    this.#ended = ended
  }

  /** More text. */
  feed(text: string): void {
    this.#text = this.#text.slice(this.#at) + text
    this.#at = 0
  }

  /** No more text comes. */
  end(): void {
    this.#ended = true
  }

  /** Whether all text that was fed is read. */
  get hungry(): boolean {
    return this.#at >= this.#text.length && !this.#ended
  }

  /** Lines taken for the values so far: jq takes whole ones. */
  get linesTaken(): number {
    const within = this.#at > 0 && this.#text[this.#at - 1] !== "\n" && this.#text.includes("\n", this.#at)
    return this.#newlines + (within ? 1 : 0)
  }

  /** The next value; "more" where more text is needed or `most` characters were read, undefined at the end. Throws JsonSyntaxError. */
  next(most = Number.POSITIVE_INFINITY): { value: Json } | "more" | undefined {
    if (this.#failed) return undefined
    try {
      let left = most
      for (;;) {
        const ready = this.#ready.shift()
        if (ready !== undefined) return { value: ready }
        if (this.#at >= this.#text.length) {
          if (!this.#ended) return "more"
          return this.#finish()
        }
        if (left-- <= 0) return "more"
        left -= this.#inText === "yes" ? this.#run() : 0
        if (this.#at < this.#text.length) this.#scan(this.#text[this.#at++])
      }
    } catch (error) {
      if (error instanceof JsonSyntaxError) this.#failed = true
      throw error
    }
  }

  /** Plain characters of a text, at once. */
  #run(): number {
    const from = this.#at
    let at = from
    for (; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at)
      if (code === 34 || code === 92 || code === 10) break
    }
    if (at > from) this.#raw.push(this.#text.slice(from, at))
    this.#column += at - from
    this.#at = at
    return (at - from) >> 3
  }

  #fail(problem: string, atEnd = false): never {
    throw new JsonSyntaxError(`${problem} at ${atEnd ? "EOF at " : ""}line ${this.#line}, column ${this.#column}`)
  }

  #scan(character: string): void {
    this.#column++
    if (character === "\n") {
      this.#line++
      this.#column = 0
      this.#newlines++
    }
    if (this.#inText === "escaped") {
      this.#raw.push(character)
      this.#inText = "yes"
    } else if (this.#inText === "yes") {
      if (character === '"') {
        this.#inText = "no"
        this.#put(this.#unquoted(this.#raw.join("")))
        this.#raw = []
      } else {
        this.#raw.push(character)
        if (character === "\\") this.#inText = "escaped"
      }
    } else if (character === '"') {
      this.#literal()
      this.#inText = "yes"
    } else if (" \t\r\n\ufeff\x1e".includes(character)) {
      this.#literal()
      this.#complete()
    } else if ("[{:,]}".includes(character)) {
      this.#literal()
      this.#structure(character)
      this.#complete()
    } else this.#token += character
  }

  #unquoted(raw: string): string {
    if (!raw.includes("\\")) return raw
    return raw.replace(/\\(u([\s\S]{0,4})|[\s\S]?)/g, (_, letter: string, hex: string | undefined) => {
      if (hex !== undefined) {
        if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.#fail("Invalid escape")
        return String.fromCharCode(Number.parseInt(hex, 16))
      }
      if (!Object.hasOwn(ESCAPES, letter)) this.#fail("Invalid escape")
      return ESCAPES[letter]
    })
  }

  /** The word before the character at hand, if there is one. */
  #literal(atEnd = false): void {
    const word = this.#token
    if (word === "") return
    this.#token = ""
    if (Object.hasOwn(LITERALS, word)) this.#put(LITERALS[word])
    else if ("tfn".includes(word[0]) && !NUMBER.test(word)) this.#fail("Invalid literal", atEnd)
    else if (word[0] === "'") this.#fail("Invalid string literal; expected \", but got '", atEnd)
    else if (NUMBER.test(word)) this.#put(Number(word))
    else this.#fail("Invalid numeric literal", atEnd)
  }

  #put(value: Json): void {
    this.#complete()
    if (this.#value) this.#fail("Expected separator between values")
    const top = this.#streamed && this.#path.at(-1)
    if (top && !top.list && top.at === null) {
      if (typeof value !== "string") this.#fail("Object keys must be strings")
    }
    this.#value = { value }
  }

  /** A value outside of everything is a result. */
  #complete(): void {
    if (!this.#value || this.#stack.length > 0 || this.#path.length > 0) return
    this.#ready.push(this.#streamed ? [[], this.#value.value] : this.#value.value)
    this.#value = undefined
  }

  #structure(character: string): void {
    if (this.#streamed) this.#event(character)
    else if (character === "[" || character === "{") this.#open(character)
    else if (character === ":") this.#colon()
    else if (character === ",") this.#comma()
    else this.#close(character)
  }

  #open(character: string): void {
    if (this.#stack.length >= MAX_PARSE_DEPTH) this.#fail("Exceeds depth limit for parsing")
    if (this.#value) this.#fail("Expected separator between values")
    this.#stack.push(character === "[" ? { list: [] } : { object: new Map(), key: undefined })
  }

  #colon(): void {
    const top = this.#stack.at(-1)
    if (!top) this.#fail(this.#value ? "':' not as part of an object" : "Expected string key before ':'")
    if (!this.#value) this.#fail("Expected string key before ':'")
    if ("list" in top) this.#fail("':' not as part of an object")
    if (top.key !== undefined) this.#fail("':' should follow a key")
    if (typeof this.#value.value !== "string") this.#fail("Object keys must be strings")
    top.key = this.#value.value
    this.#value = undefined
  }

  #comma(): void {
    const top = this.#stack.at(-1)
    if (!this.#value) this.#fail("Expected value before ','")
    if (!top) this.#fail("',' not as part of an object or array")
    if ("list" in top) top.list.push(this.#value.value)
    else this.#member(top, this.#value.value)
    this.#value = undefined
  }

  #member(top: Extract<Frame, { object: JsonObject }>, value: Json): void {
    if (top.key === undefined) this.#fail("Objects must consist of key:value pairs")
    top.object.set(top.key, value)
    top.key = undefined
  }

  #close(character: string): void {
    const top = this.#stack.at(-1)
    if (!top || "list" in top !== (character === "]")) this.#fail(`Unmatched '${character}'`)
    if ("list" in top) {
      if (this.#value) top.list.push(this.#value.value)
      else if (top.list.length > 0) this.#fail("Expected another array element")
    } else if (this.#value) this.#member(top, this.#value.value)
    else if (top.object.size > 0 || top.key !== undefined) this.#fail("Expected another key-value pair")
    this.#stack.pop()
    this.#value = { value: "list" in top ? top.list : top.object }
  }

  /** Where the value at hand stands in a stream. */
  #place(): Json[] {
    return this.#path.map(({ at }) => at)
  }

  #leaf(): void {
    if (!this.#value) return
    this.#ready.push([this.#place(), this.#value.value])
    this.#value = undefined
  }

  #event(character: string): void {
    const top = this.#path.at(-1)
    if (character === "[" || character === "{") {
      if (this.#path.length >= MAX_PARSE_DEPTH) this.#fail("Exceeds depth limit for parsing")
      if (this.#value) this.#fail("Expected separator between values")
      if (top && !top.list && top.at === null) this.#fail("Object keys must be strings")
      if (top) top.any = true
      this.#path.push({ list: character === "[", at: character === "[" ? 0 : null, any: false })
    } else if (character === ":") {
      if (!top || top.list) this.#fail("':' not as part of an object")
      if (!this.#value || typeof this.#value.value !== "string") this.#fail("Expected string key before ':'")
      if (top.at !== null && !top.any) this.#fail("':' should follow a key")
      top.at = this.#value.value
      top.any = false
      this.#value = undefined
    } else if (character === ",") {
      if (!top) this.#fail("',' not as part of an object or array")
      if (!this.#value && !top.any) this.#fail("Expected value before ','")
      if (!top.list && top.at === null) this.#fail("Objects must consist of key:value pairs")
      this.#leaf()
      top.any = false
      top.at = top.list ? Number(top.at) + 1 : null
    } else this.#closeStreamed(character)
  }

  #closeStreamed(character: string): void {
    const top = this.#path.at(-1)
    if (!top || top.list !== (character === "]")) this.#fail(`Unmatched '${character}'`)
    const filled = this.#value !== undefined || top.any
    if (filled && !top.list && top.at === null) this.#fail("Objects must consist of key:value pairs")
    this.#leaf()
    const empty = !filled && (top.at === null || top.at === 0)
    if (!filled && !empty) this.#fail(top.list ? "Expected another array element" : "Expected another key-value pair")
    const path = this.#place()
    this.#path.pop()
    const outer = this.#path.at(-1)
    if (outer) outer.any = true
    if (empty) this.#ready.push([path.slice(0, -1), top.list ? [] : new Map()])
    else this.#ready.push([path])
  }

  #finish(): undefined | { value: Json } {
    if (this.#inText !== "no") this.#fail("Unfinished string", true)
    this.#literal(true)
    if (this.#stack.length > 0 || this.#path.length > 0) this.#fail("Unfinished JSON term", true)
    this.#complete()
    const ready = this.#ready.shift()
    return ready === undefined ? undefined : { value: ready }
  }
}

/** The one value of a text. Throws JsonSyntaxError. */
export const parseJson = (text: string): Json => {
  const work = parsed(text)
  for (;;) {
    const { done, value } = work.next()
    if (done) return value
  }
}

/** The one value of a text; yields where one may stop. Throws JsonSyntaxError. */
export function* parsed(text: string): Generator<void, Json, void> {
  const reader = new JsonReader(text)
  let first: { value: Json } | undefined
  for (;;) {
    const next = reader.next(4_000)
    if (next === "more") {
      yield
      continue
    }
    if (next === undefined) break
    if (first) throw new JsonSyntaxError("Unexpected extra JSON values")
    first = next
  }
  if (!first) throw new JsonSyntaxError("Expected JSON value")
  return first.value
}

/** All values of a text. Throws JsonSyntaxError. */
export const valuesIn = (text: string): Json[] => {
  const reader = new JsonReader(text)
  const values: Json[] = []
  for (let next = reader.next(); next && next !== "more"; next = reader.next()) values.push(next.value)
  return values
}
