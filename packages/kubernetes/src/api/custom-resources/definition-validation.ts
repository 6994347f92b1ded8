/** What a CustomResourceDefinition must be. As k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation and pkg/apiserver/schema. */
import type { ICustomResourceDefinition } from "kubernetes-models/apiextensions.k8s.io/v1/CustomResourceDefinition"
import { isObject, type Json } from "../../apimachinery/frozen.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { CelError, compileCel } from "../../cel/evaluate.ts"
import type { Schema } from "../define-kind.ts"
import { parseJsonPath } from "./json-path.ts"
import type { Rule } from "./rules.ts"

type Spec = NonNullable<ICustomResourceDefinition["spec"]>
type Version = Spec["versions"][number]

const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const LABEL_TEXT =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
const APPROVED = "api-approved.kubernetes.io"

const required = (field: string, detail?: string): FieldError => ({ type: "Required", field, ...(detail && { detail }) })
const invalid = (field: string, value: unknown, detail: string): FieldError => ({ type: "Invalid", field, value, detail })
const forbidden = (field: string, detail: string): FieldError => ({ type: "Forbidden", field, detail })

const label = (field: string, value: string | undefined): FieldError[] =>
  !value ? [required(field)] : LABEL_1035.test(value) && value.length <= 63 ? [] : [invalid(field, value, LABEL_TEXT)]

const names = ({ names: given }: Spec): FieldError[] => {
  const errors = [...label("spec.names.plural", given?.plural), ...label("spec.names.singular", given?.singular)]
  for (const name of given?.shortNames ?? []) errors.push(...label("spec.names.shortNames", name))
  for (const [field, value] of [
    ["spec.names.kind", given?.kind],
    ["spec.names.listKind", given?.listKind],
  ] as const) {
    if (!value) errors.push(required(field))
    else if (!LABEL_1035.test(value.toLowerCase()))
      errors.push(invalid(field, value, `may have mixed case, but should otherwise match: ${LABEL_TEXT}`))
  }
  if (given?.kind && given.kind === given.listKind)
    errors.push(invalid("spec.names.listKind", given.listKind, "kind and listKind may not be the same"))
  return errors
}

