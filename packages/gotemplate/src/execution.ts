/** One run of a template over its data. As text/template/exec.go. */
import { BUILTINS, type Functions, type GoFunction, type Take, truth } from "./functions.ts"
import { GoInt, GoObject, goKind, goType, goValue, isMap, type Method, sortedKeys } from "./go-values.ts"
import { TemplateError } from "./lexer.ts"
import type { Command, Node, Operand, Pipeline, Place } from "./parser.ts"

/** Templates in templates; Go allows more, and its number is the one told. */
const MAX_DEPTH = 1_000
const TOLD_DEPTH = 100_000
const MAX_STEPS = 2_000_000
const MAX_OUTPUT = 16 << 20

export interface Definition {
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

/** An item of a list or map, which is an interface{} to reflection until a pipeline unpacks it: faults name that type. */
class Boxed {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

const unboxed = (value: unknown): unknown => (value instanceof Boxed ? value.value : value)

/** Names of Go's types in messages. */
const TAKEN: Readonly<Record<Exclude<Take, "any" | "value">, string>> = {
  string: "string",
  int: "int",
  float: "float64",
  bool: "bool",
  map: "map[string]interface {}",
  list: "[]interface {}",
}
const FOUND: Readonly<Record<string, string>> = { string: "string", int: "integer", float: "float", bool: "bool" }

interface Variable {
  name: string
  value: unknown
}

/** Where names are looked up. */
interface Context {
  /** The dot. */
  readonly dot: unknown
  readonly scope: Variable[]
  readonly depth: number
}

/** What a command was given: its own arguments, and the value piped into it. */
interface Given {
  readonly rest: readonly Operand[]
  readonly final: readonly [] | readonly [unknown]
}

const NOTHING: Given = { rest: [], final: [] }

export class Execution {
  readonly functions: Functions
  readonly definitions: ReadonlyMap<string, Definition>
  readonly missingKey: "default" | "error" | "zero"
  readonly budget: { steps: number }
  output = ""
  current = ""
  /** What was looked at last: a fault is told to be there. */
  place: Place = { at: 0, source: "" }

  constructor(
    functions: Functions,
    definitions: ReadonlyMap<string, Definition>,
    missingKey: "default" | "error" | "zero",
    budget: { steps: number },
  ) {
    this.functions = functions
    this.definitions = definitions
    this.missingKey = missingKey
    this.budget = budget
  }

  fail(message: string): never {
    const { at, source } = this.place
    const definition = this.definitions.get(this.current)
    const before = (definition?.source ?? "").slice(0, at)
    const line = before.split("\n").length
    const column = new TextEncoder().encode(before.slice(before.lastIndexOf("\n") + 1)).length
    throw new TemplateError(
      `template: ${definition?.file ?? this.current}:${line}:${column}: executing ${JSON.stringify(this.current)} at <${source}>: ${message}`,
    )
  }

  write(text: string): void {
    this.output += text
    if (this.output.length > MAX_OUTPUT) throw new TemplateError(`template: ${this.current}: output is too long`)
  }

  /** A template by its name, over DATA. */
  tree(name: string, data: unknown, depth: number): void {
    const outer = this.current
    this.current = name
    this.nodes(this.definitions.get(name)?.nodes ?? [], { dot: data, scope: [{ name: "$", value: data }], depth })
    this.current = outer
  }

  nodes(nodes: readonly Node[], context: Context): void {
    // An empty body is a step too: ranges over nothing else would not be bounded.
    if (++this.budget.steps > MAX_STEPS) throw new TemplateError(`template: ${this.current}: too many steps`)
    for (const node of nodes) {
      if (++this.budget.steps > MAX_STEPS) throw new TemplateError(`template: ${this.current}: too many steps`)
      this.node(node, context)
    }
  }

  node(node: Node, context: Context): void {
    switch (node.kind) {
      case "text":
        return this.write(node.text)
      case "action": {
        const value = this.pipeline(node.pipeline, context)
        if (node.pipeline.variables.length === 0) this.write(goValue(value))
        return
      }
      case "break":
      case "continue":
        throw new Leave(node.kind)
      case "template": {
        this.place = node
        if (!this.definitions.has(node.name)) this.fail(`template ${JSON.stringify(node.name)} not defined`)
        if (context.depth >= MAX_DEPTH) this.fail(`exceeded maximum template depth (${TOLD_DEPTH})`)
        return this.tree(node.name, node.pipeline && this.pipeline(node.pipeline, context), context.depth + 1)
      }
      case "range":
        return this.range(node, context)
      default: {
        const { scope } = context
        const mark = scope.length
        const value = this.pipeline(node.pipeline, context)
        if (truth(value)) this.nodes(node.body, node.kind === "with" ? { ...context, dot: value } : context)
        else if (node.otherwise) this.nodes(node.otherwise, context)
        scope.length = mark
      }
    }
  }

