/** kube-prometheus-stack: what its operator would make is made by the chart itself, under the same names and labels. */
import { goYaml } from "@drydock/gotemplate"
import { openDefinition } from "./objects-chart.ts"
import type { PublishedChart } from "./published-chart.ts"

const GROUP = "monitoring.coreos.com"

const KINDS: readonly (readonly [kind: string, plural: string])[] = [
  ["Alertmanager", "alertmanagers"],
  ["PodMonitor", "podmonitors"],
  ["Probe", "probes"],
  ["Prometheus", "prometheuses"],
  ["PrometheusRule", "prometheusrules"],
  ["ServiceMonitor", "servicemonitors"],
  ["ThanosRuler", "thanosrulers"],
]

const HELPERS = `{{- define "stack.name" -}}
{{- if contains "kube-prometheus-stack" .Release.Name -}}
{{- .Release.Name | trunc 26 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-kube-prometheus-stack" .Release.Name | trunc 26 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- define "stack.labels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: kube-prometheus-stack
app.kubernetes.io/version: {{ .Chart.Version | quote }}
chart: {{ .Chart.Name }}-{{ .Chart.Version }}
heritage: {{ .Release.Service }}
release: {{ .Release.Name }}
{{- end -}}
`

interface Part {
  /** Its name, as a template. */
  readonly name: string
  /** app.kubernetes.io/name */
  readonly label: string
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet"
  readonly image: string
  readonly port: number
  readonly portName: string
  /** Under which other name its Service is. */
  readonly service?: string
  readonly servicePort?: number
  /** The value that switches it off. */
  readonly enabled?: string
}

const PAUSE = "registry.k8s.io/pause:3.10.1"

const PARTS: Readonly<Record<string, Part>> = {
  prometheus: {
    name: 'prometheus-{{ include "stack.name" . }}-prometheus',
    label: "prometheus",
    kind: "StatefulSet",
    image: "docker.io/prom/prometheus:{{ .Values.prometheus.version }}",
    port: 9_090,
    portName: "http-web",
    service: '{{ include "stack.name" . }}-prometheus',
  },
  alertmanager: {
    name: 'alertmanager-{{ include "stack.name" . }}-alertmanager',
    label: "alertmanager",
    kind: "StatefulSet",
    image: PAUSE,
    port: 9_093,
    portName: "http-web",
    service: '{{ include "stack.name" . }}-alertmanager',
    enabled: "alertmanager",
  },
  operator: {
    name: '{{ include "stack.name" . }}-operator',
    label: "kube-prometheus-stack-prometheus-operator",
    kind: "Deployment",
    image: PAUSE,
    port: 10_250,
    portName: "https",
  },
  grafana: {
    name: "{{ .Release.Name }}-grafana",
    label: "grafana",
    kind: "Deployment",
    image: "docker.io/grafana/grafana:12.2.1",
    port: 3_000,
    portName: "http-web",
    servicePort: 80,
    enabled: "grafana",
  },
  "kube-state-metrics": {
    name: "{{ .Release.Name }}-kube-state-metrics",
    label: "kube-state-metrics",
    kind: "Deployment",
    image: PAUSE,
    port: 8_080,
    portName: "http",
    enabled: "kubeStateMetrics",
  },
  "node-exporter": {
    name: "{{ .Release.Name }}-prometheus-node-exporter",
    label: "prometheus-node-exporter",
    kind: "DaemonSet",
    image: "docker.io/prom/node-exporter:v1.9.1",
    port: 9_100,
    portName: "http-metrics",
    enabled: "nodeExporter",
  },
}

