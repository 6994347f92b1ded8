/** Services and what stands behind and before them. */
import { formatTime } from "@drydock/kubernetes/apimachinery"
import type { Steps } from "@drydock/machine"
import { query } from "../builder.ts"
import { ServerError } from "../errors.ts"
import { defineDescriber, type DescribeContext, type Describer } from "./define-describer.ts"
import { type LabelSelectorShape, labelSelectorText } from "./selectors.ts"
import { labelText, type Writer } from "./writer.ts"

interface EndpointSlice {
  ports?: { name?: string; port?: number; protocol?: string }[] | null
  endpoints?:
    | {
        addresses: string[]
        conditions?: { ready?: boolean }
        hostname?: string
        nodeName?: string
        zone?: string
        targetRef?: { kind: string; name: string }
      }[]
    | null
  addressType?: string
}

const SHOWN = 3

/**
 * The ready addresses behind one port, the first three of them. As describe.go formatEndpointSlices: there are "more" as soon as another address is
 * looked at, ready or not, so that it can say "+ 0 more...".
 */
const endpointsText = (slices: readonly EndpointSlice[], port: string): string => {
  if (slices.length === 0) return "<none>"
  const shown: string[] = []
  let ready = 0
  let more = false
  for (const { ports, endpoints } of slices)
    for (const one of ports?.length ? ports.filter(({ name = "" }) => name === port) : [undefined])
      for (const { addresses, conditions } of endpoints ?? []) {
        if (shown.length === SHOWN) more = true
        if (conditions?.ready === false) continue
        const [address] = addresses
        if (!more) shown.push(one ? `${address.includes(":") ? `[${address}]` : address}:${one.port}` : address)
        ready++
      }
  return `${shown.join(",")}${more ? ` + ${ready - SHOWN} more...` : ""}`
}

function* slicesOf({ api }: DescribeContext, namespace: string | undefined, service: string): Steps<EndpointSlice[]> {
  return (yield* api.get<{ items: EndpointSlice[] }>(
    `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices${query({ labelSelector: `kubernetes.io/service-name=${service}` })}`,
  )).items
}

interface ServiceSpec {
  selector?: Record<string, string>
  type?: string
  ipFamilyPolicy?: string
  ipFamilies?: string[]
  clusterIP?: string
  clusterIPs?: string[]
  externalIPs?: string[]
  loadBalancerIP?: string
  externalName?: string
  ports?: { name?: string; port: number; protocol?: string; targetPort?: number | string; nodePort?: number }[]
  sessionAffinity?: string
  externalTrafficPolicy?: string
  internalTrafficPolicy?: string
  healthCheckNodePort?: number
  loadBalancerSourceRanges?: string[]
  trafficDistribution?: string
}

interface LoadBalancer {
  loadBalancer?: { ingress?: { ip?: string; hostname?: string; ipMode?: string }[] }
}

