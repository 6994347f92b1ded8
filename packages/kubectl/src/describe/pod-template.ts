/** Containers, volumes, tolerations: what pods and their templates have in common. */
import { canonicalQuantity, milliValue, parseQuantity, quantityValue } from "@drydock/kubernetes/apimachinery"
import { labelSelectorText } from "./selectors.ts"
import type { Template } from "../subcommands/rollout/revisions.ts"
import type { ContainerStatusShape, ContainerShape, PodSpecShape, ProbeShape, TolerationShape, VolumeShape } from "./shapes.ts"
import { writeVolumeSource } from "./volume-sources.ts"
import { goList, rfc1123, truth, Writer } from "./writer.ts"

const portsText = (ports: ContainerShape["ports"], which: "containerPort" | "hostPort"): string =>
  (ports ?? []).map((port) => `${port[which] ?? 0}/${port.protocol ?? "TCP"}${port.name ? ` (${port.name})` : ""}`).join(", ")

/** As net/url writes a path: what begins a query or a fragment is part of it. */
const escapedPath = (path: string): string =>
  encodeURIComponent(path)
    .replace(/%(24|26|2B|2C|2F|3A|3B|3D|40)/g, (whole) => decodeURIComponent(whole))
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

const probeText = (probe: ProbeShape): string => {
  const attributes = `delay=${probe.initialDelaySeconds ?? 0}s timeout=${probe.timeoutSeconds ?? 0}s period=${probe.periodSeconds ?? 0}s #success=${probe.successThreshold ?? 0} #failure=${probe.failureThreshold ?? 0}`
  if (probe.exec) return `exec ${goList(probe.exec.command)} ${attributes}`
  if (probe.httpGet) {
    const { scheme = "", host = "", port, path = "" } = probe.httpGet
    return `http-get ${scheme ? `${scheme.toLowerCase()}:` : ""}//${host}:${port}${path.startsWith("/") || path === "" ? "" : "/"}${escapedPath(path)} ${attributes}`
  }
  if (probe.tcpSocket) return `tcp-socket ${probe.tcpSocket.host ?? ""}:${probe.tcpSocket.port} ${attributes}`
  if (probe.grpc) return `grpc <pod>:${probe.grpc.port} ${probe.grpc.service ?? ""} ${attributes}`
  return `unknown ${attributes}`
}

type State = NonNullable<ContainerStatusShape["state"]>

const writeState = (w: Writer, name: string, state: State | undefined): void => {
  if (state?.running) w.field(2, name, "Running").field(3, "Started", rfc1123(state.running.startedAt))
  else if (state?.terminated) {
    const { reason, message, exitCode, signal, startedAt, finishedAt } = state.terminated
    w.field(2, name, "Terminated")
    if (reason) w.field(3, "Reason", reason)
    if (message) w.field(3, "Message", message)
    w.field(3, "Exit Code", exitCode)
    if (signal) w.field(3, "Signal", signal)
    w.field(3, "Started", rfc1123(startedAt)).field(3, "Finished", rfc1123(finishedAt))
  } else {
    w.field(2, name, "Waiting")
    if (state?.waiting?.reason) w.field(3, "Reason", state.waiting.reason)
  }
}

export const writeResources = (w: Writer, resources: ContainerShape["resources"], level: number): void => {
  for (const [title, list] of [
    ["Limits", resources?.limits],
    ["Requests", resources?.requests],
  ] as const) {
    const names = Object.keys(list ?? {}).sort()
    if (names.length > 0) w.line(level, `${title}:`)
    for (const name of names) w.field(level + 1, name, canonicalQuantity(list?.[name] ?? "0"))
  }
}

/** How many `divisor`s there are in an amount, rounded up. As util/resource.ExtractContainerResourceValue. */
export const inUnitsOf = (amount: string, divisor: string, milli: boolean): string => {
  const unit = parseQuantity(divisor) === 0n ? "1" : divisor
  return String(milli ? Math.ceil(milliValue(amount) / milliValue(unit)) : Math.ceil(quantityValue(amount) / quantityValue(unit)))
}

/** What a variable that refers to the pod has as its value; "" when unknown. */
export type ResolveField = (path: string) => string

