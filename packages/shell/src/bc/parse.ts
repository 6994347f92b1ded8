/** bc's grammar, by recursive descent. As GNU bc.y. */

export class BcError extends Error {
  /** The text ends in the middle of something: more lines may make it whole. */
  readonly unfinished: boolean
  constructor(message: string, unfinished = false) {
    super(message)
    this.unfinished = unfinished
  }
}

export type BcExpression =
  | { kind: "number"; text: string }
  | { kind: "variable"; name: string }
  | { kind: "element"; name: string; index: BcExpression }
  | { kind: "array"; name: string }
  | { kind: "assign"; target: BcExpression; operator: string; value: BcExpression }
  | { kind: "step"; target: BcExpression; by: 1 | -1; prefix: boolean }
  | { kind: "binary"; operator: string; left: BcExpression; right: BcExpression }
  | { kind: "unary"; operator: string; operand: BcExpression }
  | { kind: "call"; name: string; args: BcExpression[] }

export type BcStatement =
  | { kind: "expression"; value: BcExpression; shown: boolean }
  | { kind: "string"; text: string }
  | { kind: "print"; items: (BcExpression | { kind: "text"; text: string })[] }
  | { kind: "if"; test: BcExpression; yes: BcStatement; no: BcStatement | undefined }
  | { kind: "while"; test: BcExpression; body: BcStatement }
  | { kind: "for"; start: BcExpression | undefined; test: BcExpression | undefined; step: BcExpression | undefined; body: BcStatement }
  | { kind: "block"; body: BcStatement[] }
  | { kind: "return"; value: BcExpression | undefined }
  | { kind: "break" | "continue" | "halt" | "quit" | "limits" }
  | { kind: "define"; name: string; definition: BcFunction }

export interface BcFunction {
  readonly parameters: readonly { name: string; array: boolean; reference: boolean }[]
  readonly autos: readonly { name: string; array: boolean }[]
  readonly empty: boolean
  readonly body: readonly BcStatement[]
}

interface Token {
  kind: "number" | "name" | "string" | "symbol" | "newline" | "end"
  text: string
  line: number
}

const RESERVED = new Set(
  "if else while for break continue return define auto print quit halt limits read sqrt length scale ibase obase last warranty void".split(
    " ",
  ),
)