const service = defineDescriber<ServiceSpec, LoadBalancer>("", "Service", {
  *describe(w, { metadata, spec, status }, context) {
    w.field(0, "Name", metadata.name).field(0, "Namespace", metadata.namespace ?? "")
    w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    w.field(0, "Selector", labelText(spec.selector)).field(0, "Type", spec.type ?? "")
    if (spec.ipFamilyPolicy) w.field(0, "IP Family Policy", spec.ipFamilyPolicy)
    w.field(0, "IP Families", spec.ipFamilies?.join(",") || "<none>")
      .field(0, "IP", spec.clusterIP ?? "")
      .field(0, "IPs", spec.clusterIPs?.join(",") || "<none>")
    if (spec.externalIPs?.length) w.field(0, "External IPs", spec.externalIPs.join(","))
    if (spec.loadBalancerIP) w.field(0, "Desired LoadBalancer IP", spec.loadBalancerIP)
    if (spec.externalName) w.field(0, "External Name", spec.externalName)
    const ingress = status.loadBalancer?.ingress ?? []
    if (ingress.length > 0)
      w.field(
        0,
        "LoadBalancer Ingress",
        ingress.map(({ ip, hostname = "", ipMode }) => (ip ? `${ip}${ipMode ? ` (${ipMode})` : ""}` : hostname)).join(", "),
      )
    const slices = yield* slicesOf(context, metadata.namespace, metadata.name)
    for (const { name, port, protocol = "TCP", targetPort, nodePort } of spec.ports ?? []) {
      const shown = name || "<unset>"
      w.cells(0, "Port:", shown, `${port}/${protocol}`).field(0, "TargetPort", `${targetPort ?? 0}/${protocol}`)
      if (nodePort) w.cells(0, "NodePort:", shown, `${nodePort}/${protocol}`)
      w.field(0, "Endpoints", endpointsText(slices, name ?? ""))
    }
    w.field(0, "Session Affinity", spec.sessionAffinity ?? "")
    if (spec.externalTrafficPolicy) w.field(0, "External Traffic Policy", spec.externalTrafficPolicy)
    if (spec.internalTrafficPolicy) w.field(0, "Internal Traffic Policy", spec.internalTrafficPolicy)
    if (spec.healthCheckNodePort) w.field(0, "HealthCheck NodePort", spec.healthCheckNodePort)
    if (spec.loadBalancerSourceRanges?.length) w.field(0, "LoadBalancer Source Ranges", spec.loadBalancerSourceRanges.join(","))
    if (spec.trafficDistribution) w.field(0, "Traffic Distribution", spec.trafficDistribution)
  },
})

interface Subset {
  addresses?: { ip: string }[]
  notReadyAddresses?: { ip: string }[]
  ports?: { name?: string; port: number; protocol?: string }[]
}

const endpoints = defineDescriber("", "Endpoints", {
  *describe(w, object) {
    const { metadata } = object
    w.field(0, "Name", metadata.name).field(0, "Namespace", metadata.namespace ?? "")
    w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    w.line(0, "Subsets:")
    for (const { addresses = [], notReadyAddresses = [], ports = [] } of (object.subsets as Subset[] | undefined) ?? []) {
      w.field(1, "Addresses", addresses.map(({ ip }) => ip).join(",") || "<none>").field(
        1,
        "NotReadyAddresses",
        notReadyAddresses.map(({ ip }) => ip).join(",") || "<none>",
      )
      if (ports.length > 0) w.line(1, "Ports:").cells(2, "Name", "Port", "Protocol").cells(2, "----", "----", "--------")
      for (const { name, port, protocol = "TCP" } of ports) w.cells(2, name || "<unset>", port, protocol)
      w.line(0, "")
    }
  },
})

const endpointSlice = defineDescriber("discovery.k8s.io", "EndpointSlice", {
  *describe(w, object) {
    const { metadata } = object
    const { addressType = "", ports, endpoints: list } = object as unknown as EndpointSlice
    w.field(0, "Name", metadata.name).field(0, "Namespace", metadata.namespace ?? "")
    w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    w.field(0, "AddressType", addressType)
    if (!ports?.length) w.line(0, "Ports: <unset>")
    else {
      w.line(0, "Ports:").cells(1, "Name", "Port", "Protocol").cells(1, "----", "----", "--------")
      for (const { name, port, protocol = "TCP" } of ports) w.cells(1, name || "<unset>", port ?? "<unset>", protocol)
    }
    if (!list?.length) w.line(0, "Endpoints: <none>")
    else {
      w.line(0, "Endpoints:")
      for (const { addresses, conditions, hostname, targetRef, nodeName, zone } of list) {
        w.field(1, "- Addresses", addresses.join(", ") || "<none>")
        w.line(2, "Conditions:")
          .field(3, "Ready", conditions?.ready ?? "<unset>")
          .field(2, "Hostname", hostname ?? "<unset>")
        if (targetRef) w.field(2, "TargetRef", `${targetRef.kind}/${targetRef.name}`)
        w.field(2, "NodeName", nodeName ?? "<unset>").field(2, "Zone", zone ?? "<unset>")
      }
    }
  },
})

