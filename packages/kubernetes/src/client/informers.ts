/** Informers: a kind as watched through the API. Objects are the store's own frozen values. */
import { FewEntries, type Simulation, sharedText } from "@drydock/sim"
import type { ResponseStream, StreamSink, WatchFrame } from "../apiserver/contract.ts"
import type { Kind } from "../api/define-kind.ts"
import { keyOf, type KubernetesObject, type Stored } from "../apimachinery/object.ts"
import type { Change, Informer, Informers } from "./contract.ts"
import { collectionPath, type Door } from "./client.ts"
import type { UserInfo } from "../apiserver/contract.ts"
import { IndexEntries } from "./index-entries.ts"

/** As client-go's reflector: first 800 ms, doubling, at most 30 s. */
const RETRY_MS = [800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000]

interface AnyIndex {
  name: string
  values: (object: never) => readonly string[]
  entries: IndexEntries
}

const NONE = new FewEntries<never>()

class WatchedKind<T extends KubernetesObject> implements Informer<T>, StreamSink {
  readonly kind: Kind<T>
  readonly #factory: WatchInformers
  /** Made for the first object: of many kinds a world has none. */
  #objects: FewEntries<Stored<T>> | undefined
  /** Most kinds have one handler and no index. */
  #handlers: readonly ((change: Change<T>) => void)[] = []
  #indexes: readonly AnyIndex[] | undefined
  #failures = 0
  #stream: ResponseStream | undefined

  constructor(kind: Kind<T>, factory: WatchInformers) {
    this.kind = kind
    this.#factory = factory
    this.#start()
  }

