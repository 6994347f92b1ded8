/** IngressClass: who serves Ingresses. */
import type { IIngressClass } from "kubernetes-models/networking.k8s.io/v1/IngressClass"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { immutable } from "../core/validation-texts.ts"
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
  generation: true,
  // As ValidateIngressClass: the controller is a path in somebody's domain.
  validate(object) {
    const { controller = "" } = object.spec ?? {}
    const field = "spec.controller"
    if (controller === "" || /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?\/.+$/.test(controller)) return []
    return [{ type: "Invalid", field, value: controller, detail: 'must be a domain-prefixed path (such as "acme.io/foo")' }]
  },
  validateUpdate: (object, old) =>
    object.spec?.controller === old.spec.controller ? [] : [immutable("spec.controller", object.spec?.controller)],
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