const writeEnvironment = (w: Writer, { env = [], envFrom = [], resources }: ContainerShape, resolve: ResolveField | undefined): void => {
  if (envFrom.length > 0) w.line(2, "Environment Variables from:")
  for (const { configMapRef, secretRef, prefix } of envFrom) {
    const reference = configMapRef ?? secretRef
    const kind = configMapRef ? "ConfigMap" : secretRef ? "Secret" : ""
    w.cells(3, reference?.name ?? "", prefix ? `${kind} with prefix '${prefix}'` : kind, `Optional: ${reference?.optional === true}`)
  }
  w.line(2, `Environment:${env.length === 0 ? "\t<none>" : ""}`)
  for (const { name, value = "", valueFrom } of env) {
    if (!valueFrom) {
      for (const [at, line] of value.split("\n").entries()) w.raw(3, at === 0 ? `${name}:\t${line}\n` : `\t${line}\n`)
      continue
    }
    const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = valueFrom
    if (fieldRef) w.field(3, name, `${resolve?.(fieldRef.fieldPath) ?? ""} (${fieldRef.apiVersion ?? "v1"}:${fieldRef.fieldPath})`)
    else if (resourceFieldRef) {
      const [kind, resource] = resourceFieldRef.resource.split(".")
      const list = kind === "limits" ? resources?.limits : resources?.requests
      const amount = list?.[resource]
      const text = amount === undefined ? "0" : inUnitsOf(amount, resourceFieldRef.divisor ?? "0", resource === "cpu")
      w.field(3, name, `${text === "0" && kind === "limits" ? "node allocatable" : text} (${resourceFieldRef.resource})`)
    } else if (secretKeyRef)
      w.cells(
        3,
        `${name}:`,
        `<set to the key '${secretKeyRef.key}' in secret '${secretKeyRef.name}'>`,
        `Optional: ${secretKeyRef.optional === true}`,
      )
    else if (configMapKeyRef)
      w.cells(
        3,
        `${name}:`,
        `<set to the key '${configMapKeyRef.key}' of config map '${configMapKeyRef.name}'>`,
        `Optional: ${configMapKeyRef.optional === true}`,
      )
  }
}

const writeMounts = (w: Writer, { volumeMounts = [], volumeDevices = [] }: ContainerShape): void => {
  w.line(2, `Mounts:${volumeMounts.length === 0 ? "\t<none>" : ""}`)
  for (const { mountPath, name, readOnly, subPath } of [...volumeMounts].sort((a, b) => (a.mountPath < b.mountPath ? -1 : 1)))
    w.line(3, `${mountPath} from ${name} (${readOnly ? "ro" : "rw"}${subPath ? `,path=${JSON.stringify(subPath)}` : ""})`)
  if (volumeDevices.length === 0) return
  w.line(2, `Devices:${volumeMounts.length === 0 ? "\t<none>" : ""}`)
  for (const { devicePath, name } of [...volumeDevices].sort((a, b) => (a.devicePath < b.devicePath ? -1 : 1)))
    w.line(3, `${devicePath} from ${name}`)
}

export const writeContainers = (
  w: Writer,
  label: string,
  containers: readonly ContainerShape[],
  { statuses = [], resolve, space = "" }: { statuses?: readonly ContainerStatusShape[]; resolve?: ResolveField; space?: string },
): void => {
  w.line(0, `${space}${label}:${containers.length === 0 ? " <none>" : ""}`)
  for (const container of containers) {
    const status = statuses.find(({ name }) => name === container.name)
    w.line(1, `${space ? " " : ""}${container.name}:`)
    if (status) w.field(2, "Container ID", status.containerID ?? "")
    w.field(2, "Image", container.image ?? "")
    if (status) w.field(2, "Image ID", status.imageID ?? "")
    for (const [title, which] of [
      ["Port", "containerPort"],
      ["Host Port", "hostPort"],
    ] as const) {
      const text = portsText(container.ports, which)
      w.field(2, text.includes(",") ? `${title}s` : title, text || "<none>")
    }
    const { seccompProfile } = container.securityContext ?? {}
    if (seccompProfile) {
      w.field(2, "SeccompProfile", seccompProfile.type)
      if (seccompProfile.type === "Localhost") w.field(3, "LocalhostProfile", seccompProfile.localhostProfile ?? "")
    }
    for (const [title, words] of [
      ["Command", container.command],
      ["Args", container.args],
    ] as const) {
      if (!words?.length) continue
      w.line(2, `${title}:`)
      for (const word of words) for (const line of word.split("\n")) w.line(3, line)
    }
    if (status) {
      writeState(w, "State", status.state)
      if (status.lastState?.terminated) writeState(w, "Last State", status.lastState)
      w.field(2, "Ready", truth(status.ready ?? false)).field(2, "Restart Count", status.restartCount ?? 0)
    }
    writeResources(w, container.resources, 2)
    if (container.livenessProbe) w.field(2, "Liveness", probeText(container.livenessProbe))
    if (container.readinessProbe) w.field(2, "Readiness", probeText(container.readinessProbe))
    if (container.startupProbe) w.field(2, "Startup", probeText(container.startupProbe))
    writeEnvironment(w, container, resolve)
    writeMounts(w, container)
  }
}

