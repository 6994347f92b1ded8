/** Checks of Pod specs. As ValidatePodSpec in pkg/apis/core/validation/validation.go, errors in its order. */
import type { IIoK8sApiCoreV1Container as Container } from "kubernetes-models/v1/Container"
import type { IIoK8sApiCoreV1PodSpec as PodSpec } from "kubernetes-models/v1/PodSpec"
import type { IIoK8sApiCoreV1Probe as Probe } from "kubernetes-models/v1/Probe"
import { parseQuantity, QuantityError } from "../../apimachinery/quantity.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { labelErrors, nonNegative, oneOf, portErrors, subdomainErrors } from "./validation-texts.ts"

const present = (value: object | undefined, names: readonly string[]): string[] =>
  names.filter((name) => (value as Record<string, unknown> | undefined)?.[name] !== undefined)

const HANDLERS = ["exec", "httpGet", "tcpSocket", "grpc"] as const

const handlerErrors = (handler: object | undefined, at: string, kinds: readonly string[]): FieldError[] => {
  const found = present(handler, kinds)
  const errors: FieldError[] = []
  for (const extra of found.slice(1))
    errors.push({ type: "Forbidden", field: `${at}.${extra}`, detail: "may not specify more than 1 handler type" })
  const { exec, httpGet, tcpSocket, grpc } = (handler ?? {}) as Partial<Probe>
  if (exec && !exec.command?.length) errors.push({ type: "Required", field: `${at}.exec.command` })
  if (httpGet) {
    if (!httpGet.path) errors.push({ type: "Required", field: `${at}.httpGet.path` })
    errors.push(...portErrors(`${at}.httpGet.port`, httpGet.port))
    errors.push(...oneOf(`${at}.httpGet.scheme`, httpGet.scheme, ["HTTP", "HTTPS"]))
  }
  if (tcpSocket) errors.push(...portErrors(`${at}.tcpSocket.port`, tcpSocket.port))
  if (grpc) errors.push(...portErrors(`${at}.grpc.port`, grpc.port))
  if (found.length === 0) errors.push({ type: "Required", field: at, detail: "must specify a handler type" })
  return errors
}

const probeErrors = (probe: Probe | undefined, at: string): FieldError[] =>
  probe
    ? [
        ...handlerErrors(probe, at, HANDLERS),
        ...nonNegative(`${at}.initialDelaySeconds`, probe.initialDelaySeconds),
        ...nonNegative(`${at}.timeoutSeconds`, probe.timeoutSeconds),
        ...nonNegative(`${at}.periodSeconds`, probe.periodSeconds),
        ...nonNegative(`${at}.successThreshold`, probe.successThreshold),
        ...nonNegative(`${at}.failureThreshold`, probe.failureThreshold),
        ...(probe.terminationGracePeriodSeconds !== undefined && probe.terminationGracePeriodSeconds <= 0
          ? [
              {
                type: "Invalid" as const,
                field: `${at}.terminationGracePeriodSeconds`,
                value: probe.terminationGracePeriodSeconds,
                detail: "must be greater than 0",
              },
            ]
          : []),
      ]
    : []

const onceErrors = (probe: Probe | undefined, at: string): FieldError[] =>
  probe && probe.successThreshold !== undefined && probe.successThreshold !== 1
    ? [{ type: "Invalid", field: `${at}.successThreshold`, value: probe.successThreshold, detail: "must be 1" }]
    : []

const portListErrors = (container: Container, at: string, hostNetwork: boolean): FieldError[] => {
  const errors: FieldError[] = []
  const names = new Set<string>()
  for (const [index, port] of (container.ports ?? []).entries()) {
    const field = `${at}.ports[${index}]`
    if (port.name) {
      const problems = portErrors(`${field}.name`, port.name)
      errors.push(...problems)
      if (problems.length === 0 && names.has(port.name)) errors.push({ type: "Duplicate", field: `${field}.name`, value: port.name })
      names.add(port.name)
    }
    if (!port.containerPort) errors.push({ type: "Required", field: `${field}.containerPort` })
    else errors.push(...portErrors(`${field}.containerPort`, port.containerPort))
    if (port.hostPort) {
      errors.push(...portErrors(`${field}.hostPort`, port.hostPort))
      if (hostNetwork && port.hostPort !== port.containerPort)
        errors.push({
          type: "Invalid",
          field: `${field}.hostPort`,
          value: port.hostPort,
          detail: "must match `containerPort` when `hostNetwork` is true",
        })
    }
    errors.push(...oneOf(`${field}.protocol`, port.protocol, ["SCTP", "TCP", "UDP"]))
  }
  return errors
}

