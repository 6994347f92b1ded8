/** PodDisruptionBudget: how many Pods may be missing. */
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type PodDisruptionBudget = Stored<IPodDisruptionBudget>

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
  validate: (object) =>
    object.spec?.minAvailable !== undefined && object.spec.maxUnavailable !== undefined
      ? [{ type: "Invalid", field: "spec", value: object.spec, detail: "minAvailable and maxUnavailable cannot be both set" }]
      : [],
  columns: [
    name,
    { name: "Min Available", cell: (object) => String(object.spec.minAvailable ?? "N/A") },
    { name: "Max Unavailable", cell: (object) => String(object.spec.maxUnavailable ?? "N/A") },
    { name: "Allowed Disruptions", cell: (object) => object.status.disruptionsAllowed ?? 0 },
    age,
  ],
})
