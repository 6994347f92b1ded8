/** Statements, and whole programs. */
import type { BinaryOperator, Case, Expression, Handler, Statement } from "./nodes.ts"
import { PatternParser } from "./patterns.ts"
import { PythonSyntaxError } from "./syntax-error.ts"
import { spanning } from "./token-reader.ts"
import { type Token, Tokenizer } from "./tokens.ts"

const AUGMENTED = /^(?:\+|-|\*\*?|\/\/?|%|@|&|\||\^|<<|>>)=$/

class Parser extends PatternParser {
  program(): Statement[] {
    const result: Statement[] = []
    while (this.token.kind !== "end") {
      if (this.token.kind === "newline") this.take()
      else if (this.token.kind === "indent")
        throw new PythonSyntaxError("unexpected indent", { ...this.token, column: this.token.endColumn }, { kind: "IndentationError" })
      else result.push(...this.#statement())
    }
    return result
  }

  single(): Expression {
    const value = this.starTuple()
    while (this.token.kind === "newline") this.take()
    if (this.token.kind !== "end") this.fail()
    return value
  }

  #statement(): Statement[] {
    return this.deeper(() => {
      const compound = this.#compound()
      if (compound) return [compound]
      const result: Statement[] = []
      do {
        if (this.token.kind === "newline") break
        result.push(this.#simple())
      } while (this.accept(";"))
      if (this.token.kind === "end") return result
      if (this.token.kind !== "newline") this.#leftOver(result[result.length - 1])
      this.take()
      return result
    })
  }

  /** Something follows a statement on its line. */
  #leftOver(statement: Statement): never {
    if (statement.kind === "expression") {
      const { value } = statement
      const { kind } = this.token
      if (
        value.kind === "name" &&
        (value.name === "print" || value.name === "exec") &&
        (kind === "string" || kind === "name" || kind === "number")
      ) {
        while (this.token.kind !== "newline" && this.token.kind !== "end") this.take()
        this.fail(
          `Missing parentheses in call to '${value.name}'. Did you mean ${value.name}(...)?`,
          spanning(statement, this.tokens[this.at - 1], {}),
        )
      }
    }
    this.fail()
  }

  #block(after: string, header: Token): Statement[] {
    if (!this.is(":")) this.fail("expected ':'")
    this.take()
    if (this.token.kind !== "newline") return this.#simpleLine()
    this.take()
    while (this.token.kind === "newline") this.take()
    if (this.token.kind !== "indent")
      throw new PythonSyntaxError(`expected an indented block after ${after} on line ${header.line}`, this.token, {
        kind: "IndentationError",
        incomplete: this.token.kind === "end",
      })
    this.take()
    const body: Statement[] = []
    while (this.token.kind !== "dedent" && this.token.kind !== "end") {
      if (this.token.kind === "newline") this.take()
      else if (this.token.kind === "indent")
        throw new PythonSyntaxError("unexpected indent", { ...this.token, column: this.token.endColumn }, { kind: "IndentationError" })
      else body.push(...this.#statement())
    }
    if (this.token.kind === "dedent") this.take()
    return body
  }

  #simpleLine(): Statement[] {
    const result: Statement[] = []
    do {
      if (this.token.kind === "newline" || this.token.kind === "end") break
      result.push(this.#simple())
    } while (this.accept(";"))
    if (this.token.kind === "newline") this.take()
    else if (this.token.kind !== "end") this.#leftOver(result[result.length - 1])
    return result
  }

