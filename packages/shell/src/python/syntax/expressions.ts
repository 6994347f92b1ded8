/** Expressions, by the rules of Python's grammar (Grammar/python.gram). */
import type { Argument, BinaryOperator, Clause, Comparison, Expression, ParameterNode, Span } from "./nodes.ts"
import { stringExpression } from "./strings.ts"
import { expressionName, spanning, TokenReader } from "./token-reader.ts"
import { Tokenizer, type Token } from "./tokens.ts"

const LEVELS: readonly (readonly BinaryOperator[])[] = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "//", "%", "@"]]
const COMPARISONS: ReadonlySet<string> = new Set(["<", ">", "==", ">=", "<=", "!="])
/** What may follow a tuple's last comma. */
const ENDS: ReadonlySet<string> = new Set([
  ")",
  "]",
  "}",
  "=",
  ":",
  ";",
  "in",
  "+=",
  "-=",
  "*=",
  "/=",
  "//=",
  "%=",
  "**=",
  "|=",
  "&=",
  "^=",
  ">>=",
  "<<=",
  "@=",
])

export class ExpressionParser extends TokenReader {
  /** Only of the body of a field in an f-string. */
  protected whole(): Expression {
    const value = this.is("yield") ? this.yieldExpression() : this.starTuple()
    if (this.token.kind !== "newline" && this.token.kind !== "end") this.fail("f-string: invalid syntax")
    return value
  }

  expression(): Expression {
    return this.deeper(() => {
      if (this.is("lambda")) return this.#lambda()
      const value = this.#or()
      if (!this.is("if")) return value
      this.take()
      const condition = this.#or()
      if (!this.is("else")) this.fail("expected 'else' after 'if' expression", spanning(value, condition, {}))
      this.take()
      const otherwise = this.expression()
      return spanning(value, otherwise, { kind: "choice", condition, consequent: value, otherwise })
    })
  }

  /** name := value, or an expression. */
  named(): Expression {
    if (this.token.kind === "name" && this.peek().kind === "operator" && this.peek().text === ":=") {
      const from = this.take()
      this.take()
      const value = this.expression()
      return spanning(from, value, { kind: "walrus", name: from.text, value })
    }
    return this.expression()
  }

