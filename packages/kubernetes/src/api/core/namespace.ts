/** Namespace: a scope for names. */
import type { INamespace } from "kubernetes-models/v1/Namespace"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type Namespace = Stored<INamespace>

export const namespace = defineKind<INamespace>({
  group: "",
  version: "v1",
  kind: "Namespace",
  plural: "namespaces",
  shortNames: ["ns"],
  namespaced: false,
  verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
  subresources: ["finalize", "status"],
  schema: () => schemaOf("IoK8sApiCoreV1Namespace"),
  nameRule: "label",
  generation: false,
  prepareForCreate(object) {
    object.spec = { finalizers: ["kubernetes"] }
    object.status = { phase: "Active" }
  },
  defaults(object) {
    if (object.metadata?.name) object.metadata.labels = { ...object.metadata.labels, "kubernetes.io/metadata.name": object.metadata.name }
  },
  selectableFields: (object) => ({ "status.phase": object.status.phase ?? "" }),
  columns: [name, { name: "Status", cell: (object) => object.status.phase ?? "" }, age],
})
