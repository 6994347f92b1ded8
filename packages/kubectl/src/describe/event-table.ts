/** The events that concern an object, below its description. */
import type { Steps } from "@drydock/machine"
import { query } from "../builder.ts"
import { KubectlError } from "../errors.ts"
import { type EventObject, eventAge } from "../events.ts"
import { goSort } from "../printing/go-sort.ts"
import type { DescribeContext, Described } from "./define-describer.ts"
import { Writer } from "./writer.ts"

/** The kubelet tells of static pods under the UID of their file. */
const MIRROR = "kubernetes.io/config.mirror"

/** Undefined: they could not be had, which is no failure. */
export function* eventsOf({ api }: DescribeContext, { kind, metadata }: Described): Steps<EventObject[] | undefined> {
  const path = metadata.namespace ? `/api/v1/namespaces/${metadata.namespace}/events` : "/api/v1/events"
  const uids = [metadata.annotations?.[MIRROR] ?? metadata.uid, ...(kind === "Node" ? [metadata.name] : [])]
  try {
    const found: EventObject[] = []
    for (const uid of uids) {
      const named = metadata.namespace ? `,involvedObject.namespace=${metadata.namespace}` : ""
      const { items } = yield* api.get<{ items: EventObject[] }>(
        path +
          query({
            fieldSelector: `involvedObject.name=${metadata.name}${named},involvedObject.kind=${kind},involvedObject.uid=${uid}`,
            limit: "500",
          }),
      )
      found.push(...items)
    }
    return found
  } catch (error) {
    if (error instanceof KubectlError) return undefined
    throw error
  }
}

/** By lastTimestamp alone: what has none, as the scheduler's events, comes first. As util/event.SortableEvents. */
const lastSeen = ({ lastTimestamp }: EventObject): number => Date.parse(lastTimestamp ?? "") || 0

/** What follows a description; with events it has columns of its own. */
export const withEvents = (w: Writer, events: readonly EventObject[] | undefined, now: number): string => {
  if (!events) return w.toString()
  if (events.length === 0) return w.raw(0, "Events:\t<none>\n").toString()
  const table = new Writer().line(0, "Events:\n  Type\tReason\tAge\tFrom\tMessage").cells(1, "----", "------", "----", "----", "-------")
  for (const event of goSort(events, (a, b) => lastSeen(a) < lastSeen(b))) {
    const { fieldPath } = event.involvedObject
    const message = (event.message ?? "").trim()
    table.cells(
      1,
      event.type ?? "",
      event.reason ?? "",
      eventAge(event, now),
      event.source?.component || (event.reportingComponent ?? ""),
      fieldPath ? `${fieldPath}: ${message}` : message,
    )
  }
  return w.toString() + table.toString()
}
