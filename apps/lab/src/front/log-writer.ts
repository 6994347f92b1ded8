/** Keeps one session's log: entries are appended in order, many at a time, and only then acknowledged. */
import { type Lease, LeaseLost, type SessionRepository } from "@drydock/db"
import type { LogEntry, Origin } from "../link.ts"
import { toStored } from "./stored-entry.ts"

/** What comes within this is appended together, ms. */
const GATHER_MS = 15
const RETRY_MS = 500

export class LogWriter {
  readonly #sessions: Pick<SessionRepository, "append">
  readonly #lease: Lease
  readonly #kept: (acks: readonly Origin[]) => void
  readonly #lost: () => void
  readonly #warn: (text: string) => void
  #entries: LogEntry[] = []
  #acks: Origin[] = []
  #reachedAt = 0
  #moved = false
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> | undefined
  #stopped = false

  constructor(options: {
    sessions: Pick<SessionRepository, "append">
    lease: Lease
    /** Everything up to these is kept. */
    kept: (acks: readonly Origin[]) => void
    lost: () => void
    warn: (text: string) => void
  }) {
    this.#sessions = options.sessions
    this.#lease = options.lease
    this.#kept = options.kept
    this.#lost = options.lost
    this.#warn = options.warn
  }

  push(entries: readonly LogEntry[], reachedAt: number, acks: readonly Origin[]): void {
    this.#entries.push(...entries)
    this.#acks.push(...acks)
    this.#reachedAt = Math.max(this.#reachedAt, reachedAt)
    this.#arm(GATHER_MS)
  }

  reached(at: number): void {
    if (at <= this.#reachedAt) return
    this.#reachedAt = at
    this.#moved = true
    this.#arm(GATHER_MS)
  }

  #arm(wait: number): void {
    if (this.#stopped || this.#timer || this.#writing) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      void this.#write()
    }, wait)
  }

  #write(): Promise<void> {
    this.#writing ??= this.#append().finally(() => {
      this.#writing = undefined
      if (this.#entries.length > 0 || this.#acks.length > 0 || this.#moved) this.#arm(this.#failing ? RETRY_MS : 0)
    })
    return this.#writing
  }

  #failing = false

  async #append(): Promise<void> {
    const entries = this.#entries
    const acks = this.#acks
    const moved = this.#moved
    this.#entries = []
    this.#acks = []
    this.#moved = false
    try {
      if (entries.length > 0 || moved) await this.#sessions.append(this.#lease, entries.map(toStored), this.#reachedAt)
      this.#failing = false
      if (acks.length > 0) this.#kept(acks)
    } catch (error) {
      if (error instanceof LeaseLost) {
        this.#stopped = true
        return this.#lost()
      }
      // The database is away: nothing is acknowledged meanwhile, so the browser still has it all.
      if (!this.#failing) this.#warn(`the log of session ${this.#lease.session} cannot be written: ${(error as Error).message}`)
      this.#failing = true
      this.#entries = [...entries, ...this.#entries]
      this.#acks = [...acks, ...this.#acks]
      this.#moved ||= moved
    }
  }

  /** Resolves when everything pushed so far is kept, or cannot be. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#writing) await this.#writing
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#stopped && (this.#entries.length > 0 || this.#acks.length > 0 || this.#moved)) await this.#write()
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }
}
