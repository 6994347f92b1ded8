/** CSINode: the storage drivers of a node. */
import type { ICSINode } from "kubernetes-models/storage.k8s.io/v1/CSINode"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { csiNodeErrors } from "./storage-validation.ts"

export type CSINode = Stored<ICSINode>

export const csiNode = defineKind<ICSINode>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "CSINode",
  plural: "csinodes",
  namespaced: false,
  schema: () => schemaOf("IoK8sApiStorageV1CSINode"),
  validate: (object) => csiNodeErrors(object.spec?.drivers ?? []),
  columns: [name, { name: "Drivers", type: "integer", cell: (object) => (object.spec.drivers ?? []).length }, age],
})
