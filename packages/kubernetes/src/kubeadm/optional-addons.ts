/** Addons that a cluster can have besides kubeadm's own: metrics-server and a default StorageClass, as their projects' manifests. */
import type { BootstrapObject } from "./bootstrap-object.ts"
import { gatewayAddon, gatewayController } from "./gateway-addon.ts"
import { gatewayApi } from "./gateway-api.ts"
import { csiHostPath, volumeSnapshots } from "./csi-hostpath-addon.ts"
import { iamAuthenticator } from "./iam-addon.ts"
import { ingressNginx } from "./ingress-addon.ts"
import { metallb } from "./metallb-addon.ts"
import { operatorAddons } from "./operator-addons.ts"

const METRICS = { "k8s-app": "metrics-server" }
const LOCAL = { app: "local-path-provisioner" }

const role = (name: string, rules: readonly object[], labels: Record<string, string> = {}): BootstrapObject => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRole",
  metadata: { name, labels: labels as never },
  rules,
})

const binding = (name: string, roleName: string, account: string, namespace: string): BootstrapObject => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: roleName },
  subjects: [{ kind: "ServiceAccount", name: account, namespace }],
})

const metricsServer: readonly BootstrapObject[] = [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "metrics-server", namespace: "kube-system", labels: METRICS as never } },
  role(
    "system:aggregated-metrics-reader",
    [{ apiGroups: ["metrics.k8s.io"], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] }],
    {
      ...METRICS,
      "rbac.authorization.k8s.io/aggregate-to-admin": "true",
      "rbac.authorization.k8s.io/aggregate-to-edit": "true",
      "rbac.authorization.k8s.io/aggregate-to-view": "true",
    },
  ),
  role(
    "system:metrics-server",
    [
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
      { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
    ],
    METRICS,
  ),
  binding("system:metrics-server", "system:metrics-server", "metrics-server", "kube-system"),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "metrics-server", namespace: "kube-system", labels: METRICS as never },
    spec: { ports: [{ appProtocol: "https", name: "https", port: 443, protocol: "TCP", targetPort: "https" }], selector: METRICS },
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "metrics-server", namespace: "kube-system", labels: METRICS as never },
    spec: {
      selector: { matchLabels: METRICS },
      strategy: { rollingUpdate: { maxUnavailable: 0 } },
      template: {
        metadata: { labels: METRICS },
        spec: {
          containers: [
            {
              name: "metrics-server",
              image: "registry.k8s.io/metrics-server/metrics-server:v0.8.0",
              imagePullPolicy: "IfNotPresent",
              args: [
                "--cert-dir=/tmp",
                "--secure-port=10250",
                "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
                "--kubelet-use-node-status-port",
                "--metric-resolution=15s",
                "--kubelet-insecure-tls",
              ],
              ports: [{ containerPort: 10250, name: "https", protocol: "TCP" }],
              livenessProbe: { failureThreshold: 3, httpGet: { path: "/livez", port: "https", scheme: "HTTPS" }, periodSeconds: 10 },
              readinessProbe: {
                failureThreshold: 3,
                httpGet: { path: "/readyz", port: "https", scheme: "HTTPS" },
                initialDelaySeconds: 20,
                periodSeconds: 10,
              },
              resources: { requests: { cpu: "100m", memory: "200Mi" } },
              volumeMounts: [{ mountPath: "/tmp", name: "tmp-dir" }],
            },
          ],
          nodeSelector: { "kubernetes.io/os": "linux" },
          priorityClassName: "system-cluster-critical",
          serviceAccountName: "metrics-server",
          volumes: [{ emptyDir: {}, name: "tmp-dir" }],
        },
      },
    },
  },
  {
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name: "v1beta1.metrics.k8s.io", labels: METRICS as never },
    spec: {
      group: "metrics.k8s.io",
      groupPriorityMinimum: 100,
      insecureSkipTLSVerify: true,
      service: { name: "metrics-server", namespace: "kube-system" },
      version: "v1beta1",
      versionPriority: 100,
    },
  },
]

const localPath: readonly BootstrapObject[] = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "local-path-storage" } },
  {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "local-path-provisioner-service-account", namespace: "local-path-storage" },
  },
  role("local-path-provisioner-role", [
    { apiGroups: [""], resources: ["nodes", "persistentvolumeclaims", "configmaps", "pods", "pods/log"], verbs: ["get", "list", "watch"] },
    { apiGroups: [""], resources: ["persistentvolumes"], verbs: ["get", "list", "watch", "create", "patch", "update", "delete"] },
    { apiGroups: [""], resources: ["events"], verbs: ["create", "patch", "update", "get"] },
    { apiGroups: ["storage.k8s.io"], resources: ["storageclasses"], verbs: ["get", "list", "watch"] },
  ]),
  binding("local-path-provisioner-bind", "local-path-provisioner-role", "local-path-provisioner-service-account", "local-path-storage"),
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "local-path-provisioner", namespace: "local-path-storage" },
    spec: {
      replicas: 1,
      selector: { matchLabels: LOCAL },
      template: {
        metadata: { labels: LOCAL },
        spec: {
          serviceAccountName: "local-path-provisioner-service-account",
          tolerations: [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" }],
          containers: [
            {
              name: "local-path-provisioner",
              image: "rancher/local-path-provisioner:v0.0.32",
              imagePullPolicy: "IfNotPresent",
              command: ["local-path-provisioner", "--debug", "start", "--config", "/etc/config/config.json"],
              volumeMounts: [{ name: "config-volume", mountPath: "/etc/config/" }],
              env: [{ name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } }],
            },
          ],
          volumes: [{ name: "config-volume", configMap: { name: "local-path-config" } }],
        },
      },
    },
  },
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "local-path", annotations: { "storageclass.kubernetes.io/is-default-class": "true" } as never },
    provisioner: "rancher.io/local-path",
    volumeBindingMode: "WaitForFirstConsumer",
    reclaimPolicy: "Delete",
  },
  {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "local-path-config", namespace: "local-path-storage" },
    data: {
      "config.json":
        '{\n        "nodePathMap":[\n        {\n                "node":"DEFAULT_PATH_FOR_NON_LISTED_NODES",\n                "paths":["/opt/local-path-provisioner"]\n        }\n        ]\n}',
    },
  },
]

/** By the name that a topology or lesson asks for. */
export const optionalAddons: Readonly<Record<string, readonly BootstrapObject[]>> = {
  "metrics-server": metricsServer,
  "local-path": localPath,
  "gateway-api-crds": gatewayApi,
  "ingress-nginx": ingressNginx,
  metallb,
  "gateway-api": gatewayAddon,
  "nginx-gateway-fabric": gatewayController,
  "volume-snapshot-crds": volumeSnapshots,
  "csi-hostpath": csiHostPath,
  "aws-iam-authenticator": iamAuthenticator,
  ...operatorAddons,
}
