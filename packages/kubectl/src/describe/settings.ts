/** Namespaces, configuration, limits, storage and rights. */
import { canonicalQuantity, formatQuantity, isBinary, parseQuantity } from "@drydock/kubernetes/apimachinery"
import { humanDuration } from "@drydock/kubernetes/api"
import { decodeBase64Bytes } from "../bytes.ts"
import { compactRules, type Rule, ruleCells } from "../rbac-rules.ts"
import { defineDescriber, type Describer } from "./define-describer.ts"
import { type LabelSelectorShape, labelSelectorText } from "./selectors.ts"
import type { ConditionShape, Meta, PodSpecShape, VolumeShape } from "./shapes.ts"
import { writeVolumeSource } from "./volume-sources.ts"
import { goList, labelText, rfc1123, truth, type Writer } from "./writer.ts"

type Amounts = Record<string, string>

interface QuotaShape {
  metadata: Meta
  spec?: { hard?: Amounts; scopes?: string[] }
  status?: { hard?: Amounts; used?: Amounts }
}

interface LimitShape {
  type: string
  max?: Amounts
  min?: Amounts
  default?: Amounts
  defaultRequest?: Amounts
  maxLimitRequestRatio?: Amounts
}

const SCOPES: Readonly<Record<string, string>> = {
  Terminating:
    "Matches all pods that have an active deadline. These pods have a limited lifespan on a node before being actively terminated by the system.",
  NotTerminating:
    "Matches all pods that do not have an active deadline. These pods usually include long running pods whose container command is not expected to terminate.",
  BestEffort: "Matches all pods that do not have resource requirements set. These pods have a best effort quality of service.",
  NotBestEffort:
    "Matches all pods that have at least one resource requirement set. These pods have a burstable or guaranteed quality of service.",
}

/** An amount in the format of another. */
const like = (amount: string | undefined, other: string): string =>
  amount === undefined ? "0" : formatQuantity(parseQuantity(amount), isBinary(other) ? "binary" : "decimal")

const writeQuota = (w: Writer, { spec, status }: QuotaShape, level: number, bullet: string, dashes: readonly string[]): void => {
  const scopes = [...(spec?.scopes ?? [])].sort()
  if (scopes.length > 0) w.field(level, "Scopes", scopes.join(", "))
  for (const scope of scopes) if (SCOPES[scope]) w.line(level, `${bullet}* ${SCOPES[scope]}`)
  w.cells(level, "Resource", "Used", "Hard").cells(level, ...dashes)
  for (const name of Object.keys(status?.hard ?? {}).sort()) {
    const hard = status?.hard?.[name] ?? "0"
    w.cells(level, name, like(status?.used?.[name], hard), canonicalQuantity(hard))
  }
}

const LIMIT_HEAD = ["Type", "Resource", "Min", "Max", "Default Request", "Default Limit", "Max Limit/Request Ratio"]
const LIMIT_LINE = ["----", "--------", "---", "---", "---------------", "-------------", "-----------------------"]

const writeLimits = (w: Writer, limits: readonly LimitShape[], prefix: string): void => {
  const shown = (amounts: Amounts | undefined, name: string) => (amounts?.[name] === undefined ? "-" : canonicalQuantity(amounts[name]))
  for (const { type, max, min, default: limit, defaultRequest, maxLimitRequestRatio } of limits) {
    const names = [
      ...new Set([max, min, limit, defaultRequest, maxLimitRequestRatio].flatMap((amounts) => Object.keys(amounts ?? {}))),
    ].sort()
    for (const name of names)
      w.cells(
        0,
        prefix + type,
        name,
        shown(min, name),
        shown(max, name),
        shown(defaultRequest, name),
        shown(limit, name),
        shown(maxLimitRequestRatio, name),
      )
  }
}

