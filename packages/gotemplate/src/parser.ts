/** Templates as trees. As text/template/parse/parse.go. */
import { type GoFloat, goFloat } from "./go-values.ts"
import { lex, parseFailure, type Token, type TokenKind } from "./lexer.ts"

/** A value inside an action. `at` and `source` are what errors point at. */
export type Operand = { readonly at: number; readonly source: string } & (
  | { readonly kind: "dot" | "nil" }
  | { readonly kind: "constant"; readonly value: string | number | boolean | GoFloat }
  | { readonly kind: "field"; readonly names: readonly string[] }
  | { readonly kind: "variable"; readonly name: string; readonly names: readonly string[] }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "pipeline"; readonly pipeline: Pipeline; readonly names: readonly string[] }
)

export interface Command {
  readonly operands: readonly Operand[]
  readonly source: string
  readonly at: number
}

export interface Pipeline {
  readonly variables: readonly string[]
  readonly declares: boolean
  readonly commands: readonly Command[]
  readonly at: number
  readonly source: string
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
  | {
      readonly kind: "template"
      readonly name: string
      readonly pipeline: Pipeline | undefined
      readonly at: number
      readonly source: string
    }

/** Named trees: what a file defines, and itself under its own name. */
export type Trees = Map<string, readonly Node[]>

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  a: "\x07",
  b: "\b",
  f: "\f",
  v: "\v",
  "\\": "\\",
  '"': '"',
  "'": "'",
}

const unquote = (text: string): string | undefined => {
  if (text.startsWith("`")) return text.slice(1, -1)
  let bad = false
  const plain = text
    .slice(1, -1)
    .replace(
      /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{3})|(.))/g,
      (_, u?: string, long?: string, hex?: string, octal?: string, code = "") => {
        if (u ?? long ?? hex) return String.fromCodePoint(Math.min(0x10ffff, Number.parseInt((u ?? long ?? hex) as string, 16)))
        if (octal) return String.fromCharCode(Number.parseInt(octal, 8))
        if (ESCAPES[code] === undefined) bad = true
        return ESCAPES[code] ?? ""
      },
    )
  return bad ? undefined : plain
}

class Parser {
  readonly name: string
  readonly source: string
  readonly known: (name: string) => boolean
  readonly trees: Trees
  readonly tokens: readonly Token[]
  variables: string[] = ["$"]
  at = 0
  ranges = 0

  constructor(name: string, source: string, known: (name: string) => boolean, trees: Trees) {
    this.name = name
    this.source = source
    this.known = known
    this.trees = trees
    this.tokens = lex(name, source)
  }

  fail(message: string): never {
    throw parseFailure(this.name, this.source, this.tokens[Math.min(this.at, this.tokens.length - 1)].at, message)
  }

  peek(): Token {
    return this.tokens[this.at]
  }

  next(): Token {
    return this.tokens[this.at++]
  }

  skipSpace(): Token {
    while (this.peek().kind === "space") this.at++
    return this.peek()
  }

  describe({ kind, text }: Token): string {
    if (kind === "end") return "EOF"
    if (kind === "keyword") return `<${text}>`
    return text.length > 10 ? `${JSON.stringify(text.slice(0, 10))}...` : JSON.stringify(text)
  }

  unexpected(context: string): never {
    const token = this.peek()
    return this.fail(`unexpected ${this.describe(token)} in ${context}`)
  }

  expect(kind: TokenKind, context: string): Token {
    if (this.skipSpace().kind !== kind) this.unexpected(context)
    return this.next()
  }

  /** Nodes up to an {{end}} or {{else}}, which is consumed and returned; at the top up to the end. */
  list(top: boolean): { nodes: Node[]; ended: "end" | "else" | "eof" } {
    const nodes: Node[] = []
    for (;;) {
      const token = this.next()
      if (token.kind === "end") {
        this.at--
        if (!top) this.fail("unexpected EOF")
        return { nodes, ended: "eof" }
      }
      if (token.kind === "text") {
        nodes.push({ kind: "text", text: token.text })
        continue
      }
      const word = this.skipSpace()
      if (word.kind === "keyword" && (word.text === "end" || word.text === "else")) {
        if (top) this.fail(`unexpected {{${word.text}}}`)
        this.at++
        if (word.text === "end") this.expect("close", "end")
        return { nodes, ended: word.text }
      }
      const node = this.action()
      if (node) nodes.push(node)
    }
  }

