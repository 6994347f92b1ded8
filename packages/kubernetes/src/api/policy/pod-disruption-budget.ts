/** PodDisruptionBudget: how many Pods may be missing. */
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget"
import type { Stored } from "../../apimachinery/object.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { nonNegative } from "../core/validation-texts.ts"
import { age, name } from "../columns.ts"
import { selectorErrors } from "../core/common-validation.ts"
import { oneOf } from "../core/validation-texts.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type PodDisruptionBudget = Stored<IPodDisruptionBudget>

/** A number of Pods, or a share of them. As ValidatePositiveIntOrPercent and IsNotMoreThan100Percent. */
const shareErrors = (field: string, value: unknown): FieldError[] => {
  if (typeof value === "number") return nonNegative(field, value)
  if (typeof value !== "string") return []
  if (!/^[0-9]+%$/.test(value))
    return [
      {
        type: "Invalid",
        field,
        value,
        detail:
          "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
      },
    ]
  return Number.parseInt(value, 10) > 100 ? [{ type: "Invalid", field, value, detail: "must not be greater than 100%" }] : []
}

export const podDisruptionBudget = defineKind<IPodDisruptionBudget>({
  group: "policy",
  version: "v1",
  kind: "PodDisruptionBudget",
  plural: "poddisruptionbudgets",
  shortNames: ["pdb"],
  namespaced: true,
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiPolicyV1PodDisruptionBudget"),
  prepareForCreate(object) {
    object.status = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 }
  },
  validate: (object) => [
    ...(object.spec?.minAvailable !== undefined && object.spec.maxUnavailable !== undefined
      ? [{ type: "Invalid" as const, field: "spec", value: object.spec, detail: "minAvailable and maxUnavailable cannot be both set" }]
      : []),
    ...shareErrors("spec.minAvailable", object.spec?.minAvailable),
    ...shareErrors("spec.maxUnavailable", object.spec?.maxUnavailable),
    ...selectorErrors(object.spec?.selector, "spec.selector"),
    ...(object.spec?.unhealthyPodEvictionPolicy === undefined
      ? []
      : oneOf("spec.unhealthyPodEvictionPolicy", object.spec.unhealthyPodEvictionPolicy, ["AlwaysAllow", "IfHealthyBudget"])),
  ],
  columns: [
    name,
    { name: "Min Available", cell: (object) => String(object.spec.minAvailable ?? "N/A") },
    { name: "Max Unavailable", cell: (object) => String(object.spec.maxUnavailable ?? "N/A") },
    { name: "Allowed Disruptions", cell: (object) => object.status.disruptionsAllowed ?? 0 },
    age,
  ],
})
