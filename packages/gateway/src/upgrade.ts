/** exec, attach and port-forward from outside: websocket channels (v5.channel.k8s.io) onto the API server's. */
import type { IncomingMessage } from "node:http"
import type { Duplex } from "node:stream"
import type { ApiResponse } from "@drydock/kubernetes"
import { WebSocketServer } from "ws"
import { encodeBody } from "./body.ts"
import type { Door } from "./door.ts"
import { toApiRequest } from "./serve.ts"

/** In v5, a client's message on this channel names a channel on which it will send no more. */
const CLOSE_CHANNEL = 255

/** Channel protocols in order of preference, as client-go's remotecommand offers them. */
const PROTOCOLS = ["v5.channel.k8s.io", "v4.channel.k8s.io", "v4.base64.channel.k8s.io", "channel.k8s.io", "portforward.k8s.io"]

/** A client that does not read is cut off when this many bytes wait for it. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024

const server = new WebSocketServer({
  noServer: true,
  maxPayload: 4 * 1024 * 1024,
  handleProtocols: (offered) => PROTOCOLS.find((protocol) => offered.has(protocol)) ?? false,
})

const refuse = (socket: Duplex, code: number, body: string) => {
  const text = Buffer.from(body)
  socket.end(
    `HTTP/1.1 ${code} ${code === 403 ? "Forbidden" : "Error"}\r\ncontent-type: application/json\r\ncontent-length: ${text.length}\r\nconnection: close\r\n\r\n${text}`,
  )
}

/** Answers an upgrade request. A refusal by the API server becomes an ordinary HTTP answer. */
export const upgradeApi = (request: IncomingMessage, socket: Duplex, head: Buffer, door: Door, options: { prefix?: string } = {}): void => {
  socket.on("error", () => socket.destroy())
  const settle = (answer: ApiResponse): void => {
    if (answer.later) return answer.later(settle)
    const channels = answer.upgrade
    if (!channels) return refuse(socket, answer.status || 502, encodeBody(answer.body))
    server.handleUpgrade(request, socket, head, (peer) => {
      const halfClose = peer.protocol === "v5.channel.k8s.io"
      door.enter(() =>
        channels.start(
          (channel, data) => {
            if (peer.readyState !== peer.OPEN) return
            peer.send(Buffer.concat([Buffer.of(channel), data]))
            if (peer.bufferedAmount > MAX_WAITING_BYTES) peer.terminate()
          },
          // A server says nothing of a channel's end (only clients half-close): kubectl would warn of an unknown stream 255.
          () => {},
          () => peer.close(1000),
        ),
      )
      peer.on("message", (message: Buffer) => {
        if (message.length === 0) return
        const [channel] = message
        door.enter(() =>
          halfClose && channel === CLOSE_CHANNEL ? channels.receiveEnd(message[1]) : channels.receive(channel, message.subarray(1)),
        )
      })
      peer.on("close", () => door.enter(() => channels.closed()))
      peer.on("error", () => peer.terminate())
    })
  }
  door.handle(toApiRequest(request, options.prefix ?? "", undefined), settle)
}
