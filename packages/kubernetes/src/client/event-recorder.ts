/** Events: the same (object, reason, message) counts up instead of repeating. As client-go/tools/record/events_cache.go. */
import { Digest, type Simulation } from "@drydock/sim"
import type { Kind } from "../api/define-kind.ts"
import { flat } from "../apimachinery/flat.ts"
import { deepCopy } from "../apimachinery/frozen.ts"
import { type AnyStored, formatTime, type KubernetesObject, type Stored } from "../apimachinery/object.ts"
import type { Client, EventRecorder } from "./contract.ts"

/** The cache's size: older correlations are forgotten. */
const REMEMBERED = 4_096

export class Recorder implements EventRecorder {
  readonly #client: Client
  readonly #sim: Simulation
  readonly #kind: Kind<KubernetesObject>
  readonly #source: { component: string; host?: string }
  /** Digest of what happened to whom → the event's name. */
  #seen: Map<string, string> | undefined

  /** When the last event was told: ms, and nanoseconds within it. */
  #at = 0
  #nanos = 0

  constructor(options: { client: Client; sim: Simulation; kind: Kind<never>; component: string; host?: string }) {
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
    const now = formatTime(this.#sim.now())
    const key = new Digest()
      .add(`${object.kind} ${metadata.uid ?? `${metadata.namespace}/${metadata.name}`} ${type} ${reason} ${message}`)
      .toString()
    const known = this.#seen?.get(key)
    try {
      if (known) {
        const existing = this.#client.find(this.#kind, { namespace, name: known }) as (AnyStored & { count?: number }) | undefined
        if (existing) {
          const next = deepCopy(existing) as unknown as Record<string, unknown>
          next.count = (existing.count ?? 1) + 1
          next.lastTimestamp = now
          this.#client.update(this.#kind, next as never)
          return
        }
      }
      // As makeEvent: the name ends in the time, hexadecimal. What one component tells within a millisecond stays in its order.
      const at = Math.floor(this.#sim.now())
      const step = 1 + this.#sim.random("events").integer(4_000)
      this.#nanos = at === this.#at ? this.#nanos + step : step
      this.#at = at
      const name = flat(`${metadata.name}.${(BigInt(at) * 1_000_000n + BigInt(this.#nanos)).toString(16)}`)
      this.#client.create(this.#kind, {
        apiVersion: "v1",
        kind: "Event",
        metadata: { name, namespace },
        involvedObject: {
          kind: object.kind,
          ...(metadata.namespace && { namespace: metadata.namespace }),
          name: metadata.name,
          uid: metadata.uid,
          apiVersion: object.apiVersion,
          resourceVersion: metadata.resourceVersion,
          ...(fieldPath && { fieldPath }),
        },
        reason,
        message: flat(message),
        source: this.#source,
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
        type,
        eventTime: null,
        reportingComponent: this.#source.component,
        reportingInstance: this.#source.host ?? "",
      } as never)
      const seen = (this.#seen ??= new Map())
      seen.set(key, name)
      if (seen.size > REMEMBERED) seen.delete(seen.keys().next().value as string)
    } catch {
      // As upstream: an event that cannot be written is dropped.
    }
  }
}
