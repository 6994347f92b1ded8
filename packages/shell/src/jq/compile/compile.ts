/** Compiles jq's syntax to code of the machine. Names that mean nothing are told before anything runs. */
import { CompileError } from "./compile-error.ts"
import { JqError } from "../error.ts"
import { compileField, compileSlice, iterate } from "./access.ts"
import { compileObject, compileText } from "./construct.ts"
import { compileAs, compileForeach, compileReduce } from "./bindings.ts"
import { compileAssign } from "./assign.ts"
import { compileBinary } from "./operations.ts"
import { formatAs } from "../formats.ts"
import { type Json, typeOf } from "../json.ts"
import { Label, type Closure, type Code } from "../machine.ts"
import { clipped, truth, sizeOf } from "../operators.ts"
import type { Ast, Definition } from "../syntax.ts"
import { entered, from, nowhere, type Native, type Special } from "../native.ts"
import { outer, type Scope } from "./scope.ts"

/** Functions that are not written in jq, by name and arity ("sort/0"). */
export interface Library {
  readonly natives: ReadonlyMap<string, Native>
  readonly specials: ReadonlyMap<string, Special>
  /** What the program's own scope is in: functions written in jq. */
  readonly scope: Scope
}

const IDENTITY: Ast = { type: "identity" }

export class Compiler {
  readonly #library: Library

  constructor(library: Library) {
    this.#library = library
  }

  /** Throws CompileError. */
  compile(ast: Ast, scope: Scope): Code {
    switch (ast.type) {
      case "identity":
        return (machine, _, value, place, then) => machine.give(then, value, place)
      case "recurse":
        return this.#call({ type: "call", name: "recurse", args: [] }, scope)
      case "literal": {
        const { value: literal } = ast
        return (machine, _, value, place, then) => machine.give(then, literal, from(place, value, literal))
      }
      case "text":
        return compileText(this, ast, scope)
      case "format": {
        const { name } = ast
        if (name === "@json" || name === "@text")
          return this.#call({ type: "call", name: name === "@json" ? "tojson" : "tostring", args: [] }, scope)
        return (machine, _, value, place, then) => {
          machine.spend(sizeOf(value))
          machine.give(then, formatAs(name, value), nowhere(place))
        }
      }
      case "field":
        return compileField(this, ast, scope)
      case "slice":
        return compileSlice(this, ast, scope)
      case "iterate": {
        const target = this.compile(ast.target, scope)
        return (machine, env, value, place, then) =>
          machine.run(
            target,
            env,
            value,
            place,
            machine.before(then, (items, at) => {
              if (at === "nowhere") throw new JqError(`Invalid path expression near attempt to iterate through ${clipped(items)}`)
              iterate(machine, items, at, then)
            }),
          )
      }
      case "try": {
        const body = this.compile(ast.body, scope)
        const handler = ast.handler && this.compile(ast.handler, scope)
        return (machine, env, value, place, then) =>
          machine.attempt(body, env, value, place, then, (error) => {
            if (error.kind === "break") return
            if (error.kind !== "raised") throw error
            if (handler) machine.run(handler, env, error.value, nowhere(place), then)
          })
      }
      case "array": {
        if (!ast.body) return (machine, _, __, place, then) => machine.give(then, [], nowhere(place))
        const body = this.compile(ast.body, scope)
        return (machine, env, value, place, then) => {
          const items: Json[] = []
          machine.fork(() => machine.give(then, items, nowhere(place)))
          machine.run(
            body,
            env,
            value,
            undefined,
            machine.before(then, (item) => {
              machine.grow(1)
              items.push(item)
            }),
          )
        }
      }
      case "object":
        return compileObject(this, ast.entries, scope)
      case "negate": {
        const body = this.compile(ast.body, scope)
        return (machine, env, value, place, then) =>
          machine.run(
            body,
            env,
            value,
            undefined,
            machine.before(then, (operand) => {
              if (typeof operand !== "number") throw new JqError(`${typeOf(operand)} (${clipped(operand)}) cannot be negated`)
              machine.give(then, -operand, nowhere(place))
            }),
          )
      }
      case "pipe": {
        const [left, right] = [this.compile(ast.left, scope), this.compile(ast.right, scope)]
        return (machine, env, value, place, then) =>
          machine.run(
            left,
            env,
            value,
            place,
            machine.before(then, (between, at) => machine.run(right, env, between, at, then)),
          )
      }
      case "comma": {
        const [left, right] = [this.compile(ast.left, scope), this.compile(ast.right, scope)]
        return (machine, env, value, place, then) => {
          machine.fork(() => machine.run(right, env, value, place, then))
          machine.run(left, env, value, place, then)
        }
      }
      case "binary":
        return compileBinary(this, ast, scope)
      case "assign":
        return compileAssign(this, ast, scope)
      case "if": {
        const test = this.compile(ast.test, scope)
        const [yes, no] = [this.compile(ast.then, scope), this.compile(ast.otherwise ?? IDENTITY, scope)]
        return (machine, env, value, place, then) =>
          machine.run(
            test,
            env,
            value,
            undefined,
            machine.before(then, (answer) => machine.run(truth(answer) ? yes : no, env, value, place, then)),
          )
      }
      case "reduce":
        return compileReduce(this, ast, scope)
      case "foreach":
        return compileForeach(this, ast, scope)
      case "as":
        return compileAs(this, ast, scope)
      case "define": {
        const inner = scope.function(ast.definition)
        const code = this.#body(ast.definition, inner)
        if (inner.own) inner.own.code = code
        return this.compile(ast.body, inner)
      }
      case "call":
        return this.#call(ast, scope)
      case "variable":
        return this.#variable(ast, scope)
      case "label": {
        const body = this.compile(ast.body, scope.label(ast.name))
        return (machine, env, value, place, then) => {
          const label = new Label()
          machine.enter(label)
          machine.run(body, { up: env, meaning: label }, value, place, then)
        }
      }
      case "break": {
        const hops = scope.hops("label", ast.name)
        if (hops === undefined) throw new CompileError(`$*label-${ast.name} is not defined`, ast.at)
        return (machine, env) => machine.leave(outer(env, hops)?.meaning as Label)
      }
    }
  }

