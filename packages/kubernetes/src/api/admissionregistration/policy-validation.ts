/** Checks of admission policies and their bindings. As pkg/apis/admissionregistration/validation/validation.go. */
import type { FieldError } from "../../apimachinery/status.ts"
import { CelError, compileCel } from "../../cel/evaluate.ts"
import {
  duplicate,
  forbidden,
  invalidValue,
  pathSegmentErrors,
  qualifiedNameErrors,
  required,
  selectorErrors,
  tooMany,
} from "../core/common-validation.ts"
import { oneOf, subdomainErrors } from "../core/validation-texts.ts"

export interface OperationRule {
  operations?: readonly string[]
  apiGroups?: readonly string[]
  apiVersions?: readonly string[]
  resources?: readonly string[]
  resourceNames?: readonly string[]
  scope?: string
}

export interface MatchResources {
  matchPolicy?: string
  namespaceSelector?: unknown
  objectSelector?: unknown
  resourceRules?: readonly OperationRule[]
  excludeResourceRules?: readonly OperationRule[]
}

const OPERATIONS = ["*", "CONNECT", "CREATE", "DELETE", "UPDATE"]

const onlyWildcard = (field: string, values: readonly string[], what: string): FieldError[] =>
  values.length > 1 && values.includes("*") ? [invalidValue(field, values, `if '*' is present, must not specify other ${what}`)] : []

/** As validateResources: what a wildcard covers is not named beside it. */
const resourceErrors = (resources: readonly string[], field: string): FieldError[] => {
  if (resources.length === 0) return [required(field)]
  const errors: FieldError[] = []
  const covered = { subs: new Set<string>(), resources: new Set<string>() }
  for (const [index, name] of resources.entries()) {
    const at = `${field}[${index}]`
    if (name === "") {
      errors.push(required(at))
      continue
    }
    if (name === "*/*" && resources.length > 1)
      errors.push(invalidValue(field, resources, "if '*/*' is present, must not specify other resources"))
    const [resource, sub] = name.split("/")
    if (sub === undefined) continue
    if (covered.resources.has(`${resource}/*`))
      errors.push(invalidValue(at, name, `if '${resource}/*' is present, must not specify ${name}`))
    if (covered.subs.has(`*/${sub}`)) errors.push(invalidValue(at, name, `if '*/${sub}' is present, must not specify ${name}`))
    if (sub === "*") covered.resources.add(name)
    if (resource === "*") covered.subs.add(name)
  }
  if (resources.includes("*") && resources.some((name) => name !== "*" && !name.includes("/")))
    errors.push(invalidValue(field, resources, "if '*' is present, must not specify other resources without subresources"))
  return errors
}

/** As validateRuleWithOperations. */
export const operationRuleErrors = (rule: OperationRule, at: string): FieldError[] => {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule
  const errors: FieldError[] = []
  if (apiGroups.length === 0) errors.push(required(`${at}.apiGroups`))
  errors.push(...onlyWildcard(`${at}.apiGroups`, apiGroups, "API groups"))
  if (apiVersions.length === 0) errors.push(required(`${at}.apiVersions`))
  errors.push(...onlyWildcard(`${at}.apiVersions`, apiVersions, "API versions"))
  for (const [index, version] of apiVersions.entries()) if (version === "") errors.push(required(`${at}.apiVersions[${index}]`))
  errors.push(...resourceErrors(resources, `${at}.resources`))
  if (scope !== undefined) errors.push(...oneOf(`${at}.scope`, scope, ["*", "Cluster", "Namespaced"]))
  const own = operations.length === 0 ? [required(`${at}.operations`)] : onlyWildcard(`${at}.operations`, operations, "operations")
  for (const [index, operation] of operations.entries()) own.push(...oneOf(`${at}.operations[${index}]`, operation, OPERATIONS))
  return [...own, ...errors]
}

const namedRuleErrors = (rule: OperationRule, at: string): FieldError[] => {
  const seen = new Set<string>()
  const errors: FieldError[] = []
  for (const [index, name] of (rule.resourceNames ?? []).entries()) {
    const field = `${at}.resourceNames[${index}]`
    errors.push(...pathSegmentErrors(field, name))
    if (seen.has(name)) errors.push(duplicate(field, name))
    seen.add(name)
  }
  return [...errors, ...operationRuleErrors(rule, at)]
}

export const matchErrors = (match: MatchResources | undefined, at: string): FieldError[] => {
  if (!match) return []
  return [
    ...oneOf(`${at}.matchPolicy`, match.matchPolicy ?? "Equivalent", ["Equivalent", "Exact"]),
    ...selectorErrors(match.namespaceSelector, `${at}.namespaceSelector`),
    ...selectorErrors(match.objectSelector, `${at}.objectSelector`),
    ...(match.resourceRules ?? []).flatMap((rule, index) => namedRuleErrors(rule, `${at}.resourceRules[${index}]`)),
    ...(match.excludeResourceRules ?? []).flatMap((rule, index) => namedRuleErrors(rule, `${at}.excludeResourceRules[${index}]`)),
  ]
}

