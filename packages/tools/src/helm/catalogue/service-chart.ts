/** Charts of one service: a Deployment or a StatefulSet, its Service, what it is configured with. Ours, in place of the published ones. */
import { goYaml } from "@drydock/gotemplate"
import type { PublishedChart } from "./published-chart.ts"

const HELPERS = `{{- define "this.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- define "this.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains (include "this.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "this.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- define "this.selector" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/name: {{ include "this.name" . }}
{{- end -}}
{{- define "this.labels" -}}
{{ include "this.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end -}}
`

const ACCOUNT = `{{- if .Values.serviceAccount.create }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "this.fullname" . }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "this.labels" . | nindent 4 }}
automountServiceAccountToken: false
{{- end }}
`

const SERVICE = `apiVersion: v1
kind: Service
metadata:
  name: {{ include "this.fullname" . }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "this.labels" . | nindent 4 }}
spec:
  type: {{ .Values.service.type }}
  ports:
    - name: {{ .Values.service.portName }}
      port: {{ .Values.service.port }}
      targetPort: {{ .Values.service.portName }}
      {{- if and .Values.service.nodePort (ne .Values.service.type "ClusterIP") }}
      nodePort: {{ .Values.service.nodePort }}
      {{- end }}
  selector:
    {{- include "this.selector" . | nindent 4 }}
`

const SECRET = `{{- if and .Values.auth.enabled (not .Values.auth.existingSecret) }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ include "this.fullname" . }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "this.labels" . | nindent 4 }}
type: Opaque
data:
  {{- $held := (lookup "v1" "Secret" .Release.Namespace (include "this.fullname" .)).data | default dict }}
  {{ .Values.auth.secretKey }}: {{ get $held .Values.auth.secretKey | default (.Values.auth.password | default (randAlphaNum 10) | b64enc) }}
{{- end }}
`

const INGRESS = `{{- if .Values.ingress.enabled }}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ include "this.fullname" . }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "this.labels" . | nindent 4 }}
  {{- with .Values.ingress.annotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .Values.ingress.ingressClassName }}
  ingressClassName: {{ . }}
  {{- end }}
  rules:
    - host: {{ .Values.ingress.hostname }}
      http:
        paths:
          - path: {{ .Values.ingress.path }}
            pathType: Prefix
            backend:
              service:
                name: {{ include "this.fullname" . }}
                port:
                  name: {{ .Values.service.portName }}
{{- end }}
`

const FILES = `{{- if .Values.CONTENT }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "this.fullname" . }}-FILE
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "this.labels" . | nindent 4 }}
data:
  FILE.conf: |
    {{- tpl .Values.CONTENT . | nindent 4 }}
{{- end }}
`

const NOTES = `{{ .Chart.Name }} {{ .Chart.AppVersion }} (chart {{ .Chart.Version }}) is being started as {{ .Release.Name }} in {{ .Release.Namespace }}.

Inside of the cluster it answers at

    {{ include "this.fullname" . }}.{{ .Release.Namespace }}.svc.cluster.local:{{ .Values.service.port }}
{{- if eq .Values.service.type "NodePort" }}

From outside at a port of every node:

    export NODE_PORT=$(kubectl get --namespace {{ .Release.Namespace }} -o jsonpath="{.spec.ports[0].nodePort}" services {{ include "this.fullname" . }})
    export NODE_IP=$(kubectl get nodes -o jsonpath="{.items[0].status.addresses[0].address}")
    echo http://$NODE_IP:$NODE_PORT
{{- else if eq .Values.service.type "LoadBalancer" }}

Its address from outside comes when the load balancer has one:

    kubectl get svc --namespace {{ .Release.Namespace }} -w {{ include "this.fullname" . }}
{{- else }}

To reach it from here:

    kubectl port-forward --namespace {{ .Release.Namespace }} svc/{{ include "this.fullname" . }} {{ .Values.service.port }}:{{ .Values.service.port }}
{{- end }}
{{- if dig "auth" "enabled" false .Values }}

Its password:

    kubectl get secret --namespace {{ .Release.Namespace }} {{ .Values.auth.existingSecret | default (include "this.fullname" .) }} -o jsonpath="{.data.{{ .Values.auth.secretKey }}}" | base64 -d
{{- end }}
`

