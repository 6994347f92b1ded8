/** Service: one address for many Pods. */
import type { IService } from "kubernetes-models/v1/Service"
import type { Stored } from "../../apimachinery/object.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { labelErrors, oneOf, portErrors, subdomainErrors } from "./validation-texts.ts"
import { ipErrors } from "./common-validation.ts"
import { age, labelsCell, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type Service = Stored<IService>

/** As getServiceExternalIP in pkg/printers/internalversion/printers.go. */
const externalIp = (object: Service): string => {
  const { spec, status } = object
  const external = (spec.externalIPs ?? []).join(",")
  switch (spec.type) {
    case "LoadBalancer": {
      const given = (status.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip || hostname).join(",")
      return [given, external].filter(Boolean).join(",") || "<pending>"
    }
    case "ExternalName":
      return spec.externalName ?? ""
    default:
      return external || "<none>"
  }
}

export const service = defineKind<IService>({
  group: "",
  version: "v1",
  kind: "Service",
  plural: "services",
  shortNames: ["svc"],
  namespaced: true,
  categories: ["all"],
  subresources: ["proxy", "status"],
  schema: () => schemaOf("IoK8sApiCoreV1Service"),
  nameRule: "label1035",
  generation: false,
  prepareForCreate(object) {
    object.status = { loadBalancer: {} }
  },
  defaults(object) {
    const spec = (object.spec ??= {})
    spec.type ||= "ClusterIP"
    spec.sessionAffinity ||= "None"
    for (const port of spec.ports ?? []) {
      port.protocol ||= "TCP"
      // The zero of Go's IntOrString is what a field that was left out decodes to.
      if (!port.targetPort) port.targetPort = port.port
    }
    if (spec.type !== "ExternalName") {
      spec.internalTrafficPolicy ||= "Cluster"
      spec.ipFamilies ??= ["IPv4" as never]
      spec.ipFamilyPolicy ||= "SingleStack"
    }
    if (spec.type === "NodePort" || spec.type === "LoadBalancer") spec.externalTrafficPolicy ||= "Cluster"
    if (spec.type === "LoadBalancer") spec.allocateLoadBalancerNodePorts ??= true
    if (spec.sessionAffinity === "ClientIP") spec.sessionAffinityConfig ??= { clientIP: { timeoutSeconds: 10_800 } }
  },
  validate(object) {
    const spec = object.spec ?? {}
    const errors: FieldError[] = []
    const { ports = [], type = "ClusterIP" } = spec
    if (ports.length === 0 && type !== "ExternalName" && spec.clusterIP !== "None") errors.push({ type: "Required", field: "spec.ports" })
    if (type === "ExternalName") {
      if (!spec.externalName) errors.push({ type: "Required", field: "spec.externalName" })
      else errors.push(...subdomainErrors("spec.externalName", spec.externalName.replace(/\.$/, "")))
    }
    // What is asked for as clusterIP alone is the first of them: NormalizeClusterIPs of pkg/registry/core/service.
    for (const [index, address] of (spec.clusterIPs ?? [spec.clusterIP ?? ""]).entries())
      if (address !== "None" && address !== "") errors.push(...ipErrors(`spec.clusterIPs[${index}]`, address))
    const names = new Set<string>()
    for (const [index, port] of ports.entries()) {
      const at = `spec.ports[${index}]`
      if (!port.name) {
        if (ports.length > 1) errors.push({ type: "Required", field: `${at}.name` })
      } else {
        errors.push(...labelErrors(`${at}.name`, port.name))
        if (names.has(port.name)) errors.push({ type: "Duplicate", field: `${at}.name`, value: port.name })
        names.add(port.name)
      }
      errors.push(...portErrors(`${at}.port`, port.port), ...oneOf(`${at}.protocol`, port.protocol, ["SCTP", "TCP", "UDP"]))
      if (spec.clusterIP !== "None" || type === "ExternalName") errors.push(...portErrors(`${at}.targetPort`, port.targetPort))
    }
    errors.push(...oneOf("spec.sessionAffinity", spec.sessionAffinity, ["ClientIP", "None"]))
    errors.push(...oneOf("spec.type", type, ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]))
    if (type === "ClusterIP" || type === "ExternalName")
      for (const [index, port] of ports.entries())
        if (port.nodePort)
          errors.push({ type: "Forbidden", field: `spec.ports[${index}].nodePort`, detail: `may not be used when \`type\` is '${type}'` })
    const taken = new Set<string>()
    for (const [index, port] of ports.entries()) {
      if (!port.nodePort) continue
      const key = `${port.protocol}/${port.nodePort}`
      if (taken.has(key)) errors.push({ type: "Duplicate", field: `spec.ports[${index}].nodePort`, value: port.nodePort })
      taken.add(key)
    }
    const seen = new Set<string>()
    for (const [index, port] of ports.entries()) {
      const key = `${port.protocol}/${port.port}`
      if (seen.has(key))
        errors.push({
          type: "Duplicate",
          field: `spec.ports[${index}]`,
          value: { Name: "", Protocol: port.protocol, AppProtocol: null, Port: port.port, TargetPort: 0, NodePort: 0 },
        })
      seen.add(key)
    }
    if (type === "NodePort" || type === "LoadBalancer")
      errors.push(...oneOf("spec.externalTrafficPolicy", spec.externalTrafficPolicy, ["Cluster", "Local"]))
    return errors
  },
  validateUpdate: (object, old) =>
    old.spec.clusterIP &&
    object.spec?.clusterIP !== old.spec.clusterIP &&
    object.spec?.type !== "ExternalName" &&
    old.spec.type !== "ExternalName"
      ? [{ type: "Invalid", field: "spec.clusterIPs[0]", value: [object.spec?.clusterIP], detail: "may not change once set" }]
      : [],
  selectableFields: (object) => ({ "spec.clusterIP": object.spec.clusterIP ?? "", "spec.type": object.spec.type ?? "" }),
  columns: [
    name,
    { name: "Type", cell: (object) => object.spec.type ?? "" },
    {
      name: "Cluster-IP",
      cell: (object) =>
        object.spec.clusterIP === "" ? "<none>" : (object.spec.clusterIP ?? (object.spec.type === "ExternalName" ? "<none>" : "<unknown>")),
    },
    { name: "External-IP", cell: externalIp },
    {
      name: "Port(s)",
      cell: (object) =>
        (object.spec.ports ?? []).map(({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ""}/${protocol}`).join(",") ||
        "<none>",
    },
    age,
    { name: "Selector", priority: 1, cell: (object) => labelsCell(object.spec.selector as Record<string, string>) },
  ],
})
