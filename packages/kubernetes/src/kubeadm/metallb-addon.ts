/** MetalLB in layer 2 mode as its project's manifest installs it. */
import type { BootstrapObject } from "./bootstrap-object.ts"

const NAMESPACE = "metallb-system"
const LABELS = { app: "metallb" }

const definition = (kind: string, plural: string, spec: object, columns: readonly object[]): BootstrapObject => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.metallb.io` },
  spec: {
    group: "metallb.io",
    names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase() },
    scope: "Namespaced",
    versions: [
      {
        name: "v1beta1",
        served: true,
        storage: true,
        additionalPrinterColumns: columns,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: { spec, status: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
            ...(kind === "IPAddressPool" && { required: ["spec"] }),
          },
        },
        subresources: { status: {} },
      },
    ],
  },
})

const selectors = { type: "array", items: { type: "object", "x-kubernetes-preserve-unknown-fields": true } }

export const metallb: readonly BootstrapObject[] = [
  {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name: NAMESPACE,
      labels: {
        "pod-security.kubernetes.io/audit": "privileged",
        "pod-security.kubernetes.io/enforce": "privileged",
        "pod-security.kubernetes.io/warn": "privileged",
      } as never,
    },
  },
  definition(
    "IPAddressPool",
    "ipaddresspools",
    {
      type: "object",
      required: ["addresses"],
      properties: {
        addresses: { type: "array", items: { type: "string" } },
        autoAssign: { type: "boolean", default: true },
        avoidBuggyIPs: { type: "boolean", default: false },
        serviceAllocation: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
      },
    },
    [
      { name: "Auto Assign", type: "boolean", jsonPath: ".spec.autoAssign" },
      { name: "Avoid Buggy IPs", type: "boolean", jsonPath: ".spec.avoidBuggyIPs" },
      { name: "Addresses", type: "string", jsonPath: ".spec.addresses" },
    ],
  ),
  definition(
    "L2Advertisement",
    "l2advertisements",
    {
      type: "object",
      properties: {
        ipAddressPools: { type: "array", items: { type: "string" } },
        ipAddressPoolSelectors: selectors,
        nodeSelectors: selectors,
        interfaces: { type: "array", items: { type: "string" } },
      },
    },
    [
      { name: "IPAddressPools", type: "string", jsonPath: ".spec.ipAddressPools" },
      { name: "IPAddressPool Selectors", type: "string", jsonPath: ".spec.ipAddressPoolSelectors" },
      { name: "Interfaces", type: "string", jsonPath: ".spec.interfaces" },
    ],
  ),
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "controller", namespace: NAMESPACE, labels: LABELS as never } },
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "speaker", namespace: NAMESPACE, labels: LABELS as never } },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "metallb-system:controller", labels: LABELS as never },
    rules: [
      { apiGroups: [""], resources: ["services", "namespaces"], verbs: ["get", "list", "watch", "update", "patch"] },
      { apiGroups: [""], resources: ["nodes"], verbs: ["list"] },
      { apiGroups: [""], resources: ["services/status"], verbs: ["update"] },
      { apiGroups: [""], resources: ["events"], verbs: ["create", "patch", "get", "update"] },
      { apiGroups: ["metallb.io"], resources: ["ipaddresspools", "l2advertisements"], verbs: ["get", "list", "watch"] },
    ],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "metallb-system:controller", labels: LABELS as never },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "metallb-system:controller" },
    subjects: [{ kind: "ServiceAccount", name: "controller", namespace: NAMESPACE }],
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "controller", namespace: NAMESPACE, labels: { ...LABELS, component: "controller" } as never },
    spec: {
      revisionHistoryLimit: 3,
      selector: { matchLabels: { ...LABELS, component: "controller" } },
      template: {
        metadata: { labels: { ...LABELS, component: "controller" } },
        spec: {
          serviceAccountName: "controller",
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: "controller",
              image: "quay.io/metallb/controller:v0.15.2",
              args: ["--port=7472", "--log-level=info", "--tls-min-version=VersionTLS12"],
              ports: [{ containerPort: 7472, name: "monitoring" }],
              readinessProbe: {
                httpGet: { path: "/metrics", port: "monitoring" },
                initialDelaySeconds: 10,
                periodSeconds: 10,
                failureThreshold: 3,
              },
            },
          ],
          nodeSelector: { "kubernetes.io/os": "linux" },
        },
      },
    },
  },
  {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "speaker", namespace: NAMESPACE, labels: { ...LABELS, component: "speaker" } as never },
    spec: {
      selector: { matchLabels: { ...LABELS, component: "speaker" } },
      template: {
        metadata: { labels: { ...LABELS, component: "speaker" } },
        spec: {
          serviceAccountName: "speaker",
          hostNetwork: true,
          terminationGracePeriodSeconds: 2,
          containers: [{ name: "speaker", image: "quay.io/metallb/speaker:v0.15.2", args: ["--port=7472", "--log-level=info"] }],
          nodeSelector: { "kubernetes.io/os": "linux" },
          tolerations: [
            { effect: "NoSchedule", key: "node-role.kubernetes.io/master", operator: "Exists" },
            { effect: "NoSchedule", key: "node-role.kubernetes.io/control-plane", operator: "Exists" },
          ],
        },
      },
    },
  },
]
