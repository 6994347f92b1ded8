/** Checks of containers of every kind. As validateContainerCommon and what calls it in pkg/apis/core/validation/validation.go. */
import type { IIoK8sApiCoreV1Container as Container } from "kubernetes-models/v1/Container"
import type { IIoK8sApiCoreV1PodSpec as PodSpec } from "kubernetes-models/v1/PodSpec"
import type { IIoK8sApiCoreV1Volume as Volume } from "kubernetes-models/v1/Volume"
import type { FieldError } from "../../../apimachinery/status.ts"
import { duplicate, forbidden, invalidValue, required } from "../common-validation.ts"
import { configKeyProblems, labelErrors, oneOf, portErrors, subdomainErrors } from "../validation-texts.ts"
import { ENVIRONMENT_FIELD_PATHS, fieldRefErrors, resourceFieldErrors } from "./downward-fields.ts"
import { handlerErrors, LIFECYCLE_HANDLERS, probesErrors } from "./handlers.ts"
import { resourceErrors } from "./resources.ts"
import { containerSecurityErrors } from "./security.ts"
import { backstepErrors, relativePathErrors } from "./volumes.ts"

/** What a container is checked against. */
export interface Surroundings {
  spec: PodSpec
  volumes: ReadonlyMap<string, Volume>
  claims: ReadonlySet<string>
  hostUsers: boolean
}

const portListErrors = (container: Container, at: string): FieldError[] => {
  const errors: FieldError[] = []
  const names = new Set<string>()
  for (const [index, port] of (container.ports ?? []).entries()) {
    const field = `${at}.ports[${index}]`
    if (port.name) {
      const problems = portErrors(`${field}.name`, port.name)
      errors.push(...problems)
      if (problems.length === 0 && names.has(port.name)) errors.push(duplicate(`${field}.name`, port.name))
      if (problems.length === 0) names.add(port.name)
    }
    if (!port.containerPort) errors.push(required(`${field}.containerPort`))
    else errors.push(...portErrors(`${field}.containerPort`, port.containerPort))
    if (port.hostPort) errors.push(...portErrors(`${field}.hostPort`, port.hostPort))
    errors.push(...oneOf(`${field}.protocol`, port.protocol, ["SCTP", "TCP", "UDP"]))
  }
  return errors
}

/** As AccumulateUniqueHostPorts. */
export const hostPortConflicts = (containers: readonly Container[], path: string): FieldError[] => {
  let taken: Set<string> | undefined
  const errors: FieldError[] = []
  for (const [index, { ports }] of containers.entries())
    for (const [number, { protocol, hostIP = "", hostPort }] of (ports ?? []).entries()) {
      if (!hostPort) continue
      const port = `${protocol}/${hostIP}/${hostPort}`
      taken ??= new Set()
      if (taken.has(port)) errors.push(duplicate(`${path}[${index}].ports[${number}].hostPort`, port))
      taken.add(port)
    }
  return errors
}

const VARIABLE = /^[\x20-\x3c\x3e-\x7e]+$/
const VARIABLE_TEXT = "a valid environment variable name must consist only of printable ASCII characters other than '='"
const SOURCES = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"] as const

