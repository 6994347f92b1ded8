/** Go's text/template, run over JSON values. As text/template/exec.go. */
import { ARITY, BUILTINS, type Functions, truth } from "./functions.ts"
import { goKind, goType, goValue, isMap, sortedKeys } from "./go-values.ts"
import { TemplateError } from "./lexer.ts"
import { type Command, type Node, type Operand, type Pipeline, parseInto, type Trees } from "./parser.ts"

const MAX_DEPTH = 1_000
const MAX_STEPS = 2_000_000
const MAX_OUTPUT = 16 << 20

export interface TemplateOptions {
  /** A map's missing key is an error (missingkey=error). */
  readonly missingKey?: "default" | "error"
}

class Leave extends Error {
  readonly how: "break" | "continue"
  constructor(how: "break" | "continue") {
    super(how)
    this.how = how
  }
}

type Place = { readonly at: number; readonly source: string }
interface Variable {
  name: string
  value: unknown
}

/** Templates that know each other by name. */
export class TemplateSet {
  readonly functions: Functions
  readonly #options: TemplateOptions
  readonly #trees: Trees = new Map()
  readonly #sources = new Map<string, string>()

  constructor(functions: Functions = {}, options: TemplateOptions = {}) {
    this.functions = { ...BUILTINS, ...functions }
    this.#options = options
  }

