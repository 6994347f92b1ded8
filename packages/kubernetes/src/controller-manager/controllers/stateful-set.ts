/** statefulset-controller: Pods with a number, made and taken away in order. As pkg/controller/statefulset. */
import { type ControllerRevision, controllerRevision, type Pod, pod, type StatefulSet, statefulSet } from "../../api/index.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { StatusError } from "../../apimachinery/status.ts"
import { editable } from "../../client/client.ts"
import { defineController, type ReconcileContext } from "../define-controller.ts"
import { availableIn, isReady } from "../pod-readiness.ts"
import { scaledValue } from "../int-or-percent.ts"
import { claimPods } from "../replicas.ts"
import { fitsOwner, presentRevision, REVISION_LABEL, templateOf, truncateRevisions } from "../revisions.ts"
import { applyRetention, claimIsStale, claimsOf, createClaims, keepScaledClaims } from "../stateful-claims.ts"
import { controllerReference } from "../owners.ts"

const POD_NAME = "statefulset.kubernetes.io/pod-name"
const POD_INDEX = "apps.kubernetes.io/pod-index"

const ordinalOf = (set: StatefulSet, { metadata: { name } }: Pod): number => {
  const prefix = `${set.metadata.name}-`
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : ""
  return /^\d+$/.test(rest) ? Number(rest) : -1
}

const revisionName = (one: Pod): string => ((one.metadata.labels ?? {}) as Record<string, string>)[REVISION_LABEL] ?? ""
const terminating = (one: Pod): boolean => one.metadata.deletionTimestamp !== undefined
const ended = (one: Pod): boolean => ["Failed", "Succeeded"].includes(one.status.phase ?? "")
const runningAndReady = (one: Pod): boolean => one.status.phase === "Running" && isReady(one)
const healthy = (one: Pod): boolean => runningAndReady(one) && !terminating(one)

class Sync {
  readonly set: StatefulSet
  readonly context: ReconcileContext
  readonly current: ControllerRevision
  readonly update: ControllerRevision
  readonly monotonic: boolean
  readonly first: number
  readonly last: number
  readonly pods: readonly Pod[]
  readonly made: Pod[] = []
  requeueAfter: number | undefined

  constructor(set: StatefulSet, context: ReconcileContext, pods: readonly Pod[], current: ControllerRevision, update: ControllerRevision) {
    this.set = set
    this.context = context
    this.current = current
    this.update = update
    this.pods = pods
    this.monotonic = set.spec.podManagementPolicy !== "Parallel"
    this.first = set.spec.ordinals?.start ?? 0
    this.last = this.first + (set.spec.replicas ?? 1) - 1
  }

  available(one: Pod): boolean {
    if (!runningAndReady(one)) return false
    const wait = availableIn(one, this.set.spec.minReadySeconds ?? 0, this.context.now()) ?? 0
    if (wait > 0) this.requeueAfter = Math.min(this.requeueAfter ?? wait, wait)
    return wait === 0
  }

  /** Ordinals below the partition (or not yet rolled) come back with the template that they had. */
  revisionFor(ordinal: number): ControllerRevision {
    const { type, rollingUpdate } = this.set.spec.updateStrategy ?? {}
    if (type !== "RollingUpdate") return this.update
    const kept = rollingUpdate?.partition === undefined ? (this.set.status.currentReplicas ?? 0) : rollingUpdate.partition
    return ordinal < this.first + kept ? this.current : this.update
  }

  create(ordinal: number): void {
    const { set, context } = this
    const { client, events } = context
    const revision = this.revisionFor(ordinal)
    const template = (revision === this.update ? editable(set.spec.template) : templateOf(revision)) as unknown as {
      metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
      spec: { volumes?: { name: string }[] } & Record<string, unknown>
    }
    const name = `${set.metadata.name}-${ordinal}`
    const claims = claimsOf(set, name)
    try {
      createClaims(set, name, ordinal, context)
      const made = client.create(pod, {
        apiVersion: "v1",
        kind: "Pod",
        metadata: {
          name,
          generateName: `${set.metadata.name}-`,
          namespace: set.metadata.namespace,
          labels: {
            ...template.metadata?.labels,
            [POD_INDEX]: String(ordinal),
            [REVISION_LABEL]: revision.metadata.name,
            [POD_NAME]: name,
          },
          ...(template.metadata?.annotations && { annotations: template.metadata.annotations }),
          ownerReferences: [controllerReference(set, set)],
        },
        spec: {
          ...template.spec,
          hostname: name,
          subdomain: set.spec.serviceName,
          volumes: [
            ...claims.map(({ template: { name: volume }, name: claimName }) => ({ name: volume, persistentVolumeClaim: { claimName } })),
            ...(template.spec.volumes ?? []).filter((volume) => !claims.some((claim) => claim.template.name === volume.name)),
          ],
        },
      } as never)
      this.made.push(made)
      events.event(set as never, "Normal", "SuccessfulCreate", `Create Pod ${name} in StatefulSet ${set.metadata.name} successful`)
    } catch (error) {
      if (error instanceof StatusError && error.reason === "AlreadyExists") return
      if (error instanceof StatusError)
        events.event(
          set as never,
          "Warning",
          "FailedCreate",
          `create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${error.message}`,
        )
      throw error
    }
  }

  delete(one: Pod): void {
    const { set, context } = this
    context.client.delete(pod, one.metadata as never, { uid: one.metadata.uid })
    context.events.event(
      set as never,
      "Normal",
      "SuccessfulDelete",
      `delete Pod ${one.metadata.name} in StatefulSet ${set.metadata.name} successful`,
    )
  }

