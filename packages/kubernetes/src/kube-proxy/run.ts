/** kube-proxy: Services and EndpointSlices become rules of this node. As pkg/proxy/iptables/proxier.go. */
import type { Simulation, Timer } from "@drydock/sim"
import { type EndpointSlice, endpointSlice, service } from "../api/index.ts"
import type { Door } from "../client/client.ts"
import { WatchInformers } from "../client/informers.ts"
import type { Component } from "../cluster-contract.ts"
import type { NodeNetwork, ServiceRule } from "../ports/network.ts"

/** --iptables-min-sync-period, ms. */
const MIN_SYNC = 1_000

export const runKubeProxy = (options: { sim: Simulation; door: Door; network: NodeNetwork; node: string }): Component => {
  const { sim, network } = options
  const informers = new WatchInformers({ door: options.door, user: { name: "system:kube-proxy", groups: ["system:authenticated"] }, sim })
  informers.index(endpointSlice, "service", (slice: EndpointSlice) => [
    `${slice.metadata.namespace}/${(slice.metadata.labels as Record<string, string> | undefined)?.["kubernetes.io/service-name"] ?? ""}`,
  ])
  let timer: Timer | undefined
  let last = Number.NEGATIVE_INFINITY

  const sync = (): void => {
    last = sim.now()
    const rules: ServiceRule[] = []
    for (const { metadata, spec, status } of informers.for(service).list()) {
      if (!spec.clusterIP || spec.clusterIP === "None" || spec.type === "ExternalName") continue
      const slices = informers.for(endpointSlice).byIndex("service", `${metadata.namespace}/${metadata.name}`)
      for (const port of spec.ports ?? []) {
        const endpoints = slices.flatMap((slice) => {
          const target = slice.ports?.find(({ name }) => (name ?? "") === (port.name ?? ""))
          if (!target?.port) return []
          return (slice.endpoints ?? [])
            .filter(({ conditions }) => conditions?.ready !== false)
            .map(({ addresses, nodeName }) => ({ address: addresses[0], port: target.port as number, ...(nodeName && { node: nodeName }) }))
        })
        rules.push({
          name: `${metadata.namespace}/${metadata.name}${port.name ? `:${port.name}` : ""}`,
          protocol: (port.protocol ?? "TCP") as "TCP",
          clusterIps: [spec.clusterIP],
          port: port.port,
          ...(port.nodePort && { nodePort: port.nodePort }),
          externalIps: (spec.externalIPs ?? []) as string[],
          loadBalancerIps: (status.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip ? [ip] : [])),
          endpoints,
          ...(spec.sessionAffinity === "ClientIP" && {
            sessionAffinity: (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) * 1_000,
          }),
          internalLocal: spec.internalTrafficPolicy === "Local",
          externalLocal: spec.externalTrafficPolicy === "Local",
        })
      }
    }
    network.setServiceRules(rules)
  }
  const soon = (): void => {
    if (timer?.action) return
    timer = sim.schedule(Math.max(0, last + MIN_SYNC - sim.now()), sync)
  }
  informers.for(service).onChange(soon)
  informers.for(endpointSlice).onChange(soon)
  soon()
  return {
    name: "kube-proxy",
    stop() {
      sim.cancel(timer)
      informers.stop()
    },
  }
}
