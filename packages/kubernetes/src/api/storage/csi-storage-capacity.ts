/** CSIStorageCapacity: how much storage is left where. */
import type { ICSIStorageCapacity } from "kubernetes-models/storage.k8s.io/v1/CSIStorageCapacity"
import type { Stored } from "../../apimachinery/object.ts"
import { name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { csiStorageCapacityErrors, csiStorageCapacityUpdateErrors } from "./storage-validation.ts"

export type CSIStorageCapacity = Stored<ICSIStorageCapacity>

export const csiStorageCapacity = defineKind<ICSIStorageCapacity>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "CSIStorageCapacity",
  plural: "csistoragecapacities",
  namespaced: true,
  schema: () => schemaOf("IoK8sApiStorageV1CSIStorageCapacity"),
  validate: (object) => csiStorageCapacityErrors(object as Parameters<typeof csiStorageCapacityErrors>[0]),
  validateUpdate: (object, old) => csiStorageCapacityUpdateErrors(object as never, old as never),
  columns: [
    name,
    { name: "StorageClassName", cell: (object) => object.storageClassName },
    { name: "Capacity", cell: (object) => String(object.capacity ?? "<unset>") },
  ],
})
