/** LimitRange: bounds and defaults of a namespace's containers. */
import type { ILimitRange } from "kubernetes-models/v1/LimitRange"
import type { Stored } from "../../apimachinery/object.ts"
import { name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type LimitRange = Stored<ILimitRange>

export const limitRange = defineKind<ILimitRange>({
  group: "",
  version: "v1",
  kind: "LimitRange",
  plural: "limitranges",
  shortNames: ["limits"],
  namespaced: true,
  schema: () => schemaOf("IoK8sApiCoreV1LimitRange"),
  columns: [name, { name: "Created At", format: "", cell: (object) => object.metadata.creationTimestamp }],
})
