/** Ingress: HTTP from outside to Services. */
import type { IIngress } from "kubernetes-models/networking.k8s.io/v1/Ingress"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type Ingress = Stored<IIngress>

export const ingress = defineKind<IIngress>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "Ingress",
  plural: "ingresses",
  shortNames: ["ing"],
  namespaced: true,
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiNetworkingV1Ingress"),
  prepareForCreate(object) {
    object.status = { loadBalancer: {} }
  },
  columns: [
    name,
    { name: "Class", cell: (object) => object.spec.ingressClassName ?? "<none>" },
    { name: "Hosts", cell: (object) => (object.spec.rules ?? []).map(({ host }) => host || "*").join(",") || "*" },
    { name: "Address", cell: (object) => (object.status.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname).join(",") },
    { name: "Ports", cell: (object) => ((object.spec.tls ?? []).length > 0 ? "80, 443" : "80") },
    age,
  ],
})
