/** ConfigMap: settings and files that are no secret. */
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap"
import type { Stored } from "../../apimachinery/object.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { configKeyErrors } from "./validation-texts.ts"
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
  validateUpdate: (object, old) =>
    old.immutable && (!deepEqual(object.data, old.data) || !deepEqual(object.binaryData, old.binaryData))
      ? [{ type: "Forbidden", field: "data", detail: "field is immutable when `immutable` is set" }]
      : old.immutable && !object.immutable
        ? [{ type: "Forbidden", field: "immutable", detail: "field is immutable when `immutable` is set" }]
        : [],
  validate: (object) => [
    ...Object.keys(object.data ?? {}).flatMap((key) => configKeyErrors("data", key)),
    ...Object.keys(object.binaryData ?? {}).flatMap((key) => configKeyErrors("binaryData", key)),
  ],
  columns: [
    name,
    { name: "Data", cell: (object) => Object.keys(object.data ?? {}).length + Object.keys(object.binaryData ?? {}).length },
    age,
  ],
})
