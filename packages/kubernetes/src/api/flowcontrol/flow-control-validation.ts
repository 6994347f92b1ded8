/** Checks of FlowSchemas and PriorityLevelConfigurations. As pkg/apis/flowcontrol/validation/validation.go. */
import type { FieldError } from "../../apimachinery/status.ts"
import { forbidden, invalidValue, required } from "../core/common-validation.ts"
import { labelErrors, oneOf, subdomainErrors } from "../core/validation-texts.ts"

interface Subject {
  kind?: string
  user?: { name?: string }
  group?: { name?: string }
  serviceAccount?: { name?: string; namespace?: string }
}

interface Rule {
  verbs?: readonly string[]
  apiGroups?: readonly string[]
  resources?: readonly string[]
  namespaces?: readonly string[]
  clusterScope?: boolean
  nonResourceURLs?: readonly string[]
}

export interface FlowSchemaSpec {
  matchingPrecedence?: number
  distinguisherMethod?: { type?: string }
  priorityLevelConfiguration?: { name?: string }
  rules?: readonly { subjects?: readonly Subject[]; resourceRules?: readonly Rule[]; nonResourceRules?: readonly Rule[] }[]
}

const VERBS = ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"]
const LEAST_URGENT = 10_000

/** `"*"` alone, or others without it. */
const wildcardErrors = (field: string, values: readonly string[], what: string): FieldError[] =>
  values.length > 1 && values.includes("*") ? [invalidValue(field, values, `if '*' is present, must not specify other ${what}`)] : []

const verbErrors = (field: string, verbs: readonly string[]): FieldError[] => {
  if (verbs.length === 0) return [required(field, "verbs must contain at least one value")]
  if (verbs.includes("*")) return wildcardErrors(field, verbs, "verbs")
  return verbs.every((verb) => VERBS.includes(verb))
    ? []
    : [{ type: "NotSupported", field, value: verbs, detail: `supported values: ${VERBS.map((verb) => `"${verb}"`).join(", ")}` }]
}

const urlErrors = (field: string, path: string): FieldError[] => {
  if (path === "/") return []
  const problem =
    path === ""
      ? "must not be empty"
      : !path.startsWith("/")
        ? "must start with slash"
        : path.includes(" ")
          ? "must not contain white-space"
          : path.includes("//")
            ? "must not contain double slash"
            : path.split("*").length > 2 || (path.includes("*") && !path.endsWith("/*"))
              ? "wildcard can only do suffix matching"
              : undefined
  return problem === undefined ? [] : [invalidValue(field, path, problem)]
}

const resourceRuleErrors = (rule: Rule, at: string): FieldError[] => {
  const { apiGroups = [], resources = [], namespaces = [] } = rule
  const errors = verbErrors(`${at}.verbs`, rule.verbs ?? [])
  if (apiGroups.length === 0) errors.push(required(`${at}.apiGroups`, "resource rules must supply at least one api group"))
  errors.push(...wildcardErrors(`${at}.apiGroups`, apiGroups, "api groups"))
  if (resources.length === 0) errors.push(required(`${at}.resources`, "resource rules must supply at least one resource"))
  errors.push(...wildcardErrors(`${at}.resources`, resources, "resources"))
  if (namespaces.length === 0 && !rule.clusterScope)
    errors.push(required(`${at}.namespaces`, "resource rules that are not cluster scoped must supply at least one namespace"))
  else if (namespaces.includes("*")) errors.push(...wildcardErrors(`${at}.namespaces`, namespaces, "namespaces"))
  else
    for (const [index, name] of namespaces.entries())
      for (const problem of labelErrors(`${at}.namespaces[${index}]`, name))
        errors.push({ ...problem, detail: `each member of this list must be '*' or a DNS-1123 label; ${problem.detail}` })
  return errors
}

