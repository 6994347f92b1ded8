/** NetworkPolicies as a CNI plugin enforces them: who may open a connection to whom. As networking.k8s.io/v1 defines them. */
import { namespace, type NetworkPolicy, networkPolicy, type Pod, pod } from "../api/index.ts"
import { selectorMatches } from "../apimachinery/selectors.ts"
import type { Informers } from "../client/contract.ts"
import type { NodeNetwork } from "../ports/network.ts"

type Ingress = NonNullable<NetworkPolicy["spec"]["ingress"]>[number]
type Peer = NonNullable<Ingress["from"]>[number]
type Port = NonNullable<Ingress["ports"]>[number]

interface Packet {
  from: string
  to: string
  port: number
  protocol: string
}

const numberOf = (address: string): number => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)

const inCidr = (address: string, cidr: string): boolean => {
  const [base, bits] = cidr.split("/")
  const size = 2 ** (32 - Number(bits ?? 32))
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(base) / size)
}

export class NetworkPolicies {
  readonly #informers: Informers
  readonly #networks = new Set<NodeNetwork>()
  #byAddress: Map<string, Pod> | undefined
  #watching = false

  constructor(informers: Informers) {
    this.#informers = informers
    informers.for(networkPolicy).onChange(() => this.#apply())
  }

  /** A node joins: its traffic is filtered too. Returns how it leaves. */
  enforce(network: NodeNetwork): () => void {
    this.#networks.add(network)
    if (this.#any()) network.setPolicy(this.#allow)
    return () => this.#networks.delete(network)
  }

  #any(): boolean {
    return this.#informers.for(networkPolicy).list().length > 0
  }

  #apply(): void {
    // Pods are followed from the first policy on: a cluster without any pays nothing.
    if (this.#any() && !this.#watching) {
      this.#watching = true
      this.#informers.for(namespace)
      this.#informers.for(pod).onChange(() => {
        this.#byAddress = undefined
      })
    }
    const allow = this.#any() ? this.#allow : undefined
    for (const network of this.#networks) network.setPolicy(allow)
  }

  #podAt(address: string): Pod | undefined {
    if (!this.#byAddress) {
      this.#byAddress = new Map()
      for (const one of this.#informers.for(pod).list())
        if (one.status.podIP && !one.spec.hostNetwork && !["Succeeded", "Failed"].includes(one.status.phase ?? ""))
          this.#byAddress.set(one.status.podIP, one)
    }
    return this.#byAddress.get(address)
  }

  readonly #allow = (from: string, to: string, port: number, protocol: string): boolean => {
    const packet = { from, to, port, protocol }
    const [source, target] = [this.#podAt(from), this.#podAt(to)]
    if (source && !this.#leaves(source, target, packet)) return false
    // A node reaches its own Pods whatever a policy says: the kubelet probes them.
    if (!target || from === target.status.hostIP) return true
    return this.#enters(source, target, packet)
  }

  #policiesOf(one: Pod, type: "Ingress" | "Egress"): NetworkPolicy[] {
    return this.#informers
      .for(networkPolicy)
      .list({ namespace: one.metadata.namespace as string })
      .filter(
        ({ spec }) => spec.policyTypes?.includes(type) && selectorMatches((spec.podSelector ?? {}) as never, one.metadata.labels as never),
      )
  }

  #enters(source: Pod | undefined, target: Pod, packet: Packet): boolean {
    const policies = this.#policiesOf(target, "Ingress")
    return (
      policies.length === 0 ||
      policies.some(({ spec, metadata }) =>
        (spec.ingress ?? []).some(
          (rule) =>
            this.#portFits(rule.ports, target, packet) && this.#peerFits(rule.from, metadata.namespace as string, source, packet.from),
        ),
      )
    )
  }

  #leaves(source: Pod, target: Pod | undefined, packet: Packet): boolean {
    const policies = this.#policiesOf(source, "Egress")
    return (
      policies.length === 0 ||
      policies.some(({ spec, metadata }) =>
        (spec.egress ?? []).some(
          (rule) => this.#portFits(rule.ports, target, packet) && this.#peerFits(rule.to, metadata.namespace as string, target, packet.to),
        ),
      )
    )
  }

  #portFits(ports: readonly Port[] | undefined, target: Pod | undefined, { port, protocol }: Packet): boolean {
    if (!ports?.length) return true
    return ports.some(({ port: wanted, endPort, protocol: own = "TCP" }) => {
      if (own !== protocol) return false
      if (wanted === undefined) return true
      if (endPort !== undefined) return port >= Number(wanted) && port <= endPort
      if (typeof wanted === "number") return wanted === port
      return (target?.spec.containers ?? []).some((container) =>
        container.ports?.some(({ name, containerPort }) => name === wanted && containerPort === port),
      )
    })
  }

  #peerFits(peers: readonly Peer[] | undefined, own: string, other: Pod | undefined, address: string): boolean {
    if (!peers?.length) return true
    return peers.some(({ ipBlock, podSelector, namespaceSelector }) => {
      if (ipBlock) return inCidr(address, ipBlock.cidr) && !(ipBlock.except ?? []).some((cidr) => inCidr(address, cidr as string))
      if (!other) return false
      const place = other.metadata.namespace as string
      const labels = this.#informers.for(namespace).get(undefined, place)?.metadata.labels
      const inPlace = namespaceSelector ? selectorMatches(namespaceSelector as never, labels as never) : place === own
      return inPlace && (!podSelector || selectorMatches(podSelector as never, other.metadata.labels as never))
    })
  }
}
