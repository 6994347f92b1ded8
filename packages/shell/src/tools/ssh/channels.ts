/** Channels over a link: bytes carried between open files, sockets and terminals here and their like on the other side. */
import type { OpenFile, Process, Steps, Stream, Tty, WaitQueue } from "@drydock/machine"
import type { Link, Message } from "./link.ts"

/** Something that bytes come from and go to. */
export interface Port {
  /** As OpenFile.tryRead; absent when nothing comes from it. */
  tryRead?(max: number): Uint8Array | undefined
  tryWrite?(data: Uint8Array): number
  readonly readQueue: WaitQueue
  readonly writeQueue: WaitQueue
  /** No more is written to it. */
  end?(): void
  /** Of what never ends by itself: whether nothing waits to be read. */
  idle?(): boolean
  close(): void
}

/** Holds a reference of its own until it is closed. */
export const filePort = (file: OpenFile, way: "read" | "write"): Port => {
  file.retain()
  let open = true
  const close = () => {
    if (open) file.release()
    open = false
  }
  return {
    ...(way === "read"
      ? { tryRead: (max: number) => file.tryRead(max) }
      : { tryWrite: (data: Uint8Array) => file.tryWrite(data), end: close }),
    readQueue: file.readQueue,
    writeQueue: file.writeQueue,
    close,
  }
}

export const streamPort = (stream: Stream): Port => ({
  tryRead: (max) => stream.tryRead(max),
  tryWrite: (data) => stream.tryWrite(data),
  readQueue: stream.readQueue,
  writeQueue: stream.writeQueue,
  end: () => stream.end(),
  close: () => stream.destroy(),
})

/** A terminal's outer side: what is shown on it is read, what is typed is written. */
export const terminalPort = (tty: Tty, queue: WaitQueue, hangUp: () => void): Port => {
  let shown: Uint8Array[] = []
  let ended = false
  tty.onOutput = (data) => {
    shown.push(data.slice())
    queue.wake()
  }
  return {
    tryRead: () => shown.shift() ?? (ended ? new Uint8Array(0) : undefined),
    tryWrite(data) {
      const part = data.subarray(0, Math.max(0, tty.inputSpace))
      if (part.length > 0) tty.input(part)
      return part.length
    },
    readQueue: queue,
    writeQueue: queue,
    end() {},
    idle: () => shown.length === 0,
    close() {
      if (ended) return
      ended = true
      shown = []
      hangUp()
    },
  }
}

export class Channel {
  readonly id: number
  /** Bytes of these are sent: the second as errors. */
  from: (Port | undefined)[] = []
  /** What comes is written to these. */
  to: (Port | undefined)[] = []
  #pending: Uint8Array[][] = [[], []]
  #sentEnd = false
  #held = false
  #receivedEnd = false
  /** Nobody will write to it any more: data goes nowhere. */
  onMessage: ((message: Message) => void) | undefined
  closed = false

  constructor(id: number) {
    this.id = id
  }

  get ports(): Port[] {
    return [...new Set([...this.from, ...this.to])].filter((port) => port !== undefined)
  }

  /** Until it has its ports, what comes for it is kept. */
  hold(): void {
    this.#held = true
  }

  /** It has its ports now. */
  attach(from: readonly (Port | undefined)[], to: readonly (Port | undefined)[]): void {
    this.from = [...from]
    this.to = [...to]
    this.#held = false
  }

  /** Nothing more is to be had from here. */
  get drained(): boolean {
    return this.from.every((port) => port === undefined || port.idle?.() === true)
  }

  get backlog(): boolean {
    return this.#pending.some((parts) => parts.length > 16)
  }