const SOURCES = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"]

const environmentErrors = (container: Container, at: string): FieldError[] => {
  const errors: FieldError[] = []
  for (const [index, variable] of (container.env ?? []).entries()) {
    const field = `${at}.env[${index}]`
    if (!variable.name) errors.push({ type: "Required", field: `${field}.name` })
    else if (!/^[\x20-\x3c\x3e-\x7e]+$/.test(variable.name))
      errors.push({
        type: "Invalid",
        field: `${field}.name`,
        value: variable.name,
        detail: "a valid environment variable name must consist only of printable ASCII characters other than '='",
      })
    if (!variable.valueFrom) continue
    const sources = present(variable.valueFrom, SOURCES)
    if (sources.length === 0)
      errors.push({
        type: "Invalid",
        field: `${field}.valueFrom`,
        value: "",
        detail: "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`",
      })
    else if (variable.value)
      errors.push({ type: "Invalid", field: `${field}.valueFrom`, value: "", detail: "may not be specified when `value` is not empty" })
    else if (sources.length > 1)
      errors.push({
        type: "Invalid",
        field: `${field}.valueFrom`,
        value: "",
        detail: "may not have more than one field specified at a time",
      })
    for (const kind of ["configMapKeyRef", "secretKeyRef"] as const) {
      const reference = variable.valueFrom[kind]
      if (reference && !reference.key) errors.push({ type: "Required", field: `${field}.valueFrom.${kind}.key` })
    }
    const path = variable.valueFrom.fieldRef?.fieldPath
    if (variable.valueFrom.fieldRef && !path) errors.push({ type: "Required", field: `${field}.valueFrom.fieldRef.fieldPath` })
    else if (path !== undefined && !FIELD_PATH.test(path))
      errors.push({
        type: "NotSupported",
        field: `${field}.valueFrom.fieldRef.fieldPath`,
        value: path,
        detail:
          'supported values: "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"',
      })
  }
  return errors
}

const FIELD_PATH =
  /^(metadata\.(name|namespace|uid|(labels|annotations)(\[.+\])?)|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?))$/

const mountErrors = (container: Container, at: string, volumes: ReadonlySet<string>): FieldError[] => {
  const errors: FieldError[] = []
  const paths = new Set<string>()
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const field = `${at}.volumeMounts[${index}]`
    if (!mount.name) errors.push({ type: "Required", field: `${field}.name` })
    if (!volumes.has(mount.name)) errors.push({ type: "NotFound", field: `${field}.name`, value: mount.name })
    if (!mount.mountPath) errors.push({ type: "Required", field: `${field}.mountPath` })
    else if (paths.has(mount.mountPath))
      errors.push({ type: "Invalid", field: `${field}.mountPath`, value: mount.mountPath, detail: "must be unique" })
    paths.add(mount.mountPath)
    if (mount.subPath?.startsWith("/"))
      errors.push({ type: "Invalid", field: `${field}.subPath`, value: mount.subPath, detail: "must be a relative path" })
    else if (mount.subPath?.split("/").includes(".."))
      errors.push({ type: "Invalid", field: `${field}.subPath`, value: mount.subPath, detail: "must not contain '..'" })
  }
  return errors
}

const STANDARD = new Set(["cpu", "memory", "ephemeral-storage"])

const resourceErrors = (container: Container, at: string): FieldError[] => {
  const errors: FieldError[] = []
  const { limits = {}, requests = {} } = (container.resources ?? {}) as {
    limits?: Record<string, string>
    requests?: Record<string, string>
  }
  const amounts = new Map<string, bigint>()
  const check = (kind: "limits" | "requests", values: Record<string, string>) => {
    for (const [name, value] of Object.entries(values)) {
      const field = `${at}.resources.${kind}[${name}]`
      if (!name.includes("/") && !STANDARD.has(name) && !name.startsWith("hugepages-")) {
        errors.push({
          type: "Invalid",
          field: `${at}.resources.${kind}[${name}]`,
          value: name,
          detail: "must be a standard resource type or fully qualified",
        })
        errors.push({ type: "Invalid", field, value: name, detail: "must be a standard resource for containers" })
      }
      try {
        const amount = parseQuantity(value)
        if (amount < 0n) errors.push({ type: "Invalid", field, value: String(value), detail: "must be greater than or equal to 0" })
        if (kind === "limits") amounts.set(name, amount)
        else if (amount > (amounts.get(name) ?? amount))
          errors.push({
            type: "Invalid",
            field: `${at}.resources.requests`,
            value: String(value),
            detail: `must be less than or equal to ${name} limit of ${limits[name]}`,
          })
      } catch (error) {
        if (!(error instanceof QuantityError)) throw error
        errors.push({ type: "Invalid", field: `${at}.resources.${kind}`, value, detail: error.message })
      }
    }
  }
  check("limits", limits)
  check("requests", requests)
  return errors
}

