/** One browser's socket as a world sees it: what it has, what it wants, and what it is sent. */
import type { ServerMessage } from "@drydock/protocol"
import type { FromWorker } from "../link.ts"
import { hopsFrom } from "./hops.ts"
import type { SessionBody } from "./body.ts"

/** Text of one output message at most, bytes. */
const OUTPUT_PART = 64 * 1024

export class Viewer {
  readonly socket: number
  readonly client: string
  /** Looks in: is shown terminals as the learner has them, and keeps no world going. */
  readonly watching: boolean
  readonly #session: string
  readonly #post: (message: FromWorker) => void
  /** Bytes of each terminal that the browser has. */
  readonly #have: Map<string, number>
  #trace: number
  #wants = { map: true, trace: true, events: true }
  /** Terminals and tasks alone. */
  readonly #plain: boolean
  #blocked = false
  /** It missed changes of the map while it was blocked. */
  #missedMap = false

  constructor(options: {
    socket: number
    client: string
    session: string
    received: Readonly<Record<string, number>>
    trace: number
    plain?: boolean
    watching?: boolean | undefined
    post: (message: FromWorker) => void
  }) {
    this.#plain = options.plain ?? false
    if (this.#plain) this.#wants = { map: false, trace: false, events: false }
    this.socket = options.socket
    this.client = options.client
    this.watching = options.watching ?? false
    this.#session = options.session
    this.#have = new Map(Object.entries(options.received))
    this.#trace = options.trace
    this.#post = options.post
  }

  send(message: ServerMessage): void {
    this.#post({ type: "send", session: this.#session, sockets: [this.socket], text: JSON.stringify(message) })
  }

  /** Begins anew with what the world has; earlier positions beyond its output are of a run that is gone. */
  welcomed(body: SessionBody): void {
    for (const [terminal, have] of this.#have) {
      const ring = body.terminals.open.get(terminal)?.ring
      if (!ring) this.#have.delete(terminal)
      else if (have > ring.written) this.#have.set(terminal, 0)
    }
  }

  wants(
    message: { map?: boolean | undefined; trace?: boolean | undefined; events?: boolean | undefined },
    body: SessionBody | undefined,
  ): void {
    if (this.#plain) return
    const hadMap = this.#wants.map
    this.#wants = {
      map: message.map ?? this.#wants.map,
      trace: message.trace ?? this.#wants.trace,
      events: message.events ?? this.#wants.events,
    }
    if (body && !hadMap && this.#wants.map) this.fullMap(body)
  }

  get wantsMap(): boolean {
    return this.#wants.map
  }

  setBlocked(blocked: boolean, body: SessionBody | undefined): void {
    this.#blocked = blocked
    if (blocked || !body) return
    if (this.#missedMap) this.fullMap(body)
    this.output(body)
  }

  fullMap(body: SessionBody): void {
    this.#missedMap = false
    if (this.#wants.map) this.send({ type: "map", full: true, items: body.view.items() })
  }

  mapDelta(message: ServerMessage): void {
    if (!this.#wants.map) return
    if (this.#blocked) this.#missedMap = true
    else this.send(message)
  }

  events(message: ServerMessage): void {
    if (this.#wants.events && !this.#blocked) this.send(message)
  }

  /** Hops that it does not have yet. */
  hops(body: SessionBody): void {
    const { trace } = body.world
    const newest = trace.events.at(-1)?.id ?? 0
    // A browser that saw a run which is gone starts over.
    if (this.#trace > newest) this.#trace = newest
    if (!this.#wants.trace || this.#blocked || newest === this.#trace) return
    this.send({ type: "trace", hops: hopsFrom(trace, this.#trace + 1) })
    this.#trace = newest
  }

  /** Output that it does not have yet; true when there was any. */
  output(body: SessionBody): boolean {
    if (this.#blocked) return false
    let any = false
    for (const { name, ring } of body.terminals.open.values()) {
      let have = this.#have.get(name) ?? 0
      while (have < ring.written) {
        const { offset, data, end } = ring.from(have, OUTPUT_PART)
        if (end <= have) break
        const skipped = offset - have
        const message: ServerMessage = { type: "output", terminal: name, offset, data, ...(skipped > 0 && { skipped }) }
        this.#post({
          type: "send",
          session: this.#session,
          sockets: [this.socket],
          text: JSON.stringify(message),
          written: { terminal: name, upTo: end, at: Math.ceil(body.world.sim.now()) },
        })
        have = end
        any = true
      }
      this.#have.set(name, have)
    }
    return any
  }

  terminalClosed(terminal: string): void {
    this.#have.delete(terminal)
    this.send({ type: "terminal-closed", terminal })
  }
}