  #compound(): Statement | undefined {
    const start = this.token
    if (start.kind === "name" && start.text === "match") return this.#match(start)
    if (start.kind === "operator" && start.text === "@") return this.#decorated()
    if (start.kind !== "keyword") return undefined
    switch (start.text) {
      case "if":
        return this.#if()
      case "while": {
        this.take()
        const condition = this.named()
        const body = this.#block("'while' statement", start)
        return this.since(start, { kind: "while", condition, body, otherwise: this.#else() })
      }
      case "for":
        return this.#for(start)
      case "try":
        return this.#try(start)
      case "with":
        return this.#with(start)
      case "def":
        return this.#function([], start, false)
      case "class":
        return this.#class([], start)
      case "async": {
        this.take()
        if (this.is("def")) return this.#function([], start, true)
        if (this.is("for")) return this.#for(start)
        if (this.is("with")) return this.#with(start)
        return this.fail()
      }
      default:
        return undefined
    }
  }

  #condition(): Expression {
    const condition = this.named()
    if (this.is("="))
      this.fail("invalid syntax. Maybe you meant '==' or ':=' instead of '='?", spanning(condition, this.#after(condition), {}))
    return condition
  }

  /** The expression behind a wrong `=`. */
  #after(condition: Expression): Expression {
    if (condition.kind !== "name" && condition.kind !== "attribute" && condition.kind !== "subscript") {
      this.fail(
        `cannot assign to ${condition.kind === "call" ? "function call" : "expression"} here. Maybe you meant '==' instead of '='?`,
        condition,
      )
    }
    this.take()
    return this.named()
  }

  #if(): Statement {
    const start = this.take()
    const condition = this.#condition()
    const consequent = this.#block(`'${start.text}' statement`, start)
    if (this.is("elif")) {
      const nested = this.deeper(() => this.#if())
      return this.since(start, { kind: "if", condition, consequent, otherwise: [nested] })
    }
    return this.since(start, { kind: "if", condition, consequent, otherwise: this.#else() })
  }

  #else(): Statement[] {
    if (!this.is("else")) return []
    const start = this.take()
    return this.#block("'else' statement", start)
  }

  #for(start: Token): Statement {
    this.expect("for")
    const target = this.targets()
    this.assignable(target)
    this.expect("in")
    const source = this.starTuple()
    const body = this.#block("'for' statement", start)
    return this.since(start, { kind: "for", target, source, body, otherwise: this.#else() })
  }

  #try(start: Token): Statement {
    this.take()
    const body = this.#block("'try' statement", start)
    const handlers: Handler[] = []
    while (this.is("except")) {
      const from = this.take()
      this.accept("*")
      const type = this.is(":") ? undefined : this.expression()
      if (type && this.is(",")) this.fail("multiple exception types must be parenthesized", spanning(type, this.peek(), {}))
      const name = this.accept("as") ? this.name() : undefined
      const handled = this.#block("'except' statement", from)
      handlers.push(this.since(from, { ...(type && { type }), ...(name !== undefined && { name }), body: handled }))
    }
    const otherwise = handlers.length > 0 ? this.#else() : []
    let last: Statement[] = []
    if (this.is("finally")) {
      const from = this.take()
      last = this.#block("'finally' statement", from)
    } else if (handlers.length === 0) this.fail("expected 'except' or 'finally' block")
    return this.since(start, { kind: "try", body, handlers, otherwise, last })
  }

  #with(start: Token): Statement {
    this.expect("with")
    const items: { value: Expression; target?: Expression }[] = []
    // Parentheses around the items, unless they belong to the first of them.
    const before = this.at
    const wrapped = this.is("(") && this.#closesBeforeColon()
    if (wrapped) this.take()
    else this.at = before
    do {
      if (wrapped && this.is(")")) break
      const value = this.expression()
      if (this.accept("as")) {
        const target = this.primary()
        this.assignable(target)
        items.push({ value, target })
      } else items.push({ value })
    } while (this.accept(","))
    if (wrapped) this.expect(")")
    const body = this.#block("'with' statement", start)
    return this.since(start, { kind: "with", items, body })
  }

  /** Whether the parenthesis at hand holds all the items of a with: `as` or a comma stands in it and a colon follows it. */
  #closesBeforeColon(): boolean {
    let depth = 0
    let listed = false
    for (let at = this.at; at < this.tokens.length; at++) {
      const { kind, text } = this.tokens[at]
      if (kind === "newline" || kind === "end") return false
      if (kind === "keyword" && text === "as" && depth === 1) listed = true
      if (kind !== "operator") continue
      if ("([{".includes(text)) depth++
      else if (")]}".includes(text) && --depth === 0) return listed && this.tokens[at + 1].text === ":"
    }
    return false
  }

