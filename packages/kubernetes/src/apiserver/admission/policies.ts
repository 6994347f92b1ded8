/** What validating and mutating admission policies share: which bindings mean a request, their parameters and variables. As k8s.io/apiserver/pkg/admission/plugin/policy/generic. */
import type { AnyStored } from "../../apimachinery/object.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import { evaluateCel } from "../../cel/evaluate.ts"
import type { AdmissionRequest, Server } from "../context.ts"
import { conditionsHold, type MatchCondition, resultedInError, type Variables, variablesOf } from "./cel-request.ts"
import { type Match, matches } from "./match.ts"

export interface Policy {
  metadata: AnyStored["metadata"]
  spec: {
    paramKind?: { apiVersion?: string; kind?: string }
    matchConstraints?: Match
    matchConditions?: readonly MatchCondition[]
    variables?: readonly { name: string; expression: string }[]
    failurePolicy?: string
    reinvocationPolicy?: string
  }
}

export interface Binding {
  metadata: AnyStored["metadata"]
  spec: {
    policyName?: string
    paramRef?: { name?: string; namespace?: string; selector?: unknown; parameterNotFoundAction?: string }
    matchResources?: Match
    validationActions?: readonly string[]
  }
}

export interface Invocation<P extends Policy> {
  policy: P
  binding: Binding
  /** What it is invoked with; a text says why the binding cannot be used. */
  parameters: readonly (AnyStored | undefined)[] | { error: string }
}

/** As generic.CollectParams. */
const parametersOf = (policy: Policy, binding: Binding, request: AdmissionRequest, server: Server): Invocation<Policy>["parameters"] => {
  const { paramKind } = policy.spec
  const { paramRef } = binding.spec
  if (!paramKind || !paramRef) return [undefined]
  const kind = server.kindNamed(paramKind.apiVersion ?? "", paramKind.kind ?? "")
  if (!kind)
    return {
      error: `failed to configure policy: failed to find resource referenced by paramKind: '${paramKind.apiVersion}, Kind=${paramKind.kind}'`,
    }
  if (!kind.namespaced && paramRef.namespace)
    return { error: "failed to configure binding: paramRef.namespace must not be provided for a cluster-scoped `paramKind`" }
  const namespace = kind.namespaced ? paramRef.namespace || request.namespace : undefined
  if (kind.namespaced && !namespace)
    return { error: "failed to configure binding: cannot use namespaced paramRef in policy binding that matches cluster-scoped resources" }
  const found = paramRef.name
    ? [server.registry.find(kind, namespace, paramRef.name)].filter((one) => one !== undefined)
    : server.etcd
        .range<AnyStored>(server.registry.prefix(kind, namespace))
        .items.map(({ value }) => value)
        .filter((one) => selectorMatches((paramRef.selector ?? {}) as never, one.metadata.labels as never))
  if (found.length > 0 || paramRef.parameterNotFoundAction === "Allow") return found
  return { error: "failed to configure binding: no params found for policy binding with `Deny` parameterNotFoundAction" }
}

/** Every policy, with every binding of it, that this request has to meet; in the order of the bindings' names. */
export const invocationsOf = <P extends Policy>(
  request: AdmissionRequest,
  server: Server,
  plurals: { policies: string; bindings: string },
): readonly Invocation<P>[] => {
  const bindings = server.configured(plurals.bindings) as unknown as readonly Binding[]
  if (bindings.length === 0) return []
  const policies = server.configured(plurals.policies) as unknown as readonly P[]
  return bindings.flatMap((binding) => {
    const policy = policies.find(({ metadata }) => metadata.name === binding.spec.policyName)
    if (!policy || !matches(policy.spec.matchConstraints, request, server, true)) return []
    if (!matches(binding.spec.matchResources, request, server, false)) return []
    return [{ policy, binding, parameters: parametersOf(policy, binding, request, server) }]
  })
}

/** Named expressions, each evaluated when it is first used. */
const withNamed = (variables: Variables, named: Policy["spec"]["variables"]): Variables => {
  const own: Variables = {}
  const all = { ...variables, variables: own }
  for (const { name, expression } of named ?? []) {
    try {
      own[name] = evaluateCel(expression, all)
    } catch (error) {
      // As there, where they are lazy: one that fails does so where it is used.
      resultedInError(expression, error)
    }
  }
  return all
}

/** The variables that a policy's expressions see; undefined: its conditions say that it does not hold here. */
export const conditionedVariables = (
  policy: Policy,
  request: AdmissionRequest,
  server: Server,
  params: AnyStored | undefined,
): Variables | { error: string } | undefined => {
  const variables = variablesOf(request, server, params)
  const conditions = conditionsHold(policy.spec.matchConditions, () => variables)
  if ("error" in conditions) return conditions
  return conditions.holds ? withNamed(variables, policy.spec.variables) : undefined
}
