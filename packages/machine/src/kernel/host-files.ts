/** Descriptors of processes started from outside: output that leaves the simulation, input that is fed into it. */
import type { FileStat } from "../files/contract.ts"
import { EMPTY } from "./byte-queue.ts"
import type { OpenFile } from "./open-file.ts"
import { Pipe } from "./pipe.ts"
import { nullDevice } from "./regular-file.ts"
import { Queue } from "./wait-queue.ts"

const NEVER = new Queue()

/** Takes all that is written to it at once. */
export class HostOutput implements OpenFile {
  readonly #sink: ((data: Uint8Array) => void) | undefined

  constructor(sink: ((data: Uint8Array) => void) | undefined) {
    this.#sink = sink
  }

  get kind(): "pipe" {
    return "pipe"
  }

  get path(): string {
    return "pipe:[1]"
  }

  get readable(): boolean {
    return false
  }

  get writable(): boolean {
    return true
  }

  get readQueue(): Queue {
    return NEVER
  }

  get writeQueue(): Queue {
    return NEVER
  }

  tryRead(): Uint8Array {
    return EMPTY
  }

  tryWrite(data: Uint8Array): number {
    this.#sink?.(data.slice())
    return data.length
  }

  stat(): FileStat {
    const none = { uid: 0, gid: 0, size: 0, inode: 1, links: 1, modifiedAt: 0, changedAt: 0, accessedAt: 0, device: 0 }
    return { type: "fifo", mode: 0o600, ...none }
  }

  retain(): void {}
  release(): void {}
}

/** What processes without anybody outside share. */
export const NO_OUTPUT = new HostOutput(undefined)
export const NO_INPUT = nullDevice({ read: true, write: false })

/** Standard input fed from outside; text or bytes given at the start are all of it, without them it stays open for more. */
export const hostInput = (initial: Uint8Array | string) => {
  const pipe = new Pipe()
  const file = pipe.end("pipe:[stdin]", "read")
  const writer = pipe.end("pipe:[stdin]", "write")
  writer.retain()
  let rest = typeof initial === "string" ? new TextEncoder().encode(initial) : initial
  let closing = rest.length > 0 || initial === ""
  let open = true
  const flush = () => {
    if (!open) return
    // Before the process is there nobody reads yet; `closing` then waits for the first wake.
    if (pipe.readers > 0)
      while (rest.length > 0) {
        const taken = writer.tryWrite(rest.subarray(0, 65_536))
        if (taken === 0) return
        rest = rest.subarray(taken)
      }
    if (rest.length > 0 || !closing) return
    open = false
    writer.release()
  }
  pipe.writeQueue.onWake = flush
  return {
    file,
    flush,
    feed: (data: Uint8Array) => {
      if (!open || closing) return
      const more = new Uint8Array(rest.length + data.length)
      more.set(rest)
      more.set(data, rest.length)
      rest = more
      flush()
    },
    end: () => {
      closing = true
      flush()
    },
  }
}
