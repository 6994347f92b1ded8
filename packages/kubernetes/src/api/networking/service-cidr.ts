/** ServiceCIDR: the range that Services get their addresses from. */
import type { IServiceCIDR } from "kubernetes-models/networking.k8s.io/v1/ServiceCIDR"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type ServiceCIDR = Stored<IServiceCIDR>

export const serviceCIDR = defineKind<IServiceCIDR>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "ServiceCIDR",
  plural: "servicecidrs",
  namespaced: false,
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiNetworkingV1ServiceCIDR"),
  generation: false,
  columns: [name, { name: "CIDRs", cell: (object) => (object.spec?.cidrs ?? []).join(",") }, age],
})
