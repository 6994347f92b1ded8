/** Go's text/template, run over JSON values. As text/template/exec.go. */
import { ARITY, TELL_INTS_APART, BUILTINS, type GoFunction, type Functions, truth } from "./functions.ts"
import { GoInt, GoObject, goKind, goType, goValue, isMap, type Method, sortedKeys } from "./go-values.ts"
import { TemplateError } from "./lexer.ts"
import { type Command, isEmptyTree, type Node, type Operand, type Pipeline, parseInto, type Trees } from "./parser.ts"

const MAX_DEPTH = 1_000
const MAX_STEPS = 2_000_000
const MAX_OUTPUT = 16 << 20

export interface TemplateOptions {
  /** A map's missing key is an error (missingkey=error), or nil (missingkey=zero). */
  readonly missingKey?: "default" | "error" | "zero"
}

interface Definition {
  readonly nodes: readonly Node[]
  /** The file it is in, which errors name, and its text. */
  readonly file: string
  readonly source: string
}

class Leave extends Error {
  readonly how: "break" | "continue"
  constructor(how: "break" | "continue") {
    super(how)
    this.how = how
  }
}

/** Names of Go's types in messages. */
const TAKEN = {
  string: "string",
  int: "int",
  float: "float64",
  bool: "bool",
  map: "map[string]interface {}",
  list: "[]interface {}",
} as const

const sortedEntries = (map: Readonly<Record<string, unknown>>): [string, unknown][] => sortedKeys(map).map((key) => [key, map[key]])

type Place = { readonly at: number; readonly source: string; readonly chain?: boolean }

/** What upstream looked at last when a pipeline is done: its errors point there. */
const lastPlace = ({ commands }: Pipeline): Place =>
  commands[commands.length - 1].operands[commands[commands.length - 1].operands.length - 1]
interface Variable {
  name: string
  value: unknown
}

/** Templates that know each other by name. */
export class TemplateSet {
  readonly functions: Functions
  readonly #options: TemplateOptions
  readonly #definitions = new Map<string, Definition>()
  /** Steps of the outermost execution and of those that its functions begin. */
  readonly #budget: { steps: number; depth: number }

  constructor(functions: Functions = {}, options: TemplateOptions = {}, budget = { steps: 0, depth: 0 }) {
    this.functions = { ...BUILTINS, ...functions }
    this.#options = options
    this.#budget = budget
  }

