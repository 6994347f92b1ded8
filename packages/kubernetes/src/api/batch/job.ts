/** Job: Pods that run to an end. */
import type { IJob } from "kubernetes-models/batch/v1/Job"
import type { Stored } from "../../apimachinery/object.ts"
import { containerImages, containerNames, defaultPodSpec, validatePodSpec } from "../core/pod-template.ts"
import { formatSelector } from "../../apimachinery/selectors.ts"
import { humanDuration } from "../columns.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type Job = Stored<IJob>

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
    spec.podReplacementPolicy ||= "TerminatingOrFailed"
    const { uid, name: job } = object.metadata ?? {}
    if (!spec.manualSelector && uid && spec.template) {
      const labels = {
        "batch.kubernetes.io/controller-uid": uid,
        "batch.kubernetes.io/job-name": job ?? "",
        "controller-uid": uid,
        "job-name": job ?? "",
      }
      spec.template.metadata = { ...spec.template.metadata, labels: { ...spec.template.metadata?.labels, ...labels } as never }
      spec.selector ??= { matchLabels: { "batch.kubernetes.io/controller-uid": uid } as never }
    }
    if (spec.template?.spec) defaultPodSpec(spec.template.spec)
  },
  validate(object) {
    const policy = object.spec?.template?.spec?.restartPolicy
    const errors = validatePodSpec(object.spec?.template?.spec, "spec.template.spec")
    if (policy === "Always")
      errors.push({
        type: "NotSupported",
        field: "spec.template.spec.restartPolicy",
        value: policy,
        detail: 'supported values: "OnFailure", "Never"',
      })
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
