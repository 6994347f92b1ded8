/** Compiles binary operators: of values, of truth, and `//`. */
import type { Compiler } from "./compile.ts"
import type { Code } from "../machine.ts"
import { compute, sizeOf, truth } from "../operators.ts"
import type { Ast } from "../syntax.ts"
import { from } from "../native.ts"
import type { Scope } from "./scope.ts"

export function compileBinary(compiler: Compiler, { operator, left: a, right: b }: Extract<Ast, { type: "binary" }>, scope: Scope): Code {
  const [left, right] = [compiler.compile(a, scope), compiler.compile(b, scope)]
  if (operator === "//") return alternative(left, right)
  if (operator === "and" || operator === "or") {
    const short = operator === "or"
    return (machine, env, value, place, then) =>
      machine.run(
        left,
        env,
        value,
        undefined,
        machine.before(then, (first) => {
          if (truth(first) === short) machine.give(then, short, from(place, value, short))
          else
            machine.run(
              right,
              env,
              value,
              undefined,
              machine.before(then, (second) => machine.give(then, truth(second), from(place, value, truth(second)))),
            )
        }),
      )
  }
  return (machine, env, value, place, then) =>
    machine.run(
      right,
      env,
      value,
      undefined,
      machine.before(then, (second) =>
        machine.run(
          left,
          env,
          value,
          undefined,
          machine.before(then, (first) => {
            if (typeof first === "object") machine.spend(sizeOf(first) + sizeOf(second))
            const result = compute(operator, first, second)
            if (Array.isArray(result)) machine.grow(sizeOf(second))
            machine.give(then, result, from(place, value, result))
          }),
        ),
      ),
    )
}

/** `a // b`: what of `a` is neither null nor false, errors aside; where there is nothing, `b`. */
const alternative =
  (left: Code, right: Code): Code =>
  (machine, env, value, place, then) => {
    let any = false
    machine.fork(() => {
      if (!any) machine.run(right, env, value, place, then)
    })
    machine.attempt(
      left,
      env,
      value,
      place,
      machine.before(then, (result, at) => {
        if (!truth(result)) return
        any = true
        machine.give(then, result, at)
      }),
      (error) => {
        if (error.kind === "halt") throw error
      },
    )
  }
