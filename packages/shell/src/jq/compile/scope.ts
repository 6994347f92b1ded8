/** What names mean while a jq program is compiled: variables, parameters and labels stand in the environment, functions are known by their code. */
import type { Code, Env } from "../machine.ts"
import type { Definition } from "../syntax.ts"

/** A function of a program; one of jq's own is compiled when it is first called. */
export class FunctionReference {
  readonly definition: Definition
  /** What its body sees: itself, and what was defined before. */
  scope: Scope = ROOT
  code: Code | undefined

  constructor(definition: Definition) {
    this.definition = definition
  }
}

type Meaning =
  | { readonly kind: "variable" | "label" | "parameter"; readonly name: string }
  | { readonly kind: "function"; readonly name: string; readonly reference: FunctionReference }

export class Scope {
  readonly #up: Scope | undefined
  readonly #meaning: Meaning | undefined
  /** Names of the environment at run time. */
  readonly depth: number

  constructor(up?: Scope, meaning?: Meaning) {
    this.#up = up
    this.#meaning = meaning
    this.depth = (up?.depth ?? 0) + (meaning && meaning.kind !== "function" ? 1 : 0)
  }

  variable(name: string): Scope {
    return new Scope(this, { kind: "variable", name })
  }

  label(name: string): Scope {
    return new Scope(this, { kind: "label", name })
  }

  parameter(name: string): Scope {
    return new Scope(this, { kind: "parameter", name: `${name}/0` })
  }

  /** With a function, which sees itself. */
  function(definition: Definition): Scope {
    const reference = new FunctionReference(definition)
    reference.scope = new Scope(this, { kind: "function", name: `${definition.name}/${definition.parameters.length}`, reference })
    return reference.scope
  }

  /** The function that this scope was made for. */
  get own(): FunctionReference | undefined {
    return this.#meaning?.kind === "function" ? this.#meaning.reference : undefined
  }

  /** How many names further out it stands; undefined where it means nothing. */
  hops(kind: "variable" | "label", name: string): number | undefined {
    for (let at: Scope | undefined = this; at; at = at.#up)
      if (at.#meaning?.kind === kind && at.#meaning.name === name) return this.depth - at.depth
    return undefined
  }

  /** The function, or the parameter (by its hops), that a call means. */
  callee(name: string): FunctionReference | number | undefined {
    for (let at: Scope | undefined = this; at; at = at.#up) {
      const meaning = at.#meaning
      if (!meaning || meaning.name !== name) continue
      if (meaning.kind === "function") return meaning.reference
      if (meaning.kind === "parameter") return this.depth - at.depth
    }
    return undefined
  }
}

/** The environment `hops` names further out. */
export const outer = (env: Env | undefined, hops: number): Env | undefined => {
  let at = env
  for (let left = hops; left > 0 && at; left--) at = at.up
  return at
}

const ROOT = new Scope()
