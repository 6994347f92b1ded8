/** Templates as trees. As text/template/parse/parse.go. */
import { parseCharacter, parseComplex, parseNumber } from "./go-number.ts"
import { goQuote, goUnquote } from "./go-quote.ts"
import type { GoComplex, GoFloat, GoInt } from "./go-values.ts"
import { lex, TemplateError, type Token, type TokenKind } from "./lexer.ts"

/** What errors point at: where something stands, and how Go would write it. */
export interface Place {
  readonly at: number
  readonly source: string
}

/** A value inside an action. */
export type Operand = Place &
  (
    | { readonly kind: "dot" | "nil" }
    | { readonly kind: "constant"; readonly value: string | boolean | GoInt | GoFloat | GoComplex | number }
    /** A constant that no int holds. */
    | { readonly kind: "overflow" }
    | { readonly kind: "field"; readonly names: readonly string[] }
    | { readonly kind: "variable"; readonly name: string; readonly names: readonly string[] }
    | { readonly kind: "function"; readonly name: string }
    | { readonly kind: "pipeline"; readonly pipeline: Pipeline }
    | { readonly kind: "chain"; readonly of: Operand; readonly names: readonly string[] }
  )

export interface Command extends Place {
  readonly operands: readonly Operand[]
}

export interface Pipeline extends Place {
  readonly variables: readonly string[]
  readonly declares: boolean
  readonly commands: readonly Command[]
}

export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "action"; readonly pipeline: Pipeline }
  | {
      readonly kind: "if" | "with" | "range"
      readonly pipeline: Pipeline
      readonly body: readonly Node[]
      readonly otherwise: readonly Node[] | undefined
    }
  | { readonly kind: "break" | "continue" }
  | (Place & { readonly kind: "template"; readonly name: string; readonly pipeline: Pipeline | undefined })

/** Named trees: what a file defines, and itself under its own name. */
export type Trees = Map<string, readonly Node[]>

/** How an operand stands among others: a pipeline in parentheses. */
const argument = ({ kind, source }: Operand): string => (kind === "pipeline" ? `(${source})` : source)

const BEGINS_COMMAND = new Set<TokenKind>("word character complex dot field number nil string variable left".split(" ") as TokenKind[])
const NOT_EXECUTABLE = new Set<Operand["kind"]>(["constant", "overflow", "dot", "nil"])

type Ending = "end" | "else"

class Parser {
  readonly name: string
  readonly source: string
  readonly known: (name: string) => boolean
  readonly trees: Trees
  readonly tokens: readonly Token[]
  variables: string[] = ["$"]
  at = 0
  /** The furthest token looked at: a fault is told to be on its line. */
  seen = 0
  ranges = 0
  /** The line of the action that is being read; 0 between them. */
  actionLine = 0

  constructor(name: string, source: string, known: (name: string) => boolean, trees: Trees) {
    this.name = name
    this.source = source
    this.known = known
    this.trees = trees
    this.tokens = lex(source)
  }

  lineOf({ at }: Token): number {
    let line = 1
    for (let end = this.source.indexOf("\n"); end >= 0 && end < at; end = this.source.indexOf("\n", end + 1)) line++
    return line
  }

  fail(message: string): never {
    throw new TemplateError(`template: ${this.name}:${this.lineOf(this.tokens[this.seen])}: ${message}`)
  }

  peek(): Token {
    this.seen = Math.max(this.seen, this.at)
    return this.tokens[this.at]
  }

  next(): Token {
    const token = this.peek()
    // The last token, the end or an error, stays.
    if (this.at < this.tokens.length - 1) this.at++
    return token
  }

  skipSpace(): Token {
    while (this.peek().kind === "space") this.at++
    return this.peek()
  }

  describe({ kind, text }: Token): string {
    if (kind === "end") return "EOF"
    if (kind === "keyword" || kind === "dot" || kind === "nil") return `<${text}>`
    return text.length > 10 ? `${goQuote([...text].slice(0, 10).join(""))}...` : goQuote(text)
  }

  unexpected(token: Token, context: string): never {
    if (token.kind !== "error") this.fail(`unexpected ${this.describe(token)} in ${context}`)
    const elsewhere = this.actionLine !== 0 && this.actionLine !== this.lineOf(token)
    const started = elsewhere ? ` in action started at ${this.name}:${this.actionLine}` : ""
    return this.fail(token.text + (token.text.endsWith(" action") ? started.replace(" in action", "") : started))
  }

  expect(kind: TokenKind, context: string): Token {
    const token = this.skipSpace()
    this.next()
    return token.kind === kind ? token : this.unexpected(token, context)
  }

  /** The keyword an action begins with, if this is one and does. */
  keyword(token: Token): string | undefined {
    return token.kind === "keyword" ? token.text : undefined
  }

