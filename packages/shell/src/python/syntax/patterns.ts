/** The patterns of match statements. */
import { ExpressionParser } from "./expressions.ts"
import type { Expression, Pattern } from "./nodes.ts"

export class PatternParser extends ExpressionParser {
  /** After `case`: open sequences need no brackets. */
  protected patterns(): Pattern {
    const start = this.token
    const first = this.#starred()
    if (!this.is(",")) return first.kind === "rest" ? this.since(start, { kind: "sequence", items: [first] }) : first
    const items = [first]
    while (this.accept(",")) {
      if (this.is(":") || this.is("if")) break
      items.push(this.#starred())
    }
    return this.since(start, { kind: "sequence", items })
  }

  #starred(): Pattern {
    const start = this.token
    if (!this.accept("*")) return this.#as()
    const name = this.name()
    return this.since(start, name === "_" ? { kind: "rest" } : { kind: "rest", name })
  }

  #as(): Pattern {
    const start = this.token
    const first = this.#closed()
    const patterns = [first]
    while (this.accept("|")) patterns.push(this.#closed())
    const pattern: Pattern = patterns.length === 1 ? first : this.since(start, { kind: "or", patterns })
    return this.accept("as") ? this.since(start, { kind: "as", pattern, name: this.name() }) : pattern
  }

  #sequence(close: string): Pattern[] {
    const items: Pattern[] = []
    while (!this.is(close)) {
      items.push(this.#starred())
      if (!this.accept(",") && !this.is(close)) this.fail()
    }
    this.take()
    return items
  }

  #mapping(): Pattern {
    const start = this.token
    const items: { key: Expression; pattern: Pattern }[] = []
    let rest: string | undefined
    while (!this.is("}")) {
      if (this.accept("**")) rest = this.name()
      else {
        const key = this.#valueExpression()
        this.expect(":")
        items.push({ key, pattern: this.#as() })
      }
      if (!this.accept(",") && !this.is("}")) this.fail()
    }
    this.take()
    return this.since(start, { kind: "mapping", items, ...(rest !== undefined && { rest }) })
  }

  /** A literal, a negative number, or a dotted name. */
  #valueExpression(): Expression {
    const start = this.token
    if (!this.is("-")) return this.primary()
    this.take()
    const operand = this.primary()
    return this.since(start, { kind: "unary", operator: "-", operand })
  }

  #closed(): Pattern {
    return this.deeper(() => {
      const start = this.token
      if (this.accept("[")) return this.since(start, { kind: "sequence", items: this.#sequence("]") })
      if (this.accept("{")) return this.#mapping()
      if (this.accept("(")) {
        const items = this.#sequence(")")
        const comma = this.peek(-2).text === ","
        return items.length === 1 && !comma && items[0].kind !== "rest" ? items[0] : this.since(start, { kind: "sequence", items })
      }
      if (start.kind === "name" && this.peek().text !== "." && this.peek().text !== "(") {
        this.take()
        return this.since(start, start.text === "_" ? { kind: "capture" } : { kind: "capture", name: start.text })
      }
      if (start.kind !== "name") return this.since(start, { kind: "value", value: this.#valueExpression() })
      let cls: Expression = this.since(start, { kind: "name", name: this.name() })
      while (this.accept(".")) cls = this.since(start, { kind: "attribute", object: cls, name: this.name() })
      if (!this.accept("(")) return this.since(start, { kind: "value", value: cls })
      const items: Pattern[] = []
      const named: { name: string; pattern: Pattern }[] = []
      while (!this.is(")")) {
        if (this.token.kind === "name" && this.peek().text === "=") {
          const name = this.name()
          this.take()
          named.push({ name, pattern: this.#as() })
        } else items.push(this.#as())
        if (!this.accept(",") && !this.is(")")) this.fail()
      }
      this.take()
      return this.since(start, { kind: "class", cls, items, named })
    })
  }
}
