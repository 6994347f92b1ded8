/** daemonset-controller: one Pod on each node that will have it. As pkg/controller/daemon. */
import { controllerRevision, type DaemonSet, daemonSet, type Node, node, type Pod, pod } from "../../api/index.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { editable } from "../../client/client.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import { matchesTerm, type NodeTerm } from "../../scheduler/node-terms.ts"
import { tolerates } from "../../scheduler/taints.ts"
import { defineController, type ReconcileContext } from "../define-controller.ts"
import { scaledValue } from "../int-or-percent.ts"
import { availableIn, isActive, isReady } from "../pod-readiness.ts"
import { claimPods, podFromTemplate } from "../replicas.ts"
import { presentRevision, REVISION_LABEL, truncateRevisions } from "../revisions.ts"
import { templateHash } from "../template-hash.ts"

/** Tolerations that every daemon gets. As pkg/controller/daemon/util/daemonset_util.go AddOrUpdateDaemonPodTolerations. */
const TOLERATIONS = [
  { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute" },
  { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute" },
  { key: "node.kubernetes.io/disk-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/memory-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/pid-pressure", operator: "Exists", effect: "NoSchedule" },
  { key: "node.kubernetes.io/unschedulable", operator: "Exists", effect: "NoSchedule" },
] as const

const GENERATION_LABEL = "pod-template-generation"

const targetNode = (one: Pod): string | undefined =>
  one.spec.nodeName ??
  (one.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms?.[0]?.matchFields?.[0]?.values?.[0] as
    | string
    | undefined)

interface Template {
  metadata?: { labels?: Record<string, string> }
  spec: Record<string, unknown> & {
    tolerations?: unknown[]
    nodeSelector?: Record<string, string>
    hostNetwork?: boolean
    affinity?: { nodeAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: readonly NodeTerm[] } } }
  }
}

class Sync {
  readonly object: DaemonSet
  readonly context: ReconcileContext
  readonly hash: string
  readonly template: Template
  readonly byNode = new Map<string, Pod[]>()
  /** Nodes that are to run a daemon. */
  readonly wanted: Node[] = []
  readonly #own: readonly Pod[]
  #misscheduled = 0
  requeueAfter: number | undefined

