/** Pods, and what makes pods. */
import { formatSelector } from "@drydock/kubernetes/apimachinery"
import { humanDuration } from "@drydock/kubernetes/api"
import type { Steps } from "@drydock/machine"
import { query } from "../builder.ts"
import type { Template } from "../subcommands/rollout/revisions.ts"
import { defineDescriber, type DescribeContext, type Describer, type Described } from "./define-describer.ts"
import { writeContainers, writePodTemplate, writeResources, writeSpread, writeTolerations, writeVolumes } from "./pod-template.ts"
import { type LabelSelectorShape, labelSelectorText } from "./selectors.ts"
import type { ConditionShape, ContainerStatusShape, Meta, PodSpecShape } from "./shapes.ts"
import { goList, labelText, rfc1123, truth, type Writer } from "./writer.ts"

interface PodStatusShape {
  phase?: string
  reason?: string
  message?: string
  hostIP?: string
  podIP?: string
  podIPs?: { ip: string }[]
  startTime?: string
  nominatedNodeName?: string
  qosClass?: string
  conditions?: ConditionShape[]
  containerStatuses?: ContainerStatusShape[]
  initContainerStatuses?: ContainerStatusShape[]
  ephemeralContainerStatuses?: ContainerStatusShape[]
}

export const controllerOf = ({ ownerReferences = [] }: Meta): string | undefined => {
  const owner = ownerReferences.find(({ controller }) => controller)
  return owner && `${owner.kind}/${owner.name}`
}

/** metadata.labels['x'], status.podIP and the like. */
const fieldOf =
  ({ metadata, status }: Described<PodSpecShape, PodStatusShape>) =>
  (path: string): string => {
    // Upstream's fieldpath package knows what is in the metadata; the pod's address is looked at apart.
    const values: Readonly<Record<string, string | undefined>> = {
      "metadata.name": metadata.name,
      "metadata.namespace": metadata.namespace,
      "metadata.uid": metadata.uid,
      "status.podIP": status.podIP,
    }
    return values[path] ?? ""
  }

export const conditionTable = (w: Writer, conditions: readonly ConditionShape[] | undefined): void => {
  if (!conditions?.length) return
  w.line(0, "Conditions:\n  Type\tStatus\tReason").cells(1, "----", "------", "------")
  for (const { type, status, reason = "" } of conditions) w.raw(1, `${type} \t${status}\t${reason}\n`)
}

