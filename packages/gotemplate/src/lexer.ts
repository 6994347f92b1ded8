/** The words of a template: text, and what stands between its delimiters. As text/template/parse/lex.go. */
import { codePoint, goQuote } from "./go-quote.ts"

export class TemplateError extends Error {}

export type TokenKind =
  | "text"
  | "open"
  | "close"
  | "field"
  | "variable"
  | "word"
  | "keyword"
  | "string"
  | "number"
  | "complex"
  | "character"
  | "pipe"
  | "left"
  | "right"
  | "declare"
  | "assign"
  | "other"
  | "dot"
  | "nil"
  | "space"
  | "error"
  | "end"

export interface Token {
  readonly kind: TokenKind
  /** As it is written; of an error what is wrong. */
  readonly text: string
  /** Where it starts in the template, in UTF-16 units. */
  readonly at: number
}

const KEYWORDS = new Set(["block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"])
const NAME = /[\p{L}\p{Nd}_]+/uy
const SPACES = /[ \t\r\n]+/y
const NUMBER = new RegExp(
  [
    /[-+]?0[xX][0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][-+]?[0-9_]*)?i?/,
    /[-+]?0[oO][0-7_]*(?:\.[0-7_]*)?i?/,
    /[-+]?0[bB][01_]*(?:\.[01_]*)?i?/,
    /[-+]?[0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9_]*)?i?/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "y",
)
/** A field or variable may end here; '.' begins the next of a chain. */
const TERMINATOR = /[ \t\r\n.,|:()]|\}\}|$/y

/** All tokens; the last is the end or an error. Space inside of actions is a token too. */
export const lex = (source: string): Token[] => new Lexer(source).run()

class Lexer {
  readonly source: string
  readonly tokens: Token[] = []
  at = 0
  depth = 0

  constructor(source: string) {
    this.source = source
  }

  run(): Token[] {
    const { source } = this
    let trim = false
    while (this.at < source.length) {
      const open = source.indexOf("{{", this.at)
      const text = trim
        ? source.slice(this.at, open < 0 ? undefined : open).replace(/^[ \t\r\n]+/, "")
        : source.slice(this.at, open < 0 ? undefined : open)
      const trimsLeft = open >= 0 && source[open + 2] === "-" && /[ \t\r\n]/.test(source[open + 3] ?? "")
      const kept = trimsLeft ? text.replace(/[ \t\r\n]+$/, "") : text
      if (kept) this.tokens.push({ kind: "text", text: kept, at: this.at })
      if (open < 0) break
      this.at = open + 2 + (trimsLeft ? 2 : 0)
      const closed = source.startsWith("/*", this.at) ? this.comment(open) : this.action(open)
      if (closed === undefined) return this.tokens
      trim = closed === "trims"
    }
    this.tokens.push({ kind: "end", text: "EOF", at: source.length })
    return this.tokens
  }

  fail(at: number, message: string): undefined {
    this.tokens.push({ kind: "error", text: message, at })
  }

  /** The closing delimiter that stands here, which is passed. */
  closing(): "plain" | "trims" | undefined {
    const { source, at } = this
    if (source.startsWith("}}", at)) {
      this.at += 2
      return "plain"
    }
    if (!source.startsWith("-}}", at + 1) || !/[ \t\r\n]/.test(source[at])) return undefined
    this.at += 4
    return "trims"
  }

  comment(open: number): "plain" | "trims" | undefined {
    const end = this.source.indexOf("*/", this.at)
    if (end < 0) return this.fail(open, "unclosed comment")
    this.at = end + 2
    return this.closing() ?? this.fail(open, "comment ends before closing delimiter")
  }

  action(open: number): "plain" | "trims" | undefined {
    this.tokens.push({ kind: "open", text: "{{", at: open })
    this.depth = 0
    for (;;) {
      const from = this.at
      const closed = this.closing()
      if (closed && this.depth > 0) return this.fail(from, "unclosed left paren")
      if (closed) {
        this.tokens.push({ kind: "close", text: "}}", at: from })
        return closed
      }
      if (from >= this.source.length) return this.fail(from, "unclosed action")
      const message = this.word()
      if (message !== undefined) return this.fail(from, message)
    }
  }

