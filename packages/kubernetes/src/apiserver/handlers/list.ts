/** Lists, whole and in pages. As k8s.io/apiserver/pkg/storage/etcd3 and pkg/storage/continue.go. */
import { decodeBase64, encodeBase64 } from "../../apimachinery/base64.ts"
import { isObject } from "../../apimachinery/frozen.ts"
import { listInParts } from "../../apimachinery/json-body.ts"
import { JsonError, parseJson } from "../../apimachinery/json-text.ts"
import type { AnyStored } from "../../apimachinery/object.ts"
import { matches, parseFieldSelector, parseSelector } from "../../apimachinery/selectors.ts"
import { badRequest, gone, StatusError } from "../../apimachinery/status.ts"
import { CompactedError } from "../../etcd/mvcc.ts"
import { type AnyKind, type Context, namespaceOf, type Server } from "../context.ts"
import type { ApiResponse } from "../contract.ts"
import { converted } from "../custom-resources/conversion.ts"
import { JSON_TYPE } from "../negotiation.ts"
import { checkListOptions, parseRevision } from "../options.ts"
import { partialMetadata, tableOf } from "../table.ts"
import { listItem, shown } from "./print.ts"

const everything = (): boolean => true

/** The labels that a kind can be selected by beside its name: as those of an object that has nothing set. */
const fieldNames = (kind: AnyKind): readonly string[] | undefined => {
  if (kind.selectableFieldNames || !kind.selectableFields) return kind.selectableFieldNames
  const empty = { metadata: {}, spec: {}, status: {}, involvedObject: {} }
  return Object.keys(kind.selectableFields(empty as never))
}

const unsupportedField = (kind: AnyKind, field: string): StatusError => {
  // Kinds with labels of their own answer from their conversion function.
  if (fieldNames(kind)) return badRequest(`field label not supported: ${field}`)
  return badRequest(`${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`)
}

/** Selectors of a request as one test; throws upstream's text for fields that the kind cannot select by. */
export const filterOf = (kind: AnyKind, context: Pick<Context, "query">, name: string): ((object: AnyStored) => boolean) => {
  const labels = context.query.get("labelSelector")?.[0] ?? ""
  const fields = context.query.get("fieldSelector")?.[0] ?? ""
  // A constant: a watch keeps its filter, and with it whatever this call has at hand.
  if (labels === "" && fields === "" && !name) return everything
  const requirements = labels === "" ? [] : parseSelector(labels)
  const terms = fields === "" ? [] : parseFieldSelector(fields)
  const known = fieldNames(kind)
  for (const { field } of terms)
    if (field !== "metadata.name" && field !== "metadata.namespace" && !known?.includes(field)) throw unsupportedField(kind, field)
  if (name) terms.push({ field: "metadata.name", value: name, negative: false })
  return (object) => {
    if (requirements.length > 0 && !matches(requirements, object.metadata.labels as never)) return false
    if (terms.length === 0) return true
    const own = kind.selectableFields?.(object as never) ?? {}
    return terms.every(({ field, value, negative }) => {
      const actual =
        field === "metadata.name"
          ? object.metadata.name
          : field === "metadata.namespace"
            ? (object.metadata.namespace ?? "")
            : Object.hasOwn(own, field)
              ? own[field]
              : undefined
      if (actual === undefined) throw unsupportedField(kind, field)
      return (actual === value) !== negative
    })
  }
}

const encodeToken = (revision: number, start: string): string =>
  encodeBase64(JSON.stringify({ v: "meta.k8s.io/v1", rv: revision, start }).replace(/\0/g, "\\u0000"))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "")