  action(): Node | undefined {
    const token = this.peek()
    if (token.kind !== "keyword" || token.text === "nil") {
      const pipeline = this.pipeline("command", "close")
      return { kind: "action", pipeline }
    }
    this.at++
    switch (token.text) {
      case "if":
      case "with":
      case "range":
        return this.control(token.text)
      case "break":
      case "continue":
        this.expect("close", `{{${token.text}}}`)
        if (this.ranges === 0) this.fail(`{{${token.text}}} outside {{range}}`)
        return { kind: token.text }
      case "template":
        return this.invocation()
      case "define":
      case "block":
        return this.definition(token)
      default:
        return this.fail(`unexpected ${this.describe(token)} in command`)
    }
  }

  control(kind: "if" | "with" | "range"): Node {
    const scope = this.variables.length
    const pipeline = this.pipeline(kind, "close")
    if (kind === "range") this.ranges++
    const { nodes: body, ended } = this.list(false)
    if (kind === "range") this.ranges--
    let otherwise: readonly Node[] | undefined
    if (ended === "else") {
      const after = this.skipSpace()
      // {{else if}} and {{else with}} close with the same {{end}}.
      if (after.kind === "keyword" && after.text === kind && kind !== "range") {
        this.at++
        otherwise = [this.control(kind)]
      } else {
        this.expect("close", "else")
        const rest = this.list(false)
        if (rest.ended !== "end") this.fail("expected end; found {{else}}")
        otherwise = rest.nodes
      }
    }
    this.variables.length = scope
    return { kind, pipeline, body, otherwise }
  }

  string(context: string): string {
    const token = this.skipSpace()
    if (token.kind !== "string") this.unexpected(context)
    this.at++
    return unquote(token.text) ?? this.fail("invalid syntax")
  }

  invocation(): Node {
    const { at } = this.skipSpace()
    const name = this.string("template clause")
    const pipeline = this.skipSpace().kind === "close" ? undefined : this.pipeline("template clause", "close")
    if (!pipeline) this.at++
    const source = `{{template ${JSON.stringify(name)}${pipeline ? ` ${pipeline.source}` : ""}}}`
    return { kind: "template", name, pipeline, at, source }
  }

  definition(token: Token): Node | undefined {
    const name = this.string(`${token.text} clause`)
    const pipeline = token.text === "block" ? this.pipeline("block clause", "close") : undefined
    if (!pipeline) this.expect("close", "define clause")
    const outer = this.variables
    const ranges = this.ranges
    this.variables = ["$"]
    this.ranges = 0
    const { nodes, ended } = this.list(false)
    if (ended !== "end") this.fail(`unexpected {{else}} in ${token.text} clause`)
    this.variables = outer
    this.ranges = ranges
    if (!isEmptyTree(nodes) || !this.trees.has(name)) this.trees.set(name, nodes)
    return pipeline && { kind: "template", name, pipeline, at: token.at, source: `{{template ${JSON.stringify(name)}}}` }
  }

  pipeline(context: string, close: "close" | "right"): Pipeline {
    const { at } = this.skipSpace()
    const variables: string[] = []
    let declares = false
    const from = this.at
    // $x := …, $x = …, and in range $i, $x := …
    if (this.peek().kind === "variable") {
      const first = this.next()
      let token = this.skipSpace()
      const names = [first.text]
      if (token.kind === "comma" && context === "range") {
        this.at++
        const second = this.skipSpace()
        if (second.kind !== "variable") this.fail("range can only initialize variables")
        this.at++
        names.push(second.text)
        token = this.skipSpace()
        if (token.kind === "comma") this.fail("too many declarations in range")
      }
      if (token.kind === "declare" || token.kind === "assign") {
        this.at++
        declares = token.kind === "declare"
        variables.push(...names)
        if (!declares) for (const name of names) this.variable(name)
      } else if (names.length > 1) this.unexpected(context)
      else this.at = from
    }
    const commands: Command[] = []
    for (;;) {
      const token = this.skipSpace()
      if (token.kind === close) {
        if (commands.length === 0) this.fail(`missing value for ${context}`)
        const end = this.next().at
        if (declares) this.variables.push(...variables)
        for (const [index, { operands }] of commands.entries())
          if (index > 0 && ["constant", "dot", "nil"].includes(operands[0].kind))
            this.fail(`non executable command in pipeline stage ${index + 1}`)
        return { variables, declares, commands, at, source: this.source.slice(at, end).trim() }
      }
      commands.push(this.command(context))
    }
  }

