/** ReplicaSet: keeps a number of equal Pods. */
import type { IReplicaSet } from "kubernetes-models/apps/v1/ReplicaSet"
import type { Stored } from "../../apimachinery/object.ts"
import { containerImages, containerNames, defaultPodSpec } from "../core/pod-template.ts"
import { formatSelector } from "../../apimachinery/selectors.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { workloadErrors } from "./template-validation.ts"

export type ReplicaSet = Stored<IReplicaSet>

export const replicaSet = defineKind<IReplicaSet>({
  group: "apps",
  version: "v1",
  kind: "ReplicaSet",
  plural: "replicasets",
  shortNames: ["rs"],
  namespaced: true,
  categories: ["all"],
  subresources: ["scale", "status"],
  schema: () => schemaOf("IoK8sApiAppsV1ReplicaSet"),
  scale: { specReplicas: "spec.replicas", statusReplicas: "status.replicas", selector: "status.selector" },
  prepareForCreate(object) {
    object.status = { replicas: 0 }
  },
  defaults(object) {
    if (!object.spec) return
    object.spec.replicas ??= 1
    if (object.spec.template?.spec) defaultPodSpec(object.spec.template.spec)
  },
  validate: (object) => workloadErrors(object.spec as never, "replicaset"),
  validateUpdate: (object, old) =>
    deepEqual(object.spec?.selector, old.spec.selector)
      ? []
      : [{ type: "Invalid", field: "spec.selector", value: object.spec?.selector, detail: "field is immutable" }],
  columns: [
    name,
    { name: "Desired", cell: (object) => object.spec.replicas ?? 0 },
    { name: "Current", cell: (object) => object.status.replicas ?? 0 },
    { name: "Ready", cell: (object) => object.status.readyReplicas ?? 0 },
    age,
    { name: "Containers", priority: 1, cell: (object) => containerNames(object.spec.template?.spec) },
    { name: "Images", priority: 1, cell: (object) => containerImages(object.spec.template?.spec) },
    { name: "Selector", priority: 1, cell: (object) => formatSelector(object.spec.selector as never) },
  ],
})
