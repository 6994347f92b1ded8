/** Compiles what makes values of others: text with interpolations, objects. */
import type { Compiler } from "./compile.ts"
import { JqError } from "../error.ts"
import { formatAs } from "../formats.ts"
import { type Json, type JsonObject, typeOf } from "../json.ts"
import type { Code } from "../machine.ts"
import { clipped, repeatedText, sizeOf } from "../operators.ts"
import type { Ast } from "../syntax.ts"
import { index } from "../paths.ts"
import { printed } from "../print-json.ts"
import { nowhere } from "../native.ts"
import type { Scope } from "./scope.ts"
import { CompileError } from "./compile-error.ts"

export function compileText(compiler: Compiler, ast: Extract<Ast, { type: "text" }>, scope: Scope): Code {
  const format = ast.format
  // The last piece varies slowest.
  let code: Code = (machine, _, __, place, then) => machine.give(then, "", nowhere(place))
  for (const part of ast.parts) {
    const before = code
    if (typeof part === "string") {
      if (part !== "")
        code = (machine, env, value, place, then) =>
          machine.run(
            before,
            env,
            value,
            place,
            machine.before(then, (text) => machine.give(then, (text as string) + part, nowhere(place))),
          )
      continue
    }
    const body = compiler.compile(part, scope)
    code = (machine, env, value, place, then) =>
      machine.run(
        body,
        env,
        value,
        undefined,
        machine.before(then, (item) => {
          const add = (text: string) =>
            machine.run(
              before,
              env,
              value,
              place,
              machine.before(then, (front) => machine.give(then, repeatedText(front as string, text), nowhere(place))),
            )
          if (format !== undefined && format !== "@text" && (format !== "@json" || typeof item === "string")) {
            machine.spend(sizeOf(item))
            add(formatAs(format, item))
          } else if (typeof item === "string") add(item)
          else
            machine.labour(
              printed(item),
              machine.before(then, (text) => add(text as string)),
              undefined,
            )
        }),
      )
  }
  return code
}

export function compileObject(compiler: Compiler, entries: Extract<Ast, { type: "object" }>["entries"], scope: Scope): Code {
  // The first entry varies slowest; in each, the key before the value.
  let code: Code = (machine, _, __, place, then) => machine.give(then, new Map(), nowhere(place))
  for (const { key, value } of entries) {
    const before = code
    if (key.type === "literal" && typeof key.value !== "string")
      throw new CompileError(`Cannot use ${typeOf(key.value)} (${clipped(key.value)}) as object key`)
    const name = compiler.compile(key, scope)
    const given = value && compiler.compile(value, scope)
    code = (machine, env, input, place, then) =>
      machine.run(
        before,
        env,
        input,
        place,
        machine.before(then, (object) =>
          machine.run(
            name,
            env,
            input,
            undefined,
            machine.before(then, (text) => {
              if (typeof text !== "string") throw new JqError(`Cannot use ${typeOf(text)} (${clipped(text)}) as object key`)
              const put = (item: Json) => {
                machine.grow(4)
                machine.give(then, new Map(object as JsonObject).set(text, item), nowhere(place))
              }
              if (given) machine.run(given, env, input, undefined, machine.before(then, put))
              else put(index(input, text))
            }),
          ),
        ),
      )
  }
  return code
}
