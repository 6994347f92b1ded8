/** ConfigMap: settings and files that are no secret. */
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap"
import type { Stored } from "../../apimachinery/object.ts"
import { configKeyErrors, frozenErrors, sizeErrors } from "./validation-texts.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type ConfigMap = Stored<IConfigMap>

export const configMap = defineKind<IConfigMap>({
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  shortNames: ["cm"],
  namespaced: true,
  schema: () => schemaOf("IoK8sApiCoreV1ConfigMap"),
  validateUpdate: (object, old) => frozenErrors(object, old, ["data", "binaryData"]),
  validate: (object) => [
    ...Object.keys(object.data ?? {}).flatMap((key) => configKeyErrors("data", key)),
    ...Object.keys(object.binaryData ?? {}).flatMap((key) => configKeyErrors("binaryData", key)),
    ...Object.keys(object.binaryData ?? {})
      .filter((key) => Object.hasOwn(object.data ?? {}, key))
      .map((key) => ({ type: "Invalid" as const, field: `data[${key}]`, value: key, detail: "duplicate of key present in binaryData" })),
    ...sizeErrors([...Object.values(object.data ?? {}), ...Object.values(object.binaryData ?? {})] as string[]),
  ],
  columns: [
    name,
    { name: "Data", cell: (object) => Object.keys(object.data ?? {}).length + Object.keys(object.binaryData ?? {}).length },
    age,
  ],
})
