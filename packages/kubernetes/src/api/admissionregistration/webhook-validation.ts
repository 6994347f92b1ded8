/** Checks of webhooks. As pkg/apis/admissionregistration/validation/validation.go. */
import type { FieldError } from "../../apimachinery/status.ts"
import { selectorErrors } from "../core/common-validation.ts"
import { oneOf, subdomainErrors } from "../core/validation-texts.ts"
import { matchConditionErrors, type OperationRule, operationRuleErrors } from "./policy-validation.ts"

export interface Webhook {
  name?: string
  admissionReviewVersions?: readonly string[]
  sideEffects?: string
  timeoutSeconds?: number
  failurePolicy?: string
  matchPolicy?: string
  clientConfig?: { url?: string; service?: unknown }
  namespaceSelector?: unknown
  objectSelector?: unknown
  reinvocationPolicy?: string
  matchConditions?: readonly { name?: string; expression?: string }[]
  rules?: readonly OperationRule[]
}

const nameErrors = (name: string, field: string): FieldError[] => {
  if (name === "") return [{ type: "Required", field }]
  const errors = subdomainErrors(field, name)
  if (name.split(".").length < 3)
    errors.push({ type: "Invalid", field, value: name, detail: "should be a domain with at least three segments separated by dots" })
  return errors
}

export const webhookErrors = (webhooks: readonly Webhook[] | undefined): FieldError[] => {
  const seen = new Set<string>()
  return (webhooks ?? []).flatMap((hook, index): FieldError[] => {
    const at = `webhooks[${index}]`
    const { name = "", admissionReviewVersions = [], sideEffects, timeoutSeconds, clientConfig = {} } = hook
    const errors: FieldError[] = []
    if (admissionReviewVersions.length === 0)
      errors.push({ type: "Required", field: `${at}.admissionReviewVersions`, detail: "must specify one of v1, v1beta1" })
    else if (!admissionReviewVersions.some((version) => version === "v1" || version === "v1beta1"))
      errors.push({
        type: "Invalid",
        field: `${at}.admissionReviewVersions`,
        value: admissionReviewVersions,
        detail: "must include at least one of v1, v1beta1",
      })
    errors.push(...nameErrors(name, `${at}.name`))
    for (const [number, rule] of (hook.rules ?? []).entries()) errors.push(...operationRuleErrors(rule, `${at}.rules[${number}]`))
    if (hook.failurePolicy !== undefined) errors.push(...oneOf(`${at}.failurePolicy`, hook.failurePolicy, ["Fail", "Ignore"]))
    if (hook.matchPolicy !== undefined) errors.push(...oneOf(`${at}.matchPolicy`, hook.matchPolicy, ["Equivalent", "Exact"]))
    if (sideEffects === undefined)
      errors.push({ type: "Required", field: `${at}.sideEffects`, detail: "must specify one of None, NoneOnDryRun" })
    else errors.push(...oneOf(`${at}.sideEffects`, sideEffects, ["None", "NoneOnDryRun"]))
    if (timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > 30))
      errors.push({
        type: "Invalid",
        field: `${at}.timeoutSeconds`,
        value: timeoutSeconds,
        detail: "the timeout value must be between 1 and 30 seconds",
      })
    if ((clientConfig.url === undefined) === (clientConfig.service === undefined))
      errors.push({ type: "Required", field: `${at}.clientConfig`, detail: "exactly one of url or service is required" })
    errors.push(
      ...selectorErrors(hook.namespaceSelector, `${at}.namespaceSelector`),
      ...selectorErrors(hook.objectSelector, `${at}.objectSelector`),
    )
    if (hook.reinvocationPolicy !== undefined)
      errors.push(...oneOf(`${at}.reinvocationPolicy`, hook.reinvocationPolicy, ["IfNeeded", "Never"]))
    errors.push(...matchConditionErrors(hook.matchConditions, `${at}.matchConditions`))
    if (seen.has(name)) errors.push({ type: "Duplicate", field: `${at}.name`, value: name })
    seen.add(name)
    return errors
  })
}
