/** cronjob-controller: makes a Job whenever its schedule is due. As pkg/controller/cronjob/cronjob_controllerv2.go. */
import { type CronJob, cronJob, type Job, job } from "../../api/index.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { formatTime } from "../../apimachinery/object.ts"
import { StatusError } from "../../apimachinery/status.ts"
import { editable } from "../../client/client.ts"
import { isTimeZone, parseSchedule, type Schedule, ScheduleError } from "../cron-schedule.ts"
import { defineController, type ReconcileContext } from "../define-controller.ts"
import { BY_OWNER, controllerReference } from "../owners.ts"

const SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp"
/** Beyond so many missed times upstream warns and goes on from the last. */
const TOO_MANY = 100
/** Added to a wait, so that the time has surely come. */
const DELTA = 100

type Reference = NonNullable<CronJob["status"]["active"]>[number]

const finishedAs = (one: Job): string | undefined =>
  one.status.conditions?.find(({ type, status }) => (type === "Complete" || type === "Failed") && status === "True")?.type

/** "Mon, 05 Jan 2026 08:00:00 +0000" */
const rfc1123 = (at: number): string => new Date(at).toUTCString().replace("GMT", "+0000")

/** The latest due time that was not acted upon, and whether too many were missed. */
const missed = (object: CronJob, schedule: Schedule, now: number): { at: number | undefined; tooMany: boolean } => {
  let earliest = Date.parse(object.metadata.creationTimestamp)
  if (object.status.lastScheduleTime) earliest = Date.parse(String(object.status.lastScheduleTime))
  if (object.spec.startingDeadlineSeconds !== undefined) earliest = Math.max(earliest, now - object.spec.startingDeadlineSeconds * 1_000)
  let at: number | undefined
  let count = 0
  for (let next = schedule.next(earliest); next !== undefined && next <= now && count <= TOO_MANY; next = schedule.next(next)) {
    at = next
    count++
  }
  if (count <= TOO_MANY || at === undefined) return { at, tooMany: false }
  // Too many to walk: the last one is sought backwards by widening windows.
  for (let window = 60_000; window < 5 * 366 * 86_400_000; window *= 2) {
    let found: number | undefined
    let steps = 0
    for (let next = schedule.next(now - window); next !== undefined && next <= now && steps < 10_000; next = schedule.next(next)) {
      found = next
      steps++
    }
    if (found !== undefined) return { at: found, tooMany: true }
  }
  return { at, tooMany: true }
}

class Sync {
  readonly object: CronJob
  readonly context: ReconcileContext
  readonly jobs: readonly Job[]
  active: Reference[]
  lastScheduleTime: string | undefined
  lastSuccessfulTime: string | undefined

  constructor(object: CronJob, context: ReconcileContext) {
    this.object = object
    this.context = context
    this.jobs = context.informers.for(job).byIndex(BY_OWNER, object.metadata.uid)
    this.active = [...(object.status.active ?? [])]
    this.lastScheduleTime = object.status.lastScheduleTime as string | undefined
    this.lastSuccessfulTime = object.status.lastSuccessfulTime as string | undefined
  }

  say(type: "Normal" | "Warning", reason: string, message: string): void {
    this.context.events.event(this.object as never, type, reason, message)
  }

  settle(): void {
    for (const one of this.jobs) {
      const finished = finishedAs(one)
      const listed = this.active.some(({ uid }) => uid === one.metadata.uid)
      if (!finished) {
        if (!listed) this.say("Warning", "UnexpectedJob", `Saw a job that the controller did not create or forgot: ${one.metadata.name}`)
        continue
      }
      if (listed) {
        this.active = this.active.filter(({ uid }) => uid !== one.metadata.uid)
        this.say("Normal", "SawCompletedJob", `Saw completed job: ${one.metadata.name}, condition: ${finished}`)
      }
      const completed = one.status.completionTime as string | undefined
      if (finished === "Complete" && completed && (!this.lastSuccessfulTime || completed > this.lastSuccessfulTime))
        this.lastSuccessfulTime = completed
    }
    for (const reference of [...this.active]) {
      if (this.jobs.some(({ metadata }) => metadata.uid === reference.uid)) continue
      if (this.context.client.find(job, { namespace: reference.namespace, name: reference.name as string })) continue
      this.active = this.active.filter(({ uid }) => uid !== reference.uid)
      this.say("Normal", "MissingJob", `Active job went missing: ${reference.name}`)
    }
  }

  delete(one: Job): void {
    this.context.client.delete(job, one.metadata as never, { propagation: "Background" })
    this.active = this.active.filter(({ uid }) => uid !== one.metadata.uid)
    this.say("Normal", "SuccessfulDelete", `Deleted job ${one.metadata.name}`)
  }