const urlRuleErrors = (rule: Rule, at: string): FieldError[] => {
  const { nonResourceURLs: urls = [] } = rule
  const field = `${at}.nonResourceURLs`
  return [
    ...verbErrors(`${at}.verbs`, rule.verbs ?? []),
    ...(urls.length === 0
      ? [required(field, "nonResourceURLs must contain at least one value")]
      : urls.includes("*")
        ? wildcardErrors(field, urls, "non-resource URLs")
        : urls.flatMap((url, index) => urlErrors(`${field}[${index}]`, url))),
  ]
}

const KINDS = { ServiceAccount: "serviceAccount", User: "user", Group: "group" } as const

const subjectErrors = (subject: Subject, at: string): FieldError[] => {
  const { kind = "" } = subject
  const own = KINDS[kind as keyof typeof KINDS]
  if (own === undefined) return oneOf(`${at}.kind`, kind, ["Group", "ServiceAccount", "User"])
  const errors: FieldError[] = []
  const given = subject[own]
  if (!given) errors.push(required(`${at}.${own}`, `${own} is required when subject kind is '${kind}'`))
  else {
    if (!given.name) errors.push(required(`${at}.${own}.name`))
    else if (own === "serviceAccount" && given.name !== "*") errors.push(...subdomainErrors(`${at}.${own}.name`, given.name))
    if (own === "serviceAccount") {
      const { namespace } = given as { namespace?: string }
      errors.push(
        ...(namespace
          ? labelErrors(`${at}.${own}.namespace`, namespace)
          : [required(`${at}.${own}.namespace`, "must specify namespace for service account")]),
      )
    }
  }
  for (const [other, field] of Object.entries(KINDS))
    if (field !== own && subject[field] !== undefined)
      errors.push(forbidden(`${at}.${field}`, `${field} is forbidden when subject kind is not '${other}'`))
  return errors
}

export const flowSchemaErrors = (name: string, spec: FlowSchemaSpec): FieldError[] => {
  const { matchingPrecedence: precedence = 0, distinguisherMethod, priorityLevelConfiguration, rules = [] } = spec
  const errors: FieldError[] = []
  const about = (detail: string) => errors.push(invalidValue("spec.matchingPrecedence", precedence, detail))
  if (precedence <= 0) about("must be a positive value")
  if (precedence > LEAST_URGENT) about(`must not be greater than ${LEAST_URGENT}`)
  if (precedence === 1 && name !== "exempt") about("only the schema named 'exempt' may have matchingPrecedence 1")
  if (distinguisherMethod && !["ByNamespace", "ByUser"].includes(distinguisherMethod.type ?? ""))
    errors.push({
      type: "NotSupported",
      field: "spec.distinguisherMethod.type",
      value: distinguisherMethod,
      detail: 'supported values: "ByNamespace", "ByUser"',
    })
  const level = "spec.priorityLevelConfiguration.name"
  errors.push(
    ...(priorityLevelConfiguration?.name
      ? subdomainErrors(level, priorityLevelConfiguration.name)
      : [required(level, "must reference a priority level")]),
  )
  for (const [index, { subjects = [], resourceRules = [], nonResourceRules = [] }] of rules.entries()) {
    const at = `spec.rules[${index}]`
    if (subjects.length === 0) errors.push(required(`${at}.subjects`, "subjects must contain at least one value"))
    for (const [number, subject] of subjects.entries()) errors.push(...subjectErrors(subject, `${at}.subjects[${number}]`))
    if (resourceRules.length === 0 && nonResourceRules.length === 0)
      errors.push(required(at, "at least one of resourceRules and nonResourceRules has to be non-empty"))
    for (const [number, rule] of resourceRules.entries()) errors.push(...resourceRuleErrors(rule, `${at}.resourceRules[${number}]`))
    for (const [number, rule] of nonResourceRules.entries()) errors.push(...urlRuleErrors(rule, `${at}.nonResourceRules[${number}]`))
  }
  return errors
}

export interface LevelSpec {
  type?: string
  exempt?: { nominalConcurrencyShares?: number; lendablePercent?: number }
  limited?: {
    nominalConcurrencyShares?: number
    lendablePercent?: number
    borrowingLimitPercent?: number
    limitResponse?: { type?: string; queuing?: { queues?: number; handSize?: number; queueLengthLimit?: number } }
  }
}

