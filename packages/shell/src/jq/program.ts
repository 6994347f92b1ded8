/** A jq program, ready to run: its own code in the scope of jq's functions and of the named values. */
import { Compiler, type Library } from "./compile/compile.ts"
import { CompileError } from "./compile/compile-error.ts"
import type { JqError } from "./error.ts"
import { collections } from "./functions/collections.ts"
import { control } from "./functions/control.ts"
import { dates } from "./functions/dates.ts"
import { numbers } from "./functions/numbers.ts"
import { regexes } from "./functions/regexes.ts"
import { sorting } from "./functions/sorting.ts"
import { strings } from "./functions/strings.ts"
import { values } from "./functions/values.ts"
import type { Json } from "./json.ts"
import { type Code, type Env, type Event, Machine, type Surroundings } from "./machine.ts"
import type { Native } from "./native.ts"
import { parseJq } from "./parse.ts"
import type { Ast } from "./syntax.ts"
import { PRELUDE } from "./prelude.ts"
import { Scope } from "./compile/scope.ts"

export { CompileError }

const natives: ReadonlyMap<string, Native> = new Map(
  Object.entries({ ...values, ...collections, ...sorting, ...strings, ...regexes, ...numbers, ...dates }),
)
const specials = new Map(Object.entries(control))

let library: Library | undefined
let names: string[] = []

/** What every program may call; read once. */
const standard = (): Library => {
  if (library) return library
  let scope = new Scope()
  const written: string[] = []
  for (let ast: Ast = parseJq(PRELUDE); ast.type === "define"; ast = ast.body) {
    scope = scope.function(ast.definition)
    written.push(`${ast.definition.name}/${ast.definition.parameters.length}`)
  }
  names = [...natives.keys(), ...specials.keys(), ...written].filter((name) => !name.startsWith("_"))
  const withNames = new Map(natives).set("builtins/0", () => [...names])
  library = { natives: withNames, specials, scope }
  return library
}

export interface ProgramOptions extends Surroundings {
  /** Named values ($name). */
  variables: ReadonlyMap<string, Json>
}

/** Runs one input after the other. */
export class Program {
  readonly #machine: Machine
  readonly #code: Code

  constructor(code: Code, machine: Machine) {
    this.#code = code
    this.#machine = machine
  }

  /** Turns of its machine so far. */
  get turns(): number {
    return this.#machine.turns
  }

  start(input: Json): void {
    this.#machine.start(this.#code, input)
  }

  /** Goes on for about `fuel` steps. Throws JqError, OutOfMemory, MatchLimitError. */
  step(fuel: number): Event {
    return this.#machine.step(fuel)
  }

  /** The next input, for `input` and `inputs`; undefined when there is none. */
  provide(input: Json | undefined | JqError): void {
    this.#machine.provide(input)
  }
}

/** Throws JqSyntaxError, CompileError. */
export const compileJq = (source: string, options: ProgramOptions): Program => {
  const ast = parseJq(source)
  const all = standard()
  let { scope } = all
  let env: Env | undefined
  for (const [name, value] of options.variables) {
    scope = scope.variable(name)
    env = { up: env, meaning: value }
  }
  const code = new Compiler(all).compile(ast, scope)
  const own: Code = (machine, _, value, place, then) => machine.run(code, env, value, place, then)
  return new Program(own, new Machine(options))
}
