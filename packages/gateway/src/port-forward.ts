/** The three ways in which clients ask for port-forward, onto the API server's channels. As apiserver/pkg/util/proxy/streamtunnel.go and the kubelet's portforward/websocket.go. */
import type { IncomingMessage } from "node:http"
import type { ResponseChannels } from "@drydock/kubernetes"
import type { WebSocket } from "ws"
import type { Door } from "./door.ts"
import { SpdyConnection } from "./spdy/connection.ts"

/** kubectl since v1.31: SPDY frames inside websocket messages. */
export const TUNNEL = "SPDY/3.1+portforward.k8s.io"

/** A client that does not read is cut off when this many bytes wait for it. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024

const portBytes = (port: number): Uint8Array => Uint8Array.of(port & 0xff, port >> 8)

const send = (peer: WebSocket, bytes: Buffer): void => {
  if (peer.readyState !== peer.OPEN) return
  peer.send(bytes)
  if (peer.bufferedAmount > MAX_WAITING_BYTES) peer.terminate()
}

/** Each connection is two streams, told by headers: `streamtype` data or error, `port`, and a `requestid` that they share. */
export const tunnel = (peer: WebSocket, channels: ResponseChannels, door: Door): void => {
  interface Pair {
    channel: number
    port: number
    data?: number
    error?: number
    begun: boolean
  }
  const pairs = new Map<string, Pair>()
  const byStream = new Map<number, { pair: Pair; isData: boolean; request: string }>()
  const byChannel = new Map<number, Pair>()
  let next = 0
  const spdy = new SpdyConnection(
    (bytes) => send(peer, bytes),
    {
      opened(stream, headers) {
        const request = headers.get("requestid") ?? ""
        const port = Number(headers.get("port"))
        const kind = headers.get("streamtype")
        if (!Number.isInteger(port) || port < 1 || port > 65_535 || (kind !== "data" && kind !== "error")) return spdy.reset(stream)
        let pair = pairs.get(request)
        if (!pair) {
          pair = { channel: next, port, begun: false }
          next += 2
          pairs.set(request, pair)
          byChannel.set(pair.channel, pair)
        }
        pair[kind] = stream
        byStream.set(stream, { pair, isData: kind === "data", request })
        const { channel } = pair
        if (pair.begun || pair.data === undefined || pair.error === undefined) return
        pair.begun = true
        door.enter(() => channels.receive(channel, portBytes(port)))
      },
      data(stream, data) {
        const found = byStream.get(stream)
        if (found?.isData) door.enter(() => channels.receive(found.pair.channel, data))
      },
      ended(stream) {
        const found = byStream.get(stream)
        if (found?.isData) door.enter(() => channels.receiveEnd(found.pair.channel))
      },
      reset(stream) {
        const found = byStream.get(stream)
        if (!found) return
        byStream.delete(stream)
        pairs.delete(found.request)
        door.enter(() => channels.receiveEnd(found.pair.channel + 1))
      },
    },
    () => peer.terminate(),
  )
  const streamOf = (channel: number): number | undefined => {
    const pair = byChannel.get(channel & ~1)
    return channel % 2 === 0 ? pair?.data : pair?.error
  }
  door.enter(() =>
    channels.start(
      (channel, data) => {
        const stream = streamOf(channel)
        if (stream !== undefined) spdy.send(stream, data)
      },
      (channel) => {
        const stream = streamOf(channel)
        if (stream !== undefined) spdy.end(stream)
      },
      () => peer.close(1000),
    ),
  )
  peer.on("message", (message: Buffer) => spdy.receive(message))
  peer.on("close", () => {
    spdy.close()
    door.enter(() => channels.closed())
  })
  peer.on("error", () => peer.terminate())
}

/** The ports that a request names, each of which is one connection (?ports=80&ports=443). Undefined: one of them is none. */
export const portsOf = (request: IncomingMessage): readonly number[] | undefined => {
  const ports = new URL(request.url ?? "/", "http://localhost").searchParams.getAll("ports").flatMap((text) => text.split(","))
  const numbers = ports.map(Number)
  return numbers.length > 0 && numbers.every((port) => Number.isInteger(port) && port > 0 && port < 65_536) ? numbers : undefined
}

/** Websocket messages whose first byte is the channel; each channel begins with its port. */
export const numbered = (peer: WebSocket, channels: ResponseChannels, door: Door, ports: readonly number[]): void => {
  const isBase64 = peer.protocol.includes("base64")
  const say = (channel: number, data: Uint8Array) =>
    isBase64
      ? send(peer, Buffer.from(`${channel}${Buffer.from(data).toString("base64")}`))
      : send(peer, Buffer.concat([Buffer.of(channel), data]))
  const ended = new Set<number>()
  door.enter(() => {
    channels.start(
      (channel, data) => say(channel, data),
      (channel) => {
        ended.add(channel)
        if (ended.size === ports.length * 2) peer.close(1000)
      },
      () => peer.close(1000),
    )
    for (const [index, port] of ports.entries()) {
      say(index * 2, portBytes(port))
      say(index * 2 + 1, portBytes(port))
      channels.receive(index * 2, portBytes(port))
    }
  })
  peer.on("message", (message: Buffer) => {
    if (message.length < 2) return
    const channel = isBase64 ? message[0] - 0x30 : message[0]
    const data = isBase64 ? Buffer.from(message.toString("latin1", 1), "base64") : message.subarray(1)
    if (channel < ports.length * 2) door.enter(() => channels.receive(channel, data))
  })
  peer.on("close", () => door.enter(() => channels.closed()))
  peer.on("error", () => peer.terminate())
}
