/** The map and the events of one cluster, kept up to date from what the API server tells as it stores. */
import { event as eventKind } from "@drydock/kubernetes/api"
import type { TraceEvent } from "@drydock/kubernetes/ports"
import type { MapItem, ServerMessage } from "@drydock/protocol"
import type { World } from "@drydock/world"
import { idOf, MAPPED, mapItem, mappedKind, type MappedObject } from "./map-items.ts"

type ShownEvent = Extract<ServerMessage, { type: "events" }>["events"][number]

const EVENTS_KEPT = 100

const gone = (object: MappedObject): MapItem => ({
  id: idOf(object),
  kind: object.kind,
  ...(object.metadata.namespace !== undefined && { namespace: object.metadata.namespace }),
  name: object.metadata.name,
  level: "gone",
  status: "",
  line: {},
})

export class ClusterView {
  readonly #world: World
  /** References to the store's own objects. */
  readonly #objects = new Map<string, MappedObject>()
  #changed = new Map<string, MappedObject | undefined>()
  #removed = new Map<string, MappedObject>()
  #events: ShownEvent[] = []
  #newEvents: ShownEvent[] = []

  /** Made when the world is at the same point in every run, since informers take part in it. */
  constructor(world: World) {
    this.#world = world
    const { cluster } = world
    if (!cluster) return
    for (const name of MAPPED) {
      const kind = mappedKind(name)
      if (!kind) continue
      for (const stored of cluster.observer.client.list(kind)) {
        // Items of a list carry no kind of their own on the wire; the store's values do.
        const object = { ...(stored as unknown as MappedObject), kind: name }
        this.#objects.set(idOf(object), object)
      }
    }
    world.trace.subscribe((event) => this.#stored(event))
    cluster.observer.informers.for(eventKind).onChange(({ type, object }) => {
      if (type === "deleted") return
      const { involvedObject: about } = object
      const shown = {
        at: Date.parse(String(object.lastTimestamp ?? object.eventTime ?? object.metadata.creationTimestamp)) || world.sim.now(),
        type: object.type ?? "Normal",
        reason: object.reason ?? "",
        object: `${(about?.kind ?? "").toLowerCase()}/${about?.name ?? ""}`,
        message: object.message ?? "",
        count: object.count ?? object.series?.count ?? 1,
      }
      this.#newEvents.push(shown)
      if (this.#newEvents.length > EVENTS_KEPT) this.#newEvents.shift()
    })
  }

  #stored({ verb, object, before, after }: TraceEvent): void {
    if ((verb !== "store" && verb !== "delete") || !object || !mappedKind(object.kind)) return
    const value = (verb === "store" ? after : before) as MappedObject | undefined
    if (!value) return
    const named = value.kind === object.kind ? value : { ...value, kind: object.kind }
    const id = idOf(named)
    if (verb === "store") {
      this.#objects.set(id, named)
      this.#changed.set(id, named)
      this.#removed.delete(id)
    } else {
      this.#objects.delete(id)
      this.#changed.delete(id)
      this.#removed.set(id, named)
    }
  }

  get dirty(): boolean {
    return this.#changed.size > 0 || this.#removed.size > 0 || this.#newEvents.length > 0
  }

  #pods(): MappedObject[] {
    return [...this.#objects.values()].filter(({ kind }) => kind === "Pod")
  }

  items(): MapItem[] {
    const pods = this.#pods()
    const now = this.#world.sim.now()
    return [...this.#objects.values()].map((object) => mapItem(object, now, pods))
  }

  object(id: string): unknown {
    return this.#objects.get(id)
  }

  /** The present objects of a kind that the map has. */
  objects(kind: (typeof MAPPED)[number]): readonly MappedObject[] {
    return [...this.#objects.values()].filter((object) => object.kind === kind)
  }

  recentEvents(): readonly ShownEvent[] {
    return this.#events
  }

  /** What changed since it was last asked. */
  delta(): { items: MapItem[]; events: readonly ShownEvent[] } {
    const pods = this.#pods()
    const now = this.#world.sim.now()
    const podsChanged =
      [...this.#changed.keys()].some((id) => id.startsWith("Pod/")) || [...this.#removed.keys()].some((id) => id.startsWith("Pod/"))
    // A Service's line stays as it is when pods come and go, but what it reaches does not.
    if (podsChanged) for (const [id, object] of this.#objects) if (object.kind === "Service") this.#changed.set(id, object)
    const items = [...this.#removed.values()].map(gone)
    for (const object of this.#changed.values()) if (object) items.push(mapItem(object, now, pods))
    const events = this.#newEvents
    this.#events = [...this.#events, ...events].slice(-EVENTS_KEPT)
    this.#changed = new Map()
    this.#removed = new Map()
    this.#newEvents = []
    return { items, events }
  }
}
