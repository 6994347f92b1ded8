/** Runs jq programs: each expression gives any number of values, with the path that led to each where one is asked for. */
import { JqError } from "./error.ts"
import { formatAs } from "./formats.ts"
import { compare, type Json, type JsonObject, printJson, typeOf } from "./json.ts"
import type { Ast, Definition, Pattern } from "./parse.ts"
import { assignPath, deletePaths, getPath, index, type Path, slice } from "./paths.ts"

/** Expressions that one program may evaluate. */
const BUDGET = 3_000_000
const MAX_CALLS = 2_000

class Break extends Error {
  readonly label: object
  constructor(label: object) {
    super("break")
    this.label = label
  }
}

export interface Output {
  readonly value: Json
  /** Undefined where no path was asked for, or where the value has none. */
  readonly path: Path | undefined
}

interface Closure {
  readonly definition: Definition
  readonly env: Environment
  /** A parameter: runs in the caller's environment. */
  readonly argument?: Ast
}

/** What names mean, innermost first. */
export class Environment {
  readonly #parent: Environment | undefined
  readonly #kind: "variable" | "function" | "label" | "root"
  readonly #name: string
  readonly #value: { value: Json } | undefined
  readonly #label: object | undefined
  #closure: Closure | undefined
  /** Depth of calls. */
  readonly calls: number

  private constructor(
    parent: Environment | undefined,
    kind: "variable" | "function" | "label" | "root",
    name: string,
    meaning: { value?: { value: Json }; label?: object; calls?: number },
  ) {
    this.#parent = parent
    this.#kind = kind
    this.#name = name
    this.#value = meaning.value
    this.#label = meaning.label
    this.calls = meaning.calls ?? parent?.calls ?? 0
  }

  static readonly empty = new Environment(undefined, "root", "", {})

