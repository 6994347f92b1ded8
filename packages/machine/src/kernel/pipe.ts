/** Pipes and fifos: 64 KiB between writers and readers. */
import type { FileStat } from "../files/contract.ts"
import { ByteQueue, EMPTY } from "./byte-queue.ts"
import { SystemError } from "./errno.ts"
import type { OpenFile } from "./open-file.ts"
import { Queue } from "./wait-queue.ts"

/** As fs/pipe.c: sixteen pages. */
const CAPACITY = 65_536
const PIPE_BUF = 4_096

export class Pipe {
  readonly bytes = new ByteQueue(CAPACITY)
  readonly readQueue = new Queue()
  readonly writeQueue = new Queue()
  readers = 0
  writers = 0
  /** How often each side was opened by name: who waits for the other sees that it came, even if it is gone again. */
  readersCame = 0
  writersCame = 0

  end(path: string, direction: "read" | "write" | "both"): PipeEnd {
    return new PipeEnd(this, path, direction)
  }
}

export class PipeEnd implements OpenFile {
  readonly kind = "pipe"
  readonly path: string
  readonly readable: boolean
  readonly writable: boolean
  readonly #pipe: Pipe
  #references = 0

  constructor(pipe: Pipe, path: string, direction: "read" | "write" | "both") {
    this.#pipe = pipe
    this.path = path
    this.readable = direction !== "write"
    this.writable = direction !== "read"
  }

  get readQueue(): Queue {
    return this.#pipe.readQueue
  }

  get writeQueue(): Queue {
    return this.#pipe.writeQueue
  }

  tryRead(max: number): Uint8Array | undefined {
    const { bytes, writers, writeQueue } = this.#pipe
    if (bytes.size === 0) return writers === 0 ? EMPTY : undefined
    const taken = bytes.take(max)
    writeQueue.wake()
    return taken
  }

  hasInput(): boolean {
    return this.#pipe.bytes.size > 0 || this.#pipe.writers === 0
  }

  tryWrite(data: Uint8Array): number {
    if (this.#pipe.readers === 0) throw new SystemError("EPIPE")
    // Up to PIPE_BUF is written whole or not yet, so that lines of several writers do not mix.
    if (data.length <= PIPE_BUF && data.length > this.#pipe.bytes.free) return 0
    const taken = this.#pipe.bytes.push(data)
    if (taken > 0) this.#pipe.readQueue.wake()
    return taken
  }

  stat(): FileStat {
    return { type: "fifo", mode: 0o600, uid: 0, gid: 0, size: 0, inode: 0, links: 1, modifiedAt: 0, changedAt: 0, accessedAt: 0, device: 0 }
  }

  retain(): void {
    if (this.#references++ > 0) return
    if (this.readable) this.#pipe.readers++
    if (this.writable) this.#pipe.writers++
  }

  release(): void {
    if (--this.#references > 0) return
    if (this.readable && --this.#pipe.readers === 0) this.#pipe.writeQueue.wake()
    if (this.writable && --this.#pipe.writers === 0) this.#pipe.readQueue.wake()
  }
}
