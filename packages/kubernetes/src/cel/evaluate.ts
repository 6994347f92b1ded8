/** Kubernetes' CEL: compiles an expression once for all worlds and evaluates it within a budget. As k8s.io/apiserver/pkg/cel/environment. */
import { ByText } from "@drydock/sim"
import { Environment } from "@marcbachmann/cel-js"
import { isObject } from "../apimachinery/frozen.ts"
import type { Schema } from "../api/define-kind.ts"
import { celBudget, renameCalls } from "./budget.ts"
import { registerComprehensions } from "./comprehensions.ts"
import { registerLibraries } from "./libraries.ts"
import { withoutObjectLiterals } from "./object-literals.ts"

/** An expression that does not compile or cannot be evaluated; `message` as CEL words it. */
export class CelError extends Error {}

/** As the runtime cost limit of k8s.io/apiserver/pkg/cel. */
export class CostExceeded extends Error {
  constructor() {
    super("operation cancelled: actual cost limit exceeded")
  }
}

const { charge, withinBudget } = celBudget({ limit: 300_000, exceeded: () => new CostExceeded() })

export interface Program {
  /** What it gives, as far as that can be told: "bool", "string", "dyn" … */
  readonly type: string
  evaluate(variables: Readonly<Record<string, unknown>>): unknown
}

/** Longest expression, characters. */
const LONGEST = 32_768

const programs = new ByText<Program | CelError>(500)

let environment: Environment | undefined

const theEnvironment = (): Environment => {
  if (environment) return environment
  environment = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true, homogeneousAggregateLiterals: false })
  registerLibraries(environment)
  registerComprehensions(environment)
  return environment
}

/** What a package may add: functions on values of its own (the authorizer). Before the first use. */
export const extendCel = (extend: (environment: Environment) => void): void => extend(theEnvironment())

const worded = (error: unknown): string => {
  const [line] = (error as Error).message.split("\n")
  return line
    .replace(/^No such key: /, "no such key: ")
    .replace(/^Unknown variable: (.+)$/, "undeclared reference to '$1' (in container '')")
}

const build = (source: string): Program | CelError => {
  if (source.length > LONGEST) return new CelError("expression is too long")
  try {
    const parsed = theEnvironment().parse(withoutObjectLiterals(source))
    renameCalls(parsed.ast, "matches", "matchesRe2")
    const checked = parsed.check()
    if (!checked.valid) return new CelError(worded(checked.error))
    charge(parsed.ast)
    return {
      type: checked.type ?? "dyn",
      evaluate(variables) {
        try {
          return withinBudget(() => parsed(variables) as unknown)
        } catch (error) {
          if (error instanceof CostExceeded) throw error
          throw new CelError(worded(error))
        }
      },
    }
  } catch (error) {
    return new CelError(worded(error))
  }
}

/** Throws CelError for what does not compile. */
export const compileCel = (source: string): Program => {
  const program = programs.of(source, build)
  if (program instanceof CelError) throw program
  return program
}

/** Throws CelError, CostExceeded. */
export const evaluateCel = (source: string, variables: Readonly<Record<string, unknown>>): unknown => compileCel(source).evaluate(variables)

/** A JSON value as CEL sees it: its integers are 64 bits wide. */
export const celValue = (value: unknown, schema?: Schema): unknown => {
  if (typeof value === "number") return schema?.type === "number" ? value : Number.isInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map((item) => celValue(item, schema?.items))
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => [
        key,
        celValue(
          member,
          schema?.properties?.[key] ?? (typeof schema?.additionalProperties === "object" ? schema.additionalProperties : undefined),
        ),
      ]),
    )
  return value
}

/** A value that CEL made as JSON. */
export const jsonValue = (value: unknown): unknown => {
  if (typeof value === "bigint") return Number(value)
  if (Array.isArray(value)) return value.map(jsonValue)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, member]) => [String(key), jsonValue(member)]))
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, jsonValue(member)]))
  return value
}
