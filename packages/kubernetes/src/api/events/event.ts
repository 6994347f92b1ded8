/** Event of events.k8s.io: the same events as the core group's, in newer words. */
import type { IEvent } from "kubernetes-models/v1/Event"
import type { IEvent as IGroupedEvent } from "kubernetes-models/events.k8s.io/v1/Event"
import { event } from "../core/event.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

/** As pkg/apis/core/v1/conversion for events: fields under other names. */
export const groupedEvent = defineKind<IGroupedEvent>({
  group: "events.k8s.io",
  version: "v1",
  kind: "Event",
  plural: "events",
  shortNames: ["ev"],
  namespaced: true,
  schema: () => schemaOf("IoK8sApiEventsV1Event"),
  storedAs: {
    kind: event as never,
    from: (stored) => {
      const { involvedObject, message, source, firstTimestamp, lastTimestamp, count, reportingComponent, ...rest } =
        stored as unknown as IEvent
      return {
        ...rest,
        kind: "Event",
        apiVersion: "events.k8s.io/v1",
        regarding: involvedObject,
        note: message,
        deprecatedSource: source,
        deprecatedFirstTimestamp: firstTimestamp,
        deprecatedLastTimestamp: lastTimestamp,
        deprecatedCount: count,
        reportingController: reportingComponent,
      }
    },
    to: (object) => {
      const {
        regarding,
        note,
        deprecatedSource,
        deprecatedFirstTimestamp,
        deprecatedLastTimestamp,
        deprecatedCount,
        reportingController,
        ...rest
      } = object as unknown as IGroupedEvent
      return {
        ...rest,
        kind: "Event",
        apiVersion: "v1",
        involvedObject: regarding ?? {},
        message: note,
        source: deprecatedSource ?? {},
        firstTimestamp: deprecatedFirstTimestamp ?? null,
        lastTimestamp: deprecatedLastTimestamp ?? null,
        count: deprecatedCount,
        reportingComponent: reportingController ?? "",
      }
    },
  },
  columns: event.columns.map((column) => ({
    ...column,
    cell: (object: never, now: number) => column.cell(groupedEvent.storedAs?.to(object) as never, now),
  })) as never,
})