  variable(name: string): void {
    if (!this.variables.includes(name)) this.fail(`undefined variable ${JSON.stringify(name)}`)
  }

  command(context: string): Command {
    const operands: Operand[] = []
    const { at } = this.skipSpace()
    let end = at
    for (;;) {
      const token = this.skipSpace()
      if (token.kind === "close" || token.kind === "right") break
      if (token.kind === "pipe") {
        if (operands.length === 0) this.unexpected(context)
        // What a pipe leads to may be left out.
        this.at++
        break
      }
      const operand = this.operand()
      if (!operand) this.unexpected("operand")
      else operands.push(operand)
      end = this.tokens[this.at - 1].at + this.tokens[this.at - 1].text.length
      const next = this.peek()
      if (!["space", "close", "right", "pipe"].includes(next.kind)) this.unexpected("operand")
    }
    if (operands.length === 0) this.fail("empty command")
    return { operands, at, source: this.source.slice(at, end) }
  }

  operand(): Operand | undefined {
    const token = this.peek()
    const term = this.term()
    if (!term) return undefined
    if (this.peek().kind !== "field") return term
    // A chain's errors point at its second name, as upstream's do.
    const { at } = this.peek()
    const names: string[] = []
    while (this.peek().kind === "field") names.push(this.next().text.slice(1))
    const last = this.tokens[this.at - 1]
    const source = this.source.slice(token.at, last.at + last.text.length)
    switch (term.kind) {
      case "field":
      case "variable":
      case "pipeline":
        return { ...term, names: [...term.names, ...names], at, source }
      case "constant":
      case "nil":
      case "dot":
        return this.fail(`unexpected . after term ${JSON.stringify(term.source)}`)
      default:
        return {
          kind: "pipeline",
          pipeline: {
            variables: [],
            declares: false,
            commands: [{ operands: [term], at: term.at, source: term.source }],
            at: term.at,
            source: term.source,
          },
          names,
          at,
          source,
        }
    }
  }

  term(): Operand | undefined {
    const token = this.peek()
    const base = { at: token.at, source: token.text }
    switch (token.kind) {
      case "word":
        this.at++
        if (token.text === "true" || token.text === "false") return { ...base, kind: "constant", value: token.text === "true" }
        if (!this.known(token.text)) {
          this.at--
          this.fail(`function ${JSON.stringify(token.text)} not defined`)
        }
        return { ...base, kind: "function", name: token.text }
      case "keyword":
        if (token.text !== "nil") return undefined
        this.at++
        return { ...base, kind: "nil" }
      case "dot":
        this.at++
        return { ...base, kind: "dot" }
      case "variable":
        this.variable(token.text)
        this.at++
        return { ...base, kind: "variable", name: token.text, names: [] }
      case "field":
        this.at++
        return { ...base, kind: "field", names: [token.text.slice(1)] }
      case "string": {
        const value = unquote(token.text)
        if (value === undefined) return this.fail("invalid syntax")
        this.at++
        return { ...base, kind: "constant", value }
      }
      case "character":
        this.at++
        return { ...base, kind: "constant", value: (unquote(`"${token.text.slice(1, -1)}"`) ?? "").codePointAt(0) ?? 0 }
      case "number": {
        const text = token.text.replaceAll("_", "")
        const magnitude = Number(text.replace(/^[-+]/, "").replace(/^0(?=[0-7]+$)/, "0o"))
        if (Number.isNaN(magnitude)) this.fail(`bad number syntax: ${JSON.stringify(token.text)}`)
        this.at++
        const value = text.startsWith("-") ? -magnitude : magnitude
        return { ...base, kind: "constant", value: /^[^xX]*[.eE]/.test(text) ? goFloat(value) : value }
      }
      case "left": {
        this.at++
        const pipeline = this.pipeline("parenthesized pipeline", "right")
        return { ...base, kind: "pipeline", pipeline, names: [], source: `(${pipeline.source})` }
      }
      default:
        return undefined
    }
  }
}

/** Whether a template has nothing but blanks: it then replaces none of its name. */
export const isEmptyTree = (nodes: readonly Node[]): boolean => nodes.every((node) => node.kind === "text" && node.text.trim() === "")

/** Adds what `source` defines to `trees`, itself as `name`. Throws TemplateError. */
export const parseInto = (trees: Trees, name: string, source: string, known: (name: string) => boolean): void => {
  const { nodes } = new Parser(name, source, known, trees).list(true)
  if (!isEmptyTree(nodes) || !trees.has(name)) trees.set(name, nodes)
}
