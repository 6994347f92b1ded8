/** The rules that kube-proxy in iptables mode and the kubelet keep on a node. As pkg/proxy/iptables/proxier.go and pkg/kubelet/kubelet_network_linux.go. */
import { sha256Hex } from "@drydock/gotemplate"
import type { ServiceRule } from "@drydock/kubernetes/ports"

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

/** base32(sha256(text)), the first sixteen characters. */
const hashed = (text: string): string => {
  const hex = sha256Hex(text)
  let bits = 0n
  for (const digit of hex.slice(0, 20)) bits = bits * 16n + BigInt(Number.parseInt(digit, 16))
  return Array.from({ length: 16 }, (_, at) => ALPHABET[Number((bits >> BigInt(75 - at * 5)) & 31n)]).join("")
}

export interface NodeRules {
  readonly rules: readonly ServiceRule[]
  /** This node's name, for traffic policies that keep to it. */
  readonly node: string
  /** --cluster-cidr */
  readonly podRange: string
}

/** Lines of iptables-restore, a list a table: what comes before the service's own chains, those, and what must be last. */
export const kubeRules = ({ rules, node, podRange }: NodeRules): Readonly<Record<"mangle" | "filter" | "nat", readonly string[]>> => {
  const services: string[] = []
  const nodePorts: string[] = []
  const chains: string[] = []
  const rejects: string[] = []
  const external: string[] = []
  for (const rule of rules) {
    const protocol = rule.protocol.toLowerCase()
    const id = hashed(rule.name + protocol)
    const [policy, localPolicy, outside] = [`KUBE-SVC-${id}`, `KUBE-SVL-${id}`, `KUBE-EXT-${id}`]
    const here = rule.endpoints.filter((one) => one.node === node)
    const inner = rule.internalLocal ? localPolicy : policy
    const innerEndpoints = rule.internalLocal ? here : rule.endpoints
    const outerEndpoints = rule.externalLocal ? here : rule.endpoints
    const comment = (text: string) => `-m comment --comment "${rule.name}${text}"`
    const port = (number: number) => `-m ${protocol} --dport ${number}`
    for (const ip of rule.clusterIps) {
      if (innerEndpoints.length > 0)
        services.push(`-A KUBE-SERVICES -d ${ip}/32 -p ${protocol} ${comment(" cluster IP")} ${port(rule.port)} -j ${inner}`)
      else if (rule.endpoints.length === 0)
        rejects.push(
          `-A KUBE-SERVICES -d ${ip}/32 -p ${protocol} ${comment(" has no endpoints")} ${port(rule.port)} -j REJECT --reject-with icmp-port-unreachable`,
        )
      else rejects.push(`-A KUBE-SERVICES -d ${ip}/32 -p ${protocol} ${comment(" has no local endpoints")} ${port(rule.port)} -j DROP`)
    }
    const outer = [
      ...rule.externalIps.map((ip) => ({ ip, text: " external IP" })),
      ...rule.loadBalancerIps.map((ip) => ({ ip, text: " loadbalancer IP" })),
    ]
    const refusal = rule.endpoints.length === 0 ? "REJECT --reject-with icmp-port-unreachable" : "DROP"
    const why = rule.endpoints.length === 0 ? " has no endpoints" : " has no local endpoints"
    for (const { ip, text } of outer)
      if (rule.endpoints.length > 0)
        services.push(`-A KUBE-SERVICES -d ${ip}/32 -p ${protocol} ${comment(text)} ${port(rule.port)} -j ${outside}`)
    for (const { ip } of outer)
      if (outerEndpoints.length === 0)
        external.push(`-A KUBE-EXTERNAL-SERVICES -d ${ip}/32 -p ${protocol} ${comment(why)} ${port(rule.port)} -j ${refusal}`)
    if (rule.nodePort !== undefined) {
      if (rule.endpoints.length > 0) nodePorts.push(`-A KUBE-NODEPORTS -p ${protocol} ${comment("")} ${port(rule.nodePort)} -j ${outside}`)
      if (outerEndpoints.length === 0)
        external.push(
          `-A KUBE-EXTERNAL-SERVICES -p ${protocol} ${comment(why)} -m addrtype --dst-type LOCAL ${port(rule.nodePort)} -j ${refusal}`,
        )
    }
    if (rule.endpoints.length === 0) continue
    const hasOutside = outer.length > 0 || rule.nodePort !== undefined
    const usesAll = !rule.internalLocal || (hasOutside && !rule.externalLocal)
    const usesLocal = rule.internalLocal || (hasOutside && rule.externalLocal)
    if (hasOutside && rule.externalLocal) {
      const target = rule.internalLocal ? policy : policy
      chains.push(
        `-A ${outside} -s ${podRange} -m comment --comment "pod traffic for ${rule.name} external destinations" -j ${target}`,
        `-A ${outside} -m comment --comment "masquerade LOCAL traffic for ${rule.name} external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ`,
        `-A ${outside} -m comment --comment "route LOCAL traffic for ${rule.name} external destinations" -m addrtype --src-type LOCAL -j ${target}`,
        ...(here.length > 0 ? [`-A ${outside} -j ${localPolicy}`] : []),
      )
    } else if (hasOutside)
      chains.push(
        `-A ${outside} -m comment --comment "masquerade traffic for ${rule.name} external destinations" -j KUBE-MARK-MASQ`,
        `-A ${outside} -j ${policy}`,
      )
    const separate = (endpoint: { address: string; port: number }) =>
      `KUBE-SEP-${hashed(`${rule.name}${protocol}${endpoint.address}:${endpoint.port}`)}`
    const spread = (chain: string, endpoints: ServiceRule["endpoints"]) => {
      if (chain === inner)
        for (const ip of rule.clusterIps)
          chains.push(
            `-A ${chain} ! -s ${podRange} -d ${ip}/32 -p ${protocol} ${comment(" cluster IP")} ${port(rule.port)} -j KUBE-MARK-MASQ`,
          )
      const named = (endpoint: { address: string; port: number }) => comment(` -> ${endpoint.address}:${endpoint.port}`)
      if (rule.sessionAffinity !== undefined)
        for (const endpoint of endpoints)
          chains.push(
            `-A ${chain} ${named(endpoint)} -m recent --rcheck --seconds ${rule.sessionAffinity / 1_000} --reap --name ${separate(endpoint)} --mask 255.255.255.255 --rsource -j ${separate(endpoint)}`,
          )
      for (const [at, endpoint] of endpoints.entries())
        chains.push(
          `-A ${chain} ${named(endpoint)} ${at < endpoints.length - 1 ? `-m statistic --mode random --probability ${(1 / (endpoints.length - at)).toFixed(10)} ` : ""}-j ${separate(endpoint)}`,
        )
    }
    if (usesAll || (hasOutside && rule.externalLocal)) spread(policy, rule.endpoints)
    if (usesLocal) spread(localPolicy, here)
    for (const endpoint of rule.endpoints) {
      const chain = separate(endpoint)
      chains.push(
        `-A ${chain} -s ${endpoint.address}/32 ${comment("")} -j KUBE-MARK-MASQ`,
        `-A ${chain} -p ${protocol} ${comment("")} ${rule.sessionAffinity === undefined ? "" : `-m recent --set --name ${chain} --mask 255.255.255.255 --rsource `}-m ${protocol} -j DNAT --to-destination ${endpoint.address}:${endpoint.port}`,
      )
    }
  }
  return {
    mangle: [":KUBE-IPTABLES-HINT", ":KUBE-KUBELET-CANARY", ...(rules.length > 0 ? [":KUBE-PROXY-CANARY"] : [])],
    filter: [
      ":KUBE-FIREWALL",
      ":KUBE-KUBELET-CANARY",
      ...(rules.length === 0
        ? []
        : [
            ":KUBE-EXTERNAL-SERVICES",
            ":KUBE-FORWARD",
            ":KUBE-NODEPORTS",
            ":KUBE-PROXY-CANARY",
            ":KUBE-PROXY-FIREWALL",
            ":KUBE-SERVICES",
            ...FILTER_JUMPS,
          ]),
      "-A INPUT -j KUBE-FIREWALL",
      "-A OUTPUT -j KUBE-FIREWALL",
      '-A KUBE-FIREWALL ! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment "block incoming localnet connections" -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP',
      ...external,
      ...rejects,
      ...(rules.length === 0 ? [] : FORWARDING),
    ],
    nat:
      rules.length === 0
        ? [":KUBE-KUBELET-CANARY"]
        : [
            ":KUBE-KUBELET-CANARY",
            ":KUBE-MARK-MASQ",
            ":KUBE-NODEPORTS",
            ":KUBE-POSTROUTING",
            ":KUBE-PROXY-CANARY",
            ":KUBE-SERVICES",
            '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
            '-A OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
            '-A POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING',
            "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
            "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN",
            "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0",
            '-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully',
            ...nodePorts,
            ...services,
            '-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS',
            ...chains,
          ],
  }
}

const FILTER_JUMPS = [
  '-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL',
  '-A INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS',
  '-A INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES',
  '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL',
  '-A FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD',
  '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
  '-A FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES',
  '-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL',
  '-A OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
]

const FORWARDING = [
  "-A KUBE-FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name ct_state_invalid_dropped_pkts -j DROP",
  '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT',
  '-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
]
