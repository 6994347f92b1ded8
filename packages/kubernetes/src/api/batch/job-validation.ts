/** Checks of Jobs' specs, a CronJob's template among them. As pkg/apis/batch/validation/validation.go. */
import type { IIoK8sApiCoreV1PodSpec as PodSpec } from "kubernetes-models/v1/PodSpec"
import type { FieldError } from "../../apimachinery/status.ts"
import { domainPathErrors, duplicate, invalidValue, qualifiedNameErrors, required, tooLong, tooMany } from "../core/common-validation.ts"
import { validatePodSpec } from "../core/pod-template.ts"
import { nonNegative, oneOf } from "../core/validation-texts.ts"

interface ExitCodes {
  containerName?: string
  operator?: string
  values?: readonly number[]
}

interface FailureRule {
  action?: string
  onExitCodes?: ExitCodes
  onPodConditions?: readonly { type?: string; status?: string }[]
}

export interface JobSpec {
  parallelism?: number
  completions?: number
  activeDeadlineSeconds?: number
  backoffLimit?: number
  backoffLimitPerIndex?: number
  maxFailedIndexes?: number
  ttlSecondsAfterFinished?: number
  completionMode?: string
  managedBy?: string
  podReplacementPolicy?: string
  podFailurePolicy?: { rules?: readonly FailureRule[] }
  successPolicy?: { rules?: readonly { succeededIndexes?: string; succeededCount?: number }[] }
  template?: { spec?: PodSpec }
}

const MOST_PARALLEL = 100_000
const MOST_RULES = 20
const MOST_EXIT_CODES = 255

const exitCodeErrors = ({ containerName, operator = "", values = [] }: ExitCodes, spec: JobSpec, at: string): FieldError[] => {
  const errors = operator === "" ? [required(`${at}.operator`)] : oneOf(`${at}.operator`, operator, ["In", "NotIn"])
  const pod = spec.template?.spec
  if (
    containerName !== undefined &&
    ![...(pod?.containers ?? []), ...(pod?.initContainers ?? [])].some(({ name }) => name === containerName)
  )
    errors.push(
      invalidValue(`${at}.containerName`, containerName, "must be one of the container or initContainer names in the pod template"),
    )
  const field = `${at}.values`
  if (values.length === 0) errors.push(invalidValue(field, values, "at least one value is required"))
  else if (values.length > MOST_EXIT_CODES) errors.push(tooMany(field, values.length, MOST_EXIT_CODES))
  const seen = new Set<number>()
  for (const [index, value] of values.entries()) {
    if (operator === "In" && value === 0) errors.push(invalidValue(`${field}[${index}]`, value, "must not be 0 for the In operator"))
    if (seen.has(value)) errors.push(duplicate(`${field}[${index}]`, value))
    seen.add(value)
  }
  if (values.some((value, index) => index > 0 && value < values[index - 1])) errors.push(invalidValue(field, values, "must be ordered"))
  return errors
}

const failureRuleErrors = (rule: FailureRule, spec: JobSpec, at: string): FieldError[] => {
  const { action = "", onExitCodes, onPodConditions = [] } = rule
  const errors =
    action === ""
      ? [required(`${at}.action`, 'valid values: ["Count" "FailIndex" "FailJob" "Ignore"]')]
      : oneOf(`${at}.action`, action, ["Count", "FailIndex", "FailJob", "Ignore"])
  if (action === "FailIndex" && spec.backoffLimitPerIndex === undefined)
    errors.push(invalidValue(`${at}.action`, action, "requires the backoffLimitPerIndex to be set"))
  if (onExitCodes) errors.push(...exitCodeErrors(onExitCodes, spec, `${at}.onExitCodes`))
  if (onPodConditions.length > MOST_RULES) errors.push(tooMany(`${at}.onPodConditions`, onPodConditions.length, MOST_RULES))
  for (const [index, { type = "", status = "" }] of onPodConditions.entries()) {
    const where = `${at}.onPodConditions[${index}]`
    errors.push(...qualifiedNameErrors(`${where}.type`, type))
    errors.push(...(status === "" ? [required(`${where}.status`)] : oneOf(`${where}.status`, status, ["False", "True", "Unknown"])))
  }
  if (onExitCodes && onPodConditions.length > 0)
    errors.push({ type: "Invalid", field: at, noValue: true, detail: "specifying both OnExitCodes and OnPodConditions is not supported" })
  if (!onExitCodes && onPodConditions.length === 0)
    errors.push({ type: "Invalid", field: at, noValue: true, detail: "specifying one of OnExitCodes and OnPodConditions is required" })
  return errors
}