  /** The whole file. */
  file(): Node[] {
    const nodes: Node[] = []
    for (;;) {
      const token = this.peek()
      if (token.kind === "end") return nodes
      if (token.kind === "open") {
        const from = this.at
        this.at++
        if (this.keyword(this.skipSpace()) === "define") {
          this.next()
          this.definition()
          continue
        }
        this.at = from
      }
      const node = this.item()
      if (typeof node === "string") this.fail(`unexpected {{${node}}}`)
      nodes.push(node)
    }
  }

  /** Nodes up to an {{end}} or {{else}}. */
  list(): { nodes: Node[]; ended: Ending } {
    const nodes: Node[] = []
    while (this.skipSpace().kind !== "end") {
      const node = this.item()
      if (typeof node === "string") return { nodes, ended: node }
      nodes.push(node)
    }
    return this.fail("unexpected EOF")
  }

  item(): Node | Ending {
    const token = this.skipSpace()
    this.next()
    if (token.kind === "text") return { kind: "text", text: token.text }
    if (token.kind !== "open") return this.unexpected(token, "input")
    this.actionLine = this.lineOf(token)
    const node = this.action()
    this.actionLine = 0
    return node
  }

  action(): Node | Ending {
    const token = this.skipSpace()
    switch (this.keyword(token)) {
      case "if":
      case "with":
      case "range":
        this.next()
        return this.control(token.text as "if")
      case "break":
      case "continue":
        this.next()
        this.expect("close", `{{${token.text}}}`)
        if (this.ranges === 0) this.fail(`{{${token.text}}} outside {{range}}`)
        return { kind: token.text as "break" }
      case "end":
        this.next()
        this.expect("close", "end")
        return "end"
      case "else": {
        this.next()
        const after = this.keyword(this.skipSpace())
        // {{else if}} and {{else with}}: who opened the block looks at that.
        if (after !== "if" && after !== "with") this.expect("close", "else")
        return "else"
      }
      case "template":
        this.next()
        return this.invocation()
      case "block":
        this.next()
        return this.block()
      default:
        return { kind: "action", pipeline: this.pipeline("command", "close") }
    }
  }

  control(kind: "if" | "with" | "range"): Node {
    const scope = this.variables.length
    const pipeline = this.pipeline(kind, "close")
    if (kind === "range") this.ranges++
    const { nodes: body, ended } = this.list()
    if (kind === "range") this.ranges--
    let otherwise: readonly Node[] | undefined
    if (ended === "else") {
      if (kind !== "range" && this.keyword(this.peek()) === kind) {
        this.next()
        // Closed by the same {{end}}.
        otherwise = [this.control(kind)]
      } else {
        const rest = this.list()
        if (rest.ended !== "end") this.fail("expected end; found {{else}}")
        otherwise = rest.nodes
      }
    }
    this.variables.length = scope
    return { kind, pipeline, body, otherwise }
  }

  string(context: string): { name: string; at: number } {
    const token = this.skipSpace()
    this.next()
    if (token.kind !== "string") return this.unexpected(token, context)
    return { name: this.unquote(token.text), at: token.at }
  }

  unquote(text: string): string {
    const plain = text.startsWith("`") ? text.slice(1, -1).replaceAll("\r", "") : goUnquote(text.slice(1, -1), '"')
    return plain ?? this.fail("invalid syntax")
  }

  invocation(): Node {
    const { name, at } = this.string("template clause")
    const pipeline = this.skipSpace().kind === "close" ? undefined : this.pipeline("template clause", "close")
    if (!pipeline) this.next()
    return { kind: "template", name, pipeline, at, source: `{{template ${goQuote(name)}${pipeline ? ` ${pipeline.source}` : ""}}}` }
  }

  block(): Node {
    const { name, at } = this.string("block clause")
    const pipeline = this.pipeline("block clause", "close")
    this.tree(name, "block clause")
    return { kind: "template", name, pipeline, at, source: `{{template ${goQuote(name)} ${pipeline.source}}}` }
  }

  definition(): void {
    const { name } = this.string("define clause")
    this.expect("close", "define clause")
    this.tree(name, "define clause")
  }

  /** A tree of its own, up to its {{end}}. */
  tree(name: string, context: string): void {
    const { variables, ranges } = this
    this.variables = ["$"]
    this.ranges = 0
    const { nodes, ended } = this.list()
    if (ended !== "end") this.fail(`unexpected {{else}} in ${context}`)
    this.variables = variables
    this.ranges = ranges
    this.add(name, nodes)
  }

  add(name: string, nodes: readonly Node[]): void {
    const existing = this.trees.get(name)
    if (!existing || isEmptyTree(existing)) this.trees.set(name, nodes)
    else if (!isEmptyTree(nodes)) this.fail(`template: multiple definition of template ${goQuote(name)}`)
  }

