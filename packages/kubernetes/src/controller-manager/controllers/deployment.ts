/** deployment-controller: one ReplicaSet a template, scaled up and down against each other. As pkg/controller/deployment. */
import { type Deployment, deployment, type ReplicaSet, replicaSet } from "../../api/index.ts"
import { editable } from "../../client/client.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { formatTime } from "../../apimachinery/object.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import { scaledValue } from "../int-or-percent.ts"
import { defineController, type ReconcileContext, type ReconcileResult } from "../define-controller.ts"
import { BY_OWNER, controllerOf, controllerReference } from "../owners.ts"
import { templateHash } from "../template-hash.ts"

const REVISION = "deployment.kubernetes.io/revision"
const DESIRED = "deployment.kubernetes.io/desired-replicas"
const MAXIMUM = "deployment.kubernetes.io/max-replicas"
const HASH = "pod-template-hash"
/** Annotations that stay the Deployment's own. As pkg/controller/deployment/util/deployment_util.go annotationsToSkip. */
const SKIPPED = [
  "kubectl.kubernetes.io/last-applied-configuration",
  REVISION,
  DESIRED,
  MAXIMUM,
  "deployment.kubernetes.io/revision-history",
  "deprecated.deployment.rollback.to",
]

const annotation = (object: { metadata: { annotations?: unknown } }, key: string): string | undefined =>
  (object.metadata.annotations as Record<string, string> | undefined)?.[key]
const revisionOf = (rs: ReplicaSet): number => Number(annotation(rs, REVISION) ?? 0)

const withoutHash = (template: object | undefined): unknown => {
  const { metadata, ...rest } = (template ?? {}) as { metadata?: { labels?: Record<string, string> } }
  if (!metadata?.labels) return template
  const { [HASH]: _, ...labels } = metadata.labels
  return { ...rest, metadata: { ...metadata, labels } }
}

/** EqualIgnoreHash in pkg/controller/deployment/util. */
const sameTemplate = (a: object | undefined, b: object | undefined): boolean => deepEqual(withoutHash(a), withoutHash(b))

const limits = (object: Deployment): { surge: number; unavailable: number } => {
  const wanted = object.spec.replicas ?? 1
  if (object.spec.strategy?.type === "Recreate") return { surge: 0, unavailable: 0 }
  const surge = scaledValue(object.spec.strategy?.rollingUpdate?.maxSurge, wanted, true)
  const unavailable = scaledValue(object.spec.strategy?.rollingUpdate?.maxUnavailable, wanted, false)
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : Math.min(unavailable, wanted) }
}

const replicas = (rs: ReplicaSet): number => rs.spec.replicas ?? 0

interface Condition {
  type: string
  status: string
  lastUpdateTime: string
  lastTransitionTime: string
  reason?: string
  message?: string
}

/** As SetDeploymentCondition: what changes goes to the end; who says the same again is not heard. */
class Conditions {
  all: Condition[]
  readonly #time: string

  constructor(object: Deployment, now: number) {
    this.all = [...((object.status.conditions ?? []) as unknown as Condition[])]
    this.#time = formatTime(now)
  }

  put(next: Condition): void {
    const old = this.all.find(({ type }) => type === next.type)
    if (old && old.status === next.status && old.reason === next.reason) return
    const { lastTransitionTime } = old?.status === next.status ? old : next
    this.all = [...this.all.filter((one) => one !== old), { ...next, lastTransitionTime }]
  }

