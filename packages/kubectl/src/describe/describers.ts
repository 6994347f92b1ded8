/** All describers, and the description of one object. */
import type { Steps } from "@drydock/machine"
import type { Resource } from "../api.ts"
import { pathOf } from "../discovery.ts"
import type { Context } from "../define-subcommand.ts"
import { autoscaler } from "./autoscaler.ts"
import type { DescribeContext, Describer, Described } from "./define-describer.ts"
import { eventsOf, withEvents } from "./event-table.ts"
import { describeGeneric } from "./generic.ts"
import { addressDescribers } from "./addresses.ts"
import { nodeDescribers } from "./nodes.ts"
import { workloadDescribers } from "./pods.ts"
import { networkDescribers } from "./services.ts"
import { settingDescribers } from "./settings.ts"
import { signingRequest } from "./signing-request.ts"
import { Writer } from "./writer.ts"

export const describers: readonly Describer[] = [
  ...workloadDescribers,
  ...nodeDescribers,
  ...networkDescribers,
  ...settingDescribers,
  autoscaler,
  signingRequest,
  ...addressDescribers,
]

export function* describeObject(context: Context, resource: Resource, found: Described, showEvents: boolean): Steps<string> {
  const now = context.process.now()
  const describer = describers.find(({ group, kind }) => group === resource.group && kind === resource.kind)
  // A describer asks for the object by itself, in the version it knows best.
  const known =
    describer && (yield* context.api.resources()).find((one) => one.preferred && one.group === resource.group && one.kind === resource.kind)
  const object = yield* context.api.get<Described>(pathOf(known ?? resource, found.metadata.namespace, found.metadata.name))
  const within: DescribeContext = { ...context, resource, now }
  const w = new Writer()
  if (describer) yield* describer.describe(w, object, within)
  else describeGeneric(w, object)
  const wanted = showEvents && (describer?.events ?? true)
  return withEvents(w, wanted ? yield* eventsOf(within, object) : undefined, now)
}