const sourceErrors = (source: NonNullable<NonNullable<Container["env"]>[number]["valueFrom"]>, at: string, value: string | undefined) => {
  const errors: FieldError[] = []
  const { fieldRef, resourceFieldRef } = source
  if (fieldRef) errors.push(...fieldRefErrors(fieldRef, `${at}.fieldRef`, ENVIRONMENT_FIELD_PATHS))
  if (resourceFieldRef) errors.push(...resourceFieldErrors(resourceFieldRef, `${at}.resourceFieldRef`, false))
  for (const kind of ["configMapKeyRef", "secretKeyRef"] as const) {
    const reference = source[kind]
    if (!reference) continue
    errors.push(...subdomainErrors(`${at}.${kind}.name`, reference.name ?? ""))
    if (!reference.key) errors.push(required(`${at}.${kind}.key`))
    else for (const problem of configKeyProblems(reference.key)) errors.push(invalidValue(`${at}.${kind}.key`, reference.key, problem))
  }
  const count = SOURCES.filter((name) => (source as Readonly<Record<string, unknown>>)[name] !== undefined).length
  if (count === 0)
    errors.push(
      invalidValue(at, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"),
    )
  else if (value) errors.push(invalidValue(at, "", "may not be specified when `value` is not empty"))
  else if (count > 1) errors.push(invalidValue(at, "", "may not have more than one field specified at a time"))
  return errors
}

const environmentErrors = (container: Container, at: string): FieldError[] => {
  const errors: FieldError[] = []
  for (const [index, { name, value, valueFrom }] of (container.env ?? []).entries()) {
    if (!name) errors.push(required(`${at}.env[${index}].name`))
    else if (!VARIABLE.test(name)) errors.push(invalidValue(`${at}.env[${index}].name`, name, VARIABLE_TEXT))
    if (valueFrom) errors.push(...sourceErrors(valueFrom, `${at}.env[${index}].valueFrom`, value))
  }
  for (const [index, { prefix, configMapRef, secretRef }] of (container.envFrom ?? []).entries()) {
    const field = `${at}.envFrom[${index}]`
    if (prefix && !VARIABLE.test(prefix)) errors.push(invalidValue(`${field}.prefix`, prefix, VARIABLE_TEXT))
    for (const [kind, reference] of [
      ["configMapRef", configMapRef],
      ["secretRef", secretRef],
    ] as const) {
      if (!reference) continue
      if (!reference.name) errors.push(required(`${field}.${kind}.name`))
      // As a prefix of a name to be made, which may end in a dash.
      else
        errors.push(
          ...subdomainErrors(`${field}.${kind}.name`, reference.name.replace(/-$/, "a")).map((one) => ({ ...one, value: reference.name })),
        )
    }
    if (!configMapRef && !secretRef) errors.push(invalidValue(`${at}.envFrom`, "", "must specify one of: `configMapRef` or `secretRef`"))
    else if (configMapRef && secretRef)
      errors.push(invalidValue(`${at}.envFrom`, "", "may not have more than one field specified at a time"))
  }
  return errors
}

type Mount = NonNullable<Container["volumeMounts"]>[number]

/** As validateMountPropagation and validateMountRecursiveReadOnly; both name the list, not the mount. */
const propagationErrors = (mount: Mount, container: Container, at: string): FieldError[] => {
  const { mountPropagation: propagation, recursiveReadOnly: recursive, readOnly } = mount
  const errors: FieldError[] = []
  if (propagation !== undefined) {
    errors.push(...oneOf(`${at}.mountPropagation`, propagation, ["Bidirectional", "HostToContainer", "None"]))
    if (propagation === "Bidirectional" && !container.securityContext?.privileged)
      errors.push(forbidden(`${at}.mountPropagation`, "Bidirectional mount propagation is available only to privileged containers"))
  }
  if (recursive === undefined || recursive === "Disabled") return errors
  const field = `${at}.recursiveReadOnly`
  if (recursive !== "Enabled" && recursive !== "IfPossible")
    return [...errors, ...oneOf(field, recursive, ["Disabled", "Enabled", "IfPossible"])]
  if (!readOnly) errors.push(forbidden(field, "may only be specified when readOnly is true"))
  if (propagation !== undefined && propagation !== "None")
    errors.push(forbidden(field, "may only be specified when mountPropagation is None or not specified"))
  return errors
}

const mountErrors = (container: Container, at: string, volumes: ReadonlyMap<string, Volume>): FieldError[] => {
  const errors: FieldError[] = []
  const paths = new Set<string>()
  const devices = container.volumeDevices ?? []
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const field = `${at}[${index}]`
    const { name, mountPath = "", subPath, subPathExpr } = mount
    const volume = volumes.get(name)
    if (!name) errors.push(required(`${field}.name`))
    if (!volume) errors.push({ type: "NotFound", field: `${field}.name`, value: name ?? "" })
    if (!mountPath) errors.push(required(`${field}.mountPath`))
    if (paths.has(mountPath)) errors.push(invalidValue(`${field}.mountPath`, mountPath, "must be unique"))
    paths.add(mountPath)
    if (devices.some((device) => device.name === name))
      errors.push(invalidValue(`${field}.name`, name, "must not already exist in volumeDevices"))
    if (devices.some(({ devicePath }) => devicePath === mountPath))
      errors.push(invalidValue(`${field}.mountPath`, mountPath, "must not already exist as a path in volumeDevices"))
    // Upstream names the list where the path is wrong.
    if (subPath) errors.push(...relativePathErrors(`${at}.subPath`, subPath))
    if (subPathExpr) {
      if (subPath) errors.push(invalidValue(`${field}.subPathExpr`, subPathExpr, "subPathExpr and subPath are mutually exclusive"))
      errors.push(...relativePathErrors(`${at}.subPathExpr`, subPathExpr))
    }
    errors.push(...propagationErrors(mount, container, at))
  }
  return errors
}

