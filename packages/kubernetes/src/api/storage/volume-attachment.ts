/** VolumeAttachment: a volume that shall be attached to a node. */
import type { IVolumeAttachment } from "kubernetes-models/storage.k8s.io/v1/VolumeAttachment"
import type { Stored } from "../../apimachinery/object.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { age, name } from "../columns.ts"
import { immutable } from "../core/validation-texts.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { volumeAttachmentErrors } from "./storage-validation.ts"

export type VolumeAttachment = Stored<IVolumeAttachment>

export const volumeAttachment = defineKind<IVolumeAttachment>({
  group: "storage.k8s.io",
  version: "v1",
  kind: "VolumeAttachment",
  plural: "volumeattachments",
  namespaced: false,
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiStorageV1VolumeAttachment"),
  generation: false,
  prepareForCreate(object) {
    object.status = { attached: false }
  },
  validate: (object) => volumeAttachmentErrors(object.spec ?? {}),
  validateUpdate: (object, old) => (deepEqual(object.spec, old.spec) ? [] : [immutable("spec", object.spec)]),
  columns: [
    name,
    { name: "Attacher", format: "name", cell: (object) => object.spec.attacher },
    { name: "PV", cell: (object) => object.spec.source.persistentVolumeName ?? "" },
    { name: "Node", cell: (object) => object.spec.nodeName },
    { name: "Attached", type: "boolean", cell: (object) => object.status.attached },
    age,
  ],
})
