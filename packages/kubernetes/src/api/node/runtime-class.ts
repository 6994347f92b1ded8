/** RuntimeClass: what runs a Pod's containers. */
import type { IRuntimeClass } from "kubernetes-models/node.k8s.io/v1/RuntimeClass"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { labelsErrors, tolerationListErrors } from "../core/common-validation.ts"
import { immutable, labelErrors } from "../core/validation-texts.ts"
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
  validate: (object) => [
    ...labelErrors("handler", object.handler ?? ""),
    ...labelsErrors(object.scheduling?.nodeSelector as Record<string, string> | undefined, "scheduling.nodeSelector"),
    ...tolerationListErrors(object.scheduling?.tolerations, "scheduling.tolerations"),
  ],
  validateUpdate: (object, old) => (object.handler === old.handler ? [] : [immutable("handler", object.handler)]),
  columns: [name, { name: "Handler", cell: (object) => object.handler }, age],
})