  variable(name: string): { value: Json } | undefined {
    for (let at: Environment | undefined = this; at; at = at.#parent) if (at.#kind === "variable" && at.#name === name) return at.#value
    return undefined
  }

  label(name: string): object | undefined {
    for (let at: Environment | undefined = this; at; at = at.#parent) if (at.#kind === "label" && at.#name === name) return at.#label
    return undefined
  }

  function(name: string): Closure | undefined {
    for (let at: Environment | undefined = this; at; at = at.#parent) if (at.#kind === "function" && at.#name === name) return at.#closure
    return undefined
  }

  bind(name: string, value: Json): Environment {
    return new Environment(this, "variable", name, { value: { value } })
  }

  withLabel(name: string, label: object): Environment {
    return new Environment(this, "label", name, { label })
  }

  /** With a function by its name and arity ("map/1"). Without `env` it sees itself. */
  closure(name: string, closure: { definition: Definition; env?: Environment; argument?: Ast }, calls?: number): Environment {
    const made = new Environment(this, "function", name, calls === undefined ? {} : { calls })
    made.#closure = { ...closure, env: closure.env ?? made }
    return made
  }
}

export type Native = (machine: Machine, args: readonly Ast[], env: Environment, input: Json, path: Path | undefined) => Generator<Output>

export interface MachineOptions {
  natives: ReadonlyMap<string, Native>
  /** `input` and `inputs`. */
  next: () => Json | undefined
  now: () => number
  environment: ReadonlyMap<string, string>
  /** Takes what `debug` and `stderr` say. */
  tell: (text: string) => void
}

export class Machine {
  readonly options: MachineOptions
  #left = BUDGET

  constructor(options: MachineOptions) {
    this.options = options
  }

  get spent(): number {
    return BUDGET - this.#left
  }

  step(): void {
    if (--this.#left < 0) throw new JqError("out of memory")
  }

  *values(ast: Ast, env: Environment, input: Json): Generator<Json> {
    for (const { value } of this.run(ast, env, input, undefined)) yield value
  }

  /** Paths that an expression gives. */
  *paths(ast: Ast, env: Environment, input: Json, from: Path = []): Generator<{ path: Path; value: Json }> {
    for (const { value, path } of this.run(ast, env, input, from)) {
      if (!path) throw new JqError(`Invalid path expression with result ${clipped(value)}`)
      yield { path, value }
    }
  }

  *run(ast: Ast, env: Environment, input: Json, path: Path | undefined): Generator<Output> {
    this.step()
    switch (ast.type) {
      case "identity":
        yield { value: input, path }
        return
      case "recurse":
        yield* this.#recurse(input, path)
        return
      case "literal":
        yield { value: ast.value, path: undefined }
        return
      case "text":
        yield* this.#text(ast, env, input)
        return
      case "format":
        yield { value: formatAs(ast.name, input), path: undefined }
        return
      case "field":
        for (const target of this.run(ast.target, env, input, path))
          for (const key of this.values(ast.name, env, input))
            yield { value: index(target.value, key), path: target.path && [...target.path, key] }
        return
      case "slice":
        yield* this.#slice(ast, env, input, path)
        return
      case "iterate":
        for (const target of this.run(ast.target, env, input, path)) yield* this.#iterate(target)
        return
      case "try":
        yield* this.#try(ast, env, input, path)
        return
      case "array":
        yield { value: ast.body ? [...this.values(ast.body, env, input)] : [], path: undefined }
        return
      case "object":
        for (const value of this.#object(ast.entries, 0, env, input, [])) yield { value, path: undefined }
        return
      case "negate":
        for (const value of this.values(ast.body, env, input)) {
          if (typeof value !== "number") throw new JqError(`${typeOf(value)} (${clipped(value)}) cannot be negated`)
          yield { value: -value, path: undefined }
        }
        return
      case "pipe":
        for (const left of this.run(ast.left, env, input, path)) yield* this.run(ast.right, env, left.value, left.path)
        return
      case "comma":
        yield* this.run(ast.left, env, input, path)
        yield* this.run(ast.right, env, input, path)
        return
      case "binary":
        yield* this.#binary(ast, env, input, path)
        return
      case "assign":
        yield* this.#assign(ast, env, input)
        return
      case "if":
        for (const test of this.values(ast.test, env, input)) {
          const branch = truth(test) ? ast.then : ast.otherwise
          if (branch) yield* this.run(branch, env, input, path)
          else yield { value: input, path }
        }
        return
      case "reduce": {
        for (const start of this.run(ast.start, env, input, path)) {
          let state: Output | undefined = start
          for (const item of this.values(ast.source, env, input))
            for (const bound of this.#bind(ast.pattern, env, item, input)) {
              let last: Output | undefined
              for (const next of this.run(ast.update, bound, state?.value ?? null, state?.path)) last = next
              state = last
            }
          if (state) yield state
        }
        return
      }
      case "foreach":
        for (const start of this.run(ast.start, env, input, path)) {
          let state = start
          for (const item of this.values(ast.source, env, input))
            for (const bound of this.#bind(ast.pattern, env, item, input))
              for (const next of this.run(ast.update, bound, state.value, state.path)) {
                state = next
                if (ast.extract) yield* this.run(ast.extract, bound, next.value, next.path)
                else yield next
              }
        }
        return
      case "as":
        for (const item of this.values(ast.source, env, input)) yield* this.#destructure(ast, env, item, input, path)
        return
      case "define":
        yield* this.run(ast.body, define(env, ast.definition), input, path)
        return
      case "call":
        yield* this.#call(ast, env, input, path)
        return
      case "variable":
        yield { value: this.#variable(ast.name, env), path: undefined }
        return
      case "label": {
        const label = {}
        try {
          yield* this.run(ast.body, env.withLabel(ast.name, label), input, path)
        } catch (error) {
          if (!(error instanceof Break && error.label === label)) throw error
        }
        return
      }
      case "break": {
        const label = env.label(ast.name)
        if (!label) throw new JqError(`$*label-${ast.name} is not defined`)
        throw new Break(label)
      }
    }
  }

  #variable(name: string, env: Environment): Json {
    const found = env.variable(name)
    if (found) return found.value
    if (name === "ENV") return new Map(this.options.environment)
    if (name === "__loc__")
      return new Map<string, Json>([
        ["file", "<top-level>"],
        ["line", 1],
      ])
    throw new JqError(`$${name} is not defined`)
  }

  *#recurse(value: Json, path: Path | undefined): Generator<Output> {
    this.step()
    yield { value, path }
    if (Array.isArray(value)) for (const [at, item] of value.entries()) yield* this.#recurse(item, path && [...path, at])
    else if (value instanceof Map) for (const [key, item] of value) yield* this.#recurse(item, path && [...path, key])
  }

  *#iterate({ value, path }: Output): Generator<Output> {
    if (Array.isArray(value))
      for (const [at, item] of value.entries()) {
        this.step()
        yield { value: item, path: path && [...path, at] }
      }
    else if (value instanceof Map)
      for (const [key, item] of value) {
        this.step()
        yield { value: item, path: path && [...path, key] }
      }
    else throw new JqError(`Cannot iterate over ${typeOf(value)}${value === null ? "" : ` (${clipped(value)})`}`)
  }

  *#slice(ast: Extract<Ast, { type: "slice" }>, env: Environment, input: Json, path: Path | undefined): Generator<Output> {
    const none: Ast = { type: "literal", value: null }
    for (const target of this.run(ast.target, env, input, path))
      for (const to of this.values(ast.to ?? none, env, input))
        for (const from of this.values(ast.from ?? none, env, input)) {
          const key: JsonObject = new Map([
            ["start", from],
            ["end", to],
          ])
          yield { value: slice(target.value, from, to), path: target.path && [...target.path, key] }
        }
  }

  *#text(ast: Extract<Ast, { type: "text" }>, env: Environment, input: Json, at = 0, before = ""): Generator<Output> {
    const part = ast.parts[at]
    if (part === undefined) {
      yield { value: before, path: undefined }
      return
    }
    if (typeof part === "string") {
      yield* this.#text(ast, env, input, at + 1, before + part)
      return
    }
    for (const value of this.values(part, env, input))
      yield* this.#text(
        ast,
        env,
        input,
        at + 1,
        before + (ast.format ? formatAs(ast.format, value) : typeof value === "string" ? value : printJson(value)),
      )
  }

  *#try(ast: Extract<Ast, { type: "try" }>, env: Environment, input: Json, path: Path | undefined): Generator<Output> {
    try {
      yield* this.run(ast.body, env, input, path)
    } catch (error) {
      if (!(error instanceof JqError)) throw error
      const { value } = error
      if (value instanceof Map && value.has("__jq")) return
      if (ast.handler) yield* this.run(ast.handler, env, value, undefined)
    }
  }

