/** ssh -L and -R: connections carried to where the other side can reach. As channels.c. */
import { type Listener, type Process, type Steps, type Stream, SystemError } from "@drydock/machine"
import { type Channel, type Channels, streamPort } from "./channels.ts"
import type { Message } from "./link.ts"

export interface Forward {
  readonly address: string
  readonly port: number
  readonly host: string
  readonly target: number
}

/** "8080:web:80" or "0.0.0.0:8080:web:80", in a file with a blank before the target; undefined when it is neither. */
export const parseForward = (text: string): Forward | undefined => {
  const [, address, port, host, target] = /^(?:(\[[^\]]*\]|[^:\s/]*):)?(\d+)[:\s]\s*(\[[^\]]+\]|[^:\s]+):(\d+)$/.exec(text.trim()) ?? []
  if (port === undefined) return undefined
  const bare = (name: string) => name.replace(/^\[(.*)\]$/, "$1")
  const from = address === undefined ? "127.0.0.1" : bare(address)
  return {
    address: from === "" || from === "*" ? "0.0.0.0" : from === "localhost" ? "127.0.0.1" : from,
    port: Number(port),
    host: bare(host),
    target: Number(target),
  }
}

/** A connection to where a channel is meant to lead, made by a process of its own so that nobody waits for it. */
export const connectChannel = (
  process: Process,
  channels: Channels,
  channel: Channel,
  { host, target }: { host: string; target: number },
  wake: () => void,
): void => {
  process.spawn(
    function* (own): Steps<number> {
      let stream: Stream | undefined
      try {
        const [record] = /^\d+(\.\d+){3}$/.test(host) ? [{ value: host }] : yield* own.network.lookup(host)
        if (record) stream = yield* own.network.connect(record.value, target, { timeout: 30_000 })
      } catch (error) {
        if (!(error instanceof SystemError)) throw error
      }
      if (!stream) {
        channels.link.send({ t: "refused", id: channel.id, reason: "Connection refused" })
        channels.drop(channel)
        wake()
        return 1
      }
      // The one that carries it keeps it open, not the one that made it.
      stream.keptBy?.(process)
      const port = streamPort(stream)
      channel.attach([port], [port])
      channels.link.send({ t: "opened", id: channel.id })
      wake()
      return 0
    },
    { argv: process.argv, fds: new Map() },
  )
}

/** Takes connections on a port and opens a channel for each. */
export class ForwardListener {
  readonly #listener: Listener
  readonly #channels: Channels
  readonly #open: (stream: Stream) => Channel

  /** Throws EADDRINUSE, EADDRNOTAVAIL. */
  constructor(process: Process, channels: Channels, forward: Forward, kind: "direct-tcpip" | "forwarded-tcpip") {
    this.#channels = channels
    this.#listener = process.network.listen(forward.port, { address: forward.address, pid: process.pid })
    this.#open = (stream) => {
      stream.keptBy?.(process)
      const channel = channels.open(kind, { host: forward.host, port: forward.target })
      const port = streamPort(stream)
      channel.to = [port]
      channel.from = [port]
      return channel
    }
  }

  get port(): number {
    return this.#listener.port
  }

  get queue() {
    return this.#listener.acceptQueue
  }

  /** True when there was somebody. `refused` is told what the other side says against it. */
  accept(refused: (reason: string) => void): boolean {
    const stream = this.#listener.tryAccept()
    if (!stream) return false
    const channel = this.#open(stream)
    channel.onMessage = (message: Message) => {
      if (message.t === "refused") refused(message.reason)
      if (message.t === "close" || message.t === "refused") this.#channels.drop(channel)
    }
    return true
  }

  close(): void {
    this.#listener.close()
  }
}
