/** Checks of storage.k8s.io's kinds. As pkg/apis/storage/validation/validation.go. */
import { deepEqual } from "../../apimachinery/frozen.ts"
import { parseQuantity } from "../../apimachinery/quantity.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { duplicate, forbidden, invalidValue, qualifiedNameErrors, required, selectorErrors, tooLong } from "../core/common-validation.ts"
import { immutable, nonNegative, oneOf, SUBDOMAIN_TEXT, subdomainErrors } from "../core/validation-texts.ts"

/** As ValidateCSIDriverName. */
const driverNameErrors = (field: string, name: string): FieldError[] => {
  if (name === "") return [required(field)]
  const errors: FieldError[] = name.length > 63 ? [tooLong(field, 63)] : []
  if (subdomainErrors(field, name.toLowerCase()).length > 0) errors.push(invalidValue(field, name, SUBDOMAIN_TEXT))
  return errors
}

interface DriverSpec {
  attachRequired?: boolean
  podInfoOnMount?: boolean
  storageCapacity?: boolean
  fsGroupPolicy?: string
  tokenRequests?: readonly { audience?: string; expirationSeconds?: number }[]
  volumeLifecycleModes?: readonly string[]
  nodeAllocatableUpdatePeriodSeconds?: number
}

const SHORTEST_TOKEN_S = 600

export const csiDriverErrors = (name: string, spec: DriverSpec): FieldError[] => {
  const errors = name.length > 63 ? [tooLong("metadata.name", 63)] : []
  errors.push(...oneOf("spec.fsGroupPolicy", spec.fsGroupPolicy, ["ReadWriteOnceWithFSType", "File", "None"]))
  const audiences = new Set<string>()
  for (const [index, { audience = "", expirationSeconds: seconds }] of (spec.tokenRequests ?? []).entries()) {
    const at = `spec.tokenRequests[${index}]`
    if (audiences.has(audience)) errors.push(duplicate(`${at}.audience`, audience))
    audiences.add(audience)
    if (seconds === undefined) continue
    if (seconds < SHORTEST_TOKEN_S)
      errors.push(invalidValue(`${at}.expirationSeconds`, seconds, "may not specify a duration less than 10 minutes"))
    if (seconds > 2 ** 32)
      errors.push(invalidValue(`${at}.expirationSeconds`, seconds, "may not specify a duration larger than 2^32 seconds"))
  }
  for (const mode of spec.volumeLifecycleModes ?? []) errors.push(...oneOf("spec.volumeLifecycleModes", mode, ["Ephemeral", "Persistent"]))
  const period = spec.nodeAllocatableUpdatePeriodSeconds
  if (period !== undefined && period < 10)
    errors.push(invalidValue("spec.nodeAllocatableUpdatePeriodSeconds", period, "must be greater than or equal to 10 seconds"))
  return errors
}

export const csiDriverUpdateErrors = (spec: DriverSpec, old: DriverSpec): FieldError[] => [
  // The field's name is upstream's own misspelling.
  ...(spec.attachRequired === old.attachRequired ? [] : [immutable("spec.attachedRequired", spec.attachRequired)]),
  ...(deepEqual(spec.volumeLifecycleModes ?? [], old.volumeLifecycleModes ?? [])
    ? []
    : [immutable("spec.volumeLifecycleModes", spec.volumeLifecycleModes)]),
]

interface NodeDriver {
  name?: string
  nodeID?: string
  topologyKeys?: readonly string[]
  allocatable?: { count?: number }
}

/** Bytes that a driver may call a node by. */
const LONGEST_NODE_ID = 256

export const csiNodeErrors = (drivers: readonly NodeDriver[]): FieldError[] => {
  const names = new Set<string>()
  return drivers.flatMap(({ name = "", nodeID = "", topologyKeys = [], allocatable }, index): FieldError[] => {
    const at = `spec.drivers[${index}]`
    const errors = driverNameErrors(`${at}.name`, name)
    if (nodeID === "") errors.push(required(`${at}.nodeID`, nodeID))
    else if (nodeID.length > LONGEST_NODE_ID)
      errors.push(invalidValue(`${at}.nodeID`, nodeID, `must be ${LONGEST_NODE_ID} characters or less`))
    errors.push(...nonNegative(`${at}.allocatable.count`, allocatable?.count))
    if (names.has(name)) errors.push(duplicate(`${at}.name`, name))
    names.add(name)
    const keys = new Set<string>()
    for (const key of topologyKeys) {
      if (key === "") errors.push(required(at, key))
      if (keys.has(key)) errors.push(duplicate(at, key))
      keys.add(key)
      errors.push(...qualifiedNameErrors(at, key))
    }
    return errors
  })
}

