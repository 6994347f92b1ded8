/** All sessions that this server works on: claimed, made, looked up, put away when nobody needs them. */
import { randomUUID } from "node:crypto"
import { ExamSpec, focusLab, LabSpec } from "@drydock/course"
import type { LabSession, Lease, Repositories } from "@drydock/db"
import { CLOSE } from "@drydock/protocol"
import { ENGINE } from "@drydock/world"
import type { SessionSpec } from "../link.ts"
import { PREVIEW_PATH } from "../preview/address.ts"
import { FrontSession, LEASE_MS } from "./front-session.ts"
import type { LearnerSocket } from "./learner-socket.ts"
import { MessageBell } from "./message-bell.ts"
import { Pool, type PoolWorker, type Spawned } from "./pool.ts"
import { fromStored } from "./stored-entry.ts"

/** Nobody looked for this long: the session is put away, wall ms. */
const UNLOAD_MS = 600_000
const SWEEP_MS = 15_000
/** Between two tries to take a session whose lease another server still holds, ms. */
const CLAIM_RETRY_MS = 500

/** Says why a session cannot be had, and how a websocket is closed for it. */
export class SessionRefused extends Error {
  readonly close: (typeof CLOSE)[keyof typeof CLOSE]

  constructor(close: (typeof CLOSE)[keyof typeof CLOSE], message: string) {
    super(message)
    this.close = close
  }
}

export interface SessionsOptions {
  repositories: Repositories
  owner: string
  spawn: () => Spawned
  workers: number
  perWorker: number
  warn: (text: string) => void
}

export class Sessions {
  readonly pool: Pool
  readonly #options: SessionsOptions
  readonly #open = new Map<string, FrontSession>()
  readonly #opening = new Map<string, Promise<FrontSession>>()
  readonly #sweep: NodeJS.Timeout
  readonly #bell: MessageBell
  #nextHandle = 1
  #closed = false

