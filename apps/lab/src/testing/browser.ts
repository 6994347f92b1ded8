/** A browser for tests: one page with its own numbering, over real websockets, that reconnects and resends as pages do. */
import type { ServerMessage } from "@drydock/protocol"
import { WebSocket } from "ws"

type Typed<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>
type Unnumbered = { type: string } & Record<string, unknown>

export class Browser {
  readonly messages: ServerMessage[] = []
  readonly client: string
  /** What each terminal has shown. */
  readonly shown = new Map<string, { text: string; bytes: number; skipped: number }>()
  closed: { code: number; reason: string } | undefined
  readonly #address: string
  #ws: WebSocket | undefined
  #seq = 0
  #acknowledged = 0
  #unacknowledged: { seq: number; text: string }[] = []
  #waiting: (() => void)[] = []

  /** @param address ws://…/lab/socket */
  constructor(address: string, client = "page") {
    this.#address = address
    this.client = client
  }

  get acknowledged(): number {
    return this.#acknowledged
  }

  get sent(): number {
    return this.#seq
  }

  async connect(ticket: string): Promise<void> {
    const ws = new WebSocket(`${this.#address}?ticket=${encodeURIComponent(ticket)}`)
    this.#ws = ws
    this.closed = undefined
    ws.on("message", (data) => this.#take(JSON.parse(data.toString()) as ServerMessage))
    ws.on("close", (code, reason) => {
      this.closed = { code, reason: reason.toString() }
      this.#wake()
    })
    ws.on("error", () => {})
    await new Promise<void>((resolve, reject) => {
      ws.once("open", () => resolve())
      ws.once("error", reject)
    })
    const received = Object.fromEntries([...this.shown].map(([terminal, { bytes }]) => [terminal, bytes]))
    this.raw(JSON.stringify({ type: "resume", client: this.client, received, trace: 0 }))
  }

  /** The network went away: nothing is said. */
  async drop(): Promise<void> {
    const ws = this.#ws as WebSocket
    ws.terminate()
    await new Promise<void>((resolve) => (ws.readyState === ws.CLOSED ? resolve() : ws.once("close", () => resolve())))
  }

  pause(): void {
    this.#ws?.pause()
  }

  unpause(): void {
    this.#ws?.resume()
  }

  raw(data: string | Buffer): void {
    this.#ws?.send(data)
  }

  ask(message: Unnumbered): void {
    this.raw(JSON.stringify(message))
  }

  /** Sends a numbered message; it is kept until it is acknowledged. */
  tell(message: Unnumbered): number {
    const seq = ++this.#seq
    const text = JSON.stringify({ ...message, seq })
    this.#unacknowledged.push({ seq, text })
    if (this.#ws?.readyState === WebSocket.OPEN) this.raw(text)
    return seq
  }

  keys(data: string, terminal = "t1"): number {
    return this.tell({ type: "keys", terminal, data })
  }

  open(machine = "controlplane", terminal = "t1"): number {
    return this.tell({ type: "open-terminal", terminal, machine, columns: 100, rows: 30 })
  }

  text(terminal = "t1"): string {
    return this.shown.get(terminal)?.text ?? ""
  }

  #acknowledge(seq: number): void {
    this.#acknowledged = Math.max(this.#acknowledged, seq)
    this.#unacknowledged = this.#unacknowledged.filter((one) => one.seq > seq)
  }

  #take(message: ServerMessage): void {
    if (message.type === "ack") this.#acknowledge(message.seq)
    if (message.type === "welcome") {
      for (const { terminal, written } of message.terminals) {
        const shown = this.shown.get(terminal)
        if (shown && shown.bytes > written) this.shown.delete(terminal)
      }
      this.#acknowledge(message.acknowledged)
      for (const { text } of this.#unacknowledged) this.raw(text)
    }
    if (message.type === "output") {
      let shown = this.shown.get(message.terminal)
      if (!shown) this.shown.set(message.terminal, (shown = { text: "", bytes: 0, skipped: 0 }))
      if (message.offset !== shown.bytes + (message.skipped ?? 0))
        throw new Error(`output at ${message.offset} after ${shown.bytes} bytes, skipped ${message.skipped}`)
      shown.skipped += message.skipped ?? 0
      shown.text += message.data
      shown.bytes = message.offset + Buffer.byteLength(message.data)
    }
    this.messages.push(message)
    this.#wake()
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake()
  }

  async until(what: string, condition: () => boolean, ms = 30_000): Promise<void> {
    const end = performance.now() + ms
    while (!condition()) {
      const left = end - performance.now()
      if (left <= 0) {
        const last = this.messages.slice(-3).map((message) => JSON.stringify(message).slice(0, 300))
        throw new Error(
          `waited in vain for ${what}; closed: ${JSON.stringify(this.closed)}; screen: ${JSON.stringify(this.text().slice(-300))}; last messages: ${last.join("\n")}`,
        )
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        this.#waiting.push(() => {
          clearTimeout(timer)
          resolve()
        })
      })
    }
  }

  /** The first message of a type from the `from`th message on. */
  async message<T extends ServerMessage["type"]>(
    type: T,
    matches: (message: Typed<T>) => boolean = () => true,
    from = 0,
  ): Promise<Typed<T>> {
    const find = () =>
      this.messages.slice(from).find((message): message is Typed<T> => message.type === type && matches(message as Typed<T>))
    await this.until(`a message "${type}"`, () => find() !== undefined)
    return find() as Typed<T>
  }

  async screen(part: string | RegExp, terminal = "t1"): Promise<void> {
    await this.until(`"${String(part)}" on the screen`, () =>
      typeof part === "string" ? this.text(terminal).includes(part) : part.test(this.text(terminal)),
    )
  }

  close(): void {
    this.#ws?.terminate()
  }
}
