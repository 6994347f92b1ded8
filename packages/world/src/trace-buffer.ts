/** The world's trace: a bounded list, told as it grows. */
import type { Simulation } from "@drydock/sim"
import type { Trace, TraceEvent } from "@drydock/kubernetes/ports"

const KEPT = 4_000

export class TraceBuffer implements Trace {
  readonly #sim: Simulation
  readonly #listeners = new Set<(event: TraceEvent) => void>()
  #events: TraceEvent[] = []
  #nextId = 1
  #nextSpan = 1
  current: number | undefined

  constructor(sim: Simulation) {
    this.#sim = sim
  }

  get events(): readonly TraceEvent[] {
    return this.#events
  }

  get firstId(): number {
    return this.#events[0]?.id ?? this.#nextId
  }

  span(): number {
    return this.#nextSpan++
  }

  emit(event: Parameters<Trace["emit"]>[0]): void {
    // Whoever emits makes the event for this call: it is completed, not copied, for there are dozens a request.
    const whole = event as { -readonly [field in keyof TraceEvent]: TraceEvent[field] }
    whole.id = this.#nextId++
    whole.at = this.#sim.now()
    whole.span = event.span ?? this.current ?? this.span()
    whole.parent = event.parent
    this.#events.push(whole)
    if (this.#events.length > KEPT + 400) this.#events = this.#events.slice(-KEPT)
    for (const listener of this.#listeners) listener(whole)
  }

  subscribe(added: (event: TraceEvent) => void): () => void {
    this.#listeners.add(added)
    return () => this.#listeners.delete(added)
  }

  /** Forgets what happened before anybody looked (booting). */
  clear(): void {
    this.#events = []
  }
}
