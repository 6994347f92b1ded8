/** jq's language, parsed. */

export type Pattern =
  | { type: "variable"; name: string }
  | { type: "array"; items: Pattern[] }
  | { type: "object"; entries: { key: Ast; variable: string | undefined; value: Pattern | undefined }[] }

export type Ast =
  | { type: "identity" }
  | { type: "recurse" }
  | { type: "literal"; value: null | boolean | number | string }
  | { type: "text"; format: string | undefined; parts: (string | Ast)[] }
  | { type: "format"; name: string }
  | { type: "field"; target: Ast; name: Ast }
  | { type: "slice"; target: Ast; from: Ast | undefined; to: Ast | undefined }
  | { type: "iterate"; target: Ast }
  | { type: "try"; body: Ast; handler: Ast | undefined }
  | { type: "array"; body: Ast | undefined }
  | { type: "object"; entries: { key: Ast; value: Ast | undefined }[] }
  | { type: "negate"; body: Ast }
  | { type: "pipe"; left: Ast; right: Ast }
  | { type: "comma"; left: Ast; right: Ast }
  | { type: "binary"; operator: string; left: Ast; right: Ast }
  | { type: "assign"; operator: string; left: Ast; right: Ast }
  | { type: "if"; test: Ast; then: Ast; otherwise: Ast | undefined }
  | { type: "reduce"; source: Ast; pattern: Pattern; start: Ast; update: Ast }
  | { type: "foreach"; source: Ast; pattern: Pattern; start: Ast; update: Ast; extract: Ast | undefined }
  | { type: "as"; source: Ast; patterns: Pattern[]; body: Ast }
  | { type: "define"; definition: Definition; body: Ast }
  | { type: "call"; name: string; args: Ast[] }
  | { type: "variable"; name: string }
  | { type: "label"; name: string; body: Ast }
  | { type: "break"; name: string }

export interface Definition {
  name: string
  parameters: string[]
  body: Ast
}

export class JqSyntaxError extends Error {}

interface Token {
  kind: "punctuation" | "name" | "field" | "variable" | "number" | "string" | "format" | "keyword" | "end"
  text: string
  parts?: (string | Ast)[]
  at: number
}

const KEYWORDS = new Set(
  "def if then elif else end as reduce foreach try catch label import include and or not __loc__"
    .split(" ")
    .filter((word) => word !== "not"),
)
const PUNCTUATION = [
  "?//=",
  "?//",
  "|=",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "//=",
  "==",
  "!=",
  "<=",
  ">=",
  "//",
  "..",
  "|",
  ",",
  "=",
  "<",
  ">",
  "+",
  "-",
  "*",
  "/",
  "%",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  ".",
  ":",
  ";",
  "?",
  "$",
].sort((a, b) => b.length - a.length)

const MAX_NESTING = 300

