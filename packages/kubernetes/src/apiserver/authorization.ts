/** RBAC: who may do what, by (Cluster)Roles and bindings in the store. As plugin/pkg/auth/authorizer/rbac. */
import type { UserInfo } from "./contract.ts"
import type { RequestInfo } from "./request-info.ts"

interface Rule {
  verbs: readonly string[]
  apiGroups?: readonly string[]
  resources?: readonly string[]
  resourceNames?: readonly string[]
  nonResourceURLs?: readonly string[]
}

interface Binding {
  metadata: { namespace?: string }
  roleRef: { kind: string; name: string }
  subjects?: readonly { kind: string; name: string; namespace?: string }[]
}

export interface RoleSource {
  clusterRole(name: string): { rules?: readonly Rule[] } | undefined
  role(namespace: string, name: string): { rules?: readonly Rule[] } | undefined
  clusterRoleBindings(): readonly Binding[]
  roleBindings(namespace: string): readonly Binding[]
}

/** Components of the control plane and kubelets, whose bootstrap roles allow them their work. */
const TRUSTED = /^system:(kube-controller-manager|kube-scheduler|kube-proxy|apiserver|node:.+|serviceaccount:kube-system:.+)$/

const applies = (binding: Binding, user: UserInfo): boolean =>
  (binding.subjects ?? []).some((subject) => {
    if (subject.kind === "User") return subject.name === user.name
    if (subject.kind === "Group") return user.groups.includes(subject.name)
    return user.name === `system:serviceaccount:${subject.namespace ?? binding.metadata.namespace}:${subject.name}`
  })

export const allows = (rule: Rule, info: RequestInfo): boolean => {
  if (!rule.verbs.includes("*") && !rule.verbs.includes(info.verb)) return false
  if (!info.isResource)
    return (rule.nonResourceURLs ?? []).some(
      (url) => url === "*" || url === info.path || (url.endsWith("*") && info.path.startsWith(url.slice(0, -1))),
    )
  const resource = info.subresource ? `${info.resource}/${info.subresource}` : info.resource
  if (!(rule.apiGroups ?? []).some((group) => group === "*" || group === info.group)) return false
  if (!(rule.resources ?? []).some((one) => one === "*" || one === resource || (one.startsWith("*/") && info.subresource === one.slice(2))))
    return false
  return !rule.resourceNames?.length || (info.name !== "" && rule.resourceNames.includes(info.name))
}

/** All rules that hold for a user in a namespace ("" for cluster-wide ones alone). */
export const rulesFor = (user: UserInfo, namespace: string | undefined, roles: RoleSource): Rule[] => {
  const rules: Rule[] = []
  for (const binding of roles.clusterRoleBindings())
    if (applies(binding, user)) for (const rule of roles.clusterRole(binding.roleRef.name)?.rules ?? []) rules.push(rule)
  if (namespace)
    for (const binding of roles.roleBindings(namespace)) {
      if (!applies(binding, user)) continue
      const role =
        binding.roleRef.kind === "ClusterRole" ? roles.clusterRole(binding.roleRef.name) : roles.role(namespace, binding.roleRef.name)
      for (const rule of role?.rules ?? []) rules.push(rule)
    }
  return rules
}

const OPEN_PATHS = /^\/(healthz|livez|readyz|version)(\/|$)/
const DISCOVERY = /^\/(api|apis|openapi)(\/|$)/

/** `trusted`: it is a component of this world that asks, whose word is good. */
export const authorized = (user: UserInfo, info: RequestInfo, roles: RoleSource, trusted = false): boolean => {
  if (user.groups.includes("system:masters") || (trusted && TRUSTED.test(user.name))) return true
  if (!info.isResource && (OPEN_PATHS.test(info.path) || (DISCOVERY.test(info.path) && user.groups.includes("system:authenticated"))))
    return true
  if (info.group === "authorization.k8s.io" && info.resource.startsWith("selfsubject") && user.groups.includes("system:authenticated"))
    return true
  if (info.group === "authentication.k8s.io" && info.resource === "selfsubjectreviews") return true
  return rulesFor(user, info.namespace, roles).some((rule) => allows(rule, info))
}

/** The binding that allows a request, in the words of RBAC's decision. */
export const allowedBy = (user: UserInfo, info: RequestInfo, roles: RoleSource): string | undefined => {
  const find = (binding: Binding & { metadata: { name?: string } }): string | undefined => {
    const subject = (binding.subjects ?? []).find((one) => applies({ ...binding, subjects: [one] }, user))
    if (!subject) return undefined
    const { kind, name } = binding.roleRef
    const { namespace } = binding.metadata
    const role = kind === "ClusterRole" ? roles.clusterRole(name) : roles.role(namespace ?? "", name)
    if (!(role?.rules ?? []).some((rule) => allows(rule, info))) return undefined
    const which = namespace
      ? `RoleBinding ${JSON.stringify(`${binding.metadata.name}/${namespace}`)}`
      : `ClusterRoleBinding ${JSON.stringify(binding.metadata.name)}`
    const whom = `${subject.kind} ${JSON.stringify(subject.kind === "ServiceAccount" ? `${subject.name}/${subject.namespace ?? namespace}` : subject.name)}`
    return `RBAC: allowed by ${which} of ${kind} ${JSON.stringify(name)} to ${whom}`
  }
  for (const binding of roles.clusterRoleBindings()) {
    const reason = find(binding)
    if (reason) return reason
  }
  for (const binding of info.namespace ? roles.roleBindings(info.namespace) : []) {
    const reason = find(binding)
    if (reason) return reason
  }
  return undefined
}

/** As plugin/pkg/auth/authorizer/rbac and endpoints/handlers/responsewriters/errors.go word a refusal. */
export const forbiddenMessage = (user: UserInfo, info: RequestInfo): string => {
  if (!info.isResource) return `User ${JSON.stringify(user.name)} cannot ${info.verb} path ${JSON.stringify(info.path)}`
  const resource = info.subresource ? `${info.resource}/${info.subresource}` : info.resource
  const where = info.namespace
    ? `in API group ${JSON.stringify(info.group)} in the namespace ${JSON.stringify(info.namespace)}`
    : `in API group ${JSON.stringify(info.group)} at the cluster scope`
  return `User ${JSON.stringify(user.name)} cannot ${info.verb} resource ${JSON.stringify(resource)} ${where}`
}
