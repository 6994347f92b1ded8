/** Event: something that happened to an object. */
import type { IEvent } from "kubernetes-models/v1/Event"
import type { Stored } from "../../apimachinery/object.ts"
import { ageSince } from "../columns.ts"
import { defineKind } from "../define-kind.ts"
import { schemaOf } from "../schema/definitions.ts"

export type Event = Stored<IEvent>

const firstSeen = ({ firstTimestamp, eventTime }: Event) => firstTimestamp ?? eventTime

export const event = defineKind<IEvent>({
  group: "",
  version: "v1",
  kind: "Event",
  plural: "events",
  shortNames: ["ev"],
  namespaced: true,
  schema: () => schemaOf("IoK8sApiCoreV1Event"),
  selectableFields: (object) => ({
    "involvedObject.kind": object.involvedObject.kind ?? "",
    "involvedObject.namespace": object.involvedObject.namespace ?? "",
    "involvedObject.name": object.involvedObject.name ?? "",
    "involvedObject.uid": object.involvedObject.uid ?? "",
    "involvedObject.apiVersion": object.involvedObject.apiVersion ?? "",
    "involvedObject.resourceVersion": object.involvedObject.resourceVersion ?? "",
    "involvedObject.fieldPath": object.involvedObject.fieldPath ?? "",
    reason: object.reason ?? "",
    reportingComponent: object.reportingComponent ?? "",
    source: object.source?.component ?? object.reportingComponent ?? "",
    type: object.type ?? "",
  }),
  columns: [
    {
      name: "Last Seen",
      cell: (object, now) => ageSince(object.series?.lastObservedTime ?? object.lastTimestamp ?? firstSeen(object), now),
    },
    { name: "Type", cell: (object) => object.type ?? "" },
    { name: "Reason", cell: (object) => object.reason ?? "" },
    {
      name: "Object",
      cell: ({ involvedObject: { kind = "", name: named } }) => (named ? `${kind.toLowerCase()}/${named}` : kind.toLowerCase()),
    },
    { name: "Subobject", priority: 1, cell: (object) => object.involvedObject.fieldPath ?? "" },
    {
      name: "Source",
      priority: 1,
      cell: ({ source, reportingComponent, reportingInstance }) =>
        [source?.component || reportingComponent, source?.host || reportingInstance].filter(Boolean).join(", "),
    },
    { name: "Message", cell: (object) => (object.message ?? "").trim() },
    { name: "First Seen", priority: 1, cell: (object, now) => ageSince(firstSeen(object), now) },
    { name: "Count", priority: 1, cell: (object) => object.series?.count ?? (object.count || 1) },
    { name: "Name", priority: 1, cell: (object) => object.metadata.name },
  ],
})