  forgetOld(): void {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = this.object.spec
    for (const [type, limit] of [
      ["Complete", successfulJobsHistoryLimit],
      ["Failed", failedJobsHistoryLimit],
    ] as const) {
      if (limit === undefined) continue
      const ended = this.jobs.filter((one) => finishedAs(one) === type && !one.metadata.deletionTimestamp)
      const sorted = [...ended].sort((a, b) =>
        String(a.status.startTime ?? a.metadata.creationTimestamp) < String(b.status.startTime ?? b.metadata.creationTimestamp) ? -1 : 1,
      )
      for (const one of sorted.slice(0, Math.max(0, sorted.length - limit))) this.delete(one)
    }
  }

  /** ms until the next due time. */
  wait(schedule: Schedule): number | undefined {
    const now = this.context.now()
    const next = schedule.next(now)
    return next === undefined ? undefined : next - now + DELTA
  }

  start(at: number): void {
    const { object, context } = this
    const template = object.spec.jobTemplate
    const name = `${object.metadata.name}-${Math.floor(at / 60_000)}`
    let made: Job
    try {
      made = context.client.create(job, {
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: {
          name,
          namespace: object.metadata.namespace,
          ...(template.metadata?.labels && { labels: template.metadata.labels }),
          annotations: { ...(template.metadata?.annotations as object), [SCHEDULED_AT]: formatTime(at) } as never,
          ownerReferences: [controllerReference(object, object)],
        },
        spec: editable(template.spec ?? {}) as never,
      })
      this.say("Normal", "SuccessfulCreate", `Created job ${name}`)
    } catch (error) {
      if (!(error instanceof StatusError)) throw error
      if (error.reason !== "AlreadyExists") {
        this.say("Warning", "FailedCreate", `Error creating job: ${error.message}`)
        throw error
      }
      made = context.client.get(job, { namespace: object.metadata.namespace as string, name })
      if (!made.metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid)) return
    }
    this.active.push({
      kind: "Job",
      namespace: made.metadata.namespace,
      name,
      uid: made.metadata.uid,
      apiVersion: "batch/v1",
      resourceVersion: made.metadata.resourceVersion,
    })
    this.lastScheduleTime = formatTime(at)
  }

  run(): number | undefined {
    const { object, context } = this
    this.settle()
    this.forgetOld()
    if (object.metadata.deletionTimestamp) return undefined
    const { schedule: text, timeZone, suspend, startingDeadlineSeconds, concurrencyPolicy } = object.spec
    if (timeZone !== undefined && !isTimeZone(timeZone)) {
      this.say("Warning", "UnknownTimeZone", `invalid timeZone: ${JSON.stringify(timeZone)}: unknown time zone ${timeZone}`)
      return undefined
    }
    if (suspend) return undefined
    let schedule: Schedule
    try {
      schedule = parseSchedule(text, timeZone)
    } catch (error) {
      if (!(error instanceof ScheduleError)) throw error
      this.say("Warning", "UnparseableSchedule", `unparseable schedule: ${JSON.stringify(text)} : ${error.message}`)
      return undefined
    }
    const now = context.now()
    const { at, tooMany } = missed(object, schedule, now)
    if (tooMany)
      this.say(
        "Warning",
        "TooManyMissedTimes",
        "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew",
      )
    if (at === undefined) return this.wait(schedule)
    if (startingDeadlineSeconds !== undefined && at + startingDeadlineSeconds * 1_000 < now) {
      this.say("Warning", "MissSchedule", `Missed scheduled time to start a job: ${rfc1123(at)}`)
      return this.wait(schedule)
    }
    const name = `${object.metadata.name}-${Math.floor(at / 60_000)}`
    if (this.active.some((reference) => reference.name === name) || this.lastScheduleTime === formatTime(at)) return this.wait(schedule)
    if (concurrencyPolicy === "Forbid" && this.active.length > 0) {
      this.say("Normal", "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid")
      return this.wait(schedule)
    }
    if (concurrencyPolicy === "Replace")
      for (const reference of [...this.active]) {
        const running = context.client.find(job, { namespace: reference.namespace, name: reference.name as string })
        if (running) this.delete(running)
      }
    this.start(at)
    return this.wait(schedule)
  }
}

export const cronJobController = defineController({
  name: "cronjob-controller",
  for: cronJob,
  owns: [job as never],
  reconcile(object, context) {
    if (!object) return
    const sync = new Sync(object, context)
    const requeueAfter = sync.run()
    const status = {
      ...(sync.active.length > 0 && { active: sync.active }),
      ...(sync.lastScheduleTime && { lastScheduleTime: sync.lastScheduleTime }),
      ...(sync.lastSuccessfulTime && { lastSuccessfulTime: sync.lastSuccessfulTime }),
    }
    if (!deepEqual(status, object.status)) context.client.updateStatus(cronJob, { ...editable(object), status } as never)
    return requeueAfter === undefined ? undefined : { requeueAfter, background: true }
  },
})
