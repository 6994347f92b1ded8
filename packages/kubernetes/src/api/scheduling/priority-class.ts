/** PriorityClass: who goes first. */
import type { IPriorityClass } from "kubernetes-models/scheduling.k8s.io/v1/PriorityClass"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { immutable, oneOf } from "../core/validation-texts.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type PriorityClass = Stored<IPriorityClass>

const HIGHEST = 1_000_000_000
const SYSTEM = new Set(["system-node-critical", "system-cluster-critical"])

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
  validate(object) {
    const name = object.metadata?.name ?? ""
    if (name.startsWith("system-") && !SYSTEM.has(name))
      return [
        {
          type: "Forbidden",
          field: "metadata.name",
          detail:
            "priority class names with 'system-' prefix are reserved for system use only. error: " +
            `${name} is not a known system priority class`,
        },
      ]
    return [
      ...(!SYSTEM.has(name) && (object.value ?? 0) > HIGHEST
        ? [{ type: "Forbidden" as const, field: "value", detail: `maximum allowed value of a user defined priority is ${HIGHEST}` }]
        : []),
      ...oneOf("preemptionPolicy", object.preemptionPolicy, ["PreemptLowerPriority", "Never"]),
    ]
  },
  validateUpdate: (object, old) => [
    ...((object.value ?? 0) === (old.value ?? 0)
      ? []
      : [{ type: "Forbidden" as const, field: "value", detail: "may not be changed in an update." }]),
    ...(object.preemptionPolicy === old.preemptionPolicy ? [] : [immutable("preemptionPolicy", object.preemptionPolicy)]),
  ],
  columns: [
    name,
    { name: "Value", cell: (object) => object.value ?? 0 },
    { name: "Global-Default", cell: (object) => object.globalDefault ?? false },
    age,
    { name: "PreemptionPolicy", cell: (object) => object.preemptionPolicy ?? "" },
  ],
})
