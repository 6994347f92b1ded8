/** PriorityClass: who goes first. */
import type { IPriorityClass } from "kubernetes-models/scheduling.k8s.io/v1/PriorityClass"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type PriorityClass = Stored<IPriorityClass>

export const priorityClass = defineKind<IPriorityClass>({
  group: "scheduling.k8s.io",
  version: "v1",
  kind: "PriorityClass",
  plural: "priorityclasses",
  shortNames: ["pc"],
  namespaced: false,
  generation: true,
  schema: () => schemaOf("IoK8sApiSchedulingV1PriorityClass"),
  defaults(object) {
    object.preemptionPolicy ||= "PreemptLowerPriority"
  },
  columns: [
    name,
    { name: "Value", cell: (object) => object.value ?? 0 },
    { name: "Global-Default", cell: (object) => String(object.globalDefault ?? false) },
    age,
    { name: "PreemptionPolicy", cell: (object) => object.preemptionPolicy ?? "" },
  ],
})
