/** Go's text/template, run over JSON values. As text/template/exec.go. */
import { BUILTINS, type Functions } from "./functions.ts"
import { type Definition, Execution } from "./execution.ts"
import { TemplateError } from "./lexer.ts"
import { isEmptyTree, parseInto, type Trees } from "./parser.ts"

export interface TemplateOptions {
  /** A map's missing key is an error (missingkey=error), or nil (missingkey=zero). */
  readonly missingKey?: "default" | "error" | "zero"
}

/** Templates that know each other by name. */
export class TemplateSet {
  readonly functions: Functions
  readonly #options: TemplateOptions
  readonly #definitions = new Map<string, Definition>()
  /** Steps of the outermost execution and of those that its functions begin. */
  readonly #budget: { steps: number; depth: number }

  constructor(functions: Functions = {}, options: TemplateOptions = {}, budget = { steps: 0, depth: 0 }) {
    this.functions = { ...BUILTINS, ...functions }
    this.#options = options
    this.#budget = budget
  }

  /** The same templates, to which more can be added; `functions` replace some. */
  clone(functions: Functions = {}): TemplateSet {
    const copy = new TemplateSet({ ...this.functions, ...functions }, this.#options, this.#budget)
    for (const [name, definition] of this.#definitions) copy.#definitions.set(name, definition)
    return copy
  }

  /** Throws TemplateError. */
  parse(name: string, source: string): this {
    const trees: Trees = new Map()
    parseInto(trees, name, source, (word) => Object.hasOwn(this.functions, word))
    for (const [defined, nodes] of trees)
      if (!this.#definitions.has(defined) || !isEmptyTree(nodes)) this.#definitions.set(defined, { nodes, file: name, source })
    return this
  }

  has(name: string): boolean {
    return this.#definitions.has(name)
  }

  /** The text for `data`. Throws TemplateError; `written` gets what came before it. */
  execute(name: string, data: unknown, written?: (text: string) => void): string {
    const definition = this.#definitions.get(name)
    if (!definition) throw new TemplateError(`template: ${JSON.stringify(name)} is an incomplete or empty template`)
    const budget = this.#budget
    if (budget.depth === 0) budget.steps = 0
    budget.depth++
    const run = new Execution(this.functions, this.#definitions, this.#options.missingKey ?? "default", budget)
    try {
      run.tree(name, data, 0)
    } catch (error) {
      written?.(run.output)
      throw error
    } finally {
      budget.depth--
    }
    return run.output
  }
}

/** Runs a template (named "output", as kubectl's is) over `data`. Functions besides Go's own are given. Throws TemplateError. */
export const goTemplate = (template: string, data: unknown, functions: Functions = {}): string =>
  new TemplateSet(functions).parse("output", template).execute("output", data)
