/** CustomResourceDefinition: a kind of your own. */
import type { ICustomResourceDefinition } from "kubernetes-models/apiextensions.k8s.io/v1/CustomResourceDefinition"
import type { Stored } from "../../apimachinery/object.ts"
import { name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { validateDefinition, validateStoredVersions } from "../custom-resources/definition-validation.ts"
import { schemaOf } from "../schema/definitions.ts"

export type CustomResourceDefinition = Stored<ICustomResourceDefinition>

export const customResourceDefinition = defineKind<ICustomResourceDefinition>({
  group: "apiextensions.k8s.io",
  version: "v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  shortNames: ["crd", "crds"],
  namespaced: false,
  categories: ["api-extensions"],
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiextensionsApiserverPkgApisApiextensionsV1CustomResourceDefinition"),
  prepareForCreate(object) {
    object.status = { conditions: [], acceptedNames: { plural: "", kind: "" }, storedVersions: [] }
  },
  defaults(object) {
    const names = object.spec?.names
    if (!names) return
    names.singular ||= names.kind.toLowerCase()
    names.listKind ||= `${names.kind}List`
    object.spec.conversion ??= { strategy: "None" }
  },
  validate: validateDefinition,
  validateUpdate(object, old) {
    const errors = validateStoredVersions({ ...object, status: old.status } as ICustomResourceDefinition)
    const established = (old.status?.conditions ?? []).some(({ type, status }) => type === "Established" && status === "True")
    const fixed = (field: string, value: unknown, before: unknown) => {
      if (established && value !== before) errors.push({ type: "Invalid", field, value, detail: "field is immutable" })
    }
    fixed("spec.scope", object.spec?.scope, old.spec.scope)
    fixed("spec.names.kind", object.spec?.names?.kind, old.spec.names.kind)
    return errors
  },
  columns: [name, { name: "Created At", format: "", cell: (object) => object.metadata.creationTimestamp }],
})
