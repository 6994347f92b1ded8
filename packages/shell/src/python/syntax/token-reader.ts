/** What every part of the parser does with tokens: look, take, and say what was expected. */
import type { Expression, Span } from "./nodes.ts"
import { PythonSyntaxError } from "./syntax-error.ts"
import type { Token } from "./tokens.ts"

/** How deep expressions and blocks may stand in each other, as CPython's parser stack ends. */
const MOST_DEPTH = 180

export class TokenReader {
  protected readonly tokens: readonly Token[]
  protected at = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  protected get token(): Token {
    return this.tokens[this.at]
  }

  protected peek(ahead = 1): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)]
  }

  protected is(text: string): boolean {
    const { kind, text: own } = this.token
    return own === text && (kind === "operator" || kind === "keyword")
  }

  protected take(): Token {
    return this.tokens[this.at++]
  }

  protected accept(text: string): boolean {
    if (!this.is(text)) return false
    this.at++
    return true
  }

  protected expect(text: string): Token {
    if (!this.is(text)) this.fail(text === ":" ? "expected ':'" : undefined)
    return this.take()
  }

  protected name(): string {
    if (this.token.kind !== "name") this.fail()
    return this.take().text
  }

  /** Everything from the start of `from` to the end of what was taken last. */
  protected since<const T extends object>(from: Span, node: T): T & Span {
    const { endLine, endColumn } = this.tokens[Math.max(this.at - 1, 0)]
    return { ...node, line: from.line, column: from.column, endLine, endColumn }
  }

  protected fail(message = "invalid syntax", at: Span = this.token): never {
    throw new PythonSyntaxError(message, at, { incomplete: this.token.kind === "end" })
  }

  /** Runs a rule one level deeper. */
  protected deeper<T>(rule: () => T): T {
    if (++this.#depth > MOST_DEPTH) throw new PythonSyntaxError("too many nested parentheses", this.token)
    const result = rule()
    this.#depth--
    return result
  }
}

/** A node and the one before it, as one range. */
export const spanning = <T extends object>(from: Span, to: Span, node: T): T & Span => ({
  ...node,
  line: from.line,
  column: from.column,
  endLine: to.endLine,
  endColumn: to.endColumn,
})

/** How errors name what cannot be assigned to (Parser/pegen.c, _PyPegen_get_expr_name). */
export const expressionName = (node: Expression): string => {
  switch (node.kind) {
    case "number":
    case "float":
    case "string":
    case "bytes":
      return "literal"
    case "constant":
      return node.value === "..." ? "ellipsis" : node.value
    case "format":
      return "f-string expression"
    case "comprehension":
      return node.makes === "generator" ? "generator expression" : `${node.makes} comprehension`
    case "set":
      return "set display"
    case "dict":
      return "dict literal"
    case "unary":
    case "binary":
    case "logic":
      return "expression"
    case "compare":
      return "comparison"
    case "choice":
      return "conditional expression"
    case "call":
      return "function call"
    case "lambda":
      return "lambda"
    case "walrus":
      return "named expression"
    case "yield":
      return "yield expression"
    case "await":
      return "await expression"
    case "slice":
      return "slice"
    case "star":
      return "starred"
    case "name":
    case "attribute":
    case "subscript":
    case "tuple":
    case "list":
      return node.kind
  }
}
