/** ingress-nginx as its project's manifests for clusters without a cloud install it, without the admission webhook. */
import type { BootstrapObject } from "./bootstrap-object.ts"

const NAMESPACE = "ingress-nginx"
const LABELS = {
  "app.kubernetes.io/instance": "ingress-nginx",
  "app.kubernetes.io/name": "ingress-nginx",
  "app.kubernetes.io/part-of": "ingress-nginx",
  "app.kubernetes.io/version": "1.14.1",
}
const CONTROLLER = { ...LABELS, "app.kubernetes.io/component": "controller" }
const SELECTOR = {
  "app.kubernetes.io/component": "controller",
  "app.kubernetes.io/instance": "ingress-nginx",
  "app.kubernetes.io/name": "ingress-nginx",
}
const probe = {
  httpGet: { path: "/healthz", port: 10_254, scheme: "HTTP" },
  initialDelaySeconds: 10,
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
}

const meta = (name: string, labels: Readonly<Record<string, string>> = LABELS, namespaced = true): BootstrapObject["metadata"] => ({
  name,
  ...(namespaced && { namespace: NAMESPACE }),
  labels: labels as never,
})

export const ingressNginx: readonly BootstrapObject[] = [
  {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: meta(NAMESPACE, { "app.kubernetes.io/instance": "ingress-nginx", "app.kubernetes.io/name": "ingress-nginx" }, false),
  },
  { apiVersion: "v1", kind: "ServiceAccount", metadata: meta("ingress-nginx", CONTROLLER), automountServiceAccountToken: true },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: meta("ingress-nginx", LABELS, false),
    rules: [
      { apiGroups: [""], resources: ["configmaps", "endpoints", "nodes", "pods", "secrets", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["list", "watch"] },
      { apiGroups: [""], resources: ["nodes"], verbs: ["get"] },
      { apiGroups: [""], resources: ["services"], verbs: ["get", "list", "watch"] },
      { apiGroups: ["networking.k8s.io"], resources: ["ingresses"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["events"], verbs: ["create", "patch", "get", "update"] },
      { apiGroups: ["networking.k8s.io"], resources: ["ingresses/status"], verbs: ["update"] },
      { apiGroups: ["networking.k8s.io"], resources: ["ingressclasses"], verbs: ["get", "list", "watch"] },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch", "get"] },
    ],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: meta("ingress-nginx", LABELS, false),
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "ingress-nginx" },
    subjects: [{ kind: "ServiceAccount", name: "ingress-nginx", namespace: NAMESPACE }],
  },
  { apiVersion: "v1", kind: "ConfigMap", metadata: meta("ingress-nginx-controller", CONTROLLER), data: {} },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: meta("ingress-nginx-controller", CONTROLLER),
    spec: {
      type: "NodePort",
      ipFamilies: ["IPv4"],
      ipFamilyPolicy: "SingleStack",
      ports: [
        { name: "http", appProtocol: "http", port: 80, protocol: "TCP", targetPort: "http" },
        { name: "https", appProtocol: "https", port: 443, protocol: "TCP", targetPort: "https" },
      ],
      selector: SELECTOR,
    },
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: meta("ingress-nginx-controller", CONTROLLER),
    spec: {
      minReadySeconds: 0,
      revisionHistoryLimit: 10,
      selector: { matchLabels: SELECTOR },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
      template: {
        metadata: { labels: CONTROLLER },
        spec: {
          containers: [
            {
              name: "controller",
              image: "registry.k8s.io/ingress-nginx/controller:v1.14.1",
              imagePullPolicy: "IfNotPresent",
              args: [
                "/nginx-ingress-controller",
                "--election-id=ingress-nginx-leader",
                "--controller-class=k8s.io/ingress-nginx",
                "--ingress-class=nginx",
                "--configmap=$(POD_NAMESPACE)/ingress-nginx-controller",
              ],
              env: [
                { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
                { name: "POD_NAMESPACE", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } },
                { name: "LD_PRELOAD", value: "/usr/local/lib/libmimalloc.so" },
              ],
              lifecycle: { preStop: { exec: { command: ["/wait-shutdown"] } } },
              livenessProbe: { ...probe, failureThreshold: 5 },
              readinessProbe: { ...probe, failureThreshold: 3 },
              ports: [
                { containerPort: 80, name: "http", protocol: "TCP" },
                { containerPort: 443, name: "https", protocol: "TCP" },
              ],
              resources: { requests: { cpu: "100m", memory: "90Mi" } },
            },
          ],
          dnsPolicy: "ClusterFirst",
          nodeSelector: { "kubernetes.io/os": "linux" },
          serviceAccountName: "ingress-nginx",
          terminationGracePeriodSeconds: 300,
        },
      },
    },
  },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    metadata: meta("nginx", CONTROLLER, false),
    spec: { controller: "k8s.io/ingress-nginx" },
  },
]