const pod = defineDescriber<PodSpecShape, PodStatusShape>("", "Pod", {
  *describe(w, object, { now }) {
    const { metadata, spec, status } = object
    w.field(0, "Name", metadata.name).field(0, "Namespace", metadata.namespace ?? "")
    if (spec.priority !== undefined) w.field(0, "Priority", spec.priority)
    if (spec.priorityClassName) w.field(0, "Priority Class Name", spec.priorityClassName)
    if (spec.runtimeClassName) w.field(0, "Runtime Class Name", spec.runtimeClassName)
    if (spec.serviceAccountName) w.field(0, "Service Account", spec.serviceAccountName)
    w.field(0, "Node", spec.nodeName ? `${spec.nodeName}/${status.hostIP ?? ""}` : "<none>")
    if (status.startTime) w.field(0, "Start Time", rfc1123(status.startTime))
    w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    if (metadata.deletionTimestamp && status.phase !== "Failed" && status.phase !== "Succeeded")
      w.field(0, "Status", `Terminating (lasts ${humanDuration(now - Date.parse(metadata.deletionTimestamp))})`).field(
        0,
        "Termination Grace Period",
        `${metadata.deletionGracePeriodSeconds ?? 0}s`,
      )
    else w.field(0, "Status", status.phase ?? "")
    if (status.reason) w.field(0, "Reason", status.reason)
    if (status.message) w.field(0, "Message", status.message)
    const { seccompProfile } = spec.securityContext ?? {}
    if (seccompProfile) {
      w.field(0, "SeccompProfile", seccompProfile.type)
      if (seccompProfile.type === "Localhost") w.field(0, "LocalhostProfile", seccompProfile.localhostProfile ?? "")
    }
    w.field(0, "IP", status.podIP ?? "")
    if (!status.podIPs?.length) w.field(0, "IPs", "<none>")
    else {
      w.line(0, "IPs:")
      for (const { ip } of status.podIPs) w.field(1, "IP", ip)
    }
    const controller = controllerOf(metadata)
    if (controller) w.field(0, "Controlled By", controller)
    if (status.nominatedNodeName) w.field(0, "NominatedNodeName", status.nominatedNodeName)
    if (spec.resources) {
      w.line(0, "Resources:")
      writeResources(w, spec.resources, 1)
    }
    const resolve = fieldOf(object)
    if (spec.initContainers?.length)
      writeContainers(w, "Init Containers", spec.initContainers, { statuses: status.initContainerStatuses ?? [], resolve })
    writeContainers(w, "Containers", spec.containers ?? [], { statuses: status.containerStatuses ?? [], resolve })
    if (spec.ephemeralContainers?.length)
      writeContainers(w, "Ephemeral Containers", spec.ephemeralContainers, { statuses: status.ephemeralContainerStatuses ?? [], resolve })
    if (spec.readinessGates?.length) {
      w.line(0, "Readiness Gates:\n  Type\tStatus")
      for (const { conditionType } of spec.readinessGates)
        w.raw(1, `${conditionType} \t${status.conditions?.find(({ type }) => type === conditionType)?.status ?? "<none>"} \n`)
    }
    if (status.conditions?.length) {
      w.line(0, "Conditions:\n  Type\tStatus")
      for (const { type, status: value } of status.conditions) w.raw(1, `${type} \t${value} \n`)
    }
    writeVolumes(w, spec.volumes)
    w.field(0, "QoS Class", status.qosClass ?? "BestEffort")
    w.labels("Node-Selectors", spec.nodeSelector)
    writeTolerations(w, "Tolerations", spec.tolerations)
    writeSpread(w, spec.topologySpreadConstraints)
  },
})

interface Counts {
  running: number
  waiting: number
  succeeded: number
  failed: number
}

/** The controller's own pods, by phase. */
function* podCounts({ api }: DescribeContext, { metadata }: Described, selector: string): Steps<string> {
  const { items } = yield* api.get<{ items: { metadata: Meta; status?: { phase?: string } }[] }>(
    `/api/v1/namespaces/${metadata.namespace}/pods${query({ labelSelector: selector, limit: "500" })}`,
  )
  const counts: Counts = { running: 0, waiting: 0, succeeded: 0, failed: 0 }
  const keys: Readonly<Record<string, keyof Counts>> = { Running: "running", Pending: "waiting", Succeeded: "succeeded", Failed: "failed" }
  for (const one of items) {
    if (!one.metadata.ownerReferences?.some(({ uid, controller }) => controller && uid === metadata.uid)) continue
    const key = keys[one.status?.phase ?? ""]
    if (key) counts[key]++
  }
  return `${counts.running} Running / ${counts.waiting} Waiting / ${counts.succeeded} Succeeded / ${counts.failed} Failed`
}

interface ReplicaSpec {
  replicas?: number
  selector?: LabelSelectorShape
  template?: Template
}

const replicaSet = defineDescriber<ReplicaSpec, { replicas?: number; conditions?: ConditionShape[] }>("apps", "ReplicaSet", {
  *describe(w, object, context) {
    const { metadata, spec, status } = object
    w.field(0, "Name", metadata.name)
      .field(0, "Namespace", metadata.namespace ?? "")
      .field(0, "Selector", labelSelectorText(spec.selector))
    w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    const controller = controllerOf(metadata)
    if (controller) w.field(0, "Controlled By", controller)
    w.field(0, "Replicas", `${status.replicas ?? 0} current / ${spec.replicas ?? 0} desired`)
    w.field(0, "Pods Status", yield* podCounts(context, object, formatSelector(spec.selector)))
    writePodTemplate(w, spec.template)
    conditionTable(w, status.conditions)
  },
})