const namespace = defineDescriber<object, { phase?: string; conditions?: ConditionShape[] }>("", "Namespace", {
  events: false,
  *describe(w, { metadata, status }, { api }) {
    w.field(0, "Name", metadata.name)
      .labels("Labels", metadata.labels)
      .annotations("Annotations", metadata.annotations)
      .field(0, "Status", status.phase ?? "")
    if (status.conditions?.length) {
      w.line(0, "Conditions:")
        .cells(1, "Type", "Status", "LastTransitionTime", "Reason", "Message")
        .cells(1, "----", "------", "------------------", "------", "-------")
      for (const { type, status: value, lastTransitionTime, reason = "", message = "" } of status.conditions)
        w.cells(1, type, value, rfc1123(lastTransitionTime), reason, message)
    }
    const quotas = (yield* api.get<{ items: QuotaShape[] }>(`/api/v1/namespaces/${metadata.name}/resourcequotas?limit=500`)).items
    w.line(0, "")
    if (quotas.length === 0) w.line(0, "No resource quota.")
    else {
      w.line(0, "Resource Quotas")
      for (const quota of quotas) {
        w.field(1, "Name", quota.metadata.name)
        writeQuota(w, quota, 1, "", ["--------", "---", "---"])
      }
    }
    const ranges = (yield* api.get<{ items: { spec?: { limits?: LimitShape[] } }[] }>(
      `/api/v1/namespaces/${metadata.name}/limitranges?limit=500`,
    )).items
    w.line(0, "")
    if (ranges.length === 0) w.line(0, "No LimitRange resource.")
    else {
      w.line(0, `Resource Limits\n ${LIMIT_HEAD.join("\t")}`).line(0, ` ${LIMIT_LINE.join("\t")}`)
      for (const { spec } of ranges) writeLimits(w, spec?.limits ?? [], " ")
    }
  },
})

const resourceQuota = defineDescriber("", "ResourceQuota", {
  events: false,
  *describe(w, object) {
    w.field(0, "Name", object.metadata.name).field(0, "Namespace", object.metadata.namespace ?? "")
    writeQuota(w, object as QuotaShape, 0, " ", ["--------", "----", "----"])
  },
})

const limitRange = defineDescriber<{ limits?: LimitShape[] }>("", "LimitRange", {
  events: false,
  *describe(w, { metadata, spec }) {
    w.field(0, "Name", metadata.name)
      .field(0, "Namespace", metadata.namespace ?? "")
      .cells(0, ...LIMIT_HEAD)
      .cells(0, ...LIMIT_LINE)
    writeLimits(w, spec.limits ?? [], "")
  },
})

const configMap = defineDescriber("", "ConfigMap", {
  *describe(w, object) {
    const { metadata } = object
    const { data = {}, binaryData = {} } = object as { data?: Record<string, string>; binaryData?: Record<string, string> }
    w.field(0, "Name", metadata.name).field(0, "Namespace", metadata.namespace ?? "")
    w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    w.line(0, "\nData\n====")
    for (const key of Object.keys(data).sort()) w.line(0, `${key}:\n----`).line(0, data[key]).line(0, "")
    w.line(0, "\nBinaryData\n====")
    for (const key of Object.keys(binaryData).sort()) w.line(0, `${key}: ${decodeBase64Bytes(binaryData[key])?.length ?? 0} bytes`)
    w.line(0, "")
  },
})

const secret = defineDescriber("", "Secret", {
  events: false,
  *describe(w, object) {
    const { metadata } = object
    const { data = {}, type = "" } = object as { data?: Record<string, string>; type?: string }
    w.field(0, "Name", metadata.name).field(0, "Namespace", metadata.namespace ?? "")
    w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    w.line(0, `\nType:\t${type}`).line(0, "\nData\n====")
    for (const key of Object.keys(data).sort()) {
      const bytes = decodeBase64Bytes(data[key]) ?? new Uint8Array()
      w.field(
        0,
        key,
        key === "token" && type === "kubernetes.io/service-account-token" ? new TextDecoder().decode(bytes) : `${bytes.length} bytes`,
      )
    }
  },
})

const serviceAccount = defineDescriber("", "ServiceAccount", {
  *describe(w, object) {
    const { metadata } = object
    const secrets = (object.imagePullSecrets as { name: string }[] | undefined) ?? []
    w.field(0, "Name", metadata.name).field(0, "Namespace", metadata.namespace ?? "")
    w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    if (secrets.length === 0) w.cells(0, "Image pull secrets:", "<none>")
    for (const [at, { name }] of secrets.entries()) w.cells(0, at === 0 ? "Image pull secrets:" : " ".repeat(19), name)
  },
})

const ACCESS: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
}
const ACCESS_ORDER = Object.keys(ACCESS)

const accessText = (modes: readonly string[] | undefined): string =>
  ACCESS_ORDER.filter((mode) => modes?.includes(mode))
    .map((mode) => ACCESS[mode])
    .join(",")

