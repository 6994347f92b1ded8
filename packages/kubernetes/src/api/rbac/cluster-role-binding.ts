/** ClusterRoleBinding: who has a role everywhere. */
import type { IClusterRoleBinding } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRoleBinding"
import type { Stored } from "../../apimachinery/object.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { bindingErrors, roleRefError } from "./rules.ts"
import { subjects } from "./subjects.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type ClusterRoleBinding = Stored<IClusterRoleBinding>

export const clusterRoleBinding = defineKind<IClusterRoleBinding>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "ClusterRoleBinding",
  plural: "clusterrolebindings",
  namespaced: false,
  schema: () => schemaOf("IoK8sApiRbacV1ClusterRoleBinding"),
  nameRule: "path",
  defaults(object) {
    if (object.roleRef) object.roleRef.apiGroup ||= "rbac.authorization.k8s.io"
    for (const subject of object.subjects ?? []) if (subject.kind !== "ServiceAccount") subject.apiGroup ??= "rbac.authorization.k8s.io"
  },
  validate: (object) => bindingErrors(object as never, ["ClusterRole"]),
  validateUpdate: (object, old) => (deepEqual(object.roleRef, old.roleRef) ? [] : [roleRefError(object.roleRef)]),
  columns: [
    name,
    { name: "Role", cell: (object) => `${object.roleRef.kind}/${object.roleRef.name}` },
    age,
    { name: "Users", priority: 1, cell: (object) => subjects(object.subjects, "User") },
    { name: "Groups", priority: 1, cell: (object) => subjects(object.subjects, "Group") },
    { name: "ServiceAccounts", priority: 1, cell: (object) => subjects(object.subjects, "ServiceAccount") },
  ],
})
