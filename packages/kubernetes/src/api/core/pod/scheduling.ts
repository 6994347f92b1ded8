/** Checks of where a Pod may run: affinity, tolerations, spreading, gates. As pkg/apis/core/validation/validation.go. */
import type { IIoK8sApiCoreV1PodSpec as PodSpec } from "kubernetes-models/v1/PodSpec"
import type { FieldError } from "../../../apimachinery/status.ts"
import {
  duplicate,
  forbidden,
  invalidValue,
  labelValueErrors,
  qualifiedNameErrors,
  required,
  selectorErrors,
} from "../common-validation.ts"
import { labelErrors, oneOf, subdomainErrors } from "../validation-texts.ts"

interface Requirement {
  key?: string
  operator?: string
  values?: readonly string[]
}

interface NodeTerm {
  matchExpressions?: readonly Requirement[]
  matchFields?: readonly Requirement[]
}

interface Selector {
  matchLabels?: Readonly<Record<string, unknown>>
  matchExpressions?: readonly Requirement[]
}

const UNKNOWN_OPERATOR = "not a valid selector operator"

/** @param strict whether values must be values that labels can have */
const nodeRequirementErrors = ({ key = "", operator = "", values = [] }: Requirement, at: string, strict: boolean): FieldError[] => {
  const errors: FieldError[] = []
  if (operator === "In" || operator === "NotIn") {
    if (values.length === 0) errors.push(required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'"))
  } else if (operator === "Exists" || operator === "DoesNotExist") {
    if (values.length > 0) errors.push(forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
  } else if (operator === "Gt" || operator === "Lt") {
    if (values.length !== 1) errors.push(required(`${at}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"))
  } else errors.push(invalidValue(`${at}.operator`, operator, UNKNOWN_OPERATOR))
  errors.push(...qualifiedNameErrors(`${at}.key`, key))
  if (strict) for (const [index, value] of values.entries()) errors.push(...labelValueErrors(`${at}.values[${index}]`, value))
  return errors
}

const nodeFieldErrors = ({ key = "", operator = "", values = [] }: Requirement, at: string): FieldError[] => {
  const errors: FieldError[] = []
  if (operator !== "In" && operator !== "NotIn") errors.push(invalidValue(`${at}.operator`, operator, UNKNOWN_OPERATOR))
  else if (values.length !== 1)
    errors.push(required(`${at}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"))
  if (key !== "metadata.name") errors.push(invalidValue(`${at}.key`, key, "not a valid field selector key"))
  else for (const [index, value] of values.entries()) errors.push(...subdomainErrors(`${at}.values[${index}]`, value))
  return errors
}

const nodeTermErrors = ({ matchExpressions = [], matchFields = [] }: NodeTerm, at: string, strict: boolean): FieldError[] => [
  ...matchExpressions.flatMap((one, index) => nodeRequirementErrors(one, `${at}.matchExpressions[${index}]`, strict)),
  ...matchFields.flatMap((one, index) => nodeFieldErrors(one, `${at}.matchFields[${index}]`)),
]

/** As ValidateNodeSelector. */
export const nodeSelectorErrors = ({ nodeSelectorTerms: terms }: { nodeSelectorTerms?: readonly NodeTerm[] }, at: string): FieldError[] =>
  terms?.length
    ? terms.flatMap((term, index) => nodeTermErrors(term, `${at}.nodeSelectorTerms[${index}]`, true))
    : [required(`${at}.nodeSelectorTerms`, "must have at least one node selector term")]

const weightErrors = (weight: number | undefined, at: string): FieldError[] =>
  weight !== undefined && weight > 0 && weight <= 100 ? [] : [invalidValue(`${at}.weight`, weight ?? 0, "must be in the range 1-100")]

interface PodTerm {
  labelSelector?: Selector
  namespaceSelector?: Selector
  namespaces?: readonly string[]
  matchLabelKeys?: readonly string[]
  mismatchLabelKeys?: readonly string[]
  topologyKey?: string
}

const labelKeysErrors = (keys: readonly string[], at: string, selector: Selector | undefined): FieldError[] => {
  if (keys.length === 0) return []
  if (!selector) return [forbidden(at, "must not be specified when labelSelector is not set")]
  return keys.flatMap((key, index) => qualifiedNameErrors(`${at}[${index}]`, key))
}

const podTermErrors = (term: PodTerm, at: string): FieldError[] => {
  const { labelSelector, namespaceSelector, namespaces = [], matchLabelKeys = [], mismatchLabelKeys = [], topologyKey = "" } = term
  const errors = [...selectorErrors(labelSelector, `${at}.labelSelector`), ...selectorErrors(namespaceSelector, `${at}.namespaceSelector`)]
  for (const name of namespaces) errors.push(...labelErrors(`${at}.namespace`, name))
  errors.push(...labelKeysErrors(matchLabelKeys, `${at}.matchLabelKeys`, labelSelector))
  errors.push(...labelKeysErrors(mismatchLabelKeys, `${at}.mismatchLabelKeys`, labelSelector))
  for (const [index, key] of matchLabelKeys.entries())
    if (mismatchLabelKeys.includes(key))
      errors.push(invalidValue(`${at}.matchLabelKeys[${index}]`, key, "exists in both matchLabelKeys and mismatchLabelKeys"))
  if (topologyKey === "") errors.push(required(`${at}.topologyKey`, "can not be empty"))
  return [...errors, ...qualifiedNameErrors(`${at}.topologyKey`, topologyKey)]
}

const REQUIRED_NOW = "requiredDuringSchedulingIgnoredDuringExecution"
const PREFERRED_NOW = "preferredDuringSchedulingIgnoredDuringExecution"

export const affinityErrors = (affinity: PodSpec["affinity"], path: string): FieldError[] => {
  if (!affinity) return []
  const errors: FieldError[] = []
  const { nodeAffinity } = affinity
  if (nodeAffinity) {
    const at = `${path}.nodeAffinity`
    const needed = nodeAffinity[REQUIRED_NOW]
    if (needed) errors.push(...nodeSelectorErrors(needed as never, `${at}.${REQUIRED_NOW}`))
    for (const [index, { weight, preference }] of (nodeAffinity[PREFERRED_NOW] ?? []).entries()) {
      const one = `${at}.${PREFERRED_NOW}[${index}]`
      errors.push(...weightErrors(weight, one), ...nodeTermErrors(preference as NodeTerm, `${one}.preference`, false))
    }
  }
  for (const kind of ["podAffinity", "podAntiAffinity"] as const) {
    const given = affinity[kind]
    const at = `${path}.${kind}`
    for (const [index, term] of (given?.[REQUIRED_NOW] ?? []).entries())
      errors.push(...podTermErrors(term as PodTerm, `${at}.${REQUIRED_NOW}[${index}]`))
    for (const [index, { weight, podAffinityTerm }] of (given?.[PREFERRED_NOW] ?? []).entries()) {
      const one = `${at}.${PREFERRED_NOW}[${index}]`
      errors.push(...weightErrors(weight, one), ...podTermErrors(podAffinityTerm as PodTerm, `${one}.podAffinityTerm`))
    }
  }
  return errors
}

/** As validateTopologySpreadConstraints. */
export const spreadErrors = (constraints: PodSpec["topologySpreadConstraints"], path: string): FieldError[] => {
  const errors: FieldError[] = []
  for (const [index, one] of (constraints ?? []).entries()) {
    const at = `${path}[${index}]`
    const { maxSkew = 0, topologyKey, whenUnsatisfiable, minDomains, labelSelector, matchLabelKeys = [] } = one
    if (maxSkew <= 0) errors.push(invalidValue(`${at}.maxSkew`, maxSkew, "must be greater than zero"))
    if (!topologyKey) errors.push(required(`${at}.topologyKey`, "can not be empty"))
    errors.push(...oneOf(`${at}.whenUnsatisfiable`, whenUnsatisfiable ?? "", ["DoNotSchedule", "ScheduleAnyway"]))
    const again = (constraints ?? [])
      .slice(index + 1)
      .some((other) => other.topologyKey === topologyKey && other.whenUnsatisfiable === whenUnsatisfiable)
    if (again) errors.push(duplicate(`${at}.{topologyKey, whenUnsatisfiable}`, `{${topologyKey}, ${whenUnsatisfiable}}`))
    if (minDomains !== undefined) {
      if (minDomains <= 0) errors.push(invalidValue(`${at}.minDomains`, minDomains, "must be greater than zero"))
      if (whenUnsatisfiable !== "DoNotSchedule")
        errors.push(
          invalidValue(
            `${at}.minDomains`,
            minDomains,
            `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`,
          ),
        )
    }
    for (const policy of ["nodeAffinityPolicy", "nodeTaintsPolicy"] as const)
      if (one[policy] !== undefined) errors.push(...oneOf(`${at}.${policy}`, one[policy], ["Honor", "Ignore"]))
    const selector = labelSelector as Selector | undefined
    if (matchLabelKeys.length > 0 && !selector)
      errors.push(forbidden(`${at}.matchLabelKeys`, "must not be specified when labelSelector is not set"))
    for (const [number, key] of matchLabelKeys.entries()) {
      errors.push(...qualifiedNameErrors(`${at}.matchLabelKeys[${number}]`, key))
      if (Object.hasOwn(selector?.matchLabels ?? {}, key) || selector?.matchExpressions?.some((expression) => expression.key === key))
        errors.push(invalidValue(`${at}.matchLabelKeys[${number}]`, key, "exists in both matchLabelKeys and labelSelector"))
    }
    errors.push(...selectorErrors(selector, `${at}.labelSelector`))
  }
  return errors
}

/** As validateSchedulingGates. */
export const gateErrors = (gates: PodSpec["schedulingGates"], path: string): FieldError[] => {
  const seen = new Set<string>()
  return (gates ?? []).flatMap(({ name }, index) => {
    const errors = qualifiedNameErrors(`${path}[${index}]`, name)
    if (seen.has(name)) errors.push(duplicate(`${path}[${index}]`, name))
    seen.add(name)
    return errors
  })
}