interface Backend {
  service?: { name: string; port?: { name?: string; number?: number } }
  resource?: { apiGroup?: string; kind: string; name: string }
}

function* backendText(context: DescribeContext, namespace: string | undefined, { service: of, resource }: Backend): Steps<string> {
  if (of) {
    const shown = `${of.name}:${of.port?.number || of.port?.name || ""}`
    try {
      const slices = yield* slicesOf(context, namespace, of.name)
      const { spec } = yield* context.api.get<{ spec: ServiceSpec }>(`/api/v1/namespaces/${namespace}/services/${of.name}`)
      const port = (spec.ports ?? []).find((one) =>
        of.port?.number ? one.port === of.port.number : of.port?.name && one.name === of.port.name,
      )
      return `${shown} (${endpointsText(slices, port?.name ?? "")})`
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
      return `${shown} (<error: ${error.message}>)`
    }
  }
  return resource ? `APIGroup: ${resource.apiGroup ?? "<none>"}, Kind: ${resource.kind}, Name: ${resource.name}` : ""
}

interface IngressSpec {
  ingressClassName?: string
  defaultBackend?: Backend
  tls?: { secretName?: string; hosts?: string[] }[]
  rules?: { host?: string; http?: { paths: { path?: string; backend: Backend }[] } }[]
}

const ingress = defineDescriber<IngressSpec, LoadBalancer>("networking.k8s.io", "Ingress", {
  *describe(w, { metadata, spec, status }, context) {
    w.field(0, "Name", metadata.name)
      .labels("Labels", metadata.labels)
      .field(0, "Namespace", metadata.namespace ?? "")
    const addresses = new Set((status.loadBalancer?.ingress ?? []).map(({ ip, hostname = "" }) => ip || hostname))
    w.field(0, "Address", [...addresses].sort().join(",")).field(0, "Ingress Class", spec.ingressClassName ?? "<none>")
    const fallback = spec.defaultBackend ? yield* backendText(context, metadata.namespace, spec.defaultBackend) : "<default>"
    w.field(0, "Default backend", fallback)
    if (spec.tls?.length) {
      w.line(0, "TLS:")
      for (const { secretName, hosts = [] } of spec.tls)
        w.line(1, secretName ? `${secretName} terminates ${hosts.join(",")}` : `SNI routes ${hosts.join(",")}`)
    }
    w.line(0, "Rules:\n  Host\tPath\tBackends").cells(1, "----", "----", "--------")
    const rules = (spec.rules ?? []).filter(({ http }) => http)
    for (const { host, http } of rules) {
      w.raw(1, `${host || "*"}\t\n`)
      for (const { path = "", backend } of http?.paths ?? [])
        w.raw(2, `\t${path} \t${yield* backendText(context, metadata.namespace, backend)}\n`)
    }
    if (rules.length === 0) w.cells(1, "*", "*", fallback)
    w.annotations("Annotations", metadata.annotations)
  },
})

const ingressClass = defineDescriber<{ controller?: string; parameters?: { apiGroup?: string; kind: string; name: string } }>(
  "networking.k8s.io",
  "IngressClass",
  {
    *describe(w, { metadata, spec }) {
      w.field(0, "Name", metadata.name)
        .labels("Labels", metadata.labels)
        .annotations("Annotations", metadata.annotations)
        .field(0, "Controller", spec.controller ?? "")
      if (!spec.parameters) return
      w.line(0, "Parameters:")
      if (spec.parameters.apiGroup) w.field(1, "APIGroup", spec.parameters.apiGroup)
      w.field(1, "Kind", spec.parameters.kind).field(1, "Name", spec.parameters.name)
    },
  },
)

