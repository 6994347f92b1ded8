/** The world's trace as the browser shows it: hops with what they changed. */
import type { TraceEvent } from "@drydock/kubernetes/ports"
import type { TraceHop } from "@drydock/protocol"
import type { World } from "@drydock/world"
import { diffLines } from "./yaml-lines.ts"

/** Hops in one answer. */
const MAX_HOPS = 400
const MAX_DETAIL = 500

export const hopOf = (event: TraceEvent): TraceHop => ({
  id: event.id,
  at: event.at,
  span: event.span,
  parent: event.parent ?? null,
  from: event.from,
  to: event.to,
  ...(event.instance !== undefined && { instance: event.instance }),
  verb: event.verb,
  ...(event.object && {
    object: {
      kind: event.object.kind,
      ...(event.object.namespace !== undefined && { namespace: event.object.namespace }),
      name: event.object.name,
    },
  }),
  ...(event.detail !== undefined && { detail: event.detail.length > MAX_DETAIL ? `${event.detail.slice(0, MAX_DETAIL)}…` : event.detail }),
  ...((event.before !== undefined || event.after !== undefined) && { diff: diffLines(event.before, event.after) }),
})

/** Hops from `firstId` on that are still kept, the newest of them when there are many. */
export const hopsFrom = (trace: World["trace"], firstId: number): TraceHop[] => {
  const { events } = trace
  const begin = Math.max(0, events.length - MAX_HOPS, firstId - trace.firstId)
  return events.slice(begin).map(hopOf)
}

const roots = new Set(["kubectl", "client"])

/** Spans of `wanted` events, and all that they caused. */
const withDescendants = (events: readonly TraceEvent[], wanted: ReadonlySet<number>): TraceEvent[] => {
  const spans = new Set(wanted)
  // Causes come before what they cause, so one pass finds all.
  for (const { span, parent } of events) if (parent !== undefined && spans.has(parent)) spans.add(span)
  return events.filter(({ span }) => spans.has(span))
}

/** Everything about one object; without one, the last change that somebody made and what came of it. */
export const history = (trace: World["trace"], wanted: { kind?: string; namespace?: string; name?: string }): TraceHop[] => {
  const { events } = trace
  let found: readonly TraceEvent[]
  if (wanted.kind === undefined && wanted.name === undefined) {
    const last = events.findLast(({ from, to, verb }) => verb === "request" && roots.has(from) && to === "kube-apiserver")
    found = last ? withDescendants(events, new Set([last.span])) : []
  } else {
    const about = ({ object }: TraceEvent) =>
      object !== undefined &&
      (wanted.kind === undefined || object.kind === wanted.kind) &&
      (wanted.namespace === undefined || object.namespace === wanted.namespace) &&
      (wanted.name === undefined || object.name === wanted.name)
    const spans = new Set(events.filter(about).map(({ span }) => span))
    // What creates an object is asked of its collection: those hops name no object, but are of the same piece of work.
    found = events.filter((event) => about(event) || (event.object === undefined && spans.has(event.span)))
  }
  return found.slice(-MAX_HOPS).map(hopOf)
}