const deviceErrors = (container: Container, at: string, volumes: ReadonlyMap<string, Volume>): FieldError[] => {
  const errors: FieldError[] = []
  const names = new Set<string>()
  const paths = new Set<string>()
  const mounts = container.volumeMounts ?? []
  for (const [index, { name, devicePath = "" }] of (container.volumeDevices ?? []).entries()) {
    const field = `${at}[${index}]`
    const volume = volumes.get(name)
    if (!name) errors.push(required(`${field}.name`))
    if (names.has(name)) errors.push(invalidValue(`${field}.name`, name, "must be unique"))
    if (volume && !volume.persistentVolumeClaim && !volume.ephemeral)
      errors.push(
        invalidValue(`${field}.name`, name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode"),
      )
    if (!volume) errors.push({ type: "NotFound", field: `${field}.name`, value: name ?? "" })
    if (!devicePath) errors.push(required(`${field}.devicePath`))
    if (paths.has(devicePath)) errors.push(invalidValue(`${field}.devicePath`, devicePath, "must be unique"))
    if (backstepErrors("", devicePath).length > 0)
      errors.push(invalidValue(`${field}.devicePath`, devicePath, "can not contain backsteps ('..')"))
    else paths.add(devicePath)
    if (mounts.some((mount) => mount.name === name))
      errors.push(invalidValue(`${field}.name`, name, "must not already exist in volumeMounts"))
    if (mounts.some(({ mountPath }) => mountPath === devicePath))
      errors.push(invalidValue(`${field}.devicePath`, devicePath, "must not already exist as a path in volumeMounts"))
    if (name) names.add(name)
  }
  return errors
}

const resizeErrors = (container: Container, at: string, spec: PodSpec): FieldError[] => {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  for (const [index, { resourceName = "", restartPolicy = "" }] of (container.resizePolicy ?? []).entries()) {
    if (seen.has(resourceName)) errors.push(duplicate(`${at}[${index}]`, resourceName))
    seen.add(resourceName)
    errors.push(...(resourceName ? oneOf(at, resourceName, ["cpu", "memory"]) : [required(at)]))
    errors.push(...(restartPolicy ? oneOf(at, restartPolicy, ["NotRequired", "RestartContainer"]) : [required(at)]))
    if (spec.restartPolicy === "Never" && restartPolicy !== "NotRequired")
      errors.push(invalidValue(at, restartPolicy, "must be 'NotRequired' when `restartPolicy` is 'Never'"))
  }
  return errors
}

const commonErrors = (container: Container, at: string, around: Surroundings): FieldError[] => {
  const errors = container.name ? labelErrors(`${at}.name`, container.name) : [required(`${at}.name`)]
  if (!container.image) errors.push(required(`${at}.image`))
  errors.push(...oneOf(`${at}.terminationMessagePolicy`, container.terminationMessagePolicy, ["File", "FallbackToLogsOnError"]))
  if (container.ports) errors.push(...portListErrors(container, at))
  if (container.env || container.envFrom) errors.push(...environmentErrors(container, at))
  if (container.volumeMounts) errors.push(...mountErrors(container, `${at}.volumeMounts`, around.volumes))
  if (container.volumeDevices) errors.push(...deviceErrors(container, `${at}.volumeDevices`, around.volumes))
  errors.push(...oneOf(`${at}.imagePullPolicy`, container.imagePullPolicy, ["Always", "IfNotPresent", "Never"]))
  if (container.resources) errors.push(...resourceErrors(container.resources, `${at}.resources`, around.claims))
  if (container.resizePolicy) errors.push(...resizeErrors(container, `${at}.resizePolicy`, around.spec))
  if (container.securityContext)
    errors.push(...containerSecurityErrors(container.securityContext, `${at}.securityContext`, around.hostUsers))
  return errors
}

/** Whitespace is wrong in a Pod alone: templates were once allowed it. */
const imageErrors = ({ image = "" }: Container, at: string): FieldError[] =>
  image === image.trim() ? [] : [invalidValue(`${at}.image`, image, "must not have leading or trailing whitespace")]

export const imagesErrors = (spec: PodSpec, path: string): FieldError[] =>
  (["containers", "initContainers"] as const).flatMap((list) =>
    (spec[list] ?? []).flatMap((container, index) => imageErrors(container, `${path}.${list}[${index}]`)),
  )

const runningErrors = (container: Container, at: string, grace: number | undefined): FieldError[] => [
  ...(container.lifecycle?.postStart
    ? handlerErrors(container.lifecycle.postStart, `${at}.lifecycle.postStart`, LIFECYCLE_HANDLERS, grace)
    : []),
  ...(container.lifecycle?.preStop ? handlerErrors(container.lifecycle.preStop, `${at}.lifecycle.preStop`, LIFECYCLE_HANDLERS, grace) : []),
  ...probesErrors(container, at),
]

export const containersErrors = (path: string, around: Surroundings): FieldError[] => {
  const { spec } = around
  const containers = spec.containers ?? []
  if (containers.length === 0) return [required(path)]
  const errors: FieldError[] = []
  const names = new Set<string>()
  for (const [index, container] of containers.entries()) {
    const at = `${path}[${index}]`
    errors.push(...commonErrors(container, at, around))
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name))
    names.add(container.name)
    errors.push(...runningErrors(container, at, spec.terminationGracePeriodSeconds))
    // With rules for its exits, or without, a container's own policy is one of three; nothing else may be said of one.
    if (container.restartPolicy !== undefined)
      errors.push(...oneOf(`${at}.restartPolicy`, container.restartPolicy, ["Always", "Never", "OnFailure"]))
  }
  return [...errors, ...hostPortConflicts(containers, path)]
}

