/** Job: Pods that run to an end. */
import type { IJob } from "kubernetes-models/batch/v1/Job"
import type { Stored } from "../../apimachinery/object.ts"
import { containerImages, containerNames, defaultPodSpec } from "../core/pod-template.ts"
import { formatSelector } from "../../apimachinery/selectors.ts"
import { humanDuration } from "../columns.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { immutable } from "../core/validation-texts.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { invalidValue } from "../core/common-validation.ts"
import { type JobSpec, jobSpecErrors } from "./job-validation.ts"

export type Job = Stored<IJob>

/** A Job's Pods are not restarted for ever. */
/** As SetDefaults_PodFailurePolicyOnPodConditionsPattern: a condition that is named is one that holds. */
export const defaultFailurePolicy = (spec: NonNullable<IJob["spec"]>): void => {
  for (const { onPodConditions } of spec.podFailurePolicy?.rules ?? []) for (const one of onPodConditions ?? []) one.status ||= "True"
}

export const job = defineKind<IJob>({
  group: "batch",
  version: "v1",
  kind: "Job",
  plural: "jobs",
  namespaced: true,
  categories: ["all"],
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiBatchV1Job"),
  prepareForCreate(object) {
    object.status = {}
  },
  defaults(object) {
    const spec = object.spec
    if (!spec) return
    if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
    spec.parallelism ??= 1
    spec.backoffLimit ??= 6
    spec.completionMode ||= "NonIndexed"
    spec.suspend ??= false
    spec.manualSelector ??= false
    spec.podReplacementPolicy ||= spec.podFailurePolicy ? "Failed" : "TerminatingOrFailed"
    defaultFailurePolicy(spec)
    if (spec.template?.spec) defaultPodSpec(spec.template.spec)
  },
  // As generateSelector in pkg/registry/batch/job/strategy.go: its author manages none of it.
  complete(object) {
    const spec = object.spec
    if (!spec) return
    const { uid, name: job } = object.metadata ?? {}
    if (!spec.manualSelector && uid && spec.template) {
      const labels = {
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": job ?? "",
        "controller-uid": uid,
        "job-name": job ?? "",
      }
      spec.template.metadata = { ...spec.template.metadata, labels: { ...spec.template.metadata?.labels, ...labels } as never }
      if (!Object.keys(object.metadata?.labels ?? {}).length)
        object.metadata = { ...object.metadata, labels: { ...spec.template.metadata.labels } as never }
      spec.selector ??= { matchLabels: { "batch.kubernetes.io/controller-uid": uid } as never }
    }
  },
  validate: (object) => jobSpecErrors((object.spec ?? {}) as JobSpec, "spec"),
  validateUpdate(object, old) {
    const errors: FieldError[] = []
    const { completions, parallelism } = object.spec ?? {}
    if (completions !== old.spec.completions) {
      if (old.spec.completionMode !== "Indexed") errors.push(immutable("spec.completions", completions))
      else if (completions !== parallelism || old.spec.completions !== old.spec.parallelism)
        errors.push(invalidValue("spec.completions", completions ?? null, "can only be modified in tandem with spec.parallelism"))
    }
    if (!deepEqual(object.spec?.selector, old.spec.selector)) errors.push(immutable("spec.selector", object.spec?.selector))
    // While suspended and not yet started, directives of scheduling may change.
    if (!(old.spec.suspend && !old.status.startTime) && !deepEqual(object.spec?.template, old.spec.template))
      errors.push(immutable("spec.template", object.spec?.template))
    if (object.spec?.completionMode !== old.spec.completionMode) errors.push(immutable("spec.completionMode", object.spec?.completionMode))
    for (const field of ["podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"] as const)
      if (!deepEqual(object.spec?.[field], old.spec[field])) errors.push(immutable(`spec.${field}`, object.spec?.[field] ?? null))
    return errors
  },
  columns: [
    name,
    {
      name: "Status",
      cell: (object) =>
        object.status.conditions?.find(({ type, status }) => ["Complete", "Failed", "Suspended"].includes(type) && status === "True")
          ?.type ?? (object.metadata.deletionTimestamp ? "Terminating" : "Running"),
    },
    {
      name: "Completions",
      cell: (object) =>
        object.spec.completions
          ? `${object.status.succeeded ?? 0}/${object.spec.completions}`
          : `${object.status.succeeded ?? 0}/1 of ${object.spec.parallelism ?? 1}`,
    },
    {
      name: "Duration",
      cell: (object, now) =>
        object.status.startTime
          ? humanDuration(
              (object.status.completionTime ? Date.parse(object.status.completionTime) : now) - Date.parse(object.status.startTime),
            )
          : "",
    },
    age,
    { name: "Containers", priority: 1, cell: (object) => containerNames(object.spec.template?.spec) },
    { name: "Images", priority: 1, cell: (object) => containerImages(object.spec.template?.spec) },
    { name: "Selector", priority: 1, cell: (object) => formatSelector(object.spec.selector as never) },
  ],
})