const rules = (schema: Schema, path: string): FieldError[] => {
  const given = schema["x-kubernetes-validations"] as readonly Rule[] | undefined
  if (!Array.isArray(given)) return []
  return (given as readonly Rule[]).flatMap((rule, index): FieldError[] => {
    const at = `${path}.x-kubernetes-validations[${index}]`
    if (!rule.rule?.trim()) return [required(`${at}.rule`, "rule is not specified")]
    const errors: FieldError[] = []
    for (const [field, source, type] of [
      ["rule", rule.rule, "bool"],
      ["messageExpression", rule.messageExpression, "string"],
    ] as const) {
      if (source === undefined) continue
      try {
        const program = compileCel(source)
        if (program.type !== type && program.type !== "dyn")
          errors.push(
            invalid(
              `${at}.${field}`,
              source,
              field === "rule" ? "cel expression must evaluate to a bool" : "messageExpression must evaluate to a string",
            ),
          )
      } catch (error) {
        if (!(error instanceof CelError)) throw error
        // Functions that are missing here need not be missing there: what cannot be parsed is wrong for sure.
        if (!/unexpected|expected|unterminated|invalid/i.test(error.message)) continue
        errors.push(invalid(`${at}.${field}`, source, `compilation failed: ERROR: <input>:1:1: ${error.message}`))
      }
    }
    if (rule.message?.includes("\n")) errors.push(invalid(`${at}.message`, rule.message, "message must not contain line breaks"))
    if (rule.fieldPath !== undefined && !/^(\.[A-Za-z_][\w-]*|\['[^']+'\])+$/.test(rule.fieldPath))
      errors.push(invalid(`${at}.fieldPath`, rule.fieldPath, "fieldPath must be a valid path"))
    return errors
  })
}

/** As schema/validation.go validateStructuralInvariants: every part has a type. */
const structural = (schema: Schema, path: string, level: "root" | "field" | "item" | "value"): FieldError[] => {
  const errors: FieldError[] = []
  const free = schema["x-kubernetes-preserve-unknown-fields"] === true || schema["x-kubernetes-int-or-string"] === true
  if (!schema.type && !free)
    errors.push(
      required(
        `${path}.type`,
        {
          root: "must not be empty at the root",
          field: "must not be empty for specified object fields",
          item: "must not be empty for specified array items",
          value: "must not be empty for specified object fields",
        }[level],
      ),
    )
  else if (level === "root" && schema.type !== "object")
    errors.push(invalid(`${path}.type`, schema.type ?? "", "must be object at the root"))
  if (schema.properties && typeof schema.additionalProperties === "object")
    errors.push(forbidden(`${path}.additionalProperties`, "additionalProperties and properties are mutual exclusive"))
  if (schema.additionalProperties === false)
    errors.push(forbidden(`${path}.additionalProperties`, "additionalProperties cannot be set to false"))
  if (schema.uniqueItems === true)
    errors.push(forbidden(`${path}.uniqueItems`, "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"))
  if (schema.type === "array" && !schema.items) errors.push(required(`${path}.items`, "must be specified"))
  if (Array.isArray(schema.items)) errors.push(forbidden(`${path}.items`, "items must be a schema object and not an array"))
  if (schema["x-kubernetes-list-type"] === "map" && !schema["x-kubernetes-list-map-keys"]?.length)
    errors.push(required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is "map"'))
  errors.push(...rules(schema, path))
  for (const [name, below] of Object.entries(schema.properties ?? {}))
    errors.push(
      ...structural(
        below,
        level === "root" && name === "metadata" ? `${path}.properties[metadata]` : `${path}.properties[${name}]`,
        "field",
      ),
    )
  if (isObject(schema.items)) errors.push(...structural(schema.items as Schema, `${path}.items`, "item"))
  if (isObject(schema.additionalProperties))
    errors.push(...structural(schema.additionalProperties as Schema, `${path}.additionalProperties`, "value"))
  return errors
}

const version = (one: Version, path: string): FieldError[] => {
  const errors = label(`${path}.name`, one.name)
  const schema = one.schema?.openAPIV3Schema as Schema | undefined
  if (!schema) errors.push(required(`${path}.schema.openAPIV3Schema`, "schemas are required"))
  else errors.push(...structural(schema, `${path}.schema.openAPIV3Schema`, "root"))
  const scale = one.subresources?.scale
  for (const field of ["specReplicasPath", "statusReplicasPath"] as const) {
    if (!scale) continue
    const value = scale[field]
    const root = field === "specReplicasPath" ? ".spec" : ".status"
    if (!value) errors.push(required(`${path}.subresources.scale.${field}`))
    else if (!value.startsWith(`${root}.`))
      errors.push(invalid(`${path}.subresources.scale.${field}`, value, `should be a json path under ${root}`))
  }
  for (const [index, column] of (one.additionalPrinterColumns ?? []).entries())
    if (!column.jsonPath) errors.push(required(`${path}.additionalPrinterColumns[${index}].jsonPath`))
    else if (!column.jsonPath.startsWith(".") || !parseJsonPath(column.jsonPath))
      errors.push(
        invalid(`${path}.additionalPrinterColumns[${index}].jsonPath`, column.jsonPath, "must be a simple json path starting with ."),
      )
  const fields = (one as { selectableFields?: readonly { jsonPath: string }[] }).selectableFields ?? []
  if (fields.length > 8)
    errors.push({ type: "TooMany", field: `${path}.selectableFields`, value: fields.length, detail: "must have at most 8 items" })
  for (const [index, { jsonPath }] of fields.entries()) {
    if (!jsonPath) errors.push(required(`${path}.selectableFields[${index}].jsonPath`))
    else if (jsonPath.startsWith(".metadata."))
      errors.push(invalid(`${path}.selectableFields[${index}].jsonPath`, jsonPath, "must not point to fields in metadata"))
    else if (fields.findIndex((other) => other.jsonPath === jsonPath) < index)
      errors.push({ type: "Duplicate", field: `${path}.selectableFields[${index}].jsonPath`, value: jsonPath })
  }
  return errors
}

const conversion = ({ conversion: given }: Spec): FieldError[] => {
  if (!given) return []
  const at = "spec.conversion"
  if (given.strategy !== "None" && given.strategy !== "Webhook")
    return [{ type: "NotSupported", field: `${at}.strategy`, value: given.strategy, detail: 'supported values: "None", "Webhook"' }]
  const { webhook } = given
  if (given.strategy === "None") return webhook ? [forbidden(`${at}.webhook`, "should not be set when strategy is not set to Webhook")] : []
  if (!webhook?.clientConfig) return [required(`${at}.webhookClientConfig`, "required when strategy is set to Webhook")]
  const { url, service } = webhook.clientConfig
  const errors: FieldError[] = []
  if ((url === undefined) === (service === undefined))
    errors.push(required(`${at}.webhookClientConfig`, "exactly one of url or service is required"))
  const versions = webhook.conversionReviewVersions ?? []
  if (versions.length === 0) errors.push(required(`${at}.conversionReviewVersions`))
  else if (!versions.some((one) => one === "v1" || one === "v1beta1"))
    errors.push(invalid(`${at}.conversionReviewVersions`, versions, "must include at least one of v1, v1beta1"))
  return errors
}

export const validateDefinition = (object: ICustomResourceDefinition): FieldError[] => {
  const { spec, metadata } = object
  if (!spec) return [required("spec")]
  const errors: FieldError[] = []
  const expected = `${spec.names?.plural}.${spec.group}`
  if (metadata?.name !== expected) errors.push(invalid("metadata.name", metadata?.name, `must be spec.names.plural+"."+spec.group`))
  if (/(^|\.)(k8s|kubernetes)\.io$/.test(spec.group ?? "")) {
    const approved = (metadata?.annotations as Json | undefined)?.[APPROVED]
    if (!approved)
      errors.push(
        required(
          `metadata.annotations[${APPROVED}]`,
          `protected groups must have approval annotation ${JSON.stringify(APPROVED)}, see https://github.com/kubernetes/enhancements/pull/1111`,
        ),
      )
  }
  if (!spec.group) errors.push(required("spec.group"))
  else if (!spec.group.includes(".")) errors.push(invalid("spec.group", spec.group, "should be a domain with at least one dot"))
  if (!spec.scope) errors.push(required("spec.scope"))
  else if (spec.scope !== "Cluster" && spec.scope !== "Namespaced")
    errors.push({ type: "NotSupported", field: "spec.scope", value: spec.scope, detail: 'supported values: "Cluster", "Namespaced"' })
  const versions = spec.versions ?? []
  errors.push(...versions.flatMap((one, index) => version(one, `spec.versions[${index}]`)))
  if (versions.filter(({ storage }) => storage).length !== 1)
    errors.push(invalid("spec.versions", versions, "must have exactly one version marked as storage version"))
  if (new Set(versions.map(({ name }) => name)).size !== versions.length)
    errors.push(invalid("spec.versions", versions, "must contain unique version names"))
  errors.push(...names(spec), ...conversion(spec))
  return errors
}

/** Versions in which objects may still be stored stay. */
export const validateStoredVersions = (object: ICustomResourceDefinition): FieldError[] => {
  const known = new Set((object.spec?.versions ?? []).map(({ name }) => name))
  return (object.status?.storedVersions ?? []).flatMap((stored, index) =>
    known.has(stored)
      ? []
      : [
          invalid(
            `status.storedVersions[${index}]`,
            stored,
            `missing from spec.versions; ${stored} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${stored} and removes ${stored} from status.storedVersions`,
          ),
        ],
  )
}
