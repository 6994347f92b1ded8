/** A port that somebody listens on, with the connections that wait to be accepted. */
import type { KernelProcess } from "../kernel/kernel-process.ts"
import { Queue } from "../kernel/wait-queue.ts"
import type { HttpHandler, Listener, TlsOptions } from "./contract.ts"
import type { StreamEnd } from "./stream-pair.ts"

/** As net.core.somaxconn was for long. */
const BACKLOG = 128

export interface BindOptions {
  address: string
  protocol: "tcp" | "udp"
  /** As its own namespace numbers it; for ss. */
  pid: number | undefined
  /** The process whose end closes it. */
  owner: KernelProcess | undefined
  handler?: HttpHandler | undefined
  tls?: TlsOptions | undefined
}

export class BoundListener implements Listener {
  readonly address: string
  readonly port: number
  readonly protocol: "tcp" | "udp"
  readonly pid: number | undefined
  readonly owner: KernelProcess | undefined
  readonly handler: HttpHandler | undefined
  readonly tls: TlsOptions | undefined
  readonly acceptQueue = new Queue()
  readonly #backlog: StreamEnd[] = []
  readonly #unbind: (listener: BoundListener) => void
  closed = false

  constructor(port: number, options: BindOptions, unbind: (listener: BoundListener) => void) {
    this.port = port
    this.address = options.address
    this.protocol = options.protocol
    this.pid = options.pid
    this.owner = options.owner
    this.handler = options.handler
    this.tls = options.tls
    this.#unbind = unbind
  }

  pidFor(viewer: { namespace?: unknown }): number | undefined {
    const { owner } = this
    if (!owner) return undefined
    return viewer.namespace === owner.namespace ? owner.pid : owner.namespace.host === viewer.namespace ? owner.hostPid : undefined
  }

  tryAccept(): StreamEnd | undefined {
    return this.#backlog.shift()
  }

  /** False when too many wait already. */
  offer(stream: StreamEnd): boolean {
    if (this.#backlog.length >= BACKLOG) return false
    stream.ownedBy(this.owner)
    this.#backlog.push(stream)
    this.acceptQueue.wake()
    return true
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.#unbind(this)
    for (const stream of this.#backlog) stream.reset()
    this.acceptQueue.wake()
  }
}
