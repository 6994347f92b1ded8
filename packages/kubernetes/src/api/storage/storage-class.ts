/** StorageClass: how volumes are made. */
import type { IStorageClass } from "kubernetes-models/storage.k8s.io/v1/StorageClass"
import type { Stored } from "../../apimachinery/object.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { immutable } from "../core/validation-texts.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { storageClassErrors } from "./storage-validation.ts"

export type StorageClass = Stored<IStorageClass>

export const storageClass = defineKind<IStorageClass>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "StorageClass",
  plural: "storageclasses",
  shortNames: ["sc"],
  namespaced: false,
  schema: () => schemaOf("IoK8sApiStorageV1StorageClass"),
  defaults(object) {
    object.reclaimPolicy ||= "Delete"
    object.volumeBindingMode ||= "Immediate"
  },
  validate: (object) => storageClassErrors(object as Parameters<typeof storageClassErrors>[0]),
  validateUpdate: (object, old) => [
    ...(deepEqual(object.parameters ?? {}, old.parameters ?? {})
      ? []
      : [{ type: "Forbidden" as const, field: "parameters", detail: "updates to parameters are forbidden." }]),
    ...(object.provisioner === old.provisioner
      ? []
      : [{ type: "Forbidden" as const, field: "provisioner", detail: "updates to provisioner are forbidden." }]),
    ...(object.reclaimPolicy === old.reclaimPolicy
      ? []
      : [{ type: "Forbidden" as const, field: "reclaimPolicy", detail: "updates to reclaimPolicy are forbidden." }]),
    ...(object.volumeBindingMode === old.volumeBindingMode ? [] : [immutable("volumeBindingMode", object.volumeBindingMode)]),
  ],
  columns: [
    {
      ...name,
      cell: (object) =>
        `${object.metadata.name}${(object.metadata.annotations as Record<string, string> | undefined)?.["storageclass.kubernetes.io/is-default-class"] === "true" ? " (default)" : ""}`,
    },
    { name: "Provisioner", cell: (object) => object.provisioner },
    { name: "ReclaimPolicy", cell: (object) => object.reclaimPolicy ?? "Delete" },
    { name: "VolumeBindingMode", cell: (object) => object.volumeBindingMode ?? "Immediate" },
    { name: "AllowVolumeExpansion", cell: (object) => object.allowVolumeExpansion ?? false },
    age,
  ],
})