const NOT_FOR_INIT = ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] as const

export const initContainersErrors = (path: string, around: Surroundings): FieldError[] => {
  const { spec } = around
  if (!spec.initContainers) return []
  const errors: FieldError[] = []
  const names = new Set((spec.containers ?? []).map(({ name }) => name))
  for (const [index, container] of spec.initContainers.entries()) {
    const at = `${path}[${index}]`
    errors.push(...commonErrors(container, at, around))
    if (container.restartPolicy !== undefined)
      errors.push(...oneOf(`${at}.restartPolicy`, container.restartPolicy, ["Always", "Never", "OnFailure"]))
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name))
    else if (container.name) names.add(container.name)
    errors.push(...hostPortConflicts([container], path))
    if (container.restartPolicy === "Always") errors.push(...runningErrors(container, at, spec.terminationGracePeriodSeconds))
    else
      for (const field of NOT_FOR_INIT)
        if (container[field] !== undefined)
          errors.push(forbidden(`${at}.${field}`, "may not be set for init containers without restartPolicy=Always"))
  }
  return errors
}

const NOT_FOR_EPHEMERAL = [
  "ports",
  "resources",
  "livenessProbe",
  "readinessProbe",
  "startupProbe",
  "lifecycle",
  "restartPolicy",
  "resizePolicy",
] as const
const EPHEMERAL = "cannot be set for an Ephemeral Container"

const isGiven = (value: unknown): boolean =>
  value !== undefined && !(typeof value === "object" && value !== null && Object.keys(value).length === 0)

export const ephemeralContainersErrors = (path: string, around: Surroundings): FieldError[] => {
  const { spec } = around
  if (!spec.ephemeralContainers) return []
  const errors: FieldError[] = []
  const others = new Set([...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name }) => name))
  const names = new Set(others)
  for (const [index, given] of spec.ephemeralContainers.entries()) {
    const at = `${path}[${index}]`
    const container = given as unknown as Container & { targetContainerName?: string }
    errors.push(...commonErrors(container, at, around), ...imageErrors(container, at))
    if (names.has(container.name)) errors.push(duplicate(`${at}.name`, container.name))
    names.add(container.name)
    const { targetContainerName: target } = container
    if (target && !others.has(target)) errors.push({ type: "NotFound", field: `${at}.targetContainerName`, value: target })
    for (const field of NOT_FOR_EPHEMERAL) if (isGiven(container[field])) errors.push(forbidden(`${at}.${field}`, EPHEMERAL))
    for (const [number, { subPath, subPathExpr }] of (container.volumeMounts ?? []).entries()) {
      if (subPath) errors.push(forbidden(`${at}.volumeMounts[${number}].subPath`, EPHEMERAL))
      if (subPathExpr) errors.push(forbidden(`${at}.volumeMounts[${number}].subPathExpr`, EPHEMERAL))
    }
  }
  return errors
}
