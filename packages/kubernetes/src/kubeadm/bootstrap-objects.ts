/** Objects that a new cluster has: namespaces, roles, priority classes, the API's own Service. As the API server's post-start hooks and kubeadm make them. */
import type { BootstrapObject } from "./bootstrap-object.ts"
import { bootstrapRoles } from "./bootstrap-roles.ts"

const namespace = (name: string): BootstrapObject => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })

const priorityClass = (name: string, value: number, description: string): BootstrapObject => ({
  apiVersion: "scheduling.k8s.io/v1",
  kind: "PriorityClass",
  metadata: { name },
  value,
  preemptionPolicy: "PreemptLowerPriority",
  description,
})

export const coreObjects = (options: {
  serviceAddress: string
  advertise: string
  port: number
  serviceCidr: string
}): readonly BootstrapObject[] => [
  namespace("kube-system"),
  namespace("kube-public"),
  namespace("kube-node-lease"),
  namespace("default"),
  ...bootstrapRoles(),
  priorityClass("system-node-critical", 2_000_001_000, "Used for system critical pods that must not be moved from their current node."),
  priorityClass(
    "system-cluster-critical",
    2_000_000_000,
    "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
  ),
  { apiVersion: "networking.k8s.io/v1", kind: "ServiceCIDR", metadata: { name: "kubernetes" }, spec: { cidrs: [options.serviceCidr] } },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "kubernetes", namespace: "default", labels: { component: "apiserver", provider: "kubernetes" } as never },
    spec: {
      type: "ClusterIP",
      clusterIP: options.serviceAddress,
      ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: options.port }],
    },
  },
  {
    apiVersion: "v1",
    kind: "Endpoints",
    metadata: { name: "kubernetes", namespace: "default", labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } as never },
    subsets: [{ addresses: [{ ip: options.advertise }], ports: [{ name: "https", port: options.port, protocol: "TCP" }] }],
  },
  {
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "kubernetes", namespace: "default", labels: { "kubernetes.io/service-name": "kubernetes" } as never },
    addressType: "IPv4",
    endpoints: [{ addresses: [options.advertise], conditions: { ready: true } }],
    ports: [{ name: "https", port: options.port, protocol: "TCP" }],
  },
]
