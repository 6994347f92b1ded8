/** LimitRange: bounds and defaults of a namespace's containers. */
import type { ILimitRange } from "kubernetes-models/v1/LimitRange"
import type { Stored } from "../../apimachinery/object.ts"
import { name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { limitErrors, type LimitItem } from "./limit-validation.ts"

export type LimitRange = Stored<ILimitRange>

export const limitRange = defineKind<ILimitRange>({
  group: "",
  version: "v1",
  kind: "LimitRange",
  plural: "limitranges",
  shortNames: ["limits"],
  namespaced: true,
  schema: () => schemaOf("IoK8sApiCoreV1LimitRange"),
  // As SetDefaults_LimitRangeItem in pkg/apis/core/v1/defaults.go: what is allowed at most is what is given, and what is given is asked for.
  defaults(object) {
    for (const item of object.spec?.limits ?? []) {
      if (item.type !== "Container") continue
      const filled = (own: unknown, from: unknown) => ({ ...(from as object), ...(own as object) })
      const limits = filled(item.default, item.max)
      item.default = limits as never
      item.defaultRequest = filled(item.defaultRequest, filled(limits, item.min)) as never
      if (Object.keys(limits).length === 0) delete item.default
      if (Object.keys(item.defaultRequest as object).length === 0) delete item.defaultRequest
    }
  },
  validate: (object) => limitErrors((object.spec?.limits ?? []) as readonly LimitItem[]),
  columns: [name, { name: "Created At", format: "", cell: (object) => object.metadata.creationTimestamp }],
})