  *#object(
    entries: Extract<Ast, { type: "object" }>["entries"],
    at: number,
    env: Environment,
    input: Json,
    pairs: readonly (readonly [string, Json])[],
  ): Generator<Json> {
    if (at === entries.length) {
      yield new Map(pairs)
      return
    }
    const { key, value } = entries[at]
    for (const name of this.values(key, env, input)) {
      if (typeof name !== "string") throw new JqError(`Object keys must be strings`)
      const source: Ast = value ?? { type: "field", target: { type: "identity" }, name: { type: "literal", value: name } }
      for (const item of this.values(source, env, input)) yield* this.#object(entries, at + 1, env, input, [...pairs, [name, item]])
    }
  }

  *#binary(ast: Extract<Ast, { type: "binary" }>, env: Environment, input: Json, path: Path | undefined): Generator<Output> {
    const { operator, left, right } = ast
    if (operator === "//") {
      let any = false
      try {
        for (const output of this.run(left, env, input, path)) {
          if (!truth(output.value)) continue
          any = true
          yield output
        }
      } catch (error) {
        if (!(error instanceof JqError)) throw error
      }
      if (!any) yield* this.run(right, env, input, path)
      return
    }
    if (operator === "and" || operator === "or") {
      for (const a of this.values(left, env, input)) {
        if (truth(a) === (operator === "or")) yield { value: operator === "or", path: undefined }
        else for (const b of this.values(right, env, input)) yield { value: truth(b), path: undefined }
      }
      return
    }
    for (const b of this.values(right, env, input))
      for (const a of this.values(left, env, input)) yield { value: compute(operator, a, b), path: undefined }
  }

  *#assign({ operator, left, right }: Extract<Ast, { type: "assign" }>, env: Environment, input: Json): Generator<Output> {
    if (operator === "|=") {
      const places = [...this.paths(left, env, input)]
      let result = input
      const gone: Path[] = []
      for (const { path } of places) {
        const [first] = take(this.values(right, env, getPath(result, path)), 1)
        if (first === undefined) gone.push(path)
        else result = assignPath(result, path, first)
      }
      yield { value: deletePaths(result, gone), path: undefined }
      return
    }
    for (const value of this.values(right, env, input)) {
      let result = input
      for (const { path } of [...this.paths(left, env, input)]) {
        const old = getPath(result, path)
        const next = operator === "=" ? value : operator === "//=" ? (truth(old) ? old : value) : compute(operator.slice(0, -1), old, value)
        result = assignPath(result, path, next)
      }
      yield { value: result, path: undefined }
    }
  }

  /** Environments in which a pattern's variables are bound. */
  *#bind(pattern: Pattern, env: Environment, value: Json, input: Json): Generator<Environment> {
    if (pattern.type === "variable") {
      yield env.bind(pattern.name, value)
      return
    }
    if (pattern.type === "array") {
      if (value !== null && !Array.isArray(value)) throw new JqError(`Cannot index ${typeOf(value)} with number`)
      let environments = [env]
      for (const [at, item] of pattern.items.entries())
        environments = environments.flatMap((one) => [...this.#bind(item, one, index(value, at), input)])
      yield* environments
      return
    }
    let environments = [env]
    for (const { key, variable, value: inner } of pattern.entries) {
      const next: Environment[] = []
      for (const one of environments)
        for (const name of this.values(key, one, input)) {
          const item = index(value, name)
          const bound = variable === undefined ? one : one.bind(variable, item)
          if (inner) next.push(...this.#bind(inner, bound, item, input))
          else next.push(bound)
        }
      environments = next
    }
    yield* environments
  }

  *#destructure(ast: Extract<Ast, { type: "as" }>, env: Environment, item: Json, input: Json, path: Path | undefined): Generator<Output> {
    for (const [at, pattern] of ast.patterns.entries()) {
      try {
        let base = env
        if (ast.patterns.length > 1) for (const name of ast.patterns.flatMap(variables)) base = base.bind(name, null)
        for (const bound of this.#bind(pattern, base, item, input)) yield* this.run(ast.body, bound, input, path)
        return
      } catch (error) {
        if (!(error instanceof JqError) || at === ast.patterns.length - 1) throw error
      }
    }
  }

  *#call(ast: Extract<Ast, { type: "call" }>, env: Environment, input: Json, path: Path | undefined): Generator<Output> {
    const name = `${ast.name}/${ast.args.length}`
    const closure = env.function(name)
    if (!closure) {
      const native = this.options.natives.get(name)
      if (!native) throw new UndefinedError(name)
      yield* native(this, ast.args, env, input, path)
      return
    }
    if (closure.argument) {
      yield* this.run(closure.argument, closure.env, input, path)
      return
    }
    if (env.calls > MAX_CALLS) throw new JqError("stack overflow")
    yield* this.#enter(closure, ast.args, 0, env, closure.env.closure(name, closure, env.calls + 1), input, path)
  }

  /** Binds arguments one after the other; `$name` parameters once for each of their values. */
  *#enter(
    closure: Closure,
    args: readonly Ast[],
    at: number,
    caller: Environment,
    inner: Environment,
    input: Json,
    path: Path | undefined,
  ): Generator<Output> {
    const parameter = closure.definition.parameters[at]
    if (parameter === undefined) {
      yield* this.run(closure.definition.body, inner, input, path)
      return
    }
    if (!parameter.startsWith("$")) {
      const definition: Definition = { name: parameter, parameters: [], body: args[at] }
      const next = inner.closure(`${parameter}/0`, { definition, env: caller, argument: args[at] })
      yield* this.#enter(closure, args, at + 1, caller, next, input, path)
      return
    }
    for (const value of this.values(args[at], caller, input)) {
      const plain = parameter.slice(1)
      const literal: Ast = { type: "variable", name: plain }
      const bound = inner.bind(plain, value)
      const next = bound.closure(`${plain}/0`, {
        definition: { name: plain, parameters: [], body: literal },
        env: bound,
        argument: literal,
      })
      yield* this.#enter(closure, args, at + 1, caller, next, input, path)
    }
  }
}