const tokenize = (source: string, depth: number): Token[] => {
  const tokens: Token[] = []
  let at = 0
  while (at < source.length) {
    const rest = source.slice(at)
    const blank = /^(?:\s+|#[^\n]*)/.exec(rest)
    if (blank) {
      at += blank[0].length
      continue
    }
    const push = (kind: Token["kind"], text: string, length: number) => {
      tokens.push({ kind, text, at })
      at += length
    }
    const number = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/.exec(rest)
    const field = /^\.([A-Za-z_]\w*)/.exec(rest)
    const variable = /^\$(?:__loc__|[A-Za-z_](?:\w|::\w)*)/.exec(rest)
    const name = /^[A-Za-z_](?:\w|::\w)*/.exec(rest)
    const format = /^@\w+/.exec(rest)
    if (rest[0] === '"') {
      const text = readString(source, at + 1, depth)
      tokens.push({ kind: "string", text: "", parts: text.parts, at })
      at = text.end
    } else if (number) push("number", number[0], number[0].length)
    else if (field) push("field", field[1], field[0].length)
    else if (variable) push("variable", variable[0].slice(1), variable[0].length)
    else if (name) push(KEYWORDS.has(name[0]) ? "keyword" : "name", name[0], name[0].length)
    else if (format) push("format", format[0], format[0].length)
    else {
      const punctuation = PUNCTUATION.find((one) => rest.startsWith(one))
      if (!punctuation) throw new JqSyntaxError(`syntax error, unexpected INVALID_CHARACTER`)
      push("punctuation", punctuation, punctuation.length)
    }
  }
  tokens.push({ kind: "end", text: "end of file", at: source.length })
  return tokens
}

/** A string's pieces from behind its opening quote, interpolations parsed. */
const readString = (source: string, from: number, depth: number): { parts: (string | Ast)[]; end: number } => {
  const parts: (string | Ast)[] = []
  let text = ""
  let at = from
  for (;;) {
    const character = source[at]
    if (character === undefined) throw new JqSyntaxError("syntax error, unexpected end of file, expecting QQSTRING_END")
    if (character === '"') {
      parts.push(text)
      return { parts, end: at + 1 }
    }
    if (character !== "\\") {
      text += character
      at++
      continue
    }
    const letter = source[at + 1]
    if (letter === "(") {
      let open = 1
      let end = at + 2
      while (end < source.length && open > 0) {
        if (source[end] === '"') {
          end = readString(source, end + 1, depth + 1).end
          continue
        }
        if (source[end] === "(") open++
        if (source[end] === ")") open--
        end++
      }
      if (open > 0) throw new JqSyntaxError("syntax error, unexpected end of file")
      parts.push(text, new Parser(source.slice(at + 2, end - 1), depth + 1).parse())
      text = ""
      at = end
    } else if (letter === "u") {
      text += String.fromCharCode(Number.parseInt(source.slice(at + 2, at + 6), 16) || 0xfffd)
      at += 6
    } else {
      const escaped = ({ n: "\n", t: "\t", r: "\r", b: "\b", f: "\f", "/": "/", "\\": "\\", '"': '"' } as Record<string, string>)[
        letter ?? ""
      ]
      if (escaped === undefined) throw new JqSyntaxError("invalid escape in string")
      text += escaped
      at += 2
    }
  }
}

/** Binding strength of binary operators, and which side a chain groups to. */
const BINARY: Readonly<Record<string, readonly [number, "left" | "right" | "none"]>> = {
  "|": [0, "right"],
  ",": [1, "left"],
  "//": [2, "right"],
  "=": [3, "none"],
  "|=": [3, "none"],
  "+=": [3, "none"],
  "-=": [3, "none"],
  "*=": [3, "none"],
  "/=": [3, "none"],
  "%=": [3, "none"],
  "//=": [3, "none"],
  or: [4, "left"],
  and: [5, "left"],
  "==": [6, "none"],
  "!=": [6, "none"],
  "<": [6, "none"],
  "<=": [6, "none"],
  ">": [6, "none"],
  ">=": [6, "none"],
  "+": [7, "left"],
  "-": [7, "left"],
  "*": [8, "left"],
  "/": [8, "left"],
  "%": [8, "left"],
}

class Parser {
  readonly #tokens: Token[]
  #at = 0
  #nesting = 0

  constructor(source: string, depth: number) {
    if (depth > 50) throw new JqSyntaxError("too deeply nested")
    this.#tokens = tokenize(source, depth)
  }

  parse(): Ast {
    if (this.#peek().kind === "end") return { type: "identity" }
    const definitions: Definition[] = []
    while (this.#isKeyword("def")) definitions.push(this.#definition())
    let body: Ast = this.#peek().kind === "end" ? { type: "identity" } : this.#pipe()
    if (this.#peek().kind !== "end") this.#unexpected()
    for (const definition of definitions.reverse()) body = { type: "define", definition, body }
    return body
  }

  #peek(): Token {
    return this.#tokens[this.#at]
  }

  #is(text: string): boolean {
    const token = this.#peek()
    return token.kind === "punctuation" && token.text === text
  }

  #isKeyword(text: string): boolean {
    const token = this.#peek()
    return token.kind === "keyword" && token.text === text
  }

  #take(text: string): boolean {
    if (!this.#is(text) && !this.#isKeyword(text)) return false
    this.#at++
    return true
  }

  #unexpected(): never {
    const token = this.#peek()
    const what =
      token.kind === "end"
        ? "end of file"
        : token.kind === "name"
          ? "IDENT"
          : token.kind === "field"
            ? "FIELD"
            : token.kind === "number"
              ? "LITERAL"
              : token.kind === "string"
                ? "QQSTRING_START"
                : token.kind === "variable"
                  ? "BINDING"
                  : `'${token.text}'`
    throw new JqSyntaxError(`syntax error, unexpected ${what}`)
  }

  #expect(text: string): void {
    if (!this.#take(text)) this.#unexpected()
  }

  #name(): string {
    const token = this.#peek()
    if (token.kind !== "name" && token.kind !== "keyword") this.#unexpected()
    this.#at++
    return token.text
  }

  #definition(): Definition {
    this.#expect("def")
    const name = this.#name()
    const parameters: string[] = []
    if (this.#take("(")) {
      do {
        const token = this.#peek()
        if (token.kind === "variable") {
          parameters.push(`$${token.text}`)
          this.#at++
        } else parameters.push(this.#name())
      } while (this.#take(";"))
      this.#expect(")")
    }
    this.#expect(":")
    const body = this.#pipe()
    this.#expect(";")
    return { name, parameters, body }
  }

  #pipe(): Ast {
    if (++this.#nesting > MAX_NESTING) throw new JqSyntaxError("too deeply nested")
    try {
      if (this.#isKeyword("def")) {
        const definition = this.#definition()
        return { type: "define", definition, body: this.#pipe() }
      }
      return this.#binary(0)
    } finally {
      this.#nesting--
    }
  }

  #binary(least: number): Ast {
    let left = this.#postfix()
    // `term as $x | body` takes everything behind it.
    if (this.#isKeyword("as")) {
      this.#at++
      const patterns = [this.#pattern()]
      while (this.#take("?//")) patterns.push(this.#pattern())
      this.#expect("|")
      return { type: "as", source: left, patterns, body: this.#pipe() }
    }
    for (;;) {
      const token = this.#peek()
      const operator = token.kind === "punctuation" || token.text === "and" || token.text === "or" ? token.text : ""
      const strength = Object.hasOwn(BINARY, operator) ? BINARY[operator] : undefined
      if (!strength || strength[0] < least) return left
      this.#at++
      const [power, side] = strength
      const right = operator === "|" && this.#isKeyword("def") ? this.#pipe() : this.#binary(side === "right" ? power : power + 1)
      if (operator === "|") left = { type: "pipe", left, right }
      else if (operator === ",") left = { type: "comma", left, right }
      else if (power === 3) left = { type: "assign", operator, left, right }
      else left = { type: "binary", operator, left, right }
    }
  }

  #pattern(): Pattern {
    const token = this.#peek()
    if (token.kind === "variable") {
      this.#at++
      return { type: "variable", name: token.text }
    }
    if (this.#take("[")) {
      const items = [this.#pattern()]
      while (this.#take(",")) items.push(this.#pattern())
      this.#expect("]")
      return { type: "array", items }
    }
    this.#expect("{")
    const entries: Extract<Pattern, { type: "object" }>["entries"] = []
    do {
      const key = this.#peek()
      let variable: string | undefined
      let expression: Ast
      if (key.kind === "variable") {
        this.#at++
        variable = key.text
        expression = { type: "literal", value: key.text }
      } else expression = this.#key()
      entries.push({ key: expression, variable, value: this.#take(":") ? this.#pattern() : undefined })
    } while (this.#take(","))
    this.#expect("}")
    return { type: "object", entries }
  }

  /** A key of an object: a word, a string, or an expression in parentheses. */
  #key(): Ast {
    const token = this.#peek()
    if (token.kind === "name" || token.kind === "keyword") {
      this.#at++
      return { type: "literal", value: token.text }
    }
    if (token.kind === "number") {
      this.#at++
      return { type: "literal", value: token.text }
    }
    if (token.kind === "string") return this.#string(undefined)
    if (token.kind === "format") {
      this.#at++
      return this.#peek().kind === "string" ? this.#string(token.text) : { type: "format", name: token.text }
    }
    this.#expect("(")
    const expression = this.#pipe()
    this.#expect(")")
    return expression
  }

  #string(format: string | undefined): Ast {
    const { parts = [] } = this.#peek()
    this.#at++
    if (parts.every((part) => typeof part === "string") && parts.length === 1) return { type: "literal", value: String(parts[0]) }
    return { type: "text", format, parts }
  }

  #postfix(): Ast {
    let term = this.#term()
    for (;;) {
      const token = this.#peek()
      if (token.kind === "field") {
        this.#at++
        term = { type: "field", target: term, name: { type: "literal", value: token.text } }
      } else if (this.#is(".") && this.#tokens[this.#at + 1].kind === "string") {
        this.#at++
        term = { type: "field", target: term, name: this.#string(undefined) }
      } else if (this.#is(".") && this.#tokens[this.#at + 1].text === "[") this.#at++
      else if (this.#is("[")) term = this.#brackets(term)
      else if (this.#take("?")) term = { type: "try", body: term, handler: undefined }
      else return term
    }
  }

  #brackets(target: Ast): Ast {
    this.#expect("[")
    if (this.#take("]")) return { type: "iterate", target }
    if (this.#take(":")) {
      const to = this.#pipe()
      this.#expect("]")
      return { type: "slice", target, from: undefined, to }
    }
    const from = this.#pipe()
    if (this.#take(":")) {
      const to = this.#is("]") ? undefined : this.#pipe()
      this.#expect("]")
      return { type: "slice", target, from, to }
    }
    this.#expect("]")
    return { type: "field", target, name: from }
  }

  #term(): Ast {
    const token = this.#peek()
    switch (token.kind) {
      case "number":
        this.#at++
        return { type: "literal", value: Number(token.text) }
      case "string":
        return this.#string(undefined)
      case "format":
        this.#at++
        return this.#peek().kind === "string" ? this.#string(token.text) : { type: "format", name: token.text }
      case "field":
        this.#at++
        return { type: "field", target: { type: "identity" }, name: { type: "literal", value: token.text } }
      case "variable":
        this.#at++
        return { type: "variable", name: token.text }
      case "name":
        return this.#call()
      case "keyword":
        return this.#keyword(token.text)
      default:
        return this.#punctuated()
    }
  }

  #call(): Ast {
    const name = this.#name()
    if (name === "true" || name === "false" || name === "null") return { type: "literal", value: name === "null" ? null : name === "true" }
    if (name === "break") {
      const label = this.#peek()
      if (label.kind !== "variable") throw new JqSyntaxError("break requires a label to break to")
      this.#at++
      return { type: "break", name: label.text }
    }
    const args: Ast[] = []
    if (this.#take("(")) {
      do args.push(this.#pipe())
      while (this.#take(";"))
      this.#expect(")")
    }
    return { type: "call", name, args }
  }

  #keyword(word: string): Ast {
    switch (word) {
      case "if":
        this.#at++
        return this.#if()
      case "try": {
        this.#at++
        const body = this.#postfix()
        return { type: "try", body, handler: this.#take("catch") ? this.#postfix() : undefined }
      }
      case "reduce":
      case "foreach": {
        this.#at++
        const source = this.#postfix()
        this.#expect("as")
        const pattern = this.#pattern()
        this.#expect("(")
        const start = this.#pipe()
        this.#expect(";")
        const update = this.#pipe()
        const extract = word === "foreach" && this.#take(";") ? this.#pipe() : undefined
        this.#expect(")")
        return word === "reduce"
          ? { type: "reduce", source, pattern, start, update }
          : { type: "foreach", source, pattern, start, update, extract }
      }
      case "label": {
        this.#at++
        const name = this.#peek()
        if (name.kind !== "variable") this.#unexpected()
        this.#at++
        this.#expect("|")
        return { type: "label", name: name.text, body: this.#pipe() }
      }
      case "def": {
        const definition = this.#definition()
        return { type: "define", definition, body: this.#pipe() }
      }
      default:
        return this.#unexpected()
    }
  }

  #if(): Ast {
    const test = this.#pipe()
    this.#expect("then")
    const then = this.#pipe()
    let otherwise: Ast | undefined
    if (this.#take("elif")) return { type: "if", test, then, otherwise: this.#if() }
    if (this.#take("else")) otherwise = this.#pipe()
    this.#expect("end")
    return { type: "if", test, then, otherwise }
  }

  #punctuated(): Ast {
    if (this.#take("..")) return { type: "recurse" }
    if (this.#take(".")) {
      if (this.#peek().kind === "string") return { type: "field", target: { type: "identity" }, name: this.#string(undefined) }
      return { type: "identity" }
    }
    if (this.#take("(")) {
      const body = this.#pipe()
      this.#expect(")")
      return body
    }
    if (this.#take("[")) {
      if (this.#take("]")) return { type: "array", body: undefined }
      const body = this.#pipe()
      this.#expect("]")
      return { type: "array", body }
    }
    if (this.#take("-")) return { type: "negate", body: this.#postfix() }
    if (this.#take("{")) return this.#object()
    return this.#unexpected()
  }

  #object(): Ast {
    const entries: Extract<Ast, { type: "object" }>["entries"] = []
    while (!this.#is("}")) {
      const token = this.#peek()
      if (token.kind === "variable") {
        this.#at++
        entries.push({
          key: { type: "literal", value: token.text },
          value: { type: "variable", name: token.text },
        })
      } else {
        const key = this.#key()
        entries.push({ key, value: this.#take(":") ? this.#objectValue() : undefined })
      }
      if (!this.#take(",")) break
    }
    this.#expect("}")
    return { type: "object", entries }
  }

  /** A value of an object: anything above ",". */
  #objectValue(): Ast {
    let value = this.#binary(2)
    while (this.#take("|")) value = { type: "pipe", left: value, right: this.#binary(2) }
    return value
  }
}

export const parseJq = (source: string): Ast => new Parser(source, 0).parse()