  set(type: string, status: string, reason: string, message: string): void {
    this.put({ type, status, lastUpdateTime: this.#time, lastTransitionTime: this.#time, reason, message })
  }

  /** Says it again, with the present time. */
  touch(type: string, reason: string, message: string): void {
    const old = this.all.find((one) => one.type === type)
    this.drop(type)
    const lastTransitionTime = old?.status === "True" ? old.lastTransitionTime : this.#time
    this.all.push({ type, status: "True", lastUpdateTime: this.#time, lastTransitionTime, reason, message })
  }

  drop(type: string): void {
    this.all = this.all.filter((one) => one.type !== type)
  }
}

class Sync {
  readonly object: Deployment
  readonly context: ReconcileContext
  all: ReplicaSet[]

  constructor(object: Deployment, context: ReconcileContext) {
    this.object = object
    this.context = context
    const sets = context.informers.for(replicaSet)
    this.all = [...sets.byIndex(BY_OWNER, object.metadata.uid)]
    for (const orphan of sets.list({ namespace: object.metadata.namespace as string }))
      if (
        !controllerOf(orphan) &&
        !orphan.metadata.deletionTimestamp &&
        selectorMatches(object.spec.selector as never, orphan.metadata.labels as never)
      )
        this.all.push(
          context.client.patch(
            replicaSet,
            orphan.metadata as never,
            { metadata: { ownerReferences: [controllerReference(deployment, object)] } },
            { type: "merge" },
          ),
        )
    this.all.sort((a, b) =>
      a.metadata.creationTimestamp < b.metadata.creationTimestamp
        ? -1
        : a.metadata.creationTimestamp > b.metadata.creationTimestamp
          ? 1
          : revisionOf(a) - revisionOf(b),
    )
  }

  get current(): ReplicaSet | undefined {
    return this.all.find((rs) => sameTemplate(rs.spec.template, this.object.spec.template))
  }

  old(current: ReplicaSet | undefined): ReplicaSet[] {
    return this.all.filter((rs) => rs !== current)
  }

  #replace(rs: ReplicaSet): ReplicaSet {
    this.all = this.all.map((one) => (one.metadata.uid === rs.metadata.uid ? rs : one))
    return rs
  }

  scale(rs: ReplicaSet, to: number): ReplicaSet {
    const from = replicas(rs)
    const wanted = this.object.spec.replicas ?? 1
    const next = editable(rs)
    next.spec.replicas = to
    next.metadata.annotations = {
      ...(next.metadata.annotations as object),
      [DESIRED]: String(wanted),
      [MAXIMUM]: String(wanted + limits(this.object).surge),
    } as never
    const updated = this.#replace(this.context.client.update(replicaSet, next))
    if (from !== to)
      this.context.events.event(
        this.object as never,
        "Normal",
        "ScalingReplicaSet",
        `Scaled ${to > from ? "up" : "down"} replica set ${rs.metadata.name} from ${from} to ${to}`,
      )
    return updated
  }

  /** The ReplicaSet of the present template, made when there is none. */
  ensureCurrent(create: boolean): ReplicaSet | undefined {
    const { object, context } = this
    const existing = this.current
    const highest = Math.max(0, ...this.old(existing).map(revisionOf))
    const inherited = Object.fromEntries(
      Object.entries((object.metadata.annotations ?? {}) as Record<string, string>).filter(([key]) => !SKIPPED.includes(key)),
    )
    let rs = existing
    if (rs) {
      const own = (rs.metadata.annotations ?? {}) as Record<string, string>
      const outdated = revisionOf(rs) <= highest && this.old(rs).length > 0
      if (outdated || Object.entries(inherited).some(([key, value]) => own[key] !== value)) {
        const next = editable(rs)
        next.metadata.annotations = { ...own, ...inherited, ...(outdated && { [REVISION]: String(highest + 1) }) } as never
        rs = this.#replace(context.client.update(replicaSet, next))
      }
    } else if (create) {
      const hash = templateHash(object.spec.template, object.status.collisionCount)
      const template = editable(object.spec.template) as { metadata?: { labels?: Record<string, string> } }
      template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, [HASH]: hash } }
      const wanted = object.spec.replicas ?? 1
      const room = Math.max(0, wanted + limits(object).surge - this.all.reduce((sum, one) => sum + replicas(one), 0))
      const first = object.spec.strategy?.type === "Recreate" ? wanted : Math.min(wanted, room)
      rs = context.client.create(replicaSet, {
        apiVersion: "apps/v1",
        kind: "ReplicaSet",
        metadata: {
          name: `${object.metadata.name}-${hash}`,
          namespace: object.metadata.namespace,
          labels: template.metadata.labels as never,
          annotations: {
            ...inherited,
            [DESIRED]: String(wanted),
            [MAXIMUM]: String(wanted + limits(object).surge),
            [REVISION]: String(highest + 1),
          } as never,
          ownerReferences: [controllerReference(deployment, object)],
        },
        spec: {
          replicas: first,
          minReadySeconds: object.spec.minReadySeconds,
          selector: { ...object.spec.selector, matchLabels: { ...object.spec.selector.matchLabels, [HASH]: hash } as never },
          template: template as never,
        },
      })
      this.all.push(rs)
      if (first > 0)
        context.events.event(object as never, "Normal", "ScalingReplicaSet", `Scaled up replica set ${rs.metadata.name} from 0 to ${first}`)
    }
    if (!rs) return rs
    // The Deployment's own revision, and its first word on how the rollout goes.
    const conditions = new Conditions(object, context.now())
    if (object.spec.progressDeadlineSeconds !== undefined) {
      const progressing = conditions.all.some(({ type }) => type === "Progressing")
      if (!existing) conditions.set("Progressing", "True", "NewReplicaSetCreated", `Created new replica set "${rs.metadata.name}"`)
      else if (!progressing) conditions.set("Progressing", "True", "FoundNewReplicaSet", `Found new replica set "${rs.metadata.name}"`)
    }
    if (annotation(object, REVISION) !== annotation(rs, REVISION) || !deepEqual(conditions.all, object.status.conditions ?? [])) {
      const next = editable(object)
      next.metadata.annotations = { ...(next.metadata.annotations as object), [REVISION]: annotation(rs, REVISION) } as never
      if (conditions.all.length > 0) next.status.conditions = conditions.all as never
      ;(this as { object: Deployment }).object = context.client.updateStatus(deployment, next)
    }
    return rs
  }

  /** Scaling while nothing rolls: proportional over the ReplicaSets that have Pods. */
  scaleAll(current: ReplicaSet | undefined): void {
    const active = this.all.filter((rs) => replicas(rs) > 0)
    const wanted = this.object.spec.replicas ?? 1
    const only = active.length === 1 ? active[0] : active.length === 0 ? current : undefined
    if (only) {
      if (replicas(only) !== wanted) this.scale(only, wanted)
      return
    }
    if (this.object.spec.strategy?.type === "Recreate") return
    const allowed = wanted > 0 ? wanted + limits(this.object).surge : 0
    let toAdd = allowed - active.reduce((sum, rs) => sum + replicas(rs), 0)
    const before = Number(annotation(active[0] ?? {}, MAXIMUM) ?? allowed) || allowed
    for (const rs of [...active].sort((a, b) => replicas(b) - replicas(a))) {
      if (toAdd === 0) break
      const share = Math.round((replicas(rs) * allowed) / before) - replicas(rs)
      const change = toAdd > 0 ? Math.min(Math.max(share, 0), toAdd) : Math.max(Math.min(share, 0), toAdd)
      if (change !== 0) this.scale(rs, replicas(rs) + change)
      toAdd -= change
    }
  }

  rolling(): void {
    const current = this.ensureCurrent(true) as ReplicaSet
    const wanted = this.object.spec.replicas ?? 1
    const { surge, unavailable } = limits(this.object)
    const total = () => this.all.reduce((sum, rs) => sum + replicas(rs), 0)
    const fresh = () => this.all.find((rs) => rs.metadata.uid === current.metadata.uid) as ReplicaSet
    if (replicas(fresh()) > wanted) return void this.scale(fresh(), wanted)
    if (replicas(fresh()) < wanted) {
      const room = wanted + surge - total()
      if (room > 0) {
        this.scale(fresh(), Math.min(wanted, replicas(fresh()) + room))
        return
      }
    }
    const minimum = wanted - unavailable
    const old = () => this.all.filter((rs) => rs.metadata.uid !== current.metadata.uid && replicas(rs) > 0)
    if (old().length === 0) return
    const newUnavailable = replicas(fresh()) - (fresh().status.availableReplicas ?? 0)
    let removable = total() - minimum - newUnavailable
    if (removable <= 0) return
    // Unhealthy old Pods first: they serve nobody.
    for (const rs of old()) {
      if (removable <= 0) break
      const unhealthy = replicas(rs) - (rs.status.availableReplicas ?? 0)
      const down = Math.min(removable, unhealthy)
      if (down <= 0) continue
      this.scale(rs, replicas(rs) - down)
      removable -= down
    }
    const available = this.all.reduce((sum, rs) => sum + (rs.status.availableReplicas ?? 0), 0)
    let spare = available - minimum
    for (const rs of old()) {
      if (spare <= 0) break
      const down = Math.min(replicas(rs), spare)
      this.scale(rs, replicas(rs) - down)
      spare -= down
    }
  }

  recreate(): void {
    const current = this.current
    const active = this.old(current).filter((rs) => replicas(rs) > 0)
    if (active.length > 0) {
      for (const rs of active) this.scale(rs, 0)
      return
    }
    if (this.old(current).some((rs) => (rs.status.replicas ?? 0) > 0)) return
    const rs = this.ensureCurrent(true) as ReplicaSet
    if (replicas(rs) !== (this.object.spec.replicas ?? 1)) this.scale(rs, this.object.spec.replicas ?? 1)
  }

  cleanUp(current: ReplicaSet | undefined): void {
    const limit = this.object.spec.revisionHistoryLimit ?? 10
    const old = this.old(current).filter((rs) => replicas(rs) === 0 && (rs.status.replicas ?? 0) === 0 && !rs.metadata.deletionTimestamp)
    for (const rs of old.sort((a, b) => revisionOf(a) - revisionOf(b)).slice(0, Math.max(0, old.length - limit)))
      this.context.client.delete(replicaSet, rs.metadata as never)
  }

  /** As checkPausedConditions: pausing and resuming show as conditions, and start the deadline anew. */
  notePause(): void {
    const { object, context } = this
    if (object.spec.progressDeadlineSeconds === undefined) return
    const progressing = (object.status.conditions ?? []).find(({ type }) => type === "Progressing")
    if (progressing?.reason === "ProgressDeadlineExceeded") return
    const paused = progressing?.reason === "DeploymentPaused"
    if (paused === (object.spec.paused ?? false)) return
    const conditions = new Conditions(object, context.now())
    if (paused) conditions.set("Progressing", "Unknown", "DeploymentResumed", "Deployment is resumed")
    else conditions.set("Progressing", "Unknown", "DeploymentPaused", "Deployment is paused")
    this.#write({ ...object.status, conditions: conditions.all })
  }

  #write(status: object): void {
    if (!deepEqual(status, this.object.status))
      (this as { object: Deployment }).object = this.context.client.updateStatus(deployment, { ...this.object, status })
  }