interface Peer {
  podSelector?: LabelSelectorShape
  namespaceSelector?: LabelSelectorShape
  ipBlock?: { cidr: string; except?: string[] }
}

interface PolicyRule {
  ports?: { port?: number | string; endPort?: number; protocol?: string }[]
  from?: Peer[]
  to?: Peer[]
}

interface PolicySpec {
  podSelector?: LabelSelectorShape
  policyTypes?: string[]
  ingress?: PolicyRule[]
  egress?: PolicyRule[]
}

const writePeers = (w: Writer, title: "From" | "To", peers: readonly Peer[] | undefined): void => {
  const indent = "    "
  if (!peers?.length) {
    w.line(0, `${indent}${title}: <any> (traffic not restricted by ${title === "From" ? "source" : "destination"})`)
    return
  }
  for (const { podSelector, namespaceSelector, ipBlock } of peers) {
    w.line(0, `${indent}${title}:`)
    if (namespaceSelector) w.line(1, `${indent}NamespaceSelector: ${labelSelectorText(namespaceSelector)}`)
    if (podSelector) w.line(1, `${indent}PodSelector: ${labelSelectorText(podSelector)}`)
    if (!podSelector && !namespaceSelector && ipBlock) {
      w.line(1, `${indent}IPBlock:`)
        .line(2, `${indent}CIDR: ${ipBlock.cidr}`)
        .line(2, `${indent}Except: ${(ipBlock.except ?? []).join(", ")}`)
    }
  }
}

const writePolicyRules = (w: Writer, rules: readonly PolicyRule[] | undefined, direction: "ingress" | "egress"): void => {
  const indent = "    "
  if (!rules?.length) {
    w.line(0, `${indent}<none> (Selected pods are isolated for ${direction} connectivity)`)
    return
  }
  for (const [at, { ports, from, to }] of rules.entries()) {
    if (!ports?.length) w.line(0, `${indent}To Port: <any> (traffic allowed to all ports)`)
    for (const { port, endPort, protocol = "TCP" } of ports ?? [])
      w.line(
        0,
        endPort === undefined
          ? `${indent}To Port: ${port ?? "<nil>"}/${protocol}`
          : `${indent}To Port Range: ${port}-${endPort}/${protocol}`,
      )
    writePeers(w, direction === "ingress" ? "From" : "To", direction === "ingress" ? from : to)
    if (at < rules.length - 1) w.line(0, `${indent}----------`)
  }
}

const networkPolicy = defineDescriber<PolicySpec>("networking.k8s.io", "NetworkPolicy", {
  events: false,
  *describe(w, { metadata, spec }) {
    const created = formatTime(Date.parse(metadata.creationTimestamp ?? ""))
      .replace("T", " ")
      .replace("Z", " +0000 UTC")
    w.field(0, "Name", metadata.name)
      .field(0, "Namespace", metadata.namespace ?? "")
      .field(0, "Created on", created)
    w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    w.line(0, "Spec:").raw(1, "PodSelector: ")
    const selector = labelSelectorText(spec.podSelector)
    w.line(2, selector === "<none>" ? "<none> (Allowing the specific traffic to all pods in this namespace)" : selector)
    const types = spec.policyTypes ?? []
    if (types.includes("Ingress")) {
      w.line(1, "Allowing ingress traffic:")
      writePolicyRules(w, spec.ingress, "ingress")
    } else w.line(1, "Not affecting ingress traffic")
    if (types.includes("Egress")) {
      w.line(1, "Allowing egress traffic:")
      writePolicyRules(w, spec.egress, "egress")
    } else w.line(1, "Not affecting egress traffic")
    w.line(1, `Policy Types: ${types.join(", ") || "<none>"}`)
  },
})

export const networkDescribers: readonly Describer[] = [service, endpoints, endpointSlice, ingress, ingressClass, networkPolicy]
