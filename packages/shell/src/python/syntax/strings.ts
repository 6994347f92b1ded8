/** String literals: escapes, bytes, and the replacement fields of f-strings. */
import type { Expression, FormatPart, Span } from "./nodes.ts"
import { PythonSyntaxError } from "./syntax-error.ts"
import type { Token } from "./tokens.ts"

const SIMPLE: Readonly<Record<string, string>> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\n": "",
}

/** The text that a literal stands for; `wide`: \u and \N as well, which bytes have not. */
const unescaped = (text: string, wide: boolean, at: Span): string => {
  if (!text.includes("\\")) return text
  return text.replace(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|[\s\S])/g, (whole, word: string) => {
    const simple = SIMPLE[word]
    if (simple !== undefined) return simple
    if (/^[0-7]/.test(word)) return String.fromCharCode(Number.parseInt(word, 8))
    if (/^x./.test(word)) return String.fromCharCode(Number.parseInt(word.slice(1), 16))
    if (wide && /^[uU]./.test(word)) return String.fromCodePoint(Math.min(Number.parseInt(word.slice(1), 16), 0x10ffff))
    if (word === "x" || (wide && /^[uU]$/.test(word))) {
      const form = word === "x" ? "\\xXX" : word === "u" ? "\\uXXXX" : "\\UXXXXXXXX"
      throw new PythonSyntaxError(`(unicode error) 'unicodeescape' codec can't decode bytes in position 0-1: truncated ${form} escape`, at)
    }
    return whole
  })
}

interface Literal {
  readonly prefix: string
  readonly body: string
  readonly at: Span
  /** Where the body begins. */
  readonly line: number
  readonly column: number
}

const literalOf = (token: Token): Literal => {
  const prefix = /^[a-zA-Z]*/.exec(token.text)?.[0].toLowerCase() ?? ""
  const rest = token.text.slice(prefix.length)
  const quotes = rest.startsWith('"""') || rest.startsWith("'''") ? 3 : 1
  return {
    prefix,
    body: rest.slice(quotes, -quotes),
    at: token,
    line: token.line,
    column: token.column + prefix.length + quotes,
  }
}

/** Parses an expression that stands at a place of the text. */
export type ParseInner = (text: string, line: number, column: number) => Expression

/** A reader of one f-string's body. */
class FieldReader {
  readonly #literal: Literal
  readonly #parse: ParseInner
  #at = 0

  constructor(literal: Literal, parse: ParseInner) {
    this.#literal = literal
    this.#parse = parse
  }

  #fail(message: string): never {
    throw new PythonSyntaxError(message, this.#literal.at)
  }

