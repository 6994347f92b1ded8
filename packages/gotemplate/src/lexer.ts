/** The words of a template: text, and what stands between its delimiters. As text/template/parse/lex.go. */

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
  | "character"
  | "pipe"
  | "left"
  | "right"
  | "declare"
  | "assign"
  | "comma"
  | "dot"
  | "space"
  | "end"

export interface Token {
  readonly kind: TokenKind
  readonly text: string
  /** Where it starts in the template, in UTF-16 units. */
  readonly at: number
}

export const KEYWORDS = new Set(["block", "break", "continue", "define", "else", "end", "if", "range", "nil", "template", "with"])

const lineOf = (source: string, at: number): number => source.slice(0, at).split("\n").length

export const parseFailure = (name: string, source: string, at: number, message: string): TemplateError =>
  new TemplateError(`template: ${name}:${lineOf(source, at)}: ${message}`)

export const lex = (name: string, source: string): Token[] => {
  const tokens: Token[] = []
  const fail = (at: number, message: string): never => {
    throw parseFailure(name, source, at, message)
  }
  let at = 0
  let trim = false
  while (at < source.length) {
    const open = source.indexOf("{{", at)
    let text = source.slice(at, open < 0 ? undefined : open)
    if (trim) text = text.replace(/^[ \t\r\n]+/, "")
    const trimsLeft = open >= 0 && source[open + 2] === "-" && /[ \t\r\n]/.test(source[open + 3] ?? "")
    const kept = trimsLeft ? text.replace(/[ \t\r\n]+$/, "") : text
    if (kept) tokens.push({ kind: "text", text: kept, at })
    if (open < 0) break
    at = open + 2 + (trimsLeft ? 2 : 0)
    if (source.startsWith("/*", at)) {
      const end = source.indexOf("*/", at)
      if (end < 0) fail(open, "unclosed comment")
      at = end + 2
      const close = /^(?:[ \t\r\n]-)?\}\}/.exec(source.slice(at, at + 4))
      if (!close) fail(open, "comment ends before closing delimiter")
      trim = close?.[0].length === 4
      at += close?.[0].length ?? 2
      continue
    }
    tokens.push({ kind: "open", text: "{{", at: open })
    const inside = insideAction(source, at, (place, message) => {
      const spans = lineOf(source, place) !== lineOf(source, open)
      const started = spans ? `${message.endsWith(" action") ? "" : " in action"} started at ${name}:${lineOf(source, open)}` : ""
      return fail(place, message + started)
    })
    tokens.push(...inside.tokens)
    at = inside.at
    trim = inside.trim
  }
  tokens.push({ kind: "end", text: "EOF", at: source.length })
  return tokens
}

const insideAction = (source: string, start: number, fail: (at: number, message: string) => never) => {
  const tokens: Token[] = []
  let at = start
  let depth = 0
  const push = (kind: TokenKind, text: string) => {
    tokens.push({ kind, text, at })
    at += text.length
  }
  for (;;) {
    const rest = source.slice(at)
    const close = /^(?:[ \t\r\n]-)?\}\}/.exec(rest)
    if (close) {
      if (depth > 0) fail(at, "unclosed left paren")
      tokens.push({ kind: "close", text: "}}", at })
      return { tokens, at: at + close[0].length, trim: close[0].length === 4 }
    }
    if (rest === "") return fail(at, "unclosed action")
    const space = /^[ \t\r\n]+?(?=[ \t\r\n]-\}\}|[^ \t\r\n]|$)/.exec(rest) ?? /^[ \t\r\n]+/.exec(rest)
    if (space) {
      push("space", space[0])
      continue
    }
    const string = /^"(?:\\[^\n]|[^"\\\n])*"|^`[^`]*`/.exec(rest)
    if (string) {
      push("string", string[0])
      continue
    }
    if (rest[0] === '"') fail(at, "unterminated quoted string")
    if (rest[0] === "`") fail(at, "unterminated raw quoted string")
    const character = /^'(?:\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)|[^'\\\n])'/u.exec(rest)
    if (character) {
      push("character", character[0])
      continue
    }
    if (rest[0] === "'") fail(at, "unterminated character constant")
    const number = /^[-+]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|\d[\d_]*\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)/.exec(rest)
    if (number && (/^[-+\d]/.test(rest) || /^\.\d/.test(rest))) {
      const after = source[at + number[0].length] ?? ""
      if (/[\p{L}_]/u.test(after)) fail(at, `bad number syntax: ${JSON.stringify(number[0] + after)}`)
      push("number", number[0])
      continue
    }
    const field = /^\.[\p{L}\d_]+/u.exec(rest)
    if (field) {
      push("field", field[0])
      continue
    }
    if (rest[0] === ".") {
      push("dot", ".")
      continue
    }
    const variable = /^\$[\p{L}\d_]*/u.exec(rest)
    if (variable) {
      push("variable", variable[0])
      continue
    }
    const word = /^[\p{L}_][\p{L}\d_]*/u.exec(rest)
    if (word) {
      push(KEYWORDS.has(word[0]) ? "keyword" : "word", word[0])
      continue
    }
    if (rest.startsWith(":=")) push("declare", ":=")
    else if (rest[0] === "=") push("assign", "=")
    else if (rest[0] === "|") push("pipe", "|")
    else if (rest[0] === ",") push("comma", ",")
    else if (rest[0] === "(") {
      depth++
      push("left", "(")
    } else if (rest[0] === ")") {
      if (--depth < 0) fail(at, "unexpected right paren")
      push("right", ")")
    } else if (rest[0] === ":") fail(at, "expected :=")
    else {
      const code = rest.codePointAt(0) ?? 0
      fail(at, `unrecognized character in action: U+${code.toString(16).toUpperCase().padStart(4, "0")} '${String.fromCodePoint(code)}'`)
    }
  }
}
