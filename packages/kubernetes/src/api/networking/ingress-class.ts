/** IngressClass: who serves Ingresses. */
import type { IIngressClass } from "kubernetes-models/networking.k8s.io/v1/IngressClass"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type IngressClass = Stored<IIngressClass>

export const ingressClass = defineKind<IIngressClass>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "IngressClass",
  plural: "ingressclasses",
  namespaced: false,
  schema: () => schemaOf("IoK8sApiNetworkingV1IngressClass"),
  columns: [
    name,
    { name: "Controller", cell: (object) => object.spec.controller ?? "" },
    {
      name: "Parameters",
      cell: (object) => (object.spec.parameters ? `${object.spec.parameters.kind}/${object.spec.parameters.name}` : "<none>"),
    },
    age,
  ],
})
