/** Role: what may be done in a namespace. */
import type { IRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/Role"
import type { Stored } from "../../apimachinery/object.ts"
import { name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { ruleErrors } from "./rules.ts"

export type Role = Stored<IRole>

export const role = defineKind<IRole>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "Role",
  plural: "roles",
  namespaced: true,
  schema: () => schemaOf("IoK8sApiRbacV1Role"),
  nameRule: "path",
  validate: (object) => ruleErrors(object.rules as never, true),
  columns: [name, { name: "Created At", format: "", cell: (object) => object.metadata.creationTimestamp }],
})
