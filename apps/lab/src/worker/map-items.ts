/** One object of the cluster as a thing on the map. */
import { type Kind, kinds, podStatusText, type Pod } from "@drydock/kubernetes/api"
import type { MapItem } from "@drydock/protocol"

/** What the map draws; other kinds are seen in the request view. */
export const MAPPED = [
  "Node",
  "Pod",
  "Deployment",
  "ReplicaSet",
  "ReplicationController",
  "DaemonSet",
  "StatefulSet",
  "Job",
  "CronJob",
  "Service",
  "Ingress",
  "PersistentVolumeClaim",
] as const

export interface MappedObject {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly deletionTimestamp?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly controller?: boolean }[]
  }
  readonly spec?: Readonly<Record<string, unknown>>
  readonly status?: Readonly<Record<string, unknown>>
}

const kindNamed = new Map(kinds.map((kind) => [kind.kind, kind as unknown as Kind]))

/** The defined kind, where a name is one of the map's. */
export const mappedKind = (name: string): Kind | undefined =>
  (MAPPED as readonly string[]).includes(name) ? kindNamed.get(name) : undefined

export const idOf = (object: MappedObject): string =>
  object.metadata.namespace === undefined
    ? `${object.kind}/${object.metadata.name}`
    : `${object.kind}/${object.metadata.namespace}/${object.metadata.name}`

type Condition = { type: string; status: string; reason?: string }
const condition = (object: MappedObject, type: string): Condition | undefined =>
  ((object.status?.conditions ?? []) as Condition[]).find((one) => one.type === type)

const FAILING = /Error|BackOff|ErrImage|Invalid|Failed|Evicted|OOMKilled|DeadlineExceeded|Unschedulable/

const podState = (object: MappedObject): Pick<MapItem, "level" | "status"> => {
  const { reason, ready, total } = podStatusText(object as unknown as Pod)
  const status = object.metadata.deletionTimestamp ? "Terminating" : reason
  if (FAILING.test(status)) return { level: "failing", status }
  if (status === "Completed" || status === "Succeeded") return { level: "ready", status }
  if (status === "Running") return { level: ready === total && total > 0 ? "ready" : "running", status }
  return { level: "pending", status }
}

const nodeState = (object: MappedObject): Pick<MapItem, "level" | "status"> => {
  const ready = condition(object, "Ready")?.status === "True"
  const status = `${ready ? "Ready" : "NotReady"}${object.spec?.unschedulable === true ? ",SchedulingDisabled" : ""}`
  return { level: ready ? "ready" : "failing", status }
}

const count = (value: unknown): number => (typeof value === "number" ? value : 0)

const workloadState = (object: MappedObject): Pick<MapItem, "level" | "status"> => {
  const wanted = object.kind === "DaemonSet" ? count(object.status?.desiredNumberScheduled) : count(object.spec?.replicas ?? 1)
  const ready = object.kind === "DaemonSet" ? count(object.status?.numberReady) : count(object.status?.readyReplicas)
  const status = `${ready}/${wanted} ready`
  if (condition(object, "Progressing")?.status === "False" || condition(object, "ReplicaFailure")?.status === "True")
    return { level: "failing", status }
  return { level: ready >= wanted ? "ready" : ready > 0 ? "running" : "pending", status }
}

const stateOf = (object: MappedObject): Pick<MapItem, "level" | "status"> => {
  switch (object.kind) {
    case "Pod":
      return podState(object)
    case "Node":
      return nodeState(object)
    case "Deployment":
    case "ReplicaSet":
    case "ReplicationController":
    case "DaemonSet":
    case "StatefulSet":
      return workloadState(object)
    case "Job":
      if (condition(object, "Failed")?.status === "True") return { level: "failing", status: "Failed" }
      return condition(object, "Complete")?.status === "True"
        ? { level: "ready", status: "Complete" }
        : { level: "running", status: "Running" }
    case "PersistentVolumeClaim": {
      const phase = String(object.status?.phase ?? "Pending")
      return { level: phase === "Bound" ? "ready" : phase === "Lost" ? "failing" : "pending", status: phase }
    }
    default:
      return { level: "ready", status: object.kind === "Service" ? String(object.spec?.type ?? "ClusterIP") : "" }
  }
}

/** Whether a write is something to see, and not a heartbeat. */
export const isNews = (kind: string, before: unknown, after: unknown): boolean => {
  if (kind !== "Node" || before === undefined || after === undefined) return true
  const [was, is] = [before, after].map((object) => nodeState({ ...(object as MappedObject), kind }).status)
  return was !== is
}

/** As labels.SelectorFromSet: every pair is there; an empty set selects nothing here, as a Service's does. */
const selects = (selector: unknown, labels: Readonly<Record<string, string>> | undefined): boolean => {
  const pairs = Object.entries((selector ?? {}) as Record<string, string>)
  return pairs.length > 0 && pairs.every(([key, value]) => labels?.[key] === value)
}

/** @param pods all pods, for what a Service reaches */
export const mapItem = (object: MappedObject, now: number, pods: Iterable<MappedObject>): MapItem => {
  const { namespace, name } = object.metadata
  const owner = object.metadata.ownerReferences?.find(({ controller }) => controller) ?? object.metadata.ownerReferences?.[0]
  const targets =
    object.kind === "Service"
      ? [...pods].filter((pod) => pod.metadata.namespace === namespace && selects(object.spec?.selector, pod.metadata.labels)).map(idOf)
      : undefined
  const columns = kindNamed.get(object.kind)?.columns ?? []
  return {
    id: idOf(object),
    kind: object.kind,
    ...(namespace !== undefined && { namespace }),
    name,
    ...stateOf(object),
    ...(object.kind === "Pod" &&
      typeof object.spec?.nodeName === "string" &&
      object.spec.nodeName !== "" && { node: object.spec.nodeName }),
    // A static pod's mirror is owned by its node; it belongs to the control plane, not to the node's box of workloads.
    ...(owner &&
      owner.kind !== "Node" && {
        owner: namespace === undefined ? `${owner.kind}/${owner.name}` : `${owner.kind}/${namespace}/${owner.name}`,
      }),
    ...(targets && { targets }),
    line: Object.fromEntries(columns.map((column) => [column.name, String(column.cell(object as never, now) ?? "")])),
  }
}
