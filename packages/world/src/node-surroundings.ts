/** A node's side of its Pods' networks: the bridge, a veth a Pod, and the ways to other nodes' Pods. As containernetworking's bridge plugin makes it. */
import type { Namespace, Surroundings } from "@drydock/machine"

const BRIDGE = "cni0"

const hex = (text: string): string =>
  text
    .split(".")
    .map((part) => Number(part).toString(16).padStart(2, "0"))
    .join(":")

/** As ip.RandomVethName, out of the sandbox's id. */
const vethOf = (id: string): string => `veth${id.slice(0, 8)}`

/** As go-cni names it: "cni-" and a UUID, out of the sandbox's id. */
const namespaceOf = (id: string): string =>
  `cni-${id.slice(0, 8)}-${id.slice(8, 12)}-4${id.slice(13, 16)}-a${id.slice(17, 20)}-${id.slice(20, 32)}`

export const surroundingsOf = (options: {
  podPrefix: string
  pods: readonly { id: string; ip: string; network: Namespace }[]
  others: readonly { address: string; podPrefix: string }[]
}): Surroundings => {
  const { podPrefix, pods, others } = options
  const gateway = `${podPrefix}.1`
  const up = pods.length > 0
  return {
    links: up
      ? [
          { name: BRIDGE, mac: `0a:58:${hex(gateway)}`, address: gateway, prefix: 24 },
          ...pods.map(({ id, ip }) => ({
            name: vethOf(id),
            mac: `72:${hex(ip)}:${id.slice(0, 2)}`,
            master: BRIDGE,
            peer: namespaceOf(id),
          })),
        ]
      : [],
    routes: [
      ...(up ? [`${podPrefix}.0/24 dev ${BRIDGE} proto kernel scope link src ${gateway} `] : []),
      ...others.map((other) => `${other.podPrefix}.0/24 via ${other.address} dev enp1s0 `),
    ],
    neighbours: [
      ...pods.map(({ ip }) => ({ address: ip, device: BRIDGE, mac: `0a:58:${hex(ip)}` })),
      ...others.map(({ address }) => ({ address, device: "enp1s0", mac: `02:42:${hex(address)}` })),
    ],
    named: new Map(pods.map(({ id, network }) => [namespaceOf(id), network])),
  }
}