const replicationController = defineDescriber<
  { replicas?: number; selector?: Record<string, string>; template?: Template },
  { replicas?: number; conditions?: ConditionShape[] }
>("", "ReplicationController", {
  *describe(w, object, context) {
    const { metadata, spec, status } = object
    w.field(0, "Name", metadata.name)
      .field(0, "Namespace", metadata.namespace ?? "")
      .field(0, "Selector", labelText(spec.selector))
    w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    w.field(0, "Replicas", `${status.replicas ?? 0} current / ${spec.replicas ?? 0} desired`)
    w.field(0, "Pods Status", yield* podCounts(context, object, formatSelector({ matchLabels: spec.selector ?? {} })))
    writePodTemplate(w, spec.template)
    conditionTable(w, status.conditions)
  },
})

interface DeploymentSpec extends ReplicaSpec {
  strategy?: { type?: string; rollingUpdate?: { maxUnavailable?: number | string; maxSurge?: number | string } }
  minReadySeconds?: number
}

interface DeploymentStatus {
  updatedReplicas?: number
  replicas?: number
  availableReplicas?: number
  unavailableReplicas?: number
  conditions?: ConditionShape[]
}

interface OwnedSet {
  metadata: Meta
  spec: ReplicaSpec
  status?: { replicas?: number }
}

const HASH = "pod-template-hash"

/** JSON with sorted keys and without the hash label: templates are compared by it. */
const templateKey = (template: Template | undefined): string =>
  JSON.stringify(template, (key, value: unknown) =>
    key === HASH
      ? undefined
      : typeof value === "object" && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
  )

const setsText = (sets: readonly OwnedSet[]): string =>
  sets
    .map(({ metadata, spec, status }) => `${metadata.name} (${status?.replicas ?? 0}/${spec.replicas ?? 0} replicas created)`)
    .join(", ") || "<none>"

const deployment = defineDescriber<DeploymentSpec, DeploymentStatus>("apps", "Deployment", {
  *describe(w, { metadata, spec, status }, { api }) {
    w.field(0, "Name", metadata.name)
      .field(0, "Namespace", metadata.namespace ?? "")
      .field(0, "CreationTimestamp", rfc1123(metadata.creationTimestamp))
    w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    w.field(0, "Selector", formatSelector(spec.selector))
    w.field(
      0,
      "Replicas",
      `${spec.replicas ?? 0} desired | ${status.updatedReplicas ?? 0} updated | ${status.replicas ?? 0} total | ${status.availableReplicas ?? 0} available | ${status.unavailableReplicas ?? 0} unavailable`,
    )
    w.field(0, "StrategyType", spec.strategy?.type ?? "").field(0, "MinReadySeconds", spec.minReadySeconds ?? 0)
    const update = spec.strategy?.rollingUpdate
    if (update) w.field(0, "RollingUpdateStrategy", `${update.maxUnavailable ?? 0} max unavailable, ${update.maxSurge ?? 0} max surge`)
    writePodTemplate(w, spec.template)
    conditionTable(w, status.conditions)
    const { items } = yield* api.get<{ items: OwnedSet[] }>(
      `/apis/apps/v1/namespaces/${metadata.namespace}/replicasets${query({ labelSelector: formatSelector(spec.selector) })}`,
    )
    const own = items.filter((set) => set.metadata.ownerReferences?.some(({ uid, controller }) => controller && uid === metadata.uid))
    const key = templateKey(spec.template)
    const current = own
      .filter((set) => templateKey(set.spec.template) === key)
      .sort((a, b) => ((a.metadata.creationTimestamp ?? "") < (b.metadata.creationTimestamp ?? "") ? -1 : 1))[0]
    const old = own.filter((set) => set !== current)
    if (own.length > 0) w.field(0, "OldReplicaSets", setsText(old)).field(0, "NewReplicaSet", setsText(current ? [current] : []))
  },
})

interface DaemonSetStatus {
  desiredNumberScheduled?: number
  currentNumberScheduled?: number
  updatedNumberScheduled?: number
  numberAvailable?: number
  numberMisscheduled?: number
}

