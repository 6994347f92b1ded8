/** What becomes of something told: an event of its own, one more of a series, one for many, or nothing. As client-go/tools/record/events_cache.go. */
import type { IEvent } from "kubernetes-models/v1/Event"
import type { Stored } from "../apimachinery/object.ts"

/** Objects that are remembered; what was told of older ones is forgotten. */
const OBJECTS = 1_024
/** Events that are remembered of one object. */
const EVENTS = 64
/** With so many messages of one reason about one object they share an event (defaultAggregateMaxEvents). */
const DISTINCT = 10
/** After so long without that reason they are counted anew, ms (defaultAggregateIntervalInSeconds). */
const FORGOTTEN = 600_000
/** What one component may tell of one object at once, and how often after that, ms (defaultSpamBurst, defaultSpamQPS). */
const BURST = 25
const REFILL = 300_000
const COMBINED = "(combined from similar events): "

type CoreEvent = Stored<IEvent>

const NONE: readonly CoreEvent[] = []

/** What is told of an object. */
export interface Saying {
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly field: string | undefined
}

/** What to write: over `event`, or a new one. */
export interface Turn {
  readonly told: Told
  readonly event: CoreEvent | undefined
  readonly message: string
  readonly count: number
}

/** What was told of one object. The store's own events are its memory: of most objects little is told, and once. */
interface Told {
  events: readonly CoreEvent[]
  /** What is left of its burst, and since when. */
  left: number
  at: number
  /** Names of events whose message does not count for DISTINCT any more. */
  past: Set<string> | undefined
  /** What was counted and not written, by what was said. */
  unwritten: Map<string, { count: number; at: number }> | undefined
}

const keyOf = ({ type, reason, message, field }: Saying): string => `${type}/${reason}/${field ?? ""}/${message}`

export class EventCorrelator {
  readonly #told = new Map<string, Told>()

  #about(object: string, at: number): Told {
    const known = this.#told.get(object)
    if (known) return known
    const told = { events: NONE, left: BURST, at, past: undefined, unwritten: undefined }
    this.#told.set(object, told)
    if (this.#told.size > OBJECTS) this.#told.delete(this.#told.keys().next().value as string)
    return told
  }

  /**
   * Counts what is said, and says what to write of it.
   * @param object identity of what it is about
   * @param at ms since the epoch
   * @returns undefined: too much was told of the object, nothing is written
   */
  take(object: string, saying: Saying, at: number): Turn | undefined {
    const told = this.#about(object, at)
    const { event, message } = place(told, saying, at)
    const key = keyOf({ ...saying, message: isCombined(message) ? COMBINED : message })
    const held = told.unwritten?.get(key)
    const count = (held?.count ?? event?.count ?? 0) + 1
    if (!allowed(told, at)) {
      const unwritten = (told.unwritten ??= new Map())
      unwritten.set(key, { count, at })
      return undefined
    }
    if (held) told.unwritten?.delete(key)
    return { told, event, message, count }
  }

  /** What a turn became in the store. */
  wrote({ told, event }: Turn, written: CoreEvent): void {
    const others = event ? told.events.filter((one) => one !== event) : told.events
    // Not spread: that leaves room for sixteen more.
    told.events = others.slice(1 - EVENTS).concat(written)
  }
}

const isCombined = (message: string | undefined): boolean => message?.startsWith(COMBINED) ?? false

/** The event that a saying belongs to, and what that event says. As EventAggregate. */
const place = (told: Told, { type, reason, message, field }: Saying, at: number): { event: CoreEvent | undefined; message: string } => {
  const alike = told.events.filter((one) => one.type === type && one.reason === reason)
  const own = alike.find((one) => one.message === message && one.involvedObject.fieldPath === field)
  const kept = [...(told.unwritten ?? [])].filter(([key]) => key.startsWith(`${type}/${reason}/`)).map(([, one]) => one.at)
  const last = Math.max(0, ...kept, ...alike.map(({ lastTimestamp }) => Date.parse(String(lastTimestamp))))
  const forget = (one: CoreEvent) => (told.past ??= new Set()).add(one.metadata.name)
  const local = alike.filter((one) => !isCombined(one.message) && !told.past?.has(one.metadata.name))
  if (local.length > 0 && at - last > FORGOTTEN) for (const one of local.splice(0)) forget(one)
  const messages = new Set(local.map((one) => one.message))
  if (messages.has(message) || messages.size + 1 < DISTINCT) {
    if (own) told.past?.delete(own.metadata.name)
    return { event: own, message }
  }
  // Which of the messages it forgets for this one is chance upstream.
  if (own) {
    forget(local[0])
    told.past?.delete(own.metadata.name)
  }
  return { event: alike.find((one) => isCombined(one.message)), message: `${COMBINED}${message}` }
}

/** A bucket of BURST that gets one more every REFILL. */
const allowed = (told: Told, at: number): boolean => {
  const more = Math.floor((at - told.at) / REFILL)
  if (told.left + more >= BURST) {
    told.left = BURST
    told.at = at
  } else if (more > 0) {
    told.left += more
    told.at += more * REFILL
  }
  if (told.left === 0) return false
  told.left--
  return true
}
