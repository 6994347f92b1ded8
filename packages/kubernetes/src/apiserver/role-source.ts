/** Roles and bindings as authorization reads them: out of the store. */
import type { Etcd } from "../etcd/contract.ts"
import type { RoleSource } from "./authorization.ts"
import type { AnyKind } from "./context.ts"
import type { Registry } from "./registry.ts"

export const roleSource = (server: {
  etcd: Etcd
  registry: Registry
  kind(group: string, version: string, plural: string): AnyKind | undefined
}): RoleSource => {
  const rbac = (plural: string) => server.kind("rbac.authorization.k8s.io", "v1", plural)
  const all = (plural: string, namespace?: string) => {
    const kind = rbac(plural)
    return kind ? (server.etcd.range(server.registry.prefix(kind, namespace)).items.map(({ value }) => value) as never[]) : []
  }
  const find = (plural: string, namespace: string | undefined, name: string) => {
    const kind = rbac(plural)
    return kind && (server.registry.find(kind, namespace, name) as never)
  }
  return {
    clusterRole: (name) => find("clusterroles", undefined, name),
    role: (namespace, name) => find("roles", namespace, name),
    clusterRoleBindings: () => all("clusterrolebindings"),
    roleBindings: (namespace) => all("rolebindings", namespace),
  }
}