  push(kind: TokenKind, length: number): undefined {
    this.tokens.push({ kind, text: this.source.slice(this.at, this.at + length), at: this.at })
    this.at += length
  }

  /** The length of what matches here. */
  length(pattern: RegExp, at = this.at): number | undefined {
    pattern.lastIndex = at
    return pattern.exec(this.source)?.[0].length
  }

  character(at: number): string {
    return String.fromCodePoint(this.source.codePointAt(at) ?? 0xfffd)
  }

  /** One token of an action, or what is wrong with it. */
  word(): string | undefined {
    const { source, at } = this
    const character = this.character(at)
    switch (character) {
      case " ":
      case "\t":
      case "\r":
      case "\n":
        return this.space()
      case "=":
        return this.push("assign", 1)
      case ":":
        return source[at + 1] === "=" ? this.push("declare", 2) : "expected :="
      case "|":
        return this.push("pipe", 1)
      case '"':
        return this.quoted("string", /"(?:\\[^\n]|[^"\\\n])*"/y, "unterminated quoted string")
      case "`":
        return this.quoted("string", /`[^`]*`/y, "unterminated raw quoted string")
      case "'":
        return this.quoted("character", /'(?:\\[^\n]|[^'\\\n])*'/y, "unterminated character constant")
      case "$":
        return this.named("variable", "variable")
      case "(":
        this.depth++
        return this.push("left", 1)
      case ")":
        if (--this.depth < 0) return "unexpected right paren"
        return this.push("right", 1)
    }
    if (character === "." && !/[0-9]/.test(source[at + 1] ?? "0")) return this.named("field", "dot")
    if (/[-+.0-9]/.test(character)) return this.number()
    if (this.length(NAME) !== undefined) return this.identifier()
    return /[!-~]/.test(character) ? this.push("other", 1) : `unrecognized character in action: ${codePoint(character)}`
  }

  space(): undefined {
    const length = this.length(SPACES) ?? 1
    // The last blank belongs to a delimiter that trims.
    if (!this.source.startsWith("-}}", this.at + length)) return this.push("space", length)
    if (length > 1) this.push("space", length - 1)
  }

  quoted(kind: TokenKind, pattern: RegExp, message: string): string | undefined {
    const length = this.length(pattern)
    return length === undefined ? message : this.push(kind, length)
  }

  /** ".name", "$name", or what they are without a name. */
  named(kind: TokenKind, alone: TokenKind): string | undefined {
    const length = 1 + (this.length(NAME, this.at + 1) ?? 0)
    return this.ends(length) ?? this.push(length === 1 ? alone : kind, length)
  }

  identifier(): string | undefined {
    const length = this.length(NAME) ?? 0
    const bad = this.ends(length)
    if (bad !== undefined) return bad
    const word = this.source.slice(this.at, this.at + length)
    return this.push(KEYWORDS.has(word) ? "keyword" : word === "nil" ? "nil" : "word", length)
  }

  /** What a name must not be followed by. */
  ends(length: number): string | undefined {
    const at = this.at + length
    return this.length(TERMINATOR, at) === undefined ? `bad character ${codePoint(this.character(at))}` : undefined
  }

  number(): string | undefined {
    const { source, at } = this
    let length = this.length(NUMBER) ?? 0
    const bad = (more: number) => `bad number syntax: ${goQuote(source.slice(at, at + length + more))}`
    if (this.length(NAME, at + length) !== undefined) return bad(this.character(at + length).length)
    if (!/[-+]/.test(source[at + length] ?? "")) return this.push("number", length)
    length += this.length(NUMBER, at + length) ?? 0
    if (this.length(NAME, at + length) !== undefined) return bad(this.character(at + length).length)
    return source[at + length - 1] === "i" ? this.push("complex", length) : bad(0)
  }
}
