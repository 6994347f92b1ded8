/** pods/portforward: channel 2n carries the bytes of connection n, 2n+1 what went wrong. As pkg/registry/core/pod/rest and the kubelet's portforward server. */
import type { Pod } from "../api/index.ts"
import { badRequest, StatusError } from "../apimachinery/status.ts"
import type { Kubelet } from "../kubelet/run.ts"
import type { PortConnection } from "../ports/container-runtime.ts"
import type { SubresourceHandler } from "./context.ts"
import type { ResponseChannels } from "./contract.ts"

/** Connections of one client that may be open at once. */
const MAX_CONNECTIONS = 256

const encoder = new TextEncoder()

/**
 * The first message on a data channel is its port: two bytes, little-endian, which open the connection. An error channel gets at most one
 * text; the end of both channels is the end of the connection.
 */
const channels = (kubelet: Kubelet, pod: Pod): ResponseChannels => {
  const open = new Map<number, PortConnection>()
  let send: (channel: number, data: Uint8Array) => void = () => {}
  let end: (channel: number) => void = () => {}
  const connect = (channel: number, port: number): void => {
    const fail = (text: string) => {
      send(channel + 1, encoder.encode(text))
      end(channel + 1)
      end(channel)
    }
    if (open.size >= MAX_CONNECTIONS) return fail(`too many connections to pod ${pod.metadata.name}`)
    let failed = false
    const connection = kubelet.portForward(pod, port, {
      onData: (data) => send(channel, data),
      onEnd() {
        open.delete(channel)
        end(channel)
        end(channel + 1)
      },
      onError(text) {
        failed = true
        fail(text)
      },
    })
    if (connection) open.set(channel, connection)
    else if (!failed) fail(`error forwarding port ${port} to pod ${pod.metadata.name}, uid ${pod.metadata.uid}: pod is not running`)
  }
  return {
    protocol: "portforward.k8s.io",
    start(sender, ender) {
      send = sender
      end = ender
    },
    receive(channel, data) {
      if (channel % 2 === 1) return
      const connection = open.get(channel)
      if (connection) connection.write(data)
      else if (data.length === 2) connect(channel, data[0] + data[1] * 256)
    },
    receiveEnd(channel) {
      if (channel % 2 === 0) return open.get(channel)?.end()
      // The client gave the connection up.
      open.get(channel - 1)?.close()
      open.delete(channel - 1)
    },
    closed() {
      for (const connection of open.values()) connection.close()
      open.clear()
    },
  }
}

export const portForward =
  (kubeletOf: (pod: Pod) => Kubelet): SubresourceHandler =>
  ({ object, request }) => {
    const pod = object as unknown as Pod
    if (!pod.spec.nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`)
    const kubelet = kubeletOf(pod)
    if (!/websocket|spdy/i.test(request.headers?.upgrade ?? "")) throw new StatusError(400, "BadRequest", "Upgrade request required")
    if (!["Running", "Pending"].includes(pod.status.phase ?? ""))
      throw new StatusError(
        500,
        "InternalError",
        `error: unable to forward port because pod is not running. Current status=${pod.status.phase}`,
      )
    return { status: 101, headers: {}, upgrade: channels(kubelet, pod) }
  }
