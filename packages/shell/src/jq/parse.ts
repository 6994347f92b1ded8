/** Parses jq's language. */
import { type Ast, type Definition, JqSyntaxError, type Pattern } from "./syntax.ts"
import { type Token, tokenize } from "./tokens.ts"

const MAX_NESTING = 300

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
  readonly #source: string
  #at = 0
  #nesting = 0
  /** Conditions whose `end` is to come. */
  #conditions = 0

  constructor(source: string, depth: number) {
    if (depth > 50) throw new JqSyntaxError("too deeply nested")
    this.#tokens = tokenize(source, depth, (inner, at) => new Parser(inner, at).parse())
    this.#source = source
  }

  #line({ at }: Token): number {
    return this.#source.slice(0, at).split("\n").length
  }

  parse(): Ast {
    if (this.#peek().kind === "end") return { type: "identity" }
    if (this.#peek().kind === "punctuation" && !".([{-".includes(this.#peek().text[0])) this.#unexpected("end of file")
    const definitions: Definition[] = []
    while (this.#isKeyword("def")) definitions.push(this.#definition())
    let body: Ast = this.#peek().kind === "end" ? { type: "identity" } : this.#pipe()
    if (this.#peek().kind !== "end") this.#unexpected("end of file")
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

  #unexpected(expecting?: string): never {
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
                  : token.kind === "keyword" || token.text.length > 1
                    ? token.text
                    : this.#unmatched()
                      ? "INVALID_CHARACTER"
                      : `'${token.text}'`
    const place = token.kind === "end" && this.#at > 0 ? this.#tokens[this.#at - 1] : token
    const also = token.kind === "end" && this.#conditions > 0 ? "Possibly unterminated 'if' statement" : undefined
    throw new JqSyntaxError(
      `syntax error, unexpected ${what}${expecting === undefined ? "" : `, expecting ${expecting}`}`,
      place.kind === "end" ? 0 : place.at + (place.kind === "string" ? 1 : 0),
      also,
    )
  }

  /** Whether the bracket at hand closes nothing. */
  #unmatched(): boolean {
    const open: string[] = []
    for (const { kind, text } of this.#tokens.slice(0, this.#at + 1)) {
      if (kind !== "punctuation") continue
      if (text === "(" || text === "[" || text === "{") open.push(text === "(" ? ")" : text === "[" ? "]" : "}")
      else if (text === ")" || text === "]" || text === "}") if (open.pop() !== text) return true
    }
    return false
  }

  #expect(text: string, expecting?: string): void {
    if (!this.#take(text)) this.#unexpected(expecting)
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
      this.#expect("|", patterns.length === 1 ? "'|'" : undefined)
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
    this.#expect("{", "BINDING or '[' or '{'")
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
        return { type: "variable", name: token.text, line: this.#line(token), at: token.at }
      case "name":
        return this.#call()
      case "keyword":
        return this.#keyword(token.text)
      default:
        return this.#punctuated()
    }
  }

  #call(): Ast {
    const { at } = this.#peek()
    const name = this.#name()
    if (name === "true" || name === "false" || name === "null") return { type: "literal", value: name === "null" ? null : name === "true" }
    if (name === "break") {
      const label = this.#peek()
      if (label.kind !== "variable") this.#unexpected("BINDING")
      this.#at++
      return { type: "break", name: label.text, at }
    }
    const args: Ast[] = []
    if (this.#take("(")) {
      do args.push(this.#pipe())
      while (this.#take(";"))
      this.#expect(")")
    }
    return { type: "call", name, args, at }
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
        if (name.kind !== "variable") this.#unexpected("BINDING")
        this.#at++
        this.#expect("|", "'|'")
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
    this.#conditions++
    const then = this.#pipe()
    let otherwise: Ast | undefined
    if (this.#take("elif")) otherwise = this.#if()
    else {
      if (this.#take("else")) otherwise = this.#pipe()
      this.#expect("end")
    }
    this.#conditions--
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
          value: { type: "variable", name: token.text, line: this.#line(token), at: token.at },
        })
      } else {
        const computed = this.#is("(")
        const key = this.#key()
        if (computed && !this.#is(":")) this.#unexpected("':'")
        entries.push({ key, value: this.#take(":") ? this.#objectValue() : undefined })
      }
      if (!this.#take(",")) break
    }
    this.#expect("}", this.#peek().kind === "end" ? "'}'" : undefined)
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
