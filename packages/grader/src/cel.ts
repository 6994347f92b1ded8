/** CEL over a cluster's objects: compiled once, evaluated against a reader, never throwing. */
import { type ASTNode, Environment } from "@marcbachmann/cel-js"
import { quantityValue } from "@drydock/kubernetes/apimachinery"
import { adapt, charge, withinBudget } from "./cel-budget.ts"
import { kindFunctions, Missing, type ObjectReader } from "./objects.ts"
import { pattern } from "./patterns.ts"

export type Outcome = { value: unknown } | { error: string }

export interface Expression {
  readonly source: string
  /** Compared sides, joined parts: for saying which of them is not so. */
  readonly ast: ASTNode
  evaluate(reader: ObjectReader, object?: unknown): Outcome
}

/** The reader of the evaluation under way: evaluation is synchronous, and one environment serves all worlds. */
let current: ObjectReader | undefined

const reader = (): ObjectReader => {
  if (!current) throw new Error("evaluated outside an evaluation")
  return current
}

const LIMITS = { maxAstNodes: 2_000, maxDepth: 60, maxListElements: 200, maxMapEntries: 100 }

let environments: { cluster: Environment; object: Environment } | undefined

/** Costly to make, so made when first needed and shared. */
const environment = (withObject: boolean): Environment => {
  environments ??= (() => {
    const cluster = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false, limits: LIMITS })
    for (const { one, several, place } of kindFunctions()) {
      cluster.registerFunction(`${one}(string): dyn`, (name: string) => reader().get(place, "default", name))
      cluster.registerFunction(`${one}(string, string): dyn`, (name: string, namespace: string) => reader().get(place, namespace, name))
      cluster.registerFunction(`${several}(): list<dyn>`, () => reader().list(place, "default", ""))
      cluster.registerFunction(`${several}(string): list<dyn>`, (namespace: string) => reader().list(place, namespace, ""))
      cluster.registerFunction(`${several}(string, string): list<dyn>`, (namespace: string, selector: string) =>
        reader().list(place, namespace, selector),
      )
    }
    const place = (kind: string) => reader().place(kind)
    cluster.registerFunction("object(string, string, string): dyn", (kind: string, namespace: string, name: string) =>
      reader().get(place(kind), namespace, name),
    )
    cluster.registerFunction("objects(string): list<dyn>", (kind: string) => reader().list(place(kind), "default", ""))
    cluster.registerFunction("objects(string, string): list<dyn>", (kind: string, namespace: string) =>
      reader().list(place(kind), namespace, ""),
    )
    cluster.registerFunction("objects(string, string, string): list<dyn>", (kind: string, namespace: string, selector: string) =>
      reader().list(place(kind), namespace, selector),
    )
    cluster.registerFunction(
      "there_is(string, string, string): bool",
      (kind: string, namespace: string, name: string) => reader().find(place(kind), namespace, name) !== undefined,
    )
    cluster.registerFunction("condition(dyn, string): string", (object: unknown, type: string) => conditionOf(object, type))
    cluster.registerFunction("quantity(dyn): double", (text: unknown) => quantityValue(typeof text === "string" ? text : Number(text)))
    cluster.registerFunction("string.matchesRe2(string): bool", (text: string, source: string) => pattern(source).found(text))
    const object = cluster.clone().registerVariable("object", "dyn")
    return { cluster, object }
  })()
  return withObject ? environments.object : environments.cluster
}

/** "True", "False", "Unknown", or "" when the object has no such condition. */
const conditionOf = (object: unknown, type: string): string => {
  const conditions = (object as { status?: { conditions?: { type: string; status: string }[] } } | null)?.status?.conditions
  return conditions?.find((condition) => condition.type === type)?.status ?? ""
}

type Compiled = { expression: Expression } | { problem: string }

const compiled = new Map<string, Compiled>()

/** Compiles and type-checks; `object` allows the variable of that name. The answer is kept. */
export const compile = (source: string, options: { object?: boolean; result?: "bool" } = {}): Compiled => {
  const key = `${options.object ? "object" : ""}/${options.result ?? ""}/${source}`
  let made = compiled.get(key)
  if (!made) {
    if (compiled.size > 1_000) compiled.clear()
    compiled.set(key, (made = build(source, options)))
  }
  return made
}

const build = (source: string, { object = false, result }: { object?: boolean; result?: "bool" }): Compiled => {
  try {
    const parsed = environment(object).parse(source)
    adapt(parsed.ast)
    const checked = parsed.check()
    if (!checked.valid) return { problem: messageOf(checked.error) }
    if (result === "bool" && checked.type !== "bool" && checked.type !== "dyn")
      return { problem: `the expression gives ${checked.type}, not true or false` }
    charge(parsed.ast)
    return {
      expression: {
        source,
        ast: parsed.ast,
        evaluate(given, subject) {
          current = given
          try {
            return { value: withinBudget(() => parsed(object ? { object: subject } : {})) as unknown }
          } catch (error) {
            return { error: explain(error) }
          } finally {
            current = undefined
          }
        },
      },
    }
  } catch (error) {
    return { problem: messageOf(error) }
  }
}

const messageOf = (error: unknown): string => {
  const { summary, message } = error as { summary?: string; message?: string }
  return (summary ?? message ?? "the expression does not parse").split("\n")[0]
}

/** An evaluation's error in a learner's words. */
const explain = (error: unknown): string => {
  const { cause } = error as { cause?: unknown }
  if (error instanceof Missing) return error.message
  if (cause instanceof Missing) return cause.message
  const message = messageOf(error)
  const key = /^No such key: (?!index)(.+)$/.exec(message)?.[1]
  if (key !== undefined) return `${key} is not set`
  if (message.includes("index out of bounds")) return "there is none yet"
  return message
}
