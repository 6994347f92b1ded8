/** Objects that a new cluster has: namespaces, roles, priority classes, the API's own Service. As the API server's post-start hooks and kubeadm make them. */
import type { KubernetesObject } from "../apimachinery/object.ts"

export type BootstrapObject = KubernetesObject & { [field: string]: unknown }

const namespace = (name: string): BootstrapObject => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })

const RBAC = "rbac.authorization.k8s.io/v1"
const LABELS = { "kubernetes.io/bootstrapping": "rbac-defaults" }

const clusterRole = (name: string, rules: readonly unknown[]): BootstrapObject => ({
  apiVersion: RBAC,
  kind: "ClusterRole",
  metadata: { name, labels: LABELS as never, annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" } as never },
  rules,
})
const clusterRoleBinding = (name: string, role: string, subjects: readonly unknown[]): BootstrapObject => ({
  apiVersion: RBAC,
  kind: "ClusterRoleBinding",
  metadata: { name, labels: LABELS as never, annotations: { "rbac.authorization.kubernetes.io/autoupdate": "true" } as never },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
  subjects,
})
const group = (name: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name })

const READ = ["get", "list", "watch"]
const WRITE = ["create", "delete", "deletecollection", "patch", "update"]
const WORKLOADS = [
  {
    apiGroups: [""],
    resources: [
      "configmaps",
      "endpoints",
      "events",
      "persistentvolumeclaims",
      "pods",
      "pods/log",
      "pods/status",
      "replicationcontrollers",
      "replicationcontrollers/scale",
      "serviceaccounts",
      "services",
      "limitranges",
      "namespaces",
      "resourcequotas",
    ],
  },
  {
    apiGroups: ["apps"],
    resources: [
      "controllerrevisions",
      "daemonsets",
      "deployments",
      "deployments/scale",
      "replicasets",
      "replicasets/scale",
      "statefulsets",
      "statefulsets/scale",
    ],
  },
  { apiGroups: ["batch"], resources: ["cronjobs", "jobs"] },
  { apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"] },
  { apiGroups: ["networking.k8s.io"], resources: ["ingresses", "networkpolicies"] },
  { apiGroups: ["policy"], resources: ["poddisruptionbudgets"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"] },
]
const EXTRA = [
  {
    apiGroups: [""],
    resources: ["pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "secrets", "services/proxy", "pods/eviction"],
    verbs: [...READ, ...WRITE],
  },
]

/** As plugin/pkg/auth/authorizer/rbac/bootstrappolicy: those that people meet. */
const roles: readonly BootstrapObject[] = [
  clusterRole("cluster-admin", [
    { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
    { nonResourceURLs: ["*"], verbs: ["*"] },
  ]),
  clusterRole("admin", [
    ...WORKLOADS.map((rule) => ({ ...rule, verbs: [...READ, ...WRITE] })),
    ...EXTRA,
    { apiGroups: ["rbac.authorization.k8s.io"], resources: ["rolebindings", "roles"], verbs: [...READ, ...WRITE] },
  ]),
  clusterRole("edit", [...WORKLOADS.map((rule) => ({ ...rule, verbs: [...READ, ...WRITE] })), ...EXTRA]),
  clusterRole(
    "view",
    WORKLOADS.map((rule) => ({ ...rule, verbs: READ })),
  ),
  clusterRole("system:basic-user", [
    { apiGroups: ["authorization.k8s.io"], resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"], verbs: ["create"] },
    { apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"], verbs: ["create"] },
  ]),
  clusterRole("system:discovery", [
    {
      nonResourceURLs: [
        "/api",
        "/api/*",
        "/apis",
        "/apis/*",
        "/healthz",
        "/livez",
        "/openapi",
        "/openapi/*",
        "/readyz",
        "/version",
        "/version/",
      ],
      verbs: ["get"],
    },
  ]),
  clusterRole("system:public-info-viewer", [
    { nonResourceURLs: ["/healthz", "/livez", "/readyz", "/version", "/version/"], verbs: ["get"] },
  ]),
]

const bindings: readonly BootstrapObject[] = [
  clusterRoleBinding("cluster-admin", "cluster-admin", [group("system:masters")]),
  // kubeadm's own: whom /etc/kubernetes/admin.conf names.
  {
    apiVersion: RBAC,
    kind: "ClusterRoleBinding",
    metadata: { name: "kubeadm:cluster-admins" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [group("kubeadm:cluster-admins")],
  } as BootstrapObject,
  clusterRoleBinding("system:basic-user", "system:basic-user", [group("system:authenticated")]),
  clusterRoleBinding("system:discovery", "system:discovery", [group("system:authenticated")]),
  clusterRoleBinding("system:public-info-viewer", "system:public-info-viewer", [
    group("system:authenticated"),
    group("system:unauthenticated"),
  ]),
]

const priorityClass = (name: string, value: number, description: string): BootstrapObject => ({
  apiVersion: "scheduling.k8s.io/v1",
  kind: "PriorityClass",
  metadata: { name },
  value,
  preemptionPolicy: "PreemptLowerPriority",
  description,
})

export const coreObjects = (options: { serviceAddress: string; advertise: string; port: number }): readonly BootstrapObject[] => [
  namespace("kube-system"),
  namespace("kube-public"),
  namespace("kube-node-lease"),
  namespace("default"),
  ...roles,
  ...bindings,
  priorityClass("system-node-critical", 2_000_001_000, "Used for system critical pods that must not be moved from their current node."),
  priorityClass(
    "system-cluster-critical",
    2_000_000_000,
    "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.",
  ),
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