interface VolumeSpec extends VolumeShape {
  capacity?: Amounts
  accessModes?: string[]
  claimRef?: { namespace?: string; name?: string }
  persistentVolumeReclaimPolicy?: string
  storageClassName?: string
  volumeMode?: string
  nodeAffinity?: { required?: { nodeSelectorTerms?: { matchExpressions?: { key: string; operator: string; values?: string[] }[] }[] } }
}

const persistentVolume = defineDescriber<VolumeSpec, { phase?: string; reason?: string; message?: string }>("", "PersistentVolume", {
  *describe(w, { metadata, spec, status }, { now }) {
    w.field(0, "Name", metadata.name).labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    w.field(0, "Finalizers", goList(metadata.finalizers)).field(
      0,
      "StorageClass",
      metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] ?? spec.storageClassName ?? "",
    )
    w.field(
      0,
      "Status",
      metadata.deletionTimestamp
        ? `Terminating (lasts ${humanDuration(now - Date.parse(metadata.deletionTimestamp))})`
        : (status.phase ?? ""),
    )
    w.field(0, "Claim", spec.claimRef ? `${spec.claimRef.namespace ?? ""}/${spec.claimRef.name ?? ""}` : "").field(
      0,
      "Reclaim Policy",
      spec.persistentVolumeReclaimPolicy ?? "",
    )
    w.field(0, "Access Modes", accessText(spec.accessModes))
    if (spec.volumeMode) w.field(0, "VolumeMode", spec.volumeMode)
    w.field(0, "Capacity", spec.capacity?.storage ? canonicalQuantity(spec.capacity.storage) : "0")
    const terms = spec.nodeAffinity?.required?.nodeSelectorTerms
    if (!spec.nodeAffinity) w.line(0, "Node Affinity:\t<none>")
    else {
      w.line(0, "Node Affinity:\t")
      if (!terms?.length) w.line(1, "Required Terms:\t<none>")
      else {
        w.line(1, "Required Terms:\t")
        for (const [at, { matchExpressions = [] }] of terms.entries())
          w.list(
            `Term ${at}`,
            matchExpressions.map(
              ({ key, operator, values = [] }) => `${key} ${operator.toLowerCase()}${values.length > 0 ? ` [${values.join(", ")}]` : ""}`,
            ),
            "    ",
          )
      }
    }
    w.field(0, "Message", status.message ?? "").line(0, "Source:")
    writeVolumeSource(w, spec, true)
  },
})

interface ClaimSpec {
  storageClassName?: string
  volumeName?: string
  volumeMode?: string
  accessModes?: string[]
  resources?: { requests?: Amounts }
  dataSource?: { apiGroup?: string; kind: string; name: string }
}

const persistentVolumeClaim = defineDescriber<
  ClaimSpec,
  { phase?: string; capacity?: Amounts; accessModes?: string[]; conditions?: ConditionShape[] }
>("", "PersistentVolumeClaim", {
  *describe(w, { metadata, spec, status }, { api, now }) {
    w.field(0, "Name", metadata.name).field(0, "Namespace", metadata.namespace ?? "")
    w.field(0, "StorageClass", metadata.annotations?.["volume.beta.kubernetes.io/storage-class"] ?? spec.storageClassName ?? "")
    w.field(
      0,
      "Status",
      metadata.deletionTimestamp
        ? `Terminating (lasts ${humanDuration(now - Date.parse(metadata.deletionTimestamp))})`
        : (status.phase ?? ""),
    )
    w.field(0, "Volume", spec.volumeName ?? "")
      .labels("Labels", metadata.labels)
      .annotations("Annotations", metadata.annotations)
      .field(0, "Finalizers", goList(metadata.finalizers))
    const bound = Boolean(spec.volumeName)
    w.field(0, "Capacity", bound ? (status.capacity?.storage ? canonicalQuantity(status.capacity.storage) : "0") : "").field(
      0,
      "Access Modes",
      bound ? accessText(status.accessModes) : "",
    )
    if (spec.volumeMode) w.field(0, "VolumeMode", spec.volumeMode)
    if (spec.dataSource) {
      w.line(0, "DataSource:")
      if (spec.dataSource.apiGroup) w.field(1, "APIGroup", spec.dataSource.apiGroup)
      w.field(1, "Kind", spec.dataSource.kind).field(1, "Name", spec.dataSource.name)
    }
    const { items } = yield* api.get<{ items: { metadata: Meta; spec: PodSpecShape }[] }>(`/api/v1/namespaces/${metadata.namespace}/pods`)
    const users = items.filter(
      (pod) =>
        pod.spec.volumes?.some(({ persistentVolumeClaim: claim }) => claim?.claimName === metadata.name) ||
        metadata.ownerReferences?.some(({ kind, uid }) => kind === "Pod" && uid === pod.metadata.uid),
    )
    w.list("Used By", users.map((pod) => pod.metadata.name).sort())
    if (status.conditions?.length) {
      w.line(0, "Conditions:")
        .cells(1, "Type", "Status", "LastProbeTime", "LastTransitionTime", "Reason", "Message")
        .cells(1, "----", "------", "-----------------", "------------------", "------", "-------")
      for (const { type, status: value, lastProbeTime, lastTransitionTime, reason = "", message = "" } of status.conditions)
        w.raw(1, `${type} \t${value} \t${rfc1123(lastProbeTime)} \t${rfc1123(lastTransitionTime)} \t${reason} \t${message}\n`)
    }
  },
})

