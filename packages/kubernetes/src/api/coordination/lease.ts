/** Lease: who holds a role, and since when. */
import type { ILease } from "kubernetes-models/coordination.k8s.io/v1/Lease"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { forbidden, invalidValue } from "../core/common-validation.ts"
import { nonNegative } from "../core/validation-texts.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type Lease = Stored<ILease>

export const lease = defineKind<ILease>({
  group: "coordination.k8s.io",
  version: "v1",
  kind: "Lease",
  plural: "leases",
  namespaced: true,
  schema: () => schemaOf("IoK8sApiCoordinationV1Lease"),
  // As ValidateLeaseSpec in pkg/apis/coordination/validation/validation.go.
  validate({ spec = {} }) {
    const { leaseDurationSeconds: seconds, leaseTransitions: transitions, preferredHolder, strategy } = spec
    return [
      ...(seconds !== undefined && seconds <= 0 ? [invalidValue("spec.leaseDurationSeconds", seconds, "must be greater than 0")] : []),
      ...nonNegative("spec.leaseTransitions", transitions),
      ...(preferredHolder && !strategy ? [forbidden("spec.preferredHolder", "may only be specified if `strategy` is defined")] : []),
    ]
  },
  columns: [name, { name: "Holder", cell: (object) => object.spec.holderIdentity ?? "" }, age],
})