  constructor(object: DaemonSet, context: ReconcileContext) {
    this.object = object
    this.context = context
    this.hash = templateHash(object.spec.template, object.status.collisionCount)
    this.template = editable(object.spec.template) as unknown as Template
    const { template } = this
    const annotations = (object.metadata.annotations ?? {}) as Record<string, string>
    const generation = { [GENERATION_LABEL]: annotations["deprecated.daemonset.template.generation"] ?? "1" }
    template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, ...generation, [REVISION_LABEL]: this.hash } }
    template.spec.tolerations = [
      ...(template.spec.tolerations ?? []),
      ...TOLERATIONS,
      ...(template.spec.hostNetwork ? [{ key: "node.kubernetes.io/network-unavailable", operator: "Exists", effect: "NoSchedule" }] : []),
    ]
    this.#own = claimPods(object as never, (labels) => selectorMatches(object.spec.selector as never, labels as never), context)
    for (const one of this.#own) {
      const name = targetNode(one) ?? ""
      this.byNode.set(name, [...(this.byNode.get(name) ?? []), one])
    }
  }

  #tolerates(taint: { key: string; effect: string; value?: string }): boolean {
    return tolerates(this.template.spec.tolerations as never, taint)
  }

  /** As NodeShouldRunDaemonPod: whether a new Pod may come, and whether one that is there may stay. */
  #verdict(one: Node): { run: boolean; stay: boolean } {
    const { spec } = this.template
    const labels = (one.metadata.labels ?? {}) as Record<string, string>
    const selected = Object.entries(spec.nodeSelector ?? {}).every(([key, value]) => labels[key] === value)
    const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
    const chosen = selected && (!required || required.nodeSelectorTerms.some((term) => matchesTerm(term, one)))
    const taints = (one.spec.taints ?? []).filter((taint) => !this.#tolerates(taint))
    return {
      run: chosen && taints.every(({ effect }) => effect === "PreferNoSchedule"),
      stay: chosen && taints.every(({ effect }) => effect !== "NoExecute"),
    }
  }

  #delete(one: Pod, told = true): void {
    this.context.client.delete(pod, one.metadata as never)
    if (told) this.context.events.event(this.object as never, "Normal", "SuccessfulDelete", `Deleted pod: ${one.metadata.name}`)
  }

  #create(name: string): void {
    const made = editable(podFromTemplate(this.template as never, this.object as never)) as unknown as { spec: { affinity?: unknown } }
    made.spec.affinity = {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchFields: [{ key: "metadata.name", operator: "In", values: [name] }] }],
        },
      },
    }
    const created = this.context.client.create(pod, made as never)
    this.context.events.event(this.object as never, "Normal", "SuccessfulCreate", `Created pod: ${created.metadata.name}`)
  }

  isNew(one: Pod): boolean {
    return (one.metadata.labels as Record<string, string> | undefined)?.[REVISION_LABEL] === this.hash
  }

  available(one: Pod): boolean {
    const wait = availableIn(one, this.object.spec.minReadySeconds ?? 0, this.context.now())
    if (wait !== undefined && wait > 0) this.requeueAfter = Math.min(this.requeueAfter ?? wait, wait)
    return wait === 0
  }

  active(name: string): Pod[] {
    return (this.byNode.get(name) ?? []).filter(isActive)
  }

  get #surge(): number {
    return scaledValue(this.object.spec.updateStrategy?.rollingUpdate?.maxSurge, this.wanted.length, true)
  }

  /** One Pod on each node that is to have one, none on the others. */
  place(): void {
    const { object, context } = this
    const nodes = context.informers.for(node).list()
    for (const one of nodes) {
      const { name } = one.metadata
      const { run, stay } = this.#verdict(one)
      const active = this.active(name)
      if (!run) {
        if (active.length > 0) this.#misscheduled++
        if (!stay) for (const surplus of active) this.#delete(surplus, false)
        continue
      }
      this.wanted.push(one)
      const pods = this.byNode.get(name) ?? []
      for (const failed of pods.filter((existing) => existing.status.phase === "Failed" && !existing.metadata.deletionTimestamp)) {
        const text = `Found failed daemon pod ${failed.metadata.namespace}/${failed.metadata.name} on node ${name}, will try to kill it`
        context.events.event(object as never, "Warning", "FailedDaemonPod", text)
        this.#delete(failed, false)
      }
      // While one goes, the next waits.
      if (active.length === 0 && !pods.some((existing) => existing.metadata.deletionTimestamp)) this.#create(name)
      const [, ...others] = active.filter((existing) => this.isNew(existing))
      for (const surplus of others) this.#delete(surplus)
    }
    for (const [name, pods] of this.byNode)
      if (name !== "" && !nodes.some((one) => one.metadata.name === name))
        for (const lost of pods.filter(isActive)) this.#delete(lost, false)
  }

  /** Replaces old Pods, as many at a time as may be missing, or as may be there twice. As update.go rollingUpdate. */
  roll(): void {
    const surge = this.#surge
    const allowed = scaledValue(this.object.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1, this.wanted.length, true)
    let unavailable = 0
    let doubled = 0
    const candidates: { name: string; old: Pod; fresh: Pod | undefined }[] = []
    for (const { metadata } of this.wanted) {
      const active = this.active(metadata.name)
      const fresh = active.find((one) => this.isNew(one))
      const old = active.find((one) => !this.isNew(one))
      if (!active.some((one) => this.available(one))) unavailable++
      if (fresh && old) doubled++
      if (old) candidates.push({ name: metadata.name, old, fresh })
    }
    for (const { name, old, fresh } of candidates)
      if (surge > 0) {
        if (fresh ? this.available(fresh) : !this.available(old)) this.#delete(old)
        if (!fresh && doubled < surge) {
          this.#create(name)
          doubled++
        }
      } else if (!this.available(old)) this.#delete(old)
      else if (unavailable < allowed) {
        this.#delete(old)
        unavailable++
      }
  }

  report(): void {
    const { object, context } = this
    const { all, update } = presentRevision(object as never, context, { collisions: 0, hash: this.hash })
    const counts = { current: 0, ready: 0, available: 0, updated: 0 }
    for (const { metadata } of this.wanted) {
      const active = this.active(metadata.name)
      if (active.length === 0) continue
      counts.current++
      const best = active.find((one) => this.isNew(one)) ?? active[0]
      if (active.some(isReady)) counts.ready++
      if (active.some((one) => this.available(one))) counts.available++
      if (this.isNew(best)) counts.updated++
    }
    const desired = this.wanted.length
    const status = {
      currentNumberScheduled: counts.current,
      desiredNumberScheduled: desired,
      numberMisscheduled: this.#misscheduled,
      numberReady: counts.ready,
      ...(counts.updated > 0 && { updatedNumberScheduled: counts.updated }),
      ...(counts.available > 0 && { numberAvailable: counts.available }),
      ...(desired > counts.available && { numberUnavailable: desired - counts.available }),
      observedGeneration: object.metadata.generation,
    }
    if (!deepEqual(status, object.status)) context.client.updateStatus(daemonSet, { ...editable(object), status } as never)
    const live = new Set([
      update.metadata.name,
      ...this.#own.map(
        ({ metadata }) => `${object.metadata.name}-${(metadata.labels as Record<string, string> | undefined)?.[REVISION_LABEL]}`,
      ),
    ])
    truncateRevisions(object as never, all, live, context)
  }
}

export const daemonSetController = defineController({
  name: "daemonset-controller",
  for: daemonSet,
  owns: [pod as never, controllerRevision as never],
  triggers: [
    {
      kind: node as never,
      keys: (change, { informers }) => {
        // A heartbeat changes nothing that a daemon set asks about.
        const [before, after] = [change.old as unknown as Node | undefined, change.object as unknown as Node]
        if (
          change.type === "modified" &&
          before &&
          JSON.stringify(before.spec) === JSON.stringify(after.spec) &&
          JSON.stringify(before.metadata.labels) === JSON.stringify(after.metadata.labels)
        )
          return []
        return informers
          .for(daemonSet)
          .list()
          .map(({ metadata }) => ({ namespace: metadata.namespace as string, name: metadata.name }))
      },
    },
  ],
  reconcile(object, context) {
    if (!object || object.metadata.deletionTimestamp) return
    const sync = new Sync(object, context)
    sync.place()
    if (object.spec.updateStrategy?.type !== "OnDelete") sync.roll()
    sync.report()
    return sync.requeueAfter === undefined ? undefined : { requeueAfter: sync.requeueAfter }
  },
})
