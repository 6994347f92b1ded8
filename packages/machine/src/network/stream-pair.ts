/** Two ends of a byte stream with a buffer each way, as of an established TCP connection. */
import type { Simulation } from "@drydock/sim"
import { ByteQueue, EMPTY } from "../kernel/byte-queue.ts"
import { SystemError } from "../kernel/errno.ts"
import type { KernelProcess } from "../kernel/kernel-process.ts"
import { Queue } from "../kernel/wait-queue.ts"
import type { Connection, Endpoint, Stream } from "./contract.ts"

const BUFFER = 64 * 1024

export class StreamEnd implements Stream {
  readonly readQueue = new Queue()
  readonly writeQueue = new Queue()
  onReadable: (() => void) | undefined
  peer!: StreamEnd
  readonly #sim: Simulation
  #incoming = new ByteQueue(BUFFER)
  #ended = false
  #peerEnded = false
  #reset = false
  #noticed = false

  constructor(sim: Simulation) {
    this.#sim = sim
  }

  tryRead(max = BUFFER): Uint8Array | undefined {
    if (this.#incoming.size > 0) {
      const data = this.#incoming.take(max)
      this.peer.writeQueue.wake()
      return data
    }
    if (this.#reset) throw new SystemError("ECONNRESET")
    return this.#peerEnded ? EMPTY : undefined
  }

  tryWrite(data: Uint8Array): number {
    if (this.#reset) throw new SystemError("ECONNRESET")
    if (this.#ended || this.peer.#closed) throw new SystemError("EPIPE")
    const taken = this.peer.#incoming.push(data)
    if (taken > 0) this.peer.#notice()
    return taken
  }

  #closed = false

  #notice(): void {
    this.readQueue.wake()
    if (!this.onReadable || this.#noticed) return
    // In an event of its own: the reader must not run inside the writer.
    this.#noticed = true
    this.#sim.schedule(0, () => {
      this.#noticed = false
      this.onReadable?.()
    })
  }

  #owner: KernelProcess | undefined

  /** Ends with that process, as its descriptor would be closed. */
  ownedBy(owner: KernelProcess | undefined): void {
    this.#owner?.connections?.delete(this)
    this.#owner = owner
    if (owner) (owner.connections ??= new Set()).add(this)
  }

  keptBy(process: { readonly pid: number }): void {
    this.ownedBy(process as KernelProcess)
  }

  local: Endpoint | undefined
  remote: Endpoint | undefined
  /** The table of its namespace that it is in. */
  #table: Set<StreamEnd> | undefined

  /** Names its ends, and puts it into the table of those that are open. */
  named(local: Endpoint, remote: Endpoint, table: Set<StreamEnd>): void {
    this.local = local
    this.remote = remote
    this.#table = table
    table.add(this)
  }

  /** As ss shows it; undefined when it has no addresses. */
  get connection(): Connection | undefined {
    const { local, remote } = this
    if (!local || !remote) return undefined
    return { local, remote, state: this.#ended ? "FIN-WAIT-2" : this.#peerEnded ? "CLOSE-WAIT" : "ESTAB", pid: this.#owner?.pid }
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.peer.#peerEnded = true
    this.peer.#notice()
  }

  destroy(): void {
    if (this.#closed) return
    this.#closed = true
    this.#table?.delete(this)
    this.#owner?.connections?.delete(this)
    this.end()
    this.peer.writeQueue.wake()
  }

  /** Cut as by a reset: both ends fail. */
  reset(): void {
    for (const end of [this, this.peer]) {
      end.#reset = true
      end.#table?.delete(end)
      end.#notice()
      end.writeQueue.wake()
    }
  }
}

export const streamPair = (sim: Simulation): [StreamEnd, StreamEnd] => {
  const [a, b] = [new StreamEnd(sim), new StreamEnd(sim)]
  a.peer = b
  b.peer = a
  return [a, b]
}