  /** Text and fields up to the end, or to the brace that ends a format specification. */
  parts(nested: boolean): FormatPart[] {
    const { body, prefix, at } = this.#literal
    const parts: FormatPart[] = []
    let text = ""
    const flush = () => {
      if (text !== "") parts.push(prefix.includes("r") ? text : unescaped(text, true, at))
      text = ""
    }
    while (this.#at < body.length) {
      const character = body[this.#at]
      if (character === "\\" && !prefix.includes("r")) {
        const named = /^\\N\{[^}]*\}/.exec(body.slice(this.#at))
        const length = named ? named[0].length : 2
        text += body.slice(this.#at, this.#at + length)
        this.#at += length
      } else if (character === "{" && body[this.#at + 1] === "{" && !nested) {
        text += "{"
        this.#at += 2
      } else if (character === "{") {
        flush()
        this.#at++
        parts.push(...this.#field(nested))
      } else if (character === "}") {
        if (nested) break
        if (body[this.#at + 1] !== "}") this.#fail("f-string: single '}' is not allowed")
        text += "}"
        this.#at += 2
      } else {
        text += character
        this.#at++
      }
    }
    flush()
    return parts
  }

  #place(offset: number): { line: number; column: number } {
    const before = this.#literal.body.slice(0, offset).split("\n")
    return before.length === 1
      ? { line: this.#literal.line, column: this.#literal.column + offset }
      : { line: this.#literal.line + before.length - 1, column: before[before.length - 1].length }
  }

  /** Where the expression of a field ends: at !r, :, = or }. */
  #expressionEnd(): number {
    const { body } = this.#literal
    let depth = 0
    for (let at = this.#at; at < body.length; at++) {
      const character = body[at]
      if (character === "'" || character === '"') {
        const triple = body.startsWith(character.repeat(3), at)
        const close = body.indexOf(triple ? character.repeat(3) : character, at + (triple ? 3 : 1))
        if (close < 0) this.#fail("f-string: expecting '}'")
        at = close + (triple ? 2 : 0)
      } else if ("([{".includes(character)) depth++
      else if (depth > 0) {
        if (")]}".includes(character)) depth--
      } else if (character === "}" || character === ":") return at
      else if (character === "!" && body[at + 1] !== "=") return at
      else if (character === "=" && !"=<>!".includes(body[at - 1]) && body[at + 1] !== "=" && /^=\s*[!:}]/.test(body.slice(at))) return at
    }
    return this.#fail("f-string: expecting '}'")
  }

  #field(nested: boolean): FormatPart[] {
    const { body } = this.#literal
    const start = this.#at
    const end = this.#expressionEnd()
    const source = body.slice(start, end)
    if (source.trim() === "") this.#fail(`f-string: valid expression required before '${body[end]}'`)
    const { line, column } = this.#place(start)
    const value = this.#parse(source, line, column)
    this.#at = end
    const label = body[this.#at] === "=" ? /^=\s*/.exec(body.slice(this.#at))?.[0] : undefined
    if (label !== undefined) this.#at += label.length
    let conversion: string | undefined
    if (body[this.#at] === "!") {
      conversion = body[this.#at + 1]
      if (!"rsa".includes(conversion ?? "?"))
        this.#fail(`f-string: invalid conversion character '${conversion}': expected 's', 'r', or 'a'`)
      this.#at += 2
    }
    let format: FormatPart[] | undefined
    if (body[this.#at] === ":") {
      this.#at++
      if (nested) this.#fail("f-string: expressions nested too deeply")
      format = this.parts(true)
    }
    if (body[this.#at] !== "}") this.#fail("f-string: expecting '}'")
    this.#at++
    const field: FormatPart = {
      value,
      ...(conversion !== undefined && { conversion }),
      ...(label !== undefined && conversion === undefined && format === undefined && { conversion: "r" }),
      ...(format && { format }),
    }
    return label === undefined ? [field] : [source + label, field]
  }
}

/** Adjacent literals as one expression. */
export const stringExpression = (tokens: readonly Token[], parse: ParseInner): Expression => {
  const literals = tokens.map(literalOf)
  const at: Span = {
    line: tokens[0].line,
    column: tokens[0].column,
    endLine: tokens[tokens.length - 1].endLine,
    endColumn: tokens[tokens.length - 1].endColumn,
  }
  const bytes = literals.filter(({ prefix }) => prefix.includes("b")).length
  if (bytes > 0) {
    if (bytes < literals.length) throw new PythonSyntaxError("cannot mix bytes and nonbytes literals", at)
    const text = literals.map((one) => (one.prefix.includes("r") ? one.body : unescaped(one.body, false, one.at))).join("")
    if (/[^\0-\xff]/.test(text)) throw new PythonSyntaxError("bytes can only contain ASCII literal characters", at)
    return { kind: "bytes", value: Uint8Array.from(text, (character) => character.charCodeAt(0)), ...at }
  }
  const parts: FormatPart[] = literals.flatMap((one) =>
    one.prefix.includes("f")
      ? new FieldReader(one, parse).parts(false)
      : [one.prefix.includes("r") ? one.body : unescaped(one.body, true, one.at)],
  )
  if (!literals.some(({ prefix }) => prefix.includes("f"))) return { kind: "string", value: parts.join(""), ...at }
  return { kind: "format", parts, ...at }
}
