/** Defaults and checks of Pod specs and templates. As pkg/apis/core/v1/defaults.go and pkg/apis/core/validation. */
import type { IIoK8sApiCoreV1Container as Container } from "kubernetes-models/v1/Container"
import type { IIoK8sApiCoreV1PodSpec as PodSpec } from "kubernetes-models/v1/PodSpec"
import type { IIoK8sApiCoreV1Probe as Probe } from "kubernetes-models/v1/Probe"
import { milliValue, parseQuantity, QuantityError, canonicalQuantity } from "../../apimachinery/quantity.ts"
import type { FieldError } from "../../apimachinery/status.ts"

export type { Container, PodSpec, Probe }

/** "latest" or no tag at all means: always look for a newer image. */
const pullPolicyFor = (image: string | undefined): "Always" | "IfNotPresent" => {
  if (image?.includes("@")) return "IfNotPresent"
  const tag = /:([^/]+)$/.exec(image ?? "")?.[1] ?? "latest"
  return tag === "latest" ? "Always" : "IfNotPresent"
}

const defaultProbe = (probe: Probe | undefined): void => {
  if (!probe) return
  probe.timeoutSeconds ||= 1
  probe.periodSeconds ||= 10
  probe.successThreshold ||= 1
  probe.failureThreshold ||= 3
  if (probe.httpGet) {
    probe.httpGet.path ||= "/"
    probe.httpGet.scheme ||= "HTTP"
  }
  if (probe.grpc) probe.grpc.service ??= ""
}

const canonicalResources = (resources: Record<string, unknown> | undefined): void => {
  for (const [name, value] of Object.entries(resources ?? {})) {
    try {
      if (resources) resources[name] = canonicalQuantity(value as string)
    } catch (error) {
      // Validation names the field.
      if (!(error instanceof QuantityError)) throw error
    }
  }
}

const defaultContainer = (container: Container): void => {
  container.imagePullPolicy ||= pullPolicyFor(container.image)
  container.terminationMessagePath ||= "/dev/termination-log"
  container.terminationMessagePolicy ||= "File"
  container.resources ??= {}
  const { limits, requests } = container.resources as { limits?: Record<string, string>; requests?: Record<string, string> }
  canonicalResources(limits)
  canonicalResources(requests)
  // A limit without a request is requested.
  if (limits) container.resources.requests = { ...limits, ...requests }
  for (const port of container.ports ?? []) port.protocol ||= "TCP"
  for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) defaultProbe(probe)
  for (const variable of container.env ?? []) if (variable.valueFrom?.fieldRef) variable.valueFrom.fieldRef.apiVersion ||= "v1"
}

export const defaultPodSpec = (spec: PodSpec): void => {
  spec.restartPolicy ||= "Always"
  spec.dnsPolicy ||= "ClusterFirst"
  spec.schedulerName ||= "default-scheduler"
  spec.securityContext ??= {}
  spec.terminationGracePeriodSeconds ??= 30
  if (spec.serviceAccountName) spec.serviceAccount = spec.serviceAccountName
  else if (spec.serviceAccount) spec.serviceAccountName = spec.serviceAccount
  for (const container of [
    ...(spec.initContainers ?? []),
    ...(spec.containers ?? []),
    ...((spec.ephemeralContainers ?? []) as Container[]),
  ])
    defaultContainer(container)
  for (const volume of spec.volumes ?? []) {
    if (volume.configMap) volume.configMap.defaultMode ??= 420
    if (volume.secret) volume.secret.defaultMode ??= 420
    if (volume.downwardAPI) volume.downwardAPI.defaultMode ??= 420
    if (volume.projected) {
      volume.projected.defaultMode ??= 420
      for (const source of volume.projected.sources ?? [])
        if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600
    }
    if (volume.hostPath) volume.hostPath.type ??= "" as never
  }
  if (spec.hostNetwork)
    for (const container of spec.containers ?? []) for (const port of container.ports ?? []) port.hostPort ??= port.containerPort
}

