/** etcd: keys with their history, revisions, watches, leases, compaction. As etcd's server/storage/mvcc. */
import { deepFreeze } from "../apimachinery/frozen.ts"
import { Digest, type Simulation, type Timer } from "@drydock/sim"
import type { Compare, Etcd, KeyValue, Operation, RangeResult, TxnResult, WatchEvent, Watcher } from "./contract.ts"
import { SortedKeys } from "./sorted-keys.ts"

/** As server/etcdserver/api/v3rpc/rpctypes/error.go. */
export class CompactedError extends Error {
  constructor() {
    super("etcdserver: mvcc: required revision has been compacted")
  }
}

export class FutureRevisionError extends Error {
  constructor() {
    super("etcdserver: mvcc: required revision is a future revision")
  }
}

interface Subscription {
  prefix: string
  /** Place among all subscriptions: what happens is delivered in this order. */
  order: number
  onEvents: (events: readonly WatchEvent[], revision: number) => void
  pending: WatchEvent[]
  scheduled: boolean
  cancelled: boolean
}

type Trigger = NonNullable<Parameters<Etcd["watch"]>[2]>["only"]

/** Subscriptions to one prefix: to all of it, and to what has a certain value, by that value. */
interface Watchers {
  all: Set<Subscription>
  only: Map<(value: never) => string, Map<string, Set<Subscription>>> | undefined
}

interface Lease {
  ttl: number
  keys: Set<string>
  timer: Timer | undefined
}

const byOrder = (a: string, b: string): number => (a < b ? -1 : 1)

export class MvccStore implements Etcd {
  readonly #sim: Simulation
  #revision = 1
  #compacted = 0
  #current = new Map<string, KeyValue>()
  /** All live keys, in order. */
  #sorted = new SortedKeys()
  /** Every change since the last compaction, oldest first. */
  #log: WatchEvent[] = []
  /** By prefix; those that end in "/" are found from a key's own parts, so that a thousand watches cost a write no more than one. */
  #subscriptions = new Map<string, Watchers>()
  #subscribed = 0
  #leases = new Map<number, Lease>()
  #nextLease = 7_587_870_000

  constructor(sim: Simulation) {
    this.#sim = sim
  }

  get revision(): number {
    return this.#revision
  }

  get compactRevision(): number {
    return this.#compacted
  }

  get size(): number {
    return this.#current.size * 1_500
  }

