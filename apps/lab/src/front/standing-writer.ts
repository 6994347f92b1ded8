/** Keeps where a session's learner stands for their teachers: what the world says and whether anybody is there, written now and then. */
import type { Lease, SessionRepository, Standing } from "@drydock/db"
import type { WorkStanding } from "../link.ts"

/** Between two writes, wall ms: a board is looked at every few seconds. */
const REST_MS = 2_000
/** Whoever is away for longer is not held up meanwhile, ms; a page that is loaded again is away for less. */
const AWAY_MS = 60_000

export class StandingWriter {
  readonly #sessions: Pick<SessionRepository, "stand">
  readonly #lease: Lease
  readonly #warn: (text: string) => void
  #work: WorkStanding | undefined
  #here = false
  /** Wall clock of this process, ms; the database is told ages. */
  #since: number
  #typed: number
  /** When the last page was closed. */
  #left: number
  /** What an earlier server wrote, until the world has told anything: no step forward, no new time. */
  #before: Standing | undefined
  #timer: NodeJS.Timeout | undefined
  #wroteAt = 0
  #writing: Promise<void> = Promise.resolve()
  #dirty = false
  #stopped = false

  constructor(options: {
    sessions: Pick<SessionRepository, "stand">
    lease: Lease
    before: Standing | undefined
    warn: (text: string) => void
  }) {
    this.#sessions = options.sessions
    this.#lease = options.lease
    this.#before = options.before
    this.#warn = options.warn
    const now = Date.now()
    this.#since = Math.min(now, options.before?.since ?? now)
    this.#typed = Math.min(now, options.before?.typed ?? now)
    this.#left = this.#typed
  }

  /** What the world says. */
  work(work: WorkStanding): void {
    const before = this.#work ?? this.#before
    if (before?.task !== work.task || before?.passed !== work.passed) this.#since = Date.now()
    this.#work = work
    this.#arm()
  }

  /** Whether the learner has a page open. */
  here(here: boolean): void {
    if (here === this.#here) return
    this.#here = here
    const now = Date.now()
    if (!here) this.#left = now
    else if (now - this.#left > AWAY_MS) this.#since = Math.min(now, this.#since + now - this.#left)
    this.#arm()
  }

  /** The learner did something: noted, and written with what is written next. */
  typed(): void {
    this.#typed = Date.now()
    this.#dirty = true
  }

  /** Writes when the learner has typed since. */
  refresh(): void {
    if (this.#dirty) this.#arm()
  }

  #arm(): void {
    if (this.#timer || this.#stopped || !this.#work) return
    this.#timer = setTimeout(() => void this.#write(), Math.max(0, this.#wroteAt + REST_MS - performance.now()))
    this.#timer.unref()
  }

  #write(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const work = this.#work
    if (!work) return this.#writing
    this.#wroteAt = performance.now()
    this.#dirty = false
    const now = Date.now()
    const standing = { ...work, here: this.#here, since: now - this.#since, typed: now - this.#typed }
    this.#writing = this.#writing.then(async () => {
      try {
        await this.#sessions.stand(this.#lease, standing)
      } catch (error) {
        this.#warn(`where the learner of session ${this.#lease.session} stands could not be kept: ${(error as Error).message}`)
      }
    })
    return this.#writing
  }

  /** The last word: nobody is here any more. */
  async close(): Promise<void> {
    this.#here = false
    const last = this.#stopped ? this.#writing : this.#write()
    this.stop()
    await last
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