const pods = (
  kind: "Deployment" | "StatefulSet",
  file: { content: string; name: string; path: string } | undefined,
): string => `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: {{ include "this.fullname" . }}
  namespace: {{ .Release.Namespace | quote }}
  labels:
    {{- include "this.labels" . | nindent 4 }}
spec:
  replicas: {{ .Values.replicaCount }}
${kind === "StatefulSet" ? '  serviceName: {{ include "this.fullname" . }}\n' : ""}  selector:
    matchLabels:
      {{- include "this.selector" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "this.labels" . | nindent 8 }}
        {{- with .Values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .Values.podAnnotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- if .Values.serviceAccount.create }}
      serviceAccountName: {{ include "this.fullname" . }}
      {{- end }}
      containers:
        - name: {{ .Chart.Name }}
          image: {{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}
          imagePullPolicy: {{ .Values.image.pullPolicy }}
          {{- with .Values.command }}
          command:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- if or .Values.env .Values.auth }}
          env:
            {{- range $name, $value := .Values.env }}
            - name: {{ $name }}
              value: {{ $value | quote }}
            {{- end }}
            {{- if dig "auth" "enabled" false .Values }}
            - name: {{ .Values.auth.variable }}
              valueFrom:
                secretKeyRef:
                  name: {{ .Values.auth.existingSecret | default (include "this.fullname" .) }}
                  key: {{ .Values.auth.secretKey }}
            {{- end }}
          {{- end }}
          ports:
            - name: {{ .Values.service.portName }}
              containerPort: {{ .Values.containerPort }}
          {{- if .Values.probes.enabled }}
          readinessProbe:
            tcpSocket:
              port: {{ .Values.service.portName }}
            initialDelaySeconds: 2
            periodSeconds: 5
          livenessProbe:
            tcpSocket:
              port: {{ .Values.service.portName }}
            initialDelaySeconds: 30
            periodSeconds: 10
          {{- end }}
          {{- with .Values.resources }}
          resources:
            {{- toYaml . | nindent 12 }}
          {{- end }}
${
  file
    ? `          {{- if .Values.${file.content} }}
          volumeMounts:
            - name: ${file.name}
              mountPath: ${file.path}
          {{- end }}
      {{- if .Values.${file.content} }}
      volumes:
        - name: ${file.name}
          configMap:
            name: {{ include "this.fullname" . }}-${file.name}
      {{- end }}
`
    : ""
}      {{- with .Values.nodeSelector }}
      nodeSelector:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.tolerations }}
      tolerations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
`

export interface ServiceOptions {
  name: string
  description: string
  versions: PublishedChart["versions"]
  keywords?: readonly string[]
  /** Without the registry; default registry: docker.io. */
  image: string
  registry?: string
  /** Default: the application's version. */
  tag?: string
  port: number
  /** What the Service listens on; default: the same. */
  servicePort?: number
  portName?: string
  type?: "ClusterIP" | "LoadBalancer" | "NodePort"
  stateful?: boolean
  command?: readonly string[]
  env?: Readonly<Record<string, string>>
  /** A generated password, and the variable that the container reads it from. */
  password?: { variable: string; key: string }
  /** A value that becomes a mounted file. */
  file?: { content: string; name: string; path: string }
  probes?: boolean
  values?: Readonly<Record<string, unknown>>
  more?: Readonly<Record<string, string>>
}

/** Values with a comment over each block: what `helm show values` is read for. */
const valuesText = (name: string, blocks: readonly (readonly [comment: string, value: Readonly<Record<string, unknown>>])[]): string =>
  `# Values of ${name}\n${blocks.map(([comment, value]) => `\n# ${comment}\n${goYaml(value)}`).join("")}`

export const serviceChart = (options: ServiceOptions): PublishedChart => {
  const { name, image, port, file } = options
  const values = valuesText(name, [
    ["Instead of the chart's name, and instead of the whole name", { nameOverride: "", fullnameOverride: "" }],
    [
      "What runs",
      {
        image: {
          registry: options.registry ?? "docker.io",
          repository: image,
          tag: options.tag ?? "<VERSION>",
          pullPolicy: "IfNotPresent",
        },
      },
    ],
    ["Pods", { replicaCount: 1, podLabels: {}, podAnnotations: {}, nodeSelector: {}, tolerations: [], resources: {} }],
    [
      "The container",
      { containerPort: port, command: options.command ?? [], env: options.env ?? {}, probes: { enabled: options.probes ?? true } },
    ],
    [
      "How it is reached",
      {
        service: {
          type: options.type ?? "ClusterIP",
          port: options.servicePort ?? port,
          portName: options.portName ?? "http",
          nodePort: "",
        },
      },
    ],
    [
      "Through an ingress controller",
      { ingress: { enabled: false, hostname: `${name}.local`, path: "/", ingressClassName: "", annotations: {} } },
    ],
    ["Its account", { serviceAccount: { create: true } }],
    ...(options.password
      ? ([
          [
            "Its password: given, of a Secret that exists, or made up",
            {
              auth: {
                enabled: true,
                password: "",
                existingSecret: "",
                secretKey: options.password.key,
                variable: options.password.variable,
              },
            },
          ],
        ] as const)
      : []),
    ...(file ? ([[`A file in ${file.path}`, { [file.content]: "" }]] as const) : []),
    ...Object.entries(options.values ?? {}).map(([key, value]) => [`${key}`, { [key]: value }] as const),
  ])
  return {
    name,
    description: options.description,
    versions: options.versions,
    ...(options.keywords && { keywords: options.keywords }),
    files: {
      "values.yaml": values,
      "README.md": `# ${name}\n\n${options.description}\n\n    helm install my-${name} <repository>/${name}\n`,
      "templates/_helpers.tpl": HELPERS,
      "templates/NOTES.txt": NOTES,
      "templates/serviceaccount.yaml": ACCOUNT,
      "templates/service.yaml": SERVICE,
      "templates/ingress.yaml": INGRESS,
      ...(options.stateful
        ? { "templates/statefulset.yaml": pods("StatefulSet", file) }
        : { "templates/deployment.yaml": pods("Deployment", file) }),
      ...(options.password && { "templates/secret.yaml": SECRET }),
      ...(file && { "templates/configmap.yaml": FILES.replaceAll("CONTENT", file.content).replaceAll("FILE", file.name) }),
      ...options.more,
    },
  }
}
