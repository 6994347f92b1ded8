/** CustomResourceDefinition: a kind of your own. */
import type { ICustomResourceDefinition } from "kubernetes-models/apiextensions.k8s.io/v1/CustomResourceDefinition"
import type { Stored } from "../../apimachinery/object.ts"
import { name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
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
  validate(object) {
    const expected = `${object.spec?.names?.plural}.${object.spec?.group}`
    return object.metadata?.name === expected
      ? []
      : [{ type: "Invalid", field: "metadata.name", value: object.metadata?.name, detail: `must be spec.names.plural+"."+spec.group` }]
  },
  columns: [name, { name: "Created At", format: "", cell: (object) => object.metadata.creationTimestamp }],
})
