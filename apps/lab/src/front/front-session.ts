/** One session as the front holds it: its lease, its worker, its sockets, its log, and the messages that are not kept yet. */
import { type LabSession, type Lease, LeaseLost, type Repositories } from "@drydock/db"
import { CLOSE, type ClientMessage } from "@drydock/protocol"
import type { FromWorker, LogEntry, Origin, SessionSpec, ToWorker } from "../link.ts"
import type { LearnerSocket } from "./learner-socket.ts"
import { LogWriter } from "./log-writer.ts"
import { OutsideCalls } from "./outside-calls.ts"
import type { PoolWorker } from "./pool.ts"
import { keepProgress } from "./keep-progress.ts"
import { StandingWriter } from "./standing-writer.ts"
import { fromStored } from "./stored-entry.ts"
import { Watchers } from "./watchers.ts"

export const LEASE_MS = 30_000
const RENEW_MS = 10_000
/** Between two tries to keep an exam's outcomes while the database is away, ms. */
const RETRY_MS = 1_000
const MAX_SOCKETS = 4
/** Bytes of messages that may wait to be applied and kept; then sockets are not read until it is less. */
const MAX_OUTSTANDING = 2 * 1024 * 1024
/** A session that took its worker down this often is not tried again. */
const MAX_STRIKES = 2

type Later = Exclude<ClientMessage, { type: "resume" } | { type: "ping" }>
type ForWorld = Exclude<Later, { type: "ask-typing" } | { type: "allow-typing" }>
interface Outstanding {
  client: string
  seq: number
  socket: number
  message: ForWorld
  bytes: number
}

export interface SessionOptions {
  row: LabSession
  spec: SessionSpec
  lease: Lease
  /** Of an exam: what was left of its time when this began, wall ms. */
  left?: number
  handle: number
  repositories: Repositories
  place: (session: string) => PoolWorker | undefined
  /** It is over for this server: the lease went, the lab failed, or nobody needs it. */
  ended: (session: FrontSession) => void
  restart: (session: FrontSession) => Promise<void>
  warn: (text: string) => void
}

export class FrontSession {
  readonly id: string
  row: LabSession
  readonly spec: SessionSpec
  readonly handle: number
  readonly sockets = new Map<number, LearnerSocket>()
  readonly calls: OutsideCalls
  /** When nobody was left, wall ms. */
  idleSince = performance.now()
  readonly #options: SessionOptions
  readonly #writer: LogWriter
  readonly #standing: StandingWriter | undefined
  readonly #watchers = new Watchers(this.sockets)
  #worker: PoolWorker | undefined
  /** Virtual time of the last output that a page was sent: a world that is brought back comes as far before anything new is typed into it. */
  #seenAt = 0
  #loaded = false
  #over = false
  #strikes = 0
  #outstanding: Outstanding[] = []
  #outstandingBytes = 0
  #full = false
  readonly #renewal: NodeJS.Timeout
  #waiting: ((failed: string | undefined) => void)[] = []
  #unloaded: (() => void) | undefined
  #progressing: Promise<void> = Promise.resolve()
  /** Wall ms with a page open: altogether until `openSince`, and when the last task was done. */
  readonly #open = { total: 0, since: undefined as number | undefined, atLastDone: 0 }
  #helped = false
  /** When an exam is over, by performance.now(). */
  #overAt = Number.POSITIVE_INFINITY
  #examTimer: NodeJS.Timeout | undefined

