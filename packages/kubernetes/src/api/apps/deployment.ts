/** Deployment: Pods that are replaced a few at a time. */
import type { IDeployment } from "kubernetes-models/apps/v1/Deployment"
import type { Stored } from "../../apimachinery/object.ts"
import { containerImages, containerNames, defaultPodSpec } from "../core/pod-template.ts"
import { formatSelector } from "../../apimachinery/selectors.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { nonNegative } from "../core/validation-texts.ts"
import { workloadErrors } from "./template-validation.ts"

export type Deployment = Stored<IDeployment>

export const deployment = defineKind<IDeployment>({
  group: "apps",
  version: "v1",
  kind: "Deployment",
  plural: "deployments",
  shortNames: ["deploy"],
  namespaced: true,
  categories: ["all"],
  subresources: ["scale", "status"],
  schema: () => schemaOf("IoK8sApiAppsV1Deployment"),
  scale: { specReplicas: "spec.replicas", statusReplicas: "status.replicas", selector: "status.selector" },
  prepareForCreate(object) {
    object.status = {}
  },
  /** Controllers shall see annotations that changed: they are a new generation too. */
  prepareForUpdate({ metadata = {} }, old) {
    if (!deepEqual(metadata.annotations ?? {}, old.metadata.annotations ?? {})) metadata.generation = (old.metadata.generation ?? 0) + 1
  },
  defaults(object) {
    const spec = object.spec
    if (!spec) return
    spec.replicas ??= 1
    spec.revisionHistoryLimit ??= 10
    spec.progressDeadlineSeconds ??= 600
    const strategy = (spec.strategy ??= {})
    strategy.type ||= "RollingUpdate"
    if (strategy.type === "RollingUpdate") {
      strategy.rollingUpdate ??= {}
      strategy.rollingUpdate.maxUnavailable ??= "25%" as never
      strategy.rollingUpdate.maxSurge ??= "25%" as never
    }
    if (spec.template?.spec) defaultPodSpec(spec.template.spec)
  },
  validate(object) {
    const errors = workloadErrors(object.spec as never, "deployment")
    const strategy = object.spec?.strategy
    if (strategy?.type === "Recreate" && strategy.rollingUpdate)
      errors.push({
        type: "Forbidden",
        field: "spec.strategy.rollingUpdate",
        detail: "may not be specified when strategy `type` is 'Recreate'",
      })
    else if (strategy?.type === "RollingUpdate") {
      const none = (value: unknown) => value === 0 || value === "0%"
      const { maxUnavailable, maxSurge } = strategy.rollingUpdate ?? {}
      for (const [field, value] of Object.entries({ maxUnavailable, maxSurge })) {
        const at = `spec.strategy.rollingUpdate.${field}`
        if (typeof value === "number") errors.push(...nonNegative(at, value))
        else if (typeof value === "string" && !/^\d+%$/.test(value))
          errors.push({
            type: "Invalid",
            field: at,
            value,
            detail:
              "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
          })
        else if (field === "maxUnavailable" && Number(String(value).replace("%", "")) > 100)
          errors.push({ type: "Invalid", field: at, value, detail: "must not be greater than 100%" })
      }
      if (none(maxUnavailable) && none(maxSurge))
        errors.push({
          type: "Invalid",
          field: "spec.strategy.rollingUpdate.maxUnavailable",
          value: maxUnavailable,
          detail: "may not be 0 when `maxSurge` is 0",
        })
    } else if (strategy?.type && strategy.type !== "Recreate")
      errors.push({
        type: "NotSupported",
        field: "spec.strategy.type",
        value: strategy.type,
        detail: 'supported values: "Recreate", "RollingUpdate"',
      })
    errors.push(...nonNegative("spec.revisionHistoryLimit", object.spec?.revisionHistoryLimit))
    const { progressDeadlineSeconds, minReadySeconds = 0 } = object.spec ?? {}
    if (progressDeadlineSeconds !== undefined) {
      errors.push(...nonNegative("spec.progressDeadlineSeconds", progressDeadlineSeconds))
      if (progressDeadlineSeconds <= minReadySeconds)
        errors.push({
          type: "Invalid",
          field: "spec.progressDeadlineSeconds",
          value: progressDeadlineSeconds,
          detail: "must be greater than minReadySeconds",
        })
    }
    return errors
  },
  validateUpdate: (object, old) =>
    deepEqual(object.spec?.selector, old.spec.selector)
      ? []
      : [{ type: "Invalid", field: "spec.selector", value: object.spec?.selector, detail: "field is immutable" }],
  columns: [
    name,
    { name: "Ready", cell: (object) => `${object.status.readyReplicas ?? 0}/${object.spec.replicas ?? 0}` },
    { name: "Up-to-date", cell: (object) => object.status.updatedReplicas ?? 0 },
    { name: "Available", cell: (object) => object.status.availableReplicas ?? 0 },
    age,
    { name: "Containers", priority: 1, cell: (object) => containerNames(object.spec.template?.spec) },
    { name: "Images", priority: 1, cell: (object) => containerImages(object.spec.template?.spec) },
    { name: "Selector", priority: 1, cell: (object) => formatSelector(object.spec.selector as never) },
  ],
})