const manifests = ({ name, label, kind, image, port, portName, service = name, servicePort = port, enabled }: Part): string => {
  const text = `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: ${name}
  namespace: {{ .Release.Namespace }}
  labels:
    app.kubernetes.io/name: ${label}
    {{- include "stack.labels" . | nindent 4 }}
spec:
${kind === "DaemonSet" ? "" : "  replicas: 1\n"}${kind === "StatefulSet" ? `  serviceName: ${service}\n` : ""}  selector:
    matchLabels:
      app.kubernetes.io/instance: {{ .Release.Name }}
      app.kubernetes.io/name: ${label}
  template:
    metadata:
      labels:
        app.kubernetes.io/instance: {{ .Release.Name }}
        app.kubernetes.io/name: ${label}
    spec:
      containers:
        - name: ${label === "grafana" || label === "prometheus" || label === "alertmanager" ? label : label.replace("kube-prometheus-stack-", "")}
          image: "${image}"
          ports:
            - name: ${portName}
              containerPort: ${port}
${kind === "DaemonSet" ? "      tolerations:\n        - effect: NoSchedule\n          operator: Exists\n" : ""}---
apiVersion: v1
kind: Service
metadata:
  name: ${service}
  namespace: {{ .Release.Namespace }}
  labels:
    app.kubernetes.io/name: ${label}
    {{- include "stack.labels" . | nindent 4 }}
spec:
  type: {{ .Values.${enabled ?? "prometheus"}.service.type }}
  ports:
    - name: ${portName}
      port: ${servicePort}
      targetPort: ${portName}
  selector:
    app.kubernetes.io/instance: {{ .Release.Name }}
    app.kubernetes.io/name: ${label}
`
  return enabled ? `{{- if .Values.${enabled}.enabled }}\n${text}{{- end }}\n` : text
}

const CUSTOM = `apiVersion: ${GROUP}/v1
kind: Prometheus
metadata:
  name: {{ include "stack.name" . }}-prometheus
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "stack.labels" . | nindent 4 }}
spec:
  replicas: 1
  version: {{ .Values.prometheus.version }}
  podMonitorSelector:
    matchLabels:
      release: {{ .Release.Name }}
  serviceMonitorSelector:
    matchLabels:
      release: {{ .Release.Name }}
---
apiVersion: ${GROUP}/v1
kind: ServiceMonitor
metadata:
  name: {{ include "stack.name" . }}-prometheus
  namespace: {{ .Release.Namespace }}
  labels:
    {{- include "stack.labels" . | nindent 4 }}
spec:
  selector:
    matchLabels:
      app.kubernetes.io/name: prometheus
  endpoints:
    - port: http-web
`

const VALUES = `# Which parts there are, and how each is reached
prometheus:
  version: v3.7.3
  service:
    type: ClusterIP
alertmanager:
  enabled: true
  service:
    type: ClusterIP
grafana:
  enabled: true
  adminUser: admin
  adminPassword: prom-operator
  service:
    type: ClusterIP
kubeStateMetrics:
  enabled: true
  service:
    type: ClusterIP
nodeExporter:
  enabled: true
  service:
    type: ClusterIP
`

const NOTES = `{{ .Chart.Name }} has been installed. Its Pods:

  kubectl --namespace {{ .Release.Namespace }} get pods -l "app.kubernetes.io/instance={{ .Release.Name }}"

Prometheus from here:

  kubectl --namespace {{ .Release.Namespace }} port-forward svc/{{ include "stack.name" . }}-prometheus 9090
`

export const monitoringStack: PublishedChart = {
  name: "kube-prometheus-stack",
  description:
    "kube-prometheus-stack collects Kubernetes manifests, Grafana dashboards, and Prometheus rules to provide easy to operate end-to-end cluster monitoring with Prometheus.",
  versions: [
    ["79.5.0", "v0.86.2"],
    ["72.6.2", "v0.82.2"],
  ],
  keywords: ["operator", "prometheus", "kube-prometheus"],
  files: {
    "values.yaml": VALUES,
    "README.md": "# kube-prometheus-stack\n\nPrometheus, Alertmanager, Grafana, exporters and the definitions of the operator.\n",
    "templates/_helpers.tpl": HELPERS,
    "templates/NOTES.txt": NOTES,
    "templates/custom.yaml": CUSTOM,
    ...Object.fromEntries(Object.entries(PARTS).map(([file, part]) => [`templates/${file}.yaml`, manifests(part)])),
    ...Object.fromEntries(KINDS.map(([kind, plural]) => [`crds/crd-${plural}.yaml`, goYaml(openDefinition(GROUP, "v1", kind, plural))])),
  },
}
