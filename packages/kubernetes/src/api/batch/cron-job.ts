/** CronJob: Jobs by the clock. */
import type { ICronJob } from "kubernetes-models/batch/v1/CronJob"
import type { Stored } from "../../apimachinery/object.ts"
import { formatSelector } from "../../apimachinery/selectors.ts"
import { containerImages, containerNames, defaultPodSpec } from "../core/pod-template.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { nonNegative, oneOf } from "../core/validation-texts.ts"
import { invalidValue } from "../core/common-validation.ts"
import { defaultFailurePolicy } from "./job.ts"
import { type JobSpec, jobSpecErrors } from "./job-validation.ts"
import { scheduleProblem } from "./schedule-text.ts"
import { age, ageSince, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type CronJob = Stored<ICronJob>

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== ""
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** As validateTimeZone in pkg/apis/batch/validation/validation.go. */
const timeZoneErrors = (zone: string): FieldError[] => {
  const field = "spec.timeZone"
  if (zone === "") return [invalidValue(field, zone, "timeZone must be nil or non-empty string")]
  if (zone.toLowerCase() === "local")
    return [invalidValue(field, zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones")]
  return isTimeZone(zone) ? [] : [invalidValue(field, zone, `unknown time zone ${zone}`)]
}

export const cronJob = defineKind<ICronJob>({
  group: "batch",
  version: "v1",
  kind: "CronJob",
  plural: "cronjobs",
  shortNames: ["cj"],
  namespaced: true,
  categories: ["all"],
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiBatchV1CronJob"),
  prepareForCreate(object) {
    object.status = {}
  },
  defaults(object) {
    if (!object.spec) return
    object.spec.concurrencyPolicy ||= "Allow"
    object.spec.suspend ??= false
    object.spec.successfulJobsHistoryLimit ??= 3
    object.spec.failedJobsHistoryLimit ??= 1
    if (object.spec.jobTemplate?.spec) defaultFailurePolicy(object.spec.jobTemplate.spec)
    const template = object.spec.jobTemplate?.spec?.template?.spec
    if (template) defaultPodSpec(template)
  },
  validate(object) {
    const errors: FieldError[] = []
    const { schedule, timeZone, concurrencyPolicy, jobTemplate } = object.spec ?? {}
    if (!schedule) errors.push({ type: "Required", field: "spec.schedule" })
    else {
      const problem = scheduleProblem(schedule)
      if (problem) errors.push({ type: "Invalid", field: "spec.schedule", value: schedule, detail: problem })
    }
    errors.push(...nonNegative("spec.startingDeadlineSeconds", object.spec?.startingDeadlineSeconds))
    if (timeZone !== undefined) errors.push(...timeZoneErrors(timeZone))
    errors.push(...oneOf("spec.concurrencyPolicy", concurrencyPolicy, ["Allow", "Forbid", "Replace"]))
    errors.push(...jobSpecErrors((jobTemplate?.spec ?? {}) as JobSpec, "spec.jobTemplate.spec"))
    errors.push(...nonNegative("spec.successfulJobsHistoryLimit", object.spec?.successfulJobsHistoryLimit))
    errors.push(...nonNegative("spec.failedJobsHistoryLimit", object.spec?.failedJobsHistoryLimit))
    if ((object.metadata?.name?.length ?? 0) > 52)
      errors.push({ type: "Invalid", field: "metadata.name", value: object.metadata?.name, detail: "must be no more than 52 characters" })
    return errors
  },
  columns: [
    name,
    { name: "Schedule", cell: (object) => object.spec.schedule },
    { name: "Timezone", cell: (object) => object.spec.timeZone ?? "<none>" },
    { name: "Suspend", cell: (object) => (object.spec.suspend ? "True" : "False") },
    { name: "Active", cell: (object) => (object.status.active ?? []).length },
    {
      name: "Last Schedule",
      cell: (object, now) => (object.status.lastScheduleTime ? ageSince(object.status.lastScheduleTime, now) : "<none>"),
    },
    age,
    { name: "Containers", priority: 1, cell: (object) => containerNames(object.spec.jobTemplate?.spec?.template?.spec) },
    { name: "Images", priority: 1, cell: (object) => containerImages(object.spec.jobTemplate?.spec?.template?.spec) },
    { name: "Selector", priority: 1, cell: (object) => formatSelector(object.spec.jobTemplate?.spec?.selector as never) || "<none>" },
  ],
})
