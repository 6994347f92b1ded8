/**
 * Operators that course material installs by a URL: their definitions, and Deployments that run. Their objects can be made, listed and
 * explained as far as a definition that keeps everything goes; no controller acts on them.
 */
import type { BootstrapObject } from "./bootstrap-object.ts"

interface Definition {
  readonly group: string
  /** The first is the one that is stored. */
  readonly versions: readonly string[]
  readonly kind: string
  readonly plural: string
  readonly shortNames?: readonly string[]
  readonly cluster?: boolean
}

interface Operator {
  readonly namespace: string
  readonly definitions: readonly Definition[]
  /** Deployments by name, with the image that each runs. */
  readonly deployments?: Readonly<Record<string, string>>
}

const definition = ({ group, versions, kind, plural, shortNames, cluster }: Definition): BootstrapObject => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${plural}.${group}` },
  spec: {
    group,
    names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), ...(shortNames && { shortNames }) },
    scope: cluster ? "Cluster" : "Namespaced",
    versions: versions.map((name, at) => ({
      name,
      served: true,
      storage: at === 0,
      schema: {
        openAPIV3Schema: {
          type: "object",
          properties: {
            spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
            status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
          },
        },
      },
      subresources: { status: {} },
    })),
  },
})

const deployment = (namespace: string, name: string, image: string): BootstrapObject => {
  const labels = { "app.kubernetes.io/name": name }
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name, image }] } },
    },
  }
}

const operator = ({ namespace, definitions, deployments = {} }: Operator): readonly BootstrapObject[] => [
  ...(namespace === "kube-system" ? [] : [{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }]),
  ...definitions.map(definition),
  ...Object.entries(deployments).map(([name, image]) => deployment(namespace, name, image)),
]

const of =
  (group: string, ...versions: string[]) =>
  (kind: string, plural: string, more: Partial<Definition> = {}): Definition => ({ group, versions, kind, plural, ...more })

const certManager = of("cert-manager.io", "v1")
const acme = of("acme.cert-manager.io", "v1")
const argo = of("argoproj.io", "v1alpha1")
const kyverno = of("kyverno.io", "v1", "v2beta1")
const gatekeeper = of("templates.gatekeeper.sh", "v1", "v1beta1", "v1alpha1")
const config = of("config.gatekeeper.sh", "v1alpha1")
const vpa = of("autoscaling.k8s.io", "v1", "v1beta2")
const monitoring = of("monitoring.coreos.com", "v1")
const nginx = of("gateway.nginx.org", "v1alpha1")

export const operatorAddons = {
  "cert-manager": operator({
    namespace: "cert-manager",
    definitions: [
      certManager("Certificate", "certificates", { shortNames: ["cert", "certs"] }),
      certManager("CertificateRequest", "certificaterequests", { shortNames: ["cr", "crs"] }),
      certManager("ClusterIssuer", "clusterissuers", { cluster: true, shortNames: ["ciss"] }),
      certManager("Issuer", "issuers", { shortNames: ["iss"] }),
      acme("Challenge", "challenges"),
      acme("Order", "orders"),
    ],
    deployments: {
      "cert-manager": "quay.io/jetstack/cert-manager-controller:v1.19.1",
      "cert-manager-cainjector": "quay.io/jetstack/cert-manager-cainjector:v1.19.1",
      "cert-manager-webhook": "quay.io/jetstack/cert-manager-webhook:v1.19.1",
    },
  }),
  argocd: operator({
    namespace: "argocd",
    definitions: [
      argo("Application", "applications", { shortNames: ["app", "apps"] }),
      argo("ApplicationSet", "applicationsets", { shortNames: ["appset", "appsets"] }),
      argo("AppProject", "appprojects", { shortNames: ["appproj", "appprojs"] }),
    ],
    deployments: {
      "argocd-applicationset-controller": "quay.io/argoproj/argocd:v3.2.0",
      "argocd-redis": "redis:8.2.1-alpine",
      "argocd-repo-server": "quay.io/argoproj/argocd:v3.2.0",
      "argocd-server": "quay.io/argoproj/argocd:v3.2.0",
    },
  }),
  kyverno: operator({
    namespace: "kyverno",
    definitions: [
      kyverno("ClusterPolicy", "clusterpolicies", { cluster: true, shortNames: ["cpol"] }),
      kyverno("Policy", "policies", { shortNames: ["pol"] }),
    ],
    deployments: { "kyverno-admission-controller": "reg.kyverno.io/kyverno/kyverno:v1.16.0" },
  }),
  gatekeeper: operator({
    namespace: "gatekeeper-system",
    definitions: [gatekeeper("ConstraintTemplate", "constrainttemplates", { cluster: true }), config("Config", "configs")],
    deployments: { "gatekeeper-controller-manager": "openpolicyagent/gatekeeper:v3.20.1" },
  }),
  "vertical-pod-autoscaler": operator({
    namespace: "kube-system",
    definitions: [
      vpa("VerticalPodAutoscaler", "verticalpodautoscalers", { shortNames: ["vpa"] }),
      vpa("VerticalPodAutoscalerCheckpoint", "verticalpodautoscalercheckpoints", { shortNames: ["vpacheckpoint"] }),
    ],
  }),
  "prometheus-operator": operator({
    namespace: "monitoring",
    definitions: [
      monitoring("Alertmanager", "alertmanagers", { shortNames: ["am"] }),
      monitoring("PodMonitor", "podmonitors", { shortNames: ["pmon"] }),
      monitoring("Prometheus", "prometheuses", { shortNames: ["prom"] }),
      monitoring("PrometheusRule", "prometheusrules", { shortNames: ["promrule"] }),
      monitoring("ServiceMonitor", "servicemonitors", { shortNames: ["smon"] }),
    ],
  }),
  "nginx-gateway-fabric-crds": operator({
    namespace: "kube-system",
    definitions: [
      nginx("ClientSettingsPolicy", "clientsettingspolicies"),
      nginx("NginxGateway", "nginxgateways"),
      nginx("NginxProxy", "nginxproxies"),
      nginx("ObservabilityPolicy", "observabilitypolicies"),
      nginx("SnippetsFilter", "snippetsfilters"),
      nginx("UpstreamSettingsPolicy", "upstreamsettingspolicies"),
    ],
  }),
} as const satisfies Readonly<Record<string, readonly BootstrapObject[]>>
