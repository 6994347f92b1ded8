/** Where a volume's data come from, for pods' volumes and for persistent ones. As the print…VolumeSource functions of kubectl/pkg/describe. */
import { canonicalQuantity, isObject, parseQuantity } from "@drydock/kubernetes/apimachinery"
import { goValue } from "@drydock/gotemplate"
import type { VolumeShape } from "./shapes.ts"
import { goList, type Writer } from "./writer.ts"

type Source = Readonly<Record<string, unknown>>
/** How a field is printed, and what when it is not set. */
type Form = "text" | "number" | "truth" | "none" | "unset" | "list" | "words" | "options" | "reference"
/** What stands before the value, as upstream has it, with or without a colon; the field; its form. */
type Row = readonly [label: string, field: string, form?: Form]

interface SourceKind {
  readonly title: string
  readonly rows: readonly Row[]
  /** Where a persistent volume's source is another type than a pod's. */
  readonly persistent?: readonly Row[]
}

const [FS, READ_ONLY, SECRET]: readonly Row[] = [
  ["FSType:", "fsType"],
  ["ReadOnly:", "readOnly", "truth"],
  ["SecretRef:", "secretRef", "reference"],
]

/** In the order in which upstream looks for them. */
const KINDS: Readonly<Record<string, SourceKind>> = {
  hostPath: {
    title: "HostPath (bare host directory volume)",
    rows: [
      ["Path:", "path"],
      ["HostPathType:", "type", "none"],
    ],
  },
  emptyDir: {
    title: "EmptyDir (a temporary directory that shares a pod's lifetime)",
    rows: [
      ["Medium:", "medium"],
      ["SizeLimit:", "sizeLimit", "unset"],
    ],
  },
  gcePersistentDisk: {
    title: "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)",
    rows: [["PDName:", "pdName"], FS, ["Partition:", "partition", "number"], READ_ONLY],
  },
  awsElasticBlockStore: {
    title: "AWSElasticBlockStore (a Persistent Disk resource in AWS)",
    rows: [["VolumeID:", "volumeID"], FS, ["Partition:", "partition", "number"], READ_ONLY],
  },
  gitRepo: {
    title: "GitRepo (a volume that is pulled from git when the pod is created)",
    rows: [
      ["Repository:", "repository"],
      ["Revision:", "revision"],
    ],
  },
  secret: {
    title: "Secret (a volume populated by a Secret)",
    rows: [
      ["SecretName:", "secretName"],
      ["Optional:", "optional", "truth"],
    ],
  },
  configMap: {
    title: "ConfigMap (a volume populated by a ConfigMap)",
    rows: [
      ["Name:", "name"],
      ["Optional:", "optional", "truth"],
    ],
  },
  nfs: {
    title: "NFS (an NFS mount that lasts the lifetime of a pod)",
    rows: [["Server:", "server"], ["Path:", "path"], READ_ONLY],
  },
  iscsi: {
    title: "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
    rows: [
      ["TargetPortal:", "targetPortal"],
      ["IQN:", "iqn"],
      ["Lun:", "lun", "number"],
      // Without a colon, there too.
      ["ISCSIInterface", "iscsiInterface"],
      FS,
      READ_ONLY,
      ["Portals:", "portals", "list"],
      ["DiscoveryCHAPAuth:", "chapAuthDiscovery", "truth"],
      ["SessionCHAPAuth:", "chapAuthSession", "truth"],
      SECRET,
      ["InitiatorName:", "initiatorName", "none"],
    ],
  },
  glusterfs: {
    title: "Glusterfs (a Glusterfs mount on the host that shares a pod's lifetime)",
    rows: [["EndpointsName:", "endpoints"], ["Path:", "path"], READ_ONLY],
    persistent: [["EndpointsName:", "endpoints"], ["EndpointsNamespace:", "endpointsNamespace", "unset"], ["Path:", "path"], READ_ONLY],
  },
  persistentVolumeClaim: {
    title: "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
    rows: [["ClaimName:", "claimName"], READ_ONLY],
  },
  ephemeral: { title: "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)", rows: [] },
  rbd: {
    title: "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
    rows: [
      ["CephMonitors:", "monitors", "list"],
      ["RBDImage:", "image"],
      FS,
      ["RBDPool:", "pool"],
      ["RadosUser:", "user"],
      ["Keyring:", "keyring"],
      SECRET,
      READ_ONLY,
    ],
  },
  quobyte: {
    title: "Quobyte (a Quobyte mount on the host that shares a pod's lifetime)",
    rows: [["Registry:", "registry"], ["Volume:", "volume"], READ_ONLY],
  },
  downwardAPI: { title: "DownwardAPI (a volume populated by information about the pod)", rows: [] },
  azureDisk: {
    title: "AzureDisk (an Azure Data Disk mount on the host and bind mount to the pod)",
    rows: [["DiskName:", "diskName"], ["DiskURI:", "diskURI"], ["Kind: ", "kind"], FS, ["CachingMode:", "cachingMode"], READ_ONLY],
  },
  vsphereVolume: {
    title: "vSphereVolume (a Persistent Disk resource in vSphere)",
    rows: [["VolumePath:", "volumePath"], FS, ["StoragePolicyName:", "storagePolicyName"]],
  },
  cinder: {
    title: "Cinder (a Persistent Disk resource in OpenStack)",
    rows: [["VolumeID:", "volumeID"], FS, READ_ONLY, SECRET],
  },
  photonPersistentDisk: {
    title: "PhotonPersistentDisk (a Persistent Disk resource in photon platform)",
    rows: [["PdID:", "pdID"], FS],
  },
  portworxVolume: { title: "PortworxVolume (a Portworx Volume resource)", rows: [["VolumeID:", "volumeID"]] },
  scaleIO: {
    title: "ScaleIO (a persistent volume backed by a block device in ScaleIO)",
    rows: [
      ["Gateway:", "gateway"],
      ["System:", "system"],
      ["Protection Domain:", "protectionDomain"],
      ["Storage Pool:", "storagePool"],
      ["Storage Mode:", "storageMode"],
      ["VolumeName:", "volumeName"],
      FS,
      READ_ONLY,
    ],
  },
  local: { title: "LocalVolume (a persistent volume backed by local storage on a node)", rows: [["Path:", "path"]] },
  cephfs: {
    title: "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
    rows: [["Monitors:", "monitors", "list"], ["Path:", "path"], ["User:", "user"], ["SecretFile:", "secretFile"], SECRET, READ_ONLY],
  },
  storageos: {
    title: "StorageOS (a StorageOS Persistent Disk resource)",
    rows: [["VolumeName:", "volumeName"], ["VolumeNamespace:", "volumeNamespace"], FS, READ_ONLY],
  },
  fc: {
    title: "FC (a Fibre Channel disk)",
    rows: [["TargetWWNs:", "targetWWNs", "words"], ["LUN:", "lun", "none"], FS, READ_ONLY],
  },
  azureFile: {
    title: "AzureFile (an Azure File Service mount on the host and bind mount to the pod)",
    rows: [["SecretName:", "secretName"], ["ShareName:", "shareName"], READ_ONLY],
    persistent: [["SecretName:", "secretName"], ["SecretNamespace:", "secretNamespace"], ["ShareName:", "shareName"], READ_ONLY],
  },
  flexVolume: {
    title: "FlexVolume (a generic volume resource that is provisioned/attached using an exec based plugin)",
    rows: [["Driver:", "driver"], FS, SECRET, READ_ONLY, ["Options:", "options", "options"]],
  },
  flocker: {
    title: "Flocker (a Flocker volume mounted by the Flocker agent)",
    rows: [
      ["DatasetName:", "datasetName"],
      ["DatasetUUID:", "datasetUUID"],
    ],
  },
  csi: {
    title: "CSI (a Container Storage Interface (CSI) volume source)",
    rows: [["Driver:", "driver"], FS, READ_ONLY],
    persistent: [["Driver:", "driver"], FS, ["VolumeHandle:", "volumeHandle"], READ_ONLY],
  },
  image: {
    title: "Image (a container image or OCI artifact)",
    rows: [
      ["Reference:", "reference"],
      ["PullPolicy:", "pullPolicy"],
    ],
  },
}

