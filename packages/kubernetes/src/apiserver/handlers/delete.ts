/** Deletes: of one object, and of all that a selector names. As k8s.io/apiserver/pkg/endpoints/handlers/delete.go. */
import { listInParts } from "../../apimachinery/json-body.ts"
import { StatusError } from "../../apimachinery/status.ts"
import { optionalBody } from "../body.ts"
import { type AnyKind, type Context, namespaceOf, type Server } from "../context.ts"
import type { ApiResponse } from "../contract.ts"
import { written } from "../custom-resources/conversion.ts"
import { JSON_TYPE } from "../negotiation.ts"
import { deleteOptions } from "../options.ts"
import type { DeleteParameters } from "../registry.ts"
import { select } from "./list.ts"
import { listItem, print, shown } from "./print.ts"

/** Stores that answer with the object they deleted (ReturnDeletedObject). */
const RETURNED = new Set(["pods", "podtemplates", "serviceaccounts", "resourcequotas", "persistentvolumes", "persistentvolumeclaims"])

const parametersOf = (kind: AnyKind, context: Context): DeleteParameters & { dryRun: boolean } => {
  const { propagation, ...rest } = deleteOptions(context.query, optionalBody(context.request))
  return { ...rest, propagation: propagation ?? kind.defaultPropagation ?? "Background" }
}

export const remove = (server: Server, kind: AnyKind, context: Context): ApiResponse => {
  const { info } = context
  const parameters = parametersOf(kind, context)
  const write = server.writeContext(kind, context, "delete")
  write.dryRun ||= parameters.dryRun
  const { object, gone } = written(kind, context.outside, () =>
    server.deleteObject(kind, namespaceOf(kind, info), info.name, parameters, write, context.user),
  )
  if (!gone || RETURNED.has(kind.plural)) return print(server, kind, context, object)
  const details = { name: info.name, ...(kind.group && { group: kind.group }), kind: kind.plural, uid: object.metadata.uid }
  return { status: 200, headers: JSON_TYPE, body: { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details } }
}

export const removeCollection = (server: Server, kind: AnyKind, context: Context): ApiResponse => {
  const { items, revision } = select(server, kind, context)
  const parameters = parametersOf(kind, context)
  const write = server.writeContext(kind, context, "delete")
  write.dryRun ||= parameters.dryRun
  for (const item of items) {
    try {
      server.deleteObject(
        kind,
        item.metadata.namespace,
        item.metadata.name,
        { ...parameters, uid: undefined, resourceVersion: undefined },
        write,
        context.user,
      )
    } catch (error) {
      if (!(error instanceof StatusError) || error.code !== 404) throw error
    }
  }
  const metadata = { resourceVersion: String(context.external ? server.etcd.revision : revision) }
  const head = { kind: `${kind.kind}List`, apiVersion: kind.apiVersion, metadata }
  if (!context.external) return { status: 200, headers: JSON_TYPE, body: { ...head, items } }
  const body = listInParts(head, "items", function* () {
    for (const item of items) yield listItem(kind, shown(kind, context, item))
  })
  return { status: 200, headers: JSON_TYPE, body }
}