const tokenize = (source: string, name: string, first: number): Token[] => {
  const tokens: Token[] = []
  let line = first
  let at = 0
  const pattern =
    /[ \t\r]+|\\\n|\/\*[\s\S]*?\*\/|#[^\n]*|\n|"[^"]*"|(?:[0-9A-F](?:\\\n)?)+(?:\.(?:[0-9A-F]|\\\n)*)?|\.(?:[0-9A-F]|\\\n)*|[a-z][a-z0-9_]*|[-+*/%^]=|\+\+|--|[<>=!]=|&&|\|\||[-+*/%^()[\]{},;<>=!&]/y
  while (at < source.length) {
    if (source.startsWith("/*", at) && !source.includes("*/", at + 2)) throw new BcError(`${name} ${line}: syntax error`, true)
    pattern.lastIndex = at
    const found = pattern.exec(source)?.[0]
    if (found === undefined) {
      if (source[at] === '"') throw new BcError(`${name} ${line}: syntax error`, true)
      tokens.push({ kind: "symbol", text: source[at], line })
      at++
      continue
    }
    const kind: Token["kind"] | undefined =
      found === "\n"
        ? "newline"
        : found[0] === '"'
          ? "string"
          : /^[0-9A-F.]/.test(found)
            ? "number"
            : /^[a-z]/.test(found)
              ? "name"
              : /^(?:[ \t\r\\#]|\/\*)/.test(found)
                ? undefined
                : "symbol"
    if (kind) tokens.push({ kind, text: kind === "string" ? found.slice(1, -1) : found.replaceAll("\\\n", ""), line })
    line += found.split("\n").length - 1
    at += found.length
  }
  tokens.push({ kind: "end", text: "", line })
  return tokens
}

class Parser {
  readonly #tokens: Token[]
  readonly #name: string
  #at = 0
  #inFunction = false

  constructor(source: string, name: string, line: number) {
    this.#tokens = tokenize(source, name, line)
    this.#name = name
  }

  get #token(): Token {
    return this.#tokens[this.#at]
  }

  #kind(): Token["kind"] {
    return this.#tokens[this.#at].kind
  }

  #is(text: string): boolean {
    return this.#token.text === text && this.#kind() !== "string" && this.#kind() !== "number"
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false
    this.#at++
    return true
  }

  #fail(message = "syntax error"): never {
    // The lexer has gone over a newline when it is that which is wrong.
    throw new BcError(`${this.#name} ${this.#token.line + (this.#kind() === "newline" ? 1 : 0)}: ${message}`, this.#kind() === "end")
  }

  #need(text: string): void {
    if (!this.#take(text)) this.#fail()
  }

  #newlines(): void {
    while (this.#kind() === "newline") this.#at++
  }

  /** Statements of one input line; undefined at the end. A wrong line throws, and `skip` goes on behind it. */
  line(): BcStatement[] | undefined {
    if (this.#kind() === "end") return undefined
    const list: BcStatement[] = []
    while (this.#kind() !== "newline" && this.#kind() !== "end") {
      if (this.#take(";")) continue
      if (this.#is("define")) {
        list.push(this.#define())
        continue
      }
      list.push(this.#statement())
      if (this.#kind() !== "newline" && this.#kind() !== "end" && !this.#is(";")) this.#fail()
    }
    this.#take("\n")
    return list
  }

  skip(): void {
    while (this.#kind() !== "newline" && this.#kind() !== "end") this.#at++
  }

  #define(): BcStatement {
    this.#need("define")
    const empty = this.#take("void")
    const name = this.#token.text
    if (this.#kind() !== "name") this.#fail()
    this.#at++
    this.#need("(")
    const names = (references: boolean) => {
      const list: { name: string; array: boolean; reference: boolean }[] = []
      do {
        const reference = references && (this.#take("*") || this.#take("&"))
        if (this.#kind() !== "name") this.#fail()
        const one = this.#token.text
        this.#at++
        const array = this.#take("[")
        if (array) this.#need("]")
        list.push({ name: one, array, reference })
      } while (this.#take(","))
      return list
    }
    const parameters = this.#is(")") ? [] : names(true)
    this.#need(")")
    this.#newlines()
    this.#need("{")
    this.#inFunction = true
    const body: BcStatement[] = []
    let autos: { name: string; array: boolean }[] = []
    while (this.#kind() === "newline" || this.#is(";")) this.#at++
    if (this.#take("auto")) autos = names(false)
    this.#statements(body)
    this.#inFunction = false
    return { kind: "define", name, definition: { parameters, autos, empty, body } }
  }

  #statements(body: BcStatement[]): void {
    for (;;) {
      while (this.#kind() === "newline" || this.#is(";")) this.#at++
      if (this.#take("}")) return
      body.push(this.#statement())
      if (this.#kind() !== "newline" && !this.#is(";") && !this.#is("}")) this.#fail()
    }
  }

  #statement(): BcStatement {
    const { kind, text } = this.#token
    if (kind === "string") {
      this.#at++
      return { kind: "string", text }
    }
    if (this.#take("{")) {
      const body: BcStatement[] = []
      this.#statements(body)
      return { kind: "block", body }
    }
    for (const name of ["break", "continue", "halt", "quit", "limits"] as const) if (this.#take(name)) return { kind: name }
    if (this.#is("return")) {
      if (!this.#inFunction) this.#fail("Return outside of a function.")
      this.#at++
      const ends = this.#kind() === "newline" || this.#is(";") || this.#is("}")
      if (ends) return { kind: "return", value: undefined }
      if (this.#is("(") && this.#tokens[this.#at + 1].text === ")") {
        this.#at += 2
        return { kind: "return", value: undefined }
      }
      return { kind: "return", value: this.#expression() }
    }
    if (this.#take("print")) {
      const items: Extract<BcStatement, { kind: "print" }>["items"] = []
      do {
        if (this.#kind() === "string") {
          items.push({ kind: "text", text: this.#token.text })
          this.#at++
        } else items.push(this.#expression())
      } while (this.#take(","))
      return { kind: "print", items }
    }
    if (this.#take("if")) {
      this.#need("(")
      const test = this.#expression()
      this.#need(")")
      this.#newlines()
      const yes = this.#statement()
      const back = this.#at
      if (this.#is(";") && this.#tokens[this.#at + 1].text === "else") this.#at++
      if (this.#take("else")) {
        this.#newlines()
        return { kind: "if", test, yes, no: this.#statement() }
      }
      this.#at = back
      return { kind: "if", test, yes, no: undefined }
    }
    if (this.#take("while")) {
      this.#need("(")
      const test = this.#expression()
      this.#need(")")
      this.#newlines()
      return { kind: "while", test, body: this.#statement() }
    }
    if (this.#take("for")) {
      this.#need("(")
      const start = this.#is(";") ? undefined : this.#expression()
      this.#need(";")
      const test = this.#is(";") ? undefined : this.#expression()
      this.#need(";")
      const step = this.#is(")") ? undefined : this.#expression()
      this.#need(")")
      this.#newlines()
      return { kind: "for", start, test, step, body: this.#statement() }
    }
    const value = this.#expression()
    return { kind: "expression", value, shown: value.kind !== "assign" }
  }

  #expression(): BcExpression {
    return this.#or()
  }

  #or(): BcExpression {
    let left = this.#and()
    while (this.#take("||")) left = { kind: "binary", operator: "||", left, right: this.#and() }
    return left
  }

  #and(): BcExpression {
    let left = this.#not()
    while (this.#take("&&")) left = { kind: "binary", operator: "&&", left, right: this.#not() }
    return left
  }

  #not(): BcExpression {
    if (this.#take("!")) return { kind: "unary", operator: "!", operand: this.#not() }
    return this.#comparison()
  }

  #comparison(): BcExpression {
    let left = this.#assignment()
    for (;;) {
      const operator = ["<=", ">=", "==", "!=", "<", ">"].find((one) => this.#is(one))
      if (!operator) return left
      this.#at++
      left = { kind: "binary", operator, left, right: this.#assignment() }
    }
  }

  #assignment(): BcExpression {
    const left = this.#sum()
    const operator = ["=", "+=", "-=", "*=", "/=", "%=", "^="].find((one) => this.#is(one))
    if (!operator) return left
    if (left.kind !== "variable" && left.kind !== "element") this.#fail()
    this.#at++
    return { kind: "assign", target: left, operator, value: this.#assignment() }
  }

  #sum(): BcExpression {
    let left = this.#product()
    for (;;) {
      const operator = this.#is("+") ? "+" : this.#is("-") ? "-" : undefined
      if (!operator) return left
      this.#at++
      left = { kind: "binary", operator, left, right: this.#product() }
    }
  }

  #product(): BcExpression {
    let left = this.#power()
    for (;;) {
      const operator = ["*", "/", "%"].find((one) => this.#is(one))
      if (!operator) return left
      this.#at++
      left = { kind: "binary", operator, left, right: this.#power() }
    }
  }

  /** The sign binds tighter than the power: -2^2 is 4. */
  #power(): BcExpression {
    const left = this.#sign()
    if (this.#take("^")) return { kind: "binary", operator: "^", left, right: this.#power() }
    return left
  }

  #sign(): BcExpression {
    if (this.#take("-")) return { kind: "unary", operator: "-", operand: this.#sign() }
    return this.#postfix()
  }

  #postfix(): BcExpression {
    for (const [operator, by] of [
      ["++", 1],
      ["--", -1],
    ] as const)
      if (this.#take(operator)) return { kind: "step", target: this.#primary(), by, prefix: true }
    const target = this.#primary()
    if (target.kind !== "variable" && target.kind !== "element") return target
    if (this.#take("++")) return { kind: "step", target, by: 1, prefix: false }
    if (this.#take("--")) return { kind: "step", target, by: -1, prefix: false }
    return target
  }

  #primary(): BcExpression {
    const { kind, text } = this.#token
    if (kind === "number") {
      this.#at++
      return text === "." ? { kind: "variable", name: "last" } : { kind: "number", text }
    }
    if (this.#take("(")) {
      const value = this.#expression()
      this.#need(")")
      // In parentheses an assignment is a value like others.
      return value.kind === "assign" ? { kind: "binary", operator: "+", left: value, right: { kind: "number", text: "0" } } : value
    }
    if (kind !== "name" || (RESERVED.has(text) && !["sqrt", "length", "scale", "ibase", "obase", "last", "read"].includes(text)))
      this.#fail()
    this.#at++
    if (this.#take("(")) {
      const args: BcExpression[] = []
      while (!this.#take(")")) {
        const [name, open, close] = this.#tokens.slice(this.#at, this.#at + 3)
        if (name.kind === "name" && open.text === "[" && close.text === "]") {
          this.#at += 3
          args.push({ kind: "array", name: name.text })
        } else args.push(this.#expression())
        if (!this.#is(")")) this.#need(",")
      }
      return { kind: "call", name: text, args }
    }
    if (this.#take("[")) {
      const index = this.#expression()
      this.#need("]")
      return { kind: "element", name: text, index }
    }
    return { kind: "variable", name: text }
  }
}

/** The lines of a source, each its statements or what is wrong with it. Throws BcError where the text stops in the middle. */
export const parseBc = (source: string, name: string, line = 1): (BcStatement[] | BcError)[] => {
  const parser = new Parser(source, name, line)
  const lines: (BcStatement[] | BcError)[] = []
  for (;;) {
    try {
      const list = parser.line()
      if (!list) return lines
      lines.push(list)
    } catch (error) {
      if (!(error instanceof BcError) || error.unfinished) throw error
      lines.push(error)
      parser.skip()
    }
  }
}
