/** x-kubernetes-validations: rules in CEL over a value and what it was before. As k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel. */
import { Environment } from "@marcbachmann/cel-js"
import type { Schema } from "../define-kind.ts"
import { isObject } from "../../apimachinery/frozen.ts"
import type { FieldError } from "../../apimachinery/status.ts"

interface Rule {
  rule: string
  message?: string
  messageExpression?: string
  reason?: string
  fieldPath?: string
  optionalOldSelf?: boolean
}

/** CEL's integers are 64 bits wide. */
export const celValue = (value: unknown, schema: Schema | undefined): unknown => {
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

const environment = new Environment({ unlistedVariablesAreDyn: true })

/** Whether a rule asks what was before: then it says nothing of new values. */
const isTransition = (rule: string): boolean => /\boldSelf\b/.test(rule)

const valueName = (value: unknown): unknown => (isObject(value) ? "object" : Array.isArray(value) ? "array" : value)

const REASONS: Readonly<Record<string, FieldError["type"]>> = {
  FieldValueForbidden: "Forbidden",
  FieldValueRequired: "Required",
  FieldValueDuplicate: "Duplicate",
}

export const evaluateRules = (schema: Schema, value: unknown, old: unknown, path: string): FieldError[] => {
  const rules = schema["x-kubernetes-validations"] as readonly Rule[] | undefined
  if (!Array.isArray(rules)) return []
  return rules.flatMap((one): FieldError[] => {
    if (isTransition(one.rule) && old === undefined && !one.optionalOldSelf) return []
    const variables = { self: celValue(value, schema), ...(old !== undefined && { oldSelf: celValue(old, schema) }) }
    let detail: string
    try {
      if (environment.evaluate(one.rule, variables) === true) return []
      detail = one.message ?? `failed rule: ${one.rule}`
      if (one.messageExpression) {
        const made: unknown = environment.evaluate(one.messageExpression, variables)
        if (typeof made === "string" && made !== "") detail = made
      }
    } catch (error) {
      detail = `rule evaluation error: ${(error as Error).message.split("\n")[0]}`
    }
    const field = path + (one.fieldPath ?? "")
    return [{ type: REASONS[one.reason ?? ""] ?? "Invalid", field: field || "<nil>", value: valueName(value), detail }]
  })
}
