/** Pod: containers that share a network, volumes and a fate. */
import type { IPod } from "kubernetes-models/v1/Pod"
import type { Stored } from "../../apimachinery/object.ts"
import { age, ageSince, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { podUpdateErrors, type Spec } from "./pod-update.ts"
import { schemaOf } from "../schema/definitions.ts"
import { defaultPodSpec } from "./pod-template.ts"
import { podErrors } from "./pod-validation.ts"

export type Pod = Stored<IPod>

interface State {
  waiting?: { reason?: string }
  terminated?: { reason?: string; exitCode: number; signal?: number; finishedAt?: string }
  running?: { startedAt?: string }
}

/** As printPod in pkg/printers/internalversion/printers.go: what the STATUS column says. */
export const podStatusText = (pod: Pod): PodStatusText => {
  // Three columns of a row ask for the same object, which is frozen.
  if (last?.pod !== pod) last = { pod, text: statusTextOf(pod) }
  return last.text
}

interface PodStatusText {
  readonly ready: number
  readonly total: number
  readonly restarts: number
  readonly reason: string
  readonly lastRestart: string | undefined
}

let last: { readonly pod: Pod; readonly text: PodStatusText } | undefined

const NO_SIDECARS: ReadonlySet<string> = new Set()

const sidecarsOf = ({ spec: { initContainers = [] } }: Pod): ReadonlySet<string> =>
  initContainers.length === 0
    ? NO_SIDECARS
    : new Set(initContainers.filter(({ restartPolicy }) => restartPolicy === "Always").map(({ name }) => name))

const statusTextOf = (pod: Pod): PodStatusText => {
  const containers = pod.status.containerStatuses ?? []
  const sidecars = sidecarsOf(pod)
  let ready = 0
  let restarts = 0
  let reason: string = pod.status.reason || pod.status.phase || ""
  let lastRestart: string | undefined
  const total = (pod.spec.containers ?? []).length + sidecars.size
  const scheduling = (pod.status.conditions ?? []).find(({ type }) => type === "PodScheduled")
  if (scheduling?.reason === "SchedulingGated") reason = "SchedulingGated"
  let initializing = false
  for (const [index, status] of (pod.status.initContainerStatuses ?? []).entries()) {
    restarts += status.restartCount
    const state = (status.state ?? {}) as State
    if (state.terminated?.exitCode === 0) continue
    if (sidecars.has(status.name) && status.started) {
      if (status.ready) ready++
      continue
    }
    if (state.terminated)
      reason = `Init:${state.terminated.reason || (state.terminated.signal ? `Signal:${state.terminated.signal}` : `ExitCode:${state.terminated.exitCode}`)}`
    else if (state.waiting?.reason && state.waiting.reason !== "PodInitializing") reason = `Init:${state.waiting.reason}`
    else reason = `Init:${index}/${(pod.spec.initContainers ?? []).length}`
    initializing = true
    break
  }
  if (!initializing || (pod.status.conditions ?? []).some(({ type, status }) => type === "Initialized" && status === "True")) {
    restarts = (pod.status.initContainerStatuses ?? [])
      .filter(({ name: container }) => sidecars.has(container))
      .reduce((sum, status) => sum + status.restartCount, 0)
    let running = false
    for (const status of [...containers].reverse()) {
      restarts += status.restartCount
      const finished = (status.lastState as State | undefined)?.terminated?.finishedAt
      if (finished && (!lastRestart || finished > lastRestart)) lastRestart = finished
      const state = (status.state ?? {}) as State
      if (state.waiting?.reason) reason = state.waiting.reason
      else if (state.terminated)
        reason =
          state.terminated.reason ||
          (state.terminated.signal ? `Signal:${state.terminated.signal}` : `ExitCode:${state.terminated.exitCode}`)
      else if (status.ready && state.running) {
        running = true
        ready++
      }
    }
    if (reason === "Completed" && running)
      reason = (pod.status.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True") ? "Running" : "NotReady"
  }
  if (pod.metadata.deletionTimestamp && pod.status.reason === "NodeLost") reason = "Unknown"
  else if (pod.metadata.deletionTimestamp && !["Succeeded", "Failed"].includes(pod.status.phase ?? "")) reason = "Terminating"
  return { ready, total, restarts, reason, lastRestart }
}

export const pod = defineKind<IPod>({
  group: "",
  version: "v1",
  kind: "Pod",
  plural: "pods",
  shortNames: ["po"],
  namespaced: true,
  categories: ["all"],
  subresources: ["attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "proxy", "resize", "status"],
  schema: () => schemaOf("IoK8sApiCoreV1Pod"),
  generation: true,
  defaultGracePeriodSeconds: (object) => {
    // A Pod that never reached a node, or has ended, has nobody to say goodbye to.
    if (!object.spec.nodeName || ["Succeeded", "Failed"].includes(object.status.phase ?? "")) return 0
    return object.spec.terminationGracePeriodSeconds ?? 30
  },
  prepareForCreate(object) {
    object.status = { phase: "Pending" }
  },
  // Admission may have given it requests and limits.
  complete(object) {
    object.status = { ...object.status, qosClass: qosClass(object) as never }
  },
  defaults(object) {
    object.spec ??= { containers: [] }
    object.spec.enableServiceLinks ??= true
    defaultPodSpec(object.spec)
  },
  validate: (object, { old }) => podErrors(object, old),
  validateUpdate: (object, old) => (object.spec ? podUpdateErrors(object.spec, old.spec as Spec) : []),
  selectableFields: (object) => ({
    "spec.nodeName": object.spec.nodeName ?? "",
    "spec.restartPolicy": object.spec.restartPolicy ?? "",
    "spec.schedulerName": object.spec.schedulerName ?? "",
    "spec.serviceAccountName": object.spec.serviceAccountName ?? "",
    "spec.hostNetwork": String(object.spec.hostNetwork ?? false),
    "status.phase": object.status.phase ?? "",
    "status.podIP": object.status.podIP ?? "",
    "status.nominatedNodeName": object.status.nominatedNodeName ?? "",
  }),
  columns: [
    name,
    {
      name: "Ready",
      cell: (object) => {
        const { ready, total } = podStatusText(object)
        return `${ready}/${total}`
      },
    },
    { name: "Status", cell: (object) => podStatusText(object).reason },
    {
      name: "Restarts",
      cell: (object, now) => {
        const { restarts, lastRestart } = podStatusText(object)
        return restarts > 0 && lastRestart ? `${restarts} (${ageSince(lastRestart, now)} ago)` : String(restarts)
      },
      ages: (object) => podStatusText(object).lastRestart !== undefined,
    },
    age,
    { name: "IP", priority: 1, cell: (object) => object.status.podIP || "<none>" },
    { name: "Node", priority: 1, cell: (object) => object.spec.nodeName || "<none>" },
    { name: "Nominated Node", priority: 1, cell: (object) => object.status.nominatedNodeName || "<none>" },
    {
      name: "Readiness Gates",
      priority: 1,
      cell: (object) => {
        const gates = object.spec.readinessGates ?? []
        return gates.length === 0
          ? "<none>"
          : `${gates.filter((gate) => object.status.conditions?.some((condition) => condition.type === gate.conditionType && condition.status === "True")).length}/${gates.length}`
      },
    },
  ],
})

/** As pkg/apis/core/v1/helper/qos/qos.go. */
export const qosClass = (object: IPod): "Guaranteed" | "Burstable" | "BestEffort" => {
  let any = false
  let guaranteed = true
  for (const container of [...(object.spec?.containers ?? []), ...(object.spec?.initContainers ?? [])]) {
    const { limits = {}, requests = {} } = (container.resources ?? {}) as {
      limits?: Record<string, string>
      requests?: Record<string, string>
    }
    for (const resource of ["cpu", "memory"]) {
      if (limits[resource] !== undefined || requests[resource] !== undefined) any = true
      if (limits[resource] === undefined || (requests[resource] !== undefined && String(requests[resource]) !== String(limits[resource])))
        guaranteed = false
    }
  }
  return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable"
}
