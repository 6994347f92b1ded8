/** CoreDNS's kubernetes plugin: names of Services and Pods. As its plugin/kubernetes. */
import type { Simulation } from "@drydock/sim"
import { type EndpointSlice, endpointSlice, service } from "../api/index.ts"
import type { Door } from "../client/client.ts"
import { WatchInformers } from "../client/informers.ts"
import type { Component } from "../cluster-contract.ts"

export interface DnsAnswer {
  name: string
  type: "A" | "CNAME" | "SRV" | "PTR" | "AAAA"
  value: string
  ttl: number
  port?: number
}

const TTL = 30

export interface CoreDns extends Component {
  /** "cluster.local" */
  readonly domain: string
  /** Records, none (the name exists, the type does not), or NXDOMAIN; undefined: not of the cluster, ask upstream. */
  answer(name: string, type: string): readonly DnsAnswer[] | "NXDOMAIN" | undefined
}

export const runCoreDns = (options: { sim: Simulation; door: Door; domain: string }): CoreDns => {
  const { domain } = options
  const informers = new WatchInformers({
    door: options.door,
    user: {
      name: "system:serviceaccount:kube-system:coredns",
      groups: ["system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"],
    },
    sim: options.sim,
  })
  informers.index(endpointSlice, "service", (slice: EndpointSlice) => [
    `${slice.metadata.namespace}/${(slice.metadata.labels as Record<string, string> | undefined)?.["kubernetes.io/service-name"] ?? ""}`,
  ])
  const services = informers.for(service)
  const endpointsOf = (namespace: string, name: string) =>
    informers
      .for(endpointSlice)
      .byIndex("service", `${namespace}/${name}`)
      .flatMap((slice) =>
        (slice.endpoints ?? [])
          .filter(({ conditions }) => conditions?.ready !== false)
          .map(({ addresses, hostname }) => ({
            address: addresses[0],
            host: hostname ?? addresses[0].replaceAll(".", "-"),
            ports: slice.ports ?? [],
          })),
      )
  return {
    name: "coredns",
    domain,
    answer(asked, type) {
      const name = asked.toLowerCase().replace(/\.$/, "")
      const reverse = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/.exec(name)
      if (reverse) {
        const address = reverse.slice(1).reverse().join(".")
        const found = services.list().find(({ spec }) => spec.clusterIP === address)
        return found
          ? [{ name, type: "PTR", value: `${found.metadata.name}.${found.metadata.namespace}.svc.${domain}`, ttl: TTL }]
          : "NXDOMAIN"
      }
      if (name !== domain && !name.endsWith(`.${domain}`)) return undefined
      const parts = name.slice(0, -domain.length - 1).split(".")
      const kind = parts.pop()
      const namespace = parts.pop()
      if (kind === "pod" && namespace && parts.length === 1) {
        const address = parts[0].replaceAll("-", ".")
        return /^\d+(\.\d+){3}$/.test(address) ? (type === "A" ? [{ name, type: "A", value: address, ttl: TTL }] : []) : "NXDOMAIN"
      }
      if (kind !== "svc" || !namespace) return "NXDOMAIN"
      const serviceName = parts.pop()
      if (!serviceName) return services.list({ namespace }).length > 0 ? [] : "NXDOMAIN"
      const found = services.get(namespace, serviceName)
      if (!found) return "NXDOMAIN"
      if (found.spec.type === "ExternalName") return [{ name, type: "CNAME", value: found.spec.externalName ?? "", ttl: TTL }]
      const endpoints = endpointsOf(namespace, serviceName)
      if (parts.length === 1) {
        const one = endpoints.find(({ host }) => host === parts[0])
        return one ? (type === "A" ? [{ name, type: "A", value: one.address, ttl: TTL }] : []) : "NXDOMAIN"
      }
      if (parts.length === 2 && type === "SRV") {
        const [port, protocol] = parts.map((part) => part.replace(/^_/, ""))
        return (found.spec.ports ?? [])
          .filter((one) => one.name === port && (one.protocol ?? "TCP").toLowerCase() === protocol)
          .map((one) => ({ name, type: "SRV" as const, value: `${serviceName}.${namespace}.svc.${domain}`, ttl: TTL, port: one.port }))
      }
      if (parts.length > 0) return "NXDOMAIN"
      if (type !== "A") return []
      if (found.spec.clusterIP === "None") return endpoints.map(({ address }) => ({ name, type: "A" as const, value: address, ttl: TTL }))
      return [{ name, type: "A", value: found.spec.clusterIP ?? "", ttl: TTL }]
    },
    stop: () => informers.stop(),
  }
}
