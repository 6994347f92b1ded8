/** The Gateway API's definitions, as its project's standard channel installs them; what is in a spec is left to who implements it. */
import type { BootstrapObject } from "./bootstrap-object.ts"

interface Column {
  name: string
  type: string
  jsonPath: string
}

const GROUP = "gateway.networking.k8s.io"
const AGE: Column = { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" }

const definition = (options: {
  kind: string
  plural: string
  shortNames?: readonly string[]
  versions?: readonly string[]
  cluster?: boolean
  columns?: readonly Column[]
  required?: readonly string[]
}): BootstrapObject => {
  const { kind, plural, shortNames, versions = ["v1", "v1beta1"], columns = [], required } = options
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${plural}.${GROUP}`,
      annotations: {
        "api-approved.kubernetes.io": "https://github.com/kubernetes-sigs/gateway-api/pull/3328",
        "gateway.networking.k8s.io/bundle-version": "v1.4.0",
        "gateway.networking.k8s.io/channel": "standard",
      } as never,
    },
    spec: {
      group: GROUP,
      names: {
        categories: ["gateway-api"],
        kind,
        listKind: `${kind}List`,
        plural,
        ...(shortNames && { shortNames }),
        singular: kind.toLowerCase(),
      },
      scope: options.cluster ? "Cluster" : "Namespaced",
      versions: versions.map((name, at) => ({
        name,
        served: true,
        storage: at === 0,
        additionalPrinterColumns: [...columns, AGE],
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true, ...(required && { required }) },
              status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
            },
            required: ["spec"],
          },
        },
        subresources: { status: {} },
      })),
    },
  }
}

const condition = (type: string, field: "status" | "reason" = "status"): string => `.status.conditions[?(@.type=="${type}")].${field}`

export const gatewayApi: readonly BootstrapObject[] = [
  definition({
    kind: "GatewayClass",
    plural: "gatewayclasses",
    shortNames: ["gc"],
    cluster: true,
    required: ["controllerName"],
    columns: [
      { name: "Controller", type: "string", jsonPath: ".spec.controllerName" },
      { name: "Accepted", type: "string", jsonPath: condition("Accepted") },
    ],
  }),
  definition({
    kind: "Gateway",
    plural: "gateways",
    shortNames: ["gtw"],
    required: ["gatewayClassName", "listeners"],
    columns: [
      { name: "Class", type: "string", jsonPath: ".spec.gatewayClassName" },
      { name: "Address", type: "string", jsonPath: ".status.addresses[*].value" },
      { name: "Programmed", type: "string", jsonPath: condition("Programmed") },
    ],
  }),
  definition({
    kind: "HTTPRoute",
    plural: "httproutes",
    columns: [{ name: "Hostnames", type: "string", jsonPath: ".spec.hostnames" }],
  }),
  definition({
    kind: "GRPCRoute",
    plural: "grpcroutes",
    versions: ["v1"],
    columns: [{ name: "Hostnames", type: "string", jsonPath: ".spec.hostnames" }],
  }),
  definition({
    kind: "ReferenceGrant",
    plural: "referencegrants",
    shortNames: ["refgrant"],
    versions: ["v1beta1"],
    required: ["from", "to"],
  }),
]
