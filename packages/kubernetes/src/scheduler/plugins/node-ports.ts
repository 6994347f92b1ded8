/** NodePorts: a host port belongs to one Pod a node. As pkg/scheduler/framework/types.go HostPortInfo. */
import type { Pod } from "../../api/index.ts"
import { definePlugin } from "../define-plugin.ts"

interface HostPort {
  at: string
  address: string
}

const EVERY = "0.0.0.0"
const NONE: readonly HostPort[] = []
const known = new WeakMap<object, readonly HostPort[]>()

export const hostPortsOf = (pod: Pod): readonly HostPort[] => {
  let found = known.get(pod.spec)
  if (!found) {
    const ports = [...(pod.spec.containers ?? []), ...(pod.spec.initContainers ?? []).filter((one) => one.restartPolicy === "Always")]
      .flatMap((container) => container.ports ?? [])
      .filter(({ hostPort }) => hostPort)
    found =
      ports.length === 0 ? NONE : ports.map((port) => ({ at: `${port.protocol ?? "TCP"}/${port.hostPort}`, address: port.hostIP || EVERY }))
    known.set(pod.spec, found)
  }
  return found
}

export const portsClash = (wanted: readonly HostPort[], pods: readonly Pod[]): boolean =>
  pods.some((other) =>
    hostPortsOf(other).some(({ at, address }) =>
      wanted.some((own) => own.at === at && (own.address === address || own.address === EVERY || address === EVERY)),
    ),
  )

export const nodePorts = definePlugin({
  name: "NodePorts",
  filter({ pod }) {
    const wanted = hostPortsOf(pod)
    if (wanted.length === 0) return undefined
    return ({ pods }) =>
      portsClash(wanted, pods) ? { reasons: ["node(s) didn't have free ports for the requested pod ports"] } : undefined
  },
})