const securityErrors = (container: Container, at: string): FieldError[] => {
  const context = container.securityContext
  if (!context) return []
  return [
    ...nonNegative(`${at}.securityContext.runAsUser`, context.runAsUser),
    ...(context.allowPrivilegeEscalation === false && context.privileged
      ? [
          {
            type: "Invalid" as const,
            field: `${at}.securityContext`,
            value: context,
            detail: "cannot set `allowPrivilegeEscalation` to false and `privileged` to true",
          },
        ]
      : []),
  ]
}

const VOLUME_NAMES_ASIDE = new Set(["name"])

const volumeErrors = (spec: PodSpec, path: string): { errors: FieldError[]; names: Set<string> } => {
  const errors: FieldError[] = []
  const names = new Set<string>()
  for (const [index, volume] of (spec.volumes ?? []).entries()) {
    const at = `${path}.volumes[${index}]`
    const sources = Object.keys(volume).filter(
      (key) => !VOLUME_NAMES_ASIDE.has(key) && (volume as unknown as Record<string, unknown>)[key] !== undefined,
    )
    for (const extra of sources.slice(1))
      errors.push({ type: "Forbidden", field: `${at}.${extra}`, detail: "may not specify more than 1 volume type" })
    if (sources.length === 0) errors.push({ type: "Required", field: at, detail: "must specify a volume type" })
    if (volume.configMap && !volume.configMap.name) errors.push({ type: "Required", field: `${at}.configMap.name` })
    if (volume.secret && !volume.secret.secretName) errors.push({ type: "Required", field: `${at}.secret.secretName` })
    if (volume.persistentVolumeClaim && !volume.persistentVolumeClaim.claimName)
      errors.push({ type: "Required", field: `${at}.persistentVolumeClaim.claimName` })
    if (volume.hostPath && !volume.hostPath.path) errors.push({ type: "Required", field: `${at}.hostPath.path` })
    if (!volume.name) errors.push({ type: "Required", field: `${at}.name` })
    else {
      errors.push(...labelErrors(`${at}.name`, volume.name))
      if (names.has(volume.name)) errors.push({ type: "Duplicate", field: `${at}.name`, value: volume.name })
    }
    names.add(volume.name)
  }
  return { errors, names }
}

const containerErrors = (
  container: Container,
  at: string,
  volumes: ReadonlySet<string>,
  names: Set<string>,
  spec: PodSpec,
): FieldError[] => {
  const errors: FieldError[] = []
  if (!container.name) errors.push({ type: "Required", field: `${at}.name` })
  else errors.push(...labelErrors(`${at}.name`, container.name))
  if (container.name && names.has(container.name)) errors.push({ type: "Duplicate", field: `${at}.name`, value: container.name })
  names.add(container.name)
  if (!container.image) errors.push({ type: "Required", field: `${at}.image` })
  else if (container.image !== container.image.trim())
    errors.push({ type: "Invalid", field: `${at}.image`, value: container.image, detail: "must not have leading or trailing whitespace" })
  errors.push(...oneOf(`${at}.terminationMessagePolicy`, container.terminationMessagePolicy, ["FallbackToLogsOnError", "File"]))
  errors.push(...portListErrors(container, at, spec.hostNetwork ?? false))
  errors.push(...environmentErrors(container, at))
  errors.push(...mountErrors(container, at, volumes))
  errors.push(...oneOf(`${at}.imagePullPolicy`, container.imagePullPolicy, ["Always", "IfNotPresent", "Never"]))
  errors.push(...resourceErrors(container, at))
  errors.push(...securityErrors(container, at))
  return errors
}

