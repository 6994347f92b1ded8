/** node-lifecycle-controller: notices nodes that fell silent, taints them, and marks their Pods. As pkg/controller/nodelifecycle. */
import { lease, type Node, node, type Pod, pod } from "../../api/index.ts"
import { editable } from "../../client/client.ts"
import { formatTime } from "../../apimachinery/object.ts"
import { defineController, type ReconcileContext } from "../define-controller.ts"

/** --node-monitor-period and --node-monitor-grace-period, ms. */
const MONITOR_PERIOD = 5_000
const GRACE_PERIOD = 40_000

const UNREACHABLE = "node.kubernetes.io/unreachable"
const NOT_READY = "node.kubernetes.io/not-ready"
/** Conditions other than Ready that mean: schedule nothing more here. */
const PRESSURE: Readonly<Record<string, string>> = {
  MemoryPressure: "node.kubernetes.io/memory-pressure",
  DiskPressure: "node.kubernetes.io/disk-pressure",
  PIDPressure: "node.kubernetes.io/pid-pressure",
  NetworkUnavailable: "node.kubernetes.io/network-unavailable",
}
const OWN_TAINTS = new Set([UNREACHABLE, NOT_READY, ...Object.values(PRESSURE), "node.kubernetes.io/unschedulable"])

interface Seen {
  heartbeat: string
  at: number
}

interface Taint {
  key: string
  value?: string
  effect: string
  timeAdded?: string
}

const conditionOf = (object: Node, type: string) => object.status.conditions?.find((condition) => condition.type === type)

const wantedTaints = (object: Node): Taint[] => {
  const taints: Taint[] = []
  const ready = conditionOf(object, "Ready")?.status
  if (ready === "Unknown") taints.push({ key: UNREACHABLE, effect: "NoSchedule" }, { key: UNREACHABLE, effect: "NoExecute" })
  else if (ready === "False") taints.push({ key: NOT_READY, effect: "NoSchedule" }, { key: NOT_READY, effect: "NoExecute" })
  for (const [type, key] of Object.entries(PRESSURE))
    if (conditionOf(object, type)?.status === "True") taints.push({ key, effect: "NoSchedule" })
  if (object.spec.unschedulable) taints.push({ key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" })
  return taints
}

const reconcileTaints = (object: Node, { client, now }: ReconcileContext): void => {
  const existing = (object.spec.taints ?? []) as Taint[]
  const wanted = wantedTaints(object)
  const same = (a: Taint, b: Taint) => a.key === b.key && a.effect === b.effect
  const kept = existing.filter((taint) => !OWN_TAINTS.has(taint.key) || wanted.some((one) => same(one, taint)))
  const added = wanted
    .filter((taint) => !existing.some((one) => same(one, taint)))
    .map((taint) => ({ ...taint, timeAdded: formatTime(now()) }))
  if (kept.length === existing.length && added.length === 0) return
  const next = editable(object)
  next.spec.taints = [...kept, ...added] as never
  if (kept.length + added.length === 0) delete next.spec.taints
  client.update(node, next)
}

const markPodsNotReady = (name: string, { client, informers, events, now }: ReconcileContext): void => {
  for (const one of informers.for(pod).byIndex("node", name)) {
    const ready = one.status.conditions?.find(({ type }) => type === "Ready")
    if (ready?.status !== "True") continue
    const next = editable(one)
    next.status.conditions = (next.status.conditions ?? []).map((condition) =>
      condition.type === "Ready" ? { ...condition, status: "False", lastTransitionTime: formatTime(now()) } : condition,
    ) as never
    client.updateStatus(pod, next)
    events.event(one as never, "Warning", "NodeNotReady", "Node is not ready")
  }
}

const monitor = (context: ReconcileContext): void => {
  const { client, informers, events, now, memory } = context
  for (const object of informers.for(node).list()) {
    const { name } = object.metadata
    const heartbeat = `${informers.for(lease).get("kube-node-lease", name)?.spec.renewTime ?? ""} ${conditionOf(object, "Ready")?.lastHeartbeatTime ?? ""}`
    const seen = memory.get(name) as Seen | undefined
    if (!seen || seen.heartbeat !== heartbeat) {
      if (seen) {
        seen.heartbeat = heartbeat
        seen.at = now()
      } else {
        memory.set(name, { heartbeat, at: now() } satisfies Seen)
        const { uid } = object.metadata
        if (memory.get(`registered/${name}`) !== uid)
          events.event(object as never, "Normal", "RegisteredNode", `Node ${name} event: Registered Node ${name} in Controller`)
        memory.set(`registered/${name}`, uid)
      }
      continue
    }
    if (now() - seen.at < GRACE_PERIOD || conditionOf(object, "Ready")?.status === "Unknown") continue
    const next = editable(object)
    const time = formatTime(now())
    const conditions = next.status.conditions ?? []
    for (const type of ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"]) {
      const condition = conditions.find((one) => one.type === type)
      if (condition)
        Object.assign(condition, {
          status: "Unknown",
          reason: "NodeStatusUnknown",
          message: "Kubelet stopped posting node status.",
          lastTransitionTime: time,
        })
      else
        conditions.push({
          type,
          status: "Unknown",
          reason: "NodeStatusNeverUpdated",
          message: "Kubelet never posted node status.",
          lastTransitionTime: time,
        } as never)
    }
    next.status.conditions = conditions
    const lost = client.updateStatus(node, next)
    reconcileTaints(lost, context)
    events.event(object as never, "Normal", "NodeNotReady", `Node ${name} status is now: NodeNotReady`)
    markPodsNotReady(name, context)
  }
}

export const nodeLifecycleController = defineController({
  name: "node-lifecycle-controller",
  component: "node-controller",
  for: node,
  start({ informers }) {
    informers.index(pod, "node", (one: Pod) => (one.spec.nodeName ? [one.spec.nodeName] : []))
    informers.for(lease)
  },
  every: { interval: MONITOR_PERIOD, run: monitor },
  reconcile(object, context, { name }) {
    if (!object) {
      context.memory.delete(name)
      context.memory.delete(`registered/${name}`)
      return
    }
    reconcileTaints(object, context)
  },
})
