/** ValidatingAdmissionPolicyBinding: where a policy holds, and what happens then. */
import type { IValidatingAdmissionPolicyBinding } from "kubernetes-models/admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { bindingErrors, type BindingSpec, fillMatch, type MatchResources } from "./policy-validation.ts"

export type ValidatingAdmissionPolicyBinding = Stored<IValidatingAdmissionPolicyBinding>

export const validatingAdmissionPolicyBinding = defineKind<IValidatingAdmissionPolicyBinding>({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "ValidatingAdmissionPolicyBinding",
  plural: "validatingadmissionpolicybindings",
  namespaced: false,
  categories: ["api-extensions"],
  schema: () => schemaOf("IoK8sApiAdmissionregistrationV1ValidatingAdmissionPolicyBinding"),
  generation: true,
  defaults: ({ spec }) => fillMatch(spec?.matchResources as MatchResources | undefined),
  validate: (object) => bindingErrors((object.spec ?? {}) as BindingSpec, true),
  columns: [
    name,
    { name: "PolicyName", cell: (object) => object.spec?.policyName ?? "" },
    {
      name: "ParamRef",
      cell: (object) =>
        object.spec?.paramRef
          ? object.spec.paramRef.namespace
            ? `${object.spec.paramRef.namespace}/${object.spec.paramRef.name ?? "*"}`
            : (object.spec.paramRef.name ?? "*")
          : "<unset>",
    },
    age,
  ],
})
