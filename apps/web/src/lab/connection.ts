/** The browser's end of a lab's websocket: numbers what is typed, resends what was not acknowledged, comes back when the line drops. */
import { CLOSE, type ClientMessage, ServerMessage } from "@drydock/protocol"

type WithoutKeys<Message, Keys extends string> = Message extends unknown ? Omit<Message, Keys> : never
export type Sequenced = Extract<ClientMessage, { seq: number }>
export type Command = WithoutKeys<Exclude<Sequenced, { id: number }>, "seq">
export type Question = WithoutKeys<Exclude<Extract<ClientMessage, { id: number }>, { seq: number }>, "id">
/** Said once, and only while the line is up: who looks in, and who may type. */
export type Word = Extract<ClientMessage, { type: "ask-typing" | "allow-typing" }>
export type Save = WithoutKeys<Extract<ClientMessage, { type: "write-file" }>, "seq" | "id">
export type Answer = Extract<ServerMessage, { id: number; type: "files" | "file" | "saved" | "history" | "describe" | "ports" }>

/** The part of WebSocket that is used; tests bring their own. */
export interface Socket {
  readonly readyState: number
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number; reason: string }) => void) | null
  onerror: (() => void) | null
  send(data: string): void
  close(code?: number, reason?: string): void
}

export type Status =
  | { readonly state: "connecting" }
  | { readonly state: "open" }
  | { readonly state: "lost" /** Since the line dropped. */; readonly attempts: number }
  /** No use to try again by itself. `replaced`: another window took the lab; `failed`: its world cannot be made. */
  | { readonly state: "ended"; readonly reason: "gone" | "replaced" | "failed"; readonly message: string }

/** The lab is gone or not ours: a new ticket will not come. */
export class LabEnded extends Error {}

export interface ConnectionOptions {
  /** Opens a socket with a ticket. */
  socket(ticket: string): Socket
  /** A fresh ticket for the same lab. @throws LabEnded when there is none to be had */
  ticket(): Promise<string>
  onStatus(status: Status): void
  onMessage(message: ServerMessage): void
  /** Text of a terminal, in order, each byte once. `reset`: some was lost on the way, begin with a clear screen. */
  onOutput(terminal: string, text: string, reset: boolean): void
  /** Names this page; default: a random one. */
  client?: string
  /** Until a numbered message is acknowledged, at most so many others are under way. */
  window?: number
}

/** Bytes of text in one `keys` message: well below the largest frame, so that a paste does not hold up anything else. */
export const CHUNK_BYTES = 16 * 1024
/** So many pieces of a paste are under way at once: what is typed elsewhere waits for no more than these. */
const PASTE_WINDOW = 4
const INTERRUPT = "\x03"
const PING_MS = 15_000
const SILENCE_MS = 40_000
const ANSWER_MS = 20_000
/** Ids of questions start here, apart from sequence numbers: an `error` names either by the same field. */
const FIRST_ID = 2 ** 30
const OPEN = 1

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Pieces of at most `limit` bytes of UTF-8, none of which splits a character. */
export const chunksOf = (text: string, limit = CHUNK_BYTES): string[] => {
  const bytes = encoder.encode(text)
  const chunks: string[] = []
  for (let from = 0; from < bytes.length; ) {
    let to = Math.min(bytes.length, from + limit)
    // 10xxxxxx continues a character.
    while (to < bytes.length && (bytes[to] & 0xc0) === 0x80) to--
    chunks.push(decoder.decode(bytes.subarray(from, to)))
    from = to
  }
  return chunks
}

export interface Wanted {
  readonly map?: boolean
  readonly trace?: boolean
  readonly events?: boolean
}

interface Asked {
  readonly message: ClientMessage
  resolve(answer: Answer): void
  reject(reason: Error): void
  timer: ReturnType<typeof setTimeout>
}

