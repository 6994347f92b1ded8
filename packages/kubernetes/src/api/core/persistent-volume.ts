/** PersistentVolume: storage that outlives Pods. */
import type { IPersistentVolume } from "kubernetes-models/v1/PersistentVolume"
import { formatTime, type Stored } from "../../apimachinery/object.ts"
import { ACCESS_MODES, accessModes } from "./access-modes.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { oneOf } from "./validation-texts.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type PersistentVolume = Stored<IPersistentVolume>

/** Fields of the spec that name no storage. */
const NO_SOURCES = new Set(["claimRef", "storageClassName", "mountOptions", "volumeMode", "nodeAffinity", "volumeAttributesClassName"])

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
  prepareForCreate(object, { now }) {
    object.status = { phase: "Pending", lastPhaseTransitionTime: formatTime(now) }
  },
  prepareForStatusUpdate(object, old, { now }) {
    const status = (object.status ??= {})
    const { phase, lastPhaseTransitionTime: since } = old.status
    if (status.phase !== phase) {
      if (status.lastPhaseTransitionTime === undefined || status.lastPhaseTransitionTime === since)
        status.lastPhaseTransitionTime = formatTime(now)
    } else if (since !== undefined) status.lastPhaseTransitionTime ??= since
  },
  defaults(object) {
    if (!object.spec) return
    object.spec.persistentVolumeReclaimPolicy ||= "Retain"
    object.spec.volumeMode ||= "Filesystem"
    if (object.spec.hostPath) object.spec.hostPath.type ??= "" as never
  },
  validate(object) {
    const { accessModes: modes, capacity, persistentVolumeReclaimPolicy: policy, ...rest } = object.spec ?? {}
    const errors: FieldError[] = []
    if (!modes?.length) errors.push({ type: "Required", field: "spec.accessModes" })
    for (const mode of modes ?? []) errors.push(...oneOf("spec.accessModes", mode, ACCESS_MODES))
    if (Object.keys(capacity ?? {}).length === 0) errors.push({ type: "Required", field: "spec.capacity" })
    else if ((capacity as Record<string, unknown>).storage === undefined)
      errors.push({ type: "NotSupported", field: "spec.capacity", value: capacity, detail: 'supported values: "storage"' })
    errors.push(...oneOf("spec.persistentVolumeReclaimPolicy", policy, ["Delete", "Recycle", "Retain"]))
    const sources = Object.keys(rest).filter((field) => !NO_SOURCES.has(field))
    for (const extra of sources.slice(1))
      errors.push({ type: "Forbidden", field: `spec.${extra}`, detail: "may not specify more than 1 volume type" })
    if (sources.length === 0) errors.push({ type: "Required", field: "spec", detail: "must specify a volume type" })
    if (object.spec?.hostPath && !object.spec.hostPath.path) errors.push({ type: "Required", field: "spec.hostPath.path" })
    if (object.spec?.local && !object.spec.nodeAffinity)
      errors.push({ type: "Required", field: "spec.nodeAffinity", detail: "Local volume requires node affinity" })
    return errors
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
