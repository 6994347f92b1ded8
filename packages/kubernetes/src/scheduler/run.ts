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
import type { CycleState } from "./define-plugin.ts"
import { NodeCache } from "./node-cache.ts"
import { bindingsOn, claimNames } from "./plugins/volume-binding.ts"
import { requestsOf } from "./pod-requests.ts"
import { defaultProfile, type Profile } from "./profile.ts"
import { explain, type PluginScores, scoresOf, search } from "./scheduling-cycle.ts"

export interface SchedulerOptions {
  sim: Simulation
  door: Door
  trace: Trace
  spanOf: (revision: number) => number | undefined
  host: string
  /** Whose Pods it takes, and how. Default: those of default-scheduler. */
  profiles?: readonly Profile[]
  /** Name of the Lease that it is elected by; undefined: it leads at once. */
  lease: string | undefined
}

/** Pod back-off: 1 s, doubling, at most 10 s; unschedulable Pods are looked at again after 5 min at the latest. */
const BACKOFF = 1_000
const MAX_BACKOFF = 10_000
const UNSCHEDULABLE_FLUSH = 300_000

/** The trace tells of so many of the nodes that were refused, and compared (the best first). */
const REFUSALS_TOLD = 64
const SCORES_TOLD = 16

/** "node01: 418 (NodeResourcesFit 82, TaintToleration 300, …)" */
const scoreText = (node: string, index: number, totals: readonly number[], parts: readonly PluginScores[]): string => {
  const shares = parts.map(({ plugin, scores }) => `${plugin.name} ${Math.round(scores[index])}`)
  return `${node}: ${Math.round(totals[index])}${shares.length > 0 ? ` (${shares.join(", ")})` : ""}`
}

