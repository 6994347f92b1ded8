/** CSIDriver: what a storage driver can do. */
import type { ICSIDriver } from "kubernetes-models/storage.k8s.io/v1/CSIDriver"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { csiDriverErrors, csiDriverUpdateErrors } from "./storage-validation.ts"

export type CSIDriver = Stored<ICSIDriver>

export const csiDriver = defineKind<ICSIDriver>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "CSIDriver",
  plural: "csidrivers",
  namespaced: false,
  schema: () => schemaOf("IoK8sApiStorageV1CSIDriver"),
  generation: false,
  defaults(object) {
    if (!object.spec) return
    object.spec.attachRequired ??= true
    object.spec.podInfoOnMount ??= false
    object.spec.storageCapacity ??= false
    object.spec.fsGroupPolicy ||= "ReadWriteOnceWithFSType"
    object.spec.requiresRepublish ??= false
    object.spec.seLinuxMount ??= false
    object.spec.volumeLifecycleModes ??= ["Persistent"]
  },
  validate: (object) => csiDriverErrors(object.metadata?.name ?? "", object.spec),
  validateUpdate: (object, old) => csiDriverUpdateErrors(object.spec, old.spec),
  columns: [
    name,
    { name: "AttachRequired", type: "boolean", cell: (object) => object.spec.attachRequired ?? true },
    { name: "PodInfoOnMount", type: "boolean", cell: (object) => object.spec.podInfoOnMount ?? false },
    { name: "StorageCapacity", type: "boolean", cell: (object) => object.spec.storageCapacity ?? false },
    { name: "TokenRequests", cell: (object) => (object.spec.tokenRequests ?? []).map(({ audience }) => audience).join(",") || "<unset>" },
    { name: "RequiresRepublish", type: "boolean", cell: (object) => object.spec.requiresRepublish ?? false },
    { name: "Modes", cell: (object) => (object.spec.volumeLifecycleModes ?? []).join(",") },
    age,
  ],
})
