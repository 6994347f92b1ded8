/** PersistentVolumeClaim: a request for storage. */
import type { IPersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim"
import type { Stored } from "../../apimachinery/object.ts"
import { accessModes } from "./access-modes.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type PersistentVolumeClaim = Stored<IPersistentVolumeClaim>

export const persistentVolumeClaim = defineKind<IPersistentVolumeClaim>({
  group: "",
  version: "v1",
  kind: "PersistentVolumeClaim",
  plural: "persistentvolumeclaims",
  shortNames: ["pvc"],
  namespaced: true,
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiCoreV1PersistentVolumeClaim"),
  generation: false,
  prepareForCreate(object) {
    object.status = { phase: "Pending" }
  },
  defaults(object) {
    if (object.spec) object.spec.volumeMode ||= "Filesystem"
  },
  columns: [
    name,
    { name: "Status", cell: (object) => (object.metadata.deletionTimestamp ? "Terminating" : (object.status.phase ?? "")) },
    { name: "Volume", cell: (object) => object.spec.volumeName ?? "" },
    {
      name: "Capacity",
      cell: (object) =>
        object.spec.volumeName ? String((object.status.capacity as Record<string, string> | undefined)?.storage ?? "0") : "",
    },
    { name: "Access Modes", cell: (object) => (object.spec.volumeName ? accessModes(object.status.accessModes) : "") },
    { name: "StorageClass", cell: (object) => object.spec.storageClassName ?? "" },
    { name: "VolumeAttributesClass", cell: (object) => object.spec.volumeAttributesClassName ?? "<unset>" },
    age,
    { name: "VolumeMode", priority: 1, cell: (object) => object.spec.volumeMode ?? "<unset>" },
  ],
})
