/** Two ends of ssh's transport: a line of greeting, then messages, over any pair of open files. In place of RFC 4253's packets, a JSON head and bytes. */
import { joined, type OpenFile, type Process, type Steps, type WaitQueue } from "@drydock/machine"

export const GREETING = "SSH-2.0-OpenSSH_9.6p1 Ubuntu-3ubuntu13.14"

/** What RFC 4252 and 4254 have as packets, as far as it is used. */
export type Message =
  | { t: "hostkeys"; keys: readonly string[] }
  | { t: "auth"; user: string; method: "none" | "password" | "publickey"; secret?: string }
  | { t: "failure"; methods: readonly string[] }
  | { t: "success" }
  | { t: "banner"; text: string }
  | { t: "open"; id: number; kind: "session" | "direct-tcpip" | "forwarded-tcpip"; host?: string; port?: number }
  | { t: "opened"; id: number }
  | { t: "refused"; id: number; reason: string }
  | { t: "start"; id: number; command?: string; terminal?: Terminal; env?: Readonly<Record<string, string>> }
  | { t: "size"; id: number; columns: number; rows: number }
  | { t: "exit"; id: number; code: number; signal?: string }
  | { t: "data"; id: number; errors?: true }
  | { t: "eof"; id: number }
  | { t: "close"; id: number }
  | { t: "forward"; address: string; port: number; host: string; target: number }
  | { t: "forwarded"; port: number; ok: boolean }
  | { t: "disconnect"; text: string }

export interface Terminal {
  readonly columns: number
  readonly rows: number
  readonly type: string
}

export interface Received {
  readonly message: Message
  readonly data: Uint8Array
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
const NOTHING = new Uint8Array(0)
/** Bytes that wait to be sent before no more are taken in. */
const FULL = 64 * 1024
/** A message that claims to be longer ends the connection. */
const LONGEST = 1024 * 1024

export class Link {
  readonly #read: OpenFile
  readonly #write: OpenFile
  #in: Uint8Array[] = []
  #out: Uint8Array[] = [encoder.encode(`${GREETING}\r\n`)]
  #outSize = 0
  /** The other side's first line; undefined until it is there. */
  greeting: string | undefined
  /** The other side is gone, or spoke no ssh. */
  ended = false

  constructor(read: OpenFile, write: OpenFile) {
    this.#read = read
    this.#write = write
  }

  get queues(): WaitQueue[] {
    return this.#out.length > 0 ? [this.#read.readQueue, this.#write.writeQueue] : [this.#read.readQueue]
  }

  /** Enough waits to be sent. */
  get full(): boolean {
    return this.#outSize > FULL
  }

  send(message: Message, data: Uint8Array = NOTHING): void {
    const head = encoder.encode(JSON.stringify(message))
    const frame = new Uint8Array(8 + head.length + data.length)
    new DataView(frame.buffer).setUint32(0, head.length)
    new DataView(frame.buffer).setUint32(4, data.length)
    frame.set(head, 8)
    frame.set(data, 8 + head.length)
    this.#out.push(frame)
    this.#outSize += frame.length
  }

  /** Sends what the other side takes; false when it took nothing. */
  flush(): boolean {
    let moved = false
    while (this.#out.length > 0 && !this.ended) {
      const [first] = this.#out
      let taken: number
      try {
        taken = this.#write.tryWrite(first)
      } catch {
        this.ended = true
        return moved
      }
      if (taken === 0) break
      moved = true
      this.#outSize = Math.max(0, this.#outSize - taken)
      if (taken < first.length) this.#out[0] = first.subarray(taken)
      else this.#out.shift()
    }
    return moved
  }

  #fill(): boolean {
    let data: Uint8Array | undefined
    try {
      data = this.#read.tryRead(64 * 1024)
    } catch {
      data = NOTHING
    }
    if (data === undefined) return false
    if (data.length === 0) {
      this.ended = true
      return false
    }
    this.#in.push(data.slice())
    return true
  }

  /** The next message; undefined when it is not all there. */
  take(): Received | undefined {
    for (;;) {
      const received = this.#parse()
      if (received || this.ended || !this.#fill()) return received
    }
  }

  #parse(): Received | undefined {
    if (this.#in.length === 0) return undefined
    let all = joined(this.#in)
    this.#in = [all]
    if (this.greeting === undefined) {
      const end = all.indexOf(10)
      if (end < 0) {
        if (all.length > 255) this.ended = true
        return undefined
      }
      const line = decoder.decode(all.subarray(0, end)).trimEnd()
      if (!line.startsWith("SSH-")) {
        this.ended = true
        return undefined
      }
      this.greeting = line
      all = all.subarray(end + 1)
      this.#in = [all]
    }
    if (all.length < 8) return undefined
    const view = new DataView(all.buffer, all.byteOffset)
    const [head, data] = [view.getUint32(0), view.getUint32(4)]
    if (head + data > LONGEST) this.ended = true
    if (all.length < 8 + head + data || this.ended) return undefined
    this.#in = all.length === 8 + head + data ? [] : [all.subarray(8 + head + data)]
    try {
      return { message: JSON.parse(decoder.decode(all.subarray(8, 8 + head))) as Message, data: all.slice(8 + head, 8 + head + data) }
    } catch {
      this.ended = true
      return undefined
    }
  }

  /** Waits for the next message; undefined when the other side has gone. */
  *receive(process: Process): Steps<Received | undefined> {
    for (;;) {
      this.flush()
      const received = this.take()
      if (received || this.ended) return received
      yield* process.wait({ queues: this.queues })
    }
  }

  /** Waits for the other side's first line; false when it is no ssh. */
  *greeted(process: Process): Steps<boolean> {
    for (;;) {
      this.flush()
      this.take()
      if (this.greeting !== undefined || this.ended) return this.greeting !== undefined
      yield* process.wait({ queues: this.queues })
    }
  }

  /** Sends all that waits, for at most `ms`. */
  *drain(process: Process, ms = 1_000): Steps<void> {
    const until = process.now() + ms
    while (this.#out.length > 0 && !this.ended && process.now() < until)
      if (!this.flush()) yield* process.wait({ queues: [this.#write.writeQueue], until })
  }
}
