/** NodePorts: a host port belongs to one Pod a node. */
import type { Pod } from "../../api/index.ts"
import { definePlugin } from "../define-plugin.ts"

const hostPorts = (pod: Pod): string[] =>
  (pod.spec.containers ?? []).flatMap(({ ports }) =>
    (ports ?? []).filter(({ hostPort }) => hostPort).map(({ hostPort, protocol }) => `${protocol ?? "TCP"}/${hostPort}`),
  )

export const nodePorts = definePlugin({
  name: "NodePorts",
  filter({ pod }, { pods }) {
    const wanted = hostPorts(pod)
    return wanted.length > 0 && pods.some((other) => hostPorts(other).some((port) => wanted.includes(port)))
      ? ["node(s) didn't have free ports for the requested pod ports"]
      : []
  },
})