  /** What a range goes over: pairs of key and item. */
  entries(value: unknown, variables: number): (readonly [unknown, unknown])[] {
    if (Array.isArray(value)) return value.map((item, at) => [new GoInt(at), new Boxed(item)] as const)
    const map = isMap(value) ? value : value instanceof GoObject ? value.entries : undefined
    if (map) return sortedKeys(map).map((key) => [key, new Boxed(map[key])] as const)
    if (value === undefined || value === null) return []
    if (goKind(value) !== "int") return this.fail(`range can't iterate over ${goValue(value)}`)
    if (variables > 1) this.fail(`can't use ${goValue(value)} to iterate over more than one variable`)
    const typed = (at: number) => (value instanceof GoInt ? new GoInt(at) : at)
    return Array.from({ length: Math.min(MAX_STEPS, Math.max(0, Number(value))) }, (_, at) => [typed(at), typed(at)] as const)
  }

  range(node: Extract<Node, { kind: "if" | "with" | "range" }>, context: Context): void {
    const { variables, declares } = node.pipeline
    const { scope } = context
    const mark = scope.length
    const entries = this.entries(this.pipeline(node.pipeline, context), variables.length)
    const inside = scope.length
    const name = this.current
    for (const [key, item] of entries) {
      const values = variables.length === 2 ? [key, item] : [item]
      for (const [at, variable] of variables.entries()) {
        if (declares) scope[inside - variables.length + at] = { name: variable, value: values[at] }
        else this.assign(variable, values[at], scope)
      }
      try {
        this.nodes(node.body, { ...context, dot: item })
      } catch (error) {
        if (!(error instanceof Leave)) throw error
        this.current = name
        if (error.how === "break") break
      } finally {
        scope.length = inside
      }
    }
    if (entries.length === 0 && node.otherwise) this.nodes(node.otherwise, context)
    scope.length = mark
  }

  assign(name: string, value: unknown, scope: Variable[]): void {
    const found = scope.findLast((variable) => variable.name === name)
    if (!found) this.fail(`undefined variable: ${name}`)
    else found.value = value
  }

  /** A pipeline's value, unpacked: nothing and nil are the same (undefined). */
  pipeline(pipeline: Pipeline, context: Context): unknown {
    this.place = pipeline
    let value: unknown
    for (const [at, command] of pipeline.commands.entries())
      value = unboxed(this.command(command, context, at > 0 ? [value] : [])) ?? undefined
    for (const name of pipeline.variables) {
      if (pipeline.declares) context.scope.push({ name, value })
      else this.assign(name, value, context.scope)
    }
    return value
  }

  command(command: Command, context: Context, final: Given["final"]): unknown {
    const [first, ...rest] = command.operands
    const given = { rest, final }
    switch (first.kind) {
      case "function":
        return this.call(first, command, given, context)
      case "field":
      case "variable":
      case "chain":
        return this.operand(first, context, given)
      case "pipeline":
        this.plain(first, given)
        return this.operand(first, context)
      default:
        this.place = first
        this.plain(first, given)
        if (first.kind === "nil") this.fail("nil is not a command")
        return this.operand(first, context)
    }
  }

  /** Fails where what is no function is given something. */
  plain({ source }: Place, { rest, final }: Given): void {
    if (rest.length > 0 || final.length > 0) this.fail(`can't give argument to non-function ${source}`)
  }

  operand(operand: Operand, context: Context, given: Given = NOTHING): unknown {
    switch (operand.kind) {
      case "pipeline": {
        const mark = context.scope.length
        const value = this.pipeline(operand.pipeline, context)
        context.scope.length = mark
        return value
      }
      case "chain": {
        this.place = operand
        return this.fields(this.operand(operand.of, context), operand, context, given)
      }
      case "function":
        return this.call(operand, operand, NOTHING, context)
    }
    this.place = operand
    switch (operand.kind) {
      case "dot":
        return context.dot
      case "nil":
        return undefined
      case "constant":
        return operand.value
      case "overflow":
        return this.fail(`${operand.source} overflows int`)
      case "field":
        return this.fields(context.dot, operand, context, given)
      case "variable": {
        const found = context.scope.findLast(({ name }) => name === operand.name)
        if (!found) this.fail(`undefined variable: ${operand.name}`)
        if (operand.names.length > 0) return this.fields(found?.value, operand, context, given)
        this.plain(operand, given)
        return found?.value
      }
    }
  }

  /** Follows a chain of names from `base`; the last of them gets what was given. */
  fields(base: unknown, node: Extract<Operand, { names: readonly string[] }>, context: Context, given: Given): unknown {
    let at = base
    for (const [index, name] of node.names.entries())
      at = this.field(at, name, node, context, index === node.names.length - 1 ? given : NOTHING)
    return at
  }