  received(data: Uint8Array, errors: boolean): void {
    if (this.#held || this.to[errors ? 1 : 0]) this.#pending[errors ? 1 : 0].push(data)
  }

  ended(): void {
    this.#receivedEnd = true
  }

  /** Moves bytes both ways; true when any moved. Throws what writing throws (EPIPE). */
  pump(link: Link): boolean {
    if (this.#held) return false
    let moved = false
    for (const [index, parts] of this.#pending.entries()) {
      const port = this.to[index]
      while (parts.length > 0) {
        const taken = port?.tryWrite?.(parts[0]) ?? parts[0].length
        if (taken === 0) break
        moved = true
        if (taken < parts[0].length) parts[0] = parts[0].subarray(taken)
        else parts.shift()
      }
      if (this.#receivedEnd && parts.length === 0 && port) {
        port.end?.()
        this.to[index] = undefined
        moved = true
      }
    }
    for (const [index, port] of this.from.entries()) {
      if (!port?.tryRead || link.full) continue
      let data: Uint8Array | undefined
      try {
        data = port.tryRead(32 * 1024)
      } catch {
        data = new Uint8Array(0)
      }
      if (data === undefined) continue
      moved = true
      if (data.length > 0) link.send({ t: "data", id: this.id, ...(index === 1 && { errors: true as const }) }, data)
      else this.from[index] = undefined
    }
    if (!this.#sentEnd && this.from.every((port) => port === undefined)) {
      this.#sentEnd = true
      link.send({ t: "eof", id: this.id })
      moved = true
    }
    return moved
  }

  get queues(): WaitQueue[] {
    return [
      ...this.from.flatMap((port) => (port ? [port.readQueue] : [])),
      ...this.to.flatMap((port, index) => (port && this.#pending[index].length > 0 ? [port.writeQueue] : [])),
    ]
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    for (const port of this.ports) port.close()
  }
}

/** All channels of a connection, turned by whoever owns it. */
export class Channels {
  readonly link: Link
  readonly #open = new Map<number, Channel>()
  #next: number
  /** A channel that the other side asks for; undefined after it was refused. */
  onOpen: ((message: Extract<Message, { t: "open" }>) => Channel | undefined) | undefined
  /** Messages of no channel. */
  onMessage: ((message: Message) => void) | undefined

  /** `first`: the two sides number theirs from 0 and from 1, in steps of two. */
  constructor(link: Link, first: 0 | 1) {
    this.link = link
    this.#next = first
  }

  get count(): number {
    return this.#open.size
  }

  open(kind: "session" | "direct-tcpip" | "forwarded-tcpip", target: { host?: string; port?: number } = {}): Channel {
    const channel = new Channel(this.#next)
    this.#next += 2
    this.#open.set(channel.id, channel)
    this.link.send({ t: "open", id: channel.id, kind, ...target })
    return channel
  }

  /** The channel that the other side has numbered so; it has no ports yet. */
  accept(id: number): Channel {
    const channel = new Channel(id)
    channel.hold()
    return channel
  }

  drop(channel: Channel): void {
    channel.close()
    if (this.#open.delete(channel.id)) this.link.send({ t: "close", id: channel.id })
  }

  #handle({ message, data }: { message: Message; data: Uint8Array }): void {
    if (message.t === "open") {
      const channel = this.onOpen?.(message)
      if (channel) this.#open.set(message.id, channel)
      return
    }
    const channel = "id" in message ? this.#open.get(message.id) : undefined
    if (!channel) {
      if (!("id" in message)) this.onMessage?.(message)
      return
    }
    if (message.t === "data") channel.received(data, message.errors === true)
    else if (message.t === "eof") channel.ended()
    else if (message.t === "close" || message.t === "refused") {
      // What came before it is still to be written.
      channel.ended()
      try {
        channel.pump(this.link)
      } catch {
        // Nobody reads it any more.
      }
      this.#open.delete(message.id)
      channel.onMessage?.(message)
      channel.close()
    } else channel.onMessage?.(message)
  }

  /** Everything that can be done now; true when there was anything. */
  turn(): boolean {
    let moved = this.link.flush()
    for (let left = 64; left > 0 && ![...this.#open.values()].some((channel) => channel.backlog); left--) {
      const received = this.link.take()
      if (!received) break
      this.#handle(received)
      moved = true
    }
    for (const channel of [...this.#open.values()]) {
      try {
        if (channel.pump(this.link)) moved = true
      } catch {
        channel.onMessage?.({ t: "close", id: channel.id })
        this.drop(channel)
        moved = true
      }
    }
    return this.link.flush() || moved
  }

  /** Turns until `done`, or the other side is gone. `more` are other queues to wake up for. */
  *run(process: Process, done: () => boolean, more: () => readonly WaitQueue[] = () => []): Steps<void> {
    while (!done() && !this.link.ended) {
      if (process.charge(1)) yield* process.yield()
      if (this.turn()) continue
      if (done() || this.link.ended) break
      yield* process.wait({ queues: [...this.link.queues, ...[...this.#open.values()].flatMap((channel) => channel.queues), ...more()] })
    }
  }

  /** Closes all that is open here. */
  close(): void {
    for (const channel of this.#open.values()) channel.close()
  }
}
