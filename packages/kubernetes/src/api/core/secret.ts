/** Secret: values that only some may read. */
import type { ISecret } from "kubernetes-models/v1/Secret"
import type { Stored } from "../../apimachinery/object.ts"
import { encodeBase64 } from "../../apimachinery/base64.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { configKeyErrors, sizeErrors } from "./validation-texts.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type Secret = Stored<ISecret>

/** Keys without which a secret of a type is none. */
const REQUIRED_KEYS: Readonly<Record<string, readonly string[]>> = {
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
}

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
    object.type !== old.type
      ? [{ type: "Invalid", field: "type", value: object.type, detail: "field is immutable" }]
      : old.immutable && !deepEqual(object.data, old.data)
        ? [{ type: "Forbidden", field: "data", detail: "field is immutable when `immutable` is set" }]
        : [],
  validate(object) {
    const data = (object.data ?? {}) as Record<string, string>
    const errors = Object.keys(data).flatMap((key) => configKeyErrors("data", key))
    errors.push(...sizeErrors(Object.values(data)))
    for (const key of REQUIRED_KEYS[object.type ?? ""] ?? [])
      if (data[key] === undefined) errors.push({ type: "Required", field: `data[${key}]` })
    return errors
  },
  selectableFields: (object) => ({ type: object.type ?? "" }),
  columns: [
    name,
    { name: "Type", cell: (object) => object.type ?? "" },
    { name: "Data", cell: (object) => Object.keys(object.data ?? {}).length },
    age,
  ],
})
