/** Who watches what. Watchers are found from a key's own parts, so that a thousand watches cost a write no more than one. */
import type { WatchEvent, Watcher, WatchOnly, WatchSink } from "./contract.ts"

export class Subscription implements Watcher {
  readonly prefix: string
  readonly only: WatchOnly | undefined
  /** Place among all subscriptions: what happens is delivered in this order. */
  readonly order: number
  /** Undefined once cancelled. */
  sink: WatchSink | undefined
  /** What it has not been told yet; it is told in an event of the simulation of its own. */
  pending: WatchEvent[] | undefined
  readonly #among: Subscriptions

  constructor(prefix: string, sink: WatchSink, only: WatchOnly | undefined, order: number, among: Subscriptions) {
    this.prefix = prefix
    this.sink = sink
    this.only = only
    this.order = order
    this.#among = among
  }

  concerns({ value, previous }: WatchEvent): boolean {
    const { only } = this
    return (
      !only ||
      (value !== undefined && only.of(value as never) === only.is) ||
      (previous !== undefined && only.of(previous.value as never) === only.is)
    )
  }

  cancel(): void {
    this.sink = undefined
    this.#among.remove(this)
  }
}

/** Of one prefix: who watches all of it, and who what has a certain value, by that value. */
interface Watched {
  all: readonly Subscription[]
  only: Map<WatchOnly["of"], Map<string, Set<Subscription>>> | undefined
}

const NOBODY: readonly Subscription[] = []

/** How many parts a prefix has beyond its first: "/registry/" 0, "/registry/pods/" 1. */
const partsOf = (prefix: string): number => {
  let parts = 0
  for (let end = prefix.indexOf("/", prefix.indexOf("/", 1) + 1); end >= 0; end = prefix.indexOf("/", end + 1)) parts++
  return parts
}

export class Subscriptions {
  readonly #prefixes = new Map<string, Watched>()
  /** Whether any prefix has this many parts: most depths of a key are nobody's. */
  readonly #depths: boolean[] = []
  #made = 0

  add(prefix: string, sink: WatchSink, only: WatchOnly | undefined): Subscription {
    const subscription = new Subscription(prefix, sink, only, this.#made++, this)
    let watched = this.#prefixes.get(prefix)
    if (!watched) {
      this.#prefixes.set(prefix, (watched = { all: [], only: undefined }))
      this.#depths[partsOf(prefix)] = true
    }
    if (!only) {
      watched.all = watched.all.concat(subscription)
      return subscription
    }
    watched.only ??= new Map()
    let values = watched.only.get(only.of)
    if (!values) watched.only.set(only.of, (values = new Map()))
    let same = values.get(only.is)
    if (!same) values.set(only.is, (same = new Set()))
    same.add(subscription)
    return subscription
  }

  remove(subscription: Subscription): void {
    const { prefix, only } = subscription
    const watched = this.#prefixes.get(prefix)
    if (!watched) return
    if (!only) {
      watched.all = watched.all.filter((one) => one !== subscription)
      return
    }
    const values = watched.only?.get(only.of)
    const same = values?.get(only.is)
    if (same?.delete(subscription) && same.size === 0) values?.delete(only.is)
  }

  /** Whom `event` concerns, in the order in which they came. */
  interested(event: WatchEvent): readonly Subscription[] {
    const { key } = event
    let found: Subscription[] | undefined
    let only: readonly Subscription[] = NOBODY
    for (let end = key.indexOf("/", 1) + 1, depth = 0; end > 0; end = key.indexOf("/", end) + 1, depth++) {
      if (!this.#depths[depth]) continue
      const watched = this.#prefixes.get(key.slice(0, end))
      if (!watched) continue
      if (!found && only.length === 0 && !watched.only) {
        only = watched.all
        continue
      }
      found ??= [...only]
      found.push(...watched.all)
      for (const [of, values] of watched.only ?? []) {
        const now = event.value === undefined ? undefined : of(event.value as never)
        const before = event.previous && of(event.previous.value as never)
        if (now !== undefined) found.push(...(values.get(now) ?? []))
        if (before !== undefined && before !== now) found.push(...(values.get(before) ?? []))
      }
    }
    if (!found) return only
    return found.length > 1 ? found.sort((a, b) => a.order - b.order) : found
  }
}