  run(): void {
    const { set, monotonic } = this
    const byOrdinal = new Map(this.pods.map((one) => [ordinalOf(set, one), one]))
    const condemned = this.pods
      .filter((one) => ordinalOf(set, one) < this.first || ordinalOf(set, one) > this.last)
      .sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a))
    const present: Pod[] = []
    for (let ordinal = this.first; ordinal <= this.last; ordinal++) {
      const one = byOrdinal.get(ordinal)
      if (!one) {
        if (claimIsStale(set, `${set.metadata.name}-${ordinal}`, this.context)) return
        this.create(ordinal)
        if (monotonic) return
        continue
      }
      present.push(one)
      if (ended(one)) {
        if (!terminating(one)) this.delete(one)
        return
      }
      if (one.status.phase === "Pending") createClaims(set, one.metadata.name, ordinal, this.context)
      if (monotonic && (terminating(one) || !this.available(one))) return
    }
    keepScaledClaims(set, present, condemned, this.context)
    const firstUnhealthy = [...present, ...[...condemned].reverse()].find((one) => !healthy(one))
    for (const one of condemned) {
      if (terminating(one)) {
        if (monotonic) return
        continue
      }
      if (monotonic && !this.available(one) && one !== firstUnhealthy) return
      this.delete(one)
      if (monotonic) return
    }
    if (set.spec.updateStrategy?.type === "OnDelete") return
    this.roll(present)
  }

  /** From the highest ordinal down to the partition, as many at a time as may be unavailable. */
  roll(present: readonly Pod[]): void {
    const { rollingUpdate } = this.set.spec.updateStrategy ?? {}
    const partition = this.first + (rollingUpdate?.partition ?? 0)
    const allowed =
      rollingUpdate?.maxUnavailable === undefined
        ? 1
        : Math.max(1, scaledValue(rollingUpdate.maxUnavailable, this.set.spec.replicas ?? 1, false))
    if (allowed > 1) return this.rollSeveral(present, partition, allowed)
    for (const one of [...present].reverse()) {
      if (ordinalOf(this.set, one) < partition) return
      if (revisionName(one) !== this.update.metadata.name && !terminating(one)) return this.delete(one)
      if (!healthy(one) || !this.available(one)) return
    }
  }

  /** MaxUnavailableStatefulSet: what is away already counts, wherever it is above the partition. */
  rollSeveral(present: readonly Pod[], partition: number, allowed: number): void {
    const above = [...present].reverse().filter((one) => ordinalOf(this.set, one) >= partition)
    const missing = this.first + (this.set.spec.replicas ?? 1) - partition - above.length
    let left = allowed - missing - above.filter((one) => !healthy(one) || !this.available(one)).length
    for (const one of above) {
      if (left <= 0) return
      if (revisionName(one) === this.update.metadata.name || terminating(one)) continue
      this.delete(one)
      left--
    }
  }

  status(collisions: number): StatefulSet["status"] {
    const { set, current, update } = this
    const all = [...this.pods.filter((one) => !this.made.some(({ metadata }) => metadata.uid === one.metadata.uid)), ...this.made]
    const live = all.filter((one) => !terminating(one))
    const of = (revision: ControllerRevision) => live.filter((one) => revisionName(one) === revision.metadata.name).length
    const ready = all.filter(runningAndReady).length
    const status = {
      observedGeneration: set.metadata.generation,
      replicas: all.length,
      readyReplicas: ready,
      availableReplicas: all.filter((one) => this.available(one)).length,
      currentReplicas: of(current),
      updatedReplicas: of(update),
      currentRevision: current.metadata.name,
      updateRevision: update.metadata.name,
      collisionCount: collisions,
    }
    if (
      set.spec.updateStrategy?.type === "RollingUpdate" &&
      status.updatedReplicas === status.replicas &&
      status.readyReplicas === status.replicas
    ) {
      status.currentReplicas = status.updatedReplicas
      status.currentRevision = update.metadata.name
    }
    const shown = Object.entries(status).filter(
      ([key, value]) => value !== 0 || key === "replicas" || key === "availableReplicas" || key === "collisionCount",
    )
    return Object.fromEntries(shown) as never
  }
}

export const statefulSetController = defineController({
  name: "statefulset-controller",
  for: statefulSet,
  owns: [pod as never, controllerRevision as never],
  reconcile(object, context) {
    if (!object) return
    const pods = claimPods(object as never, fitsOwner(object as never), context).filter((one) => ordinalOf(object, one) >= 0)
    applyRetention(object, pods, context)
    if (object.metadata.deletionTimestamp) return
    const { update, all, collisions } = presentRevision(object as never, context, { collisions: object.status.collisionCount ?? 0 })
    const current = all.find(({ metadata }) => metadata.name === object.status.currentRevision) ?? update
    const sync = new Sync(object, context, pods, current, update)
    let failure: unknown
    try {
      sync.run()
    } catch (error) {
      failure = error
    }
    const next = editable(object)
    next.status = { ...sync.status(collisions), ...(object.status.conditions && { conditions: object.status.conditions }) } as never
    if (!deepEqual(next.status, object.status)) context.client.updateStatus(statefulSet, next)
    truncateRevisions(object as never, all, new Set([current.metadata.name, update.metadata.name, ...pods.map(revisionName)]), context)
    if (failure) throw failure
    return sync.requeueAfter === undefined ? undefined : { requeueAfter: sync.requeueAfter }
  },
})
