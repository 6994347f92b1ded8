/** job-controller: runs Pods until enough of them succeeded. As pkg/controller/job. */
import { job, pod } from "../../api/index.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { formatTime } from "../../apimachinery/object.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import { editable } from "../../client/client.ts"
import { defineController } from "../define-controller.ts"
import { isActive, isReady } from "../pod-readiness.ts"
import { claimPods, podFromTemplate } from "../replicas.ts"

/** Back-off after failures: 10 s, doubling, at most 10 min. */
const BACKOFF = 10_000
const MAX_BACKOFF = 600_000

export const jobController = defineController({
  name: "job-controller",
  for: job,
  owns: [pod as never],
  reconcile(object, context) {
    if (!object || object.metadata.deletionTimestamp) return
    const { client, events, now } = context
    if (object.status.conditions?.some(({ type, status }) => (type === "Complete" || type === "Failed") && status === "True")) return
    const pods = claimPods(object as never, (labels) => selectorMatches(object.spec.selector as never, labels as never), context)
    const active = pods.filter(isActive)
    const succeeded = pods.filter(({ status }) => status.phase === "Succeeded").length
    const failed = pods.filter(({ status }) => status.phase === "Failed")
    const restarts = pods.reduce(
      (sum, one) => sum + (one.status.containerStatuses ?? []).reduce((count, status) => count + status.restartCount, 0),
      0,
    )
    const next = editable(object)
    const time = formatTime(now())
    const status = next.status as unknown as Record<string, unknown>
    status.startTime ??= time
    const conditions = [...((status.conditions ?? []) as unknown[])]
    const finish = (type: "Complete" | "Failed", reason: string, message: string) => {
      conditions.push(
        {
          type: type === "Complete" ? "SuccessCriteriaMet" : "FailureTarget",
          status: "True",
          lastProbeTime: time,
          lastTransitionTime: time,
          reason,
          message,
        },
        { type, status: "True", lastProbeTime: time, lastTransitionTime: time, reason, message },
      )
      if (type === "Complete") status.completionTime = time
      events.event(
        object as never,
        type === "Complete" ? "Normal" : "Warning",
        type === "Complete" ? "Completed" : reason,
        type === "Complete" ? "Job completed" : message,
      )
    }
    const wanted = object.spec.completions ?? Math.max(1, succeeded > 0 ? succeeded : 0)
    const limit = object.spec.backoffLimit ?? 6
    let requeueAfter: number | undefined
    let running = active.length
    if (failed.length > limit || (object.spec.template.spec?.restartPolicy === "OnFailure" && restarts > limit)) {
      for (const one of active) client.delete(pod, one.metadata as never)
      finish("Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit")
      running = 0
    } else if (
      object.spec.activeDeadlineSeconds &&
      now() - Date.parse(String(status.startTime)) >= object.spec.activeDeadlineSeconds * 1_000
    ) {
      for (const one of active) client.delete(pod, one.metadata as never)
      finish("Failed", "DeadlineExceeded", "Job was active longer than specified deadline")
      running = 0
    } else if (succeeded >= wanted && active.length === 0)
      finish("Complete", "CompletionsReached", "Reached expected number of succeeded pods")
    else if (!object.spec.suspend) {
      const room = Math.min(object.spec.parallelism ?? 1, wanted - succeeded) - active.length
      const lastFailure = Math.max(
        0,
        ...failed.map((one) =>
          Date.parse(
            (one.status.containerStatuses?.[0]?.state?.terminated?.finishedAt as string | undefined) ?? one.metadata.creationTimestamp,
          ),
        ),
      )
      const backoff = failed.length === 0 ? 0 : lastFailure + Math.min(MAX_BACKOFF, BACKOFF * 2 ** (failed.length - 1)) - now()
      if (backoff > 0 && room > 0) requeueAfter = backoff
      else
        for (let i = 0; i < room; i++) {
          const made = client.create(pod, podFromTemplate(object.spec.template, object as never) as never)
          events.event(object as never, "Normal", "SuccessfulCreate", `Created pod: ${made.metadata.name}`)
          running++
        }
    }
    Object.assign(status, {
      active: running || undefined,
      ready: active.filter(isReady).length,
      succeeded: succeeded || undefined,
      failed: failed.length || undefined,
      terminating: 0,
      uncountedTerminatedPods: {},
      conditions: conditions.length > 0 ? conditions : undefined,
    })
    next.status = JSON.parse(JSON.stringify(status)) as never
    if (!deepEqual(next.status, object.status)) client.updateStatus(job, next)
    return requeueAfter === undefined ? undefined : { requeueAfter }
  },
})