  #variable({ name, line, at }: Extract<Ast, { type: "variable" }>, scope: Scope): Code {
    const hops = scope.hops("variable", name)
    if (hops !== undefined)
      return (machine, env, input, place, then) => {
        const value = outer(env, hops)?.meaning as Json
        machine.give(then, value, from(place, input, value))
      }
    if (name === "ENV")
      return (machine, _, __, place, then) => machine.give(then, new Map(machine.surroundings.environment), nowhere(place))
    if (name === "__loc__") {
      const here = new Map<string, Json>([
        ["file", "<top-level>"],
        ["line", line],
      ])
      return (machine, _, __, place, then) => machine.give(then, here, nowhere(place))
    }
    throw new CompileError(`$${name} is not defined`, at)
  }

  #call({ name, args, at }: Extract<Ast, { type: "call" }>, scope: Scope): Code {
    const full = `${name}/${args.length}`
    const callee = scope.callee(full)
    if (typeof callee === "number")
      return (machine, env, value, place, then) => {
        const closure = outer(env, callee)?.meaning as Closure
        machine.run(closure.code, closure.env, value, place, then)
      }
    const codes = args.map((arg) => this.compile(arg, scope))
    if (callee) {
      const hops = scope.depth - callee.scope.depth
      return (machine, env, value, place, then) => {
        let inner = outer(env, hops)
        for (const code of codes) inner = { up: inner, meaning: { code, env } }
        machine.run((callee.code ??= this.#body(callee.definition, callee.scope)), inner, value, place, then)
      }
    }
    const special = this.#library.specials.get(full)
    if (special) return special(codes)
    const native = this.#library.natives.get(full)
    if (!native) throw new CompileError(`${full} is not defined`, at)
    return entered(native, codes)
  }

  /** A function's body: behind its closures, the `$name` parameters are bound to each of their values. */
  #body({ parameters, body }: Definition, scope: Scope): Code {
    let inner = scope
    for (const parameter of parameters) inner = inner.parameter(parameter.replace("$", ""))
    let wrapped = body
    for (const parameter of parameters.filter((one) => one.startsWith("$")).reverse()) {
      const plain = parameter.slice(1)
      wrapped = {
        type: "as",
        source: { type: "call", name: plain, args: [] },
        patterns: [{ type: "variable", name: plain }],
        body: wrapped,
      }
    }
    return this.compile(wrapped, inner)
  }
}
