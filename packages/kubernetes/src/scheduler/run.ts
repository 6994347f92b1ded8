/** The scheduler: takes Pods without a node, filters and scores the nodes, binds. As pkg/scheduler/schedule_one.go. */
import type { Simulation } from "@drydock/sim"
import { groupedEvent, node, persistentVolume, persistentVolumeClaim, type Pod, pod, storageClass } from "../api/index.ts"
import { editable } from "../client/client.ts"
import { deepEqual } from "../apimachinery/frozen.ts"
import { formatTime, keyOf } from "../apimachinery/object.ts"
import { StatusError } from "../apimachinery/status.ts"
import { type Door, DoorClient } from "../client/client.ts"
import { Recorder } from "../client/event-recorder.ts"
import { WatchInformers } from "../client/informers.ts"
import { WorkQueue } from "../client/work-queue.ts"
import type { Component } from "../cluster-contract.ts"
import { SELECTED_NODE } from "../controller-manager/controllers/persistent-volume-binder.ts"
import { elect } from "../controller-manager/leader-election.ts"
import type { Trace } from "../ports/trace.ts"
import type { CycleState, NodeInfo } from "./define-plugin.ts"
import { plugins } from "./plugins/index.ts"
import { bindingsOn, claimNames } from "./plugins/volume-binding.ts"
import { requestsOf } from "./pod-requests.ts"
import { findVictims } from "./preemption.ts"
import { takeSnapshot } from "./snapshot.ts"

export interface SchedulerOptions {
  sim: Simulation
  door: Door
  trace: Trace
  spanOf: (revision: number) => number | undefined
  host: string
  /** --scheduler-name of its profile. */
  schedulerName?: string
}

/** Pod back-off: 1 s, doubling, at most 10 s; unschedulable Pods are looked at again after 5 min at the latest. */
const BACKOFF = 1_000
const MAX_BACKOFF = 10_000
const UNSCHEDULABLE_FLUSH = 300_000

/** As FitError in pkg/scheduler/framework/types.go. */
const unschedulableText = (
  total: number,
  unresolvable: number,
  blocked: string | undefined,
  reasons: ReadonlyMap<string, number>,
  preempts: boolean,
): string => {
  if (total === 0) return "no nodes available to schedule pods"
  const head = `0/${total} nodes are available`
  const why =
    blocked ??
    [...reasons]
      .map(([reason, count]) => `${count} ${reason}`)
      .sort()
      .join(", ")
  if (preempts) return `${head}: ${why}.`
  // DynamicResources comes after all that looks at the Pod alone: it finds nothing of its own to go on, and preemption is not asked.
  if (blocked !== undefined) return `${head}: ${why}. not found`
  const preemption = [
    ...(unresolvable > 0 ? [`${unresolvable} Preemption is not helpful for scheduling`] : []),
    ...(total - unresolvable > 0 ? [`${total - unresolvable} No preemption victims found for incoming pod`] : []),
  ]
  return `${head}: ${why}. no new claims to deallocate, preemption: ${head}: ${preemption.sort().join(", ")}.`
}

