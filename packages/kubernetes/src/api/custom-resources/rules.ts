/** x-kubernetes-validations: rules in CEL over a value and what it was before. As k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel. */
import { Optional } from "@marcbachmann/cel-js"
import { CelError, celValue, CostExceeded, evaluateCel } from "../../cel/evaluate.ts"
import type { Schema } from "../define-kind.ts"
import { isObject } from "../../apimachinery/frozen.ts"
import type { FieldError } from "../../apimachinery/status.ts"

export interface Rule {
  rule: string
  message?: string
  messageExpression?: string
  reason?: string
  fieldPath?: string
  optionalOldSelf?: boolean
}

/** Whether a rule asks what was before: then it says nothing of new values. */
export const isTransition = (rule: string): boolean => /\boldSelf\b/.test(rule)

const valueName = (value: unknown): unknown => (isObject(value) ? "object" : Array.isArray(value) ? "array" : value)

const REASONS: Readonly<Record<string, FieldError["type"]>> = {
  FieldValueForbidden: "Forbidden",
  FieldValueRequired: "Required",
  FieldValueDuplicate: "Duplicate",
}

/** ".spec['a.b']" after a path that may be empty. */
const below = (path: string, fieldPath: string): string => {
  const rest = fieldPath.replace(/\['([^']*)'\]/g, (_, key: string) => (/^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${key}]`))
  return path === "" ? rest.replace(/^\./, "") : path + rest
}

/** Bytes that a messageExpression may give; longer ones, and those with line breaks, count as none. */
const LONGEST_MESSAGE = 5 * 1024

const messageOf = (one: Rule, variables: Readonly<Record<string, unknown>>): string => {
  if (one.messageExpression) {
    try {
      const made = evaluateCel(one.messageExpression, variables)
      const text = typeof made === "string" ? made.trim() : ""
      if (text !== "" && !text.includes("\n") && text.length <= LONGEST_MESSAGE) return text
    } catch (error) {
      if (!(error instanceof CelError || error instanceof CostExceeded)) throw error
    }
  }
  return one.message?.trim() || `failed rule: ${one.rule.trim()}`
}

/** `unchanged`: only rules about the change itself are asked (ratcheting). */
export const evaluateRules = (schema: Schema, value: unknown, old: unknown, path: string, unchanged = false): FieldError[] => {
  const rules = schema["x-kubernetes-validations"] as readonly Rule[] | undefined
  if (!Array.isArray(rules)) return []
  const self = celValue(value, schema)
  const oldSelf = old === undefined ? undefined : celValue(old, schema)
  return (rules as readonly Rule[]).flatMap((one): FieldError[] => {
    const aboutChange = isTransition(one.rule)
    if (unchanged && !aboutChange) return []
    if (aboutChange && oldSelf === undefined && !one.optionalOldSelf) return []
    const before = one.optionalOldSelf ? (oldSelf === undefined ? Optional.none() : Optional.of(oldSelf)) : oldSelf
    const variables = { self, ...(before !== undefined && { oldSelf: before }) }
    try {
      // What an optional of unknown type holds has to be said to be of any.
      const source = one.optionalOldSelf ? one.rule.replaceAll("oldSelf.value()", "dyn(oldSelf.value())") : one.rule
      if (evaluateCel(source, variables) === true) return []
    } catch (error) {
      if (!(error instanceof CelError || error instanceof CostExceeded)) throw error
      // A function that upstream would have refused when the definition was made: it is missing here, not there.
      if (error.message.startsWith("found no matching overload")) return []
      const detail =
        error instanceof CostExceeded
          ? "validation failed due to running out of cost budget, no further validation rules will be run"
          : `rule evaluation error: ${error.message}`
      return [{ type: "Invalid", field: path || "<nil>", value: valueName(value), detail }]
    }
    const type = REASONS[one.reason ?? ""] ?? "Invalid"
    const detail = messageOf(one, variables)
    return [{ type, field: (one.fieldPath ? below(path, one.fieldPath) : path) || "<nil>", value: valueName(value), detail }]
  })
}