/** `types`: what the expression may give; "dyn" may turn out to be one of them. */
export const expressionErrors = (field: string, source: string, types: readonly string[]): FieldError[] => {
  try {
    const { type } = compileCel(source)
    return type === "dyn" || types.includes(type) ? [] : [invalidValue(field, source, `must evaluate to ${types[0]}`)]
  } catch (error) {
    if (!(error instanceof CelError)) throw error
    return [invalidValue(field, source, `compilation failed: ERROR: <input>:1:1: ${error.message}`)]
  }
}

interface Condition {
  name?: string
  expression?: string
}

const MOST_CONDITIONS = 64

export const matchConditionErrors = (conditions: readonly Condition[] | undefined, at: string): FieldError[] => {
  const seen = new Set<string>()
  const given = conditions ?? []
  return [
    ...(given.length > MOST_CONDITIONS ? [tooMany(at, given.length, MOST_CONDITIONS)] : []),
    ...given.flatMap(({ name = "", expression = "" }, index): FieldError[] => {
      const where = `${at}[${index}]`
      const source = expression.trim()
      const errors = source === "" ? [required(`${where}.expression`)] : expressionErrors(`${where}.expression`, source, ["bool"])
      errors.push(...(name === "" ? [required(`${where}.name`)] : qualifiedNameErrors(`${where}.name`, name)))
      if (name !== "" && seen.has(name)) errors.push(duplicate(`${where}.name`, name))
      seen.add(name)
      return errors
    }),
  ]
}

const RESERVED = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(" "),
)

export interface PolicySpec {
  failurePolicy?: string
  paramKind?: { apiVersion?: string; kind?: string }
  matchConstraints?: MatchResources
  matchConditions?: readonly Condition[]
  variables?: readonly Condition[]
  validations?: readonly { expression?: string; message?: string; messageExpression?: string; reason?: string }[]
  auditAnnotations?: readonly { key?: string; valueExpression?: string }[]
}

const LABEL_1035 =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
const isLabel1035 = (text: string): boolean => text.length <= 63 && /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(text)

const paramKindErrors = ({ apiVersion = "", kind = "" }: NonNullable<PolicySpec["paramKind"]>): FieldError[] => {
  const errors: FieldError[] = []
  const field = "spec.paramKind.apiVersion"
  const parts = apiVersion.split("/")
  if (apiVersion === "") errors.push(required(field))
  else if (parts.length > 2) errors.push(invalidValue(field, apiVersion, `unexpected GroupVersion string: ${apiVersion}`))
  else {
    const version = parts[parts.length - 1]
    if (parts.length === 2 && parts[0] !== "") errors.push(...subdomainErrors(field, parts[0]))
    if (version === "") errors.push(invalidValue(field, apiVersion, "version must be specified"))
    else if (!isLabel1035(version)) errors.push(invalidValue(field, version, LABEL_1035))
  }
  if (kind === "") errors.push(required("spec.paramKind.kind"))
  else if (!isLabel1035(kind.toLowerCase()))
    errors.push(invalidValue("spec.paramKind.kind", kind, `may have mixed case, but should otherwise match: ${LABEL_1035}`))
  return errors
}

export const variableErrors = (variables: PolicySpec["variables"]): FieldError[] =>
  (variables ?? []).flatMap(({ name = "", expression = "" }, index): FieldError[] => {
    const at = `spec.variables[${index}]`
    const errors: FieldError[] = []
    if (name.trim() === "") errors.push(required(`${at}.name`, "name is not specified"))
    else if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(name) || RESERVED.has(name))
      errors.push(invalidValue(`${at}.name`, name, "name is not a valid CEL identifier"))
    if (expression.trim() === "") return [...errors, required(`${at}.expression`, "expression is not specified")]
    const problems = expressionErrors(`${at}.expression`, expression, [])
    return [...errors, ...problems.filter(({ detail }) => detail?.startsWith("compilation"))]
  })

const validationErrors = (one: NonNullable<PolicySpec["validations"]>[number], at: string): FieldError[] => {
  const { expression = "", message = "", messageExpression = "", reason } = one
  const errors =
    expression.trim() === ""
      ? [required(`${at}.expression`, "expression is not specified")]
      : expressionErrors(`${at}.expression`, expression, ["bool"])
  if (messageExpression !== "" && messageExpression.trim() === "")
    errors.push(invalidValue(`${at}.messageExpression`, messageExpression, "must be non-empty if specified"))
  else if (messageExpression !== "") errors.push(...expressionErrors(`${at}.messageExpression`, messageExpression, ["string"]))
  if (message !== "" && message.trim() === "") errors.push(invalidValue(`${at}.message`, message, "message must be non-empty if specified"))
  else if (/[\n\r]/.test(message.trim())) errors.push(invalidValue(`${at}.message`, message, "message must not contain line breaks"))
  if (reason !== undefined) errors.push(...oneOf(`${at}.reason`, reason, ["Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"]))
  return errors
}