  #start(): void {
    const { door, user, sim } = this.#factory
    if (this.#factory.stopped) return
    const path = collectionPath(this.kind, undefined)
    const fieldSelector = this.#factory.only?.[this.kind.plural]
    const query: Record<string, string> = fieldSelector === undefined ? {} : { fieldSelector }
    const list = door({ method: "GET", path, query, user })
    if (list.status !== 200) {
      sim.scheduleBackground(RETRY_MS[Math.min(this.#failures++, RETRY_MS.length - 1)], () => this.#start())
      return
    }
    this.#failures = 0
    const { items, metadata } = list.body as { items: Stored<T>[]; metadata: { resourceVersion: string } }
    const seen = new Set<string>()
    for (const object of items) {
      const key = keyOf(object)
      seen.add(key)
      const old = this.#objects?.get(key)
      if (old?.metadata.resourceVersion !== object.metadata.resourceVersion) this.#apply(object, undefined)
    }
    for (const [key, object] of [...(this.#objects ?? NONE)]) if (!seen.has(key)) this.#remove(object, undefined)
    const watch = door({ method: "GET", path, query: { watch: "true", resourceVersion: metadata.resourceVersion, ...query }, user })
    if (!watch.stream) {
      sim.scheduleBackground(RETRY_MS[0], () => this.#start())
      return
    }
    const { stream } = watch
    this.#stream = stream
    this.#factory.streams.add(stream)
    if (stream.follow) stream.follow(this)
    else
      stream.start(
        (frame) => this.onFrame(frame),
        () => this.onEnd(),
      )
  }

  onFrame(frame: unknown): void {
    const { type, object } = frame as WatchFrame & { object: Stored<T> }
    if (type === "BOOKMARK" || type === "ERROR") return
    const span = this.#factory.spanOf?.(Number(object.metadata.resourceVersion))
    if (type === "DELETED") this.#remove(object, span)
    else this.#apply(object, span)
  }

  onEnd(): void {
    if (this.#stream) this.#factory.streams.delete(this.#stream)
    this.#factory.sim.scheduleBackground(RETRY_MS[0], () => this.#start())
  }

  #index(object: Stored<T>, add: boolean): void {
    if (!this.#indexes) return
    const key = keyOf(object)
    for (const index of this.#indexes)
      for (const value of index.values(object as never))
        if (add) index.entries.add(value, key, object)
        else index.entries.delete(value, key)
  }

  #apply(object: Stored<T>, span: number | undefined): void {
    const key = keyOf(object)
    const old = this.#objects?.get(key)
    if (old) this.#index(old, false)
    ;(this.#objects ??= new FewEntries<Stored<T>>()).set(old ? key : sharedText(key), object)
    this.#index(object, true)
    this.#tell({ type: old ? "modified" : "added", object, old, span })
  }

  #remove(object: Stored<T>, span: number | undefined): void {
    const key = keyOf(object)
    const old = this.#objects?.get(key)
    if (!old) return
    this.#objects?.delete(key)
    this.#index(old, false)
    this.#tell({ type: "deleted", object, old, span })
  }

  #tell(change: Change<T>): void {
    for (const handler of this.#handlers) handler(change)
  }

  get(namespace: string | undefined, name: string): Stored<T> | undefined {
    return this.#objects?.get(namespace && this.kind.namespaced ? `${namespace}/${name}` : name)
  }

  list(
    options: { namespace?: string; selector?: (labels: Readonly<Record<string, string>> | undefined) => boolean } = {},
  ): readonly Stored<T>[] {
    const { namespace, selector } = options
    const found: Stored<T>[] = []
    for (const object of (this.#objects ?? NONE).values())
      if (
        (namespace === undefined || object.metadata.namespace === namespace) &&
        (!selector || selector(object.metadata.labels as Record<string, string> | undefined))
      )
        found.push(object)
    return found
  }

  byIndex(name: string, value: string): readonly Stored<T>[] {
    return (this.#indexes?.find((index) => index.name === name)?.entries.get(value) ?? []) as unknown as Stored<T>[]
  }

  addIndex(name: string, values: (object: Stored<T>) => readonly string[]): void {
    const indexes = this.#indexes ?? []
    if (indexes.some((index) => index.name === name)) return
    const index: AnyIndex = { name, values: values as never, entries: new IndexEntries() }
    this.#indexes = indexes.concat(index)
    for (const object of (this.#objects ?? NONE).values())
      for (const value of values(object)) index.entries.add(value, keyOf(object), object)
  }

  onChange(handler: (change: Change<T>) => void): () => void {
    // Not spread: that leaves room for sixteen more.
    this.#handlers = this.#handlers.concat(handler)
    return () => {
      this.#handlers = this.#handlers.filter((one) => one !== handler)
    }
  }
}

export class WatchInformers implements Informers {
  readonly door: Door
  readonly user: UserInfo
  readonly sim: Simulation
  readonly spanOf: ((revision: number) => number | undefined) | undefined
  /** Field selectors, by plural: of these kinds no more is watched. */
  readonly only: Readonly<Record<string, string>> | undefined
  readonly streams = new Set<ResponseStream>()
  stopped = false
  readonly #kinds = new Map<string, WatchedKind<never>>()

  constructor(options: {
    door: Door
    user: UserInfo
    sim: Simulation
    spanOf?: (revision: number) => number | undefined
    only?: Readonly<Record<string, string>>
  }) {
    this.door = options.door
    this.user = options.user
    this.sim = options.sim
    this.spanOf = options.spanOf
    this.only = options.only
  }

  for<T extends KubernetesObject>(kind: Kind<T>): Informer<T> {
    return this.#watched(kind)
  }

  #watched<T extends KubernetesObject>(kind: Kind<T>): WatchedKind<T> {
    const key = `${kind.group}/${kind.plural}`
    let watched = this.#kinds.get(key) as unknown as WatchedKind<T> | undefined
    if (!watched) {
      watched = new WatchedKind(kind, this)
      this.#kinds.set(key, watched as unknown as WatchedKind<never>)
    }
    return watched
  }

  index<T extends KubernetesObject>(kind: Kind<T>, name: string, values: (object: Stored<T>) => readonly string[]): void {
    this.#watched(kind).addIndex(name, values)
  }

  stop(): void {
    this.stopped = true
    for (const stream of this.streams) stream.cancel()
    this.streams.clear()
  }
}
