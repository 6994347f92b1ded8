/** Defaults and checks of Pod specs and templates. As pkg/apis/core/v1/defaults.go and pkg/apis/core/validation. */
import type { IIoK8sApiCoreV1Container as Container } from "kubernetes-models/v1/Container"
import type { IIoK8sApiCoreV1PodSpec as PodSpec } from "kubernetes-models/v1/PodSpec"
import type { IIoK8sApiCoreV1Probe as Probe } from "kubernetes-models/v1/Probe"
import { canonicalQuantity, QuantityError } from "../../apimachinery/quantity.ts"

export { validatePodSpec } from "./pod-validation.ts"
export type { Container, PodSpec, Probe }

/** "latest" or no tag at all means: always look for a newer image. */
const pullPolicyFor = (image: string | undefined): "Always" | "IfNotPresent" => {
  if (image?.includes("@")) return "IfNotPresent"
  const tag = /:([^/]+)$/.exec(image ?? "")?.[1] ?? "latest"
  return tag === "latest" ? "Always" : "IfNotPresent"
}

/** As SetDefaults_HTTPGetAction. */
const defaultHttpGet = (action: Probe["httpGet"]): void => {
  if (!action) return
  action.path ||= "/"
  action.scheme ||= "HTTP"
}

const defaultProbe = (probe: Probe | undefined): void => {
  if (!probe) return
  probe.timeoutSeconds ||= 1
  probe.periodSeconds ||= 10
  probe.successThreshold ||= 1
  probe.failureThreshold ||= 3
  defaultHttpGet(probe.httpGet)
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
  for (const hook of [container.lifecycle?.postStart, container.lifecycle?.preStop]) defaultHttpGet(hook?.httpGet)
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
    // A volume of no kind at all is an empty directory, as SetDefaults_Volume has it.
    if (Object.keys(volume).every((field) => field === "name")) volume.emptyDir = {}
    if (volume.image) volume.image.pullPolicy ||= pullPolicyFor(volume.image.reference)
    if (volume.iscsi) volume.iscsi.iscsiInterface ||= "default"
    if (volume.ephemeral?.volumeClaimTemplate) volume.ephemeral.volumeClaimTemplate.spec.volumeMode ||= "Filesystem"
    for (const file of volume.downwardAPI?.items ?? []) if (file.fieldRef) file.fieldRef.apiVersion ||= "v1"
    for (const source of volume.projected?.sources ?? [])
      for (const file of source.downwardAPI?.items ?? []) if (file.fieldRef) file.fieldRef.apiVersion ||= "v1"
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

/** Names and images of a template's containers, for wide tables. */
export const containerNames = (spec: PodSpec | undefined): string => (spec?.containers ?? []).map(({ name }) => name).join(",")
export const containerImages = (spec: PodSpec | undefined): string => (spec?.containers ?? []).map(({ image }) => image).join(",")
