/** etcd: keys with their history, revisions, watches, leases, compaction. As etcd's server/storage/mvcc. */
import { deepFreeze } from "../apimachinery/frozen.ts"
import { Digest, type Simulation, type Timer } from "@drydock/sim"
import type { Compare, Etcd, KeyValue, Operation, RangeResult, TxnResult, WatchEvent, Watcher, WatchOnly, WatchSink } from "./contract.ts"
import { History } from "./history.ts"
import { SortedKeys } from "./sorted-keys.ts"
import { type Subscription, Subscriptions } from "./subscriptions.ts"

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

interface Lease {
  ttl: number
  keys: Set<string>
  timer: Timer | undefined
}

const NOTHING: ReadonlyMap<string, KeyValue | undefined> = new Map()

const byOrder = (a: string, b: string): number => (a < b ? -1 : 1)

export class MvccStore implements Etcd {
  readonly #sim: Simulation
  #revision = 1
  #compacted = 0
  #current = new Map<string, KeyValue>()
  /** All live keys, in order. */
  #sorted = new SortedKeys()
  readonly #history = new History()
  readonly #now = (key: string): KeyValue | undefined => this.#current.get(key)
  readonly #subscriptions = new Subscriptions()
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
    const then = this.#history.since(revision, this.#now, (changed) => changed === key)
    return then.has(key) ? then.get(key) : this.#current.get(key)
  }

  range<T>(prefix: string, options: { revision?: number; limit?: number; start?: string; keysOnly?: boolean } = {}): RangeResult<T> {
    const revision = options.revision ?? this.#revision
    this.#checkRevision(revision)
    // What came later is undone: for each key that changed since, its value before the first such change.
    const before = revision < this.#revision ? this.#history.since(revision, this.#now, (key) => key.startsWith(prefix)) : NOTHING
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
        this.#history.add(previous.key, revision, undefined, previous)
        this.#tell({ type: "delete", key: operation.key, value: undefined, previous, revision, createRevision: previous.createRevision })
        return previous
      }
      changed = true
      // One text for all that happens to a key.
      const key = previous?.key ?? operation.key
      const value: KeyValue = {
        key,
        value: operation.value,
        createRevision: previous?.createRevision ?? revision,
        modRevision: revision,
        version: (previous?.version ?? 0) + 1,
        lease: operation.lease ?? 0,
      }
      if (!previous) this.#sorted.add(key)
      this.#current.set(key, value)
      if (operation.lease) this.#leases.get(operation.lease)?.keys.add(key)
      this.#history.add(key, revision, value, previous)
      this.#tell({ type: "put", key, value: operation.value, previous, revision, createRevision: value.createRevision })
      return value
    })
    if (changed) this.#revision = revision
    return { succeeded, revision: this.#revision, responses }
  }

  #tell(event: WatchEvent): void {
    for (const subscription of this.#subscriptions.interested(event)) this.#deliver(subscription, [event])
  }

  #deliver(subscription: Subscription, events: WatchEvent[]): void {
    if (subscription.pending) {
      for (const event of events) subscription.pending.push(event)
      return
    }
    subscription.pending = events
    this.#sim.schedule(0, () => {
      const pending = subscription.pending as WatchEvent[]
      subscription.pending = undefined
      subscription.sink?.onEvents(pending, this.#revision)
    })
  }

  watch(prefix: string, sink: WatchSink, options: { revision?: number; only?: WatchOnly } = {}): Watcher {
    if (options.revision !== undefined && options.revision <= this.#compacted) throw new CompactedError()
    const subscription = this.#subscriptions.add(prefix, sink, options.only)
    if (options.revision !== undefined) {
      const missed = this.#history
        .events(options.revision, this.#now, (key) => key.startsWith(prefix))
        .filter((event) => subscription.concerns(event))
      if (missed.length > 0) this.#deliver(subscription, missed)
    }
    return subscription
  }

  compact(revision: number): void {
    if (revision <= this.#compacted) throw new CompactedError()
    if (revision > this.#revision) throw new FutureRevisionError()
    this.#compacted = revision
    this.#history.compact(revision)
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
    this.#history.clear()
    this.#current = new Map(items.map((item) => [item.key, deepFreeze(item)]))
    this.#sorted = new SortedKeys()
    for (const { key } of items) this.#sorted.add(key)
  }

  /** As a member that starts in an empty data directory. */
  clear(): void {
    this.#revision = 1
    this.#compacted = 0
    this.#history.clear()
    this.#current = new Map()
    this.#sorted = new SortedKeys()
  }

  hash(): string {
    const digest = new Digest()
    for (const key of this.#sorted.all()) digest.add(key).add(JSON.stringify((this.#current.get(key) as KeyValue).value))
    return digest.add(String(this.#revision)).toString()
  }
}
