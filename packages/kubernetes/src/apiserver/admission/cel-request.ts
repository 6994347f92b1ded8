/** What CEL expressions of webhooks and policies see of a request: object, oldObject, request, namespaceObject, authorizer. As k8s.io/apiserver/pkg/admission/plugin/cel. */
import { CelError, celValue, CostExceeded, evaluateCel } from "../../cel/evaluate.ts"
import { CelAuthorizer } from "../../cel/authorizer.ts"
import type { AnyStored } from "../../apimachinery/object.ts"
import { StatusError } from "../../apimachinery/status.ts"
import type { AdmissionRequest, Server } from "../context.ts"
import { namespaceAround } from "./match.ts"

export type Variables = Record<string, unknown>

/** Made when the first expression is evaluated: most requests meet no policy. */
export const variablesOf = (request: AdmissionRequest, server: Server, params?: AnyStored): Variables => {
  const { kind, operation, object, old, user, namespace, dryRun, subresource } = request
  const around = kind.namespaced ? namespaceAround(request, server) : undefined
  const gvk = request.objectKind ?? { group: kind.group, version: kind.version, kind: kind.kind }
  const resource = { group: kind.group, version: kind.version, resource: kind.plural }
  return {
    object: operation === "delete" ? null : celValue(object),
    oldObject: old && operation !== "create" ? celValue(old) : null,
    params: params ? celValue(params) : null,
    namespaceObject: around ? celValue(around) : null,
    request: {
      kind: gvk,
      resource,
      subResource: subresource,
      requestKind: gvk,
      requestResource: resource,
      requestSubResource: subresource,
      name: object.metadata.name ?? old?.metadata.name ?? "",
      namespace: namespace ?? "",
      operation: operation.toUpperCase(),
      userInfo: { username: user.name, uid: user.uid ?? "", groups: user.groups, extra: user.extra ?? {} },
      dryRun,
      options: celValue(request.options ?? {}),
    },
    authorizer: new CelAuthorizer({
      user,
      decide: (who, info) => server.decide(who, info),
      request: { group: kind.group, resource: kind.plural, subresource, namespace: namespace ?? "", name: object.metadata.name ?? "" },
    }),
  }
}

/** As cel-go's evaluation errors are wrapped by condition.go. */
export const resultedInError = (expression: string, error: unknown): string => {
  if (!(error instanceof CelError || error instanceof CostExceeded)) throw error
  return `expression '${expression}' resulted in error: ${error.message}`
}

export interface MatchCondition {
  name: string
  expression: string
}

/** Whether all conditions hold. One that is false wins over errors. As plugin/webhook/matchconditions/matcher.go. */
export const conditionsHold = (
  conditions: readonly MatchCondition[] | undefined,
  variables: () => Variables,
): { holds: boolean } | { error: string } => {
  const errors: string[] = []
  for (const { expression } of conditions ?? []) {
    try {
      if (evaluateCel(expression, variables()) !== true) return { holds: false }
    } catch (error) {
      if (error instanceof StatusError) throw error
      errors.push(resultedInError(expression, error))
    }
  }
  if (errors.length === 0) return { holds: true }
  return { error: errors.length === 1 ? errors[0] : `[${errors.join(", ")}]` }
}
