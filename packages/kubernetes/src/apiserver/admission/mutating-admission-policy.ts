/** MutatingAdmissionPolicy: changes in CEL that objects get before they are stored. As k8s.io/apiserver/pkg/admission/plugin/policy/mutating. */
import { deepEqual, isObject } from "../../apimachinery/frozen.ts"
import { jsonPatch, PatchError } from "../../apimachinery/patch.ts"
import { forbidden } from "../../apimachinery/status.ts"
import { evaluateCel, jsonValue } from "../../cel/evaluate.ts"
import type { AdmissionPlugin, AdmissionRequest, Server } from "../context.ts"
import { mergeTyped } from "../managed-fields/compare.ts"
import { resultedInError, type Variables } from "./cel-request.ts"
import { conditionedVariables, type Invocation, invocationsOf, type Policy } from "./policies.ts"
import { become, isExempt } from "./webhooks.ts"

interface Mutation {
  patchType: string
  applyConfiguration?: { expression: string }
  jsonPatch?: { expression: string }
}

interface MutatingPolicy extends Policy {
  spec: Policy["spec"] & { mutations?: readonly Mutation[] }
}

class MutationFailed extends Error {}

/** Fields that name the object are nobody's to change. */
const checkApplied = (value: unknown): void => {
  if (!isObject(value)) throw new MutationFailed("must evaluate to an Object")
  for (const field of ["apiVersion", "kind"]) if (field in value) throw new MutationFailed(`may not mutate ${field}`)
  const metadata = isObject(value.metadata) ? value.metadata : {}
  for (const field of ["name", "namespace", "uid", "generateName"])
    if (field in metadata) throw new MutationFailed(`may not mutate metadata.${field}`)
}

/** The object after one mutation. */
const mutated = (mutation: Mutation, request: AdmissionRequest, variables: Variables): unknown => {
  const expression = (mutation.patchType === "JSONPatch" ? mutation.jsonPatch : mutation.applyConfiguration)?.expression ?? ""
  let value: unknown
  try {
    value = jsonValue(evaluateCel(expression, variables))
  } catch (error) {
    throw new MutationFailed(resultedInError(expression, error))
  }
  if (mutation.patchType !== "JSONPatch") {
    checkApplied(value)
    return mergeTyped(request.kind.schema(), request.object, value)
  }
  if (!Array.isArray(value)) throw new MutationFailed("type checking failed: must evaluate to a list of JSONPatch")
  try {
    return jsonPatch(request.object, value as never)
  } catch (error) {
    if (error instanceof PatchError) throw new MutationFailed(`JSON Patch: ${error.message}`)
    throw error
  }
}

const invoke = ({ policy, binding, parameters }: Invocation<MutatingPolicy>, request: AdmissionRequest, server: Server): boolean => {
  const before = structured(request.object)
  try {
    if ("error" in parameters) throw new MutationFailed(parameters.error)
    for (const params of parameters)
      for (const mutation of policy.spec.mutations ?? []) {
        // Each mutation sees what the one before made of the object.
        const variables = conditionedVariables(policy, request, server, params)
        if (!variables) break
        if (typeof variables.error === "string") throw new MutationFailed(variables.error)
        become(request.object, mutated(mutation, request, variables as Variables))
        request.kind.defaults?.(request.object as never)
      }
    return !deepEqual(before, request.object)
  } catch (error) {
    if (!(error instanceof MutationFailed)) throw error
    become(request.object, before)
    if (policy.spec.failurePolicy === "Ignore") return false
    throw forbidden(
      request.kind,
      request.object.metadata.name || request.object.metadata.generateName || "",
      `policy '${policy.metadata.name}' with binding '${binding.metadata.name}' denied request: ${error.message}`,
    )
  }
}

const structured = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(structured)
    : isObject(value)
      ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, structured(member)]))
      : value

export const mutatingAdmissionPolicy: AdmissionPlugin = {
  name: "MutatingAdmissionPolicy",
  idle: (server) => server.configured("mutatingadmissionpolicybindings").length === 0,
  concerns: ({ plural }) => plural !== "leases" && plural !== "events",
  subresources: true,
  admit(request, server) {
    if (isExempt(request) || request.operation === "delete" || request.kind.plural === "leases" || request.kind.plural === "events") return
    const plurals = { policies: "mutatingadmissionpolicies", bindings: "mutatingadmissionpolicybindings" }
    const done = new Set<Invocation<MutatingPolicy>>()
    const again = new Set<Invocation<MutatingPolicy>>()
    const invocations = invocationsOf<MutatingPolicy>(request, server, plurals)
    let changed = false
    for (const one of invocations) {
      if (invoke(one, request, server)) {
        changed = true
        for (const earlier of done) again.add(earlier)
      }
      if (one.policy.spec.reinvocationPolicy === "IfNeeded") done.add(one)
    }
    if (!changed) return
    request.reinvoke?.()
    for (const one of again) invoke(one, request, server)
  },
}
