/** A byte stream as an open file, so that it can be a descriptor: standard input of a shell over the network, nc. */
import type { FileStat } from "../files/contract.ts"
import { EMPTY } from "../kernel/byte-queue.ts"
import type { OpenFile } from "../kernel/open-file.ts"
import type { WaitQueue } from "../kernel/process.ts"
import type { Stream } from "./contract.ts"

export class SocketFile implements OpenFile {
  readonly kind = "socket"
  readonly path: string
  readonly readable = true
  readonly writable = true
  readonly readQueue: WaitQueue
  readonly writeQueue: WaitQueue
  readonly #stream: Stream
  #references = 0
  /** What hasInput looked at before anybody read it. */
  #ahead: Uint8Array | undefined

  constructor(stream: Stream, inode: number) {
    this.#stream = stream
    this.path = `socket:[${inode}]`
    this.readQueue = stream.readQueue
    this.writeQueue = stream.writeQueue
  }

  tryRead(max: number): Uint8Array | undefined {
    const ahead = this.#ahead
    if (!ahead) return this.#stream.tryRead(max)
    this.#ahead = ahead.length > max ? ahead.subarray(max) : undefined
    return ahead.subarray(0, max)
  }

  hasInput(): boolean {
    this.#ahead ??= this.#stream.tryRead()
    return this.#ahead !== undefined
  }

  tryWrite(data: Uint8Array): number {
    return data.length === 0 ? 0 : this.#stream.tryWrite(data)
  }

  stat(): FileStat {
    const none = { uid: 0, gid: 0, size: EMPTY.length, inode: 0, links: 1, modifiedAt: 0, changedAt: 0, accessedAt: 0, device: 8 }
    return { type: "socket", mode: 0o777, ...none }
  }

  retain(): void {
    this.#references++
  }

  release(): void {
    if (--this.#references === 0) this.#stream.destroy()
  }
}