const daemonSet = defineDescriber<ReplicaSpec, DaemonSetStatus>("apps", "DaemonSet", {
  *describe(w, object, context) {
    const { metadata, spec, status } = object
    w.field(0, "Name", metadata.name)
      .field(0, "Namespace", metadata.namespace ?? "")
      .field(0, "Selector", formatSelector(spec.selector))
    w.field(0, "Node-Selector", labelText((spec.template?.spec as PodSpecShape | undefined)?.nodeSelector))
    w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    w.line(0, `Desired Number of Nodes Scheduled: ${status.desiredNumberScheduled ?? 0}`)
    w.line(0, `Current Number of Nodes Scheduled: ${status.currentNumberScheduled ?? 0}`)
    w.line(0, `Number of Nodes Scheduled with Up-to-date Pods: ${status.updatedNumberScheduled ?? 0}`)
    w.line(0, `Number of Nodes Scheduled with Available Pods: ${status.numberAvailable ?? 0}`)
    w.line(0, `Number of Nodes Misscheduled: ${status.numberMisscheduled ?? 0}`)
    w.field(0, "Pods Status", yield* podCounts(context, object, formatSelector(spec.selector)))
    writePodTemplate(w, spec.template)
  },
})

interface StatefulSetSpec extends ReplicaSpec {
  updateStrategy?: { type?: string; rollingUpdate?: { partition?: number; maxUnavailable?: number | string } }
  volumeClaimTemplates?: {
    metadata: Meta
    spec?: { storageClassName?: string; accessModes?: string[]; resources?: { requests?: Record<string, string> } }
  }[]
}

const statefulSet = defineDescriber<StatefulSetSpec, { replicas?: number }>("apps", "StatefulSet", {
  *describe(w, object, context) {
    const { metadata, spec, status } = object
    w.field(0, "Name", metadata.name)
      .field(0, "Namespace", metadata.namespace ?? "")
      .field(0, "CreationTimestamp", rfc1123(metadata.creationTimestamp))
      .field(0, "Selector", formatSelector(spec.selector))
    w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    w.field(0, "Replicas", `${spec.replicas ?? 0} desired | ${status.replicas ?? 0} total`).field(
      0,
      "Update Strategy",
      spec.updateStrategy?.type ?? "",
    )
    const update = spec.updateStrategy?.rollingUpdate
    if (update?.partition !== undefined) {
      w.field(1, "Partition", update.partition)
      if (update.maxUnavailable !== undefined) w.field(1, "MaxUnavailable", update.maxUnavailable)
    }
    w.field(0, "Pods Status", yield* podCounts(context, object, formatSelector(spec.selector)))
    writePodTemplate(w, spec.template)
    if (!spec.volumeClaimTemplates?.length) w.field(0, "Volume Claims", "<none>")
    else {
      w.line(0, "Volume Claims:")
      for (const claim of spec.volumeClaimTemplates) {
        w.field(1, "Name", claim.metadata.name).field(1, "StorageClass", claim.spec?.storageClassName ?? "")
        w.labels("Labels", claim.metadata.labels, "  ").labels("Annotations", claim.metadata.annotations, "  ")
        w.field(1, "Capacity", claim.spec?.resources?.requests?.storage ?? "<default>").field(
          1,
          "Access Modes",
          goList(claim.spec?.accessModes),
        )
      }
    }
  },
})

interface JobSpec extends ReplicaSpec {
  parallelism?: number
  completions?: number
  completionMode?: string
  suspend?: boolean
  backoffLimit?: number
  ttlSecondsAfterFinished?: number
  activeDeadlineSeconds?: number
}

interface JobStatus {
  startTime?: string
  completionTime?: string
  active?: number
  ready?: number
  succeeded?: number
  failed?: number
  completedIndexes?: string
}

const cappedIndexes = (indexes = ""): string => {
  if (indexes === "") return "<none>"
  const comma = indexes.indexOf(",", 50)
  return comma < 0 ? indexes : `${indexes.slice(0, comma + 1)}...`
}

