/** job-controller: runs Pods until enough of them succeeded. As pkg/controller/job/job_controller.go. */
import { type Job, job, type Pod, pod } from "../../api/index.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { formatTime } from "../../apimachinery/object.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import { StatusError } from "../../apimachinery/status.ts"
import { editable } from "../../client/client.ts"
import { formatIndexes, INDEX_KEY, indexOf, parseIndexes } from "../completion-indexes.ts"
import { defineController, type ReconcileContext, type ReconcileResult } from "../define-controller.ts"
import { BY_OWNER, controllerOf } from "../owners.ts"
import { judgeFailure } from "../pod-failure-policy.ts"
import { matchedRule } from "../success-policy.ts"
import { isActive, isReady } from "../pod-readiness.ts"
import { claimPods, podFromTemplate } from "../replicas.ts"

/** Back-off after failures: 10 s, doubling, at most 10 min. */
const BACKOFF = 10_000
const MAX_BACKOFF = 600_000
/** Pods made in one go (MaxPodCreateDeletePerSync). */
const BURST = 500
/** syncJobBatchPeriod, ms. */
const SYNC_BATCH = 1_000
/** Keeps a Pod until its end was counted. */
const TRACKING = "batch.kubernetes.io/job-tracking"

interface Condition {
  type: string
  status: string
  lastProbeTime: string
  lastTransitionTime: string
  reason: string
  message: string
}

const finishedAt = (one: Pod): number =>
  Math.max(
    Date.parse(one.metadata.creationTimestamp),
    ...(one.status.containerStatuses ?? []).map(({ state }) => Date.parse(String(state?.terminated?.finishedAt ?? "")) || 0),
  )

const isTracked = (one: Pod): boolean => one.metadata.finalizers?.includes(TRACKING) ?? false

class Sync {
  readonly object: Job
  readonly context: ReconcileContext
  readonly pods: readonly Pod[]
  readonly time: string
  readonly indexed: boolean
  /** Pods that ended and were counted just now: they may go. */
  readonly counted: Pod[] = []
  status: Record<string, unknown>
  conditions: Condition[]
  succeeded: number
  failed: number
  completed: Set<number>
  failedIndexes: Set<number>
  /** Set when the Job's end is known: in this sync, or in an earlier one while Pods were still going. */
  end: { type: "Complete" | "Failed"; reason: string; message: string } | undefined
  requeueAfter: number | undefined

  constructor(object: Job, context: ReconcileContext) {
    this.object = object
    this.context = context
    this.pods = claimPods(object as never, (labels) => selectorMatches(object.spec.selector as never, labels as never), context)
    this.time = formatTime(context.now())
    this.indexed = object.spec.completionMode === "Indexed"
    this.status = { ...editable(object.status) } as Record<string, unknown>
    this.conditions = [...((object.status.conditions ?? []) as unknown as Condition[])]
    this.succeeded = object.status.succeeded ?? 0
    this.failed = object.status.failed ?? 0
    this.completed = parseIndexes(object.status.completedIndexes)
    this.failedIndexes = parseIndexes(object.status.failedIndexes)
    const met = this.conditions.find(({ type, status }) => (type === "FailureTarget" || type === "SuccessCriteriaMet") && status === "True")
    if (met) this.end = { type: met.type === "FailureTarget" ? "Failed" : "Complete", reason: met.reason, message: met.message }
  }

  say(type: "Normal" | "Warning", reason: string, message: string): void {
    this.context.events.event(this.object as never, type, reason, message)
  }

  setCondition(type: string, status: "True" | "False", reason: string, message: string): boolean {
    const old = this.conditions.find((condition) => condition.type === type)
    if (old?.status === status || (!old && status === "False")) return false
    const next = { type, status, lastProbeTime: this.time, lastTransitionTime: this.time, reason, message }
    this.conditions = [...this.conditions.filter((condition) => condition !== old), next]
    return true
  }

  later(at: number): void {
    const wait = Math.max(0, at - this.context.now())
    this.requeueAfter = Math.min(this.requeueAfter ?? wait, wait)
  }

  /** Counts Pods that ended since the last time. */
  count(): void {
    for (const one of this.pods) {
      if (!isTracked(one) || isActive(one)) continue
      this.counted.push(one)
      // Taken away because the Job was suspended: nobody failed.
      if (this.object.spec.suspend && one.metadata.deletionTimestamp && one.status.phase !== "Failed" && one.status.phase !== "Succeeded")
        continue
      if (one.status.phase === "Succeeded") {
        if (!this.indexed) this.succeeded++
        else if (indexOf(one) < (this.object.spec.completions ?? 0)) this.completed.add(indexOf(one))
        continue
      }
      const verdict = judgeFailure(this.object, one)
      if (verdict.action === "FailJob") this.end ??= { type: "Failed", reason: "PodFailurePolicy", message: verdict.message ?? "" }
      if (verdict.action === "FailIndex" && this.indexed) this.failedIndexes.add(indexOf(one))
      if (verdict.action !== "Ignore") this.failed++
      const perIndex = this.object.spec.backoffLimitPerIndex
      if (perIndex !== undefined && this.indexed) {
        const ofIndex = this.pods.filter((other) => indexOf(other) === indexOf(one) && other.status.phase === "Failed").length
        if (ofIndex > perIndex) this.failedIndexes.add(indexOf(one))
      }
    }
    if (this.indexed) this.succeeded = this.completed.size
  }

