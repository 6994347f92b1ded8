/** /openapi/v3 and /openapi/v2: what the API looks like, for explain, validation and editors. As k8s.io/kube-openapi. */
import { sha512 } from "@noble/hashes/sha2.js"
import type { Json } from "../../apimachinery/frozen.ts"
import type { AnyKind } from "../context.ts"
import type { ApiRequest, ApiResponse } from "../contract.ts"
import { notAcceptable } from "../negotiation.ts"
import { encodeOpenApiV2 } from "./gnostic.ts"
import { defineKindSchemas, Definitions } from "./schemas.ts"

const INFO = { title: "Kubernetes", version: "unversioned" }

/** "api/v1", "apis/apps/v1". */
const groupVersionPath = (kind: AnyKind): string => (kind.group ? `apis/${kind.apiVersion}` : `api/${kind.version}`)

const parameter = (name: string, type: string, description: string) => ({
  name,
  in: "query",
  description,
  schema: { type, uniqueItems: true },
})
const WRITE = [
  parameter("pretty", "string", "Whether the output is indented."),
  parameter("dryRun", "string", "All: nothing is stored."),
  parameter("fieldManager", "string", "Who makes these changes."),
  parameter("fieldValidation", "string", "Ignore, Warn or Strict: what happens to unknown and duplicate fields."),
]
const LIST = ["labelSelector", "fieldSelector", "resourceVersion", "resourceVersionMatch", "continue"].map((name) =>
  parameter(name, "string", name),
)

const NAME = { name: "name", in: "path", description: "name of the object", required: true, schema: { type: "string", uniqueItems: true } }
const NAMESPACE = {
  name: "namespace",
  in: "path",
  description: "object name and auth scope",
  required: true,
  schema: { type: "string", uniqueItems: true },
}

const ACTIONS: Readonly<Record<string, { method: string; action: string }>> = {
  create: { method: "post", action: "post" },
  delete: { method: "delete", action: "delete" },
  deletecollection: { method: "delete", action: "deletecollection" },
  get: { method: "get", action: "get" },
  list: { method: "get", action: "list" },
  patch: { method: "patch", action: "patch" },
  update: { method: "put", action: "put" },
}

const operation = (kind: AnyKind, verb: string, ref: string) => {
  const { action } = ACTIONS[verb]
  const writes = verb === "create" || verb === "update" || verb === "patch"
  const gvk = { group: kind.group, version: kind.version, kind: kind.kind }
  const schema = { $ref: verb === "list" ? `${ref}List` : ref }
  return {
    tags: [kind.group ? `${kind.group.split(".")[0]}_${kind.version}` : `core_${kind.version}`],
    description: `${verb} ${kind.kind}`,
    operationId: `${verb}${kind.namespaced ? "Namespaced" : ""}${kind.kind}`,
    parameters: writes ? WRITE : verb === "list" || verb === "deletecollection" ? LIST : [WRITE[0]],
    ...(writes && { requestBody: { content: { "*/*": { schema: { $ref: ref } } } } }),
    responses: { 200: { description: "OK", content: { "application/json": { schema } } } },
    "x-kubernetes-action": action,
    "x-kubernetes-group-version-kind": gvk,
  }
}

const pathsOf = (kind: AnyKind, ref: string): Json => {
  const root = `/${groupVersionPath(kind)}${kind.namespaced ? "/namespaces/{namespace}" : ""}/${kind.plural}`
  const of = (verbs: readonly string[]) =>
    Object.fromEntries(
      verbs.filter((verb) => kind.verbs.includes(verb as never)).map((verb) => [ACTIONS[verb].method, operation(kind, verb, ref)]),
    )
  const scope = kind.namespaced ? [NAMESPACE] : []
  const paths: Json = { [root]: { ...of(["create", "deletecollection", "list"]), parameters: scope } }
  if (kind.virtual) return paths
  paths[`${root}/{name}`] = { ...of(["delete", "get", "patch", "update"]), parameters: [NAME, ...scope] }
  for (const name of kind.subresources)
    if (name === "status") paths[`${root}/{name}/status`] = { ...of(["get", "patch", "update"]), parameters: [NAME, ...scope] }
  return paths
}

