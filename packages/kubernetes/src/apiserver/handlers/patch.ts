/** Patches: JSON, merge, strategic merge, and server-side apply. As k8s.io/apiserver/pkg/endpoints/handlers/patch.go. */
import { deepCopy, isObject, type Json } from "../../apimachinery/frozen.ts"
import { JsonError } from "../../apimachinery/json-text.ts"
import type { KubernetesObject } from "../../apimachinery/object.ts"
import { jsonPatch, mergePatch, PatchError, strategicMerge } from "../../apimachinery/patch.ts"
import { badRequest, invalid, StatusError } from "../../apimachinery/status.ts"
import { jsonValue, strictProblems, yamlValue } from "../body.ts"
import { type AnyKind, type Context, namespaceOf, type Server } from "../context.ts"
import type { ApiResponse } from "../contract.ts"
import { converted, storageKind, toStorage, written } from "../custom-resources/conversion.ts"
import { decodeObject } from "../decode.ts"
import { applyFields } from "../managed-fields/apply.ts"
import { type ManagedFieldsEntry, managersOf, withManagedFields } from "../managed-fields/managers.ts"
import { writeOptions } from "../options.ts"
import type { WriteContext } from "../registry.ts"
import { print } from "./print.ts"
import { takeManagedFields, warnAbout } from "./write.ts"

const TYPES = new Set([
  "application/json-patch+json",
  "application/merge-patch+json",
  "application/strategic-merge-patch+json",
  "application/apply-patch+yaml",
])

const textOf = (body: unknown): string | undefined =>
  body === undefined ? "" : typeof body === "string" ? body : body instanceof Uint8Array ? new TextDecoder().decode(body) : undefined

