/** The CSI hostpath driver and the snapshot controller's definitions, as their projects' manifests install them. */
import type { BootstrapObject } from "./bootstrap-object.ts"

const LABELS = { "app.kubernetes.io/name": "csi-hostpathplugin" }
const GROUP = "snapshot.storage.k8s.io"
const open = { type: "object", "x-kubernetes-preserve-unknown-fields": true }

const column = (name: string, type: string, jsonPath: string) => ({ name, type, jsonPath })
const AGE = column("Age", "date", ".metadata.creationTimestamp")

const definition = (options: {
  kind: string
  plural: string
  short: readonly string[]
  cluster?: boolean
  columns: readonly object[]
  properties: Record<string, object>
  required: readonly string[]
}): BootstrapObject => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: {
    name: `${options.plural}.${GROUP}`,
    annotations: { "api-approved.kubernetes.io": "https://github.com/kubernetes-csi/external-snapshotter/pull/955" } as never,
  },
  spec: {
    group: GROUP,
    names: {
      kind: options.kind,
      listKind: `${options.kind}List`,
      plural: options.plural,
      shortNames: options.short,
      singular: options.kind.toLowerCase(),
    },
    scope: options.cluster ? "Cluster" : "Namespaced",
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        additionalPrinterColumns: options.columns,
        schema: { openAPIV3Schema: { type: "object", properties: options.properties, required: options.required } },
        ...("status" in options.properties && { subresources: { status: {} } }),
      },
    ],
  },
})

export const volumeSnapshots: readonly BootstrapObject[] = [
  definition({
    kind: "VolumeSnapshot",
    plural: "volumesnapshots",
    short: ["vs"],
    required: ["spec"],
    properties: {
      spec: {
        type: "object",
        required: ["source"],
        properties: {
          source: {
            type: "object",
            properties: { persistentVolumeClaimName: { type: "string" }, volumeSnapshotContentName: { type: "string" } },
          },
          volumeSnapshotClassName: { type: "string" },
        },
      },
      status: open,
    },
    columns: [
      column("ReadyToUse", "boolean", ".status.readyToUse"),
      column("SourcePVC", "string", ".spec.source.persistentVolumeClaimName"),
      column("SourceSnapshotContent", "string", ".spec.source.volumeSnapshotContentName"),
      column("RestoreSize", "string", ".status.restoreSize"),
      column("SnapshotClass", "string", ".spec.volumeSnapshotClassName"),
      column("SnapshotContent", "string", ".status.boundVolumeSnapshotContentName"),
      column("CreationTime", "date", ".status.creationTime"),
      AGE,
    ],
  }),
  definition({
    kind: "VolumeSnapshotContent",
    plural: "volumesnapshotcontents",
    short: ["vsc", "vscs"],
    cluster: true,
    required: ["spec"],
    properties: { spec: open, status: open },
    columns: [
      column("ReadyToUse", "boolean", ".status.readyToUse"),
      column("RestoreSize", "integer", ".status.restoreSize"),
      column("DeletionPolicy", "string", ".spec.deletionPolicy"),
      column("Driver", "string", ".spec.driver"),
      column("VolumeSnapshotClass", "string", ".spec.volumeSnapshotClassName"),
      column("VolumeSnapshot", "string", ".spec.volumeSnapshotRef.name"),
      column("VolumeSnapshotNamespace", "string", ".spec.volumeSnapshotRef.namespace"),
      AGE,
    ],
  }),
  definition({
    kind: "VolumeSnapshotClass",
    plural: "volumesnapshotclasses",
    short: ["vsclass", "vsclasses"],
    cluster: true,
    required: ["deletionPolicy", "driver"],
    properties: {
      deletionPolicy: { type: "string", enum: ["Delete", "Retain"] },
      driver: { type: "string" },
      parameters: { type: "object", additionalProperties: { type: "string" } },
    },
    columns: [column("Driver", "string", ".driver"), column("DeletionPolicy", "string", ".deletionPolicy"), AGE],
  }),
]

export const csiHostPath: readonly BootstrapObject[] = [
  ...volumeSnapshots,
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "csi-hostpathplugin-sa", namespace: "default" } },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "csi-hostpathplugin" },
    rules: [
      {
        apiGroups: [""],
        resources: ["persistentvolumes", "persistentvolumeclaims", "persistentvolumeclaims/status", "nodes", "events"],
        verbs: ["*"],
      },
      { apiGroups: ["storage.k8s.io"], resources: ["*"], verbs: ["get", "list", "watch"] },
      { apiGroups: [GROUP], resources: ["*"], verbs: ["*"] },
    ],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "csi-hostpathplugin" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "csi-hostpathplugin" },
    subjects: [{ kind: "ServiceAccount", name: "csi-hostpathplugin-sa", namespace: "default" }],
  },
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "CSIDriver",
    metadata: { name: "hostpath.csi.k8s.io", labels: LABELS as never },
    spec: { podInfoOnMount: true, volumeLifecycleModes: ["Persistent", "Ephemeral"], fsGroupPolicy: "File" },
  },
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "csi-hostpath-sc" },
    provisioner: "hostpath.csi.k8s.io",
    reclaimPolicy: "Delete",
    volumeBindingMode: "Immediate",
    allowVolumeExpansion: true,
  },
  {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name: "csi-hostpathplugin", namespace: "default", labels: LABELS as never },
    spec: {
      serviceName: "csi-hostpathplugin",
      replicas: 1,
      selector: { matchLabels: LABELS },
      template: {
        metadata: { labels: LABELS },
        spec: {
          serviceAccountName: "csi-hostpathplugin-sa",
          containers: [
            {
              name: "hostpath",
              image: "registry.k8s.io/sig-storage/hostpathplugin:v1.17.0",
              imagePullPolicy: "IfNotPresent",
              args: ["--drivername=hostpath.csi.k8s.io", "--v=5", "--endpoint=$(CSI_ENDPOINT)", "--nodeid=$(KUBE_NODE_NAME)"],
              env: [
                { name: "CSI_ENDPOINT", value: "unix:///csi/csi.sock" },
                { name: "KUBE_NODE_NAME", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "spec.nodeName" } } },
              ],
              securityContext: { privileged: true },
            },
          ],
        },
      },
    },
  },
]