export class Connection {
  readonly #options: ConnectionOptions
  readonly #window: number
  /** This page's, over all its sockets: the lab counts each page's messages apart. */
  readonly #client: string
  #socket: Socket | undefined
  #welcomed = false
  /** No welcome yet. */
  #fresh = true
  #closed = false
  #attempts = 0
  #nextSeq = 1
  #nextId = FIRST_ID
  /** Not acknowledged yet, oldest first; the first `#sent` of them went over the present socket. */
  #pending: Sequenced[] = []
  #sent = 0
  /** Pieces of long pastes that are not numbered yet. */
  #paste: { terminal: string; data: string }[] = []
  readonly #asked = new Map<number, Asked>()
  /** Bytes by terminal. */
  readonly #received = new Map<string, number>()
  /** Terminals whose screen is older than what the lab remembers: they begin anew. */
  readonly #behind = new Set<string>()
  #wanted: Wanted = {}
  #trace = 0
  #heardAt = 0
  #heartbeat: ReturnType<typeof setInterval> | undefined
  #retry: ReturnType<typeof setTimeout> | undefined

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#window = options.window ?? 32
    this.#client = options.client ?? `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`
  }

  start(ticket: string): void {
    this.#options.onStatus({ state: "connecting" })
    this.#open(ticket)
  }

  /** Numbered and kept until acknowledged; may be called at any time. */
  send(command: Command): void {
    this.#push({ ...command, seq: this.#nextSeq++ } as Sequenced)
  }

  /** Typed or pasted text of any length. ^C drops what is still to come of a paste, as a terminal does with its input queue. */
  keys(terminal: string, text: string): void {
    if (text === INTERRUPT) this.#paste = this.#paste.filter((piece) => piece.terminal !== terminal)
    const pieces = chunksOf(text)
    // What follows a paste in the same terminal keeps its place behind it.
    if (pieces.length <= 1 && !this.#paste.some((piece) => piece.terminal === terminal)) {
      for (const data of pieces) this.send({ type: "keys", terminal, data })
      return
    }
    for (const data of pieces) this.#paste.push({ terminal, data })
    this.#feed()
  }

  /** @throws Error with the server's words, or after 20 s without an answer */
  ask(question: Question): Promise<Answer> {
    const id = this.#nextId++
    const message = { ...question, id } as ClientMessage
    const answer = this.#await(id, message)
    if (this.#welcomed) this.#transmit(message)
    return answer
  }

  /** Writes a machine's file; resolves when it is saved. */
  save(file: Save): Promise<Answer> {
    const id = this.#nextId++
    const message: Sequenced = { ...file, id, seq: this.#nextSeq++ }
    const answer = this.#await(id, message)
    this.#push(message)
    return answer
  }

  say(word: Word): void {
    if (this.#welcomed) this.#transmit(word)
  }

  /** What the page shows now; the rest is not sent. Everything until told. */
  subscribe(wanted: Wanted): void {
    this.#wanted = wanted
    if (this.#welcomed) this.#transmit({ type: "subscribe", ...wanted })
  }

  /** Tries again at once, e.g. when the machine is back on the network. */
  hurry(): void {
    if (this.#retry === undefined || this.#closed) return
    clearTimeout(this.#retry)
    this.#retry = undefined
    void this.#reconnect()
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#retry)
    clearInterval(this.#heartbeat)
    this.#drop()
    for (const { reject, timer } of this.#asked.values()) {
      clearTimeout(timer)
      reject(new Error("The lab was closed."))
    }
    this.#asked.clear()
  }

  #await(id: number, message: ClientMessage): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#asked.delete(id)
        reject(new Error("The lab did not answer in time."))
      }, ANSWER_MS)
      this.#asked.set(id, { message, resolve, reject, timer })
    })
  }

  /** Numbered only now: whatever else is sent meanwhile goes first. */
  #feed(): void {
    while (this.#paste.length > 0 && this.#pending.length < PASTE_WINDOW) {
      const piece = this.#paste.shift()
      if (piece) this.send({ type: "keys", ...piece })
    }
  }

  #push(message: Sequenced): void {
    this.#pending.push(message)
    this.#flush()
  }

  #flush(): void {
    while (this.#welcomed && this.#sent < this.#pending.length && this.#sent < this.#window) this.#transmit(this.#pending[this.#sent++])
  }

  #transmit(message: ClientMessage): void {
    if (this.#socket?.readyState === OPEN) this.#socket.send(JSON.stringify(message))
  }

  #acknowledge(through: number): void {
    const left = this.#pending.findIndex((message) => message.seq > through)
    const gone = left < 0 ? this.#pending.length : left
    this.#pending.splice(0, gone)
    this.#sent = Math.max(0, this.#sent - gone)
    this.#feed()
    this.#flush()
  }

  #open(ticket: string): void {
    const socket = this.#options.socket(ticket)
    this.#socket = socket
    socket.onopen = () => {
      this.#heardAt = Date.now()
      this.#transmit({ type: "resume", received: Object.fromEntries(this.#received), trace: this.#trace, client: this.#client })
      this.#transmit({ type: "subscribe", ...this.#wanted })
    }
    socket.onmessage = ({ data }) => {
      if (this.#socket !== socket) return
      this.#heardAt = Date.now()
      this.#hear(data)
    }
    socket.onclose = ({ code, reason }) => {
      if (this.#socket !== socket) return
      if (code === CLOSE.replaced) this.#end("replaced", "It is open in another window.")
      else if (code === CLOSE.refused) this.#end("gone", reason || "It was ended, or other labs took its place.")
      else if (code === CLOSE.failed) this.#end("failed", reason || "Its world could not be made.")
      else this.#lost()
    }
    // A close follows every error.
    socket.onerror = () => {}
    clearInterval(this.#heartbeat)
    this.#heartbeat = setInterval(() => {
      if (Date.now() - this.#heardAt > SILENCE_MS) {
        this.#drop()
        this.#lost()
      } else this.#transmit({ type: "ping", at: Date.now() })
    }, PING_MS)
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    this.#welcomed = false
    this.#sent = 0
    if (!socket) return
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null
    socket.close(1000)
  }

  #lost(): void {
    clearInterval(this.#heartbeat)
    this.#drop()
    if (this.#closed) return
    this.#options.onStatus({ state: "lost", attempts: this.#attempts })
    // 0.25 s, 0.5 s … 8 s, each shortened by up to half so that many browsers do not come back at once.
    const delay = Math.min(8000, 250 * 2 ** this.#attempts) * (1 - Math.random() / 2)
    this.#attempts++
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      void this.#reconnect()
    }, delay)
  }

  #end(reason: "gone" | "replaced" | "failed", message: string): void {
    this.close()
    this.#options.onStatus({ state: "ended", reason, message })
  }

  async #reconnect(): Promise<void> {
    try {
      const ticket = await this.#options.ticket()
      if (!this.#closed) this.#open(ticket)
    } catch (reason) {
      if (this.#closed) return
      if (reason instanceof LabEnded) this.#end("gone", reason.message)
      else this.#lost()
    }
  }

  #hear(data: unknown): void {
    const message = readMessage(data)
    if (!message) return
    switch (message.type) {
      case "welcome":
        this.#welcome(message)
        break
      case "ack":
        this.#acknowledge(message.seq)
        return
      case "output":
        this.#output(message.terminal, message.offset, message.data)
        return
      case "terminal-closed":
        this.#received.delete(message.terminal)
        break
      case "trace":
        for (const hop of message.hops) this.#trace = Math.max(this.#trace, hop.id)
        break
      case "files":
      case "file":
      case "saved":
      case "history":
      case "describe":
      case "ports":
        this.#settle(message.id, (asked) => asked.resolve(message))
        return
      case "error":
        this.#refused(message)
        break
      case "pong":
        return
    }
    this.#options.onMessage(message)
  }

  #welcome({ acknowledged, terminals }: Extract<ServerMessage, { type: "welcome" }>): void {
    this.#attempts = 0
    this.#sent = 0
    if (this.#fresh) {
      // Numbered from 1 without knowing where the lab's count stood, e.g. after a reload of the page.
      this.#pending = this.#pending.map((message, at) => ({ ...message, seq: acknowledged + 1 + at }))
      this.#nextSeq = acknowledged + 1 + this.#pending.length
      this.#fresh = false
    } else {
      this.#pending = this.#pending.filter((message) => message.seq > acknowledged)
      // Another window of the same lab has counted further.
      if (acknowledged >= this.#nextSeq) this.#nextSeq = acknowledged + 1
    }
    for (const [terminal, bytes] of this.#received) {
      const known = terminals.find((one) => one.terminal === terminal)
      if (known && known.written >= bytes) continue
      // The world was recovered from a moment before what this page has seen.
      this.#received.delete(terminal)
      if (known) this.#behind.add(terminal)
    }
    this.#welcomed = true
    this.#options.onStatus({ state: "open" })
    for (const { message } of this.#asked.values()) if (!("seq" in message)) this.#transmit(message)
    // After the listener has seen `welcome`; it may open terminals that pending keys go to.
    queueMicrotask(() => {
      this.#feed()
      this.#flush()
    })
  }

  #output(terminal: string, offset: number, data: string): void {
    const known = this.#received.get(terminal)
    const bytes = encoder.encode(data)
    const end = offset + bytes.length
    if (known === undefined || offset === known) {
      this.#received.set(terminal, end)
      this.#options.onOutput(terminal, data, this.#behind.delete(terminal))
    } else if (offset > known) {
      this.#received.set(terminal, end)
      this.#options.onOutput(terminal, data, true)
    } else if (end > known) {
      this.#received.set(terminal, end)
      this.#options.onOutput(terminal, decoder.decode(bytes.subarray(known - offset)), false)
    }
  }

  #refused(error: Extract<ServerMessage, { type: "error" }>): void {
    if (error.id === undefined) return
    if (error.id >= FIRST_ID) this.#settle(error.id, (asked) => asked.reject(new Error(error.message)))
    else {
      const at = this.#pending.findIndex((message) => message.seq === error.id)
      if (at < 0) return
      this.#pending.splice(at, 1)
      if (at < this.#sent) this.#sent--
      this.#feed()
      this.#flush()
    }
  }

  #settle(id: number, how: (asked: Asked) => void): void {
    const asked = this.#asked.get(id)
    if (!asked) return
    this.#asked.delete(id)
    clearTimeout(asked.timer)
    how(asked)
  }
}

/** A frame that is no message of ours is passed over: a newer server may say more. */
const readMessage = (data: unknown): ServerMessage | undefined => {
  if (typeof data !== "string") return undefined
  try {
    return ServerMessage.safeParse(JSON.parse(data)).data
  } catch {
    return undefined
  }
}
