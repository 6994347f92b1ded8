/** Service: one address for many Pods. */
import type { IService } from "kubernetes-models/v1/Service"
import type { Stored } from "../../apimachinery/object.ts"
import type { FieldError } from "../../apimachinery/status.ts"
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
    if (!spec.ports?.length && spec.type !== "ExternalName" && spec.clusterIP !== "None")
      errors.push({ type: "Required", field: "spec.ports" })
    for (const [index, port] of (spec.ports ?? []).entries()) {
      if ((spec.ports?.length ?? 0) > 1 && !port.name) errors.push({ type: "Required", field: `spec.ports[${index}].name` })
      if (!(port.port >= 1 && port.port <= 65_535))
        errors.push({
          type: "Invalid",
          field: `spec.ports[${index}].port`,
          value: port.port,
          detail: "must be between 1 and 65535, inclusive",
        })
    }
    if (!["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"].includes(spec.type ?? ""))
      errors.push({
        type: "NotSupported",
        field: "spec.type",
        value: spec.type,
        detail: 'supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
      })
    return errors
  },
  validateUpdate: (object, old) =>
    old.spec.clusterIP && object.spec?.clusterIP !== old.spec.clusterIP && object.spec?.type !== "ExternalName"
      ? [{ type: "Invalid", field: "spec.clusterIPs[0]", value: object.spec?.clusterIP, detail: "may not change once set" }]
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
