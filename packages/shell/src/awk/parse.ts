/** awk's grammar: tokens and a recursive-descent parser. */

export class AwkSyntaxError extends Error {}

export type Expression =
  | { kind: "number"; value: number }
  | { kind: "string"; value: string }
  | { kind: "regex"; source: string }
  | { kind: "variable"; name: string }
  | { kind: "field"; index: Expression }
  | { kind: "element"; name: string; keys: Expression[] }
  | { kind: "unary"; operator: string; operand: Expression }
  | { kind: "binary"; operator: string; left: Expression; right: Expression }
  | { kind: "assign"; operator: string; target: Expression; value: Expression }
  | { kind: "step"; operator: string; prefix: boolean; target: Expression }
  | { kind: "ternary"; test: Expression; yes: Expression; no: Expression }
  | { kind: "call"; name: string; args: Expression[] }
  | { kind: "in"; keys: Expression[]; name: string }
  | { kind: "getline"; target: Expression | undefined; file: Expression | undefined; command: Expression | undefined }
  | { kind: "list"; items: Expression[] }

export type Statement =
  | { kind: "block"; body: Statement[] }
  | { kind: "if"; test: Expression; yes: Statement; no: Statement | undefined }
  | { kind: "while"; test: Expression; body: Statement; first: boolean }
  | { kind: "for"; start: Statement | undefined; test: Expression | undefined; step: Statement | undefined; body: Statement }
  | { kind: "each"; name: string; array: string; body: Statement }
  | { kind: "print"; args: Expression[]; format: boolean; to: { operator: ">" | ">>" | "|"; target: Expression } | undefined }
  | { kind: "expression"; value: Expression }
  | { kind: "jump"; name: "next" | "break" | "continue" | "exit" | "return"; value: Expression | undefined }
  | { kind: "delete"; name: string; keys: Expression[] | undefined }

export interface Rule {
  pattern: "BEGIN" | "END" | Expression | [Expression, Expression] | undefined
  action: Statement | undefined
}

export interface Program {
  rules: Rule[]
  functions: Map<string, { parameters: string[]; body: Statement }>
}

interface Token {
  kind: "number" | "string" | "regex" | "name" | "call" | "symbol" | "newline" | "end"
  text: string
}

const KEYWORDS = new Set([
  "BEGIN",
  "END",
  "function",
  "func",
  "if",
  "else",
  "while",
  "for",
  "do",
  "in",
  "print",
  "printf",
  "next",
  "exit",
  "return",
  "break",
  "continue",
  "delete",
  "getline",
])
const SYMBOLS = [
  "**=",
  "&&",
  "||",
  "++",
  "--",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "^=",
  "==",
  "<=",
  ">=",
  "!=",
  "!~",
  ">>",
  "**",
  "{",
  "}",
  "(",
  ")",
  "[",
  "]",
  ";",
  ",",
  "+",
  "-",
  "*",
  "/",
  "%",
  "^",
  "!",
  ">",
  "<",
  "|",
  "?",
  ":",
  "~",
  "$",
  "=",
]