const MOST_QUEUES = 10_000_000
/** As shufflesharding.MaxHashBits. */
const MOST_BITS = 60

const queuingErrors = (
  { queues = 0, handSize = 0, queueLengthLimit = 0 }: { queues?: number; handSize?: number; queueLengthLimit?: number },
  at: string,
): FieldError[] => {
  const errors: FieldError[] = []
  if (queueLengthLimit <= 0) errors.push(invalidValue(`${at}.queueLengthLimit`, queueLengthLimit, "must be positive"))
  if (queues <= 0) errors.push(invalidValue(`${at}.queues`, queues, "must be positive"))
  else if (queues > MOST_QUEUES) errors.push(invalidValue(`${at}.queues`, queues, `must not be greater than ${MOST_QUEUES}`))
  if (handSize <= 0) errors.push(invalidValue(`${at}.handSize`, handSize, "must be positive"))
  else if (handSize > queues) errors.push(invalidValue(`${at}.handSize`, handSize, `should not be greater than queues (${queues})`))
  else if (Math.ceil(Math.log2(queues) * handSize) > MOST_BITS)
    errors.push(
      invalidValue(
        `${at}.handSize`,
        handSize,
        `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${MOST_BITS}`,
      ),
    )
  return errors
}

const percentErrors = (field: string, value: number | undefined, most: number): FieldError[] =>
  value === undefined || (value >= 0 && value <= most)
    ? []
    : [invalidValue(field, value, most === 100 ? "must be between 0 and 100, inclusive" : "if specified, must be a non-negative integer")]

export const priorityLevelErrors = (name: string, spec: LevelSpec): FieldError[] => {
  const { type = "", exempt, limited } = spec
  const errors: FieldError[] = []
  if ((name === "exempt") !== (type === "Exempt"))
    errors.push(invalidValue("spec.type", type, "type must be 'Exempt' if and only if name is 'exempt'"))
  if (type === "Exempt") {
    if (limited) errors.push(forbidden("spec.limited", "must be nil if the type is not Limited"))
    if (exempt?.nominalConcurrencyShares !== undefined && exempt.nominalConcurrencyShares < 0)
      errors.push(invalidValue("spec.exempt.nominalConcurrencyShares", exempt.nominalConcurrencyShares, "must be a non-negative integer"))
    errors.push(...percentErrors("spec.exempt.lendablePercent", exempt?.lendablePercent, 100))
    return errors
  }
  if (type !== "Limited") return [...errors, ...oneOf("spec.type", type, ["Exempt", "Limited"])]
  if (exempt) errors.push(forbidden("spec.exempt", "must be nil if the type is Limited"))
  if (!limited) return [...errors, required("spec.limited", "must not be empty when type is Limited")]
  const { nominalConcurrencyShares: shares, limitResponse = {} } = limited
  if (shares !== undefined && shares < 0)
    errors.push(invalidValue("spec.limited.nominalConcurrencyShares", shares, "must be a non-negative integer"))
  errors.push(
    ...percentErrors("spec.limited.lendablePercent", limited.lendablePercent, 100),
    ...percentErrors("spec.limited.borrowingLimitPercent", limited.borrowingLimitPercent, Number.POSITIVE_INFINITY),
  )
  const at = "spec.limited.limitResponse"
  if (limitResponse.type === "Reject") {
    if (limitResponse.queuing) errors.push(forbidden(`${at}.queuing`, "must be nil if limited.limitResponse.type is not Limited"))
  } else if (limitResponse.type === "Queue")
    errors.push(
      ...(limitResponse.queuing
        ? queuingErrors(limitResponse.queuing, `${at}.queuing`)
        : [required(`${at}.queuing`, "must not be empty if limited.limitResponse.type is Limited")]),
    )
  else errors.push(...oneOf(`${at}.type`, limitResponse.type ?? "", ["Queue", "Reject"]))
  return errors
}
