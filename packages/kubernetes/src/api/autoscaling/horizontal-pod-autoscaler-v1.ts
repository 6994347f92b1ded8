/** HorizontalPodAutoscaler as autoscaling/v1 tells it: one target, the processor. */
import type { IHorizontalPodAutoscaler as IAutoscaler } from "kubernetes-models/autoscaling/v1/HorizontalPodAutoscaler"
import type { IHorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"
import { horizontalPodAutoscaler } from "./horizontal-pod-autoscaler.ts"

const isCpu = (metric: { type: string; resource?: { name: string } }): boolean =>
  metric.type === "Resource" && metric.resource?.name === "cpu"

/** As pkg/apis/autoscaling/v1/conversion.go. */
export const horizontalPodAutoscalerV1 = defineKind<IAutoscaler>({
  group: "autoscaling",
  version: "v1",
  kind: "HorizontalPodAutoscaler",
  plural: "horizontalpodautoscalers",
  shortNames: ["hpa"],
  namespaced: true,
  categories: ["all"],
  subresources: ["status"],
  schema: () => schemaOf("IoK8sApiAutoscalingV1HorizontalPodAutoscaler"),
  generation: false,
  storedAs: {
    kind: horizontalPodAutoscaler as never,
    from: (stored) => {
      const { spec, status, metadata } = stored as unknown as IHorizontalPodAutoscaler
      const target = spec?.metrics?.find(isCpu)?.resource?.target.averageUtilization
      const current = status?.currentMetrics?.find(isCpu)?.resource?.current.averageUtilization
      return {
        kind: "HorizontalPodAutoscaler",
        apiVersion: "autoscaling/v1",
        metadata,
        spec: {
          scaleTargetRef: spec?.scaleTargetRef,
          minReplicas: spec?.minReplicas,
          maxReplicas: spec?.maxReplicas,
          ...(target !== undefined && { targetCPUUtilizationPercentage: target }),
        },
        status: {
          currentReplicas: status?.currentReplicas ?? 0,
          desiredReplicas: status?.desiredReplicas ?? 0,
          ...(status?.lastScaleTime && { lastScaleTime: status.lastScaleTime }),
          ...(current !== undefined && { currentCPUUtilizationPercentage: current }),
        },
      }
    },
    to: (object) => {
      const { spec, status, metadata } = object as unknown as IAutoscaler
      const target = spec?.targetCPUUtilizationPercentage
      return {
        kind: "HorizontalPodAutoscaler",
        apiVersion: "autoscaling/v2",
        metadata,
        spec: {
          scaleTargetRef: spec?.scaleTargetRef,
          minReplicas: spec?.minReplicas,
          maxReplicas: spec?.maxReplicas,
          ...(target !== undefined && {
            metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: target } } }],
          }),
        },
        status: { currentReplicas: status?.currentReplicas, desiredReplicas: status?.desiredReplicas ?? 0 },
      }
    },
  },
  columns: horizontalPodAutoscaler.columns.map((column) => ({
    ...column,
    cell: (object: never, now: number) => column.cell(horizontalPodAutoscalerV1.storedAs?.to(object) as never, now),
  })) as never,
})