const lifecycleErrors = (container: Container, at: string): FieldError[] => [
  ...(container.lifecycle?.postStart
    ? handlerErrors(container.lifecycle.postStart, `${at}.lifecycle.postStart`, ["exec", "httpGet", "tcpSocket", "sleep"])
    : []),
  ...(container.lifecycle?.preStop
    ? handlerErrors(container.lifecycle.preStop, `${at}.lifecycle.preStop`, ["exec", "httpGet", "tcpSocket", "sleep"])
    : []),
  ...probeErrors(container.livenessProbe, `${at}.livenessProbe`),
  ...onceErrors(container.livenessProbe, `${at}.livenessProbe`),
  ...probeErrors(container.readinessProbe, `${at}.readinessProbe`),
  ...probeErrors(container.startupProbe, `${at}.startupProbe`),
  ...onceErrors(container.startupProbe, `${at}.startupProbe`),
]

const tolerationErrors = (spec: PodSpec, path: string): FieldError[] => {
  const errors: FieldError[] = []
  for (const [index, one] of (spec.tolerations ?? []).entries()) {
    const at = `${path}.tolerations[${index}]`
    if (!one.key && (one.operator ?? "Equal") !== "Exists")
      errors.push({
        type: "Invalid",
        field: `${at}.operator`,
        value: one.operator ?? "",
        detail: 'operator must be Exists when `key` is empty, which means "match all values and all keys"',
      })
    if (one.tolerationSeconds !== undefined && one.effect !== "NoExecute")
      errors.push({
        type: "Invalid",
        field: `${at}.effect`,
        value: one.effect ?? "",
        detail: "effect must be 'NoExecute' when `tolerationSeconds` is set",
      })
    const operator = one.operator ?? ""
    if (operator === "Exists" && one.value)
      errors.push({
        type: "Invalid",
        field: `${at}.operator`,
        value: { ...one },
        detail: "value must be empty when `operator` is 'Exists'",
      })
    else if (!["", "Equal", "Exists"].includes(operator)) errors.push(...oneOf(`${at}.operator`, operator, ["Equal", "Exists"]))
    if (one.effect) errors.push(...oneOf(`${at}.effect`, one.effect, ["NoExecute", "NoSchedule", "PreferNoSchedule"]))
  }
  return errors
}

export const validatePodSpec = (spec: PodSpec | undefined, path: string): FieldError[] => {
  if (!spec) return [{ type: "Required", field: `${path}.containers` }]
  const { errors, names: volumes } = volumeErrors(spec, path)
  const names = new Set<string>()
  if (!spec.containers?.length) errors.push({ type: "Required", field: `${path}.containers` })
  for (const [index, container] of (spec.containers ?? []).entries()) {
    const at = `${path}.containers[${index}]`
    errors.push(...containerErrors(container, at, volumes, names, spec), ...lifecycleErrors(container, at))
  }
  for (const [index, container] of (spec.initContainers ?? []).entries()) {
    const at = `${path}.initContainers[${index}]`
    errors.push(...containerErrors(container, at, volumes, names, spec))
    if (container.restartPolicy === "Always") errors.push(...lifecycleErrors(container, at))
    else
      for (const field of present(container, ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"]))
        errors.push({
          type: "Forbidden",
          field: `${at}.${field}`,
          detail: "may not be set for init containers without restartPolicy=Always",
        })
  }
  errors.push(...oneOf(`${path}.restartPolicy`, spec.restartPolicy, ["Always", "OnFailure", "Never"]))
  errors.push(...oneOf(`${path}.dnsPolicy`, spec.dnsPolicy, ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]))
  if (spec.dnsPolicy === "None" && !spec.dnsConfig?.nameservers?.length)
    errors.push({
      type: "Required",
      field: `${path}.dnsConfig.nameservers`,
      detail: "must provide at least one DNS nameserver when `dnsPolicy` is None",
    })
  if (spec.serviceAccountName) errors.push(...subdomainErrors(`${path}.serviceAccountName`, spec.serviceAccountName))
  if (spec.nodeName) errors.push(...subdomainErrors(`${path}.nodeName`, spec.nodeName))
  if (spec.activeDeadlineSeconds !== undefined && !(spec.activeDeadlineSeconds >= 1 && spec.activeDeadlineSeconds <= 2_147_483_647))
    errors.push({
      type: "Invalid",
      field: `${path}.activeDeadlineSeconds`,
      value: spec.activeDeadlineSeconds,
      detail: "must be between 1 and 2147483647, inclusive",
    })
  if (spec.hostname) errors.push(...labelErrors(`${path}.hostname`, spec.hostname))
  if (spec.subdomain) errors.push(...labelErrors(`${path}.subdomain`, spec.subdomain))
  errors.push(...tolerationErrors(spec, path))
  if (spec.priorityClassName) errors.push(...subdomainErrors(`${path}.priorityClassName`, spec.priorityClassName))
  return errors
}
