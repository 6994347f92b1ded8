/** nginx-gateway-fabric as its project's manifest installs it, with the Gateway API's definitions. */
import type { BootstrapObject } from "./bootstrap-object.ts"
import { gatewayApi } from "./gateway-api.ts"

const NAMESPACE = "nginx-gateway"
const LABELS = { "app.kubernetes.io/instance": "nginx-gateway", "app.kubernetes.io/name": "nginx-gateway" }
const verbs = ["get", "list", "watch", "create", "update", "patch", "delete"]

export const gatewayController: readonly BootstrapObject[] = [
  { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } },
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "nginx-gateway", namespace: NAMESPACE, labels: LABELS as never } },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "nginx-gateway", labels: LABELS as never },
    rules: [
      {
        apiGroups: ["", "apps"],
        resources: ["services", "deployments", "secrets", "configmaps", "serviceaccounts", "namespaces", "pods", "events"],
        verbs,
      },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
      { apiGroups: ["gateway.networking.k8s.io"], resources: ["*"], verbs },
    ],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "nginx-gateway", labels: LABELS as never },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "nginx-gateway" },
    subjects: [{ kind: "ServiceAccount", name: "nginx-gateway", namespace: NAMESPACE }],
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "nginx-gateway", namespace: NAMESPACE, labels: LABELS as never },
    spec: {
      replicas: 1,
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: "nginx-gateway",
          containers: [
            {
              name: "nginx-gateway",
              image: "ghcr.io/nginx/nginx-gateway-fabric:2.2.1",
              imagePullPolicy: "IfNotPresent",
              args: [
                "controller",
                "--gateway-ctlr-name=gateway.nginx.org/nginx-gateway-controller",
                "--gatewayclass=nginx",
                "--service=nginx-gateway",
              ],
              ports: [{ containerPort: 8081, name: "health" }],
              readinessProbe: { httpGet: { path: "/readyz", port: "health" }, initialDelaySeconds: 3, periodSeconds: 1 },
            },
          ],
        },
      },
    },
  },
]

export const gatewayAddon: readonly BootstrapObject[] = [...gatewayApi, ...gatewayController]
