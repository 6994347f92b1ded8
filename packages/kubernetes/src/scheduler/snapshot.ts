/** The nodes with their Pods, as one scheduling cycle sees them. As pkg/scheduler/backend/cache/snapshot.go. */
import { node, type Pod, pod } from "../api/index.ts"
import { milliValue, quantityValue } from "../apimachinery/quantity.ts"
import type { Informers } from "../client/contract.ts"
import type { NodeInfo } from "./define-plugin.ts"
import { sumOf } from "./pod-requests.ts"

/** `assumed`: bound by this scheduler, not yet seen bound; those seen are taken out. */
export const takeSnapshot = (informers: Informers, assumed: Map<string, { pod: Pod; node: string }>): NodeInfo[] => {
  const byNode = new Map<string, Pod[]>()
  const add = (name: string, one: Pod) => {
    const list = byNode.get(name)
    if (list) list.push(one)
    else byNode.set(name, [one])
  }
  for (const one of informers.for(pod).list())
    if (one.spec.nodeName && !["Succeeded", "Failed"].includes(one.status.phase ?? "")) add(one.spec.nodeName, one)
  for (const [key, { pod: one, node: name }] of assumed) {
    if (informers.for(pod).get(one.metadata.namespace, one.metadata.name)?.spec.nodeName) assumed.delete(key)
    else add(name, one)
  }
  return informers
    .for(node)
    .list()
    .map((one) => {
      const pods = byNode.get(one.metadata.name) ?? []
      const allocatable = (one.status.allocatable ?? {}) as Record<string, string>
      return {
        node: one,
        pods,
        allocatable: {
          cpu: milliValue(allocatable.cpu),
          memory: quantityValue(allocatable.memory),
          pods: quantityValue(allocatable.pods ?? "110"),
          other: (name: string) => quantityValue(allocatable[name]),
        },
        requested: sumOf(pods),
      }
    })
}