const document = (kinds: readonly AnyKind[]): string => {
  const prefix = "#/components/schemas/"
  const definitions = new Definitions(prefix, true)
  const paths: Json = {}
  for (const kind of kinds) Object.assign(paths, pathsOf(kind, prefix + defineKindSchemas(kind, definitions, prefix)))
  const schemas = Object.fromEntries([...definitions.found].sort(([a], [b]) => (a < b ? -1 : 1)))
  return JSON.stringify({
    openapi: "3.0.0",
    info: INFO,
    paths,
    components: {
      schemas,
      securitySchemes: { BearerToken: { type: "apiKey", description: "Bearer Token authentication", name: "authorization", in: "header" } },
    },
  })
}

/** Documents of built-in groups are the same in every world of a process. */
const builtIn = new Map<string, string>()

const hashes = new Map<string, string>()

const hashOf = (path: string, kinds: readonly AnyKind[]): string => {
  const custom = kinds.filter((kind) => kind.custom).map((kind) => JSON.stringify(kind.schema()))
  const text = [path, ...kinds.map(({ kind }) => kind), ...custom].join("\n")
  let hash = hashes.get(text)
  if (!hash) {
    hash = Array.from(sha512(new TextEncoder().encode(text)), (byte) => byte.toString(16).padStart(2, "0"))
      .join("")
      .toUpperCase()
    if (hashes.size > 200) hashes.clear()
    hashes.set(text, hash)
  }
  return hash
}

export const openApiV3Root = (kinds: readonly AnyKind[]): ApiResponse => {
  const paths: Record<string, readonly AnyKind[]> = {
    ".well-known/openid-configuration": [],
    api: [],
    apis: [],
    version: [],
    "openid/v1/jwks": [],
  }
  for (const kind of kinds) {
    const path = groupVersionPath(kind)
    paths[path] = [...(paths[path] ?? []), kind]
    if (kind.group) paths[`apis/${kind.group}`] ??= []
  }
  const body = {
    paths: Object.fromEntries(
      Object.keys(paths)
        .sort()
        .map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hashOf(path, paths[path])}` }]),
    ),
  }
  return {
    status: 200,
    headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache, private" },
    body: JSON.stringify(body),
  }
}

/** The document of "api/v1" or "apis/apps/v1". */
export const openApiV3 = (kinds: readonly AnyKind[], path: string): ApiResponse | undefined => {
  const of = kinds.filter((kind) => groupVersionPath(kind) === path)
  if (of.length === 0) return undefined
  const shared = !of.some((kind) => kind.custom)
  const body = (shared ? builtIn.get(path) : undefined) ?? document(of)
  if (shared) builtIn.set(path, body)
  return {
    status: 200,
    headers: { "content-type": "application/json", "cache-control": "no-cache, private", etag: `"${hashOf(path, of)}"` },
    body,
  }
}

const PROTOBUF = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"
/** "@" is no character of a media type: what is asked for with it is answered without. */
const ANSWERED = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"

/** Of built-in kinds, which all worlds share. */
const encoded = new WeakMap<readonly AnyKind[], Uint8Array>()

/** The whole API in one document. */
export const openApiV2 = (kinds: readonly AnyKind[], request: ApiRequest): ApiResponse => {
  const accept = request.headers?.accept ?? "*/*"
  const protobuf = accept.includes(PROTOBUF)
  if (!protobuf && !/application\/json|\*\/\*|application\/com\.github\.proto-openapi\.spec\.v2@v1\.0\+json/.test(accept))
    throw notAcceptable()
  const headers = { "cache-control": "no-cache, private" }
  const known = protobuf ? encoded.get(kinds) : undefined
  if (known) return { status: 200, headers: { ...headers, "content-type": ANSWERED }, body: known }
  const prefix = "#/definitions/"
  const definitions = new Definitions(prefix, false)
  const paths: Json = {}
  for (const kind of kinds) Object.assign(paths, pathsOf(kind, prefix + defineKindSchemas(kind, definitions, prefix)))
  const document = { swagger: "2.0", info: INFO, paths, definitions: Object.fromEntries(definitions.found) }
  if (!protobuf) return { status: 200, headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(document) }
  const body = encodeOpenApiV2(document)
  encoded.set(kinds, body)
  return { status: 200, headers: { ...headers, "content-type": ANSWERED }, body }
}
