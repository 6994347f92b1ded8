/** A container's environment: Services, ConfigMaps, Secrets, fields. As pkg/kubelet/kubelet_pods.go makeEnvironmentVariables. */
import { configMap, node, type Pod, secret, service } from "../api/index.ts"
import { decodeBase64Text } from "../apimachinery/base64.ts"
import { quantityValue } from "../apimachinery/quantity.ts"
import type { Client } from "../client/contract.ts"

type Container = NonNullable<Pod["spec"]["containers"]>[number]

/** A reference that does not exist: the container waits with CreateContainerConfigError. */
export class ConfigError extends Error {}

/** $(NAME) in values, as third_party/forked/golang/expansion: unknown names stay as they are, $$ is $. */
export const expand = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(/\$\$|\$\(([^()]*)\)/g, (all, name: string | undefined) => (all === "$$" ? "$" : (values.get(name ?? "") ?? all)))

export const fieldValue = (pod: Pod, path: string, podIp: string, hostIp: string): string => {
  const subscript = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path)
  if (subscript) return ((pod.metadata[subscript[1] as "labels"] ?? {}) as Record<string, string>)[subscript[2]] ?? ""
  switch (path) {
    case "metadata.name":
      return pod.metadata.name
    case "metadata.namespace":
      return pod.metadata.namespace ?? ""
    case "metadata.uid":
      return pod.metadata.uid
    case "spec.nodeName":
      return pod.spec.nodeName ?? ""
    case "spec.serviceAccountName":
      return pod.spec.serviceAccountName ?? ""
    case "status.podIP":
    case "status.podIPs":
      return podIp
    case "status.hostIP":
    case "status.hostIPs":
      return hostIp
    default:
      return ""
  }
}

/**
 * What a resourceFieldRef stands for: of the container that it names, else of `own`. As pkg/api/v1/resource
 * ExtractContainerResourceValue; where cpu or memory have no limit, it is what the node can give (defaultPodLimitsForDownwardAPI).
 * @throws ConfigError where the Pod has no container of that name.
 */
export const resourceFieldValue = (
  pod: Pod,
  { containerName, resource, divisor }: { containerName?: string; resource: string; divisor?: string },
  client: Client,
  own?: Container,
): string => {
  const all = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? [])]
  const container = containerName ? all.find(({ name }) => name === containerName) : own
  if (!container) throw new ConfigError(`container ${containerName ?? ""} not found`)
  const [kind, name] = resource.split(".")
  const resources = container.resources as Record<string, Record<string, string> | undefined> | undefined
  const atMost = () =>
    (client.find(node, { name: pod.spec.nodeName ?? "" })?.status?.allocatable as Record<string, string> | undefined)?.[name]
  const amount = resources?.[kind]?.[name] ?? (kind === "limits" ? atMost() : undefined)
  return String(Math.ceil(quantityValue(amount) / quantityValue(!divisor || divisor === "0" ? "1" : divisor)))
}

export const environmentOf = (
  pod: Pod,
  container: Container,
  client: Client,
  place: { podIp: string; hostIp: string },
): Map<string, string> => {
  const values = new Map<string, string>()
  const namespace = pod.metadata.namespace ?? ""
  const lookUp = (kind: "configmap" | "secret", name: string, optional: boolean): Record<string, string> | undefined => {
    const found = kind === "configmap" ? client.find(configMap, { namespace, name }) : client.find(secret, { namespace, name })
    if (!found) {
      if (optional) return undefined
      throw new ConfigError(`${kind} "${name}" not found`)
    }
    const data = (found.data ?? {}) as Record<string, string>
    return kind === "configmap"
      ? data
      : Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decodeBase64Text(value) ?? ""]))
  }
  const services = client
    .list(service, pod.spec.enableServiceLinks === false ? { namespace: "default", fieldSelector: "metadata.name=kubernetes" } : {})
    .filter(({ metadata }) => metadata.namespace === namespace || (metadata.namespace === "default" && metadata.name === "kubernetes"))
  for (const { metadata, spec } of services) {
    if (!spec.clusterIP || spec.clusterIP === "None") continue
    const prefix = metadata.name.toUpperCase().replaceAll("-", "_")
    const [first] = spec.ports ?? []
    values.set(`${prefix}_SERVICE_HOST`, spec.clusterIP).set(`${prefix}_SERVICE_PORT`, String(first?.port))
    for (const { name, port, protocol = "TCP" } of spec.ports ?? []) {
      if (name) values.set(`${prefix}_SERVICE_PORT_${name.toUpperCase().replaceAll("-", "_")}`, String(port))
      const url = `${protocol.toLowerCase()}://${spec.clusterIP}:${port}`
      if (port === first?.port) values.set(`${prefix}_PORT`, url)
      const stem = `${prefix}_PORT_${port}_${protocol}`
      values
        .set(stem, url)
        .set(`${stem}_PROTO`, protocol.toLowerCase())
        .set(`${stem}_PORT`, String(port))
        .set(`${stem}_ADDR`, spec.clusterIP)
    }
  }
  for (const source of container.envFrom ?? []) {
    const reference = source.configMapRef ?? source.secretRef
    const data = reference?.name
      ? lookUp(source.configMapRef ? "configmap" : "secret", reference.name, reference.optional ?? false)
      : undefined
    for (const [key, value] of Object.entries(data ?? {})) values.set(`${source.prefix ?? ""}${key}`, value)
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (!valueFrom) {
      values.set(name, expand(value ?? "", values))
      continue
    }
    const key = valueFrom.configMapKeyRef ?? valueFrom.secretKeyRef
    if (key) {
      const kind = valueFrom.configMapKeyRef ? "configmap" : "secret"
      const data = lookUp(kind, key.name ?? "", key.optional ?? false)
      if (data && Object.hasOwn(data, key.key)) values.set(name, data[key.key])
      else if (!key.optional)
        throw new ConfigError(`couldn't find key ${key.key} in ${kind === "configmap" ? "ConfigMap" : "Secret"} ${namespace}/${key.name}`)
    } else if (valueFrom.fieldRef) values.set(name, fieldValue(pod, valueFrom.fieldRef.fieldPath, place.podIp, place.hostIp))
    else if (valueFrom.resourceFieldRef) values.set(name, resourceFieldValue(pod, valueFrom.resourceFieldRef as never, client, container))
  }
  return values
}
