/** ValidatingAdmissionPolicy: rules in CEL that objects must meet. */
import type { IValidatingAdmissionPolicy } from "kubernetes-models/admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { policyErrors, type PolicySpec } from "./policy-validation.ts"

export type ValidatingAdmissionPolicy = Stored<IValidatingAdmissionPolicy>

export const validatingAdmissionPolicy = defineKind<IValidatingAdmissionPolicy>({
  group: "admissionregistration.k8s.io",
  version: "v1",
  kind: "ValidatingAdmissionPolicy",
  plural: "validatingadmissionpolicies",
  namespaced: false,
  categories: ["api-extensions"],
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiAdmissionregistrationV1ValidatingAdmissionPolicy"),
  prepareForCreate(object) {
    object.status = {}
  },
  defaults(object) {
    if (!object.spec) return
    object.spec.failurePolicy ||= "Fail"
    if (object.spec.matchConstraints) {
      object.spec.matchConstraints.matchPolicy ||= "Equivalent"
      object.spec.matchConstraints.namespaceSelector ??= {}
      object.spec.matchConstraints.objectSelector ??= {}
      for (const rule of object.spec.matchConstraints.resourceRules ?? []) rule.scope ||= "*"
    }
  },
  validate: (object) => policyErrors(object.metadata?.name ?? "", (object.spec ?? {}) as PolicySpec),
  columns: [
    name,
    { name: "Validations", type: "integer", cell: (object) => (object.spec?.validations ?? []).length },
    {
      name: "ParamKind",
      cell: (object) => (object.spec?.paramKind ? `${object.spec.paramKind.apiVersion}/${object.spec.paramKind.kind}` : "<unset>"),
    },
    age,
  ],
})