const shown = (value: unknown, form: Form, persistent: boolean): string => {
  switch (form) {
    case "text":
      return String(value ?? "")
    case "number":
      return String(value ?? 0)
    case "truth":
      return String(value === true)
    case "none":
      return String(value ?? "<none>")
    case "unset":
      return value === undefined || (/^\d/.test(String(value)) && parseQuantity(String(value)) === 0n) ? "<unset>" : String(value)
    case "list":
      return goList(value as string[] | undefined)
    case "words":
      return ((value ?? []) as string[]).join(", ")
    case "options":
      return goValue(value ?? {})
    case "reference": {
      if (!isObject(value)) return "nil"
      const { name = "", namespace = "" } = value
      return persistent ? `&SecretReference{Name:${name},Namespace:${namespace},}` : `&LocalObjectReference{Name:${name},}`
    }
  }
}

/** Every line begins with the level's spaces, the values' too. As printCSIPersistentVolumeAttributesMultiline. */
const writeAttributes = (w: Writer, attributes: Readonly<Record<string, string>> | undefined): void => {
  const keys = Object.keys(attributes ?? {}).sort()
  w.raw(2, `VolumeAttributes:\t${keys.length === 0 ? "<none>\n" : ""}`)
  for (const [at, key] of keys.entries()) {
    if (at > 0) w.raw(2, "\t")
    w.raw(2, `${key}=${attributes?.[key]}\n`)
  }
}