const tokenize = (source: string): Token[] => {
  const tokens: Token[] = []
  let at = 0
  const regexMayFollow = () => {
    const last = tokens[tokens.length - 1]
    return (
      !last ||
      !(
        ["number", "string", "regex"].includes(last.kind) ||
        (last.kind === "name" && !KEYWORDS.has(last.text)) ||
        [")", "]", "$", "++", "--"].includes(last.text)
      )
    )
  }
  while (at < source.length) {
    const rest = source.slice(at)
    const space = /^(?:[ \t\r]|\\\n)+|^#[^\n]*/.exec(rest)
    if (space) {
      at += space[0].length
      continue
    }
    if (rest[0] === "\n") {
      tokens.push({ kind: "newline", text: "\n" })
      at++
      continue
    }
    const number = /^(?:0[xX][0-9a-fA-F]+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?)/.exec(rest)
    if (number) {
      tokens.push({ kind: "number", text: number[0] })
      at += number[0].length
      continue
    }
    const name = /^[A-Za-z_]\w*/.exec(rest)
    if (name) {
      tokens.push({ kind: !KEYWORDS.has(name[0]) && rest[name[0].length] === "(" ? "call" : "name", text: name[0] })
      at += name[0].length
      continue
    }
    if (rest[0] === '"') {
      let text = ""
      let end = at + 1
      for (; end < source.length && source[end] !== '"'; end++) {
        if (source[end] !== "\\") text += source[end]
        else {
          const next = source[++end]
          text +=
            ({ n: "\n", t: "\t", r: "\r", "\\": "\\", '"': '"', "/": "/", a: "\x07", b: "\b", f: "\f", v: "\v" } as Record<string, string>)[
              next
            ] ?? `\\${next}`
        }
      }
      tokens.push({ kind: "string", text })
      at = end + 1
      continue
    }
    if (rest[0] === "/" && regexMayFollow()) {
      let text = ""
      let end = at + 1
      let inBracket = false
      for (; end < source.length && (source[end] !== "/" || inBracket); end++) {
        if (source[end] === "\\") {
          text += source[end + 1] === "/" ? "/" : `\\${source[end + 1]}`
          end++
        } else {
          if (source[end] === "[") inBracket = true
          else if (source[end] === "]") inBracket = false
          text += source[end]
        }
      }
      tokens.push({ kind: "regex", text })
      at = end + 1
      continue
    }
    const symbol = SYMBOLS.find((one) => rest.startsWith(one))
    if (!symbol) throw new AwkSyntaxError(`syntax error at source line 1\n context is\n\t >>> ${rest[0]} <<<`)
    tokens.push({ kind: "symbol", text: symbol })
    at += symbol.length
  }
  return [...tokens, { kind: "end", text: "" }]
}

class Parser {
  readonly #tokens: Token[]
  #at = 0
  /** Inside print's arguments ">" is a redirection, inside for (x in y) "in" belongs to the loop. */
  #noGreater = false
  #noIn = false

  constructor(source: string) {
    this.#tokens = tokenize(source)
  }

