/** Cluster addresses and node ports of Services. As pkg/registry/core/service/ipallocator and portallocator. */
import type { Simulation } from "@drydock/sim"
import type { Kind } from "../api/define-kind.ts"
import type { Json } from "../apimachinery/frozen.ts"
import type { AnyStored, KubernetesObject } from "../apimachinery/object.ts"
import { invalid } from "../apimachinery/status.ts"
import type { Etcd } from "../etcd/contract.ts"

const NODE_PORTS = { from: 30_000, to: 32_767 }

interface ServiceSpec {
  type?: string
  clusterIP?: string
  clusterIPs?: string[]
  ports?: { nodePort?: number; port: number; protocol?: string }[]
}

const toNumber = (address: string): number => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)
const toAddress = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".")

export const serviceAllocator = (options: { sim: Simulation; etcd: Etcd; cidr: string }) => {
  const [base, prefix] = options.cidr.split("/")
  const first = toNumber(base)
  const size = 2 ** (32 - Number(prefix))
  const services = () => options.etcd.range<AnyStored>("/registry/services/").items.map(({ value }) => value)
  return (kind: Kind<KubernetesObject>, object: Json, old: AnyStored | undefined): void => {
    if (kind.kind !== "Service" || kind.group !== "") return
    const spec = object.spec as ServiceSpec
    const before = old?.spec as ServiceSpec | undefined
    if (spec.type === "ExternalName") {
      delete spec.clusterIP
      delete spec.clusterIPs
      return
    }
    const others = services()
      .filter((one) => one.metadata.uid !== old?.metadata.uid)
      .map((one) => one.spec as ServiceSpec)
    if (!spec.clusterIP && before?.clusterIP) spec.clusterIP = before.clusterIP
    if (!spec.clusterIP) {
      const taken = new Set(others.map(({ clusterIP }) => clusterIP))
      let address: string
      // The lower 256 addresses of a large range are for those who ask for one.
      do address = toAddress(first + 256 + options.sim.random("service-addresses").integer(Math.max(1, size - 257)))
      while (taken.has(address))
      spec.clusterIP = address
    } else if (spec.clusterIP !== "None" && others.some(({ clusterIP }) => clusterIP === spec.clusterIP))
      throw invalid(kind, String((object.metadata as Json).name), [
        {
          type: "Invalid",
          field: "spec.clusterIPs",
          value: [spec.clusterIP],
          detail: `failed to allocate IP ${spec.clusterIP}: provided IP is already allocated`,
        },
      ])
    spec.clusterIPs = [spec.clusterIP]
    const wantsPorts = spec.type === "NodePort" || spec.type === "LoadBalancer"
    const taken = new Set(others.flatMap(({ ports }) => (ports ?? []).map(({ nodePort }) => nodePort)))
    for (const [index, port] of (spec.ports ?? []).entries()) {
      if (!wantsPorts) {
        // What the type left behind goes; what somebody asks for is refused by validation.
        if (before && before.type !== spec.type) delete port.nodePort
        continue
      }
      port.nodePort ||= before?.ports?.find((one) => one.port === port.port)?.nodePort
      // Protocols on one port share a node port.
      port.nodePort ||= spec.ports?.slice(0, index).find((one) => one.port === port.port)?.nodePort
      if (port.nodePort && spec.ports?.slice(0, index).some((one) => one.nodePort === port.nodePort)) continue
      if (!port.nodePort) {
        do port.nodePort = NODE_PORTS.from + options.sim.random("node-ports").integer(NODE_PORTS.to - NODE_PORTS.from + 1)
        while (taken.has(port.nodePort))
        taken.add(port.nodePort)
      } else if (port.nodePort < NODE_PORTS.from || port.nodePort > NODE_PORTS.to)
        throw invalid(kind, String((object.metadata as Json).name), [
          {
            type: "Invalid",
            field: `spec.ports[${index}].nodePort`,
            value: port.nodePort,
            detail: "provided port is not in the valid range. The range of valid ports is 30000-32767",
          },
        ])
      else if (taken.has(port.nodePort))
        throw invalid(kind, String((object.metadata as Json).name), [
          { type: "Invalid", field: `spec.ports[${index}].nodePort`, value: port.nodePort, detail: "provided port is already allocated" },
        ])
    }
  }
}