const indexedErrors = (spec: JobSpec, path: string): FieldError[] => {
  const { completionMode, completions, parallelism, backoffLimitPerIndex, maxFailedIndexes, successPolicy } = spec
  if (completionMode !== "Indexed")
    return [
      ...(backoffLimitPerIndex === undefined
        ? []
        : [invalidValue(`${path}.backoffLimitPerIndex`, backoffLimitPerIndex, "requires indexed completion mode")]),
      ...(maxFailedIndexes === undefined
        ? []
        : [invalidValue(`${path}.maxFailedIndexes`, maxFailedIndexes, "requires indexed completion mode")]),
      ...(successPolicy === undefined ? [] : [invalidValue(`${path}.successPolicy`, successPolicy, "requires indexed completion mode")]),
    ]
  const errors: FieldError[] = []
  if (completions === undefined) errors.push(required(`${path}.completions`, "when completion mode is Indexed"))
  if (parallelism !== undefined && parallelism > MOST_PARALLEL)
    errors.push(
      invalidValue(`${path}.parallelism`, parallelism, `must be less than or equal to ${MOST_PARALLEL} when completion mode is Indexed`),
    )
  if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions)
    errors.push(invalidValue(`${path}.maxFailedIndexes`, maxFailedIndexes, "must be less than or equal to completions"))
  if (successPolicy && !successPolicy.rules?.length)
    errors.push(required(`${path}.successPolicy.rules`, "at least one rules must be specified when the successPolicy is specified"))
  for (const [index, { succeededIndexes, succeededCount }] of (successPolicy?.rules ?? []).entries()) {
    const at = `${path}.successPolicy.rules[${index}]`
    if (succeededIndexes === undefined && succeededCount === undefined)
      errors.push(required(at, "at least one of succeededCount or succeededIndexes must be specified"))
    errors.push(...nonNegative(`${at}.succeededCount`, succeededCount))
    if (succeededCount !== undefined && completions !== undefined && succeededCount > completions)
      errors.push(
        invalidValue(
          `${at}.succeededCount`,
          succeededCount,
          `must be less than or equal to ${completions} (the number of specified completions)`,
        ),
      )
  }
  return errors
}

/** Errors in upstream's order; `path` is "spec", or a CronJob's "spec.jobTemplate.spec". */
export const jobSpecErrors = (spec: JobSpec, path: string): FieldError[] => {
  const errors = [
    ...nonNegative(`${path}.parallelism`, spec.parallelism),
    ...nonNegative(`${path}.completions`, spec.completions),
    ...nonNegative(`${path}.activeDeadlineSeconds`, spec.activeDeadlineSeconds),
    ...nonNegative(`${path}.backoffLimit`, spec.backoffLimit),
    ...nonNegative(`${path}.ttlSecondsAfterFinished`, spec.ttlSecondsAfterFinished),
    ...nonNegative(`${path}.backoffLimitPerIndex`, spec.backoffLimitPerIndex),
    ...nonNegative(`${path}.maxFailedIndexes`, spec.maxFailedIndexes),
  ]
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined)
    errors.push(required(`${path}.backoffLimitPerIndex`, "when maxFailedIndexes is specified"))
  if (spec.managedBy !== undefined) {
    errors.push(...domainPathErrors(`${path}.managedBy`, spec.managedBy))
    if (spec.managedBy.length > 63) errors.push(tooLong(`${path}.managedBy`, 63))
  }
  if (spec.completionMode !== undefined) errors.push(...oneOf(`${path}.completionMode`, spec.completionMode, ["NonIndexed", "Indexed"]))
  errors.push(...indexedErrors(spec, path))
  const rules = spec.podFailurePolicy?.rules ?? []
  if (rules.length > MOST_RULES) errors.push(tooMany(`${path}.podFailurePolicy.rules`, rules.length, MOST_RULES))
  for (const [index, rule] of rules.entries()) errors.push(...failureRuleErrors(rule, spec, `${path}.podFailurePolicy.rules[${index}]`))
  if (spec.podReplacementPolicy !== undefined) {
    const field = `${path}.podReplacementPolicy`
    errors.push(...oneOf(field, spec.podReplacementPolicy, spec.podFailurePolicy ? ["Failed"] : ["Failed", "TerminatingOrFailed"]))
  }
  errors.push(...validatePodSpec(spec.template?.spec, `${path}.template.spec`))
  const policy = spec.template?.spec?.restartPolicy
  const field = `${path}.template.spec.restartPolicy`
  if (policy === undefined || policy === "Always") errors.push(required(field, 'valid values: "OnFailure", "Never"'))
  else if (policy !== "OnFailure" && policy !== "Never") errors.push(...oneOf(field, policy, ["OnFailure", "Never"]))
  else if (spec.podFailurePolicy && policy !== "Never")
    errors.push(invalidValue(field, policy, 'only "Never" is supported when podFailurePolicy is specified'))
  return errors
}