  constructor(options: SessionsOptions) {
    this.#options = options
    this.pool = new Pool({
      spawn: options.spawn,
      size: options.workers,
      perWorker: options.perWorker,
      onMessage: (message) => this.#open.get(message.session)?.take(message),
      onDeath: (sessions, culprit) => {
        for (const id of sessions) {
          const session = this.#open.get(id)
          if (!session) continue
          if (session.handle === culprit) session.strike()
          void session.recover()
        }
      },
      warn: options.warn,
    })
    this.#sweep = setInterval(() => this.#putAway(), SWEEP_MS)
    this.#sweep.unref()
    this.#bell = new MessageBell({
      classes: options.repositories.classes,
      wanted: () => this.#open.size > 0,
      deliver: (message, to) => {
        for (const session of this.#open.values()) if (to.includes(session.row.userId)) session.message(message)
      },
      warn: options.warn,
    })
  }

  get size(): number {
    return this.#open.size
  }

  workerOf(session: string): PoolWorker | undefined {
    return this.#open.get(session)?.worker
  }

  #putAway(): void {
    const now = performance.now()
    for (const session of this.#open.values())
      if (session.sockets.size === 0 && session.calls.open === 0 && now - session.idleSince > UNLOAD_MS) void session.close()
  }

  /**
   * The session, worked on by this server from now on.
   * @param waiting called while another server's lease still runs
   * @throws SessionRefused
   */
  acquire(id: string, waiting?: () => void): Promise<FrontSession> {
    const open = this.#open.get(id)
    if (open) return Promise.resolve(open)
    let opening = this.#opening.get(id)
    if (!opening) {
      opening = this.#make(id, waiting).finally(() => this.#opening.delete(id))
      this.#opening.set(id, opening)
    }
    return opening
  }

  async #claim(id: string, waiting?: () => void): Promise<Lease> {
    const until = performance.now() + LEASE_MS + 5_000
    while (performance.now() < until && !this.#closed) {
      const lease = await this.#options.repositories.sessions.claim(id, this.#options.owner, LEASE_MS)
      if (lease) return lease
      waiting?.()
      await new Promise((resolve) => setTimeout(resolve, CLAIM_RETRY_MS))
    }
    throw new SessionRefused(CLOSE.moved, "Another server works on this lab.")
  }

  async #make(id: string, waiting?: () => void): Promise<FrontSession> {
    const { repositories, warn } = this.#options
    const { sessions } = repositories
    const known = await sessions.get(id)
    if (!known || known.state === "ended") throw new SessionRefused(CLOSE.refused, "This lab has ended.")
    const left = known.attempt === undefined ? undefined : await repositories.exams.left(known.attempt)
    if (left === 0) throw new SessionRefused(CLOSE.refused, "This exam is over.")
    const lease = await this.#claim(id, waiting)
    // Read after the claim: until then its former owner may have written.
    const [row = known, log, spec] = await Promise.all([sessions.get(id), sessions.inputs(id), this.#specOf(known)])
    if (this.#closed) throw new SessionRefused(CLOSE.moved, "This server stops.")
    const session = new FrontSession({
      row,
      spec,
      lease,
      ...(left !== undefined && { left }),
      handle: this.#nextHandle++,
      repositories,
      place: (name) => this.pool.place(name),
      ended: (ended) => {
        if (this.#open.get(ended.id) === ended) this.#open.delete(ended.id)
      },
      restart: (ended) => this.#restart(ended),
      warn,
    })
    this.#open.set(id, session)
    // Before its page can have asked for older ones: none falls between the two.
    void this.#bell.ask()
    session.load(log.map(fromStored), row.reachedAt)
    if (session.over) throw new SessionRefused(CLOSE.full, "There is no room for one more lab here. Try again in a minute.")
    return session
  }

  async #specOf(row: LabSession): Promise<SessionSpec> {
    const { content, tickets, progress, exams } = this.#options.repositories
    const { lesson: wanted, userId } = row
    const apart = row.attempt !== undefined || row.drill !== undefined
    const [lesson, token, preview, hints, attempt] = await Promise.all([
      wanted && content.lesson(wanted.course, wanted.lesson, wanted.version),
      row.attempt === undefined ? tickets.apiToken(row.id, userId) : "",
      row.attempt === undefined ? tickets.previewToken(row.id, userId) : undefined,
      wanted && !apart ? progress.hints(userId, wanted) : [],
      row.attempt === undefined ? undefined : exams.attempt(row.attempt),
    ])
    if (wanted && !lesson) throw new SessionRefused(CLOSE.failed, "The lesson of this lab is not there any more.")
    const lab = lesson && LabSpec.safeParse(lesson.lab)
    if (lab && !lab.success) {
      this.#options.warn(`lesson ${wanted?.course}/${wanted?.lesson}: ${lab.error.message}`)
      throw new SessionRefused(CLOSE.failed, "The lab of this lesson cannot be read.")
    }
    const exam = attempt && ExamSpec.parse(attempt.spec)
    const part = exam?.parts.find((one) => one.lesson === `${wanted?.course}/${wanted?.lesson}`)
    const chosen = row.drill === undefined ? part?.tasks : [row.drill]
    const focused = lab && chosen && focusLab(lab.data, chosen)
    return {
      session: row.id,
      engine: row.engine,
      seed: row.seed,
      startedAt: row.startedAt,
      topology: row.topology,
      ...(lab && { lab: focused?.lab ?? lab.data }),
      ...(focused && { before: focused.before }),
      ...(exam && { exam: { live: exam.feedback === "live" } }),
      opened: hints,
      api: token === "" ? "" : `/k8s/${token}`,
      ...(preview !== undefined && { preview: `${PREVIEW_PATH}${preview}` }),
    }
  }

  /** Ends the session and begins another in its place; its sockets go along. */
  async #restart(old: FrontSession): Promise<void> {
    const { repositories, warn } = this.#options
    if (old.row.attempt !== undefined) return
    try {
      old.dismissWatchers("The learner has started this lab over.")
      const sockets = [...old.sockets.values()]
      old.sockets.clear()
      for (const socket of sockets) socket.send({ type: "preparing", step: "starting over", done: 0 })
      await old.close()
      await repositories.sessions.end(old.id)
      const { lesson, topology, userId, drill } = old.row
      const current = lesson && (await repositories.content.lesson(lesson.course, lesson.lesson))
      const row = await repositories.sessions.open({
        userId,
        ...(lesson && { lesson: { ...lesson, ...(current && { version: current.version }) } }),
        topology,
        seed: randomUUID(),
        engine: ENGINE,
        startedAt: Date.now(),
        ...(drill !== undefined && { drill }),
      })
      await this.#move(sockets, row.id)
    } catch (error) {
      warn(`session ${old.id} could not be restarted: ${(error as Error).message}`)
      old.end(CLOSE.failed, "The lab could not be restarted.")
    }
  }

  async #move(sockets: readonly LearnerSocket[], id: string): Promise<void> {
    try {
      const session = await this.acquire(id)
      for (const socket of sockets) session.adopt(socket)
    } catch (error) {
      const refused = error instanceof SessionRefused ? error : new SessionRefused(CLOSE.failed, "The lab could not be restarted.")
      for (const socket of sockets) socket.close(refused.close, refused.message)
    }
  }

  /** Writes everything, gives the leases back, ends the workers. */
  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#sweep)
    this.#bell.stop()
    await Promise.allSettled(this.#opening.values())
    const open = [...this.#open.values()]
    for (const session of open) for (const socket of session.sockets.values()) socket.close(CLOSE.moved, "The server stops; reconnect.")
    await Promise.allSettled(open.map((session) => session.close()))
    this.pool.close()
  }
}