  /** Throws TemplateError. */
  parse(name: string, source: string): this {
    const before = new Set(this.#trees.keys())
    parseInto(this.#trees, name, source, (word) => word === "and" || word === "or" || Object.hasOwn(this.functions, word))
    this.#sources.set(name, source)
    for (const defined of this.#trees.keys()) if (!before.has(defined)) this.#sources.set(defined, source)
    return this
  }

  has(name: string): boolean {
    return this.#trees.has(name)
  }

  /** The text for `data`. Throws TemplateError; `written` gets what came before it. */
  execute(name: string, data: unknown, written?: (text: string) => void): string {
    const tree = this.#trees.get(name)
    if (!tree) throw new TemplateError(`template: ${JSON.stringify(name)} is an incomplete or empty template`)
    const run = new Execution(this, this.#trees, this.#sources, this.#options)
    try {
      run.nodes(name, tree, data, [{ name: "$", value: data }], 0)
    } catch (error) {
      written?.(run.output)
      throw error
    }
    return run.output
  }
}

class Execution {
  readonly set: TemplateSet
  readonly trees: Trees
  readonly sources: ReadonlyMap<string, string>
  readonly options: TemplateOptions
  output = ""
  steps = 0
  current = ""

  constructor(set: TemplateSet, trees: Trees, sources: ReadonlyMap<string, string>, options: TemplateOptions) {
    this.set = set
    this.trees = trees
    this.sources = sources
    this.options = options
  }

  fail({ at, source }: Place, message: string): never {
    const text = (this.sources.get(this.current) ?? "").slice(0, at)
    const line = text.split("\n").length
    const column = new TextEncoder().encode(text.slice(text.lastIndexOf("\n") + 1)).length
    throw new TemplateError(
      `template: ${this.current}:${line}:${column}: executing ${JSON.stringify(this.current)} at <${source}>: ${message}`,
    )
  }

  write(text: string): void {
    this.output += text
    if (this.output.length > MAX_OUTPUT) throw new TemplateError(`template: ${this.current}: output is too long`)
  }

  nodes(name: string, nodes: readonly Node[], dot: unknown, scope: Variable[], depth: number): void {
    const outer = this.current
    this.current = name
    // An empty body is a step too: ranges over nothing else would not be bounded.
    if (++this.steps > MAX_STEPS) throw new TemplateError(`template: ${name}: too many steps`)
    for (const node of nodes) {
      if (++this.steps > MAX_STEPS) throw new TemplateError(`template: ${name}: too many steps`)
      this.node(node, dot, scope, depth)
    }
    this.current = outer
  }

  node(node: Node, dot: unknown, scope: Variable[], depth: number): void {
    switch (node.kind) {
      case "text":
        return this.write(node.text)
      case "action": {
        const value = this.pipeline(node.pipeline, dot, scope, depth)
        if (node.pipeline.variables.length === 0) this.write(goValue(value ?? undefined))
        return
      }
      case "break":
      case "continue":
        throw new Leave(node.kind)
      case "template": {
        const tree = this.trees.get(node.name)
        if (!tree) this.fail(node, `template ${JSON.stringify(node.name)} not defined`)
        if (depth >= MAX_DEPTH) this.fail(node, `exceeded maximum template depth (${MAX_DEPTH})`)
        const data = node.pipeline && this.pipeline(node.pipeline, dot, scope, depth)
        return this.nodes(node.name, tree as readonly Node[], data, [{ name: "$", value: data }], depth + 1)
      }
      case "range":
        return this.range(node, dot, scope, depth)
      default: {
        const mark = scope.length
        const value = this.pipeline(node.pipeline, dot, scope, depth)
        if (truth(value)) this.nodes(this.current, node.body, node.kind === "with" ? value : dot, scope, depth)
        else if (node.otherwise) this.nodes(this.current, node.otherwise, dot, scope, depth)
        scope.length = mark
      }
    }
  }

  range(node: Extract<Node, { kind: "if" | "with" | "range" }>, dot: unknown, scope: Variable[], depth: number): void {
    const { variables, declares } = node.pipeline
    const mark = scope.length
    const value = this.pipeline({ ...node.pipeline, variables: [] }, dot, scope, depth)
    const entries: (readonly [unknown, unknown])[] = Array.isArray(value)
      ? [...value.entries()]
      : isMap(value)
        ? sortedKeys(value).map((key) => [key, value[key]] as const)
        : goKind(value) === "int"
          ? Array.from({ length: Math.min(MAX_STEPS, Math.max(0, value as number)) }, (_, at) => [at, at] as const)
          : value === undefined || value === null
            ? []
            : this.fail(node.pipeline, `range can't iterate over ${goValue(value)}`)
    if (entries.length === 0 && node.otherwise) this.nodes(this.current, node.otherwise, dot, scope, depth)
    const name = this.current
    for (const [key, item] of entries) {
      const values = variables.length === 2 ? [key, item] : [item]
      for (const [at, variable] of variables.entries()) {
        if (declares) scope.push({ name: variable, value: values[at] })
        else this.assign(variable, values[at], scope)
      }
      try {
        this.nodes(name, node.body, item, scope, depth)
      } catch (error) {
        if (!(error instanceof Leave)) throw error
        this.current = name
        if (error.how === "break") break
      } finally {
        scope.length = mark
      }
    }
    scope.length = mark
  }

  assign(name: string, value: unknown, scope: Variable[]): void {
    const found = scope.findLast((variable) => variable.name === name)
    if (found) found.value = value
  }

  pipeline(pipeline: Pipeline, dot: unknown, scope: Variable[], depth: number): unknown {
    let value: unknown
    for (const [at, command] of pipeline.commands.entries()) value = this.command(command, dot, scope, depth, at > 0 ? [value] : [])
    for (const name of pipeline.variables) {
      if (pipeline.declares) scope.push({ name, value })
      else this.assign(name, value, scope)
    }
    return value
  }

  command({ operands, at, source }: Command, dot: unknown, scope: Variable[], depth: number, final: unknown[]): unknown {
    const [first, ...rest] = operands
    if (first.kind === "function") return this.call(first, rest, { at, source }, dot, scope, depth, final)
    if (rest.length > 0 || final.length > 0) {
      if (first.kind === "field" || first.kind === "variable")
        this.fail(
          first,
          `${first.kind === "field" ? first.names.at(-1) : (first.names.at(-1) ?? first.source)} is not a method but has arguments`,
        )
      this.fail(first, `can't give argument to non-function ${first.source}`)
    }
    if (first.kind === "nil") this.fail(first, "nil is not a command")
    return this.operand(first, dot, scope, depth)
  }

  call(
    named: Operand & { kind: "function" },
    rest: readonly Operand[],
    place: Place,
    dot: unknown,
    scope: Variable[],
    depth: number,
    final: unknown[],
  ): unknown {
    const { name } = named
    const count = rest.length + final.length
    const arity = ARITY[name]
    if (arity && count < arity[0])
      this.fail(named, `wrong number of args for ${name}: want ${arity[1] === arity[0] ? arity[0] : `at least ${arity[0]}`} got ${count}`)
    if (arity && count > arity[1]) this.fail(named, `wrong number of args for ${name}: want ${arity[1]} got ${count}`)
    if (name === "and" || name === "or") {
      // Arguments behind the one that decides are not evaluated.
      let value: unknown
      for (const operand of rest) {
        value = this.operand(operand, dot, scope, depth)
        if (truth(value) === (name === "or")) return value
      }
      return final.length > 0 ? final[0] : value
    }
    const args = [...rest.map((operand) => this.operand(operand, dot, scope, depth)), ...final]
    try {
      return this.set.functions[name](...args)
    } catch (error) {
      if (error instanceof TemplateError || error instanceof Leave || !(error instanceof Error)) throw error
      return this.fail({ at: place.at, source: place.source }, `error calling ${name}: ${error.message}`)
    }
  }

  operand(operand: Operand, dot: unknown, scope: Variable[], depth: number): unknown {
    switch (operand.kind) {
      case "dot":
        return dot
      case "nil":
        return null
      case "constant":
        return operand.value
      case "field":
        return this.fields(operand, dot, operand.names)
      case "variable":
        return this.fields(operand, scope.findLast(({ name }) => name === operand.name)?.value, operand.names)
      case "function":
        return this.call(operand, [], operand, dot, scope, depth, [])
      case "pipeline": {
        const mark = scope.length
        const value = this.pipeline(operand.pipeline, dot, scope, depth)
        scope.length = mark
        return this.fields(operand, value, operand.names)
      }
    }
  }

  fields(place: Place, value: unknown, names: readonly string[]): unknown {
    let at = value
    for (const name of names) {
      if (at === undefined) {
        if (this.options.missingKey === "error") this.fail(place, `nil data; no entry for key ${JSON.stringify(name)}`)
        return undefined
      }
      if (at === null) this.fail(place, `nil pointer evaluating interface {}.${name}`)
      if (!isMap(at)) this.fail(place, `can't evaluate field ${name} in type ${place.source.startsWith("(") ? goType(at) : "interface {}"}`)
      const map = at as Readonly<Record<string, unknown>>
      if (Object.hasOwn(map, name)) at = map[name]
      else if (this.options.missingKey === "error") this.fail(place, `map has no entry for key ${JSON.stringify(name)}`)
      else at = undefined
    }
    return at
  }
}

/** Runs a template (named "output", as kubectl's is) over `data`. Functions besides Go's own are given. Throws TemplateError. */
export const goTemplate = (template: string, data: unknown, functions: Functions = {}): string =>
  new TemplateSet(functions).parse("output", template).execute("output", data)
