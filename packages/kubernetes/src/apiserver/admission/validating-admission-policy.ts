/** ValidatingAdmissionPolicy: rules in CEL that objects must meet. As k8s.io/apiserver/pkg/admission/plugin/policy/validating. */
import { Environment } from "@marcbachmann/cel-js"
import type { ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding } from "../../api/index.ts"
import type { AnyStored } from "../../apimachinery/object.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import { StatusError } from "../../apimachinery/status.ts"
import { celValue } from "../../api/custom-resources/rules.ts"
import type { AdmissionPlugin, AdmissionRequest, Server } from "../context.ts"

interface Rule {
  apiGroups?: readonly string[]
  apiVersions?: readonly string[]
  operations?: readonly string[]
  resources?: readonly string[]
  resourceNames?: readonly string[]
  scope?: string
}

interface Match {
  resourceRules?: readonly Rule[]
  excludeResourceRules?: readonly Rule[]
  namespaceSelector?: unknown
  objectSelector?: unknown
}

const environment = new Environment({ unlistedVariablesAreDyn: true })

const within = (list: readonly string[] | undefined, value: string): boolean => (list ?? []).some((one) => one === "*" || one === value)

const meets = (rule: Rule, { kind, operation, subresource, object, namespace }: AdmissionRequest): boolean =>
  within(rule.apiGroups, kind.group) &&
  within(rule.apiVersions, kind.version) &&
  within(rule.operations, operation.toUpperCase()) &&
  (within(rule.resources, subresource ? `${kind.plural}/${subresource}` : kind.plural) ||
    (rule.resources ?? []).some(
      (one) => one === "*/*" || one === `${kind.plural}/*` || (subresource !== "" && one === `*/${subresource}`),
    )) &&
  (!rule.resourceNames?.length || rule.resourceNames.includes(object.metadata.name ?? "")) &&
  (rule.scope === undefined || rule.scope === "*" || (rule.scope === "Namespaced") === (namespace !== undefined))

const isSelecting = (selector: unknown): boolean => typeof selector === "object" && selector !== null && Object.keys(selector).length > 0

const matches = (match: Match | undefined, request: AdmissionRequest, namespace: AnyStored | undefined, needed: boolean): boolean => {
  if (!match) return !needed
  if ((match.excludeResourceRules ?? []).some((rule) => meets(rule, request))) return false
  if (
    isSelecting(match.namespaceSelector) &&
    !(namespace && selectorMatches(match.namespaceSelector as never, namespace.metadata.labels as never))
  )
    return false
  if (isSelecting(match.objectSelector) && !selectorMatches(match.objectSelector as never, request.object.metadata.labels as never))
    return false
  const rules = match.resourceRules ?? []
  return rules.length === 0 ? !needed : rules.some((rule) => meets(rule, request))
}

/** The objects that a binding's parameters are; one undefined: the policy takes none. */
const parametersOf = (
  policy: ValidatingAdmissionPolicy,
  binding: ValidatingAdmissionPolicyBinding,
  request: AdmissionRequest,
  server: Server,
): readonly (AnyStored | undefined)[] | "missing" => {
  const { paramKind } = policy.spec
  const reference = binding.spec.paramRef
  if (!paramKind || !reference) return [undefined]
  const kind = server.kindNamed(paramKind.apiVersion ?? "", paramKind.kind ?? "")
  if (!kind) return "missing"
  const namespace = kind.namespaced ? (reference.namespace ?? request.namespace) : undefined
  const found = reference.name
    ? [server.registry.find(kind, namespace, reference.name)].filter((one) => one !== undefined)
    : server.etcd
        .range<AnyStored>(server.registry.prefix(kind, namespace))
        .items.map(({ value }) => value)
        .filter((one) => selectorMatches((reference.selector ?? {}) as never, one.metadata.labels as never))
  if (found.length > 0) return found
  return reference.parameterNotFoundAction === "Allow" ? [] : "missing"
}

type Variables = Record<string, unknown>

const evaluate = (expression: string, variables: Variables): unknown => environment.evaluate(expression, variables)

const firstLine = (error: unknown): string => (error as Error).message.split("\n")[0]

interface Outcome {
  message: string
  reason: string
}