export const runScheduler = (options: SchedulerOptions): Component => {
  const { sim, door, trace } = options
  const identity = { name: "system:kube-scheduler", groups: ["system:authenticated"] }
  const client = new DoorClient(door, identity)
  const informers = new WatchInformers({ door, user: identity, sim, spanOf: options.spanOf })
  const profiles = new Map((options.profiles ?? [defaultProfile("default-scheduler")]).map((profile) => [profile.name, profile]))
  const recorders = new Map(
    [...profiles.keys()].map((component) => [
      component,
      new Recorder({ client, sim, kind: groupedEvent as never, component, instance: `${component}-${options.host}` }),
    ]),
  )
  /** Who speaks of a Pod: its profile. */
  const eventsOf = ({ spec }: Pod): Recorder => recorders.get(spec.schedulerName ?? "") as Recorder
  const attempts = new Map<string, number>()
  const unschedulable = new Set<string>()
  /** Of those, whom another Pod's place may help: as the queueing hints of InterPodAffinity and PodTopologySpread. */
  const sociable = new Set<string>()
  /** Nodes with the Pods that are bound to them, or were by us and are not yet seen so. */
  const cache = new NodeCache()
  /** Pods for which others were sent away, by the node that they wait for. */
  const nominated = new Map<string, Map<string, Pod>>()
  const nominee = (key: string, one: Pod | undefined, name: string | undefined): void => {
    for (const waiting of nominated.values()) waiting.delete(key)
    if (!one || name === undefined) return
    const waiting = nominated.get(name) ?? new Map<string, Pod>()
    nominated.set(name, waiting.set(key, one))
  }
  const promised =
    (key: string) =>
    (name: string): readonly Pod[] => {
      const waiting = nominated.get(name)
      return waiting?.size ? [...waiting].flatMap(([other, one]) => (other === key ? [] : [one])) : []
    }
  /** Where the next search begins. */
  let next = 0
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
      message: `${preemptor.spec.schedulerName}: preempting to accommodate a higher priority pod`,
    }
    next.status.conditions = [...(next.status.conditions ?? []).filter(({ type }) => type !== condition.type), condition] as never
    try {
      client.updateStatus(pod, next)
      client.delete(pod, victim.metadata as never, { uid: victim.metadata.uid })
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      return
    }
    const told = `Preempted by pod ${preemptor.metadata.uid} on node ${name}`
    eventsOf(preemptor).acted(victim as never, "Normal", "Preempted", "Preempting", told, preemptor as never)
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
    if (!one || one.spec.nodeName || one.metadata.deletionTimestamp || !recorders.has(one.spec.schedulerName ?? "") || cache.holds(key))
      return
    if (one.spec.schedulingGates?.length)
      return setCondition(one, "SchedulingGated", "Scheduling is blocked due to non-empty scheduling gates")
    const outer = trace.current
    trace.current = span ?? trace.span()
    const object = { kind: "Pod", namespace: one.metadata.namespace as string, name: one.metadata.name, uid: one.metadata.uid }
    try {
      const { plugins, preempts } = profiles.get(one.spec.schedulerName ?? "") as Profile
      const state: CycleState = { pod: one, requests: requestsOf(one), nodes: cache.nodes, informers, plugins, preempts }
      const found = search(state, next, promised(key))
      if (found.wait) {
        unschedulable.add(key)
        return
      }
      if (state.nodes.length > 0) next = (next + found.processed) % state.nodes.length
      for (const { info, plugin, rejection } of found.refusals.slice(0, REFUSALS_TOLD))
        trace.emit({
          from: "kube-scheduler",
          to: "kube-scheduler",
          verb: "filter",
          object,
          detail: `${info.node.metadata.name}: ${plugin.name}: ${rejection.reasons.join(", ")}`,
        })
      const { feasible } = found
      if (feasible.length === 0) {
        const { message, preemption } = explain(state, found)
        const chosen = preemption.kind === "victims" ? preemption.candidate : undefined
        if (one.spec.affinity?.podAffinity || one.spec.topologySpreadConstraints?.length) sociable.add(key)
        eventsOf(one).acted(one as never, "Warning", "FailedScheduling", "Scheduling", message)
        setCondition(one, "Unschedulable", message, chosen?.node)
        unschedulable.add(key)
        attempts.set(key, (attempts.get(key) ?? 0) + 1)
        queue?.addAfter(key, UNSCHEDULABLE_FLUSH, true)
        if (chosen) nominee(key, one, chosen.node)
        for (const victim of chosen?.victims ?? []) preempt(victim, one, chosen?.node as string)
        return
      }
      // In a large cluster the totals have to do.
      const parts: PluginScores[] | undefined = feasible.length > SCORES_TOLD ? undefined : []
      const scores = feasible.length === 1 ? [0] : scoresOf(state, feasible, parts)
      const best = scores.reduce((most, score) => Math.max(most, score), 0)
      const order =
        feasible.length > SCORES_TOLD ? [...scores.keys()].sort((a, b) => scores[b] - scores[a]).slice(0, SCORES_TOLD) : scores.keys()
      for (const index of order)
        trace.emit({
          from: "kube-scheduler",
          to: "kube-scheduler",
          verb: "score",
          object,
          detail: scoreText(feasible[index].node.metadata.name, index, scores, parts ?? []),
        })
      const top = feasible.filter((_, index) => scores[index] === best)
      const chosen = top[top.length === 1 ? 0 : sim.random("scheduler").integer(top.length)].node.metadata.name
      if (claimNames(one).length > 0 && reserveVolumes(one, chosen)) {
        // Bound when the claims are: their change brings the Pod back.
        unschedulable.add(key)
        return
      }
      trace.emit({ from: "kube-scheduler", to: "kube-apiserver", verb: "bind", object, detail: chosen })
      cache.setPod(one, chosen)
      nominee(key, undefined, undefined)
      try {
        client.createSubresource(pod as never, one.metadata as never, "binding", {
          apiVersion: "v1",
          kind: "Binding",
          metadata: { name: one.metadata.name, namespace: one.metadata.namespace, uid: one.metadata.uid },
          target: { apiVersion: "v1", kind: "Node", name: chosen },
        })
      } catch (error) {
        cache.removePod(key)
        if (error instanceof StatusError && (error.code === 404 || error.code === 409)) return
        throw error
      }
      attempts.delete(key)
      unschedulable.delete(key)
      const told = `Successfully assigned ${one.metadata.namespace}/${one.metadata.name} to ${chosen}`
      eventsOf(one).acted(one as never, "Normal", "Scheduled", "Binding", told)
    } finally {
      trace.current = outer
    }
  }

  /** As PrioritySort: of Pods that wait together the more important comes first. */
  const priority = (key: string): number => {
    const slash = key.indexOf("/")
    return informers.for(pod).get(key.slice(0, slash), key.slice(slash + 1))?.spec.priority ?? 0
  }

  /** Something changed that may let waiting Pods in: they come back after their back-off. */
  const reconsider = (): void => {
    for (const key of [...unschedulable]) {
      unschedulable.delete(key)
      sociable.delete(key)
      queue?.addAfter(key, Math.min(MAX_BACKOFF, BACKOFF * 2 ** ((attempts.get(key) ?? 1) - 1)))
    }
  }

  /** A Pod has its place: those who want to be near one, or apart from them, look again. */
  const invite = (): void => {
    for (const key of sociable) {
      unschedulable.delete(key)
      queue?.addAfter(key, Math.min(MAX_BACKOFF, BACKOFF * 2 ** ((attempts.get(key) ?? 1) - 1)))
    }
    sociable.clear()
  }

  const lead = (): void => {
    queue = new WorkQueue(sim, schedule, (a, b) => priority(b) - priority(a))
    const waiting = (one: Pod) =>
      !one.spec.nodeName && recorders.has(one.spec.schedulerName ?? "") && !["Succeeded", "Failed"].includes(one.status.phase ?? "")
    informers.for(node).onChange((change) => {
      const { old, object } = change
      if (change.type === "deleted") cache.removeNode(object.metadata.name)
      else cache.setNode(object)
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
        cache.removePod(key)
        nominee(key, undefined, undefined)
        attempts.delete(key)
        unschedulable.delete(key)
        sociable.delete(key)
        if (object.spec.nodeName) reconsider()
        return
      }
      if (object.spec.nodeName) {
        cache.setPod(object)
        if (sociable.size > 0 && (!old?.spec.nodeName || !deepEqual(old.metadata.labels, object.metadata.labels))) invite()
      }
      if (waiting(object)) {
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
    for (const one of informers.for(node).list()) cache.setNode(one)
    for (const one of informers.for(pod).list()) if (one.spec.nodeName) cache.setPod(one)
    for (const one of informers.for(pod).list()) if (waiting(one)) queue.add(keyOf(one))
  }

  const { lease } = options
  const holder = `${options.host}_${sim.random("scheduler-identity").uuid()}`
  const election = lease === undefined ? undefined : elect({ sim, client, name: lease, identity: holder, releaseOnStop: true, lead })
  if (!election) sim.schedule(0, lead)

  return {
    name: "kube-scheduler",
    stop() {
      election?.stop()
      queue?.stop()
      informers.stop()
    },
  }
}