  #starred(inner: () => Expression): Expression {
    if (!this.is("*")) return inner()
    const from = this.take()
    const value = this.#binary(0)
    return spanning(from, value, { kind: "star", value })
  }

  /** a, *b: a tuple where there is a comma. */
  starTuple(inner: () => Expression = () => this.named()): Expression {
    const first = this.#starred(inner)
    if (!this.is(",")) return first
    const items = [first]
    while (this.accept(",")) {
      if (this.#atTupleEnd()) break
      items.push(this.#starred(inner))
    }
    return this.since(first, { kind: "tuple", items })
  }

  #atTupleEnd(): boolean {
    const { kind, text } = this.token
    return kind === "newline" || kind === "end" || ((kind === "operator" || kind === "keyword") && ENDS.has(text))
  }

  /** What a for binds: a, (b, c). */
  targets(): Expression {
    return this.starTuple(() => this.#binary(0))
  }

  yieldExpression(): Expression {
    const start = this.expect("yield")
    if (this.accept("from")) {
      const value = this.expression()
      return spanning(start, value, { kind: "yield", value, from: true })
    }
    if (this.#atTupleEnd()) return this.since(start, { kind: "yield", from: false })
    const value = this.starTuple()
    return spanning(start, value, { kind: "yield", value, from: false })
  }

  #lambda(): Expression {
    const start = this.expect("lambda")
    const parameters = this.parameters(":", false)
    this.expect(":")
    const body = this.expression()
    return spanning(start, body, { kind: "lambda", parameters, body })
  }

  /** Up to `close`, which is not taken. */
  parameters(close: string, annotated: boolean): ParameterNode[] {
    const result: ParameterNode[] = []
    let kind: "plain" | "keyword" = "plain"
    let defaults = false
    while (!this.is(close)) {
      const start = this.token
      if (this.accept("/")) {
        if (result.length === 0) this.fail("at least one argument must precede /", start)
        for (const [index, one] of result.entries()) result[index] = { ...one, positional: true }
      } else if (this.accept("**")) result.push(this.#parameter("keywords", annotated))
      else if (this.accept("*")) {
        if (!this.is(",")) result.push(this.#parameter("rest", annotated))
        else if (this.peek().text === close) this.fail("named arguments must follow bare *", start)
        kind = "keyword"
      } else {
        const one = this.#parameter(kind, annotated)
        if (one.fallback) defaults = true
        else if (defaults && kind === "plain") this.fail("parameter without a default follows parameter with a default", start)
        if (result.some(({ name }) => name === one.name)) this.fail(`duplicate argument '${one.name}' in function definition`, start)
        result.push(one)
      }
      if (!this.accept(",") && !this.is(close)) this.fail(close === ")" && !this.is(":") ? undefined : "invalid syntax")
    }
    return result
  }

  #parameter(kind: ParameterNode["kind"], annotated: boolean): ParameterNode {
    const name = this.name()
    const annotation = annotated && this.accept(":") ? this.expression() : undefined
    const fallback = (kind === "plain" || kind === "keyword") && this.accept("=") ? this.expression() : undefined
    return { name, kind, positional: false, ...(annotation && { annotation }), ...(fallback && { fallback }) }
  }

  #or(): Expression {
    let left = this.#and()
    while (this.accept("or")) {
      const right = this.#and()
      left = spanning(left, right, { kind: "logic", operator: "or", left, right })
    }
    return left
  }

  #and(): Expression {
    let left = this.#not()
    while (this.accept("and")) {
      const right = this.#not()
      left = spanning(left, right, { kind: "logic", operator: "and", left, right })
    }
    return left
  }

  #not(): Expression {
    if (!this.is("not")) return this.#comparison()
    const start = this.take()
    const operand = this.deeper(() => this.#not())
    return spanning(start, operand, { kind: "unary", operator: "not", operand })
  }

  #comparisonOperator(): Comparison | undefined {
    const { kind, text } = this.token
    if (kind === "operator" && COMPARISONS.has(text)) return this.take().text as Comparison
    if (this.accept("in")) return "in"
    if (this.is("not") && this.peek().text === "in") {
      this.at += 2
      return "not in"
    }
    if (!this.accept("is")) return undefined
    return this.accept("not") ? "is not" : "is"
  }

  #comparison(): Expression {
    const first = this.#binary(0)
    const rest: { operator: Comparison; value: Expression }[] = []
    for (let operator = this.#comparisonOperator(); operator; operator = this.#comparisonOperator())
      rest.push({ operator, value: this.#binary(0) })
    return rest.length === 0 ? first : this.since(first, { kind: "compare", first, rest })
  }

  #binary(level: number): Expression {
    if (level === LEVELS.length) return this.#unary()
    const operators = LEVELS[level]
    let left = this.#binary(level + 1)
    let length = 0
    for (;;) {
      const { kind, text } = this.token
      const operator = kind === "operator" ? operators.find((one) => one === text) : undefined
      if (!operator) return left
      const at = this.take()
      const right = this.#binary(level + 1)
      if (++length > 2_000) this.fail("too many nested parentheses")
      left = spanning(left, right, { kind: "binary", operator, left, right, at })
    }
  }

  #unary(): Expression {
    if (!this.is("-") && !this.is("+") && !this.is("~")) return this.#power()
    const start = this.take()
    const operand = this.deeper(() => this.#unary())
    return spanning(start, operand, { kind: "unary", operator: start.text as "-" | "+" | "~", operand })
  }

  #power(): Expression {
    const start = this.token
    const awaited = this.accept("await")
    const primary = this.primary()
    const left: Expression = awaited ? spanning(start, primary, { kind: "await", value: primary }) : primary
    if (!this.is("**")) return left
    const at = this.take()
    const right = this.deeper(() => this.#unary())
    return spanning(left, right, { kind: "binary", operator: "**", left, right, at })
  }

  primary(): Expression {
    let value = this.#atom()
    for (;;) {
      if (this.accept(".")) value = this.since(value, { kind: "attribute", object: value, name: this.name() })
      else if (this.accept("(")) {
        const args = this.args()
        this.expect(")")
        value = this.since(value, { kind: "call", callee: value, args })
      } else if (this.accept("[")) {
        const index = this.#subscript()
        this.expect("]")
        value = this.since(value, { kind: "subscript", object: value, index })
      } else return value
    }
  }

  #slice(): Expression {
    const start = this.token
    const first = this.is(":") ? undefined : this.#starred(() => this.named())
    if (!this.accept(":")) return first ?? this.fail()
    const bound = () => (this.is(":") || this.is("]") || this.is(",") ? undefined : this.expression())
    const stop = bound()
    const step = this.accept(":") ? bound() : undefined
    return this.since(start, { kind: "slice", ...(first && { start: first }), ...(stop && { stop }), ...(step && { step }) })
  }

  #subscript(): Expression {
    const first = this.#slice()
    if (!this.is(",")) return first.kind === "star" ? spanning(first, first, { kind: "tuple", items: [first] }) : first
    const items = [first]
    while (this.accept(",")) {
      if (this.is("]")) break
      items.push(this.#slice())
    }
    return this.since(first, { kind: "tuple", items })
  }

  /** Arguments up to the closing parenthesis, which is not taken. */
  args(): Argument[] {
    const result: Argument[] = []
    let named = false
    while (!this.is(")")) {
      if (this.accept("**")) {
        result.push({ spread: "**", value: this.expression() })
        named = true
      } else if (this.accept("*")) result.push({ spread: "*", value: this.expression() })
      else if (this.token.kind === "name" && this.peek().kind === "operator" && this.peek().text === "=") {
        const { text } = this.take()
        this.take()
        if (result.some((one) => one.name === text)) this.fail(`keyword argument repeated: ${text}`, this.peek(-2))
        result.push({ name: text, value: this.expression() })
        named = true
      } else {
        const value = this.named()
        if (this.is("for") || this.is("async")) result.push({ value: this.#comprehension("generator", value, value) })
        else {
          if (this.is("=")) this.fail('expression cannot contain assignment, perhaps you meant "=="?', spanning(value, this.token, {}))
          if (named) this.fail("positional argument follows keyword argument", this.token)
          result.push({ value })
        }
      }
      if (!this.accept(",") && !this.is(")")) this.#missingComma(result[result.length - 1].value)
    }
    return result
  }

  /** Two expressions side by side in brackets. */
  #missingComma(before: Expression): never {
    const { kind, text } = this.token
    const begins =
      kind === "name" ||
      kind === "number" ||
      kind === "string" ||
      (kind === "keyword" && ["None", "True", "False", "lambda"].includes(text))
    if (!begins) this.fail()
    const after = this.#binary(0)
    this.fail("invalid syntax. Perhaps you forgot a comma?", spanning(before, after, {}))
  }

  #comprehension(makes: "list" | "set" | "dict" | "generator", start: Span, element: Expression, value?: Expression): Expression {
    const clauses: Clause[] = []
    while (this.is("for") || this.is("async")) {
      this.accept("async")
      this.expect("for")
      const target = this.targets()
      this.expect("in")
      const source = this.#or()
      const conditions: Expression[] = []
      while (this.accept("if")) conditions.push(this.#condition())
      clauses.push({ target, source, conditions })
    }
    return this.since(start, { kind: "comprehension", makes, element, ...(value && { value }), clauses })
  }

  /** After `if` of a comprehension: no choice without brackets. */
  #condition(): Expression {
    return this.token.kind === "name" && this.peek().text === ":=" ? this.named() : this.#or()
  }

  #atom(): Expression {
    const start = this.token
    switch (start.kind) {
      case "name":
        this.take()
        return this.since(start, { kind: "name", name: start.text })
      case "number":
        this.take()
        return this.since(start, numberNode(start.text))
      case "string": {
        const tokens: Token[] = []
        while (this.token.kind === "string") tokens.push(this.take())
        return stringExpression(tokens, parseInner)
      }
      case "keyword":
        if (start.text === "None" || start.text === "True" || start.text === "False") {
          this.take()
          return this.since(start, { kind: "constant", value: start.text })
        }
        return this.fail()
      case "operator":
        if (this.accept("...")) return this.since(start, { kind: "constant", value: "..." })
        if (this.accept("(")) return this.deeper(() => this.#parenthesized(start))
        if (this.accept("[")) return this.deeper(() => this.#list(start))
        if (this.accept("{")) return this.deeper(() => this.#braces(start))
        return this.fail()
      default:
        return this.fail()
    }
  }

  #parenthesized(start: Token): Expression {
    if (this.accept(")")) return this.since(start, { kind: "tuple", items: [] })
    if (this.is("yield")) {
      const value = this.yieldExpression()
      this.expect(")")
      return value
    }
    const first = this.#starred(() => this.named())
    if (this.is("for") || this.is("async")) {
      const made = this.#comprehension("generator", start, first)
      this.expect(")")
      return this.since(start, made)
    }
    if (!this.is(",")) {
      if (!this.is(")")) {
        if (this.is("=")) this.fail(`invalid syntax. Maybe you meant '==' or ':=' instead of '='?`, spanning(first, first, {}))
        this.#missingComma(first)
      }
      if (first.kind === "star") this.fail("cannot use starred expression here", first)
      this.take()
      return first
    }
    const items = [first]
    while (this.accept(",")) {
      if (this.is(")")) break
      items.push(this.#starred(() => this.named()))
    }
    if (!this.is(")")) this.#missingComma(items[items.length - 1])
    this.take()
    return this.since(start, { kind: "tuple", items })
  }

  #list(start: Token): Expression {
    const items: Expression[] = []
    while (!this.is("]")) {
      items.push(this.#starred(() => this.named()))
      if (items.length === 1 && (this.is("for") || this.is("async"))) {
        const made = this.#comprehension("list", start, items[0])
        this.expect("]")
        return this.since(start, made)
      }
      if (!this.accept(",") && !this.is("]")) this.#missingComma(items[items.length - 1])
    }
    this.take()
    return this.since(start, { kind: "list", items })
  }

  #braces(start: Token): Expression {
    const pairs: { key?: Expression; value: Expression }[] = []
    const items: Expression[] = []
    while (!this.is("}")) {
      if (this.accept("**")) pairs.push({ value: this.#binary(0) })
      else {
        const first = this.#starred(() => this.named())
        if (this.is(":") && items.length === 0) {
          this.take()
          if (this.is("}") || this.is(",")) this.fail("expression expected after dictionary key and ':'", this.peek(-1))
          const value = this.expression()
          pairs.push({ key: first, value })
          if (pairs.length === 1 && (this.is("for") || this.is("async"))) {
            const made = this.#comprehension("dict", start, first, value)
            this.expect("}")
            return this.since(start, made)
          }
        } else {
          if (pairs.length > 0) this.fail("':' expected after dictionary key", first)
          items.push(first)
          if (items.length === 1 && (this.is("for") || this.is("async"))) {
            const made = this.#comprehension("set", start, first)
            this.expect("}")
            return this.since(start, made)
          }
        }
      }
      if (!this.accept(",") && !this.is("}")) this.#missingComma((items.at(-1) ?? pairs.at(-1)?.value) as Expression)
    }
    this.take()
    return items.length > 0 ? this.since(start, { kind: "set", items }) : this.since(start, { kind: "dict", items: pairs })
  }

  /** Whether something can be assigned to; throws PythonSyntaxError where not. */
  protected assignable(node: Expression, verb: "assign to" | "delete" = "assign to", hint = false): void {
    switch (node.kind) {
      case "name":
      case "attribute":
      case "subscript":
        return
      case "tuple":
      case "list":
        for (const item of node.items) this.assignable(item, verb)
        return
      case "star":
        if (verb === "assign to") {
          this.assignable(node.value)
          return
        }
        break
    }
    const fixed = node.kind === "constant" && node.value !== "..."
    const here = hint && !fixed ? " here. Maybe you meant '==' instead of '='?" : ""
    this.fail(`cannot ${verb} ${expressionName(node)}${here}`, node)
  }
}

const numberNode = (text: string): { kind: "number"; value: number | bigint } | { kind: "float"; value: number } => {
  const plain = text.replaceAll("_", "")
  if (/^0[xXoObB]/.test(plain) || /^\d+$/.test(plain)) {
    const value = Number(plain)
    return { kind: "number", value: Number.isSafeInteger(value) ? value : BigInt(plain) }
  }
  return { kind: "float", value: Number(plain.replace(/[jJ]$/, "")) }
}

class InnerParser extends ExpressionParser {
  parse(): Expression {
    return this.whole()
  }
}

/** The expression of a replacement field, its places moved to where it stands. */
const parseInner = (text: string, line: number, column: number): Expression => {
  const moved = new Tokenizer(`(${text})`).all().map((token) => ({
    ...token,
    line: token.line + line - 1,
    endLine: token.endLine + line - 1,
    column: token.line === 1 ? token.column + column - 1 : token.column,
    endColumn: token.endLine === 1 ? token.endColumn + column - 1 : token.endColumn,
  }))
  return new InnerParser(moved).parse()
}
