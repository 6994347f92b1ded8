/** One world's time line: a clock that only events move, and the chance and ids drawn along it. */
import type { Digest } from "./digest.ts"
import { EventQueue, type Timer } from "./event-queue.ts"
import { RandomStream } from "./random-stream.ts"

export interface RunLimits {
  /** Virtual time (ms since the epoch) to stop at; the clock ends exactly there when nothing stops it before. */
  until: number
  /** At most this many events. */
  events?: number
  /** Asked after each event; true stops the run. */
  stop?: () => boolean
}

export interface RunResult {
  events: number
  /** Why it returned. "stopped" and "events" leave the clock at the last event. */
  reason: "until" | "events" | "stopped"
}

export class Simulation {
  readonly seed: string
  readonly startedAt: number
  #now: number
  #queue = new EventQueue()
  #streams = new Map<string, RandomStream>()
  #ran = 0

  /** @param startedAt virtual time at which the world begins, ms since the epoch */
  constructor(seed: string, startedAt: number) {
    this.seed = seed
    this.startedAt = startedAt
    this.#now = startedAt
  }

  /** Virtual time, ms since the epoch. */
  now(): number {
    return this.#now
  }

  /** Runs `action` after `delay` virtual ms (at least 0), after everything already due by then. */
  schedule(delay: number, action: () => void): Timer {
    return this.#queue.add(this.#now + Math.max(0, delay), action)
  }

  /** As schedule, for what recurs for ever (heartbeats, resyncs): it does not keep the world "busy". */
  scheduleBackground(delay: number, action: () => void): Timer {
    return this.#queue.add(this.#now + Math.max(0, delay), action, true)
  }

  cancel(timer: Timer | undefined): void {
    this.#queue.cancel(timer)
  }

  /** Virtual time of the next event; undefined when there is none. */
  nextAt(): number | undefined {
    return this.#queue.peek()?.at
  }

  /** Whether events other than background ones are scheduled. */
  busy(): boolean {
    return this.#queue.foreground > 0
  }

  /** The named random stream; the same name gives the same stream. */
  random(name: string): RandomStream {
    let stream = this.#streams.get(name)
    if (!stream) this.#streams.set(name, (stream = new RandomStream(`${this.seed}/${name}`)))
    return stream
  }

  run({ until, events = Number.POSITIVE_INFINITY, stop }: RunLimits): RunResult {
    let ran = 0
    for (;;) {
      const next = this.#queue.peek()
      if (!next || next.at > until) break
      if (ran >= events) return { events: ran, reason: "events" }
      const taken = this.#queue.take() as { at: number; action: () => void }
      this.#now = Math.max(this.#now, taken.at)
      ran++
      this.#ran++
      taken.action()
      if (stop?.()) return { events: ran, reason: "stopped" }
    }
    if (until !== Number.POSITIVE_INFINITY) this.#now = Math.max(this.#now, until)
    return { events: ran, reason: "until" }
  }

  /** Adds clock, count of events and random streams to a world's hash. */
  digest(digest: Digest): void {
    digest.add(`${this.#now} ${this.#ran}`)
    for (const name of [...this.#streams.keys()].sort()) digest.add(`${name}=${this.random(name).state()}`)
  }
}
