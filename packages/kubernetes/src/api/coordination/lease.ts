/** Lease: who holds a role, and since when. */
import type { ILease } from "kubernetes-models/coordination.k8s.io/v1/Lease"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
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
  columns: [name, { name: "Holder", cell: (object) => object.spec.holderIdentity ?? "" }, age],
})
