/** VolumeAttributesClass: properties of volumes that may change later. */
import type { IVolumeAttributesClass } from "kubernetes-models/storage.k8s.io/v1/VolumeAttributesClass"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { attributesClassErrors, attributesClassUpdateErrors } from "./storage-validation.ts"

export type VolumeAttributesClass = Stored<IVolumeAttributesClass>

export const volumeAttributesClass = defineKind<IVolumeAttributesClass>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "VolumeAttributesClass",
  plural: "volumeattributesclasses",
  shortNames: ["vac"],
  namespaced: false,
  storageVersion: "v1beta1",
  schema: () => schemaOf("IoK8sApiStorageV1VolumeAttributesClass"),
  validate: (object) => attributesClassErrors(object as Parameters<typeof attributesClassErrors>[0]),
  validateUpdate: (object, old) => attributesClassUpdateErrors(object as never, old as never),
  columns: [name, { name: "DriverName", cell: (object) => object.driverName }, age],
})
