/** …/resize and …/ephemeralcontainers: what may change of a running Pod beside its images. As pkg/registry/core/pod/strategy.go. */
import type { IPod } from "kubernetes-models/v1/Pod"
import { qosClass } from "../../api/core/pod.ts"
import { deepCopy, deepEqual, isObject, type Json } from "../../apimachinery/frozen.ts"
import { jsonPatch, mergePatch, PatchError, strategicMerge } from "../../apimachinery/patch.ts"
import { badRequest, type FieldError, invalid, methodNotAllowed, StatusError } from "../../apimachinery/status.ts"
import { readBody } from "../body.ts"
import type { Server, SubresourceCall } from "../context.ts"
import type { ApiResponse } from "../contract.ts"
import { print } from "../handlers/print.ts"

/** The Pod that a PUT or PATCH asks for. */
const wanted = ({ kind, object, request }: SubresourceCall): IPod => {
  const type = (request.headers?.["content-type"] ?? "").split(";")[0].trim()
  const value = readBody({
    ...request,
    headers: { ...request.headers, ...(request.method === "PATCH" && { "content-type": "application/json" }) },
  }).value
  const current = deepCopy(object) as unknown as Json
  let next: unknown = value
  if (request.method === "PATCH") {
    try {
      if (type === "application/json-patch+json") next = jsonPatch(current, value as never)
      else if (type === "application/merge-patch+json") next = mergePatch(current, value)
      else next = strategicMerge(current, value, kind.schema())
    } catch (error) {
      if (error instanceof PatchError)
        throw new StatusError(422, "Invalid", "the server rejected our request due to an error in our request", {})
      throw error
    }
  }
  if (!isObject(next) || !isObject(next.spec)) throw badRequest("the object provided is unrecognized (must be of type Pod)")
  return deepCopy(next) as unknown as IPod
}

type Container = NonNullable<IPod["spec"]>["containers"][number]

const store = (call: SubresourceCall, server: Server, next: Json, errors: readonly FieldError[]): ApiResponse => {
  const { kind, object, write, context } = call
  if (errors.length > 0) throw invalid(kind, object.metadata.name, errors)
  server.admitPart(kind, context, { operation: "update", object: next as never, old: object })
  if (deepEqual(next, object)) return print(server, kind, context, object)
  const metadata = { ...object.metadata, generation: (object.metadata.generation ?? 0) + 1 }
  return print(server, kind, context, server.registry.replace(kind, object, { ...next, metadata } as never, write))
}

export const resize = (call: SubresourceCall, server: Server): ApiResponse => {
  const { kind, object, request, context } = call
  if (request.method === "GET") return print(server, kind, context, object)
  if (request.method !== "PUT" && request.method !== "PATCH") throw methodNotAllowed()
  const pod = wanted(call)
  const next = deepCopy(object) as unknown as IPod & Json
  const errors: FieldError[] = []
  for (const list of ["containers", "initContainers"] as const)
    for (const container of (next.spec?.[list] ?? []) as Container[]) {
      const given = ((pod.spec?.[list] ?? []) as Container[]).find(({ name }) => name === container.name)
      if (!given) continue
      container.resources = given.resources ?? {}
      const { limits, requests } = container.resources as { limits?: Json; requests?: Json }
      if (limits) container.resources.requests = { ...limits, ...requests } as never
      container.resizePolicy = given.resizePolicy ?? container.resizePolicy
    }
  const before = qosClass(object as unknown as IPod)
  if (qosClass(next) !== before)
    errors.push({ type: "Invalid", field: "spec", value: before, detail: "Pod QOS Class may not change as a result of resizing" })
  return store(call, server, next, errors)
}

export const ephemeralContainers = (call: SubresourceCall, server: Server): ApiResponse => {
  const { kind, object, request, context } = call
  if (request.method === "GET") return print(server, kind, context, object)
  if (request.method !== "PUT" && request.method !== "PATCH") throw methodNotAllowed()
  const given = (wanted(call).spec?.ephemeralContainers ?? []) as (Container & { targetContainerName?: string })[]
  const next = deepCopy(object) as unknown as IPod & Json
  const spec = next.spec as NonNullable<IPod["spec"]>
  const old = (spec.ephemeralContainers ?? []) as Container[]
  const errors: FieldError[] = []
  const taken = new Set([...spec.containers, ...(spec.initContainers ?? [])].map(({ name }) => name))
  for (const [index, container] of given.entries()) {
    const field = `spec.ephemeralContainers[${index}]`
    if (!container.name) errors.push({ type: "Required", field: `${field}.name` })
    else if (taken.has(container.name)) errors.push({ type: "Duplicate", field: `${field}.name`, value: container.name })
    if (!container.image) errors.push({ type: "Required", field: `${field}.image` })
    for (const forbidden of ["ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle"] as const)
      if (container[forbidden] !== undefined)
        errors.push({ type: "Forbidden", field: `${field}.${forbidden}`, detail: `cannot be set for an Ephemeral Container` })
    if (container.targetContainerName && !taken.has(container.targetContainerName))
      errors.push({ type: "NotFound", field: `${field}.targetContainerName`, value: container.targetContainerName })
    taken.add(container.name)
    container.terminationMessagePath ||= "/dev/termination-log"
    container.terminationMessagePolicy ||= "File"
    container.imagePullPolicy ||= /:(?!latest$)[^/]+$/.test(container.image ?? "") ? "IfNotPresent" : "Always"
    container.resources ??= {}
  }
  for (const container of old)
    if (!given.some((one) => one.name === container.name))
      errors.push({
        type: "Forbidden",
        field: "spec.ephemeralContainers",
        detail: `existing ephemeral containers ${JSON.stringify(container.name)} may not be removed\n`,
      })
  spec.ephemeralContainers = given as never
  return store(call, server, next, errors)
}
