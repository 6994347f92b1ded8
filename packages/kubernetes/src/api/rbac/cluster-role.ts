/** ClusterRole: what may be done anywhere. */
import type { IClusterRole } from "kubernetes-models/rbac.authorization.k8s.io/v1/ClusterRole"
import type { Stored } from "../../apimachinery/object.ts"
import { name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { ruleErrors } from "./rules.ts"

export type ClusterRole = Stored<IClusterRole>

export const clusterRole = defineKind<IClusterRole>({
  group: "rbac.authorization.k8s.io",
  version: "v1",
  kind: "ClusterRole",
  plural: "clusterroles",
  namespaced: false,
  schema: () => schemaOf("IoK8sApiRbacV1ClusterRole"),
  nameRule: "path",
  validate: (object) => ruleErrors(object.rules as never, false),
  columns: [name, { name: "Created At", format: "", cell: (object) => object.metadata.creationTimestamp }],
})
