/** One browser's websocket: frames in are checked, limited and handed on; frames out tell when the browser does not keep up. */
import { CLOSE, ClientMessage, MAX_FRAME_BYTES, type ServerMessage } from "@drydock/protocol"
import type { RawData, WebSocket } from "ws"
import type { z } from "zod"
import { TokenBucket } from "./token-bucket.ts"

const MESSAGES_A_SECOND = 200
const BURST = 400
/** The browser is slow from here, and keeps up again from there; bytes that wait for it. */
const SLOW_BYTES = 512 * 1024
const FAST_BYTES = 64 * 1024
/** Nothing may wait beyond this: the socket is closed, the browser comes back for what is still kept. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024
const HEARTBEAT_MS = 20_000

/** What a page is told before such a close: for people, where the close is for the program. */
const ERRORS: Readonly<Partial<Record<number, Extract<ServerMessage, { type: "error" }>["code"]>>> = {
  [CLOSE.ticket]: "ticket",
  [CLOSE.refused]: "refused",
  [CLOSE.failed]: "internal",
  [CLOSE.full]: "refused",
}

type Resume = Extract<ClientMessage, { type: "resume" }>
type Later = Exclude<ClientMessage, { type: "resume" } | { type: "ping" }>

export interface SocketListener {
  /** The first message, or what stands for it. */
  resumed(resume: Resume): void
  message(message: Later, bytes: number): void
  slow(slow: boolean): void
  closed(): void
}

/** First problem of a message, in a line. */
const problemOf = (error: z.ZodError): string => {
  const [issue] = error.issues
  const place = issue.path.join(".")
  return place === "" ? issue.message : `${place}: ${issue.message}`
}

let nextId = 1

export class LearnerSocket {
  readonly id = nextId++
  client = ""
  /** Bytes of each terminal that were sent. */
  readonly sent: Record<string, number> = {}
  readonly #ws: WebSocket
  readonly #bucket = new TokenBucket(MESSAGES_A_SECOND, BURST, performance.now())
  readonly #paused = new Set<string>()
  #listener: SocketListener | undefined
  #resumed = false
  #slow = false
  #limited = false
  #alive = true
  readonly #heartbeat: NodeJS.Timeout

  constructor(ws: WebSocket) {
    this.#ws = ws
    // Nothing is read until somebody listens.
    this.pause("listener", true)
    ws.on("message", (data, binary) => this.#frame(data, binary))
    ws.on("close", () => this.#ended())
    ws.on("error", () => {})
    ws.on("pong", () => {
      this.#alive = true
    })
    this.#heartbeat = setInterval(() => {
      if (!this.#alive && !ws.isPaused) return ws.terminate()
      this.#alive = false
      ws.ping()
    }, HEARTBEAT_MS)
    this.#heartbeat.unref()
  }

  listen(listener: SocketListener): void {
    this.#listener = listener
    this.pause("listener", false)
  }

  /** Stops reading for one of several reasons, until none is left. */
  pause(reason: string, paused: boolean): void {
    if (paused) this.#paused.add(reason)
    else this.#paused.delete(reason)
    if (this.#paused.size > 0) this.#ws.pause()
    else this.#ws.resume()
  }

  #ended(): void {
    clearInterval(this.#heartbeat)
    this.#listener?.closed()
    this.#listener = undefined
  }

  #error(code: Extract<ServerMessage, { type: "error" }>["code"], message: string, id?: number): void {
    this.send({ type: "error", ...(id !== undefined && { id }), code, message })
  }

  #frame(data: RawData, binary: boolean): void {
    const wait = this.#bucket.take(performance.now())
    if (wait > 0) {
      if (!this.#limited) this.#error("rate", `More than ${MESSAGES_A_SECOND} messages a second: yours are read more slowly.`)
      this.#limited = true
      this.pause("rate", true)
      setTimeout(() => {
        this.#limited = false
        if (this.#ws.readyState === this.#ws.OPEN) this.pause("rate", false)
      }, wait)
    }
    if (binary) return this.#error("bad-message", "Messages are text frames.")
    const bytes =
      data instanceof ArrayBuffer ? data.byteLength : Array.isArray(data) ? data.reduce((sum, part) => sum + part.length, 0) : data.length
    if (bytes > MAX_FRAME_BYTES) return this.#error("too-large", `A frame holds at most ${MAX_FRAME_BYTES} bytes; this one has ${bytes}.`)
    let value: unknown
    try {
      value = JSON.parse(data.toString())
    } catch {
      return this.#error("bad-message", "This is no JSON.")
    }
    const parsed = ClientMessage.safeParse(value)
    if (!parsed.success) {
      const { id, seq } = (typeof value === "object" && value !== null ? value : {}) as { id?: unknown; seq?: unknown }
      const answers = [id, seq].find((one): one is number => Number.isSafeInteger(one))
      return this.#error("bad-message", problemOf(parsed.error), answers)
    }
    this.#take(parsed.data, bytes)
  }

  #take(message: ClientMessage, bytes: number): void {
    if (message.type === "ping") return this.send({ type: "pong", at: message.at })
    if (message.type === "resume") {
      if (this.#resumed) return this.#error("bad-message", "resume is the first message of a connection.")
      this.#resume(message)
    } else {
      if (!this.#resumed) this.#resume({ type: "resume", received: {}, trace: 0 })
      this.#listener?.message(message, bytes)
    }
  }

  #resume(message: Resume): void {
    this.#resumed = true
    this.client = message.client ?? ""
    Object.assign(this.sent, message.received)
    this.#listener?.resumed(message)
  }

  send(message: ServerMessage): void {
    this.sendText(JSON.stringify(message))
  }

  /** @param text a ServerMessage as JSON */
  sendText(text: string): void {
    const ws = this.#ws
    if (ws.readyState !== ws.OPEN) return
    ws.send(text, () => {
      if (this.#slow && ws.bufferedAmount < FAST_BYTES) this.#setSlow(false)
    })
    if (ws.bufferedAmount > MAX_WAITING_BYTES) ws.terminate()
    else if (!this.#slow && ws.bufferedAmount > SLOW_BYTES) this.#setSlow(true)
  }

  #setSlow(slow: boolean): void {
    this.#slow = slow
    this.#listener?.slow(slow)
  }

  close(code: (typeof CLOSE)[keyof typeof CLOSE], reason: string): void {
    const said = ERRORS[code]
    if (said) this.#error(said, reason)
    // A paused socket would not see the browser's answer to the close.
    this.#paused.clear()
    this.#ws.resume()
    // A close frame holds at most 123 bytes of reason.
    this.#ws.close(
      code,
      Buffer.from(reason)
        .subarray(0, 120)
        .toString("utf8")
        .replace(/\ufffd+$/, ""),
    )
    setTimeout(() => this.#ws.terminate(), 3_000).unref()
  }
}