export const runScheduler = (options: SchedulerOptions): Component => {
  const { sim, door, trace } = options
  const identity = { name: "system:kube-scheduler", groups: ["system:authenticated"] }
  const client = new DoorClient(door, identity)
  const informers = new WatchInformers({ door, user: identity, sim, spanOf: options.spanOf })
  const events = new Recorder({
    client,
    sim,
    kind: groupedEvent as never,
    component: options.schedulerName ?? "default-scheduler",
    instance: `${options.schedulerName ?? "default-scheduler"}-${options.host}`,
  })
  const profile = options.schedulerName ?? "default-scheduler"
  const attempts = new Map<string, number>()
  const unschedulable = new Set<string>()
  /** Bound by us, not yet seen bound: counted on their node already. */
  const assumed = new Map<string, { pod: Pod; node: string }>()
  let queue: WorkQueue | undefined

  /** Asks for the volumes of claims that waited for a node; true when there is something to wait for. */
  const reserveVolumes = (one: Pod, chosen: string): boolean => {
    const target = informers.for(node).get(undefined, chosen)
    const bindings = target ? bindingsOn(one, target, informers) : []
    for (const { claim, volume } of bindings) {
      if (volume) {
        const { kind, apiVersion, metadata } = claim
        const claimRef = { kind, apiVersion, namespace: metadata.namespace, name: metadata.name, uid: metadata.uid }
        client.patch(persistentVolume, volume.metadata as never, { spec: { claimRef } }, { type: "merge" })
      } else
        client.patch(
          persistentVolumeClaim,
          claim.metadata as never,
          { metadata: { annotations: { [SELECTED_NODE]: chosen } } },
          { type: "merge" },
        )
    }
    return bindings.length > 0
  }

  const preempt = (victim: Pod, preemptor: Pod, name: string): void => {
    const next = editable(victim)
    const condition = {
      type: "DisruptionTarget",
      status: "True",
      lastProbeTime: null,
      lastTransitionTime: formatTime(sim.now()),
      reason: "PreemptionByScheduler",
      message: `${profile}: preempting to accommodate a higher priority pod`,
    }
    next.status.conditions = [...(next.status.conditions ?? []).filter(({ type }) => type !== condition.type), condition] as never
    try {
      client.updateStatus(pod, next)
      client.delete(pod, victim.metadata as never, { uid: victim.metadata.uid })
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      return
    }
    events.acted(
      victim as never,
      "Normal",
      "Preempted",
      "Preempting",
      `Preempted by pod ${preemptor.metadata.uid} on node ${name}`,
      preemptor as never,
    )
  }

  const setCondition = (one: Pod, reason: string, message: string, nominated?: string): void => {
    const next = editable(one)
    if (nominated !== undefined) next.status.nominatedNodeName = nominated
    const condition = {
      type: "PodScheduled",
      status: "False",
      lastProbeTime: null,
      lastTransitionTime: formatTime(sim.now()),
      reason,
      message,
      observedGeneration: one.metadata.generation,
    }
    const conditions = (next.status.conditions ?? []) as unknown as (typeof condition)[]
    const old = conditions.find(({ type }) => type === "PodScheduled")
    if (old && old.status === "False") condition.lastTransitionTime = old.lastTransitionTime
    if (deepEqual(old, condition) && next.status.nominatedNodeName === one.status.nominatedNodeName) return
    next.status.conditions = [...conditions.filter(({ type }) => type !== "PodScheduled"), condition] as never
    client.updateStatus(pod, next)
  }

  const schedule = (key: string, span: number | undefined): void => {
    const slash = key.indexOf("/")
    const one = informers.for(pod).get(key.slice(0, slash), key.slice(slash + 1))
    if (!one || one.spec.nodeName || one.metadata.deletionTimestamp || one.spec.schedulerName !== profile || assumed.has(key)) return
    if (one.spec.schedulingGates?.length)
      return setCondition(one, "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates")
    const outer = trace.current
    trace.current = span ?? trace.span()
    const object = { kind: "Pod", namespace: one.metadata.namespace as string, name: one.metadata.name, uid: one.metadata.uid }
    try {
      const state: CycleState = { pod: one, requests: requestsOf(one), nodes: takeSnapshot(informers, assumed), informers }
      let blocked: string | undefined
      for (const plugin of plugins) {
        const failure = plugin.preFilter?.(state)
        if (failure?.wait) {
          unschedulable.add(key)
          return
        }
        blocked ??= failure?.reason
      }
      const reasons = new Map<string, number>()
      let unresolvable = blocked === undefined ? 0 : state.nodes.length
      const resolvable: NodeInfo[] = []
      const feasible: NodeInfo[] = []
      for (const info of blocked === undefined ? state.nodes : []) {
        const failed = plugins.find((plugin) => (plugin.filter?.(state, info).length ?? 0) > 0)
        if (!failed) {
          feasible.push(info)
          continue
        }
        const { unresolvable: hopeless } = failed
        if (typeof hopeless === "function" ? hopeless(state, info) : hopeless) unresolvable++
        else resolvable.push(info)
        const why = failed.filter?.(state, info) ?? []
        for (const reason of why) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
        trace.emit({
          from: "kube-scheduler",
          to: "kube-scheduler",
          verb: "filter",
          object,
          detail: `${info.node.metadata.name}: ${failed.name}: ${why.join(", ")}`,
        })
      }
      if (feasible.length === 0) {
        const victims = resolvable.length > 0 ? findVictims(state, resolvable) : undefined
        const message = unschedulableText(state.nodes.length, unresolvable, blocked, reasons, victims !== undefined)
        events.acted(one as never, "Warning", "FailedScheduling", "Scheduling", message)
        setCondition(one, "Unschedulable", message, victims?.node)
        unschedulable.add(key)
        attempts.set(key, (attempts.get(key) ?? 0) + 1)
        queue?.addAfter(key, UNSCHEDULABLE_FLUSH, true)
        for (const victim of victims?.victims ?? []) preempt(victim, one, victims?.node as string)
        return
      }
      const scores = feasible.map((info) => ({
        info,
        score: plugins.reduce((sum, plugin) => sum + (plugin.score ? plugin.score(state, info) * (plugin.weight ?? 1) : 0), 0),
      }))
      const best = Math.max(...scores.map(({ score }) => score))
      for (const { info, score } of scores)
        trace.emit({
          from: "kube-scheduler",
          to: "kube-scheduler",
          verb: "score",
          object,
          detail: `${info.node.metadata.name}: ${Math.round(score)}`,
        })
      const top = scores.filter(({ score }) => score === best)
      const chosen = top[top.length === 1 ? 0 : sim.random("scheduler").integer(top.length)].info.node.metadata.name
      if (claimNames(one).length > 0 && reserveVolumes(one, chosen)) {
        // Bound when the claims are: their change brings the Pod back.
        unschedulable.add(key)
        return
      }
      trace.emit({ from: "kube-scheduler", to: "kube-apiserver", verb: "bind", object, detail: chosen })
      assumed.set(key, { pod: one, node: chosen })
      try {
        client.createSubresource(pod as never, one.metadata as never, "binding", {
          apiVersion: "v1",
          kind: "Binding",
          metadata: { name: one.metadata.name, namespace: one.metadata.namespace, uid: one.metadata.uid },
          target: { apiVersion: "v1", kind: "Node", name: chosen },
        })
      } catch (error) {
        assumed.delete(key)
        if (error instanceof StatusError && (error.code === 404 || error.code === 409)) return
        throw error
      }
      attempts.delete(key)
      unschedulable.delete(key)
      const told = `Successfully assigned ${one.metadata.namespace}/${one.metadata.name} to ${chosen}`
      events.acted(one as never, "Normal", "Scheduled", "Binding", told)
    } finally {
      trace.current = outer
    }
  }

  /** Something changed that may let waiting Pods in: they come back after their back-off. */
  const reconsider = (): void => {
    for (const key of [...unschedulable]) {
      unschedulable.delete(key)
      queue?.addAfter(key, Math.min(MAX_BACKOFF, BACKOFF * 2 ** ((attempts.get(key) ?? 1) - 1)))
    }
  }

  const election = elect({
    sim,
    client,
    name: "kube-scheduler",
    identity: `${options.host}_${sim.random("scheduler-identity").uuid()}`,
    releaseOnStop: true,
    lead() {
      queue = new WorkQueue(sim, schedule)
      const waiting = (one: Pod) =>
        !one.spec.nodeName && one.spec.schedulerName === profile && !["Succeeded", "Failed"].includes(one.status.phase ?? "")
      informers.for(node).onChange((change) => {
        const { old, object } = change
        // Heartbeats in a node's status are no news for the scheduler.
        if (
          !old ||
          change.type !== "modified" ||
          !deepEqual(old.spec, object.spec) ||
          !deepEqual(old.metadata.labels, object.metadata.labels) ||
          !deepEqual(old.status.allocatable, object.status.allocatable)
        )
          reconsider()
      })
      informers.for(pod).onChange(({ type, object, old, span }) => {
        const key = keyOf(object)
        if (type === "deleted") {
          assumed.delete(key)
          attempts.delete(key)
          unschedulable.delete(key)
          if (object.spec.nodeName) reconsider()
        } else if (waiting(object)) {
          if (type === "added" || !deepEqual(old?.spec, object.spec)) queue?.add(key, span)
        } else if (
          type === "modified" &&
          ["Succeeded", "Failed"].includes(object.status.phase ?? "") &&
          old?.status.phase !== object.status.phase
        )
          reconsider()
      })
      for (const kind of [persistentVolumeClaim, persistentVolume, storageClass])
        informers.for(kind as typeof persistentVolume).onChange(reconsider)
      for (const one of informers.for(pod).list()) if (waiting(one)) queue.add(keyOf(one))
    },
  })

  return {
    name: "kube-scheduler",
    stop() {
      election.stop()
      queue?.stop()
      informers.stop()
    },
  }
}