export const writeVolumes = (w: Writer, volumes: readonly VolumeShape[] | undefined, space = ""): void => {
  if (!volumes?.length) {
    w.line(0, `${space}Volumes:\t<none>`)
    return
  }
  w.line(0, `${space}Volumes:`)
  for (const volume of volumes) {
    w.line(1, `${space ? " " : ""}${volume.name}:`)
    writeVolumeSource(w, volume)
  }
}

const tolerationText = ({ key = "", value, effect, operator, tolerationSeconds }: TolerationShape): string => {
  const exists = operator === "Exists" && !value ? (key || effect ? " op=Exists" : "op=Exists") : ""
  return `${key}${value ? `=${value}` : ""}${effect ? `:${effect}` : ""}${exists}${tolerationSeconds === undefined ? "" : ` for ${tolerationSeconds}s`}`
}

export const writeTolerations = (w: Writer, title: string, tolerations: readonly TolerationShape[] | undefined): void => {
  w.list(
    title,
    [...(tolerations ?? [])]
      .sort((a, b) => ((a.key ?? "") < (b.key ?? "") ? -1 : (a.key ?? "") > (b.key ?? "") ? 1 : 0))
      .map(tolerationText),
  )
}

export const writeSpread = (w: Writer, constraints: PodSpecShape["topologySpreadConstraints"], space = ""): void => {
  if (!constraints?.length) return
  const texts = [...constraints]
    .sort((a, b) => (a.topologyKey < b.topologyKey ? -1 : 1))
    .map(
      ({ topologyKey, whenUnsatisfiable, maxSkew, labelSelector }) =>
        `${topologyKey}:${whenUnsatisfiable} when max skew ${maxSkew} is exceeded${labelSelector ? ` for selector ${labelSelectorText(labelSelector)}` : ""}`,
    )
  w.list("Topology Spread Constraints", texts, space)
}

export const writePodTemplate = (w: Writer, template: Template | undefined): void => {
  w.line(0, "Pod Template:")
  if (!template) {
    w.raw(1, "<unset>")
    return
  }
  const { metadata } = template
  const spec = template.spec as PodSpecShape
  w.labels("  Labels", metadata?.labels)
  if (Object.keys(metadata?.annotations ?? {}).length > 0) w.annotations("  Annotations", metadata?.annotations)
  if (spec.serviceAccountName) w.field(1, "Service Account", spec.serviceAccountName)
  if (spec.initContainers?.length) writeContainers(w, "Init Containers", spec.initContainers, { space: "  " })
  writeContainers(w, "Containers", spec.containers ?? [], { space: "  " })
  writeVolumes(w, spec.volumes, "  ")
  writeSpread(w, spec.topologySpreadConstraints, "  ")
  if (spec.priorityClassName) w.field(1, "Priority Class Name", spec.priorityClassName)
  w.labels("  Node-Selectors", spec.nodeSelector)
  writeTolerations(w, "  Tolerations", spec.tolerations)
}

/** As rollout history --revision prints it: tabs stay. */
export const podTemplateText = (template: Template): string => {
  const w = new Writer()
  writePodTemplate(w, template)
  return w.unaligned()
}
