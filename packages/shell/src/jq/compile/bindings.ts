/** Compiles what binds variables: patterns, `as`, `reduce`, `foreach`. */
import type { Compiler } from "./compile.ts"
import { JqError } from "../error.ts"
import { type Json, typeOf } from "../json.ts"
import type { Code, Env, Machine, Then } from "../machine.ts"
import type { Ast, Pattern } from "../syntax.ts"
import { index } from "../paths.ts"
import { nowhere } from "../native.ts"
import type { Scope } from "./scope.ts"

type Bind = (machine: Machine, env: Env | undefined, item: Json, input: Json, then: Then, next: (env: Env | undefined) => void) => void

export function compileReduce(
  compiler: Compiler,
  { source, pattern, start, update }: Extract<Ast, { type: "reduce" }>,
  scope: Scope,
): Code {
  const items = compiler.compile(source, scope)
  const [bind, inner] = compilePattern(compiler, pattern, scope)
  const [first, next] = [compiler.compile(start, scope), compiler.compile(update, inner)]
  return (machine, env, value, place, then) =>
    machine.run(
      first,
      env,
      value,
      place,
      machine.before(then, (begin, beginAt) => {
        let [state, stateAt] = [begin, beginAt]
        machine.fork(() => machine.give(then, state, stateAt))
        machine.run(
          items,
          env,
          value,
          undefined,
          machine.before(then, (item) =>
            bind(machine, env, item, value, then, (bound) => {
              let [last, lastAt]: [Json, typeof stateAt] = [null, nowhere(stateAt)]
              machine.fork(() => {
                state = last
                stateAt = lastAt
              })
              machine.run(
                next,
                bound,
                state,
                stateAt,
                machine.before(then, (result, at) => {
                  last = result
                  lastAt = at
                }),
              )
            }),
          ),
        )
      }),
    )
}

export function compileForeach(
  compiler: Compiler,
  { source, pattern, start, update, extract }: Extract<Ast, { type: "foreach" }>,
  scope: Scope,
): Code {
  const items = compiler.compile(source, scope)
  const [bind, inner] = compilePattern(compiler, pattern, scope)
  const [first, next] = [compiler.compile(start, scope), compiler.compile(update, inner)]
  const show = extract && compiler.compile(extract, inner)
  return (machine, env, value, place, then) =>
    machine.run(
      first,
      env,
      value,
      place,
      machine.before(then, (begin, beginAt) => {
        let [state, stateAt] = [begin, beginAt]
        machine.run(
          items,
          env,
          value,
          undefined,
          machine.before(then, (item) =>
            bind(machine, env, item, value, then, (bound) =>
              machine.run(
                next,
                bound,
                state,
                stateAt,
                machine.before(then, (result, at) => {
                  state = result
                  stateAt = at
                  if (show) machine.run(show, bound, result, at, then)
                  else machine.give(then, result, at)
                }),
              ),
            ),
          ),
        )
      }),
    )
}

export function compileAs(compiler: Compiler, { source, patterns, body }: Extract<Ast, { type: "as" }>, scope: Scope): Code {
  const items = compiler.compile(source, scope)
  // All variables of all alternatives are there, null where the one that fits has none of that name.
  let base = scope
  const names = patterns.length > 1 ? [...new Set(patterns.flatMap(variablesOf))] : []
  for (const name of names) base = base.variable(name)
  const choices = patterns.map((pattern) => {
    const [bind, inner] = compilePattern(compiler, pattern, base)
    return { bind, code: compiler.compile(body, inner) }
  })
  return (machine, env, value, place, then) => {
    const attempt = (item: Json, which: number): void => {
      const { bind, code } = choices[which]
      const based = names.reduce<Env | undefined>((up) => ({ up, meaning: null }), env)
      const go: Code = (_, __, ___, ____, next) =>
        bind(machine, based, item, value, next, (bound) => machine.run(code, bound, value, place, next))
      if (which === choices.length - 1) machine.run(go, based, value, place, then)
      else
        machine.attempt(go, based, value, place, then, (error) => {
          if (error.kind !== "raised") throw error
          attempt(item, which + 1)
        })
    }
    machine.run(
      items,
      env,
      value,
      undefined,
      machine.before(then, (item) => attempt(item, 0)),
    )
  }
}

/** How a pattern binds, and the scope of what sees its variables. */
export function compilePattern(compiler: Compiler, pattern: Pattern, scope: Scope): [Bind, Scope] {
  if (pattern.type === "variable") return [(_, env, item, __, ___, next) => next({ up: env, meaning: item }), scope.variable(pattern.name)]
  let inner = scope
  const steps: Bind[] = []
  if (pattern.type === "array")
    for (const [at, part] of pattern.items.entries()) {
      const [bind, after] = compilePattern(compiler, part, inner)
      inner = after
      steps.push((machine, env, item, input, then, next) => {
        if (item !== null && !Array.isArray(item)) throw new JqError(`Cannot index ${typeOf(item)} with number`)
        bind(machine, env, index(item, at), input, then, next)
      })
    }
  else
    for (const { key, variable, value } of pattern.entries) {
      const name = compiler.compile(key, inner)
      if (variable !== undefined) inner = inner.variable(variable)
      const part = value && compilePattern(compiler, value, inner)
      if (part) inner = part[1]
      steps.push((machine, env, item, input, then, next) =>
        machine.run(
          name,
          env,
          input,
          undefined,
          machine.before(then, (text) => {
            if (typeof text !== "string") throw new JqError(`Cannot index ${typeOf(item)} with ${typeOf(text)}`)
            const found = index(item, text)
            const bound = variable === undefined ? env : { up: env, meaning: found }
            if (part) part[0](machine, bound, found, input, then, next)
            else next(bound)
          }),
        ),
      )
    }
  const all: Bind = (machine, env, item, input, then, next) => {
    const from = (which: number, at: Env | undefined): void => {
      if (which === steps.length) next(at)
      else steps[which](machine, at, item, input, then, (bound) => from(which + 1, bound))
    }
    from(0, env)
  }
  return [all, inner]
}

const variablesOf = (pattern: Pattern): string[] =>
  pattern.type === "variable"
    ? [pattern.name]
    : pattern.type === "array"
      ? pattern.items.flatMap(variablesOf)
      : pattern.entries.flatMap(({ variable, value }) => [
          ...(variable === undefined ? [] : [variable]),
          ...(value ? variablesOf(value) : []),
        ])
