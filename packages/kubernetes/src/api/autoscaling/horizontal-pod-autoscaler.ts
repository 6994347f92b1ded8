/** HorizontalPodAutoscaler: as many Pods as the load asks for. */
import type { IHorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler"
import type { Stored } from "../../apimachinery/object.ts"
import { age, name } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { metricsCell } from "./metrics-cell.ts"
import { autoscalerErrors, type AutoscalerSpec, defaultBehavior } from "./autoscaler-validation.ts"

export type HorizontalPodAutoscaler = Stored<IHorizontalPodAutoscaler>

export const horizontalPodAutoscaler = defineKind<IHorizontalPodAutoscaler>({
  group: "autoscaling",
  version: "v2",
  kind: "HorizontalPodAutoscaler",
  plural: "horizontalpodautoscalers",
  shortNames: ["hpa"],
  namespaced: true,
  categories: ["all"],
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiAutoscalingV2HorizontalPodAutoscaler"),
  generation: false,
  prepareForCreate(object) {
    object.status = { desiredReplicas: 0, currentMetrics: [] }
  },
  defaults(object) {
    if (!object.spec) return
    object.spec.minReplicas ??= 1
    if (!object.spec.metrics?.length)
      object.spec.metrics = [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } }]
    if (object.spec.behavior) defaultBehavior(object.spec.behavior as NonNullable<AutoscalerSpec["behavior"]>)
  },
  validate: (object) => autoscalerErrors((object.spec ?? {}) as AutoscalerSpec),
  columns: [
    name,
    { name: "Reference", cell: (object) => `${object.spec.scaleTargetRef.kind}/${object.spec.scaleTargetRef.name}` },
    {
      name: "Targets",
      cell: (object) => metricsCell(object.spec.metrics ?? [], object.status.currentMetrics ?? []),
    },
    { name: "MinPods", cell: (object) => String(object.spec.minReplicas ?? "<unset>") },
    { name: "MaxPods", cell: (object) => object.spec.maxReplicas },
    { name: "Replicas", cell: (object) => object.status.currentReplicas ?? 0 },
    age,
  ],
})
