/** Objects as answers: whole, as rows of a table, or their metadata alone. As k8s.io/apiserver/pkg/endpoints/handlers/response.go. */
import { wireMessage } from "../../api/schema/wire-types.ts"
import type { AnyStored } from "../../apimachinery/object.ts"
import { methodNotAllowed, notFound } from "../../apimachinery/status.ts"
import { type AnyKind, type Context, namespaceOf, type Server } from "../context.ts"
import type { ApiResponse } from "../contract.ts"
import { converted } from "../custom-resources/conversion.ts"
import { withManagedFields } from "../managed-fields/managers.ts"
import { JSON_TYPE } from "../negotiation.ts"
import { partialMetadata, tableOf } from "../table.ts"

/** The object as the asker sees it: clients outside see who manages its fields. */
export const shown = (kind: AnyKind, context: Context, object: AnyStored): AnyStored => {
  if (!context.external) return object
  const { storedAs } = kind
  if (storedAs) return storedAs.from(withManagedFields(storedAs.kind, object)) as AnyStored
  if (kind.computed) return object
  const whole = withManagedFields(kind, object)
  // Stored in another version; without conversion that is the name alone.
  return kind.custom && whole.apiVersion !== kind.apiVersion ? { ...whole, apiVersion: kind.apiVersion } : whole
}

/** Go's lists do not repeat kind and apiVersion of their items. */
export const listItem = (kind: AnyKind, object: AnyStored): unknown => {
  if (!wireMessage(kind.schema().ref ?? "")) return object
  const { kind: _, apiVersion: __, ...rest } = object
  return rest
}

export const print = (server: Server, kind: AnyKind, context: Context, object: AnyStored, status = 200): ApiResponse => {
  if (!context.external) return { status, headers: JSON_TYPE, body: object }
  const whole = shown(kind, context, converted(server, kind, context.outside, [object])[0])
  switch (context.media.as) {
    case "Table":
      return {
        status,
        headers: JSON_TYPE,
        body: tableOf(kind, [whole], {
          now: server.sim.now(),
          includeObject: context.query.get("includeObject")?.[0] ?? "Metadata",
          metadata: { resourceVersion: object.metadata.resourceVersion },
          headers: true,
        }),
      }
    case "PartialObjectMetadata":
      return { status, headers: JSON_TYPE, body: partialMetadata(kind, whole) }
    default:
      return { status, headers: JSON_TYPE, body: whole }
  }
}

export const get = (server: Server, kind: AnyKind, context: Context): ApiResponse => {
  if (!kind.verbs.includes("get")) throw methodNotAllowed()
  if (kind.computed) {
    const found = kind.computed().find(({ metadata }) => metadata?.name === context.info.name)
    if (!found) throw notFound(kind, context.info.name)
    return print(server, kind, context, found as AnyStored)
  }
  if (kind.implied && !server.registry.find(kind, undefined, context.info.name)) {
    const found = kind.implied(server.kinds, server.startedAt).find(({ metadata }) => metadata.name === context.info.name)
    if (found) return print(server, kind, context, found)
  }
  return print(server, kind, context, server.registry.get(kind, namespaceOf(kind, context.info), context.info.name))
}
