/** The pod network and service rules, as CNI plugins, kube-proxy and CoreDNS program them. */

/** One service port as kube-proxy programs it: where its virtual addresses lead. */
export interface ServiceRule {
  /** "default/web:http" */
  name: string
  protocol: "TCP" | "UDP" | "SCTP"
  clusterIps: readonly string[]
  port: number
  nodePort?: number
  externalIps: readonly string[]
  loadBalancerIps: readonly string[]
  /** Ready endpoints. Empty: the rule rejects. */
  endpoints: readonly { address: string; port: number; node?: string }[]
  /** ms; undefined: none. */
  sessionAffinity?: number
  internalLocal: boolean
  externalLocal: boolean
}

export interface NodeNetwork {
  /** Replaces all service rules of this node at once (iptables-restore). */
  setServiceRules(rules: readonly ServiceRule[]): void
  /** Network policies as the CNI plugin enforces them; undefined allows all. */
  setPolicy(allow: ((from: string, to: string, port: number, protocol: string) => boolean) | undefined): void
}

/** An HTTP exchange or a TCP check that the kubelet or API server makes into the simulated network. */
export interface Prober {
  http(
    options: { url: string; method?: string; headers: Readonly<Record<string, string>>; timeout: number },
    done: (result: { status: number; body: string; headers?: Readonly<Record<string, string>> } | { error: string }) => void,
  ): void
  tcp(options: { host: string; port: number; timeout: number }, done: (error: string | undefined) => void): void
}
