/** etcd v3's key-value store as the API server uses it: MVCC over frozen values. Values are shared, never copied. */

export interface KeyValue<T = unknown> {
  readonly key: string
  readonly value: T
  readonly createRevision: number
  readonly modRevision: number
  readonly version: number
  readonly lease: number
}

export interface RangeResult<T = unknown> {
  readonly revision: number
  /** In key order. */
  readonly items: readonly KeyValue<T>[]
  /** More keys follow the last one. */
  readonly more: boolean
  /** Keys in the range, without limit. */
  readonly count: number
}

export interface Compare {
  key: string
  target: "mod" | "create" | "version"
  result: "=" | "!=" | ">" | "<"
  value: number
}

export type Operation =
  | { op: "put"; key: string; value: unknown; lease?: number }
  | { op: "delete"; key: string }
  | { op: "get"; key: string }

export interface TxnResult {
  succeeded: boolean
  revision: number
  responses: readonly (KeyValue | undefined)[]
}

export interface WatchEvent<T = unknown> {
  readonly type: "put" | "delete"
  readonly key: string
  /** The new value; for a delete undefined. */
  readonly value: T | undefined
  readonly previous: KeyValue<T> | undefined
  readonly revision: number
  readonly createRevision: number
}

export interface Watcher {
  cancel(): void
}

/** What has, or had, one value. */
export interface WatchOnly {
  readonly of: (value: never) => string
  readonly is: string
}

/** Whoever watches. */
export interface WatchSink {
  onEvents(events: readonly WatchEvent[], revision: number): void
}

export interface Etcd {
  readonly revision: number
  readonly compactRevision: number
  get<T>(key: string, revision?: number): KeyValue<T> | undefined
  /** Keys with `prefix`, from `start` (inclusive). Throws CompactedError, FutureRevisionError. */
  range<T>(prefix: string, options?: { revision?: number; limit?: number; start?: string; keysOnly?: boolean }): RangeResult<T>
  txn(compare: readonly Compare[], success: readonly Operation[], failure?: readonly Operation[]): TxnResult
  /**
   * Events from `revision` (inclusive; default: from now on) in order, each in an event of the simulation of its own
   * batch. Throws CompactedError when that history is gone. `prefix` ends in "/". `only`: what has, or had, that value alone; `of` is
   * one function for all who ask alike.
   */
  watch(prefix: string, sink: WatchSink, options?: { revision?: number; only?: WatchOnly }): Watcher
  compact(revision: number): void
  grantLease(ttlSeconds: number): number
  keepAlive(lease: number): void
  revokeLease(lease: number): void
  /** Bytes as `etcdctl snapshot save` writes them (our own encoding, with a checksum). */
  snapshot(): string
  restore(snapshot: string): void
  /** Approximate size in bytes; beyond the quota (default 2 GiB) puts fail with "mvcc: database space exceeded". */
  readonly size: number
  /** All live keys and values hashed, in order. */
  hash(): string
}
