/** PersistentVolume: storage that outlives Pods. */
import type { IPersistentVolume } from "kubernetes-models/v1/PersistentVolume"
import type { Stored } from "../../apimachinery/object.ts"
import { accessModes } from "./access-modes.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type PersistentVolume = Stored<IPersistentVolume>

export const persistentVolume = defineKind<IPersistentVolume>({
  group: "",
  version: "v1",
  kind: "PersistentVolume",
  plural: "persistentvolumes",
  shortNames: ["pv"],
  namespaced: false,
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiCoreV1PersistentVolume"),
  generation: false,
  prepareForCreate(object) {
    object.status = { phase: "Pending" }
  },
  defaults(object) {
    if (!object.spec) return
    object.spec.persistentVolumeReclaimPolicy ||= "Retain"
    object.spec.volumeMode ||= "Filesystem"
  },
  columns: [
    name,
    { name: "Capacity", cell: (object) => String((object.spec.capacity as Record<string, string> | undefined)?.storage ?? "") },
    { name: "Access Modes", cell: (object) => accessModes(object.spec.accessModes) },
    { name: "Reclaim Policy", cell: (object) => object.spec.persistentVolumeReclaimPolicy ?? "" },
    { name: "Status", cell: (object) => (object.metadata.deletionTimestamp ? "Terminating" : (object.status.phase ?? "")) },
    { name: "Claim", cell: (object) => (object.spec.claimRef ? `${object.spec.claimRef.namespace}/${object.spec.claimRef.name}` : "") },
    { name: "StorageClass", cell: (object) => object.spec.storageClassName ?? "" },
    { name: "VolumeAttributesClass", cell: (object) => object.spec.volumeAttributesClassName ?? "<unset>" },
    { name: "Reason", cell: (object) => object.status.reason ?? "" },
    age,
    { name: "VolumeMode", priority: 1, cell: (object) => object.spec.volumeMode ?? "<unset>" },
  ],
})
