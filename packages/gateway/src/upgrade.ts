/** exec, attach and port-forward from outside: websocket channels (v5.channel.k8s.io) and tunnelled SPDY onto the API server's. */
import type { IncomingMessage } from "node:http"
import type { Duplex } from "node:stream"
import type { ApiResponse, ResponseChannels } from "@drydock/kubernetes"
import { type WebSocket, WebSocketServer } from "ws"
import { encodeBody } from "./body.ts"
import type { Door } from "./door.ts"
import { numbered, portsOf, TUNNEL, tunnel } from "./port-forward.ts"
import { toApiRequest } from "./serve.ts"

/** In v5, a client's message on this channel names a channel on which it will send no more. */
const CLOSE_CHANNEL = 255

/** Channel protocols of exec and attach in order of preference, as client-go's remotecommand offers them. */
const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io", "v4.base64.channel.k8s.io", "channel.k8s.io", "base64.channel.k8s.io"]
const PORT_FORWARD_PROTOCOLS = ["v4.channel.k8s.io", "v4.base64.channel.k8s.io"]

/** A client that does not read is cut off when this many bytes wait for it. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024

const options = { noServer: true, maxPayload: 4 * 1024 * 1024 } as const
const choose = (known: readonly string[]) => (offered: Set<string>) => known.find((protocol) => offered.has(protocol)) ?? false

const commands = new WebSocketServer({ ...options, handleProtocols: choose(PROTOCOLS) })
const forwards = new WebSocketServer({ ...options, handleProtocols: choose(PORT_FORWARD_PROTOCOLS) })
const tunnels = new WebSocketServer(options)
// The name of the tunnel's protocol holds a "/", which websocket libraries do not let pass.
tunnels.on("headers", (headers) => headers.push(`Sec-WebSocket-Protocol: ${TUNNEL}`))

const refuse = (socket: Duplex, code: number, reason: string, body: string) => {
  const text = Buffer.from(body)
  socket.end(
    `HTTP/1.1 ${code} ${reason}\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`,
  )
}

const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  500: "Internal Server Error",
}

/** exec and attach. */
const command = (peer: WebSocket, channels: ResponseChannels, door: Door): void => {
  const halfClose = peer.protocol === "v5.channel.k8s.io"
  const isBase64 = peer.protocol.includes("base64")
  door.enter(() =>
    channels.start(
      (channel, data) => {
        if (peer.readyState !== peer.OPEN) return
        if (isBase64) peer.send(`${channel}${Buffer.from(data).toString("base64")}`)
        else peer.send(Buffer.concat([Buffer.of(channel), data]))
        if (peer.bufferedAmount > MAX_WAITING_BYTES) peer.terminate()
      },
      // A server says nothing of a channel's end (only clients half-close): kubectl would warn of an unknown stream 255.
      () => {},
      () => peer.close(1000),
    ),
  )
  peer.on("message", (message: Buffer) => {
    if (message.length === 0) return
    const channel = isBase64 ? message[0] - 0x30 : message[0]
    const data = isBase64 ? Buffer.from(message.toString("latin1", 1), "base64") : message.subarray(1)
    door.enter(() => (halfClose && channel === CLOSE_CHANNEL ? channels.receiveEnd(data[0]) : channels.receive(channel, data)))
  })
  peer.on("close", () => door.enter(() => channels.closed()))
  peer.on("error", () => peer.terminate())
}

const forward = (request: IncomingMessage, socket: Duplex, head: Buffer, channels: ResponseChannels, door: Door): void => {
  const offered = String(request.headers["sec-websocket-protocol"] ?? "").split(/,\s*/)
  if (offered.includes(TUNNEL)) {
    delete request.headers["sec-websocket-protocol"]
    return tunnels.handleUpgrade(request, socket, head, (peer) => tunnel(peer, channels, door))
  }
  const ports = portsOf(request)
  if (!ports) {
    // As the kubelet's portforward.BuildV4Options: without ports there is nothing to forward.
    const message = 'query parameter "port" is required'
    return refuse(socket, 400, REASONS[400], `${message}\n`)
  }
  forwards.handleUpgrade(request, socket, head, (peer) => numbered(peer, channels, door, ports))
}

/** Answers an upgrade request. A refusal by the API server becomes an ordinary HTTP answer. */
export const upgradeApi = (request: IncomingMessage, socket: Duplex, head: Buffer, door: Door, given: { prefix?: string } = {}): void => {
  socket.on("error", () => socket.destroy())
  const settle = (answer: ApiResponse): void => {
    if (answer.later) return answer.later(settle)
    const channels = answer.upgrade
    if (!channels) {
      const code = answer.status || 502
      return refuse(socket, code, REASONS[code] ?? "Error", encodeBody(answer.body))
    }
    if (channels.protocol === "portforward.k8s.io") return forward(request, socket, head, channels, door)
    commands.handleUpgrade(request, socket, head, (peer) => command(peer, channels, door))
  }
  const apiRequest = toApiRequest(request, given.prefix ?? "", undefined)
  door.handle({ ...apiRequest, headers: { ...apiRequest.headers, upgrade: String(request.headers.upgrade ?? "").toLowerCase() } }, settle)
}