/** Throws StatusError 400. */
const decodeToken = (token: string): { revision: number; start: string } => {
  const bad = (why: string): never => {
    throw badRequest(`invalid continue token: ${why}`)
  }
  const padded = token.replaceAll("-", "+").replaceAll("_", "/")
  const bytes = decodeBase64(padded + "=".repeat((4 - (padded.length % 4)) % 4))
  if (!bytes) return bad("continue key is not valid: illegal base64 data at input byte 0")
  let value: unknown
  try {
    value = parseJson(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")).value
  } catch (error) {
    if (error instanceof JsonError) return bad(`continue key is not valid: ${error.message}`)
    throw error
  }
  if (!isObject(value) || value.v !== "meta.k8s.io/v1")
    return bad("continue key is not valid: server does not recognize this encoded version")
  if (typeof value.start !== "string" || value.start === "")
    return bad("continue key is not valid: encoded start key empty (version meta.k8s.io/v1)")
  if (value.start.includes("..")) return bad("continue key is not valid: " + JSON.stringify(value.start))
  return { revision: Number(value.rv), start: value.start }
}

export interface Selection {
  items: AnyStored[]
  revision: number
  next: string | undefined
  remaining: number | undefined
}

export const select = (server: Server, kind: AnyKind, context: Context): Selection => {
  const { query, info } = context
  const { etcd } = server
  if (query.size > 0) checkListOptions(query, false)
  const filter = filterOf(kind, context, "")
  const limit = Math.max(0, Math.trunc(Number(query.get("limit")?.[0] ?? 0))) || 0
  const prefix = server.registry.prefix(kind, namespaceOf(kind, info))
  const token = query.get("continue")?.[0]
  const asked = parseRevision(query.get("resourceVersion")?.[0])
  let revision: number | undefined
  let start: string | undefined
  if (token) {
    const from = decodeToken(token)
    revision = from.revision
    start = prefix.slice(0, -1) + from.start
    if (!start.startsWith(prefix)) throw badRequest("invalid continue token: continue key is not valid")
    if (revision < etcd.compactRevision || revision > etcd.revision)
      throw gone(
        "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.",
      )
  } else if (query.get("resourceVersionMatch")?.[0] === "Exact") revision = asked
  if (asked !== undefined && asked > etcd.revision) {
    const error = new StatusError(504, "Timeout", `Timeout: Too large resource version: ${asked}, current: ${etcd.revision}`, {
      causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
      retryAfterSeconds: 1,
    })
    throw error
  }
  let range: ReturnType<typeof etcd.range<AnyStored>>
  try {
    range = etcd.range<AnyStored>(prefix, { ...(revision !== undefined && { revision }), ...(start !== undefined && { start }) })
  } catch (error) {
    if (error instanceof CompactedError) throw gone("The resourceVersion for the provided list is too old.")
    throw error
  }
  if (kind.computed)
    return {
      items: kind.computed().filter((object) => filter(object as AnyStored)) as AnyStored[],
      revision: 0,
      next: undefined,
      remaining: undefined,
    }
  const items: AnyStored[] = []
  let next: string | undefined
  // Counted as etcd counts: keys after the page, whether the selector would take them or not.
  let remaining = 0
  for (const { key, value } of range.items) {
    if (limit > 0 && items.length === limit) {
      remaining++
      continue
    }
    if (!filter(value)) continue
    items.push(value)
    if (limit > 0 && items.length === limit) next = `/${key.slice(prefix.length)}\0`
  }
  if (kind.implied && context.external && limit === 0) {
    const stored = new Set(range.items.map(({ value }) => value.metadata.name))
    items.push(...kind.implied(server.kinds, server.startedAt).filter((one) => !stored.has(one.metadata.name) && filter(one)))
    items.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  }
  const at = revision ?? range.revision
  return {
    items,
    revision: at,
    next: remaining > 0 && next !== undefined ? encodeToken(at, next) : undefined,
    // Nobody counts what a selector leaves out.
    remaining: remaining > 0 && filter === everything ? remaining : undefined,
  }
}

export const list = (server: Server, kind: AnyKind, context: Context): ApiResponse => {
  const { items, revision, next, remaining } = select(server, kind, context)
  const metadata = {
    ...(!kind.computed && { resourceVersion: String(revision) }),
    ...(next && { continue: next }),
    ...(remaining !== undefined && { remainingItemCount: remaining }),
  }
  const head = { kind: `${kind.kind}List`, apiVersion: kind.apiVersion, metadata }
  if (!context.external) return { status: 200, headers: JSON_TYPE, body: { ...head, items } }
  const inVersion = converted(server, kind, context.outside, items)
  if (context.media.as === "Table")
    return {
      status: 200,
      headers: JSON_TYPE,
      body: tableOf(
        kind,
        inVersion,
        {
          now: server.sim.now(),
          includeObject: context.query.get("includeObject")?.[0] ?? "Metadata",
          metadata,
          headers: true,
        },
        (item) => shown(kind, context, item),
      ),
    }
  const partial = context.media.as === "PartialObjectMetadata"
  const listed = partial ? { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1", metadata } : head
  const body = listInParts(listed, "items", function* () {
    for (const item of inVersion) {
      const seen = shown(kind, context, item)
      yield partial ? partialMetadata(kind, seen) : listItem(kind, seen)
    }
  })
  return { status: 200, headers: JSON_TYPE, body }
}