const job = defineDescriber<JobSpec, JobStatus>("batch", "Job", {
  *describe(w, { metadata, spec, status }) {
    w.field(0, "Name", metadata.name)
      .field(0, "Namespace", metadata.namespace ?? "")
      .field(0, "Selector", formatSelector(spec.selector))
    w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    const controller = controllerOf(metadata)
    if (controller) w.field(0, "Controlled By", controller)
    if (spec.parallelism !== undefined) w.field(0, "Parallelism", spec.parallelism)
    w.field(0, "Completions", spec.completions ?? "<unset>")
    if (spec.completionMode !== undefined) w.field(0, "Completion Mode", spec.completionMode)
    if (spec.suspend !== undefined) w.field(0, "Suspend", spec.suspend)
    if (spec.backoffLimit !== undefined) w.field(0, "Backoff Limit", spec.backoffLimit)
    if (spec.ttlSecondsAfterFinished !== undefined) w.field(0, "TTL Seconds After Finished", spec.ttlSecondsAfterFinished)
    if (status.startTime) w.field(0, "Start Time", rfc1123(status.startTime))
    if (status.completionTime) w.field(0, "Completed At", rfc1123(status.completionTime))
    if (status.startTime && status.completionTime)
      w.field(0, "Duration", humanDuration(Date.parse(status.completionTime) - Date.parse(status.startTime)))
    if (spec.activeDeadlineSeconds !== undefined) w.field(0, "Active Deadline Seconds", `${spec.activeDeadlineSeconds}s`)
    const ready = status.ready === undefined ? "" : ` (${status.ready} Ready)`
    w.field(0, "Pods Statuses", `${status.active ?? 0} Active${ready} / ${status.succeeded ?? 0} Succeeded / ${status.failed ?? 0} Failed`)
    if (spec.completionMode === "Indexed") w.field(0, "Completed Indexes", cappedIndexes(status.completedIndexes))
    writePodTemplate(w, spec.template)
  },
})

interface CronJobSpec {
  schedule?: string
  concurrencyPolicy?: string
  suspend?: boolean
  successfulJobsHistoryLimit?: number
  failedJobsHistoryLimit?: number
  startingDeadlineSeconds?: number
  jobTemplate?: { spec?: JobSpec }
}

const cronJob = defineDescriber<CronJobSpec, { lastScheduleTime?: string; active?: { name: string }[] }>("batch", "CronJob", {
  *describe(w, { metadata, spec, status }) {
    w.field(0, "Name", metadata.name).field(0, "Namespace", metadata.namespace ?? "")
    w.labels("Labels", metadata.labels).annotations("Annotations", metadata.annotations)
    w.field(0, "Schedule", spec.schedule ?? "")
      .field(0, "Concurrency Policy", spec.concurrencyPolicy ?? "")
      .field(0, "Suspend", truth(spec.suspend))
    w.field(0, "Successful Job History Limit", spec.successfulJobsHistoryLimit ?? "<unset>").field(
      0,
      "Failed Job History Limit",
      spec.failedJobsHistoryLimit ?? "<unset>",
    )
    w.field(0, "Starting Deadline Seconds", spec.startingDeadlineSeconds === undefined ? "<unset>" : `${spec.startingDeadlineSeconds}s`)
    const of = spec.jobTemplate?.spec ?? {}
    w.field(0, "Selector", of.selector ? formatSelector(of.selector) : "<unset>")
      .field(0, "Parallelism", of.parallelism ?? "<unset>")
      .field(0, "Completions", of.completions ?? "<unset>")
    if (of.activeDeadlineSeconds !== undefined) w.field(0, "Active Deadline Seconds", `${of.activeDeadlineSeconds}s`)
    writePodTemplate(w, of.template)
    w.field(0, "Last Schedule Time", status.lastScheduleTime ? rfc1123(status.lastScheduleTime) : "<unset>")
    w.field(0, "Active Jobs", (status.active ?? []).map(({ name }) => name).join(", ") || "<none>")
  },
})

export const workloadDescribers: readonly Describer[] = [
  pod,
  replicaSet,
  replicationController,
  deployment,
  daemonSet,
  statefulSet,
  job,
  cronJob,
]
