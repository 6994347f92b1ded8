/** Python's tokenizer: logical lines, indentation, and the errors that are found while reading (Parser/tokenizer.c). */
import type { Span } from "./nodes.ts"
import { PythonSyntaxError } from "./syntax-error.ts"

export interface Token extends Span {
  readonly kind: "name" | "keyword" | "number" | "string" | "operator" | "newline" | "indent" | "dedent" | "end"
  readonly text: string
}

export const KEYWORDS: ReadonlySet<string> = new Set(
  "False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda nonlocal not or pass raise return try while with yield".split(
    " ",
  ),
)

const OPERATOR = /\*\*=|\/\/=|>>=|<<=|\.\.\.|!=|->|:=|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|@=|==|<=|>=|\*\*|\/\/|<<|>>|[-+*/%@&|^~<>()[\]{},:.;=]/y
const NAME = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}_]*/uy
const NUMBER =
  /0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][-+]?\d(?:_?\d)*)?[jJ]?|\d(?:_?\d)*(?:\.(?:[eE][-+]?\d(?:_?\d)*)?|[eE][-+]?\d(?:_?\d)*)?[jJ]?/y
const PREFIX = /(?:[rR][bBfF]?|[bB][rR]?|[uU]|[fF][rR]?)?(?='|")/y
const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" }
/** Blocks within blocks, and brackets within brackets, as CPython's limits. */
const MOST_INDENTS = 100
const MOST_BRACKETS = 200

const matched = (pattern: RegExp, text: string, at: number): string | undefined => {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

export class Tokenizer {
  readonly #text: string
  readonly #tokens: Token[] = []
  #at = 0
  #line = 1
  #lineStart = 0
  readonly #indents = [0]
  readonly #brackets: { text: string; line: number; column: number }[] = []

  constructor(text: string) {
    this.#text = text
  }

  /** Throws PythonSyntaxError. */
  all(): Token[] {
    while (this.#at < this.#text.length) this.#logicalLine()
    const last = this.#tokens.at(-1)
    if (last && last.kind !== "newline" && last.kind !== "dedent" && last.kind !== "indent") this.#push("newline", "", this.#at)
    while (this.#indents.length > 1) {
      this.#indents.pop()
      this.#push("dedent", "", this.#at)
    }
    this.#push("end", "", this.#at)
    return this.#tokens
  }

  #span(from: number, to = from): Span {
    return { line: this.#line, column: from - this.#lineStart, endLine: this.#line, endColumn: to - this.#lineStart }
  }

  #push(kind: Token["kind"], text: string, from: number): void {
    this.#tokens.push({ kind, text, ...this.#span(from, from + text.length) })
  }

  #newLine(): void {
    this.#line++
    this.#lineStart = this.#at
  }

  /** Blanks at the start of a line: a tab goes to the next multiple of eight. */
  #indentation(): number {
    let width = 0
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at]
      if (character === " ") width++
      else if (character === "\t") width = (Math.floor(width / 8) + 1) * 8
      else if (character === "\f") width = 0
      else break
    }
    return width
  }

  #skipComment(): void {
    if (this.#text[this.#at] !== "#") return
    const end = this.#text.indexOf("\n", this.#at)
    this.#at = end < 0 ? this.#text.length : end
  }

  #logicalLine(): void {
    const text = this.#text
    const width = this.#indentation()
    this.#skipComment()
    if (this.#at >= text.length) return
    if (text[this.#at] === "\n") {
      this.#at++
      this.#newLine()
      return
    }
    this.#indent(width)
    for (;;) {
      while (this.#at < text.length && " \t\f\r".includes(text[this.#at])) this.#at++
      this.#skipComment()
      if (this.#at >= text.length) {
        const open = this.#brackets.at(-1)
        if (open)
          throw new PythonSyntaxError(
            `'${open.text}' was never closed`,
            { line: open.line, column: open.column, endLine: open.line, endColumn: open.column + 1 },
            { incomplete: true },
          )
        return
      }
      const character = text[this.#at]
      if (character === "\n") {
        if (this.#brackets.length === 0) this.#push("newline", "", this.#at)
        this.#at++
        this.#newLine()
        if (this.#brackets.length === 0) return
        continue
      }
      if (character === "\\") {
        this.#continuation()
        continue
      }
      this.#token(character)
    }
  }

  #continuation(): void {
    let after = this.#at + 1
    if (this.#text[after] === "\r") after++
    if (this.#text[after] !== "\n") {
      if (after >= this.#text.length)
        throw new PythonSyntaxError("unexpected EOF while parsing", this.#span(this.#at), { incomplete: true })
      throw new PythonSyntaxError("unexpected character after line continuation character", this.#span(this.#at + 1, this.#at + 2))
    }
    this.#at = after + 1
    this.#newLine()
    if (this.#at >= this.#text.length)
      throw new PythonSyntaxError("unexpected EOF while parsing", this.#span(this.#at), { incomplete: true })
  }

  #indent(width: number): void {
    const current = this.#indents[this.#indents.length - 1]
    if (width > current) {
      if (this.#indents.length >= MOST_INDENTS)
        throw new PythonSyntaxError("too many levels of indentation", this.#span(this.#at), { kind: "IndentationError" })
      this.#indents.push(width)
      this.#push("indent", "", this.#at)
      return
    }
    while (width < this.#indents[this.#indents.length - 1]) {
      this.#indents.pop()
      if (width > this.#indents[this.#indents.length - 1]) {
        const end = this.#text.indexOf("\n", this.#at)
        throw new PythonSyntaxError("unindent does not match any outer indentation level", this.#span(end < 0 ? this.#text.length : end), {
          kind: "IndentationError",
        })
      }
      this.#push("dedent", "", this.#at)
    }
  }

  #token(character: string): void {
    const text = this.#text
    const prefix = matched(PREFIX, text, this.#at)
    if (prefix !== undefined) {
      this.#string(prefix)
      return
    }
    const number = /[\d.]/.test(character) ? matched(NUMBER, text, this.#at) : undefined
    if (number !== undefined) {
      this.#number(number)
      return
    }
    const name = matched(NAME, text, this.#at)
    if (name !== undefined) {
      this.#push(KEYWORDS.has(name) ? "keyword" : "name", name, this.#at)
      this.#at += name.length
      return
    }
    const operator = matched(OPERATOR, text, this.#at)
    if (operator === undefined) {
      const point = text.codePointAt(this.#at) ?? 0
      const shown = String.fromCodePoint(point)
      const at = this.#span(this.#at, this.#at + 1)
      if (point < 128) throw new PythonSyntaxError("invalid syntax", at)
      throw new PythonSyntaxError(`invalid character '${shown}' (U+${point.toString(16).toUpperCase().padStart(4, "0")})`, at)
    }
    if (CLOSING[operator]) {
      if (this.#brackets.length >= MOST_BRACKETS)
        throw new PythonSyntaxError("too many nested parentheses", this.#span(this.#at, this.#at + 1))
      this.#brackets.push({ text: operator, line: this.#line, column: this.#at - this.#lineStart })
    } else if (")]}".includes(operator)) this.#close(operator)
    this.#push("operator", operator, this.#at)
    this.#at += operator.length
  }

  #close(text: string): void {
    const open = this.#brackets.pop()
    const at = this.#span(this.#at, this.#at + 1)
    if (!open) throw new PythonSyntaxError(`unmatched '${text}'`, at)
    if (CLOSING[open.text] === text) return
    const where = open.line === this.#line ? "" : ` on line ${open.line}`
    throw new PythonSyntaxError(`closing parenthesis '${text}' does not match opening parenthesis '${open.text}'${where}`, at)
  }

  #number(number: string): void {
    const after = this.#text[this.#at + number.length] ?? ""
    const end = this.#at + number.length
    if (/^0\d*[1-9]/.test(number) && /^[\d_]+$/.test(number))
      throw new PythonSyntaxError(
        "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
        this.#span(this.#at, this.#at + 1),
      )
    const word = matched(NAME, this.#text, end)
    if (/[A-Za-z_]/.test(after) && word !== undefined && !KEYWORDS.has(word))
      throw new PythonSyntaxError("invalid decimal literal", this.#span(end - 1, end))
    this.#push("number", number, this.#at)
    this.#at = end
  }

  #string(prefix: string): void {
    const text = this.#text
    const start = this.#at
    const [line, lineStart] = [this.#line, this.#lineStart]
    const begin = start + prefix.length
    const mark = text[begin]
    const triple = text.startsWith(mark.repeat(3), begin)
    const close = triple ? mark.repeat(3) : mark
    let at = begin + close.length
    const format = /f/i.test(prefix)
    const depths: string[] = []
    for (;;) {
      const character = text[at]
      if (character === undefined || (character === "\n" && !triple && depths.length === 0))
        this.#unterminated(start, line, lineStart, triple, format)
      if (character === "\\" && depths.length === 0) {
        at += 2
        if (text[at - 1] === "\n") {
          this.#at = at
          this.#newLine()
        }
        continue
      }
      if (format && depths.length === 0 && character === "{") {
        if (text[at + 1] === "{") at++
        else depths.push("{")
      } else if (depths.length > 0) {
        // Since 3.12 a replacement field may hold quotes of the same kind.
        if ("([{".includes(character)) depths.push(character)
        else if (")]}".includes(character)) depths.pop()
        else if (text.startsWith(close, at)) {
          const inner = depths.length > 0 ? nestedString(text, at) : undefined
          if (inner === undefined) break
          at = inner
          continue
        } else if (character === "'" || character === '"') {
          at = nestedString(text, at) ?? at + 1
          continue
        }
      } else if (text.startsWith(close, at)) break
      if (character === "\n") {
        this.#at = at + 1
        this.#newLine()
      }
      at++
    }
    const end = at + close.length
    const token: Token = {
      kind: "string",
      text: text.slice(start, end),
      line,
      column: start - lineStart,
      endLine: this.#line,
      endColumn: end - this.#lineStart,
    }
    this.#tokens.push(token)
    this.#at = end
  }

  #unterminated(start: number, line: number, lineStart: number, triple: boolean, format: boolean): never {
    const column = start - lineStart
    const at = { line, column, endLine: line, endColumn: column + 1 }
    const kind = format ? "f-string" : "string"
    if (!triple) throw new PythonSyntaxError(`unterminated ${format ? "f-string" : kind} literal (detected at line ${this.#line})`, at)
    const last = this.#text.endsWith("\n") ? this.#line - 1 : this.#line
    throw new PythonSyntaxError(`unterminated triple-quoted ${kind} literal (detected at line ${last})`, at, { incomplete: true })
  }
}

/** Where a plain string that starts at `at` ends; undefined: it does not end on its line. */
const nestedString = (text: string, at: number): number | undefined => {
  const mark = text[at]
  for (let index = at + 1; index < text.length && text[index] !== "\n"; index++) {
    if (text[index] === "\\") index++
    else if (text[index] === mark) return index + 1
  }
  return undefined
}
