/** Secret: values that only some may read. */
import type { ISecret } from "kubernetes-models/v1/Secret"
import type { Stored } from "../../apimachinery/object.ts"
import { decodeBase64Text, encodeBase64 } from "../../apimachinery/base64.ts"
import { isObject } from "../../apimachinery/frozen.ts"
import { JsonError, parseJson } from "../../apimachinery/json-text.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { invalidValue, required, tooLong } from "./common-validation.ts"
import { configKeyErrors, frozenErrors, immutable, LARGEST_DATA } from "./validation-texts.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type Secret = Stored<ISecret>

/** Of what base64 says, bytes. */
const bytesOf = (text: string): number => Math.floor((text.replace(/[\s=]/g, "").length * 3) / 4)

/** As Go's json.Unmarshal into a map says it; undefined for what is one. */
const jsonProblem = (text: string): string | undefined => {
  try {
    const { value } = parseJson(decodeBase64Text(text) ?? "")
    if (isObject(value) || value === null) return undefined
    const what = Array.isArray(value) ? "array" : typeof value === "boolean" ? "bool" : typeof value
    return `json: cannot unmarshal ${what} into Go value of type map[string]interface {}`
  } catch (error) {
    if (error instanceof JsonError) return error.message
    throw error
  }
}

/** What a Secret of a type has to hold. */
const typeErrors = (object: ISecret, data: Readonly<Record<string, string>>): FieldError[] => {
  const missing = (...keys: string[]) => keys.filter((key) => data[key] === undefined).map((key) => required(`data[${key}]`))
  const json = (key: string): FieldError[] => {
    if (data[key] === undefined) return missing(key)
    const problem = jsonProblem(data[key])
    return problem === undefined ? [] : [invalidValue(`data[${key}]`, "<secret contents redacted>", problem)]
  }
  switch (object.type) {
    case "kubernetes.io/service-account-token": {
      const account = (object.metadata?.annotations as Record<string, string> | undefined)?.["kubernetes.io/service-account.name"]
      return account ? [] : [required("metadata.annotations[kubernetes.io/service-account.name]")]
    }
    case "kubernetes.io/dockercfg":
      return json(".dockercfg")
    case "kubernetes.io/dockerconfigjson":
      return json(".dockerconfigjson")
    case "kubernetes.io/basic-auth":
      return data.username === undefined && data.password === undefined ? missing("username", "password") : []
    case "kubernetes.io/ssh-auth":
      return data["ssh-privatekey"] ? [] : [required("data[ssh-privatekey]")]
    case "kubernetes.io/tls":
      return missing("tls.crt", "tls.key")
    default:
      return []
  }
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
  validateUpdate: (object, old) => [
    ...(object.type === old.type ? [] : [immutable("type", object.type)]),
    ...frozenErrors(object, old, ["data"]),
  ],
  validate(object) {
    const data = (object.data ?? {}) as Record<string, string>
    const errors = Object.keys(data).flatMap((key) => configKeyErrors("data", key))
    if (Object.values(data).reduce((sum, value) => sum + bytesOf(value), 0) > LARGEST_DATA) errors.push(tooLong("data", LARGEST_DATA))
    return [...errors, ...typeErrors(object, data)]
  },
  selectableFields: (object) => ({ type: object.type ?? "" }),
  columns: [
    name,
    { name: "Type", cell: (object) => object.type ?? "" },
    { name: "Data", cell: (object) => Object.keys(object.data ?? {}).length },
    age,
  ],
})