  get<T>(key: string, revision?: number): KeyValue<T> | undefined {
    if (revision === undefined || revision >= this.#revision) return this.#current.get(key) as KeyValue<T> | undefined
    return this.#at(key, revision) as KeyValue<T> | undefined
  }

  #checkRevision(revision: number): void {
    if (revision > this.#revision) throw new FutureRevisionError()
    if (revision < this.#compacted) throw new CompactedError()
  }

  /** A key as it was: undo what came later. */
  #at(key: string, revision: number): KeyValue | undefined {
    this.#checkRevision(revision)
    for (const event of this.#log) if (event.key === key && event.revision > revision) return event.previous
    return this.#current.get(key)
  }

  range<T>(prefix: string, options: { revision?: number; limit?: number; start?: string; keysOnly?: boolean } = {}): RangeResult<T> {
    const revision = options.revision ?? this.#revision
    this.#checkRevision(revision)
    // What came later is undone: for each key that changed since, its value before the first such change.
    const before = new Map<string, KeyValue | undefined>()
    if (revision < this.#revision)
      for (const event of this.#log) if (event.revision > revision && !before.has(event.key)) before.set(event.key, event.previous)
    const items: KeyValue<T>[] = []
    let count = 0
    const take = (key: string): void => {
      const value = (before.has(key) ? before.get(key) : this.#current.get(key)) as KeyValue<T> | undefined
      if (!value) return
      count++
      if (!options.limit || items.length < options.limit) items.push(value)
    }
    const start = options.start ?? prefix
    if (before.size === 0) this.#sorted.each(start, prefix, take)
    else
      for (const key of [...new Set([...this.#sorted.all(), ...before.keys()])].sort(byOrder))
        if (key >= start && key.startsWith(prefix)) take(key)
    return { revision: this.#revision, items, more: items.length < count, count }
  }

  txn(compare: readonly Compare[], success: readonly Operation[], failure: readonly Operation[] = []): TxnResult {
    const succeeded = compare.every(({ key, target, result, value }) => {
      const found = this.#current.get(key)
      const actual = !found ? 0 : target === "mod" ? found.modRevision : target === "create" ? found.createRevision : found.version
      return result === "=" ? actual === value : result === "!=" ? actual !== value : result === ">" ? actual > value : actual < value
    })
    const operations = succeeded ? success : failure
    const writes = operations.some(({ op }) => op !== "get")
    const revision = writes ? this.#revision + 1 : this.#revision
    let changed = false
    const responses = operations.map((operation) => {
      if (operation.op === "get") return this.#current.get(operation.key)
      const previous = this.#current.get(operation.key)
      if (operation.op === "delete") {
        if (!previous) return undefined
        changed = true
        this.#current.delete(operation.key)
        this.#sorted.delete(operation.key)
        this.#leases.get(previous.lease)?.keys.delete(operation.key)
        this.#record({ type: "delete", key: operation.key, value: undefined, previous, revision, createRevision: previous.createRevision })
        return previous
      }
      changed = true
      const value: KeyValue = {
        key: operation.key,
        value: operation.value,
        createRevision: previous?.createRevision ?? revision,
        modRevision: revision,
        version: (previous?.version ?? 0) + 1,
        lease: operation.lease ?? 0,
      }
      if (!previous) this.#sorted.add(operation.key)
      this.#current.set(operation.key, value)
      if (operation.lease) this.#leases.get(operation.lease)?.keys.add(operation.key)
      this.#record({ type: "put", key: operation.key, value: operation.value, previous, revision, createRevision: value.createRevision })
      return value
    })
    if (changed) this.#revision = revision
    return { succeeded, revision: this.#revision, responses }
  }

  #record(event: WatchEvent): void {
    this.#log.push(event)
    for (const subscription of this.#interested(event)) {
      subscription.pending.push(event)
      this.#deliver(subscription)
    }
  }

  #interested(event: WatchEvent): readonly Subscription[] {
    const { key } = event
    const found: Subscription[] = []
    for (let end = key.indexOf("/", 1) + 1; end > 0; end = key.indexOf("/", end) + 1) {
      const watchers = this.#subscriptions.get(key.slice(0, end))
      if (!watchers) continue
      found.push(...watchers.all)
      for (const [of, values] of watchers.only ?? []) {
        const now = event.value === undefined ? undefined : of(event.value as never)
        const before = event.previous && of(event.previous.value as never)
        if (now !== undefined) found.push(...(values.get(now) ?? []))
        if (before !== undefined && before !== now) found.push(...(values.get(before) ?? []))
      }
    }
    return found.sort((a, b) => a.order - b.order)
  }

  #subscribe(subscription: Subscription, only: Trigger): () => void {
    const { prefix } = subscription
    let watchers = this.#subscriptions.get(prefix)
    if (!watchers) this.#subscriptions.set(prefix, (watchers = { all: new Set(), only: undefined }))
    if (!only) {
      const { all } = watchers
      all.add(subscription)
      return () => void all.delete(subscription)
    }
    watchers.only ??= new Map()
    let values = watchers.only.get(only.of)
    if (!values) watchers.only.set(only.of, (values = new Map()))
    let same = values.get(only.is)
    if (!same) values.set(only.is, (same = new Set()))
    same.add(subscription)
    return () => {
      same.delete(subscription)
      if (same.size === 0 && values.get(only.is) === same) values.delete(only.is)
    }
  }

  #deliver(subscription: Subscription): void {
    if (subscription.scheduled) return
    subscription.scheduled = true
    this.#sim.schedule(0, () => {
      subscription.scheduled = false
      if (subscription.cancelled) return
      const events = subscription.pending
      subscription.pending = []
      if (events.length > 0) subscription.onEvents(events, this.#revision)
    })
  }

  watch(
    prefix: string,
    onEvents: (events: readonly WatchEvent[], revision: number) => void,
    options: Parameters<Etcd["watch"]>[2] = {},
  ): Watcher {
    const { only } = options
    const subscription: Subscription = { prefix, order: this.#subscribed++, onEvents, pending: [], scheduled: false, cancelled: false }
    const concerns = ({ value, previous }: WatchEvent): boolean =>
      !only ||
      (value !== undefined && only.of(value as never) === only.is) ||
      (previous !== undefined && only.of(previous.value as never) === only.is)
    if (options.revision !== undefined) {
      if (options.revision <= this.#compacted) throw new CompactedError()
      for (const event of this.#log)
        if (event.revision >= options.revision && event.key.startsWith(prefix) && concerns(event)) subscription.pending.push(event)
      if (subscription.pending.length > 0) this.#deliver(subscription)
    }
    const remove = this.#subscribe(subscription, only)
    return {
      cancel: () => {
        subscription.cancelled = true
        remove()
      },
    }
  }

  compact(revision: number): void {
    if (revision <= this.#compacted) throw new CompactedError()
    if (revision > this.#revision) throw new FutureRevisionError()
    this.#compacted = revision
    let keep = 0
    while (keep < this.#log.length && this.#log[keep].revision <= revision) keep++
    this.#log = this.#log.slice(keep)
  }

  grantLease(ttlSeconds: number): number {
    const id = this.#nextLease++
    this.#leases.set(id, { ttl: ttlSeconds * 1_000, keys: new Set(), timer: undefined })
    this.keepAlive(id)
    return id
  }

  keepAlive(id: number): void {
    const lease = this.#leases.get(id)
    if (!lease) return
    this.#sim.cancel(lease.timer)
    lease.timer = this.#sim.scheduleBackground(lease.ttl, () => this.revokeLease(id))
  }

  revokeLease(id: number): void {
    const lease = this.#leases.get(id)
    if (!lease) return
    this.#leases.delete(id)
    this.#sim.cancel(lease.timer)
    if (lease.keys.size > 0)
      this.txn(
        [],
        [...lease.keys].map((key) => ({ op: "delete", key })),
      )
  }

  snapshot(): string {
    const body = JSON.stringify({ revision: this.#revision, items: this.#sorted.all().map((key) => this.#current.get(key)) })
    return `${new Digest().add(body)} ${body}`
  }

  restore(snapshot: string): void {
    const space = snapshot.indexOf(" ")
    const body = snapshot.slice(space + 1)
    if (new Digest().add(body).toString() !== snapshot.slice(0, space)) throw new Error("snapshot missing hash but --skip-hash-check=false")
    const { revision, items } = JSON.parse(body) as { revision: number; items: KeyValue[] }
    this.#revision = this.#compacted = revision
    this.#log = []
    this.#current = new Map(items.map((item) => [item.key, deepFreeze(item)]))
    this.#sorted = new SortedKeys()
    for (const { key } of items) this.#sorted.add(key)
  }

  /** As a member that starts in an empty data directory. */
  clear(): void {
    this.#revision = 1
    this.#compacted = 0
    this.#log = []
    this.#current = new Map()
    this.#sorted = new SortedKeys()
  }

  hash(): string {
    const digest = new Digest()
    for (const key of this.#sorted.all()) digest.add(key).add(JSON.stringify((this.#current.get(key) as KeyValue).value))
    return digest.add(String(this.#revision)).toString()
  }
}