/** Texts by key, each piece of them indented. As printLabelsMultiline into a nested writer. */
const writeTexts = (w: Writer, title: string, texts: Readonly<Record<string, string>> | undefined, separator: string): void => {
  const keys = Object.keys(texts ?? {}).sort()
  w.raw(2, `${title}:\t${keys.length === 0 ? "<none>\n" : ""}`)
  for (const [at, key] of keys.entries()) {
    if (at > 0) w.raw(2, separator === "=" ? "" : "\t")
    if (at > 0 && separator === "=") w.raw(2, "\t")
    w.raw(2, `${key}${separator}${texts?.[key]}\n`)
  }
}

interface ClaimTemplate {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
  spec?: {
    storageClassName?: string
    volumeName?: string
    volumeMode?: string
    dataSource?: { apiGroup?: string; kind: string; name: string }
  }
}

const writeClaimTemplate = (w: Writer, { metadata = {}, spec = {} }: ClaimTemplate): void => {
  w.field(2, "StorageClass", metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] ?? spec.storageClassName ?? "")
  w.field(2, "Volume", spec.volumeName ?? "")
  writeTexts(w, "Labels", metadata.labels, "=")
  writeTexts(w, "Annotations", metadata.annotations, ": ")
  w.field(2, "Capacity", "").field(2, "Access Modes", "")
  if (spec.volumeMode) w.field(2, "VolumeMode", spec.volumeMode)
  if (!spec.dataSource) return
  w.line(2, "DataSource:")
  if (spec.dataSource.apiGroup) w.field(3, "APIGroup", spec.dataSource.apiGroup)
  w.field(3, "Kind", spec.dataSource.kind).field(3, "Name", spec.dataSource.name)
}

const writeProjected = (w: Writer, sources: NonNullable<VolumeShape["projected"]>["sources"]): void => {
  w.field(2, "Type", "Projected (a volume that contains injected data from multiple sources)")
  for (const { secret, downwardAPI, configMap, serviceAccountToken } of sources ?? []) {
    if (secret) w.field(2, "SecretName", secret.name ?? "").field(2, "Optional", secret.optional === true)
    else if (downwardAPI) w.field(2, "DownwardAPI", true)
    else if (configMap) w.field(2, "ConfigMapName", configMap.name ?? "").field(2, "Optional", configMap.optional === true)
    else if (serviceAccountToken) w.field(2, "TokenExpirationSeconds", serviceAccountToken.expirationSeconds ?? 3600)
  }
}

/** The source of a volume below its name; `persistent`: of a PersistentVolume. */
export const writeVolumeSource = (w: Writer, volume: VolumeShape, persistent = false): void => {
  if (volume.projected) return writeProjected(w, volume.projected.sources)
  const sources = volume as unknown as Readonly<Record<string, Source | undefined>>
  const kind = Object.keys(KINDS).find((one) => sources[one] !== undefined)
  const source = kind === undefined ? undefined : sources[kind]
  if (kind === undefined || !source) {
    w.line(1, "<unknown>")
    return
  }
  const { title, rows, persistent: own } = KINDS[kind]
  w.field(2, "Type", title)
  for (const [label, field, form = "text"] of (persistent ? own : undefined) ?? rows) {
    const value = field === "sizeLimit" && source[field] !== undefined ? canonicalQuantity(String(source[field])) : source[field]
    w.raw(2, `${label}\t${shown(value, form, persistent)}\n`)
  }
  if (kind === "csi") writeAttributes(w, source.volumeAttributes as Record<string, string> | undefined)
  if (kind === "ephemeral" && source.volumeClaimTemplate) writeClaimTemplate(w, source.volumeClaimTemplate as ClaimTemplate)
  if (kind !== "downwardAPI") return
  w.line(2, "Items:")
  for (const { fieldRef, resourceFieldRef, path } of volume.downwardAPI?.items ?? [])
    w.line(3, `${fieldRef?.fieldPath ?? resourceFieldRef?.resource ?? ""} -> ${path}`)
}
