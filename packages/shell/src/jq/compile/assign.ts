/** Compiles assignments: a new value at each path of the left side. */
import type { Compiler } from "./compile.ts"
import { JqError } from "../error.ts"
import type { Json } from "../json.ts"
import { Label, type Code } from "../machine.ts"
import { clipped } from "../operators.ts"
import type { Ast } from "../syntax.ts"
import { Draft } from "../paths.ts"
import { nowhere } from "../native.ts"
import type { Scope } from "./scope.ts"

const IDENTITY: Ast = { type: "identity" }
/** A name that no program can write. */
const HIDDEN = "*value"

/** `=`, `|=` and the rest, in terms of paths. */
export function compileAssign(compiler: Compiler, { operator, left, right }: Extract<Ast, { type: "assign" }>, scope: Scope): Code {
  if (operator === "|=") return compileModify(compiler, left, right, scope)
  const value: Ast = { type: "variable", name: HIDDEN, line: 1 }
  const update: Ast = operator === "=" ? value : { type: "binary", operator: operator.slice(0, -1), left: IDENTITY, right: value }
  const inner = scope.variable(HIDDEN)
  const given = compiler.compile(right, scope)
  const change = compileModify(compiler, left, update, inner)
  return (machine, env, input, place, then) =>
    machine.run(
      given,
      env,
      input,
      undefined,
      machine.before(then, (item) => machine.run(change, { up: env, meaning: item }, input, nowhere(place), then)),
    )
}

/** The input with the first result of `update` at each of the paths of `left`; without what has none. */
export function compileModify(compiler: Compiler, left: Ast, update: Ast, scope: Scope): Code {
  const [paths, change] = [compiler.compile(left, scope), compiler.compile(update, scope)]
  return (machine, env, value, place, then) => {
    const draft = new Draft(value, (items) => machine.spend(items))
    const gone: Json[][] = []
    machine.fork(() => machine.labour(draft.without(gone), then, nowhere(place)))
    machine.run(
      paths,
      env,
      value,
      [],
      machine.before(then, (_, path) => {
        if (path === undefined || path === "nowhere") throw new JqError(`Invalid path expression with result ${clipped(_)}`)
        const label = new Label()
        let changed = false
        machine.fork(() => {
          if (!changed) gone.push([...path])
        })
        machine.enter(label)
        machine.run(
          change,
          env,
          draft.lend(path),
          undefined,
          machine.before(then, (next) => {
            changed = true
            draft.set(path, next)
            machine.leave(label)
          }),
        )
      }),
    )
  }
}
