/** IngressClass: who serves Ingresses. */
import type { IIngressClass } from "kubernetes-models/networking.k8s.io/v1/IngressClass"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { domainPathErrors, forbidden, pathSegmentErrors, required, tooLong } from "../core/common-validation.ts"
import { immutable, oneOf, subdomainErrors } from "../core/validation-texts.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type IngressClass = Stored<IIngressClass>

/** Bytes. */
const LONGEST_CONTROLLER = 250

const parameterErrors = (given: NonNullable<NonNullable<IIngressClass["spec"]>["parameters"]>): FieldError[] => {
  const at = "spec.parameters"
  const { apiGroup, kind, name: of, scope, namespace } = given
  return [
    ...(apiGroup ? subdomainErrors(`${at}.apiGroup`, apiGroup) : []),
    ...(kind ? pathSegmentErrors(`${at}.kind`, kind) : [required(`${at}.kind`, "kind is required")]),
    ...(of ? pathSegmentErrors(`${at}.name`, of) : [required(`${at}.name`, "name is required")]),
    ...oneOf(`${at}.scope`, scope, ["Cluster", "Namespace"]),
    ...(scope === "Namespace" && !namespace ? [required(`${at}.namespace`, "`parameters.scope` is set to 'Namespace'")] : []),
    ...(scope === "Cluster" && namespace !== undefined ? [forbidden(`${at}.namespace`, "`parameters.scope` is set to 'Cluster'")] : []),
  ]
}

export const ingressClass = defineKind<IIngressClass>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "IngressClass",
  plural: "ingressclasses",
  namespaced: false,
  schema: () => schemaOf("IoK8sApiNetworkingV1IngressClass"),
  generation: true,
  defaults(object) {
    if (object.spec?.parameters) object.spec.parameters.scope ||= "Cluster"
  },
  // As ValidateIngressClass: the controller is a path in somebody's domain.
  validate(object) {
    const { controller = "", parameters } = object.spec ?? {}
    return [
      ...(controller.length > LONGEST_CONTROLLER ? [tooLong("spec.controller", LONGEST_CONTROLLER)] : []),
      ...domainPathErrors("spec.controller", controller),
      ...(parameters ? parameterErrors(parameters) : []),
    ]
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