  decide(active: readonly Pod[]): void {
    const { spec } = this.object
    const restarts = this.pods.reduce(
      (sum, one) => sum + (one.status.containerStatuses ?? []).reduce((total, status) => total + status.restartCount, 0),
      0,
    )
    const limit = spec.backoffLimit ?? (spec.backoffLimitPerIndex === undefined ? 6 : Number.POSITIVE_INFINITY)
    const started = this.status.startTime as string | undefined
    const deadline =
      spec.activeDeadlineSeconds !== undefined && started ? Date.parse(started) + spec.activeDeadlineSeconds * 1_000 : undefined
    const wanted = spec.completions
    if (this.end) return
    const rule = matchedRule(this.object, this.completed)
    if (rule !== undefined) {
      this.end = { type: "Complete", reason: "SuccessPolicy", message: `Matched rules at index ${rule}` }
      return
    }
    if (this.failed > limit || (spec.template.spec?.restartPolicy === "OnFailure" && restarts > 0 && restarts >= Math.max(1, limit)))
      this.end = { type: "Failed", reason: "BackoffLimitExceeded", message: "Job has reached the specified backoff limit" }
    else if (deadline !== undefined && !spec.suspend && this.context.now() >= deadline)
      this.end = { type: "Failed", reason: "DeadlineExceeded", message: "Job was active longer than specified deadline" }
    else if (spec.maxFailedIndexes !== undefined && this.failedIndexes.size > spec.maxFailedIndexes)
      this.end = {
        type: "Failed",
        reason: "MaxFailedIndexesExceeded",
        message: "Job has exceeded the specified maximal number of failed indexes",
      }
    else if (this.failedIndexes.size > 0 && wanted !== undefined && this.failedIndexes.size + this.succeeded >= wanted)
      this.end = { type: "Failed", reason: "FailedIndexes", message: "Job has failed indexes" }
    else if (wanted === undefined ? this.succeeded > 0 && active.length === 0 : this.succeeded >= wanted)
      this.end = { type: "Complete", reason: "CompletionsReached", message: "Reached expected number of succeeded pods" }
    else if (deadline !== undefined && !spec.suspend) this.later(deadline)
  }

  delete(pods: readonly Pod[]): void {
    for (const one of pods) {
      this.context.client.delete(pod, one.metadata as never)
      this.say("Normal", "SuccessfulDelete", `Deleted pod: ${one.metadata.name}`)
    }
  }

  create(index: number | undefined): void {
    const { object, context } = this
    const made = editable(
      podFromTemplate(object.spec.template, object as never, index === undefined ? undefined : `${object.metadata.name}-${index}-`),
    ) as unknown as {
      metadata: { labels?: Record<string, string>; annotations?: Record<string, string>; finalizers?: string[] }
      spec: { hostname?: string; containers: { env?: unknown[] }[]; initContainers?: { env?: unknown[] }[] }
    }
    made.metadata.finalizers = [TRACKING]
    if (index !== undefined) {
      made.metadata.labels = { ...made.metadata.labels, [INDEX_KEY]: String(index) }
      made.metadata.annotations = { ...made.metadata.annotations, [INDEX_KEY]: String(index) }
      made.spec.hostname ??= `${object.metadata.name}-${index}`
      const variable = { name: "JOB_COMPLETION_INDEX", valueFrom: { fieldRef: { fieldPath: `metadata.labels['${INDEX_KEY}']` } } }
      for (const container of [...made.spec.containers, ...(made.spec.initContainers ?? [])])
        container.env = [...(container.env ?? []), variable]
    }
    try {
      const created = context.client.create(pod, made as never)
      this.say("Normal", "SuccessfulCreate", `Created pod: ${created.metadata.name}`)
    } catch (error) {
      if (error instanceof StatusError) this.say("Warning", "FailedCreate", `Error creating: ${error.message}`)
      throw error
    }
  }