/** What a policy objects to, for one set of parameters. */
const objections = (policy: ValidatingAdmissionPolicy, variables: Variables): Outcome[] => {
  const { validations = [], matchConditions = [], variables: named = [] } = policy.spec
  try {
    for (const { expression } of matchConditions) if (evaluate(expression, variables) !== true) return []
  } catch (error) {
    return policy.spec.failurePolicy === "Ignore" ? [] : [{ message: `match condition error: ${firstLine(error)}`, reason: "Invalid" }]
  }
  const own: Variables = {}
  const all = { ...variables, variables: own }
  for (const { name, expression } of named) {
    try {
      own[name] = evaluate(expression, all)
    } catch {
      // As lazily evaluated there: a variable that fails does so where it is used.
    }
  }
  return validations.flatMap(({ expression, message, messageExpression, reason }): Outcome[] => {
    let text = message?.trim() || `failed expression: ${expression.trim()}`
    try {
      if (evaluate(expression, all) === true) return []
      const made = messageExpression ? evaluate(messageExpression, all) : undefined
      if (typeof made === "string" && made.trim() !== "") text = made.trim()
    } catch (error) {
      if (policy.spec.failurePolicy === "Ignore") return []
      text = `expression '${expression}' resulted in error: ${firstLine(error)}`
    }
    return [{ message: text, reason: reason ?? "Invalid" }]
  })
}

const CODES: Readonly<Record<string, number>> = { Unauthorized: 401, Forbidden: 403, Invalid: 422, RequestEntityTooLarge: 413 }

const denied = ({ kind, object }: AdmissionRequest, { message, reason }: Outcome): StatusError => {
  const resource = kind.group ? `${kind.plural}.${kind.group}` : kind.plural
  const name = object.metadata.name || object.metadata.generateName || ""
  return new StatusError(CODES[reason] ?? 422, reason, `${resource} ${JSON.stringify(name)} is forbidden: ${message}`, {
    name,
    ...(kind.group && { group: kind.group }),
    kind: kind.plural,
    causes: [{ message }],
  })
}

export const validatingAdmissionPolicy: AdmissionPlugin = {
  name: "ValidatingAdmissionPolicy",
  admit(request, server) {
    const { kind, user, operation, namespace, object, old, dryRun } = request
    // Policies do not hold for themselves; heartbeats are too many to ask.
    if (kind.group === "admissionregistration.k8s.io" || kind.plural === "leases" || kind.plural === "events") return
    const policies = server.kind("admissionregistration.k8s.io", "v1", "validatingadmissionpolicies")
    const bindings = server.kind("admissionregistration.k8s.io", "v1", "validatingadmissionpolicybindings")
    if (!policies || !bindings) return
    const all = server.etcd.range<ValidatingAdmissionPolicyBinding>(server.registry.prefix(bindings, undefined)).items
    if (all.length === 0) return
    const namespaces = server.kind("", "v1", "namespaces")
    const around = namespaces && namespace ? server.registry.find(namespaces, undefined, namespace) : undefined
    for (const { value: binding } of all) {
      const policy = server.registry.find(policies, undefined, binding.spec.policyName ?? "") as unknown as
        | ValidatingAdmissionPolicy
        | undefined
      if (!policy || !matches(policy.spec.matchConstraints as Match, request, around, true)) continue
      if (!matches(binding.spec.matchResources as Match | undefined, request, around, false)) continue
      const parameters = parametersOf(policy, binding, request, server)
      const actions = binding.spec.validationActions ?? ["Deny"]
      const found: Outcome[] =
        parameters === "missing"
          ? policy.spec.failurePolicy === "Ignore"
            ? []
            : [
                {
                  message: "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction",
                  reason: "Invalid",
                },
              ]
          : parameters.flatMap((params) =>
              objections(policy, {
                object: operation === "delete" ? null : celValue(object, undefined),
                oldObject: old && operation !== "create" ? celValue(old, undefined) : null,
                params: params ? celValue(params, undefined) : null,
                namespaceObject: around ? celValue(around, undefined) : null,
                request: {
                  kind: { group: kind.group, version: kind.version, kind: kind.kind },
                  resource: { group: kind.group, version: kind.version, resource: kind.plural },
                  subResource: request.subresource,
                  name: object.metadata.name ?? "",
                  namespace: namespace ?? "",
                  operation: operation.toUpperCase(),
                  userInfo: { username: user.name, groups: user.groups },
                  dryRun,
                },
              }),
            )
      for (const outcome of found) {
        const text = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}' denied request: ${outcome.message}`
        if (actions.includes("Warn"))
          request.warn(
            `Validation failed for ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}': ${outcome.message}`,
          )
        if (actions.includes("Deny")) throw denied(request, { ...outcome, message: text })
      }
    }
  },
}