  /** As calculateStatus; `rollout`: and syncRolloutStatus, which says how far it is. */
  status(rollout: boolean): ReconcileResult | undefined {
    const { object, context } = this
    const current = this.current
    const sum = (pick: (rs: ReplicaSet) => number | undefined) => this.all.reduce((total, rs) => total + (pick(rs) ?? 0), 0)
    const wanted = object.spec.replicas ?? 1
    const total = sum((rs) => rs.status.replicas)
    const available = sum((rs) => rs.status.availableReplicas)
    const ready = sum((rs) => rs.status.readyReplicas)
    const updated = current?.status.replicas ?? 0
    const unavailable = Math.max(0, sum(replicas) - available)
    const conditions = new Conditions(object, context.now())
    if (available >= wanted - limits(object).unavailable)
      conditions.set("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    else conditions.set("Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    let requeueAfter: number | undefined
    const name = current?.metadata.name
    const before = object.status
    const progressing = (before.conditions ?? []).find(({ type }) => type === "Progressing") as Condition | undefined
    if (rollout) {
      const deadline = object.spec.progressDeadlineSeconds
      if (deadline === undefined) conditions.drop("Progressing")
      else if (!(total === updated && progressing?.reason === "NewReplicaSetAvailable")) {
        const progressed =
          updated > (before.updatedReplicas ?? 0) ||
          total - updated < (before.replicas ?? 0) - (before.updatedReplicas ?? 0) ||
          ready > (before.readyReplicas ?? 0) ||
          available > (before.availableReplicas ?? 0)
        if (updated === wanted && total === wanted && available === wanted)
          conditions.set("Progressing", "True", "NewReplicaSetAvailable", `ReplicaSet "${name}" has successfully progressed.`)
        else if (progressed) conditions.touch("Progressing", "ReplicaSetUpdated", `ReplicaSet "${name}" is progressing.`)
        else if (progressing && progressing.reason !== "NewReplicaSetAvailable") {
          const left = Date.parse(progressing.lastUpdateTime) + deadline * 1_000 - context.now()
          if (progressing.reason === "ProgressDeadlineExceeded" || left < 0)
            conditions.set("Progressing", "False", "ProgressDeadlineExceeded", `ReplicaSet "${name}" has timed out progressing.`)
          else requeueAfter = left + 1_000
        }
      }
      const failures = [current, ...this.all].flatMap(
        (rs) => (rs?.status.conditions ?? []) as unknown as (Omit<Condition, "lastUpdateTime"> & { lastTransitionTime: string })[],
      )
      const failure = failures.find(({ type }) => type === "ReplicaFailure")
      if (failure) conditions.put({ ...failure, lastUpdateTime: failure.lastTransitionTime })
      else conditions.drop("ReplicaFailure")
    }
    const terminating = this.all.every(({ status }) => status.terminatingReplicas !== undefined)
    this.#write({
      observedGeneration: object.metadata.generation,
      ...(total > 0 && { replicas: total }),
      ...(updated > 0 && { updatedReplicas: updated }),
      ...(ready > 0 && { readyReplicas: ready }),
      ...(available > 0 && { availableReplicas: available }),
      ...(unavailable > 0 && { unavailableReplicas: unavailable }),
      ...(terminating && { terminatingReplicas: sum((rs) => rs.status.terminatingReplicas) }),
      ...(object.status.collisionCount !== undefined && { collisionCount: object.status.collisionCount }),
      ...(conditions.all.length > 0 && { conditions: conditions.all }),
    })
    return requeueAfter === undefined ? undefined : { requeueAfter }
  }
}

export const deploymentController = defineController({
  name: "deployment-controller",
  for: deployment,
  owns: [replicaSet as never],
  reconcile(object, context) {
    if (!object) return
    const sync = new Sync(object, context)
    if (object.metadata.deletionTimestamp) return sync.status(false)
    sync.notePause()
    const scaling = sync.all.some(
      (rs) => replicas(rs) > 0 && annotation(rs, DESIRED) !== undefined && annotation(rs, DESIRED) !== String(object.spec.replicas ?? 1),
    )
    if (object.spec.paused || scaling) {
      sync.scaleAll(sync.ensureCurrent(false))
      return sync.status(false)
    }
    if (object.spec.strategy?.type === "Recreate") sync.recreate()
    else sync.rolling()
    sync.cleanUp(sync.current)
    return sync.status(true)
  },
})
