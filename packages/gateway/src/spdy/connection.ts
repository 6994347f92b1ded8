/** The server's end of a SPDY/3.1 connection over any byte channel, as far as client-go's port-forward uses one. As moby/spdystream. */
import { EmptyHeaderWriter, HeaderReader, type Headers } from "./headers.ts"

const VERSION = 3
const HEAD = 8
const FIN = 1
const SYN_STREAM = 1
const SYN_REPLY = 2
const RST_STREAM = 3
const PING = 6
const GOAWAY = 7
const HEADERS = 8

/** A frame larger than this is refused; spdystream writes at most what its caller gave it (32 KB). */
const MAX_FRAME_BYTES = 4 * 1024 * 1024
const MAX_STREAMS = 1_024

export interface SpdyEvents {
  /** The client opened a stream. */
  opened(stream: number, headers: Headers): void
  data(stream: number, data: Uint8Array): void
  /** The client will send no more on it. */
  ended(stream: number): void
  /** The client gave it up. */
  reset(stream: number): void
}

export class SpdyConnection {
  readonly #write: (bytes: Buffer) => void
  readonly #events: SpdyEvents
  readonly #fail: () => void
  readonly #reader = new HeaderReader()
  readonly #replies = new EmptyHeaderWriter()
  readonly #open = new Set<number>()
  /** Bytes of a frame that is not whole yet. */
  #pending: Buffer[] = []
  #size = 0
  /** Frames are taken one after the other; header blocks take their time. */
  #turn: Promise<void> = Promise.resolve()
  #closed = false

  /** `fail` is called when the client does not speak SPDY. */
  constructor(write: (bytes: Buffer) => void, events: SpdyEvents, fail: () => void) {
    this.#write = write
    this.#events = events
    this.#fail = fail
  }

  /** Bytes as they come, cut anyhow. */
  receive(bytes: Buffer): void {
    this.#pending.push(bytes)
    this.#size += bytes.length
    while (this.#size >= HEAD && !this.#closed) {
      if (this.#pending.length > 1) this.#pending = [Buffer.concat(this.#pending)]
      const [all] = this.#pending
      const length = all.readUIntBE(5, 3)
      if (length > MAX_FRAME_BYTES) return this.#broken()
      if (all.length < HEAD + length) return
      const frame = all.subarray(0, HEAD + length)
      this.#pending = [all.subarray(HEAD + length)]
      this.#size -= frame.length
      this.#turn = this.#turn.then(() => (this.#closed ? undefined : this.#take(frame))).catch(() => this.#broken())
    }
  }

  async #take(frame: Buffer): Promise<void> {
    const flags = frame[4]
    const body = frame.subarray(HEAD)
    if (frame[0] < 0x80) {
      const stream = frame.readUInt32BE(0)
      if (!this.#open.has(stream)) return
      if (body.length > 0) this.#events.data(stream, body)
      if (flags & FIN) this.#events.ended(stream)
      return
    }
    if ((frame.readUInt16BE(0) & 0x7fff) !== VERSION) return this.#broken()
    const stream = () => body.readUInt32BE(0) & 0x7fffffff
    switch (frame.readUInt16BE(2)) {
      case SYN_STREAM: {
        const id = stream()
        const headers = await this.#reader.read(body.subarray(10))
        if (this.#closed) return
        if (this.#open.size >= MAX_STREAMS) return this.reset(id)
        this.#open.add(id)
        this.#control(SYN_REPLY, 0, Buffer.concat([number(id), this.#replies.next()]))
        this.#events.opened(id, headers)
        if (flags & FIN) this.#events.ended(id)
        return
      }
      case HEADERS:
        // Its pairs say nothing to us, but the stream of blocks goes on.
        await this.#reader.read(body.subarray(4))
        return
      case RST_STREAM:
        if (this.#open.delete(stream())) this.#events.reset(stream())
        return
      case PING:
        return this.#control(PING, 0, body)
      case GOAWAY:
        return
      default:
        // SETTINGS, WINDOW_UPDATE: spdystream knows no flow control.
        return
    }
  }

  #control(type: number, flags: number, body: Buffer): void {
    const head = Buffer.alloc(HEAD)
    head.writeUInt16BE(0x8000 | VERSION, 0)
    head.writeUInt16BE(type, 2)
    head.writeUInt32BE(body.length, 4)
    head[4] = flags
    this.#write(Buffer.concat([head, body]))
  }

  send(stream: number, data: Uint8Array, end = false): void {
    if (this.#closed || !this.#open.has(stream)) return
    const head = Buffer.alloc(HEAD)
    head.writeUInt32BE(stream, 0)
    head.writeUInt32BE(data.length, 4)
    head[4] = end ? FIN : 0
    this.#write(Buffer.concat([head, data]))
  }

  /** No more from here; what the client still sends is taken. */
  end(stream: number): void {
    this.send(stream, new Uint8Array(0), true)
  }

  /** Gives a stream up (status CANCEL). */
  reset(stream: number): void {
    this.#open.delete(stream)
    this.#control(RST_STREAM, 0, Buffer.concat([number(stream), number(5)]))
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#reader.close()
  }

  #broken(): void {
    if (this.#closed) return
    this.close()
    this.#fail()
  }
}

const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
