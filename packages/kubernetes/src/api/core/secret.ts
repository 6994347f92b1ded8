/** Secret: values that only some may read. */
import type { ISecret } from "kubernetes-models/v1/Secret"
import type { Stored } from "../../apimachinery/object.ts"
import { encodeBase64 } from "../../apimachinery/base64.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type Secret = Stored<ISecret>

export const secret = defineKind<ISecret>({
  group: "",
  version: "v1",
  kind: "Secret",
  plural: "secrets",
  namespaced: true,
  schema: () => schemaOf("IoK8sApiCoreV1Secret"),
  defaults(object) {
    object.type ||= "Opaque"
    if (object.stringData) {
      object.data = {
        ...object.data,
        ...Object.fromEntries(Object.entries(object.stringData).map(([key, value]) => [key, encodeBase64(String(value))])),
      }
      delete object.stringData
    }
  },
  validateUpdate: (object, old) =>
    object.type !== old.type ? [{ type: "Invalid", field: "type", value: object.type, detail: "field is immutable" }] : [],
  selectableFields: (object) => ({ type: object.type ?? "" }),
  columns: [
    name,
    { name: "Type", cell: (object) => object.type ?? "" },
    { name: "Data", cell: (object) => Object.keys(object.data ?? {}).length },
    age,
  ],
})