const MOST_ANNOTATIONS = 20
const LONGEST_ANNOTATION = 5 * 1024

export const policyErrors = (name: string, spec: PolicySpec): FieldError[] => {
  const { failurePolicy = "", paramKind, matchConstraints, validations = [], auditAnnotations = [] } = spec
  const errors = failurePolicy === "" ? [required("spec.failurePolicy")] : oneOf("spec.failurePolicy", failurePolicy, ["Fail", "Ignore"])
  if (paramKind) errors.push(...paramKindErrors(paramKind))
  if (!matchConstraints) errors.push(required("spec.matchConstraints"))
  else {
    errors.push(...matchErrors(matchConstraints, "spec.matchConstraints"))
    if (!matchConstraints.resourceRules?.length) errors.push(required("spec.matchConstraints.resourceRules"))
  }
  errors.push(...matchConditionErrors(spec.matchConditions, "spec.matchConditions"), ...variableErrors(spec.variables))
  if (validations.length === 0 && auditAnnotations.length === 0) {
    const detail = "validations or auditAnnotations must contain at least one item"
    return [...errors, required("spec.validations", detail), required("spec.auditAnnotations", detail)]
  }
  for (const [index, one] of validations.entries()) errors.push(...validationErrors(one, `spec.validations[${index}]`))
  if (auditAnnotations.length > MOST_ANNOTATIONS)
    errors.push(invalidValue("spec.auditAnnotations", auditAnnotations, `must not have more than ${MOST_ANNOTATIONS} auditAnnotations`))
  const keys = new Set<string>()
  for (const [index, { key = "", valueExpression = "" }] of auditAnnotations.entries()) {
    const at = `spec.auditAnnotations[${index}]`
    errors.push(...qualifiedNameErrors(`${at}.key`, `${name}/${key}`))
    const source = valueExpression.trim()
    if (source === "") errors.push(required(`${at}.valueExpression`, "valueExpression is not specified"))
    else if (source.length > LONGEST_ANNOTATION)
      errors.push(required(`${at}.valueExpression`, `must not exceed ${LONGEST_ANNOTATION} bytes in length`))
    else errors.push(...expressionErrors(`${at}.valueExpression`, source, ["string", "null"]))
    if (keys.has(key)) errors.push(duplicate(`${at}.key`, key))
    keys.add(key)
  }
  return errors
}

export interface BindingSpec {
  policyName?: string
  paramRef?: { name?: string; namespace?: string; selector?: unknown; parameterNotFoundAction?: string }
  matchResources?: MatchResources
  validationActions?: readonly string[]
}

const paramRefErrors = (reference: BindingSpec["paramRef"]): FieldError[] => {
  if (!reference) return []
  const { name = "", selector, parameterNotFoundAction: action = "" } = reference
  const at = "spec.paramRef"
  const exclusive = "name and selector are mutually exclusive"
  return [
    ...pathSegmentErrors(`${at}.name`, name),
    ...(name !== "" && selector !== undefined ? [forbidden(`${at}.name`, exclusive)] : []),
    ...selectorErrors(selector, `${at}.selector`),
    ...(name !== "" && selector !== undefined ? [forbidden(`${at}.selector`, exclusive)] : []),
    ...(name === "" && selector === undefined ? [required(at, "one of name or selector must be specified")] : []),
    ...(action === "" ? [required(`${at}.parameterNotFoundAction`)] : oneOf(`${at}.parameterNotFoundAction`, action, ["Deny", "Allow"])),
  ]
}

const actionErrors = (actions: readonly string[]): FieldError[] => {
  const field = "spec.validationActions"
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [index, action] of actions.entries()) {
    errors.push(...oneOf(`${field}[${index}]`, action, ["Audit", "Deny", "Warn"]))
    if (seen.has(action)) errors.push(duplicate(`${field}[${index}]`, action))
    seen.add(action)
  }
  if (seen.has("Deny") && seen.has("Warn"))
    errors.push(
      invalidValue(
        field,
        actions,
        "must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)",
      ),
    )
  if (seen.size === 0) errors.push(required(field, "at least one validation action is required"))
  return errors
}

/** `acts`: of a policy that only says yes or no. */
export const bindingErrors = (spec: BindingSpec, acts: boolean): FieldError[] => [
  ...(spec.policyName ? subdomainErrors("spec.policyName", spec.policyName) : [required("spec.policyName")]),
  ...paramRefErrors(spec.paramRef),
  ...matchErrors(spec.matchResources, "spec.matchResources"),
  ...(acts ? actionErrors(spec.validationActions ?? []) : []),
]

/** As SetDefaults_MatchResources. */
export const fillMatch = (match: MatchResources | undefined): void => {
  if (!match) return
  const open = match as { -readonly [K in keyof MatchResources]: MatchResources[K] }
  open.matchPolicy ||= "Equivalent"
  open.namespaceSelector ??= {}
  open.objectSelector ??= {}
  for (const rule of [...(match.resourceRules ?? []), ...(match.excludeResourceRules ?? [])] as { scope?: string }[]) rule.scope ||= "*"
}
