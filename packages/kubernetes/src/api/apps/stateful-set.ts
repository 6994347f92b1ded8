/** StatefulSet: Pods with a number and a memory. */
import type { IStatefulSet } from "kubernetes-models/apps/v1/StatefulSet"
import type { Stored } from "../../apimachinery/object.ts"
import { containerImages, containerNames, defaultPodSpec, validatePodSpec } from "../core/pod-template.ts"
import { selectorMatches } from "../../apimachinery/selectors.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type StatefulSet = Stored<IStatefulSet>

export const statefulSet = defineKind<IStatefulSet>({
  group: "apps",
  version: "v1",
  kind: "StatefulSet",
  plural: "statefulsets",
  shortNames: ["sts"],
  namespaced: true,
  categories: ["all"],
  subresources: ["scale", "status"],
  schema: () => schemaOf("IoK8sApiAppsV1StatefulSet"),
  scale: { specReplicas: "spec.replicas", statusReplicas: "status.replicas", selector: "status.selector" },
  prepareForCreate(object) {
    object.status = { replicas: 0 }
  },
  defaults(object) {
    const spec = object.spec
    if (!spec) return
    spec.replicas ??= 1
    spec.revisionHistoryLimit ??= 10
    spec.podManagementPolicy ||= "OrderedReady"
    spec.updateStrategy ??= {}
    spec.updateStrategy.type ||= "RollingUpdate"
    if (spec.updateStrategy.type === "RollingUpdate")
      spec.updateStrategy.rollingUpdate = { partition: 0, ...spec.updateStrategy.rollingUpdate }
    spec.persistentVolumeClaimRetentionPolicy ??= { whenDeleted: "Retain", whenScaled: "Retain" }
    if (spec.template?.spec) defaultPodSpec(spec.template.spec)
  },
  validate(object) {
    const errors: FieldError[] = []
    if (!object.spec?.selector) errors.push({ type: "Required", field: "spec.selector" })
    else if (!selectorMatches(object.spec.selector as never, object.spec.template?.metadata?.labels as never))
      errors.push({
        type: "Invalid",
        field: "spec.template.metadata.labels",
        value: object.spec.template?.metadata?.labels ?? null,
        detail: "`selector` does not match template `labels`",
      })
    return [...errors, ...validatePodSpec(object.spec?.template?.spec, "spec.template.spec")]
  },
  validateUpdate: (object, old) =>
    deepEqual(object.spec?.selector, old.spec.selector)
      ? []
      : [{ type: "Invalid", field: "spec.selector", value: object.spec?.selector, detail: "field is immutable" }],
  columns: [
    name,
    { name: "Ready", cell: (object) => `${object.status.readyReplicas ?? 0}/${object.spec.replicas ?? 0}` },
    age,
    { name: "Containers", priority: 1, cell: (object) => containerNames(object.spec.template?.spec) },
    { name: "Images", priority: 1, cell: (object) => containerImages(object.spec.template?.spec) },
  ],
})
