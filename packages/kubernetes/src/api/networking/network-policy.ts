/** NetworkPolicy: who may talk to whom. */
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy"
import type { Stored } from "../../apimachinery/object.ts"
import { formatSelector } from "../../apimachinery/selectors.ts"
import { age, name } from "../columns.ts"
import { oneOf } from "../core/validation-texts.ts"
import { invalidValue, selectorErrors } from "../core/common-validation.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { policyRuleErrors, type PolicyRule } from "./policy-validation.ts"

export type NetworkPolicy = Stored<INetworkPolicy>

export const networkPolicy = defineKind<INetworkPolicy>({
  group: "networking.k8s.io",
  version: "v1",
  kind: "NetworkPolicy",
  plural: "networkpolicies",
  shortNames: ["netpol"],
  namespaced: true,
  generation: true,
  schema: () => schemaOf("IoK8sApiNetworkingV1NetworkPolicy"),
  defaults(object) {
    if (!object.spec) return
    for (const rule of [...(object.spec.ingress ?? []), ...(object.spec.egress ?? [])])
      for (const port of rule.ports ?? []) port.protocol ||= "TCP"
    if (object.spec.policyTypes?.length) return
    object.spec.policyTypes = object.spec.egress === undefined ? ["Ingress"] : ["Ingress", "Egress"]
  },
  validate: (object) => [
    ...selectorErrors(object.spec?.podSelector, "spec.podSelector"),
    ...policyRuleErrors(object.spec?.ingress as readonly PolicyRule[] | undefined, "spec.ingress"),
    ...policyRuleErrors(object.spec?.egress as readonly PolicyRule[] | undefined, "spec.egress"),
    ...((object.spec?.policyTypes ?? []).length > 2
      ? [invalidValue("spec.policyTypes", object.spec?.policyTypes, "may not specify more than two policyTypes")]
      : []),
    ...(object.spec?.policyTypes ?? []).flatMap((type, index) => oneOf(`spec.policyTypes[${index}]`, type, ["Ingress", "Egress"])),
  ],
  columns: [name, { name: "Pod-Selector", cell: (object) => formatSelector(object.spec.podSelector as never) || "<none>" }, age],
})
