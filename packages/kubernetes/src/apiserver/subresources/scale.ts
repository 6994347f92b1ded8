/** …/scale: how many replicas, whatever the kind. As pkg/registry/apps/deployment/storage ScaleREST. */
import { deepCopy, isObject, type Json } from "../../apimachinery/frozen.ts"
import type { AnyStored } from "../../apimachinery/object.ts"
import { jsonPatch, mergePatch, PatchError } from "../../apimachinery/patch.ts"
import { formatSelector } from "../../apimachinery/selectors.ts"
import { badRequest, conflict, invalid, methodNotAllowed, MODIFIED, noResource, StatusError } from "../../apimachinery/status.ts"
import { readBody } from "../body.ts"
import type { AnyKind, Server, SubresourceCall } from "../context.ts"
import type { ApiResponse } from "../contract.ts"
import { JSON_TYPE } from "../negotiation.ts"

const at = (object: unknown, path: string): unknown =>
  path.split(".").reduce((value, key) => (isObject(value) ? value[key] : undefined), object)

const withAt = (object: Json, [first, ...rest]: readonly string[], value: unknown): Json => ({
  ...object,
  [first]: rest.length === 0 ? value : withAt(isObject(object[first]) ? object[first] : {}, rest, value),
})

const selectorOf = (kind: AnyKind, one: AnyStored): string | undefined => {
  if (kind.custom) return kind.scale?.selector ? String(at(one, kind.scale.selector) ?? "") || undefined : undefined
  const selector = at(one, "spec.selector")
  if (!isObject(selector)) return undefined
  return formatSelector((kind.kind === "ReplicationController" ? { matchLabels: selector } : selector) as never)
}

const show = (kind: AnyKind, one: AnyStored) => {
  const { specReplicas, statusReplicas } = kind.scale as NonNullable<AnyKind["scale"]>
  const replicas = at(one, specReplicas) as number | undefined
  const selector = selectorOf(kind, one)
  const { name, namespace, uid, resourceVersion, creationTimestamp } = one.metadata
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { ...(replicas && { replicas }) },
    status: { replicas: (at(one, statusReplicas) as number | undefined) ?? 0, ...(selector && { selector }) },
  }
}

/** The scale that a request asks for: its body, or its patch laid over what is. */
const wanted = ({ kind, object, request, info }: SubresourceCall): Json => {
  let body: unknown
  if (request.method === "PUT") {
    body = readBody(request).value
  } else {
    const type = (request.headers?.["content-type"] ?? "").split(";")[0].trim()
    const patch = readBody({ ...request, headers: { ...request.headers, "content-type": "application/json" } }).value
    if (!/^application\/(json|merge|strategic-merge)-patch\+json$|^application\/apply-patch\+yaml$/.test(type))
      throw new StatusError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
    try {
      body = type === "application/json-patch+json" ? jsonPatch(show(kind, object), patch as never) : mergePatch(show(kind, object), patch)
    } catch (error) {
      if (error instanceof PatchError)
        throw new StatusError(422, "Invalid", "the server rejected our request due to an error in our request", {})
      throw error
    }
  }
  if (!isObject(body)) throw badRequest("the object provided is unrecognized (must be of type Scale)")
  const metadata = isObject(body.metadata) ? body.metadata : {}
  if (metadata.name && metadata.name !== info.name)
    throw badRequest(`the name of the object (${String(metadata.name)}) does not match the name on the URL (${info.name})`)
  if (metadata.resourceVersion && request.method === "PUT" && metadata.resourceVersion !== object.metadata.resourceVersion)
    throw conflict(kind, info.name, MODIFIED)
  return body
}

/** Throws StatusError 400, 422. */
const replicasOf = (spec: unknown, object: AnyStored): number => {
  const replicas = isObject(spec) ? (spec.replicas ?? 0) : 0
  if (typeof replicas !== "number" || !Number.isInteger(replicas))
    throw badRequest(
      `Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal ${typeof replicas} into Go struct field ScaleSpec.spec.replicas of type int32`,
    )
  if (replicas < 0)
    throw invalid({ group: "autoscaling", kind: "Scale" }, object.metadata.name, [
      { type: "Invalid", field: "spec.replicas", value: replicas, detail: "must be greater than or equal to 0" },
    ])
  return replicas
}

export const scale = (call: SubresourceCall, server: Server): ApiResponse => {
  const { kind, request, write, object, context } = call
  const paths = kind.scale
  if (!paths) throw noResource()
  const answer = (one: AnyStored): ApiResponse => ({ status: 200, headers: JSON_TYPE, body: show(kind, one) })
  if (request.method === "GET") return answer(object)
  if (request.method !== "PUT" && request.method !== "PATCH") throw methodNotAllowed()
  const asked = replicasOf(wanted(call).spec, object)
  const old = show(kind, object)
  // What admission sees is the scale, and may change it.
  const next = { ...old, spec: { replicas: asked } }
  server.admitPart(kind, context, {
    operation: "update",
    object: next as never,
    old: old as never,
    objectKind: { group: "autoscaling", version: "v1", kind: "Scale" },
  })
  const replicas = replicasOf(next.spec, object)
  return answer(
    server.registry.update(
      kind,
      object.metadata.namespace,
      object.metadata.name,
      "main",
      (current) => withAt(deepCopy(current) as unknown as Json, paths.specReplicas.split("."), replicas) as never,
      write,
    ),
  )
}