  /** The same templates, to which more can be added; `functions` replace some. */
  clone(functions: Functions = {}): TemplateSet {
    const copy = new TemplateSet({ ...this.functions, ...functions }, this.#options, this.#budget)
    for (const [name, definition] of this.#definitions) copy.#definitions.set(name, definition)
    return copy
  }

  /** Throws TemplateError. */
  parse(name: string, source: string): this {
    const trees: Trees = new Map()
    parseInto(trees, name, source, (word) => word === "and" || word === "or" || Object.hasOwn(this.functions, word))
    for (const [defined, nodes] of trees)
      if (!this.#definitions.has(defined) || !isEmptyTree(nodes)) this.#definitions.set(defined, { nodes, file: name, source })
    return this
  }

  has(name: string): boolean {
    return this.#definitions.has(name)
  }

  /** The text for `data`. Throws TemplateError; `written` gets what came before it. */
  execute(name: string, data: unknown, written?: (text: string) => void): string {
    const definition = this.#definitions.get(name)
    if (!definition) throw new TemplateError(`template: ${JSON.stringify(name)} is an incomplete or empty template`)
    const budget = this.#budget
    if (budget.depth === 0) budget.steps = 0
    budget.depth++
    const run = new Execution(this, this.#definitions, this.#options, budget)
    try {
      run.nodes(name, definition.nodes, data, [{ name: "$", value: data }], 0)
    } catch (error) {
      written?.(run.output)
      throw error
    } finally {
      budget.depth--
    }
    return run.output
  }
}

class Execution {
  readonly set: TemplateSet
  readonly definitions: ReadonlyMap<string, Definition>
  readonly options: TemplateOptions
  readonly budget: { steps: number }
  output = ""
  current = ""

  constructor(set: TemplateSet, definitions: ReadonlyMap<string, Definition>, options: TemplateOptions, budget: { steps: number }) {
    this.set = set
    this.definitions = definitions
    this.options = options
    this.budget = budget
  }

  fail({ at, source }: Place, message: string): never {
    const definition = this.definitions.get(this.current)
    const text = (definition?.source ?? "").slice(0, at)
    const line = text.split("\n").length
    const column = new TextEncoder().encode(text.slice(text.lastIndexOf("\n") + 1)).length
    throw new TemplateError(
      `template: ${definition?.file ?? this.current}:${line}:${column}: executing ${JSON.stringify(this.current)} at <${source}>: ${message}`,
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
    if (++this.budget.steps > MAX_STEPS) throw new TemplateError(`template: ${name}: too many steps`)
    for (const node of nodes) {
      if (++this.budget.steps > MAX_STEPS) throw new TemplateError(`template: ${name}: too many steps`)
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
        const tree = this.definitions.get(node.name)?.nodes
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
      : isMap(value) || (value instanceof GoObject && value.entries)
        ? sortedEntries(isMap(value) ? value : (value.entries ?? {}))
        : goKind(value) === "int"
          ? Array.from({ length: Math.min(MAX_STEPS, Math.max(0, value as number)) }, (_, at) => [at, at] as const)
          : value === undefined || value === null
            ? []
            : this.fail(lastPlace(node.pipeline), `range can't iterate over ${goValue(value)}`)
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
      const method = this.method(first, dot, scope, depth)
      if (method)
        return this.guarded(method.name, { at, source }, () =>
          method.run(...rest.map((operand) => this.operand(operand, dot, scope, depth)), ...final),
        )
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
    const called = this.set.functions[name]
    if (called.takes) this.counted(called, named, count)
    if (name === "call" && rest.length > 0) {
      const value = this.operand(rest[0], dot, scope, depth)
      if (value !== undefined && value !== null)
        return this.guarded(name, place, () => {
          throw new Error(`non-function ${rest[0].source} of type ${goType(value)}`)
        })
    }
    const args = rest.map((operand, at) => {
      const value = this.passed(called, at, operand, this.operand(operand, dot, scope, depth), operand)
      return operand.kind === "constant" && typeof value === "number" && Number.isInteger(value) && TELL_INTS_APART.has(name)
        ? new GoInt(value)
        : value
    })
    if (final.length > 0) args.push(this.passed(called, rest.length, named, final[0]))
    return this.guarded(name, place, () => called(...args))
  }

  guarded(name: string, place: Place, run: () => unknown): unknown {
    try {
      return run()
    } catch (error) {
      if (error instanceof Leave || error instanceof RangeError || !(error instanceof Error)) throw error
      return this.fail({ at: place.at, source: place.source }, `error calling ${name}: ${error.message}`)
    }
  }

  counted({ takes = [], variadic }: GoFunction, named: Operand & { kind: "function" }, count: number): void {
    const least = variadic ? takes.length - 1 : takes.length
    if (variadic ? count < least : count !== least)
      this.fail(named, `wrong number of args for ${named.name}: want ${variadic ? "at least " : ""}${least} got ${count}`)
  }

  /** An argument if its type is right. As exec.go's evalArg and validateType. */
  passed({ takes, variadic }: GoFunction, at: number, place: Place, value: unknown, operand?: Operand): unknown {
    const take = takes?.[at] ?? (variadic ? takes?.at(-1) : undefined)
    if (take === undefined || take === "any") return value ?? null
    const kind = goKind(value)
    if (operand?.kind === "constant" && kind !== take && !(take === "float" && kind === "int")) {
      const names = { string: "string", int: "integer", float: "float", bool: "bool", map: "map", list: "list" } as const
      this.fail(
        place,
        take === "map" || take === "list"
          ? `can't handle ${operand.source} for arg of type ${TAKEN[take]}`
          : `expected ${names[take]}; found ${operand.source}`,
      )
    }
    if (value === undefined || value === null) {
      if (take === "map") return {}
      if (take === "list") return []
      // What a map has under a key is an interface{}, even when that is nil.
      const typed = operand?.kind === "field" || operand?.kind === "variable"
      this.fail(place, typed ? `wrong type for value; expected ${TAKEN[take]}; got interface {}` : `invalid value; expected ${TAKEN[take]}`)
    }
    if (kind === take || (take === "list" && kind === "slice") || (take === "float" && kind === "int")) return value
    return this.fail(place, `wrong type for value; expected ${TAKEN[take]}; got ${goType(value).replace("int64", "int")}`)
  }

  /** The method that a chain of names ends in. */
  method(operand: Operand, dot: unknown, scope: Variable[], depth: number): { name: string; run: Method } | undefined {
    if (operand.kind !== "field" && operand.kind !== "variable" && operand.kind !== "pipeline") return undefined
    const name = operand.names.at(-1)
    if (name === undefined) return undefined
    const owner = this.operand({ ...operand, names: operand.names.slice(0, -1) }, dot, scope, depth)
    return owner instanceof GoObject && Object.hasOwn(owner.methods, name) ? { name, run: owner.methods[name] } : undefined
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
        return this.fields(operand.names.length > 0 ? { ...lastPlace(operand.pipeline), chain: true } : operand, value, operand.names)
      }
    }
  }

  fields(place: Place, value: unknown, names: readonly string[]): unknown {
    let at = value
    for (const name of names) {
      if (at === undefined) {
        if (this.options.missingKey === "zero") this.fail(place, `nil pointer evaluating interface {}.${name}`)
        if (this.options.missingKey === "error") this.fail(place, `nil data; no entry for key ${JSON.stringify(name)}`)
        return undefined
      }
      if (at === null) this.fail(place, `nil pointer evaluating interface {}.${name}`)
      if (at instanceof GoObject) {
        at = this.member(place, at, name)
        continue
      }
      if (!isMap(at)) this.fail(place, `can't evaluate field ${name} in type ${place.chain ? goType(at) : "interface {}"}`)
      const map = at as Readonly<Record<string, unknown>>
      if (Object.hasOwn(map, name)) at = map[name]
      else if (this.options.missingKey === "error") this.fail(place, `map has no entry for key ${JSON.stringify(name)}`)
      else at = this.options.missingKey === "zero" ? null : undefined
    }
    return at
  }

  member(place: Place, object: GoObject, name: string): unknown {
    if (Object.hasOwn(object.fields, name)) return object.fields[name]
    if (object.entries && !Object.hasOwn(object.methods, name)) return object.entries[name] ?? []
    if (!Object.hasOwn(object.methods, name))
      this.fail(place, `can't evaluate field ${name} in type ${place.chain ? object.type : "interface {}"}`)
    const method = object.methods[name]
    if (method.length > 0) this.fail(place, `wrong number of args for ${name}: want ${method.length} got 0`)
    return this.guarded(name, place, () => method())
  }
}

/** Runs a template (named "output", as kubectl's is) over `data`. Functions besides Go's own are given. Throws TemplateError. */
export const goTemplate = (template: string, data: unknown, functions: Functions = {}): string =>
  new TemplateSet(functions).parse("output", template).execute("output", data)
