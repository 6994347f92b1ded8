/** ResourceSlice: the devices of a node. */
import type { IResourceSlice } from "kubernetes-models/resource.k8s.io/v1/ResourceSlice"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { sliceErrors, type SliceSpec, sliceUpdateErrors } from "./device-validation.ts"

export type ResourceSlice = Stored<IResourceSlice>

export const resourceSlice = defineKind<IResourceSlice>({
  group: "resource.k8s.io",
  version: "v1",
  kind: "ResourceSlice",
  plural: "resourceslices",
  namespaced: false,
  schema: () => schemaOf("IoK8sApiResourceV1ResourceSlice"),
  generation: true,
  validate: (object) => sliceErrors((object.spec ?? {}) as SliceSpec),
  validateUpdate: (object, old) => sliceUpdateErrors((object.spec ?? {}) as SliceSpec, old.spec as SliceSpec),
  columns: [
    name,
    { name: "Node", cell: (object) => object.spec?.nodeName || (object.spec?.allNodes ? "<all>" : "<unset>") },
    { name: "Driver", cell: (object) => object.spec?.driver ?? "" },
    { name: "Pool", cell: (object) => object.spec?.pool?.name ?? "" },
    age,
  ],
})
