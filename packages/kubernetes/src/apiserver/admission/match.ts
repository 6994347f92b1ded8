/** Whether rules and selectors mean a request: shared by webhooks and policies. As k8s.io/apiserver/pkg/admission/plugin/webhook/predicates. */
import type { AnyStored } from "../../apimachinery/object.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import type { AdmissionRequest, Server } from "../context.ts"

export interface Rule {
  apiGroups?: readonly string[]
  apiVersions?: readonly string[]
  operations?: readonly string[]
  resources?: readonly string[]
  resourceNames?: readonly string[]
  scope?: string
}

export interface Match {
  resourceRules?: readonly Rule[]
  excludeResourceRules?: readonly Rule[]
  namespaceSelector?: unknown
  objectSelector?: unknown
  matchPolicy?: string
}

const within = (list: readonly string[] | undefined, value: string): boolean => (list ?? []).some((one) => one === "*" || one === value)

/** `anyVersion`: matchPolicy Equivalent, by which a rule for one version of a resource means its others too. */
export const meets = (rule: Rule, request: AdmissionRequest, anyVersion: boolean): boolean => {
  const { kind, operation, subresource, object } = request
  return (
    within(rule.apiGroups, kind.group) &&
    (anyVersion || within(rule.apiVersions, kind.version)) &&
    within(rule.operations, operation.toUpperCase()) &&
    (rule.resources ?? []).some((one) => {
      const [resource, sub = ""] = one.split("/")
      return (resource === "*" || resource === kind.plural) && (sub === "*" || sub === subresource)
    }) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(object.metadata.name ?? "")) &&
    (rule.scope === undefined || rule.scope === "*" || (rule.scope === "Namespaced") === kind.namespaced)
  )
}

const isSelecting = (selector: unknown): boolean => typeof selector === "object" && selector !== null && Object.keys(selector).length > 0

/** The Namespace that a request is in; for a Namespace itself, as it will be. */
export const namespaceAround = (request: AdmissionRequest, server: Server): AnyStored | undefined => {
  if (request.kind.plural === "namespaces" && request.kind.group === "")
    return (request.operation === "delete" ? request.old : request.object) as AnyStored | undefined
  const namespaces = server.kind("", "v1", "namespaces")
  return namespaces && request.namespace ? server.registry.find(namespaces, undefined, request.namespace) : undefined
}

export const selectorsMatch = (
  { namespaceSelector, objectSelector }: Pick<Match, "namespaceSelector" | "objectSelector">,
  request: AdmissionRequest,
  server: Server,
): boolean => {
  if (isSelecting(namespaceSelector) && (request.kind.namespaced || request.kind.plural === "namespaces")) {
    const around = namespaceAround(request, server)
    if (!around || !selectorMatches(namespaceSelector as never, around.metadata.labels as never)) return false
  }
  if (!isSelecting(objectSelector)) return true
  return [request.object, request.old].some((one) => one && selectorMatches(objectSelector as never, (one.metadata?.labels ?? {}) as never))
}

export const matches = (match: Match | undefined, request: AdmissionRequest, server: Server, needed: boolean): boolean => {
  if (!match) return !needed
  const anyVersion = match.matchPolicy === "Equivalent"
  if ((match.excludeResourceRules ?? []).some((rule) => meets(rule, request, anyVersion))) return false
  if (!selectorsMatch(match, request, server)) return false
  const rules = match.resourceRules ?? []
  return rules.length === 0 ? !needed : rules.some((rule) => meets(rule, request, anyVersion))
}