  /** Brings the number of running Pods to what parallelism and what is left to do allow; how many there are then. */
  manage(active: readonly Pod[]): number {
    const { spec } = this.object
    if (spec.suspend) {
      this.delete(active)
      return 0
    }
    const parallelism = spec.parallelism ?? 1
    const remaining =
      spec.completions === undefined
        ? this.succeeded > 0
          ? active.length
          : parallelism
        : spec.completions - this.succeeded - this.failedIndexes.size
    const wanted = Math.min(parallelism, remaining)
    if (active.length > wanted) {
      this.delete([...active].sort((a, b) => Number(isReady(a)) - Number(isReady(b))).slice(0, active.length - wanted))
      return wanted
    }
    const failures = this.pods.filter(({ status }) => status.phase === "Failed")
    const lastFailure = Math.max(0, ...failures.map(finishedAt))
    const due = failures.length === 0 ? 0 : lastFailure + Math.min(MAX_BACKOFF, BACKOFF * 2 ** (failures.length - 1))
    if (active.length < wanted && due > this.context.now()) {
      this.later(due)
      return active.length
    }
    const missing = Math.min(BURST, wanted - active.length)
    if (!this.indexed) {
      for (let i = 0; i < missing; i++) this.create(undefined)
      return active.length + missing
    }
    const busy = new Set(active.map(indexOf))
    let made = 0
    for (let index = 0; index < (spec.completions ?? 0) && made < missing; index++)
      if (!busy.has(index) && !this.completed.has(index) && !this.failedIndexes.has(index)) {
        this.create(index)
        made++
      }
    return active.length + made
  }

  /** When a Job failed, what still ran counts as failed too. As trackJobStatusAndRemoveFinalizers. */
  stop(active: readonly Pod[]): void {
    this.delete(active)
    if (this.end?.type !== "Failed") return
    for (const one of active) if (isTracked(one) && judgeFailure(this.object, one).action !== "Ignore") this.failed++
  }

  /** Its end is written once every Pod is gone; until then that it will be. As enactJobFinished. */
  finish(terminating: number): void {
    const { end, time } = this
    if (!end) return
    const first = end.type === "Complete" ? "SuccessCriteriaMet" : "FailureTarget"
    this.setCondition(first, "True", end.reason, end.message)
    if (terminating > 0) return
    this.setCondition(end.type, "True", end.reason, end.message)
    if (end.type === "Complete") {
      this.status.completionTime = time
      this.say("Normal", "Completed", "Job completed")
    } else this.say("Warning", end.reason, end.message)
  }

  run(): ReconcileResult | undefined {
    const { object, context } = this
    const suspended = object.spec.suspend ?? false
    if (!suspended) this.status.startTime ??= this.time
    const active = this.pods.filter(isActive)
    this.count()
    this.decide(active)
    let running = active.length
    let terminating = this.pods.filter(
      ({ metadata, status }) => metadata.deletionTimestamp && !["Succeeded", "Failed"].includes(status.phase ?? ""),
    ).length
    if (this.end) {
      this.stop(active)
      running = 0
      terminating += active.length
      this.finish(terminating)
    } else running = this.manage(active)
    if (!this.end) {
      if (suspended && this.setCondition("Suspended", "True", "JobSuspended", "Job suspended")) {
        delete this.status.startTime
        this.say("Normal", "Suspended", "Job suspended")
      } else if (!suspended && this.setCondition("Suspended", "False", "JobResumed", "Job resumed")) {
        this.status.startTime = this.time
        this.say("Normal", "Resumed", "Job resumed")
      }
    }
    Object.assign(this.status, {
      active: running || undefined,
      ready: this.end ? 0 : active.filter(isReady).length,
      succeeded: this.succeeded || undefined,
      failed: this.failed || undefined,
      terminating,
      uncountedTerminatedPods: {},
      completedIndexes: this.indexed && this.completed.size > 0 ? formatIndexes(this.completed) : undefined,
      failedIndexes: this.failedIndexes.size > 0 ? formatIndexes(this.failedIndexes) : undefined,
      conditions: this.conditions.length > 0 ? this.conditions : undefined,
    })
    const next = editable(object)
    next.status = editable(this.status) as never
    if (!deepEqual(next.status, object.status)) context.client.updateStatus(job, next)
    this.release(this.end ? this.pods : this.counted)
    return this.requeueAfter === undefined ? undefined : { requeueAfter: this.requeueAfter }
  }

  release(pods: readonly Pod[]): void {
    for (const one of pods) releasePod(one, this.context)
  }
}

const releasePod = (one: Pod, { client }: ReconcileContext): void => {
  if (!isTracked(one)) return
  const others = (one.metadata.finalizers ?? []).filter((name) => name !== TRACKING)
  try {
    client.patch(pod, one.metadata as never, { metadata: { finalizers: others.length > 0 ? others : null } }, { type: "merge" })
  } catch (error) {
    if (!(error instanceof StatusError && error.code === 404)) throw error
  }
}

export const jobController = defineController({
  name: "job-controller",
  for: job,
  owns: [pod as never],
  batch: SYNC_BATCH,
  reconcile(object, context, { namespace, name }) {
    if (!object) {
      for (const one of context.informers.for(pod).list({ namespace: namespace as string })) {
        const owner = controllerOf(one)
        if (owner?.kind === "Job" && owner.name === name) releasePod(one, context)
      }
      return
    }
    const over = object.status.conditions?.some(({ type, status }) => (type === "Complete" || type === "Failed") && status === "True")
    // What a Job leaves behind is nobody's to count any more.
    if (over || object.metadata.deletionTimestamp) {
      for (const one of context.informers.for(pod).byIndex(BY_OWNER, object.metadata.uid)) releasePod(one, context)
      return
    }
    return new Sync(object, context).run()
  },
})
