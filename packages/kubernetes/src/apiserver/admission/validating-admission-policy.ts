/** ValidatingAdmissionPolicy: rules in CEL that objects must meet. As k8s.io/apiserver/pkg/admission/plugin/policy/validating. */
import { evaluateCel } from "../../cel/evaluate.ts"
import { StatusError } from "../../apimachinery/status.ts"
import type { AdmissionPlugin, AdmissionRequest } from "../context.ts"
import { resultedInError, type Variables } from "./cel-request.ts"
import { conditionedVariables, invocationsOf, type Policy } from "./policies.ts"
import { isExempt } from "./webhooks.ts"

interface ValidatingPolicy extends Policy {
  spec: Policy["spec"] & {
    validations?: readonly { expression: string; message?: string; messageExpression?: string; reason?: string }[]
    auditAnnotations?: readonly { key: string; valueExpression: string }[]
  }
}

interface Outcome {
  message: string
  reason: string
}

/** What a policy objects to, for one set of parameters. As validating/validator.go. */
const objections = ({ spec }: ValidatingPolicy, variables: Variables): Outcome[] => {
  const isOpen = spec.failurePolicy === "Ignore"
  const found = (spec.validations ?? []).flatMap(({ expression, message, messageExpression, reason }): Outcome[] => {
    try {
      if (evaluateCel(expression, variables) === true) return []
    } catch (error) {
      const text = resultedInError(expression, error)
      return isOpen ? [] : [{ message: text, reason: "Invalid" }]
    }
    return [{ message: wording(variables, expression, message, messageExpression), reason: reason ?? "Invalid" }]
  })
  for (const { valueExpression } of spec.auditAnnotations ?? []) {
    try {
      evaluateCel(valueExpression, variables)
    } catch (error) {
      const text = resultedInError(valueExpression, error)
      if (!isOpen) found.push({ message: text, reason: "Invalid" })
    }
  }
  return found
}

/** The longest a messageExpression may give, bytes. */
const LONGEST_MESSAGE = 5 * 1024

const wording = (variables: Variables, expression: string, message: string | undefined, messageExpression: string | undefined): string => {
  const fixed = message?.trim() || `failed expression: ${expression.trim()}`
  if (!messageExpression) return fixed
  try {
    const made = evaluateCel(messageExpression, variables)
    const text = typeof made === "string" ? made.trim() : ""
    return text === "" || text.includes("\n") || text.length > LONGEST_MESSAGE ? fixed : text
  } catch (error) {
    resultedInError(messageExpression, error)
    return fixed
  }
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
  idle: (server) => server.configured("validatingadmissionpolicybindings").length === 0,
  concerns: ({ plural }) => plural !== "leases" && plural !== "events",
  subresources: true,
  validating: true,
  admit(request, server) {
    // Heartbeats are too many to ask.
    if (isExempt(request) || request.kind.plural === "leases" || request.kind.plural === "events") return
    const plurals = { policies: "validatingadmissionpolicies", bindings: "validatingadmissionpolicybindings" }
    let refusal: Outcome | undefined
    for (const { policy, binding, parameters } of invocationsOf<ValidatingPolicy>(request, server, plurals)) {
      const isOpen = policy.spec.failurePolicy === "Ignore"
      const failed = (message: string): Outcome[] => (isOpen ? [] : [{ message, reason: "Invalid" }])
      const found =
        "error" in parameters
          ? failed(parameters.error)
          : parameters.flatMap((params) => {
              const variables = conditionedVariables(policy, request, server, params)
              if (!variables) return []
              return typeof variables.error === "string" ? failed(variables.error) : objections(policy, variables as Variables)
            })
      const actions = binding.spec.validationActions ?? ["Deny"]
      const by = `ValidatingAdmissionPolicy '${policy.metadata.name}' with binding '${binding.metadata.name}'`
      for (const { message, reason } of found) {
        if (actions.includes("Warn")) request.warn(`Validation failed for ${by}: ${message}`)
        if (actions.includes("Deny")) refusal ??= { message: `${by} denied request: ${message}`, reason }
      }
    }
    if (refusal) throw denied(request, refusal)
  },
}
