/** MutatingAdmissionPolicy and its binding, a beta of v1.35: served where --runtime-config and the feature gate ask for it. */
import type { KubernetesObject } from "../../apimachinery/object.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { age, name } from "../columns.ts"
import { defineKind, type Schema } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

interface Rules {
  resourceRules?: { scope?: string }[]
  excludeResourceRules?: { scope?: string }[]
  matchPolicy?: string
  namespaceSelector?: object
  objectSelector?: object
}

export interface MutatingAdmissionPolicy extends KubernetesObject {
  spec?: {
    paramKind?: { apiVersion?: string; kind?: string }
    matchConstraints?: Rules
    mutations?: { patchType: string; applyConfiguration?: { expression: string }; jsonPatch?: { expression: string } }[]
    failurePolicy?: string
    reinvocationPolicy?: string
  }
}

export interface MutatingAdmissionPolicyBinding extends KubernetesObject {
  spec?: {
    policyName?: string
    paramRef?: { name?: string; namespace?: string; selector?: object; parameterNotFoundAction?: string }
    matchResources?: Rules
  }
}

const expression: Schema = {
  type: "object",
  description: "An expression in CEL.",
  properties: { expression: { type: "string", description: "What is evaluated, in CEL." } },
}

const withSpec = (whole: Schema, spec: Schema): Schema => ({ ...whole, properties: { ...whole.properties, spec } })

const policySchema = (): Schema => {
  const validating = schemaOf("IoK8sApiAdmissionregistrationV1ValidatingAdmissionPolicy")
  const { validations: _, auditAnnotations: __, ...shared } = validating.properties?.spec?.properties ?? {}
  const { status: ___, ...properties } = validating.properties ?? {}
  return withSpec(
    { ...validating, properties, description: "Changes that objects get before they are stored." },
    {
      type: "object",
      description: "What is changed, and where.",
      properties: {
        ...shared,
        reinvocationPolicy: { type: "string", description: "Never, or IfNeeded: again when something later changed the object." },
        mutations: {
          type: "array",
          description: "The changes, one after the other.",
          "x-kubernetes-list-type": "atomic",
          items: {
            type: "object",
            required: ["patchType"],
            properties: {
              patchType: { type: "string", description: "ApplyConfiguration or JSONPatch." },
              applyConfiguration: expression,
              jsonPatch: expression,
            },
          },
        },
      },
    },
  )
}

const bindingSchema = (): Schema => {
  const validating = schemaOf("IoK8sApiAdmissionregistrationV1ValidatingAdmissionPolicyBinding")
  const { validationActions: _, ...properties } = validating.properties?.spec?.properties ?? {}
  return withSpec(
    { ...validating, description: "Where a policy holds." },
    { type: "object", description: "Where, and with what.", properties },
  )
}

const fillRules = (rules: Rules | undefined): void => {
  if (!rules) return
  rules.matchPolicy ||= "Equivalent"
  rules.namespaceSelector ??= {}
  rules.objectSelector ??= {}
  for (const rule of [...(rules.resourceRules ?? []), ...(rules.excludeResourceRules ?? [])]) rule.scope ||= "*"
}

const required = (field: string): FieldError => ({ type: "Required", field })

export const mutatingAdmissionPolicy = defineKind<MutatingAdmissionPolicy>({
  group: "admissionregistration.k8s.io",
  version: "v1beta1",
  kind: "MutatingAdmissionPolicy",
  plural: "mutatingadmissionpolicies",
  namespaced: false,
  categories: ["api-extensions"],
  generation: true,
  schema: policySchema,
  defaults({ spec }) {
    if (!spec) return
    spec.failurePolicy ||= "Fail"
    fillRules(spec.matchConstraints)
  },
  validate: ({ spec }) => [
    ...(spec?.matchConstraints ? [] : [required("spec.matchConstraints")]),
    ...(spec?.mutations?.length ? [] : [required("spec.mutations")]),
    ...(spec?.reinvocationPolicy ? [] : [required("spec.reinvocationPolicy")]),
    ...(spec?.mutations ?? []).flatMap(({ patchType, applyConfiguration, jsonPatch }, index): FieldError[] => {
      const field = `spec.mutations[${index}]`
      if (patchType === "ApplyConfiguration") return applyConfiguration ? [] : [required(`${field}.applyConfiguration`)]
      if (patchType === "JSONPatch") return jsonPatch ? [] : [required(`${field}.jsonPatch`)]
      return [
        {
          type: "NotSupported",
          field: `${field}.patchType`,
          value: patchType,
          detail: 'supported values: "ApplyConfiguration", "JSONPatch"',
        },
      ]
    }),
  ],
  columns: [
    name,
    { name: "Mutations", type: "integer", cell: ({ spec }) => (spec?.mutations ?? []).length },
    { name: "ParamKind", cell: ({ spec }) => (spec?.paramKind ? `${spec.paramKind.apiVersion}/${spec.paramKind.kind}` : "<unset>") },
    age,
  ],
})

export const mutatingAdmissionPolicyBinding = defineKind<MutatingAdmissionPolicyBinding>({
  group: "admissionregistration.k8s.io",
  version: "v1beta1",
  kind: "MutatingAdmissionPolicyBinding",
  plural: "mutatingadmissionpolicybindings",
  namespaced: false,
  categories: ["api-extensions"],
  generation: true,
  schema: bindingSchema,
  defaults: ({ spec }) => fillRules(spec?.matchResources),
  validate: ({ spec }) => (spec?.policyName ? [] : [required("spec.policyName")]),
  columns: [
    name,
    { name: "PolicyName", cell: ({ spec }) => spec?.policyName ?? "" },
    {
      name: "ParamRef",
      cell: ({ spec }) => {
        const reference = spec?.paramRef
        if (!reference) return "<unset>"
        return reference.namespace ? `${reference.namespace}/${reference.name ?? "*"}` : (reference.name ?? "*")
      },
    },
    age,
  ],
})
