/** Compiles what takes parts of values: fields, slices, `.[]`. */
import type { Compiler } from "./compile.ts"
import { JqError } from "../error.ts"
import { type Json, type JsonObject, typeOf } from "../json.ts"
import type { Code, Machine, Path, Place, Then } from "../machine.ts"
import { clipped, sizeOf } from "../operators.ts"
import type { Ast } from "../syntax.ts"
import { index, slice } from "../paths.ts"
import { along, element } from "../native.ts"
import type { Scope } from "./scope.ts"

const sliceKey = (start: Json, end: Json): JsonObject =>
  new Map([
    ["start", start],
    ["end", end],
  ])

export function compileField(compiler: Compiler, ast: Extract<Ast, { type: "field" }>, scope: Scope): Code {
  const [target, name] = [compiler.compile(ast.target, scope), compiler.compile(ast.name, scope)]
  const take = (machine: Machine, at: Json, key: Json, place: Place, then: Then) => {
    if (place === "nowhere")
      throw new JqError(`Invalid path expression near attempt to access element ${clipped(key)} of ${clipped(at, 30)}`)
    machine.give(then, index(at, key), along(place, key))
  }
  if (ast.name.type === "literal") {
    const key = ast.name.value
    if (ast.target.type === "identity") return (machine, _, value, place, then) => take(machine, value, key, place, then)
    return (machine, env, value, place, then) =>
      machine.run(
        target,
        env,
        value,
        place,
        machine.before(then, (at, own) => take(machine, at, key, own, then)),
      )
  }
  return (machine, env, value, place, then) =>
    machine.run(
      target,
      env,
      value,
      place,
      machine.before(then, (at, own) =>
        machine.run(
          name,
          env,
          value,
          undefined,
          machine.before(then, (key) => {
            if (Array.isArray(at) && Array.isArray(key)) machine.spend(at.length)
            take(machine, at, key, own, then)
          }),
        ),
      ),
    )
}

export function compileSlice(compiler: Compiler, ast: Extract<Ast, { type: "slice" }>, scope: Scope): Code {
  const target = compiler.compile(ast.target, scope)
  const none: Ast = { type: "literal", value: null }
  const [start, end] = [compiler.compile(ast.from ?? none, scope), compiler.compile(ast.to ?? none, scope)]
  return (machine, env, value, place, then) =>
    machine.run(
      target,
      env,
      value,
      place,
      machine.before(then, (at, own) =>
        machine.run(
          end,
          env,
          value,
          undefined,
          machine.before(then, (to) =>
            machine.run(
              start,
              env,
              value,
              undefined,
              machine.before(then, (first) => {
                if (own === "nowhere")
                  throw new JqError(
                    `Invalid path expression near attempt to access element ${clipped(sliceKey(first, to))} of ${clipped(at, 30)}`,
                  )
                machine.spend(sizeOf(at))
                machine.give(then, slice(at, first, to), along(own, sliceKey(first, to)))
              }),
            ),
          ),
        ),
      ),
    )
}

/** Gives each item of an array or object in turn. */
export const iterate = (machine: Machine, items: Json, place: Path | undefined, then: Then): void => {
  if (Array.isArray(items)) {
    const next = (at: number): void => {
      if (at >= items.length) return
      if (at + 1 < items.length) machine.fork(() => next(at + 1))
      machine.give(then, items[at], element(place, at))
    }
    next(0)
  } else if (items instanceof Map) {
    const entries = items.entries()
    const next = (): void => {
      const { done, value } = entries.next()
      if (done) return
      machine.fork(next)
      machine.give(then, value[1], along(place, value[0]))
    }
    next()
  } else throw new JqError(`Cannot iterate over ${typeOf(items)}${items === null ? "" : ` (${clipped(items)})`}`)
}