interface AttachmentSpec {
  attacher?: string
  nodeName?: string
  source?: { inlineVolumeSpec?: unknown; persistentVolumeName?: string }
}

export const volumeAttachmentErrors = ({ attacher = "", nodeName = "", source = {} }: AttachmentSpec): FieldError[] => {
  const errors = driverNameErrors("spec.attacher", attacher)
  const { inlineVolumeSpec: inline, persistentVolumeName: volume } = source
  const one = "must specify exactly one of inlineVolumeSpec and persistentVolumeName"
  if (inline === undefined && volume === undefined) errors.push(required("spec.source", one))
  else if (inline !== undefined && volume !== undefined) errors.push(forbidden("spec.source", one))
  else if (volume === "") errors.push(required("spec.source.persistentVolumeName", "must specify non empty persistentVolumeName"))
  errors.push(...subdomainErrors("spec.nodeName", nodeName))
  return errors
}

interface Capacity {
  storageClassName?: string
  capacity?: string
  maximumVolumeSize?: string
  nodeTopology?: unknown
}

export const csiStorageCapacityErrors = (object: Capacity): FieldError[] => {
  const amount = (field: "capacity" | "maximumVolumeSize"): FieldError[] => {
    const value = object[field]
    return value !== undefined && parseQuantity(value) < 0n ? [invalidValue(field, value, "must be greater than or equal to 0")] : []
  }
  return [
    ...subdomainErrors("storageClassName", object.storageClassName ?? ""),
    ...amount("capacity"),
    ...amount("maximumVolumeSize"),
    ...selectorErrors(object.nodeTopology, "nodeTopology"),
  ]
}

export const csiStorageCapacityUpdateErrors = (object: Capacity, old: Capacity): FieldError[] => [
  ...(deepEqual(object.nodeTopology, old.nodeTopology) ? [] : [immutable("nodeTopology", object.nodeTopology)]),
  ...(object.storageClassName === old.storageClassName ? [] : [immutable("storageClassName", object.storageClassName)]),
]

const MOST_PARAMETERS = 512
const LARGEST_PARAMETERS = 256 * 1024

const provisionerErrors = (field: string, name: string): FieldError[] =>
  name === "" ? [required(field)] : qualifiedNameErrors(field, name.toLowerCase())

/** `needed`: there must be some. */
const parameterErrors = (parameters: Readonly<Record<string, string>> | undefined, needed: boolean): FieldError[] => {
  const entries = Object.entries(parameters ?? {})
  if (entries.length === 0) return needed ? [required("parameters", "must contain at least one key/value pair")] : []
  if (entries.length > MOST_PARAMETERS) return [tooLong("parameters", MOST_PARAMETERS)]
  const errors: FieldError[] = []
  let size = 0
  for (const [key, value] of entries) {
    if (key === "") errors.push(invalidValue("parameters", key, "field can not be empty."))
    size += key.length + value.length
  }
  if (size > LARGEST_PARAMETERS) errors.push(tooLong("parameters", LARGEST_PARAMETERS))
  return errors
}

interface Class {
  provisioner?: string
  parameters?: Record<string, string>
  reclaimPolicy?: string
  volumeBindingMode?: string
}

export const storageClassErrors = (object: Class): FieldError[] => [
  ...provisionerErrors("provisioner", object.provisioner ?? ""),
  ...parameterErrors(object.parameters, false),
  ...oneOf("reclaimPolicy", object.reclaimPolicy, ["Delete", "Retain"]),
  ...oneOf("volumeBindingMode", object.volumeBindingMode, ["Immediate", "WaitForFirstConsumer"]),
]

interface AttributesClass {
  driverName?: string
  parameters?: Record<string, string>
}

export const attributesClassErrors = (object: AttributesClass): FieldError[] => [
  ...provisionerErrors("driverName", object.driverName ?? ""),
  ...parameterErrors(object.parameters, true),
]

export const attributesClassUpdateErrors = (object: AttributesClass, old: AttributesClass): FieldError[] => [
  ...(object.driverName === old.driverName ? [] : [forbidden("driverName", "updates to driverName are forbidden.")]),
  ...(deepEqual(object.parameters ?? {}, old.parameters ?? {}) ? [] : [forbidden("parameters", "updates to parameters are forbidden.")]),
]
