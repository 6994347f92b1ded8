/** validatingadmissionpolicy-status-controller: tells what a policy's expressions ask for that its kinds have not. As pkg/controller/validatingadmissionpolicystatus and the type checker of k8s.io/apiserver/pkg/admission/plugin/policy/validating. */
import { customResourceDefinition, kinds, type ValidatingAdmissionPolicy, validatingAdmissionPolicy } from "../../api/index.ts"
import type { Schema } from "../../api/define-kind.ts"
import { schemaOf } from "../../api/schema/definitions.ts"
import { undefinedFields } from "../../cel/field-check.ts"
import type { Client } from "../../client/contract.ts"
import { defineController } from "../define-controller.ts"

/** As maxTypesToCheck. */
const MOST_TYPES = 10
const METADATA = "IoK8sApimachineryPkgApisMetaV1ObjectMeta"

interface Checked {
  /** "apps/v1, Kind=Deployment" */
  name: string
  schema: Schema
}

/** What every object has beside what its own schema says. */
const rooted = (schema: Schema): Schema => ({
  ...schema,
  properties: { ...schema.properties, apiVersion: { type: "string" }, kind: { type: "string" }, metadata: schemaOf(METADATA) },
})

const typeOf = (group: string, version: string, plural: string, client: Client): Checked | undefined => {
  const own = kinds.find((kind) => kind.group === group && kind.version === version && kind.plural === plural)
  if (own) return { name: `${own.apiVersion}, Kind=${own.kind}`, schema: rooted(own.schema()) }
  if (!group.includes(".")) return undefined
  const spec = client.find(customResourceDefinition, { name: `${plural}.${group}` })?.spec
  const schema = spec?.versions.find(({ name }) => name === version)?.schema?.openAPIV3Schema
  return spec && schema ? { name: `${group}/${version}, Kind=${spec.names.kind}`, schema: rooted(schema as Schema) } : undefined
}

/** As typesToCheck: kinds that rules name without a wildcard, in the order of their names. */
const typesOf = ({ spec }: ValidatingAdmissionPolicy, client: Client): Checked[] => {
  const found = new Map<string, Checked>()
  const rules = spec.matchConstraints?.resourceRules ?? []
  for (const { apiGroups = [], apiVersions = [], resources = [] } of rules)
    for (const group of apiGroups)
      for (const version of apiVersions)
        for (const resource of resources) {
          if (found.size >= MOST_TYPES || [group, version, resource].some((name) => name.includes("*")) || resource.includes("/")) continue
          const type = typeOf(group, version, resource, client)
          if (type) found.set(type.name, type)
        }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

const warningsOf = (policy: ValidatingAdmissionPolicy, client: Client) => {
  const types = typesOf(policy, client)
  const warnings: { fieldRef: string; warning: string }[] = []
  const check = (fieldRef: string, expression: string | undefined) => {
    if (!expression) return
    const texts = types.flatMap(({ name, schema }) => {
      const issues = undefinedFields(
        expression,
        new Map([
          ["object", schema],
          ["oldObject", schema],
        ]),
      )
      return issues === "" ? [] : [`${name}: ${issues}`]
    })
    if (texts.length > 0) warnings.push({ fieldRef, warning: texts.join("\n") })
  }
  for (const [index, { expression, messageExpression }] of (policy.spec.validations ?? []).entries()) {
    check(`spec.validations[${index}].expression`, expression)
    check(`spec.validations[${index}].messageExpression`, messageExpression)
  }
  return warnings
}

export const policyStatusController = defineController({
  name: "validatingadmissionpolicy-status-controller",
  for: validatingAdmissionPolicy,
  reconcile(policy, { client }) {
    const generation = policy?.metadata.generation
    // What was checked stays so until the policy says something else.
    if (!policy || (policy.status?.observedGeneration ?? 0) >= (generation ?? 0)) return
    const expressionWarnings = warningsOf(policy, client)
    client.patch(
      validatingAdmissionPolicy,
      { name: policy.metadata.name },
      {
        apiVersion: validatingAdmissionPolicy.apiVersion,
        kind: validatingAdmissionPolicy.kind,
        metadata: { name: policy.metadata.name },
        status: { observedGeneration: generation, typeChecking: expressionWarnings.length > 0 ? { expressionWarnings } : {} },
      },
      { type: "apply", subresource: "status", fieldManager: "validatingadmissionpolicy-status", force: true },
    )
  },
})
