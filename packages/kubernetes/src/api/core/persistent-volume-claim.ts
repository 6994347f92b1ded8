/** PersistentVolumeClaim: a request for storage. */
import type { IPersistentVolumeClaim } from "kubernetes-models/v1/PersistentVolumeClaim"
import type { Stored } from "../../apimachinery/object.ts"
import { accessModes } from "./access-modes.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { parseQuantity } from "../../apimachinery/quantity.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { claimSpecErrors } from "./claim-validation.ts"
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
  validate: (object) => claimSpecErrors(object.spec, "spec"),
  validateUpdate(object, old) {
    const fixed = (spec: IPersistentVolumeClaim["spec"]) => ({
      ...spec,
      resources: undefined,
      volumeAttributesClassName: undefined,
      volumeName: undefined,
    })
    const errors: FieldError[] = []
    // The binder names the volume, once.
    if (!deepEqual(fixed(object.spec), fixed(old.spec)) || (old.spec.volumeName && object.spec?.volumeName !== old.spec.volumeName))
      errors.push({
        type: "Forbidden",
        field: "spec",
        detail: "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n",
      })
    const size = (amounts: unknown): bigint | undefined => {
      const storage = (amounts as Record<string, string> | undefined)?.storage
      return storage === undefined ? undefined : parseQuantity(storage)
    }
    const [now, before, capacity] = [size(object.spec?.resources?.requests), size(old.spec.resources?.requests), size(old.status.capacity)]
    if (now !== undefined && before !== undefined && now < before && (capacity === undefined || now < capacity))
      errors.push({ type: "Forbidden", field: "spec.resources.requests.storage", detail: "field can not be less than status.capacity" })
    return errors
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
