/** The workers: which session is where, and the watch over those that stop answering. */
import type { FromWorker, Port, ToWorker } from "../link.ts"

const PING_MS = 1_000
/** A worker silent for longer is ended, ms. */
const SILENCE_MS = 5_000

/** A worker as it is started: a thread, or (in tests) the same thread. */
export interface Spawned {
  port: Port<ToWorker>
  /** The handle of the world whose turn it is, 0 between turns. */
  running: Int32Array
  onExit(listener: () => void): void
  terminate(): void
}

export interface PoolWorker {
  readonly id: number
  post(message: ToWorker): void
  readonly sessions: Set<string>
}

interface Member extends PoolWorker {
  spawned: Spawned
  up: boolean
  heard: number
  dead: boolean
}

export class Pool {
  readonly #spawn: () => Spawned
  readonly #size: number
  readonly #perWorker: number
  readonly #onMessage: (message: Extract<FromWorker, { session: string }>) => void
  readonly #onDeath: (sessions: readonly string[], culprit: number) => void
  readonly #warn: (text: string) => void
  readonly #members: Member[] = []
  readonly #timer: NodeJS.Timeout
  #nextId = 1
  #pinged = performance.now()
  #closed = false

  constructor(options: {
    spawn: () => Spawned
    size: number
    perWorker: number
    onMessage: (message: Extract<FromWorker, { session: string }>) => void
    /** @param culprit handle of the world that was running, 0 when none was */
    onDeath: (sessions: readonly string[], culprit: number) => void
    warn: (text: string) => void
  }) {
    this.#spawn = options.spawn
    this.#size = options.size
    this.#perWorker = options.perWorker
    this.#onMessage = options.onMessage
    this.#onDeath = options.onDeath
    this.#warn = options.warn
    for (let index = 0; index < this.#size; index++) this.#add()
    this.#timer = setInterval(() => this.#watch(), PING_MS)
    this.#timer.unref()
  }

  #add(): void {
    const spawned = this.#spawn()
    const member: Member = {
      id: this.#nextId++,
      spawned,
      sessions: new Set(),
      up: false,
      heard: performance.now(),
      dead: false,
      post: (message) => spawned.port.postMessage(message),
    }
    this.#members.push(member)
    spawned.port.on("message", ((messages: readonly FromWorker[]) => {
      member.heard = performance.now()
      for (const message of messages) {
        if (member.dead) return
        if (message.type === "up") member.up = true
        else if (message.type !== "pong") this.#onMessage(message)
      }
    }) as (message: never) => void)
    spawned.onExit(() => this.#died(member))
  }

  #watch(): void {
    const now = performance.now()
    // This thread was late itself: the answers are probably waiting behind this very call.
    const late = now - this.#pinged > 2 * PING_MS
    this.#pinged = now
    for (const member of [...this.#members]) {
      if (!member.up) continue
      if (!late && now - member.heard > SILENCE_MS) {
        this.#warn(`worker ${member.id} stopped answering; it is replaced and its ${member.sessions.size} labs are replayed`)
        this.#died(member)
      } else member.post({ type: "ping", id: now })
    }
  }

  #died(member: Member): void {
    if (member.dead || this.#closed) return
    member.dead = true
    const culprit = Atomics.load(member.spawned.running, 0)
    member.spawned.terminate()
    this.#members.splice(this.#members.indexOf(member), 1)
    this.#add()
    const sessions = [...member.sessions]
    member.sessions.clear()
    this.#onDeath(sessions, culprit)
  }

  get size(): number {
    return this.#members.length
  }

  /** The worker with the fewest sessions; undefined when all are full. */
  place(session: string): PoolWorker | undefined {
    const [least] = [...this.#members].sort((a, b) => a.sessions.size - b.sessions.size || a.id - b.id)
    if (!least || least.sessions.size >= this.#perWorker) return undefined
    least.sessions.add(session)
    return least
  }

  /** Ends a worker as a crash would: for tests of recovery. */
  kill(worker: PoolWorker): void {
    const member = this.#members.find(({ id }) => id === worker.id)
    if (member) this.#died(member)
  }

  close(): void {
    this.#closed = true
    clearInterval(this.#timer)
    for (const { spawned } of this.#members) spawned.terminate()
  }
}
