/** A rate-limited work queue: each key once, retried with back-off. As client-go/util/workqueue. */
import type { Simulation, Timer } from "@drydock/sim"

/** As DefaultTypedControllerRateLimiter: 5 ms · 2ⁿ, at most 1000 s. */
const BASE_DELAY = 5
const MAX_DELAY = 1_000_000

export class WorkQueue {
  readonly #sim: Simulation
  readonly #work: (key: string, span: number | undefined) => void
  readonly #order: ((a: string, b: string) => number) | undefined
  /** Each made when needed and given up when empty: most of a world's queues wait for something for hours. */
  #queued: Map<string, number | undefined> | undefined
  #failures: Map<string, number> | undefined
  #later: Map<string, Timer> | undefined
  #scheduled = false
  #stopped = false

  /**
   * @param work throws to have its key retried
   * @param order which of the keys that wait together comes first; default: the one added first
   */
  constructor(sim: Simulation, work: (key: string, span: number | undefined) => void, order?: (a: string, b: string) => number) {
    this.#sim = sim
    this.#work = work
    this.#order = order
  }

  add(key: string, span?: number): void {
    if (this.#stopped) return
    this.#queued ??= new Map()
    if (!this.#queued.has(key) || span !== undefined) this.#queued.set(key, span)
    if (this.#scheduled) return
    this.#scheduled = true
    this.#sim.schedule(0, () => this.#run())
  }

  addAfter(key: string, delay: number, background = false): void {
    if (this.#stopped) return
    if (delay <= 0) return this.add(key)
    const existing = this.#later?.get(key)
    const at = this.#sim.now() + delay
    if (existing?.action && existing.at <= at) return
    this.#sim.cancel(existing)
    const run = () => {
      this.#later?.delete(key)
      if (this.#later?.size === 0) this.#later = undefined
      this.add(key)
    }
    this.#later ??= new Map()
    this.#later.set(key, background ? this.#sim.scheduleBackground(delay, run) : this.#sim.schedule(delay, run))
  }

  #run(): void {
    this.#scheduled = false
    const batch = [...(this.#queued ?? [])]
    this.#queued = undefined
    const order = this.#order
    if (order) batch.sort(([a], [b]) => order(a, b))
    for (const [key, span] of batch) {
      if (this.#stopped) return
      try {
        this.#work(key, span)
        if (this.#failures?.delete(key) && this.#failures.size === 0) this.#failures = undefined
      } catch {
        const failures = this.#failures?.get(key) ?? 0
        this.#failures ??= new Map()
        this.#failures.set(key, failures + 1)
        this.addAfter(key, Math.min(MAX_DELAY, BASE_DELAY * 2 ** failures), failures > 8)
      }
    }
  }

  stop(): void {
    this.#stopped = true
    for (const timer of this.#later?.values() ?? []) this.#sim.cancel(timer)
  }
}
