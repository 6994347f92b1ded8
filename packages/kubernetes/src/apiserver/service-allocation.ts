/** Cluster addresses and node ports of Services. As pkg/registry/core/service/ipallocator and portallocator. */
import type { Simulation } from "@drydock/sim"
import type { Kind } from "../api/define-kind.ts"
import type { Json } from "../apimachinery/frozen.ts"
import type { AnyStored, KubernetesObject } from "../apimachinery/object.ts"
import { ipAddress } from "../api/networking/ip-address.ts"
import { invalid, StatusError } from "../apimachinery/status.ts"
import type { Registry } from "./registry.ts"
import type { Etcd } from "../etcd/contract.ts"

const NODE_PORTS = { from: 30_000, to: 32_767 }

interface ServiceSpec {
  type?: string
  externalTrafficPolicy?: string
  healthCheckNodePort?: number
  clusterIP?: string
  clusterIPs?: string[]
  ports?: { nodePort?: number; port: number; protocol?: string }[]
}

const toNumber = (address: string): number => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0)
const toAddress = (value: number): string => [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".")

interface Range {
  first: number
  size: number
}

const rangeOf = (cidr: string): Range => {
  const [base, prefix] = cidr.split("/")
  return { first: toNumber(base), size: 2 ** (32 - Number(prefix)) }
}

const isIpv4 = (address: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(address)
const holds = ({ first, size }: Range, address: string): boolean => toNumber(address) >= first && toNumber(address) < first + size

/** Addresses that Services have: an IPAddress each. As pkg/registry/core/service/ipallocator/ipallocator.go. */
export const noteAddress = (
  registry: Pick<Registry, "create" | "find" | "remove">,
  kind: Kind<KubernetesObject>,
  before: AnyStored | undefined,
  after: AnyStored | undefined,
): void => {
  if (kind.kind !== "Service" || kind.group !== "") return
  const addressOf = (one: AnyStored | undefined) => {
    const { clusterIP } = (one?.spec ?? {}) as ServiceSpec
    return clusterIP && clusterIP !== "None" ? clusterIP : undefined
  }
  const [old, now] = [addressOf(before), addressOf(after)]
  if (old === now) return
  const context = { user: "system:apiserver", manager: "kube-apiserver", subresource: "", dryRun: false, admit: () => {}, stored: () => {} }
  const held = old === undefined ? undefined : registry.find(ipAddress as never, undefined, old)
  if (held) registry.remove(ipAddress as never, held, context)
  if (now === undefined || registry.find(ipAddress as never, undefined, now)) return
  const { name, namespace } = (after as AnyStored).metadata
  registry.create(
    ipAddress as never,
    {
      apiVersion: ipAddress.apiVersion,
      kind: ipAddress.kind,
      metadata: {
        name: now,
        labels: { "ipaddress.kubernetes.io/ip-family": "IPv4", "ipaddress.kubernetes.io/managed-by": "ipallocator.k8s.io" } as never,
      },
      spec: { parentRef: { group: "", resource: "services", namespace, name } },
    } as never,
    undefined,
    context,
  )
}

/** Tries at random before every address is looked at in turn. */
const TRIES = 64
/** Addresses that are looked at in turn, at most. */
const MOST = 65_536

/** One that nobody has: the lower part of a range is for those who ask for an address. */
const freeAddress = (ranges: readonly Range[], taken: ReadonlySet<string>, random: (below: number) => number): string | undefined => {
  for (const { first, size } of ranges) {
    const kept = size <= 32 ? 1 : Math.min(256, Math.max(16, Math.floor(size / 16)))
    const free = Math.max(1, size - kept - 1)
    for (let i = 0; i < TRIES; i++) {
      const address = toAddress(first + kept + random(free))
      if (!taken.has(address)) return address
    }
    for (let offset = 1; offset < Math.min(size - 1, MOST); offset++) {
      const address = toAddress(first + offset)
      if (!taken.has(address)) return address
    }
  }
  return undefined
}

/** Why an address that is asked for cannot be had; undefined when it can. As ipallocator/interfaces.go and cidrallocator.go say it. */
const refusal = (address: string, ranges: readonly Range[], cidr: string, others: readonly ServiceSpec[]): string | undefined => {
  const around = ranges.find((one) => holds(one, address))
  if (!around) return "the provided network does not match the current range"
  const number = toNumber(address)
  if (number === around.first || number === around.first + around.size - 1)
    return `the provided IP (${address}) is not in the valid range. The range of valid IPs is ${cidr}`
  return others.some(({ clusterIP }) => clusterIP === address) ? "provided IP is already allocated" : undefined
}

export const serviceAllocator = (options: { sim: Simulation; etcd: Etcd; cidr: string }) => {
  /** The cluster's own range, then those that were added and are ready. */
  const ranges = (): Range[] => {
    const added = options.etcd.range<AnyStored>("/registry/servicecidrs/").items.flatMap(({ value }) => {
      const { spec, status, metadata } = value as AnyStored & {
        spec?: { cidrs?: string[] }
        status?: { conditions?: { type: string; status: string }[] }
      }
      const ready = status?.conditions?.some((one) => one.type === "Ready" && one.status === "True")
      return ready && !metadata.deletionTimestamp ? (spec?.cidrs ?? []).filter((cidr) => cidr.includes(".") && cidr !== options.cidr) : []
    })
    return [options.cidr, ...added].map(rangeOf)
  }
  const freePort = (taken: Set<number | undefined>): number => {
    let port: number
    do port = NODE_PORTS.from + options.sim.random("node-ports").integer(NODE_PORTS.to - NODE_PORTS.from + 1)
    while (taken.has(port))
    taken.add(port)
    return port
  }
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
      spec.clusterIP = freeAddress(ranges(), new Set(others.flatMap(({ clusterIP }) => clusterIP ?? [])), (below) =>
        options.sim.random("service-addresses").integer(below),
      )
      if (spec.clusterIP === undefined)
        throw new StatusError(500, "InternalError", "Internal error occurred: failed to allocate a serviceIP: range is full", {})
    } else if (spec.clusterIP !== before?.clusterIP && isIpv4(spec.clusterIP)) {
      const reason = refusal(spec.clusterIP, ranges(), options.cidr, others)
      if (reason !== undefined)
        throw invalid(kind, String((object.metadata as Json).name), [
          {
            type: "Invalid",
            field: "spec.clusterIPs",
            value: [spec.clusterIP],
            detail: `failed to allocate IP ${spec.clusterIP}: ${reason}`,
          },
        ])
    }
    // A second address, which nobody here can have, is left for validation to see.
    spec.clusterIPs = spec.clusterIPs && spec.clusterIPs.length > 1 ? spec.clusterIPs : [spec.clusterIP]
    const wantsPorts = spec.type === "NodePort" || spec.type === "LoadBalancer"
    const taken = new Set(
      others.flatMap(({ ports, healthCheckNodePort }) => [healthCheckNodePort, ...(ports ?? []).map(({ nodePort }) => nodePort)]),
    )
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
      if (!port.nodePort) port.nodePort = freePort(taken)
      else if (port.nodePort < NODE_PORTS.from || port.nodePort > NODE_PORTS.to)
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
    // Where a balancer asks nodes whether they have endpoints of the Service.
    if (spec.type === "LoadBalancer" && spec.externalTrafficPolicy === "Local")
      spec.healthCheckNodePort ||= before?.healthCheckNodePort || freePort(taken)
  }
}
