/** Service: one address for many Pods. */
import type { IService } from "kubernetes-models/v1/Service"
import type { Stored } from "../../apimachinery/object.ts"
import { dropForType, isReachedFromOutside, serviceErrors, serviceUpdateErrors } from "./service-validation.ts"
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
    if (isReachedFromOutside(spec)) spec.externalTrafficPolicy ||= "Cluster"
    if (spec.type === "LoadBalancer") spec.allocateLoadBalancerNodePorts ??= true
    if (spec.sessionAffinity === "ClientIP") spec.sessionAffinityConfig ??= { clientIP: { timeoutSeconds: 10_800 } }
  },
  prepareForUpdate(object, old) {
    if (object.spec) dropForType(object.spec, old.spec)
  },
  validate: serviceErrors,
  validateUpdate: (object, old) => serviceUpdateErrors(object.spec ?? {}, old.spec),
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