  field(receiver: unknown, name: string, node: Place, context: Context, given: Given): unknown {
    if (receiver === undefined) {
      if (this.missingKey === "error") this.fail(`nil data; no entry for key ${JSON.stringify(name)}`)
      return undefined
    }
    const value = unboxed(receiver)
    if (value === null || value === undefined) return this.fail(`nil pointer evaluating interface {}.${name}`)
    if (value instanceof GoObject && value.has(name)) return this.member(value, name, node, context, given)
    if (!isMap(value) || value instanceof GoObject) {
      const type = value instanceof GoObject ? value.type : goType(value)
      return this.fail(`can't evaluate field ${name} in type ${receiver instanceof Boxed ? "interface {}" : type}`)
    }
    if (given.rest.length > 0 || given.final.length > 0) this.fail(`${name} is not a method but has arguments`)
    if (Object.hasOwn(value, name)) return new Boxed(value[name])
    if (this.missingKey === "error") this.fail(`map has no entry for key ${JSON.stringify(name)}`)
    return this.missingKey === "zero" ? new Boxed(null) : undefined
  }

  member(object: GoObject, name: string, node: Place, context: Context, { rest, final }: Given): unknown {
    if (Object.hasOwn(object.methods, name)) {
      const method: Method = object.methods[name]
      const count = rest.length + final.length
      if (method.length !== count) this.fail(`wrong number of args for ${name}: want ${method.length} got ${count}`)
      const args = [...rest.map((operand) => this.operand(operand, context)), ...final].map(bare)
      return this.guarded(name, node, () => method(...args))
    }
    if (!Object.hasOwn(object.fields, name)) return object.entries?.[name] ?? []
    if (rest.length > 0 || final.length > 0) this.fail(`${name} has arguments but cannot be invoked as function`)
    return object.fields[name]
  }

  call(named: Operand & { kind: "function" }, node: Place, { rest, final }: Given, context: Context): unknown {
    const { name } = named
    this.place = named
    const called = this.functions[name]
    this.counted(called, name, rest.length, final.length)
    const native = called === BUILTINS[name]
    if (native && (name === "and" || name === "or")) {
      let value: unknown
      for (const operand of rest) {
        value = unboxed(this.operand(operand, context))
        if (truth(value) === (name === "or")) return value
      }
      return final.length > 0 ? final[0] : value
    }
    const args: unknown[] = []
    for (const [at, operand] of rest.entries()) {
      const take = takeAt(called, at)
      const value = operand.kind === "nil" ? this.nil(take, operand) : this.operand(operand, context)
      args.push(this.passed(take, operand, value))
    }
    if (final.length > 0) args.push(this.passed(takeAt(called, rest.length), undefined, final[0]))
    if (native && name === "call" && args[0] !== undefined && args[0] !== null)
      return this.guarded(name, node, () => {
        throw new Error(`non-function ${rest.length > 0 ? rest[0].source : goValue(args[0])} of type ${goType(args[0])}`)
      })
    return this.guarded(name, node, () => called(...(native ? args : args.map(bare))))
  }

  /** Runs what may throw; its fault is told at NODE. */
  guarded(name: string, node: Place, run: () => unknown): unknown {
    try {
      return run()
    } catch (error) {
      if (error instanceof Leave || error instanceof RangeError || !(error instanceof Error)) throw error
      this.place = node
      return this.fail(`error calling ${name}: ${error.message}`)
    }
  }

  counted({ takes, variadic }: GoFunction, name: string, own: number, piped: number): void {
    if (!takes) return
    const count = own + piped
    const least = variadic ? takes.length - 1 : takes.length
    if (variadic ? count < least : count !== least)
      this.fail(`wrong number of args for ${name}: want ${variadic ? "at least " : ""}${least} got ${variadic ? own : count}`)
  }

  /** The nil constant as an argument. */
  nil(take: Take, place: Place): unknown {
    this.place = place
    if (take === "value") return undefined
    if (take === "any" || take === "map" || take === "list") return null
    return this.fail(`cannot assign nil to ${TAKEN[take]}`)
  }

  /** An argument if its type is right. As exec.go's evalArg and validateType. */
  passed(take: Take, operand: Operand | undefined, boxed: unknown): unknown {
    const value = unboxed(boxed)
    if (take === "value") return value
    if (take === "any") return value ?? null
    const kind = goKind(value)
    if (operand?.kind === "constant" && kind !== take && !(take === "float" && kind === "int"))
      this.fail(
        FOUND[take] ? `expected ${FOUND[take]}; found ${operand.source}` : `can't handle ${operand.source} for arg of type ${TAKEN[take]}`,
      )
    if (value === undefined || value === null) {
      if (take === "map") return {}
      if (take === "list") return []
      // What a map has under a key is an interface{}, even when that is nil.
      if (boxed instanceof Boxed) this.fail(`wrong type for value; expected ${TAKEN[take]}; got interface {}`)
      this.fail(`invalid value; expected ${TAKEN[take]}`)
    }
    if (kind === take || (take === "list" && kind === "slice") || (take === "float" && kind === "int")) return value
    return this.fail(`wrong type for value; expected ${TAKEN[take]}; got ${goType(value)}`)
  }
}

/** What a function takes as its argument number AT. */
const takeAt = ({ takes, variadic }: GoFunction, at: number): Take => takes?.[at] ?? (variadic ? takes?.at(-1) : undefined) ?? "any"

/** A value for functions that tell no int from an int64. */
const bare = (value: unknown): unknown => (value instanceof GoInt ? Number(value) : (unboxed(value) ?? null))
