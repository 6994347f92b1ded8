/** DaemonSet: one Pod on every node. */
import type { IDaemonSet } from "kubernetes-models/apps/v1/DaemonSet"
import type { Stored } from "../../apimachinery/object.ts"
import { containerImages, containerNames, defaultPodSpec } from "../core/pod-template.ts"
import { formatSelector } from "../../apimachinery/selectors.ts"
import { deepEqual } from "../../apimachinery/frozen.ts"
import { age, labelsCell, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { workloadErrors } from "./template-validation.ts"

export type DaemonSet = Stored<IDaemonSet>

const TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"

export const daemonSet = defineKind<IDaemonSet>({
  group: "apps",
  version: "v1",
  kind: "DaemonSet",
  plural: "daemonsets",
  shortNames: ["ds"],
  namespaced: true,
  categories: ["all"],
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiAppsV1DaemonSet"),
  convertedAnnotations: [TEMPLATE_GENERATION],
  prepareForCreate(object) {
    // In place: uid and times are written into this very object afterwards.
    const metadata = (object.metadata ??= {})
    metadata.annotations = { ...metadata.annotations, [TEMPLATE_GENERATION]: "1" } as never
    object.status = { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 }
  },
  // As SetTemplateGeneration in the conversion to apps/v1: the generation lives on as an annotation.
  prepareForUpdate(object, old) {
    const before = Number((old.metadata.annotations as Record<string, string> | undefined)?.[TEMPLATE_GENERATION] ?? 1)
    const changed = !deepEqual(object.spec?.template, old.spec.template)
    object.metadata = {
      ...object.metadata,
      annotations: { ...object.metadata?.annotations, [TEMPLATE_GENERATION]: String(before + (changed ? 1 : 0)) } as never,
    }
  },
  defaults(object) {
    if (!object.spec) return
    object.spec.revisionHistoryLimit ??= 10
    const strategy = (object.spec.updateStrategy ??= {})
    strategy.type ||= "RollingUpdate"
    if (strategy.type === "RollingUpdate")
      strategy.rollingUpdate = { maxUnavailable: 1 as never, maxSurge: 0 as never, ...strategy.rollingUpdate }
    if (object.spec.template?.spec) defaultPodSpec(object.spec.template.spec)
  },
  validate(object) {
    const errors = workloadErrors(object.spec as never, "daemonset")
    return errors
  },
  validateUpdate: (object, old) =>
    deepEqual(object.spec?.selector, old.spec.selector)
      ? []
      : [{ type: "Invalid", field: "spec.selector", value: object.spec?.selector, detail: "field is immutable" }],
  columns: [
    name,
    { name: "Desired", cell: (object) => object.status.desiredNumberScheduled },
    { name: "Current", cell: (object) => object.status.currentNumberScheduled },
    { name: "Ready", cell: (object) => object.status.numberReady },
    { name: "Up-to-date", cell: (object) => object.status.updatedNumberScheduled ?? 0 },
    { name: "Available", cell: (object) => object.status.numberAvailable ?? 0 },
    { name: "Node Selector", cell: (object) => labelsCell(object.spec.template?.spec?.nodeSelector as Record<string, string>) },
    age,
    { name: "Containers", priority: 1, cell: (object) => containerNames(object.spec.template?.spec) },
    { name: "Images", priority: 1, cell: (object) => containerImages(object.spec.template?.spec) },
    { name: "Selector", priority: 1, cell: (object) => formatSelector(object.spec.selector as never) },
  ],
})
