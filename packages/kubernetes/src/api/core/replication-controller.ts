/** ReplicationController: keeps a number of Pods, the older form. */
import type { IReplicationController } from "kubernetes-models/v1/ReplicationController"
import type { Stored } from "../../apimachinery/object.ts"
import { containerImages, containerNames, defaultPodSpec, validatePodSpec } from "./pod-template.ts"
import { age, labelsCell, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { nonNegative } from "./validation-texts.ts"
import { schemaOf } from "../schema/definitions.ts"

export type ReplicationController = Stored<IReplicationController>

export const replicationController = defineKind<IReplicationController>({
  group: "",
  version: "v1",
  kind: "ReplicationController",
  plural: "replicationcontrollers",
  shortNames: ["rc"],
  namespaced: true,
  categories: ["all"],
  subresources: ["scale", "status"],
  schema: () => schemaOf("IoK8sApiCoreV1ReplicationController"),
  scale: { specReplicas: "spec.replicas", statusReplicas: "status.replicas", selector: "status.selector" },
  defaultPropagation: "Orphan",
  prepareForCreate(object) {
    object.status = { replicas: 0 }
  },
  defaults(object) {
    const spec = (object.spec ??= {})
    spec.replicas ??= 1
    const labels = spec.template?.metadata?.labels
    if (labels && !Object.keys(spec.selector ?? {}).length) spec.selector = { ...labels } as never
    if (labels && !Object.keys(object.metadata?.labels ?? {}).length)
      object.metadata = { ...object.metadata, labels: { ...labels } as never }
    if (spec.template?.spec) defaultPodSpec(spec.template.spec)
  },
  validate: (object) => [
    ...nonNegative("spec.replicas", object.spec?.replicas),
    ...(Object.keys(object.spec?.selector ?? {}).length === 0 ? [{ type: "Required" as const, field: "spec.selector" }] : []),
    ...(object.spec?.template
      ? validatePodSpec(object.spec.template.spec, "spec.template.spec")
      : [{ type: "Required" as const, field: "spec.template" }]),
  ],
  columns: [
    name,
    { name: "Desired", cell: (object) => object.spec.replicas ?? 0 },
    { name: "Current", cell: (object) => object.status.replicas ?? 0 },
    { name: "Ready", cell: (object) => object.status.readyReplicas ?? 0 },
    age,
    { name: "Containers", priority: 1, cell: (object) => containerNames(object.spec.template?.spec) },
    { name: "Images", priority: 1, cell: (object) => containerImages(object.spec.template?.spec) },
    { name: "Selector", priority: 1, cell: (object) => labelsCell(object.spec.selector as Record<string, string>) },
  ],
})