  get #token(): Token {
    return this.#tokens[this.#at]
  }

  #is(text: string): boolean {
    const { kind } = this.#token
    return this.#token.text === text && kind !== "string" && kind !== "regex"
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false
    this.#at++
    return true
  }

  #need(text: string): void {
    if (!this.#take(text))
      throw new AwkSyntaxError(`syntax error at source line 1\n context is\n\t >>> ${this.#token.text || "end of file"} <<<`)
  }

  #newlines(): void {
    while (this.#token.kind === "newline" || this.#is(";")) this.#at++
  }

  #blank(): void {
    while (this.#token.kind === "newline") this.#at++
  }

  program(): Program {
    const rules: Rule[] = []
    const functions: Program["functions"] = new Map()
    for (this.#newlines(); this.#token.kind !== "end"; this.#newlines()) {
      if (this.#take("function") || this.#take("func")) {
        const name = this.#token.text
        this.#at++
        this.#need("(")
        const parameters: string[] = []
        while (!this.#take(")")) {
          parameters.push(this.#token.text)
          this.#at++
          this.#take(",")
        }
        this.#blank()
        functions.set(name, { parameters, body: this.#block() })
        continue
      }
      let pattern: Rule["pattern"]
      if (this.#take("BEGIN")) pattern = "BEGIN"
      else if (this.#take("END")) pattern = "END"
      else if (!this.#is("{")) {
        const first = this.#expression()
        pattern = this.#take(",") ? [first, this.#expression()] : first
      }
      rules.push({ pattern, action: this.#is("{") ? this.#block() : undefined })
    }
    return { rules, functions }
  }

  #block(): Statement {
    this.#need("{")
    const body: Statement[] = []
    for (this.#newlines(); !this.#take("}"); this.#newlines()) {
      if (this.#token.kind === "end") this.#need("}")
      body.push(this.#statement())
    }
    return { kind: "block", body }
  }

  #body(): Statement {
    this.#blank()
    if (this.#take(";")) return { kind: "block", body: [] }
    return this.#statement()
  }

  #statement(): Statement {
    if (this.#is("{")) return this.#block()
    if (this.#take("if")) {
      this.#need("(")
      const test = this.#expression()
      this.#need(")")
      const yes = this.#body()
      const back = this.#at
      this.#newlines()
      if (this.#take("else")) return { kind: "if", test, yes, no: this.#body() }
      this.#at = back
      return { kind: "if", test, yes, no: undefined }
    }
    if (this.#take("while")) {
      this.#need("(")
      const test = this.#expression()
      this.#need(")")
      return { kind: "while", test, body: this.#body(), first: false }
    }
    if (this.#take("do")) {
      const body = this.#body()
      this.#newlines()
      this.#need("while")
      this.#need("(")
      const test = this.#expression()
      this.#need(")")
      return { kind: "while", test, body, first: true }
    }
    if (this.#take("for")) {
      this.#need("(")
      const [name, word, array, close] = this.#tokens.slice(this.#at, this.#at + 4)
      if (name.kind === "name" && word.text === "in" && close.text === ")") {
        this.#at += 4
        return { kind: "each", name: name.text, array: array.text, body: this.#body() }
      }
      const start = this.#is(";") ? undefined : this.#simple()
      this.#need(";")
      const test = this.#is(";") ? undefined : this.#expression()
      this.#need(";")
      const step = this.#is(")") ? undefined : this.#simple()
      this.#need(")")
      return { kind: "for", start, test, step, body: this.#body() }
    }
    return this.#simple()
  }

  #ends(): boolean {
    return this.#token.kind === "newline" || this.#token.kind === "end" || this.#is(";") || this.#is("}")
  }

  #simple(): Statement {
    for (const name of ["next", "break", "continue", "exit", "return"] as const)
      if (this.#take(name))
        return { kind: "jump", name, value: (name === "exit" || name === "return") && !this.#ends() ? this.#expression() : undefined }
    if (this.#take("delete")) {
      const name = this.#token.text
      this.#at++
      if (!this.#take("[")) return { kind: "delete", name, keys: undefined }
      const keys = this.#list("]")
      return { kind: "delete", name, keys }
    }
    if (this.#is("print") || this.#is("printf")) {
      const format = this.#token.text === "printf"
      this.#at++
      let args: Expression[] = []
      this.#noGreater = true
      if (!this.#ends() && !this.#is(">") && !this.#is("|") && !this.#is(">>")) {
        const first = this.#expression()
        args = first.kind === "list" ? first.items : [first]
        while (this.#take(",")) {
          this.#blank()
          args.push(this.#expression())
        }
      }
      this.#noGreater = false
      for (const operator of [">>", ">", "|"] as const)
        if (this.#take(operator)) return { kind: "print", args, format, to: { operator, target: this.#concatenation() } }
      return { kind: "print", args, format, to: undefined }
    }
    return { kind: "expression", value: this.#expression() }
  }

  #list(close: string): Expression[] {
    const items: Expression[] = []
    const [greater, inside] = [this.#noGreater, this.#noIn]
    this.#noGreater = this.#noIn = false
    this.#blank()
    while (!this.#take(close)) {
      items.push(this.#expression())
      this.#blank()
      if (!this.#is(close)) this.#need(",")
      this.#blank()
    }
    this.#noGreater = greater
    this.#noIn = inside
    return items
  }

  #expression(): Expression {
    const test = this.#or()
    if (this.#take("?")) {
      const yes = this.#expression()
      this.#need(":")
      return { kind: "ternary", test, yes, no: this.#expression() }
    }
    for (const operator of ["=", "+=", "-=", "*=", "/=", "%=", "^=", "**="])
      if (this.#take(operator)) {
        this.#blank()
        return { kind: "assign", operator, target: test, value: this.#expression() }
      }
    return test
  }

  #or(): Expression {
    let left = this.#and()
    while (this.#take("||")) {
      this.#blank()
      left = { kind: "binary", operator: "||", left, right: this.#and() }
    }
    return left
  }

  #and(): Expression {
    let left = this.#membership()
    while (this.#take("&&")) {
      this.#blank()
      left = { kind: "binary", operator: "&&", left, right: this.#membership() }
    }
    return left
  }

  #membership(): Expression {
    let left = this.#match()
    while (!this.#noIn && this.#take("in")) {
      left = { kind: "in", keys: left.kind === "list" ? left.items : [left], name: this.#token.text }
      this.#at++
    }
    return left
  }

  #match(): Expression {
    let left = this.#comparison()
    for (;;) {
      const operator = this.#take("~") ? "~" : this.#take("!~") ? "!~" : undefined
      if (!operator) return left
      left = { kind: "binary", operator, left, right: this.#comparison() }
    }
  }

  #comparison(): Expression {
    let left = this.#concatenation()
    while (this.#is("|") && this.#tokens[this.#at + 1]?.text === "getline") {
      this.#at += 2
      left = { kind: "getline", target: this.#getlineTarget(), file: undefined, command: left }
    }
    for (const operator of ["<=", ">=", "==", "!=", "<", ">"])
      if (!(operator === ">" && this.#noGreater) && this.#take(operator))
        return { kind: "binary", operator, left, right: this.#concatenation() }
    return left
  }

  #getlineTarget(): Expression | undefined {
    const starts = this.#is("$") || (this.#token.kind === "name" && !KEYWORDS.has(this.#token.text))
    return starts ? this.#primary() : undefined
  }

  #concatenation(): Expression {
    let left = this.#sum()
    for (;;) {
      const { kind, text } = this.#token
      const starts =
        kind === "number" ||
        kind === "string" ||
        kind === "regex" ||
        kind === "call" ||
        (kind === "name" && !KEYWORDS.has(text)) ||
        ["$", "!", "(", "-", "+", "++", "--"].includes(text)
      if (!starts || (kind === "symbol" && ["-", "+", "!"].includes(text) && text !== "$")) return left
      if (kind === "name" && text === "in") return left
      left = { kind: "binary", operator: " ", left, right: this.#sum() }
    }
  }

  #sum(): Expression {
    let left = this.#product()
    for (;;) {
      const operator = this.#is("+") ? "+" : this.#is("-") ? "-" : undefined
      if (!operator) return left
      this.#at++
      left = { kind: "binary", operator, left, right: this.#product() }
    }
  }

  #product(): Expression {
    let left = this.#unary()
    for (;;) {
      const operator = this.#is("*") ? "*" : this.#is("/") ? "/" : this.#is("%") ? "%" : undefined
      if (!operator) return left
      this.#at++
      left = { kind: "binary", operator, left, right: this.#unary() }
    }
  }

  #unary(): Expression {
    for (const operator of ["!", "-", "+"]) if (this.#take(operator)) return { kind: "unary", operator, operand: this.#unary() }
    return this.#power()
  }

  #power(): Expression {
    const left = this.#postfix()
    if (this.#take("^") || this.#take("**")) return { kind: "binary", operator: "^", left, right: this.#unary() }
    return left
  }

  #postfix(): Expression {
    const target = this.#primary()
    if (["variable", "field", "element"].includes(target.kind))
      for (const operator of ["++", "--"]) if (this.#take(operator)) return { kind: "step", operator, prefix: false, target }
    return target
  }

  #primary(): Expression {
    const token = this.#token
    this.#at++
    switch (token.kind) {
      case "number":
        return { kind: "number", value: Number(token.text) }
      case "string":
        return { kind: "string", value: token.text }
      case "regex":
        return { kind: "regex", source: token.text }
      case "call":
        this.#need("(")
        return { kind: "call", name: token.text, args: this.#list(")") }
      case "name": {
        if (token.text === "getline") {
          const target = this.#getlineTarget()
          return { kind: "getline", target, file: this.#take("<") ? this.#primary() : undefined, command: undefined }
        }
        if (KEYWORDS.has(token.text)) break
        if (this.#take("[")) return { kind: "element", name: token.text, keys: this.#list("]") }
        // These may stand without parentheses.
        if (token.text === "length") return { kind: "call", name: "length", args: [] }
        return { kind: "variable", name: token.text }
      }
      case "symbol":
        if (token.text === "$") {
          for (const operator of ["++", "--"])
            if (this.#take(operator)) return { kind: "field", index: { kind: "step", operator, prefix: true, target: this.#primary() } }
          return { kind: "field", index: this.#is("-") ? this.#unary() : this.#primary() }
        }
        if (token.text === "++" || token.text === "--") return { kind: "step", operator: token.text, prefix: true, target: this.#primary() }
        if (token.text === "-" || token.text === "+" || token.text === "!")
          return { kind: "unary", operator: token.text, operand: this.#unary() }
        if (token.text === "(") {
          const items = this.#list(")")
          return items.length === 1 ? { kind: "list", items }.items[0] : { kind: "list", items }
        }
        break
    }
    throw new AwkSyntaxError(`syntax error at source line 1\n context is\n\t >>> ${token.text || "end of file"} <<<`)
  }
}

export const parseAwk = (source: string): Program => new Parser(source).program()
