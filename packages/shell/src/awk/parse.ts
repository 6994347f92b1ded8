/** awk's grammar, by recursive descent. */
import { BUILTINS, KEYWORDS, type Token, tokenize } from "./tokens.ts"
import { type AwkFunction, AwkSyntaxError, type Expression, type Program, type Rule, type Statement } from "./syntax.ts"

class Parser {
  readonly #tokens: Token[]
  #at = 0
  /** Inside print's arguments ">" is a redirection, inside for (x in y) "in" belongs to the loop. */
  #noGreater = false
  #noIn = false
  /** Blocks that are open. */
  #depth = 0

  /** Functions that are called, as they come. */
  readonly #called = new Set<string>()

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

  /** As mawk's yyerror words it. */
  #fail(): never {
    const { kind, text, line } = this.#token
    if (kind === "end" && this.#depth > 0) throw new AwkSyntaxError(`line ${line + 1}: missing } near end of file`)
    const shown = kind === "end" ? "end of file" : kind === "newline" ? "end of line" : kind === "regex" ? `/${text}/` : text
    throw new AwkSyntaxError(`line ${line}: syntax error at or near ${shown}`)
  }

  #need(text: string): void {
    if (!this.#take(text)) this.#fail()
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
          if (this.#token.kind !== "name") this.#fail()
          parameters.push(this.#token.text)
          this.#at++
          this.#blank()
          if (this.#take(",")) this.#blank()
          else if (!this.#is(")")) this.#fail()
        }
        this.#blank()
        functions.set(name, { parameters, arrays: new Set(), body: this.#block() })
        continue
      }
      let pattern: Rule["pattern"]
      if (this.#take("BEGIN")) pattern = "BEGIN"
      else if (this.#take("END")) pattern = "END"
      else if (!this.#is("{")) {
        const first = this.#expression()
        if (this.#take(",")) {
          this.#blank()
          pattern = [first, this.#expression()]
        } else pattern = first
      }
      if (!this.#is("{") && (pattern === "BEGIN" || pattern === "END")) this.#fail()
      rules.push({ pattern, action: this.#is("{") ? this.#block() : undefined })
      if (rules[rules.length - 1].action === undefined && !this.#ends()) this.#fail()
    }
    const undefinedOne = [...this.#called].find((name) => !functions.has(name))
    if (undefinedOne !== undefined) throw new AwkSyntaxError(`line ${this.#token.line + 1}: function ${undefinedOne} never defined`)
    findArrays(functions)
    return { rules, functions }
  }

  #block(): Statement {
    this.#need("{")
    this.#depth++
    const body: Statement[] = []
    for (this.#newlines(); !this.#take("}"); this.#newlines()) {
      if (this.#token.kind === "end") this.#need("}")
      const statement = this.#statement()
      body.push(statement)
      if (!this.#ends() && !["block", "if", "while", "for", "each"].includes(statement.kind)) this.#fail()
    }
    this.#depth--
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
      if (
        this.#token.kind !== "newline" &&
        !this.#is(";") &&
        !this.#is("}") &&
        !this.#is("else") &&
        !["block", "if", "while", "for", "each"].includes(yes.kind)
      )
        this.#fail()
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
    for (const name of ["nextfile", "next", "break", "continue", "exit", "return"] as const)
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
        if (this.#take(operator)) {
          this.#noGreater = true
          const target = this.#expression()
          this.#noGreater = false
          return { kind: "print", args, format, to: { operator, target } }
        }
      if (format && args.length === 0) this.#fail()
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
      this.#blank()
      const yes = this.#expression()
      this.#blank()
      this.#need(":")
      this.#blank()
      return { kind: "ternary", test, yes, no: this.#expression() }
    }
    for (const operator of ["=", "+=", "-=", "*=", "/=", "%=", "^="])
      if (this.#is(operator)) {
        if (!["variable", "field", "element"].includes(test.kind)) this.#fail()
        this.#at++
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
    if (this.#take("^")) return { kind: "binary", operator: "^", left, right: this.#unary() }
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
      case "call": {
        this.#need("(")
        const args = this.#list(")")
        if ((token.text === "gsub" || token.text === "sub") && args[2] && !["variable", "field", "element"].includes(args[2].kind))
          this.#fail()
        this.#checkCall(token, args.length)
        return { kind: "call", name: token.text, args }
      }
      case "name": {
        if (token.text === "getline") {
          const target = this.#getlineTarget()
          return { kind: "getline", target, file: this.#take("<") ? this.#primary() : undefined, command: undefined }
        }
        if (KEYWORDS.has(token.text)) break
        if (this.#take("[")) return { kind: "element", name: token.text, keys: this.#list("]") }
        // These may stand without parentheses.
        if (token.text === "length") return { kind: "call", name: "length", args: [] }
        if (BUILTINS.has(token.text)) break
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
    this.#at--
    return this.#fail()
  }

  /** A builtin is told of at once; a function may be defined further on. */
  #checkCall({ text, line }: Token, count: number): void {
    const [least, most] = BUILTINS.get(text) ?? [0, Number.POSITIVE_INFINITY]
    if (count < least || count > most) throw new AwkSyntaxError(`line ${line}: wrong number of arguments in call to ${text}`)
    if (!BUILTINS.has(text)) this.#called.add(text)
  }
}

/** Finds which parameters are arrays: by how their function uses them, or what it hands them to. */
const findArrays = (functions: ReadonlyMap<string, AwkFunction>): void => {
  let changed = true
  const look = (one: AwkFunction, node: unknown): void => {
    if (Array.isArray(node)) {
      for (const item of node) look(one, item)
      return
    }
    if (typeof node !== "object" || node === null) return
    const { kind, name, array, args } = node as { kind?: string; name?: string; array?: string; args?: Expression[] }
    const mark = (parameter: string | undefined) => {
      if (parameter === undefined || !one.parameters.includes(parameter) || one.arrays.has(parameter)) return
      one.arrays.add(parameter)
      changed = true
    }
    if (kind === "element" || kind === "in" || kind === "delete") mark(name)
    if (kind === "each") mark(array)
    if (kind === "call" && args) {
      const handed = (at: number) => (args[at]?.kind === "variable" ? (args[at] as { name: string }).name : undefined)
      if (name === "split") mark(handed(1))
      const called = functions.get(name ?? "")
      for (const [at, parameter] of called?.parameters.entries() ?? []) if (called?.arrays.has(parameter)) mark(handed(at))
    }
    for (const value of Object.values(node)) look(one, value)
  }
  while (changed) {
    changed = false
    for (const one of functions.values()) look(one, one.body)
  }
}

export const parseAwk = (source: string): Program => new Parser(source).program()
