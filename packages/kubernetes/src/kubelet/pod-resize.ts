/** In-place resize: whether a node has what a Pod wants now, and what is told of it. As pkg/kubelet/allocation/allocation_manager.go. */
import type { Node, Pod } from "../api/index.ts"
import { milliValue, quantityValue } from "../apimachinery/quantity.ts"
import { requestsOf } from "../scheduler/pod-requests.ts"

export interface PendingResize {
  /** As the condition has it: it can never be, or not now. */
  reason: "Infeasible" | "Deferred"
  /** As the event has it. */
  told: string
  message: string
}

/** Undefined: there is room. Millicores and bytes. */
export const resizeProblem = (pod: Pod, others: readonly Pod[], node: Node): PendingResize | undefined => {
  const amounts = (node.status.allocatable ?? {}) as Record<string, string>
  const capacity = { cpu: milliValue(amounts.cpu), memory: quantityValue(amounts.memory) }
  const wanted = requestsOf(pod)
  for (const name of ["cpu", "memory"] as const)
    if (wanted[name] > capacity[name])
      return {
        reason: "Infeasible",
        told: "Infeasible",
        message: `Node didn't have enough capacity: ${name}, requested: ${wanted[name]}, capacity: ${capacity[name]}`,
      }
  for (const name of ["cpu", "memory"] as const) {
    const used = others.reduce((sum, other) => sum + requestsOf(other)[name], 0)
    if (wanted[name] > capacity[name] - used)
      return {
        reason: "Deferred",
        told: `OutOf${name}`,
        message: `Node didn't have enough resource: ${name}, requested: ${wanted[name]}, used: ${used}, capacity: ${capacity[name]}`,
      }
  }
  return undefined
}

/** What an event says of the resources wanted. */
export const resizeDetails = ({ spec, metadata }: Pod, error?: string): string => {
  const listed = (containers: Pod["spec"]["containers"] | undefined) =>
    (containers ?? [])
      .filter(({ resources }) => resources?.limits || resources?.requests)
      .map(({ name, resources }) => ({
        name,
        resources: { ...(resources?.limits && { limits: resources.limits }), ...(resources?.requests && { requests: resources.requests }) },
      }))
  const sidecars = listed((spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always") as never)
  return JSON.stringify({
    ...(sidecars.length > 0 && { initContainers: sidecars }),
    containers: listed(spec.containers),
    generation: metadata.generation,
    ...(error !== undefined && { error }),
  })
}