const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

const validateResources = (container: Container, path: string): FieldError[] => {
  const errors: FieldError[] = []
  const { limits = {}, requests = {} } = (container.resources ?? {}) as {
    limits?: Record<string, string>
    requests?: Record<string, string>
  }
  for (const [which, values] of [
    ["limits", limits],
    ["requests", requests],
  ] as const)
    for (const [resource, value] of Object.entries(values)) {
      try {
        if (parseQuantity(value) < 0n)
          errors.push({
            type: "Invalid",
            field: `${path}.resources.${which}[${resource}]`,
            value,
            detail: "must be greater than or equal to 0",
          })
      } catch (error) {
        if (!(error instanceof QuantityError)) throw error
        errors.push({ type: "Invalid", field: `${path}.resources.${which}`, value, detail: error.message })
      }
    }
  if (errors.length === 0)
    for (const [resource, request] of Object.entries(requests))
      if (limits[resource] !== undefined && milliValue(request) > milliValue(limits[resource]))
        errors.push({
          type: "Invalid",
          field: `${path}.resources.requests`,
          value: request,
          detail: `must be less than or equal to ${resource} limit of ${limits[resource]}`,
        })
  return errors
}

export const validatePodSpec = (spec: PodSpec | undefined, path: string): FieldError[] => {
  const errors: FieldError[] = []
  if (!spec?.containers?.length) errors.push({ type: "Required", field: `${path}.containers` })
  const volumes = new Set((spec?.volumes ?? []).map(({ name }) => name))
  const names = new Set<string>()
  for (const [list, containers] of [
    ["initContainers", spec?.initContainers ?? []],
    ["containers", spec?.containers ?? []],
  ] as const)
    for (const [index, container] of containers.entries()) {
      const at = `${path}.${list}[${index}]`
      if (!container.name) errors.push({ type: "Required", field: `${at}.name` })
      else if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(container.name) || container.name.length > 63)
        errors.push({ type: "Invalid", field: `${at}.name`, value: container.name, detail: LABEL })
      else if (names.has(container.name)) errors.push({ type: "Duplicate", field: `${at}.name`, value: container.name })
      names.add(container.name)
      if (!container.image) errors.push({ type: "Required", field: `${at}.image` })
      if (container.imagePullPolicy && !["Always", "IfNotPresent", "Never"].includes(container.imagePullPolicy))
        errors.push({
          type: "NotSupported",
          field: `${at}.imagePullPolicy`,
          value: container.imagePullPolicy,
          detail: 'supported values: "Always", "IfNotPresent", "Never"',
        })
      for (const [port, { containerPort }] of (container.ports ?? []).entries())
        if (!(containerPort >= 1 && containerPort <= 65_535))
          errors.push({
            type: "Invalid",
            field: `${at}.ports[${port}].containerPort`,
            value: containerPort,
            detail: "must be between 1 and 65535, inclusive",
          })
      for (const [mount, { name, mountPath }] of (container.volumeMounts ?? []).entries()) {
        if (!volumes.has(name)) errors.push({ type: "NotFound", field: `${at}.volumeMounts[${mount}].name`, value: name })
        if (!mountPath) errors.push({ type: "Required", field: `${at}.volumeMounts[${mount}].mountPath` })
      }
      errors.push(...validateResources(container, at))
    }
  if (spec?.restartPolicy && !["Always", "OnFailure", "Never"].includes(spec.restartPolicy))
    errors.push({
      type: "NotSupported",
      field: `${path}.restartPolicy`,
      value: spec.restartPolicy,
      detail: 'supported values: "Always", "OnFailure", "Never"',
    })
  return errors
}

/** Names and images of a template's containers, for wide tables. */
export const containerNames = (spec: PodSpec | undefined): string => (spec?.containers ?? []).map(({ name }) => name).join(",")
export const containerImages = (spec: PodSpec | undefined): string => (spec?.containers ?? []).map(({ image }) => image).join(",")