const storageClass = defineDescriber("storage.k8s.io", "StorageClass", {
  *describe(w, object) {
    const { metadata } = object
    const {
      provisioner = "",
      parameters,
      allowVolumeExpansion,
      mountOptions = [],
      reclaimPolicy,
      volumeBindingMode,
      allowedTopologies,
    } = object as {
      provisioner?: string
      parameters?: Record<string, string>
      allowVolumeExpansion?: boolean
      mountOptions?: string[]
      reclaimPolicy?: string
      volumeBindingMode?: string
      allowedTopologies?: { matchLabelExpressions?: { key: string; values?: string[] }[] }[]
    }
    const standard = ["storageclass.kubernetes.io/is-default-class", "storageclass.beta.kubernetes.io/is-default-class"].some(
      (key) => metadata.annotations?.[key] === "true",
    )
    w.field(0, "Name", metadata.name)
      .field(0, "IsDefaultClass", standard ? "Yes" : "No")
      .field(0, "Annotations", labelText(metadata.annotations))
    w.field(0, "Provisioner", provisioner)
      .field(0, "Parameters", labelText(parameters))
      .field(0, "AllowVolumeExpansion", truth(allowVolumeExpansion))
    if (mountOptions.length === 0) w.field(0, "MountOptions", "<none>")
    else {
      w.line(0, "MountOptions:")
      for (const option of mountOptions) w.line(1, option)
    }
    if (reclaimPolicy) w.field(0, "ReclaimPolicy", reclaimPolicy)
    if (volumeBindingMode) w.field(0, "VolumeBindingMode", volumeBindingMode)
    if (!allowedTopologies) return
    w.raw(0, `AllowedTopologies:\t${allowedTopologies.length === 0 ? "<none>" : ""}\n`)
    for (const [at, { matchLabelExpressions: terms = [] }] of allowedTopologies.entries()) {
      w.raw(1, `Term ${at}:\t${terms.length === 0 ? "<none>\n" : ""}`)
      for (const [index, { key, values = [] }] of terms.entries()) {
        if (index > 0) w.raw(1, "\t")
        w.raw(0, `${key} in${values.length > 0 ? ` [${values.join(", ")}]` : ""}\n`)
      }
    }
  },
})

interface DriverShape {
  name: string
  nodeID: string
  allocatable?: { count?: number }
  topologyKeys?: string[] | null
}

const csiNode = defineDescriber<{ drivers?: DriverShape[] }>("storage.k8s.io", "CSINode", {
  *describe(w, { metadata, spec }) {
    w.field(0, "Name", metadata.name).labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    w.field(0, "CreationTimestamp", rfc1123(metadata.creationTimestamp)).line(0, "Spec:")
    if (spec.drivers) w.line(1, "Drivers:")
    for (const { name, nodeID, allocatable, topologyKeys } of spec.drivers ?? []) {
      w.line(2, `${name}:`).field(3, "Node ID", nodeID)
      if (allocatable?.count !== undefined) w.line(3, "Allocatables:").field(4, "Count", allocatable.count)
      if (topologyKeys) w.field(3, "Topology Keys", goList(topologyKeys))
    }
  },
})

