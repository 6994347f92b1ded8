/** Which addresses a Service leads to: the Pods that its selector fits. */
import { type Pod, pod, type Service } from "../api/index.ts"
import type { Informers } from "../client/contract.ts"
import { selectorMatches } from "../apimachinery/selectors.ts"
import { isReady } from "./pod-readiness.ts"

export interface BackendPort {
  name: string
  port: number
  protocol: string
}

export interface Backend {
  pod: Pod
  ready: boolean
  serving: boolean
  terminating: boolean
  ports: readonly BackendPort[]
}

/** A target port in one Pod: a number, or a named container port. */
const portOf = (target: unknown, one: Pod, protocol: string): number | undefined => {
  if (typeof target === "number") return target
  if (/^\d+$/.test(String(target))) return Number(target)
  for (const container of one.spec.containers ?? [])
    for (const port of container.ports ?? []) if (port.name === target && (port.protocol ?? "TCP") === protocol) return port.containerPort
  return undefined
}

export const backendsOf = (service: Service, informers: Informers): Backend[] => {
  const selector = service.spec.selector as Record<string, string> | undefined
  if (!selector || Object.keys(selector).length === 0) return []
  const backends: Backend[] = []
  for (const one of informers.for(pod).byIndex("namespace", service.metadata.namespace ?? "")) {
    if (
      !selectorMatches({ matchLabels: selector }, one.metadata.labels as never) ||
      !one.status.podIP ||
      ["Succeeded", "Failed"].includes(one.status.phase ?? "")
    )
      continue
    const ports: BackendPort[] = []
    for (const { name = "", targetPort, port, protocol = "TCP" } of service.spec.ports ?? []) {
      const number = portOf(targetPort ?? port, one, protocol)
      if (number !== undefined) ports.push({ name, port: number, protocol })
    }
    const terminating = one.metadata.deletionTimestamp !== undefined
    const serving = isReady(one)
    backends.push({
      pod: one,
      ready: (serving && !terminating) || service.spec.publishNotReadyAddresses === true,
      serving,
      terminating,
      ports,
    })
  }
  return backends.sort((a, b) => (a.pod.metadata.name < b.pod.metadata.name ? -1 : 1))
}

/** Services whose selector fits a changed Pod, before or after. */
export const servicesOf = (
  change: { object: Pod; old: Pod | undefined },
  services: readonly Service[],
): { namespace: string; name: string }[] =>
  services
    .filter(
      ({ metadata, spec }) =>
        metadata.namespace === change.object.metadata.namespace &&
        [change.object, change.old].some(
          (one) => one && spec.selector && selectorMatches({ matchLabels: spec.selector as never }, one.metadata.labels as never),
        ),
    )
    .map(({ metadata }) => ({ namespace: metadata.namespace as string, name: metadata.name }))
