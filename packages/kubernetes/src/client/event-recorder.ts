/** Events as components tell them, in both API groups. As client-go/tools/record/event.go and tools/events. */
import { type Simulation, sharedText } from "@drydock/sim"
import type { Kind } from "../api/define-kind.ts"
import { flat } from "../apimachinery/flat.ts"
import { type AnyStored, formatMicroTime, formatTime, type KubernetesObject, type Stored } from "../apimachinery/object.ts"
import { editable } from "./client.ts"
import type { Client, EventRecorder } from "./contract.ts"
import { EventCorrelator } from "./event-correlator.ts"

/** The cache's size: older correlations are forgotten. */
const REMEMBERED = 4_096

/** Nothing more for so long, ms: the series is over (finishTime). */
const SERIES_END = 360_000

const referenceTo = ({ kind, apiVersion, metadata }: AnyStored | Stored<KubernetesObject>) => ({
  kind,
  ...(metadata.namespace && { namespace: metadata.namespace }),
  name: metadata.name,
  ...(metadata.uid && { uid: metadata.uid }),
  ...(apiVersion && { apiVersion }),
  ...(metadata.resourceVersion && { resourceVersion: metadata.resourceVersion }),
})

export class Recorder implements EventRecorder {
  readonly #client: Client
  readonly #sim: Simulation
  readonly #kind: Kind<KubernetesObject>
  readonly #source: { component: string; host?: string }
  readonly #instance: string
  /** Digest of what was done to whom → the series that it began. */
  #series: Map<string, { namespace: string; name: string; count: number; last: number }> | undefined
  #told: EventCorrelator | undefined

  /** When the last event was told: ms, and nanoseconds within it. */
  #at = 0
  #nanos = 0

  /** `instance`: of a component that writes events.k8s.io, with `acted`. */
  constructor(options: { client: Client; sim: Simulation; kind: Kind<never>; component: string; host?: string; instance?: string }) {
    this.#instance = options.instance ?? ""
    this.#client = options.client
    this.#sim = options.sim
    this.#kind = options.kind as unknown as Kind<KubernetesObject>
    this.#source = { component: options.component, ...(options.host && { host: options.host }) }
  }

  event(
    object: AnyStored | Stored<KubernetesObject>,
    type: "Normal" | "Warning",
    reason: string,
    message: string,
    fieldPath?: string,
  ): void {
    const { metadata } = object
    const namespace = metadata.namespace ?? "default"
    const at = Math.floor(this.#sim.now())
    const now = formatTime(at)
    const identity = metadata.uid ?? `${object.kind} ${metadata.namespace}/${metadata.name}`
    const correlator = (this.#told ??= new EventCorrelator())
    const turn = correlator.take(identity, { type, reason, message, field: fieldPath }, at)
    if (!turn) return
    const { event: known, count, message: said } = turn
    try {
      const existing = known && (this.#client.find(this.#kind, { namespace, name: known.metadata.name }) as typeof known)
      if (existing) {
        const next = Object.assign(editable(existing), { count, lastTimestamp: now, message: sharedText(said) })
        correlator.wrote(turn, this.#client.update(this.#kind, next as never) as unknown as typeof known)
        return
      }
      const created = this.#client.create(this.#kind, {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name: this.#name(metadata.name), namespace },
        involvedObject: { ...referenceTo(object), ...(fieldPath && { fieldPath }) },
        reason,
        message: sharedText(said),
        source: this.#source,
        firstTimestamp: now,
        lastTimestamp: now,
        count,
        type,
        eventTime: null,
        reportingComponent: this.#source.component,
        reportingInstance: this.#source.host ?? "",
      } as never)
      correlator.wrote(turn, created as unknown as NonNullable<typeof known>)
    } catch {
      // As upstream: an event that cannot be written is dropped.
    }
  }

  /** As makeEvent: the name ends in the time, hexadecimal. What one component tells within a millisecond stays in its order. */
  #name(of: string): string {
    const at = Math.floor(this.#sim.now())
    const step = 1 + this.#sim.random("events").integer(4_000)
    this.#nanos = at === this.#at ? this.#nanos + step : step
    this.#at = at
    return flat(`${of}.${(BigInt(at) * 1_000_000n + BigInt(this.#nanos)).toString(16)}`)
  }

  /**
   * An event in the words of events.k8s.io: what the component did. The same act on the same object begins a series, of which only the
   * second is written; the rest are counted until the series ends. As client-go/tools/events/event_broadcaster.go.
   */
  acted(
    object: AnyStored | Stored<KubernetesObject>,
    type: "Normal" | "Warning",
    reason: string,
    action: string,
    note: string,
    related?: AnyStored,
  ): void {
    const { metadata } = object
    const namespace = metadata.namespace ?? "default"
    const now = formatMicroTime(this.#sim.now())
    const key = flat(`${type}/${action}/${reason}/${metadata.uid}/${related?.metadata.uid ?? ""}`)
    const series = (this.#series ??= new Map())
    const known = series.get(key)
    try {
      if (known && this.#sim.now() - known.last < SERIES_END) {
        known.last = this.#sim.now()
        if (++known.count === 2) this.#client.patch(this.#kind, known, { series: { count: 2, lastObservedTime: now } }, { type: "merge" })
        return
      }
      const name = this.#name(metadata.name)
      this.#client.create(this.#kind, {
        apiVersion: "events.k8s.io/v1",
        kind: "Event",
        metadata: { name, namespace },
        eventTime: now,
        reportingController: this.#source.component,
        reportingInstance: this.#instance,
        action,
        reason,
        regarding: referenceTo(object),
        ...(related && { related: referenceTo(related) }),
        note,
        type,
      } as never)
      series.set(key, { namespace, name, count: 1, last: this.#sim.now() })
      if (series.size > REMEMBERED) series.delete(series.keys().next().value as string)
    } catch {
      // As upstream: an event that cannot be written is dropped.
    }
  }
}
