/** Creates and updates. As k8s.io/apiserver/pkg/endpoints/handlers/create.go and update.go. */
import { deepCopy } from "../../apimachinery/frozen.ts"
import type { AnyStored, KubernetesObject } from "../../apimachinery/object.ts"
import { badRequest, methodNotAllowed } from "../../apimachinery/status.ts"
import { readObject } from "../body.ts"
import { type AnyKind, type Context, namespaceOf, type Server, type SubresourceHandler } from "../context.ts"
import type { ApiResponse } from "../contract.ts"
import { storageKind, toStorage, written } from "../custom-resources/conversion.ts"
import type { ManagedFieldsEntry } from "../managed-fields/managers.ts"
import { writeOptions } from "../options.ts"
import { print } from "./print.ts"

/** What the kind has to say about an object that is stored all the same. */
export const warnAbout = (kind: AnyKind, context: Context, object: AnyStored, old?: AnyStored): void => {
  for (const text of kind.warnings?.(object as never, old as never) ?? []) if (!context.warnings.includes(text)) context.warnings.push(text)
}

/** managedFields that a client sent, and the object without them. */
export const takeManagedFields = (
  object: KubernetesObject,
): { object: KubernetesObject; given: readonly ManagedFieldsEntry[] | undefined } => {
  const given = object.metadata?.managedFields as readonly ManagedFieldsEntry[] | undefined
  if (given === undefined) return { object, given: undefined }
  const { managedFields: _, ...metadata } = object.metadata as NonNullable<KubernetesObject["metadata"]>
  return { object: { ...object, metadata }, given: given ?? undefined }
}

/** Nothing but its status and metadata are looked at: the rest need not be copied. */
const withOwnStatus = (object: KubernetesObject): KubernetesObject => {
  const { metadata, status } = object as KubernetesObject & { status?: unknown }
  return { ...object, ...(metadata && { metadata: deepCopy(metadata) }), ...(status !== undefined && { status: deepCopy(status) }) }
}

export const create = (server: Server, kind: AnyKind, context: Context, virtual: SubresourceHandler | undefined): ApiResponse => {
  const { info, request } = context
  if (info.name) throw methodNotAllowed()
  const options = writeOptions(context.query, "CreateOptions")
  const {
    object: body,
    warnings,
    fresh,
  } = readObject(kind, request, options.fieldValidation, (version, name) => server.kindNamed(version, name) !== undefined)
  for (const warning of warnings) context.warnings.push(warning)
  const write = server.writeContext(kind, context, "create")
  if (kind.virtual) {
    if (!virtual) throw methodNotAllowed()
    const object = { metadata: {} } as AnyStored
    return virtual({ kind, object, request, info, query: context.query, body, user: context.user, write, context }, server)
  }
  const namespace = kind.namespaced ? (info.namespace ?? body.metadata?.namespace) : undefined
  if (kind.namespaced && !namespace) throw badRequest("an empty namespace may not be set during creation")
  const wanted = takeManagedFields(body).object
  const { storedAs } = kind
  write.fresh = fresh && !storedAs && !kind.conversion
  const object = written(kind, context.outside, () =>
    server.registry.create(
      storedAs?.kind ?? storageKind(kind),
      storedAs ? (storedAs.to(wanted) as KubernetesObject) : toStorage(server, kind, context.outside, wanted),
      namespace,
      write,
    ),
  )
  warnAbout(kind, context, object)
  return print(server, kind, context, object, 201)
}

export const update = (server: Server, kind: AnyKind, context: Context, part: "main" | "status"): ApiResponse => {
  const options = writeOptions(context.query, "UpdateOptions")
  const { object: body, warnings } = readObject(
    kind,
    context.request,
    options.fieldValidation,
    (version, name) => server.kindNamed(version, name) !== undefined,
  )
  for (const warning of warnings) context.warnings.push(warning)
  const { object: wanted, given } = takeManagedFields(body)
  const write = server.writeContext(kind, context, "update", part === "status" ? "status" : "")
  if (context.external) write.given = given
  const { storedAs } = kind
  const object = written(kind, context.outside, () =>
    server.registry.update(
      storedAs?.kind ?? storageKind(kind),
      namespaceOf(kind, context.info),
      context.info.name,
      part,
      // The registry changes what it is given; a body may be a frozen object of the store.
      (old) => {
        const next = storedAs ? (storedAs.to(wanted) as KubernetesObject) : toStorage(server, kind, context.outside, wanted, old)
        return (part === "status" ? withOwnStatus(next) : deepCopy(next)) as never
      },
      write,
    ),
  )
  warnAbout(kind, context, object)
  return print(server, kind, context, object)
}