  constructor(options: SessionOptions) {
    this.#options = options
    this.id = options.row.id
    this.row = options.row
    this.spec = options.spec
    this.handle = options.handle
    this.calls = new OutsideCalls(this.id, (message) => this.#post(message))
    this.#writer = new LogWriter({
      sessions: options.repositories.sessions,
      lease: options.lease,
      kept: (acks) => this.#kept(acks),
      lost: () => void this.#leaseLost(),
      warn: options.warn,
    })
    if (this.row.lesson)
      this.#standing = new StandingWriter({
        sessions: options.repositories.sessions,
        lease: options.lease,
        before: options.row.standing,
        warn: options.warn,
      })
    this.#renewal = setInterval(() => void this.#renew(), RENEW_MS)
    this.#renewal.unref()
    if (options.left !== undefined) this.#setExamTimer(options.left)
  }

  #setExamTimer(left: number): void {
    this.#overAt = performance.now() + left
    // Longer than any exam would overflow.
    this.#examTimer = setTimeout(() => void this.#examOver(), Math.min(left, 2 ** 31 - 1))
    this.#examTimer.unref()
  }

  /** The database's clock has the last word. */
  async #examOver(): Promise<void> {
    const left = await this.#options.repositories.exams.left(this.row.attempt ?? "").catch(() => 1_000)
    if (left > 0) this.#setExamTimer(left)
    else this.end(CLOSE.refused, "This exam is over.")
  }

  get worker(): PoolWorker | undefined {
    return this.#worker
  }

  get over(): boolean {
    return this.#over
  }

  /** How many world-killing turns it had. */
  strike(): void {
    this.#strikes++
  }

  async #renew(): Promise<void> {
    const { sessions } = this.#options.repositories
    try {
      await sessions.renew(this.#options.lease, LEASE_MS)
      // It may have been ended elsewhere: started over from the page, or put aside for a newer one.
      const row = await sessions.get(this.id)
      if (row?.state !== "active") return this.end(CLOSE.refused, this.#endWords)
      this.#standing?.refresh()
      await this.#checkWatchers()
    } catch (error) {
      if (error instanceof LeaseLost) await this.#leaseLost()
      else this.#options.warn(`the lease of session ${this.id} cannot be renewed: ${(error as Error).message}`)
    }
  }

  get #endWords(): string {
    return this.row.attempt === undefined ? "This lab has ended." : "This exam is over."
  }

  /** Ended elsewhere (handed in, started over), or taken over by another server. */
  async #leaseLost(): Promise<void> {
    const row = await this.#options.repositories.sessions.get(this.id).catch(() => undefined)
    if (row?.state === "ended") this.end(CLOSE.refused, this.#endWords)
    else this.end(CLOSE.moved, "Another server goes on with this lab.")
  }

  /** Nobody looks in any more. */
  dismissWatchers(reason: string): void {
    for (const socket of [...this.sockets.values()].filter((one) => this.#watchers.has(one))) {
      this.#remove(socket)
      socket.close(CLOSE.refused, reason)
    }
  }

  /** Whoever does not teach the learner any more looks in no more. */
  async #checkWatchers(): Promise<void> {
    for (const person of this.#watchers.people)
      if (!(await this.#options.repositories.classes.mayWatch(this.id, person)))
        for (const socket of this.#watchers.of(person)) socket.close(CLOSE.refused, "You may not look into this lab any more.")
  }

  #post(message: ToWorker): void {
    this.#worker?.post(message)
  }

  /** Places it in a worker, with all that its log holds. */
  load(log: readonly LogEntry[], reachedAt: number): void {
    if (this.#over) return
    const worker = this.#options.place(this.id)
    if (!worker) return this.end(CLOSE.full, "There is no room for one more lab here. Try again in a minute.")
    this.#worker = worker
    this.#loaded = false
    this.#post({ type: "load", handle: this.handle, spec: this.spec, log, reachedAt })
    for (const socket of this.sockets.values()) this.#attach(socket, socket.sent, Number.MAX_SAFE_INTEGER)
  }

  /** Its worker is gone: everything that was kept is replayed in another, what was not is sent again. */
  async recover(): Promise<void> {
    this.#worker = undefined
    this.#loaded = false
    this.calls.fail()
    if (this.#strikes >= MAX_STRIKES) return this.end(CLOSE.failed, "This lab stopped answering again and again. Restart it.")
    for (const socket of this.sockets.values()) socket.send({ type: "preparing", step: "bringing the lab back", done: 0 })
    await this.#writer.flush()
    const { sessions } = this.#options.repositories
    try {
      const [row, log] = await Promise.all([sessions.get(this.id), sessions.inputs(this.id)])
      if (!row || row.state === "ended") return this.end(CLOSE.refused, "This lab has ended.")
      this.load(log.map(fromStored), Math.max(row.reachedAt, this.#seenAt))
    } catch (error) {
      this.#options.warn(`session ${this.id} cannot be recovered: ${(error as Error).message}`)
      this.end(CLOSE.failed, "The lab's recording could not be read.")
    }
  }

  /** A guest's lab goes over to the account that they sign in to, while it runs. */
  async readOwner(): Promise<void> {
    const now = await this.#options.repositories.sessions.get(this.id)
    if (now) this.row = { ...this.row, userId: now.userId }
  }

  /** Resolves when its world is there. @throws Error with the reason when it cannot be */
  ready(): Promise<void> {
    if (this.#loaded) return Promise.resolve()
    if (this.#over) return Promise.reject(new Error("This lab has ended."))
    return new Promise((resolve, reject) => {
      this.#waiting.push((failed) => (failed === undefined ? resolve() : reject(new Error(failed))))
    })
  }

  // ---- sockets

  /** The learner's own sockets. */
  get #own(): readonly LearnerSocket[] {
    return [...this.sockets.values()].filter((socket) => !this.#watchers.has(socket))
  }

  /** @param watcher a teacher who looks in; else it is the learner */
  add(socket: LearnerSocket, watcher?: { readonly id: string; readonly name: string }): void {
    // Those who look in take no place of the learner's, nor the other way round.
    const same = watcher ? [...this.sockets.values()].filter((one) => this.#watchers.has(one)) : this.#own
    for (const other of same.slice(0, Math.max(0, same.length - MAX_SOCKETS + 1))) {
      this.#remove(other)
      other.close(CLOSE.replaced, `This lab is open in ${MAX_SOCKETS} other places.`)
    }
    this.sockets.set(socket.id, socket)
    if (watcher) this.#watchers.add(socket, watcher)
    else {
      this.#open.since ??= performance.now()
      this.#standing?.here(true)
      if (this.#watchers.size > 0) this.#watchers.tell(socket)
    }
    if (this.#full) socket.pause("log", true)
    socket.listen({
      resumed: ({ received, trace }) => this.#attach(socket, received, trace),
      message: (message, bytes) => this.#deliver(socket, message, bytes),
      slow: (blocked) => this.#post({ type: "flow", session: this.id, socket: socket.id, blocked }),
      closed: () => this.#remove(socket),
    })
  }

  /** A socket whose session began anew is this one's from now on. */
  adopt(socket: LearnerSocket): void {
    for (const terminal of Object.keys(socket.sent)) delete socket.sent[terminal]
    socket.pause("log", false)
    this.add(socket)
    this.#attach(socket, {}, 0)
  }

  #attach(socket: LearnerSocket, received: Readonly<Record<string, number>>, trace: number): void {
    this.#post({
      ...{ type: "attach", session: this.id, socket: socket.id, client: socket.client, received: { ...received }, trace },
      ...(this.#watchers.has(socket) && { watching: true }),
    })
  }

  #remove(socket: LearnerSocket): void {
    if (!this.sockets.delete(socket.id)) return
    this.idleSince = performance.now()
    this.#post({ type: "detach", session: this.id, socket: socket.id })
    this.#watchers.remove(socket)
    if (this.#own.length > 0) return
    this.#open.total = this.#openMs
    this.#open.since = undefined
    this.#standing?.here(false)
    this.#watchers.endTyping()
  }

  get #openMs(): number {
    return this.#open.total + (this.#open.since === undefined ? 0 : performance.now() - this.#open.since)
  }

  #deliver(socket: LearnerSocket, message: Later, bytes: number): void {
    if (performance.now() >= this.#overAt) return socket.send({ type: "error", code: "refused", message: "This exam is over." })
    if (message.type === "ask-typing") return this.#watchers.ask(socket, message.ask ?? true)
    if (this.#watchers.has(socket)) {
      const refused = this.#watchers.refusal(socket, message)
      const id = "id" in message ? message.id : "seq" in message ? message.seq : undefined
      if (refused !== undefined) return socket.send({ type: "error", ...(id !== undefined && { id }), code: "refused", message: refused })
    }
    if (message.type === "allow-typing") {
      if (!this.#watchers.allow(message.who, message.allow))
        socket.send({ type: "error", code: "not-found", message: "Nobody of that name asks to type here." })
      return
    }
    if ("seq" in message && message.type !== "resize" && !this.#watchers.has(socket)) this.#standing?.typed()
    if ("seq" in message) {
      this.#outstanding.push({ client: socket.client, seq: message.seq, socket: socket.id, message, bytes })
      this.#outstandingBytes += bytes
      this.#setFull()
      if (!this.#loaded) return
    } else if (!this.#loaded && message.type !== "subscribe")
      return socket.send({
        type: "error",
        ...("id" in message && { id: message.id }),
        code: "refused",
        message: "The lab is still being prepared.",
      })
    this.#post({ type: "client", session: this.id, socket: socket.id, client: socket.client, message })
  }

  #setFull(): void {
    const full = this.#outstandingBytes > MAX_OUTSTANDING
    if (full === this.#full) return
    this.#full = full
    for (const socket of this.sockets.values()) socket.pause("log", full)
  }

  #kept(acks: readonly Origin[]): void {
    for (const { client, seq } of acks) {
      for (const socket of this.sockets.values()) if (socket.client === client) socket.send({ type: "ack", seq })
      this.#outstanding = this.#outstanding.filter((one) => {
        const done = one.client === client && one.seq <= seq
        if (done) this.#outstandingBytes -= one.bytes
        return !done
      })
    }
    this.#setFull()
  }

  /** A word of a teacher's to this learner. */
  message(message: { readonly id: number; readonly from: string; readonly text: string; readonly at: number }): void {
    const { id, from, text, at } = message
    for (const socket of this.#own) socket.send({ type: "message", id, from, text, at })
  }

  // ---- what the worker says

  take(message: Extract<FromWorker, { session: string }>): void {
    switch (message.type) {
      case "send":
        for (const id of message.sockets) {
          const socket = this.sockets.get(id)
          if (!socket) continue
          if (message.written) {
            socket.sent[message.written.terminal] = message.written.upTo
            this.#seenAt = Math.max(this.#seenAt, message.written.at)
          }
          socket.sendText(message.text)
        }
        return
      case "log":
        return this.#writer.push(message.entries, message.reachedAt, message.acks)
      case "reached":
        return this.#writer.reached(message.at)
      case "loaded":
        this.#loaded = true
        for (const { socket, client, message: held } of this.#outstanding)
          this.#post({ type: "client", session: this.id, socket, client, message: held })
        for (const settle of this.#waiting.splice(0)) settle(undefined)
        return
      case "failed":
        this.#options.warn(`session ${this.id}: ${message.reason}`)
        return this.end(CLOSE.failed, message.reason.split("\n", 1)[0])
      case "unloaded":
        return this.#unloaded?.()
      case "standing":
        return this.#standing?.work(message.standing)
      case "restart":
        this.#kept([message.origin])
        return void this.#options.restart(this)
      case "task-done":
      case "hint-used":
      case "answered":
        // One after the other: of two answers to a question the later one is the newest.
        this.#progressing = this.#progressing.then(() => this.#progress(message))
        return
      case "outcomes":
        this.#progressing = this.#progressing.then(() => this.#record(message.outcomes))
        return
      case "call-answer":
      case "call-frame":
      case "call-data":
      case "call-end":
        return this.calls.take(message)
    }
  }

  async #progress(message: Extract<FromWorker, { type: "task-done" | "hint-used" | "answered" }>): Promise<void> {
    const tookMs = this.#openMs - this.#open.atLastDone
    if (message.type === "task-done") this.#open.atLastDone = this.#openMs
    if (message.type === "hint-used") this.#helped = true
    try {
      await keepProgress(this.#options.repositories, this.row, message, { tookMs, helped: this.#helped })
    } catch (error) {
      this.#options.warn(`progress of session ${this.id} could not be kept: ${(error as Error).message}`)
    }
  }

  async #record(outcomes: Extract<FromWorker, { type: "outcomes" }>["outcomes"]): Promise<void> {
    const { exams } = this.#options.repositories
    try {
      if (await exams.record(this.#options.lease, outcomes)) return
      if ((await exams.left(this.row.attempt ?? "")) === 0) this.end(CLOSE.refused, "This exam is over.")
    } catch (error) {
      this.#options.warn(`outcomes of session ${this.id} could not be kept: ${(error as Error).message}`)
      // They count: again, until the time is over.
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref())
      if (!this.#over && performance.now() < this.#overAt) await this.#record(outcomes)
    }
  }

  // ---- the end

  /** Stops at once: nothing more is written. */
  end(code: (typeof CLOSE)[keyof typeof CLOSE], reason: string): void {
    if (this.#over) return
    this.#stop(reason)
    for (const socket of [...this.sockets.values()]) socket.close(code, reason)
    this.sockets.clear()
    this.#options.ended(this)
  }

  #stop(reason: string): void {
    this.#over = true
    clearInterval(this.#renewal)
    clearTimeout(this.#examTimer)
    this.#standing?.stop()
    this.#writer.stop()
    this.#post({ type: "unload", session: this.id })
    this.#worker?.sessions.delete(this.id)
    this.#worker = undefined
    this.calls.fail()
    for (const settle of this.#waiting.splice(0)) settle(reason)
  }

  /** Writes all there is to write, gives the lease back and stops. Its sockets are the caller's business. */
  async close(): Promise<void> {
    if (this.#over) return
    if (this.#worker) {
      const unloaded = new Promise<void>((resolve) => {
        this.#unloaded = resolve
      })
      this.#post({ type: "unload", session: this.id })
      await Promise.race([unloaded, new Promise((resolve) => setTimeout(resolve, 2_000).unref())])
    }
    await this.#writer.flush()
    await this.#progressing
    await this.#standing?.close()
    this.#stop("This lab was put away.")
    this.#options.ended(this)
    try {
      await this.#options.repositories.sessions.release(this.#options.lease)
    } catch (error) {
      this.#options.warn(`the lease of session ${this.id} could not be given back: ${(error as Error).message}`)
    }
  }
}