  #decorated(): Statement {
    const decorators: Expression[] = []
    const start = this.token
    while (this.accept("@")) {
      decorators.push(this.named())
      if (this.token.kind !== "newline") this.fail()
      this.take()
    }
    if (this.is("class")) return this.#class(decorators, this.token)
    const coroutine = this.accept("async")
    if (!this.is("def")) this.fail("invalid syntax", start.line === this.token.line ? start : this.token)
    return this.#function(decorators, this.token, coroutine)
  }

  #function(decorators: Expression[], start: Token, coroutine: boolean): Statement {
    this.expect("def")
    const name = this.name()
    if (!this.is("(")) this.fail("expected '('")
    this.take()
    const parameters = this.parameters(")", true)
    this.expect(")")
    const returns = this.accept("->") ? this.expression() : undefined
    const body = this.#block("function definition", start)
    return this.since(start, { kind: "function", name, parameters, body, decorators, coroutine, ...(returns && { returns }) })
  }

  #class(decorators: Expression[], start: Token): Statement {
    this.expect("class")
    const name = this.name()
    const args = this.accept("(") ? this.args() : []
    if (this.peek(-1).text !== name || args.length > 0 || this.is(")")) this.accept(")")
    const body = this.#block("class definition", start)
    return this.since(start, { kind: "class", name, args, body, decorators })
  }

  /** `match` is a name unless a subject, a colon and a case follow. */
  #match(start: Token): Statement | undefined {
    const before = this.at
    try {
      this.take()
      const subject = this.starTuple()
      if (!this.accept(":") || this.token.kind !== "newline" || this.peek().kind !== "indent")
        throw new PythonSyntaxError("no match", start)
      this.at += 2
      if (this.token.text !== "case") throw new PythonSyntaxError("no match", start)
      return this.#cases(start, subject)
    } catch (error) {
      if (!(error instanceof PythonSyntaxError) || error.message !== "no match") {
        const next = this.tokens[before + 1]
        const plain = next.kind === "operator" && /^(?:[=.,)\]:]|.=|\()$/.test(next.text)
        if (!plain) throw error
      }
      this.at = before
      return undefined
    }
  }

  #cases(start: Token, subject: Expression): Statement {
    const cases: Case[] = []
    while (this.token.kind === "name" && this.token.text === "case") {
      const from = this.take()
      const pattern = this.patterns()
      const guard = this.accept("if") ? this.named() : undefined
      cases.push({ pattern, ...(guard && { guard }), body: this.#block("'case' statement", from) })
    }
    if (this.token.kind === "dedent") this.take()
    return this.since(start, { kind: "match", subject, cases })
  }

  #simple(): Statement {
    const start = this.token
    if (start.kind === "keyword")
      switch (start.text) {
        case "pass":
        case "break":
        case "continue":
          this.take()
          return this.since(start, { kind: start.text })
        case "return": {
          this.take()
          const value = this.#atLineEnd() ? undefined : this.starTuple()
          return this.since(start, { kind: "return", ...(value && { value }) })
        }
        case "raise": {
          this.take()
          if (this.#atLineEnd()) return this.since(start, { kind: "raise" })
          const value = this.expression()
          const cause = this.accept("from") ? this.expression() : undefined
          return this.since(start, { kind: "raise", value, ...(cause && { cause }) })
        }
        case "assert": {
          this.take()
          const condition = this.expression()
          const message = this.accept(",") ? this.expression() : undefined
          return this.since(start, { kind: "assert", condition, ...(message && { message }) })
        }
        case "del": {
          this.take()
          const target = this.targets()
          const targets = target.kind === "tuple" ? target.items : [target]
          for (const one of targets) this.assignable(one, "delete")
          return this.since(start, { kind: "delete", targets })
        }
        case "global":
        case "nonlocal": {
          this.take()
          const names = [this.name()]
          while (this.accept(",")) names.push(this.name())
          return this.since(start, { kind: start.text, names })
        }
        case "import":
          return this.#import()
        case "from":
          return this.#from()
      }
    return this.#expressionStatement()
  }

  #atLineEnd(): boolean {
    return this.token.kind === "newline" || this.token.kind === "end" || this.is(";")
  }

  #dotted(): string {
    let name = this.name()
    while (this.accept(".")) name += `.${this.name()}`
    return name
  }

  #import(): Statement {
    const start = this.take()
    const names: { module: string; as?: string }[] = []
    do {
      const module = this.#dotted()
      names.push(this.accept("as") ? { module, as: this.name() } : { module })
    } while (this.accept(","))
    return this.since(start, { kind: "import", names })
  }

  #from(): Statement {
    const start = this.take()
    let level = 0
    while (this.is(".") || this.is("...")) level += this.take().text.length
    const module = this.is("import") ? "" : this.#dotted()
    this.expect("import")
    if (this.accept("*")) return this.since(start, { kind: "from", module, level })
    const wrapped = this.accept("(")
    const names: { name: string; as?: string }[] = []
    do {
      if (wrapped && this.is(")")) break
      if (!wrapped && names.length > 0 && this.#atLineEnd())
        this.fail("trailing comma not allowed without surrounding parentheses", this.peek(-1))
      const name = this.name()
      names.push(this.accept("as") ? { name, as: this.name() } : { name })
    } while (this.accept(","))
    if (wrapped) this.expect(")")
    return this.since(start, { kind: "from", module, level, names })
  }

  #value(): Expression {
    return this.is("yield") ? this.yieldExpression() : this.starTuple()
  }

  #expressionStatement(): Statement {
    const start = this.token
    const first = this.#value()
    if (this.token.kind === "operator" && AUGMENTED.test(this.token.text)) {
      if (first.kind !== "name" && first.kind !== "attribute" && first.kind !== "subscript") {
        const shown =
          first.kind === "number" || first.kind === "string" || first.kind === "float"
            ? "literal"
            : first.kind === "call"
              ? "function call"
              : first.kind
        this.fail(`'${shown}' is an illegal expression for augmented assignment`, first)
      }
      const operator = this.take().text.slice(0, -1) as BinaryOperator
      const value = this.#value()
      return this.since(start, { kind: "augmented", target: first, operator, value })
    }
    if (this.is(":") && (first.kind === "name" || first.kind === "attribute" || first.kind === "subscript")) {
      this.take()
      const annotation = this.expression()
      const value = this.accept("=") ? this.#value() : undefined
      return this.since(start, { kind: "annotated", target: first, annotation, ...(value && { value }) })
    }
    if (!this.is("=")) return this.since(start, { kind: "expression", value: first })
    const targets: Expression[] = []
    let value = first
    while (this.accept("=")) {
      this.assignable(value, "assign to", true)
      targets.push(value)
      value = this.#value()
    }
    return this.since(start, { kind: "assign", targets, value })
  }
}

/** Line ends of every kind as one, and no byte order mark. */
const plain = (text: string): string => text.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n")

/** Throws PythonSyntaxError. */
export const parseProgram = (text: string): Statement[] => new Parser(new Tokenizer(plain(text)).all()).program()

/** Of eval. Throws PythonSyntaxError. */
export const parseExpression = (text: string): Expression => new Parser(new Tokenizer(plain(text).trim()).all()).single()