/** A function that does not exist: found before anything runs, in jq's words. */
export class UndefinedError extends Error {
  constructor(name: string) {
    super(`${name} is not defined`)
  }
}

const variables = (pattern: Pattern): string[] =>
  pattern.type === "variable"
    ? [pattern.name]
    : pattern.type === "array"
      ? pattern.items.flatMap(variables)
      : pattern.entries.flatMap(({ variable, value }) => [...(variable ? [variable] : []), ...(value ? variables(value) : [])])

export const define = (env: Environment, definition: Definition): Environment =>
  env.closure(`${definition.name}/${definition.parameters.length}`, { definition })

export const truth = (value: Json): boolean => value !== null && value !== false

export function* take<T>(source: Generator<T>, count: number): Generator<T> {
  if (count <= 0) return
  let left = count
  for (const item of source) {
    yield item
    if (--left <= 0) return
  }
}

/** As jq cuts values in messages: 11 bytes. */
export const clipped = (value: Json): string => {
  const text = printJson(value)
  return text.length > 11 ? `${text.slice(0, 10)}...` : text
}

const mismatch = (verb: string, a: Json, b: Json): JqError =>
  new JqError(`${typeOf(a)} (${clipped(a)}) and ${typeOf(b)} (${clipped(b)}) cannot be ${verb}`)

