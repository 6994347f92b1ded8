/** RuntimeClass: what runs a Pod's containers. */
import type { IRuntimeClass } from "kubernetes-models/node.k8s.io/v1/RuntimeClass"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type RuntimeClass = Stored<IRuntimeClass>

export const runtimeClass = defineKind<IRuntimeClass>({
  group: "node.k8s.io",
  version: "v1",
  kind: "RuntimeClass",
  plural: "runtimeclasses",
  namespaced: false,
  schema: () => schemaOf("IoK8sApiNodeV1RuntimeClass"),
  columns: [name, { name: "Handler", cell: (object) => object.handler }, age],
})