  pipeline(context: string, close: "close" | "right"): Pipeline {
    const { at } = this.skipSpace()
    const { variables, declares } = this.declarations(context)
    const commands: Command[] = []
    for (;;) {
      const token = this.skipSpace()
      if (token.kind === close) {
        this.next()
        break
      }
      if (!BEGINS_COMMAND.has(token.kind)) {
        this.next()
        this.unexpected(token, context)
      }
      commands.push(this.command())
    }
    if (commands.length === 0) this.fail(`missing value for ${context}`)
    for (const [index, { operands }] of commands.entries())
      if (index > 0 && NOT_EXECUTABLE.has(operands[0].kind)) this.fail(`non executable command in pipeline stage ${index + 1}`)
    const declared = variables.length > 0 ? `${variables.join(", ")} ${declares ? ":=" : "="} ` : ""
    return { variables, declares, commands, at, source: declared + commands.map(({ source }) => source).join(" | ") }
  }

  /** $x := …, $x = …, and in range $i, $x := … */
  declarations(context: string): { variables: string[]; declares: boolean } {
    const variables: string[] = []
    for (;;) {
      const from = this.at
      const variable = this.skipSpace()
      if (variable.kind !== "variable") return { variables, declares: true }
      this.next()
      const token = this.skipSpace()
      if (token.kind === "declare" || token.kind === "assign") {
        this.next()
        variables.push(variable.text)
        this.variables.push(variable.text)
        return { variables, declares: token.kind === "declare" }
      }
      if (token.kind !== "other" || token.text !== ",") {
        this.at = from
        return { variables, declares: true }
      }
      this.next()
      variables.push(variable.text)
      this.variables.push(variable.text)
      if (context !== "range" || variables.length > 1) this.fail(`too many declarations in ${context}`)
      if (!["variable", "close", "right"].includes(this.skipSpace().kind)) this.fail("range can only initialize variables")
    }
  }

  command(): Command {
    const operands: Operand[] = []
    const { at } = this.skipSpace()
    for (;;) {
      this.skipSpace()
      const operand = this.operand()
      if (operand) operands.push(operand)
      const token = this.peek()
      if (token.kind === "close" || token.kind === "right") break
      this.next()
      if (token.kind === "pipe") break
      if (token.kind !== "space") this.unexpected(token, "operand")
    }
    if (operands.length === 0) this.fail("empty command")
    return { operands, at, source: operands.map(argument).join(" ") }
  }

  operand(): Operand | undefined {
    const term = this.term()
    if (!term || this.peek().kind !== "field") return term
    // A chain's errors point at its second name, as upstream's do.
    const { at } = this.peek()
    const names: string[] = []
    while (this.peek().kind === "field") names.push(this.next().text.slice(1))
    const source = [argument(term), ...names].join(".")
    switch (term.kind) {
      case "field":
      case "variable":
        return { ...term, names: [...term.names, ...names], at, source }
      case "constant":
      case "overflow":
      case "nil":
      case "dot":
        return this.fail(`unexpected . after term ${goQuote(term.source)}`)
      default:
        return { kind: "chain", of: term, names, at, source }
    }
  }

  /** What `parse` makes of a constant. */
  constant(parse: () => Extract<Operand, { kind: "constant" }>["value"] | "overflow", place: Place): Operand {
    try {
      const value = parse()
      return value === "overflow" ? { ...place, kind: "overflow" } : { ...place, kind: "constant", value }
    } catch (error) {
      return this.fail((error as Error).message)
    }
  }

  term(): Operand | undefined {
    const token = this.skipSpace()
    const { text } = token
    const place = { at: token.at, source: text }
    if (!BEGINS_COMMAND.has(token.kind)) return undefined
    this.next()
    switch (token.kind) {
      case "word":
        if (text === "true" || text === "false") return { ...place, kind: "constant", value: text === "true" }
        if (!this.known(text)) this.fail(`function ${goQuote(text)} not defined`)
        return { ...place, kind: "function", name: text }
      case "nil":
      case "dot":
        return { ...place, kind: token.kind }
      case "variable":
        if (!this.variables.includes(text)) this.fail(`undefined variable ${goQuote(text)}`)
        return { ...place, kind: "variable", name: text, names: [] }
      case "field":
        return { ...place, kind: "field", names: [text.slice(1)] }
      case "string":
        return { ...place, kind: "constant", value: this.unquote(text) }
      case "character":
        return this.constant(() => parseCharacter(text), place)
      case "complex":
        return this.constant(() => parseComplex(text), place)
      case "number":
        return this.constant(() => parseNumber(text), place)
      default: {
        const pipeline = this.pipeline("parenthesized pipeline", "right")
        return { kind: "pipeline", pipeline, at: pipeline.at, source: pipeline.source }
      }
    }
  }
}

/** Whether a template has nothing but blanks: it then replaces none of its name. */
export const isEmptyTree = (nodes: readonly Node[]): boolean => nodes.every((node) => node.kind === "text" && node.text.trim() === "")

/** Adds what `source` defines to `trees`, itself as `name`. Throws TemplateError. */
export const parseInto = (trees: Trees, name: string, source: string, known: (name: string) => boolean): void => {
  const parser = new Parser(name, source, known, trees)
  parser.add(name, parser.file())
}
