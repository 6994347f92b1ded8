/** StatefulSet: Pods with a number and a memory. */
import type { IStatefulSet } from "kubernetes-models/apps/v1/StatefulSet"
import type { Stored } from "../../apimachinery/object.ts"
import { containerImages, containerNames, defaultPodSpec } from "../core/pod-template.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import type { FieldError } from "../../apimachinery/status.ts"
import { invalidValue } from "../core/common-validation.ts"
import { nonNegative, oneOf } from "../core/validation-texts.ts"
import { workloadErrors } from "./template-validation.ts"

export type StatefulSet = Stored<IStatefulSet>

/** What ValidateStatefulSetSpec looks at before anything else. */
const strategyErrors = (spec: IStatefulSet["spec"]): FieldError[] => {
  const { podManagementPolicy: order, updateStrategy = {}, persistentVolumeClaimRetentionPolicy: claims } = spec ?? {}
  const errors: FieldError[] = []
  if (order !== "OrderedReady" && order !== "Parallel")
    errors.push(invalidValue("spec.podManagementPolicy", order ?? "", "must be 'OrderedReady' or 'Parallel'"))
  const at = "spec.updateStrategy"
  const { type, rollingUpdate } = updateStrategy
  if (type === "OnDelete") {
    if (rollingUpdate) errors.push(invalidValue(`${at}.rollingUpdate`, rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'"))
  } else if (type === "RollingUpdate") errors.push(...nonNegative(`${at}.rollingUpdate.partition`, rollingUpdate?.partition))
  else errors.push(invalidValue(at, updateStrategy, "must be 'RollingUpdate' or 'OnDelete'"))
  for (const field of ["whenDeleted", "whenScaled"] as const)
    if (claims) errors.push(...oneOf(`spec.persistentVolumeClaimRetentionPolicy.${field}`, claims[field] ?? "Retain", ["Retain", "Delete"]))
  return errors
}

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
    const errors = workloadErrors(object.spec as never, "statefulset")
    return [...strategyErrors(object.spec), ...errors, ...nonNegative("spec.ordinals.start", object.spec?.ordinals?.start)]
  },
  validateUpdate(object, old) {
    const fixed = (spec: IStatefulSet["spec"]) => ({
      ...spec,
      replicas: undefined,
      ordinals: undefined,
      template: undefined,
      updateStrategy: undefined,
      revisionHistoryLimit: undefined,
      persistentVolumeClaimRetentionPolicy: undefined,
      minReadySeconds: undefined,
    })
    return deepEqual(fixed(object.spec), fixed(old.spec))
      ? []
      : [
          {
            type: "Forbidden",
            field: "spec",
            detail:
              "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
          },
        ]
  },
  columns: [
    name,
    { name: "Ready", cell: (object) => `${object.status.readyReplicas ?? 0}/${object.spec.replicas ?? 0}` },
    age,
    { name: "Containers", priority: 1, cell: (object) => containerNames(object.spec.template?.spec) },
    { name: "Images", priority: 1, cell: (object) => containerImages(object.spec.template?.spec) },
  ],
})