const merge = (a: JsonObject, b: JsonObject): JsonObject => {
  const result: JsonObject = new Map(a)
  for (const [key, value] of b) {
    const old = result.get(key)
    result.set(key, old instanceof Map && value instanceof Map ? merge(old, value) : value)
  }
  return result
}

const MAX_TEXT = 4 * 1024 * 1024

export const compute = (operator: string, a: Json, b: Json): Json => {
  switch (operator) {
    case "+":
      if (a === null) return b
      if (b === null) return a
      if (typeof a === "number" && typeof b === "number") return a + b
      if (typeof a === "string" && typeof b === "string") return a + b
      if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b]
      if (a instanceof Map && b instanceof Map) return new Map([...a, ...b])
      throw mismatch("added", a, b)
    case "-":
      if (typeof a === "number" && typeof b === "number") return a - b
      if (Array.isArray(a) && Array.isArray(b)) return a.filter((item) => !b.some((other) => compare(item, other) === 0))
      throw mismatch("subtracted", a, b)
    case "*": {
      if (typeof a === "number" && typeof b === "number") return a * b
      const [text, times] = typeof a === "string" ? [a, b] : [b, a]
      if (typeof text === "string" && typeof times === "number") {
        if (text.length * times > MAX_TEXT) throw new JqError("Repeat string result too long")
        return times <= 0 ? null : text.repeat(Math.max(1, Math.floor(times)))
      }
      if (a instanceof Map && b instanceof Map) return merge(a, b)
      throw mismatch("multiplied", a, b)
    }
    case "/":
      if (typeof a === "number" && typeof b === "number") {
        if (b === 0)
          throw new JqError(`${typeOf(a)} (${clipped(a)}) and ${typeOf(b)} (${clipped(b)}) cannot be divided because the divisor is zero`)
        return a / b
      }
      if (typeof a === "string" && typeof b === "string") return a === "" ? [] : b === "" ? [...a] : a.split(b)
      throw mismatch("divided", a, b)
    case "%": {
      if (typeof a !== "number" || typeof b !== "number") throw mismatch("divided", a, b)
      const [x, y] = [Math.trunc(a), Math.abs(Math.trunc(b))]
      if (y === 0)
        throw new JqError(`${typeOf(a)} (${clipped(a)}) and ${typeOf(b)} (${clipped(b)}) cannot be divided because the divisor is zero`)
      return x % y || 0
    }
    case "==":
      return compare(a, b) === 0
    case "!=":
      return compare(a, b) !== 0
    case "<":
      return compare(a, b) < 0
    case "<=":
      return compare(a, b) <= 0
    case ">":
      return compare(a, b) > 0
    default:
      return compare(a, b) >= 0
  }
}