const read = (body: unknown, apply: boolean, strategic: boolean): { patch: unknown; text: string; duplicates: readonly string[] } => {
  const text = textOf(body)
  if (text === undefined) return { patch: body, text: "", duplicates: [] }
  if (apply) {
    try {
      return { patch: yamlValue(text), text, duplicates: [] }
    } catch (error) {
      if (error instanceof StatusError) throw error
      throw badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${(error as Error).message}`)
    }
  }
  try {
    const { value, duplicates } = jsonValue(text)
    return { patch: value, text, duplicates }
  } catch (error) {
    if (error instanceof JsonError) throw badRequest(strategic ? error.message : `error decoding patch: ${error.message}`)
    throw error
  }
}

/** A value as Go's %+v prints a map: `map[a:1 b:map[c:[x y]]]`. */
const goText = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(goText).join(" ")}]`
  if (isObject(value))
    return `map[${Object.keys(value)
      .sort()
      .map((key) => `${key}:${goText(value[key])}`)
      .join(" ")}]`
  return value === null || value === undefined ? "<nil>" : String(value)
}

const rejected = (): StatusError => new StatusError(422, "Invalid", "the server rejected our request due to an error in our request", {})

const merged = (kind: AnyKind, type: string, current: unknown, patch: unknown): unknown => {
  try {
    if (type === "application/json-patch+json") {
      if (!Array.isArray(patch))
        throw badRequest("error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp")
      if (patch.length > 10_000)
        throw new StatusError(
          413,
          "RequestEntityTooLarge",
          `The allowed maximum operations in a JSON patch is 10000, got ${patch.length}`,
          {},
        )
      return jsonPatch(current, patch as never)
    }
    if (!isObject(patch)) throw badRequest("error decoding patch: json: cannot unmarshal into Go value of type map[string]interface {}")
    if (type === "application/merge-patch+json") return mergePatch(current, patch)
    return strategicMerge(current, patch, kind.schema())
  } catch (error) {
    if (error instanceof PatchError) throw rejected()
    throw error
  }
}

export const patch = (server: Server, kind: AnyKind, context: Context, part: "main" | "status"): ApiResponse => {
  const { request, info, query, external } = context
  const type = (request.headers?.["content-type"] ?? "").split(";")[0].trim()
  // Custom resources have no struct tags to merge by.
  if (!TYPES.has(type) || (kind.custom && type === "application/strategic-merge-patch+json"))
    throw new StatusError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {})
  const apply = type === "application/apply-patch+yaml"
  const options = writeOptions(query, "PatchOptions", apply)
  const { patch: wanted, text, duplicates } = read(request.body, apply, type === "application/strategic-merge-patch+json")
  const namespace = namespaceOf(kind, info)
  const existing = server.registry.find(kind, namespace, info.name)
  const write = server.writeContext(kind, context, existing ? "update" : "create", part === "status" ? "status" : "")
  const decode = (value: unknown, shownPatch: string): KubernetesObject => {
    if (!isObject(value)) throw rejected()
    if (!external) return value as unknown as KubernetesObject
    const { object, unknown } = decodeInto(kind, value, shownPatch)
    const problems = strictProblems(options.fieldValidation, unknown, duplicates)
    if (problems.length > 0 && options.fieldValidation === "Strict")
      throw invalid({ group: "", kind: "" }, "", [
        { type: "Invalid", field: "patch", value: shownPatch, detail: `strict decoding error: ${problems.join(", ")}` },
      ])
    for (const problem of problems) context.warnings.push(problem)
    return object
  }
  if (apply) return applied(server, kind, context, part, wanted, write, { existed: existing !== undefined, force: options.force })
  // The managed fields are worked out when the patch speaks of them.
  const managed = external && /managedFields/.test(text)
  let given: readonly ManagedFieldsEntry[] | undefined
  const { storedAs } = kind
  const object = written(kind, context.outside, () =>
    server.registry.update(
      storedAs?.kind ?? storageKind(kind),
      namespace,
      info.name,
      part,
      (stored) => {
        const current = storedAs ? storedAs.from(stored as never) : converted(server, kind, context.outside, [stored])[0]
        const from = managed && existing ? { ...deepCopy(withManagedFields(kind, existing)) } : current
        const next = merged(kind, type, from, wanted)
        const strategic = type === "application/strategic-merge-patch+json"
        const taken = takeManagedFields(decode(next, strategic ? goText(wanted) : JSON.stringify(next)))
        given = managed ? (taken.given ?? []) : undefined
        if (given) write.given = given
        return deepCopy(storedAs ? storedAs.to(taken.object) : toStorage(server, kind, context.outside, taken.object, stored)) as never
      },
      write,
    ),
  )
  warnAbout(kind, context, object)
  return print(server, kind, context, object)
}

/** Type errors in a patched object are the patch's. */
const decodeInto = (kind: AnyKind, value: Json, shownPatch: string): ReturnType<typeof decodeObject> => {
  if (value.kind !== undefined && value.kind !== kind.kind)
    throw badRequest(
      `${String(value.kind)} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: no kind ${JSON.stringify(value.kind)} is registered`,
    )
  try {
    return decodeObject(kind, value)
  } catch (error) {
    if (!(error instanceof StatusError) || error.code !== 400) throw error
    const said = error.message.replace(/^.*? cannot be handled as a \w+: /, "")
    // The converter from unstructured values, which strategic patches go through, has words of its own.
    const detail = shownPatch.startsWith("map[") ? said.replace(/^json: cannot unmarshal .* of type (\S+)$/, "unrecognized type: $1") : said
    throw invalid({ group: "", kind: "" }, "", [{ type: "Invalid", field: "patch", value: shownPatch, detail }])
  }
}

const applied = (
  server: Server,
  kind: AnyKind,
  context: Context,
  part: "main" | "status",
  wanted: unknown,
  write: WriteContext,
  { existed, force }: { existed: boolean; force: boolean },
): ApiResponse => {
  const { info, external } = context
  if (!isObject(wanted))
    throw badRequest(
      "error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal into Go value of type map[string]interface {}",
    )
  const metadata = isObject(wanted.metadata) ? wanted.metadata : {}
  if (Array.isArray(metadata.managedFields) && metadata.managedFields.length > 0) throw badRequest("metadata.managedFields must be nil")
  if (wanted.apiVersion !== undefined && wanted.apiVersion !== kind.apiVersion)
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${String(wanted.apiVersion)}, expected: ${kind.apiVersion}`,
    )
  const name = metadata.name ?? info.name
  if (name !== info.name) throw badRequest(`the name of the object (${String(name)}) does not match the name on the URL (${info.name})`)
  let body: Json = { ...wanted, apiVersion: kind.apiVersion, kind: kind.kind, metadata: { ...metadata, name: info.name } }
  const read = external ? decodeObject(kind, body) : undefined
  if (read) {
    const { unknown } = read
    if (unknown.length > 0) {
      const where = `${kind.namespaced ? `${info.namespace}/` : "/"}${info.name}; ${kind.apiVersion}, Kind=${kind.kind}`
      const problems = unknown.map((path) => `.${path}: field not declared in schema`)
      const text = problems.length === 1 ? problems[0] : `errors:\n${problems.map((one) => `  ${one}`).join("\n")}`
      throw new StatusError(500, "", `failed to create typed patch object (${where}): ${text}`)
    }
  }
  body = Object.fromEntries(Object.entries(body).filter(([field]) => field !== (part === "status" ? "spec" : ""))) as Json
  const by = { manager: write.manager, subresource: write.subresource, at: server.sim.now(), force }
  const namespace = namespaceOf(kind, info)
  const live = server.registry.find(kind, namespace, info.name)
  if (!live) {
    if (part === "status") server.registry.get(kind, namespace, info.name)
    const { managers, object } = applyFields(kind, undefined, [], body, by)
    write.managers = managers
    const complete = read?.object ?? (object as unknown as KubernetesObject)
    const made = written(kind, context.outside, () =>
      server.registry.create(storageKind(kind), toStorage(server, kind, context.outside, complete), namespace, write),
    )
    warnAbout(kind, context, made)
    return print(server, kind, context, made, 201)
  }
  const object = written(kind, context.outside, () =>
    server.registry.update(
      storageKind(kind),
      namespace,
      info.name,
      part,
      (current) => {
        const from = converted(server, kind, context.outside, [current])[0]
        const result = applyFields(kind, from as unknown as Json, managersOf(kind, live), body, by)
        write.managers = result.managers
        const next = external ? decodeObject(kind, result.object).object : (result.object as unknown as KubernetesObject)
        return deepCopy(toStorage(server, kind, context.outside, next, current)) as never
      },
      write,
    ),
  )
  warnAbout(kind, context, object)
  return print(server, kind, context, object, existed ? 200 : 201)
}