const attributesClass = defineDescriber("storage.k8s.io", "VolumeAttributesClass", {
  *describe(w, object) {
    const { driverName = "", parameters } = object as { driverName?: string; parameters?: Record<string, string> }
    w.field(0, "Name", object.metadata.name)
      .field(0, "Annotations", labelText(object.metadata.annotations))
      .field(0, "DriverName", driverName)
      .field(0, "Parameters", labelText(parameters))
  },
})

const priorityClass = defineDescriber("scheduling.k8s.io", "PriorityClass", {
  *describe(w, object) {
    const {
      value = 0,
      globalDefault = false,
      preemptionPolicy = "",
      description = "",
    } = object as { value?: number; globalDefault?: boolean; preemptionPolicy?: string; description?: string }
    w.field(0, "Name", object.metadata.name)
      .field(0, "Value", value)
      .field(0, "GlobalDefault", globalDefault)
      .field(0, "PreemptionPolicy", preemptionPolicy)
      .field(0, "Description", description)
    w.field(0, "Annotations", labelText(object.metadata.annotations))
  },
})

interface BudgetStatus {
  disruptionsAllowed?: number
  currentHealthy?: number
  desiredHealthy?: number
  expectedPods?: number
}

const podDisruptionBudget = defineDescriber<
  { minAvailable?: number | string; maxUnavailable?: number | string; selector?: LabelSelectorShape },
  BudgetStatus
>("policy", "PodDisruptionBudget", {
  *describe(w, { metadata, spec, status }) {
    w.field(0, "Name", metadata.name).field(0, "Namespace", metadata.namespace ?? "")
    if (spec.minAvailable !== undefined) w.field(0, "Min available", spec.minAvailable)
    else if (spec.maxUnavailable !== undefined) w.field(0, "Max unavailable", spec.maxUnavailable)
    w.field(0, "Selector", spec.selector ? labelSelectorText(spec.selector) : "<unset>").line(0, "Status:")
    w.field(2, "Allowed disruptions", status.disruptionsAllowed ?? 0)
      .field(2, "Current", status.currentHealthy ?? 0)
      .field(2, "Desired", status.desiredHealthy ?? 0)
      .field(2, "Total", status.expectedPods ?? 0)
  },
})

const role = (kind: "Role" | "ClusterRole"): Describer =>
  defineDescriber("rbac.authorization.k8s.io", kind, {
    events: false,
    *describe(w, object) {
      w.field(0, "Name", object.metadata.name)
        .labels("Labels", object.metadata.labels)
        .annotations("Annotations", object.metadata.annotations)
      w.line(0, "PolicyRule:")
        .cells(1, "Resources", "Non-Resource URLs", "Resource Names", "Verbs")
        .cells(1, "---------", "-----------------", "--------------", "-----")
      for (const rule of compactRules((object.rules as Rule[] | undefined) ?? [])) w.cells(1, ...ruleCells(rule))
    },
  })

const binding = (kind: "RoleBinding" | "ClusterRoleBinding"): Describer =>
  defineDescriber("rbac.authorization.k8s.io", kind, {
    events: false,
    *describe(w, object) {
      const { roleRef, subjects = [] } = object as unknown as {
        roleRef: { kind: string; name: string }
        subjects?: { kind: string; name: string; namespace?: string }[]
      }
      w.field(0, "Name", object.metadata.name)
        .labels("Labels", object.metadata.labels)
        .annotations("Annotations", object.metadata.annotations)
      w.line(0, "Role:").field(1, "Kind", roleRef.kind).field(1, "Name", roleRef.name)
      w.line(0, "Subjects:").cells(1, "Kind", "Name", "Namespace").cells(1, "----", "----", "---------")
      for (const { kind: of, name, namespace: where = "" } of subjects) w.cells(1, of, name, where)
    },
  })

export const settingDescribers: readonly Describer[] = [
  namespace,
  resourceQuota,
  limitRange,
  configMap,
  secret,
  serviceAccount,
  persistentVolume,
  persistentVolumeClaim,
  storageClass,
  csiNode,
  attributesClass,
  priorityClass,
  podDisruptionBudget,
  role("Role"),
  role("ClusterRole"),
  binding("RoleBinding"),
  binding("ClusterRoleBinding"),
]
