/** The API server: the chain every request walks, from path to store. */
import type { Simulation } from "@drydock/sim"
import { parse as parseYaml } from "yaml"
import type { Kind } from "../api/define-kind.ts"
import { deepCopy, deepFreeze, isObject, type Json } from "../apimachinery/frozen.ts"
import type { AnyStored, KubernetesObject } from "../apimachinery/object.ts"
import { jsonPatch, mergePatch, PatchError, strategicMerge } from "../apimachinery/patch.ts"
import { matches, parseFieldSelector, parseSelector, SelectorError } from "../apimachinery/selectors.ts"
import { badRequest, forbidden, gone, StatusError, unauthorized } from "../apimachinery/status.ts"
import type { Etcd, WatchEvent } from "../etcd/contract.ts"
import type { Trace, TraceActor } from "../ports/trace.ts"
import { authorized, forbiddenMessage, type RoleSource, rulesFor } from "./authorization.ts"
import type { ApiRequest, ApiResponse, ResponseStream, UserInfo, WatchFrame } from "./contract.ts"
import { aggregatedDiscovery, groupList, groupOf, resourceList, versions } from "./discovery.ts"
import { healthPaths } from "./health.ts"
import { Registry, type WriteContext } from "./registry.ts"
import { isTrue, parseQuery, type RequestInfo, requestInfo } from "./request-info.ts"
import { partialMetadata, tableOf } from "./table.ts"

type AnyKind = Kind<KubernetesObject>

/** What admission sees; may change `object`, or throw a StatusError. */
export interface AdmissionRequest {
  operation: "create" | "update" | "delete"
  kind: AnyKind
  namespace: string | undefined
  subresource: string
  object: Json & { metadata: AnyStored["metadata"] }
  old: AnyStored | undefined
  user: UserInfo
}

export interface AdmissionPlugin {
  name: string
  admit: (request: AdmissionRequest, server: ApiServer) => void
}

export interface SubresourceCall {
  kind: AnyKind
  object: AnyStored
  request: ApiRequest
  info: RequestInfo
  query: ReadonlyMap<string, readonly string[]>
  body: unknown
  user: UserInfo
  write: WriteContext
}

export type SubresourceHandler = (call: SubresourceCall, server: ApiServer) => ApiResponse

export interface ApiServerOptions {
  sim: Simulation
  etcd: Etcd
  kinds: readonly AnyKind[]
  trace: Trace
  version: Json
  /** "172.30.1.2:6443" */
  advertise: string
  admission: readonly AdmissionPlugin[]
  /** Who a client certificate (PEM) belongs to; undefined: it is not good. */
  identifyCertificate?: (pem: string) => UserInfo | undefined
  identifyToken?: (token: string) => UserInfo | undefined
  /** Called before anything is stored: registries that number things (Service addresses). */
  allocate?: (kind: AnyKind, object: Json, old: AnyStored | undefined) => void
}

interface Context {
  request: ApiRequest
  query: ReadonlyMap<string, readonly string[]>
  info: RequestInfo
  user: UserInfo
  span: number
  accept: string
}

const JSON_TYPE = { "content-type": "application/json", "cache-control": "no-cache, private" } as const

/** Components name themselves by user; everything else is a client. */
const actorOf = (user: string, agent: string | undefined): TraceActor => {
  if (user === "system:kube-scheduler") return "kube-scheduler"
  if (user === "system:kube-controller-manager" || user.startsWith("system:serviceaccount:kube-system:")) return "kube-controller-manager"
  if (user.startsWith("system:node:")) return "kubelet"
  return agent?.startsWith("kubectl/") ? "kubectl" : "client"
}

export class ApiServer {
  readonly options: ApiServerOptions
  readonly registry: Registry
  readonly etcd: Etcd
  readonly sim: Simulation
  #kinds: AnyKind[]
  readonly #subresources = new Map<string, SubresourceHandler>()
  /** The span of the write behind each recent revision: what a watcher's reaction was caused by. */
  readonly #spans = new Map<number, number>()

  constructor(options: ApiServerOptions) {
    this.options = options
    this.etcd = options.etcd
    this.sim = options.sim
    this.registry = new Registry(options.etcd, options.sim)
    this.#kinds = [...options.kinds]
  }

  get kinds(): readonly AnyKind[] {
    return this.#kinds
  }

  /** Replaces the kinds that custom resource definitions stand for. */
  setCustomKinds(kinds: readonly AnyKind[]): void {
    this.#kinds = [...this.options.kinds, ...kinds]
  }

  kind(group: string, version: string, plural: string): AnyKind | undefined {
    return this.#kinds.find((kind) => kind.plural === plural && kind.group === group && kind.version === version)
  }

  kindNamed(apiVersion: string, kind: string): AnyKind | undefined {
    return this.#kinds.find((one) => one.kind === kind && one.apiVersion === apiVersion)
  }

  /** Answers …/<plural>/<name>/<name of subresource>. "group/plural/subresource", group "" for core. */
  subresource(key: string, handler: SubresourceHandler): void {
    this.#subresources.set(key, handler)
  }

  spanOf(revision: number): number | undefined {
    return this.#spans.get(revision)
  }

  handle(request: ApiRequest): ApiResponse {
    const { trace } = this.options
    const outer = trace.current
    try {
      return this.#serve(request)
    } catch (error) {
      if (error instanceof StatusError) return { status: error.code, headers: JSON_TYPE, body: error.status }
      if (error instanceof SelectorError) return this.#failure(badRequest(error.message))
      if (error instanceof RangeError || error instanceof TypeError || error instanceof SyntaxError) {
        const problem = new StatusError(
          400,
          "BadRequest",
          `the object provided is unrecognized (must be of type ${"Object"}): ${error.message}`,
        )
        return this.#failure(problem)
      }
      throw error
    } finally {
      trace.current = outer
    }
  }

  #failure(error: StatusError): ApiResponse {
    return { status: error.code, headers: JSON_TYPE, body: error.status }
  }

  #serve(request: ApiRequest): ApiResponse {
    const { trace } = this.options
    const query = parseQuery(request.query)
    const info = requestInfo(request.method, request.path, query)
    const user = this.#impersonate(this.#authenticate(request), request)
    const span = request.span ?? trace.current ?? trace.span()
    trace.current = span
    const context: Context = { request, query, info, user, span, accept: request.headers?.accept ?? "" }
    const writes = !["get", "list", "watch"].includes(info.verb)
    const from = actorOf(user.name, request.headers?.["user-agent"])
    const object =
      info.isResource && info.name
        ? {
            kind: this.kind(info.group, info.version, info.resource)?.kind ?? info.resource,
            ...(info.namespace && { namespace: info.namespace }),
            name: info.name,
          }
        : undefined
    // Heartbeats and leader election would drown what a reader looks for.
    const tell = writes && info.resource !== "leases" && info.resource !== "events"
    if (tell) {
      trace.emit({
        span,
        from,
        to: "kube-apiserver",
        verb: "request",
        detail: `${request.method} ${request.path}`,
        ...(object && { object }),
      })
      trace.emit({ span, from: "kube-apiserver", to: "kube-apiserver", verb: "authenticate", detail: user.name, ...(object && { object }) })
    }
    if (!authorized(user, info, this.roles)) {
      if (tell) trace.emit({ span, from: "kube-apiserver", to: from, verb: "authorize", detail: "refused", ...(object && { object }) })
      const message = forbiddenMessage(user, info)
      if (!info.isResource) throw new StatusError(403, "Forbidden", `forbidden: ${message}`, {})
      throw forbidden({ group: info.group, plural: info.resource }, info.name, message)
    }
    if (tell)
      trace.emit({ span, from: "kube-apiserver", to: "kube-apiserver", verb: "authorize", detail: "allowed", ...(object && { object }) })
    return info.isResource ? this.#resource(context) : this.#path(context)
  }

  #authenticate(request: ApiRequest): UserInfo {
    if (request.user) return request.user
    const bearer = /^Bearer (.+)$/i.exec(request.headers?.authorization ?? "")?.[1]
    const user = bearer
      ? this.options.identifyToken?.(bearer)
      : request.clientCertificate
        ? this.options.identifyCertificate?.(request.clientCertificate)
        : undefined
    if (user)
      return { ...user, groups: user.groups.includes("system:authenticated") ? user.groups : [...user.groups, "system:authenticated"] }
    if (bearer || request.clientCertificate) throw unauthorized()
    return { name: "system:anonymous", groups: ["system:unauthenticated"] }
  }

  #impersonate(user: UserInfo, request: ApiRequest): UserInfo {
    const name = request.headers?.["impersonate-user"]
    if (!name) return user
    const groups = (request.headers?.["impersonate-group"] ?? "")
      .split(",")
      .map((group) => group.trim())
      .filter(Boolean)
    const check = (resource: string, value: string) => {
      const info: RequestInfo = {
        isResource: true,
        path: "",
        verb: "impersonate",
        group: "",
        version: "v1",
        namespace: undefined,
        resource,
        subresource: "",
        name: value,
        rest: "",
      }
      if (!authorized(user, info, this.roles)) throw forbidden({ group: "", plural: resource }, value, forbiddenMessage(user, info))
    }
    check("users", name)
    for (const group of groups) check("groups", group)
    const account = /^system:serviceaccount:([^:]+):/.exec(name)
    return {
      name,
      groups: [
        ...new Set([
          ...groups,
          ...(account ? ["system:serviceaccounts", `system:serviceaccounts:${account[1]}`] : []),
          "system:authenticated",
        ]),
      ],
    }
  }

  get roles(): RoleSource {
    const rbac = (plural: string) => this.kind("rbac.authorization.k8s.io", "v1", plural)
    const list = (plural: string, namespace?: string) => {
      const kind = rbac(plural)
      return kind ? (this.etcd.range(this.registry.prefix(kind, namespace)).items.map(({ value }) => value) as never[]) : []
    }
    const find = (plural: string, namespace: string | undefined, name: string) => {
      const kind = rbac(plural)
      return kind && (this.registry.find(kind, namespace, name) as never)
    }
    return {
      clusterRole: (name) => find("clusterroles", undefined, name),
      role: (namespace, name) => find("roles", namespace, name),
      clusterRoleBindings: () => list("clusterrolebindings"),
      roleBindings: (namespace) => list("rolebindings", namespace),
    }
  }

  rulesFor(user: UserInfo, namespace: string | undefined) {
    return rulesFor(user, namespace, this.roles)
  }

  /** Whether `user` may do what `info` describes: for access reviews. */
  allowed(user: UserInfo, info: RequestInfo): boolean {
    return authorized(user, info, this.roles)
  }

  // Paths that are no resources

  #path({ request, query, accept }: Context): ApiResponse {
    const json = (body: unknown): ApiResponse => ({ status: 200, headers: JSON_TYPE, body })
    const path = request.path.replace(/\/+$/, "") || "/"
    const aggregated = /g=apidiscovery\.k8s\.io/.test(accept)
    if (path === "/version") return { status: 200, headers: JSON_TYPE, body: JSON.stringify(this.options.version, null, 2) }
    if (path === "/api")
      return aggregated
        ? aggregatedDiscovery(this.#kinds, "core", /v=v2beta1/.test(accept) ? "v2beta1" : "v2")
        : json(versions(this.options.advertise))
    if (path === "/apis")
      return aggregated
        ? aggregatedDiscovery(this.#kinds, "groups", /v=v2beta1/.test(accept) ? "v2beta1" : "v2")
        : json(groupList(this.#kinds))
    const health = healthPaths(path, query)
    if (health) return health
    const core = /^\/api\/(v1)$/.exec(path)
    const group = /^\/apis\/([^/]+)(?:\/([^/]+))?$/.exec(path)
    if (core) return json(resourceList(this.#kinds, "", core[1]))
    if (group) {
      const of = this.#kinds.filter((kind) => kind.group === group[1] && (group[2] === undefined || kind.version === group[2]))
      if (of.length > 0)
        return json(group[2] === undefined ? groupOf(this.#kinds, group[1]) : resourceList(this.#kinds, group[1], group[2]))
    }
    if (path === "/")
      return json({
        paths: [
          "/api",
          "/api/v1",
          "/apis",
          ...new Set(this.#kinds.filter((kind) => kind.group).flatMap((kind) => [`/apis/${kind.group}`, `/apis/${kind.apiVersion}`])),
          "/healthz",
          "/livez",
          "/readyz",
          "/version",
        ],
      })
    return { status: 404, headers: { "content-type": "text/plain; charset=utf-8" }, body: "404 page not found\n" }
  }

  // Resources

  #resource(context: Context): ApiResponse {
    const { info, request } = context
    const kind = this.kind(info.group, info.version, info.resource)
    if (!kind) {
      // Upstream's mux answers plain text for groups it does not have, and for resources within those it has.
      return { status: 404, headers: { "content-type": "text/plain; charset=utf-8" }, body: "404 page not found\n" }
    }
    if (info.subresource) return this.#sub(kind, context)
    if (!kind.verbs.includes(info.verb as never)) throw methodNotAllowed(kind)
    switch (info.verb) {
      case "get":
        return this.#print(kind, context, this.registry.get(kind, this.#namespace(kind, info), info.name))
      case "list":
        return this.#list(kind, context)
      case "watch":
        return this.#watch(kind, context)
      case "create":
        return this.#create(kind, context)
      case "update":
        return this.#update(kind, context, "main")
      case "patch":
        return this.#patch(kind, context, "main")
      case "delete":
        return this.#delete(kind, context)
      case "deletecollection":
        return this.#deleteCollection(kind, context)
      default:
        throw new StatusError(405, "MethodNotAllowed", `the server does not allow this method on the requested resource`, {
          kind: request.method,
        })
    }
  }

  #namespace(kind: AnyKind, info: RequestInfo): string | undefined {
    if (!kind.namespaced) return undefined
    return info.namespace
  }

  #sub(kind: AnyKind, context: Context): ApiResponse {
    const { info, request, query, user } = context
    const custom =
      this.#subresources.get(`${kind.group}/${kind.plural}/${info.subresource}`) ??
      (kind.subresources.includes(info.subresource) ? this.#subresources.get(`*/${info.subresource}`) : undefined)
    if (custom) {
      const object = kind.virtual ? ({ metadata: {} } as AnyStored) : this.registry.get(kind, this.#namespace(kind, info), info.name)
      const body = ["POST", "PUT", "PATCH"].includes(request.method) ? this.#body(request) : undefined
      return custom(
        { kind, object, request, info, query, body, user, write: this.#writeContext(kind, context, "update", info.subresource) },
        this,
      )
    }
    if (info.subresource === "status" && kind.subresources.includes("status")) {
      if (info.verb === "get") return this.#print(kind, context, this.registry.get(kind, this.#namespace(kind, info), info.name))
      if (info.verb === "update") return this.#update(kind, context, "status")
      if (info.verb === "patch") return this.#patch(kind, context, "status")
    }
    throw new StatusError(404, "NotFound", "the server could not find the requested resource", {})
  }

  #body(request: ApiRequest): unknown {
    const { body } = request
    const type = request.headers?.["content-type"] ?? "application/json"
    if (/protobuf/.test(type))
      throw new StatusError(
        415,
        "UnsupportedMediaType",
        `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml`,
      )
    if (body === undefined || body === "") return undefined
    if (typeof body !== "string" && !(body instanceof Uint8Array)) return body
    const text = typeof body === "string" ? body : new TextDecoder().decode(body)
    if (/yaml/.test(type)) return parseYaml(text, { maxAliasCount: 100 })
    try {
      return JSON.parse(text)
    } catch (error) {
      throw badRequest(`error decoding: ${(error as Error).message}`)
    }
  }

  #object(kind: AnyKind, context: Context): KubernetesObject {
    const body = this.#body(context.request)
    if (!isObject(body)) throw badRequest(`Object 'Kind' is missing in '${JSON.stringify(body ?? null)}'`)
    if (body.kind !== undefined && body.kind !== kind.kind)
      throw badRequest(
        `${String(body.kind)} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: no kind ${JSON.stringify(body.kind)} is registered`,
      )
    if (body.apiVersion !== undefined && body.apiVersion !== kind.apiVersion)
      throw badRequest(
        `the API version in the data (${String(body.apiVersion)}) does not match the expected API version (${kind.apiVersion})`,
      )
    if (body.metadata !== undefined && body.metadata !== null && !isObject(body.metadata))
      throw badRequest(
        `${kind.kind} in version ${JSON.stringify(kind.version)} cannot be handled as a ${kind.kind}: json: cannot unmarshal ${typeof body.metadata} into Go struct field ${kind.kind}.metadata of type v1.ObjectMeta`,
      )
    return body as unknown as KubernetesObject
  }

  #writeContext(kind: AnyKind, context: Context, operation: "create" | "update" | "delete", subresource = ""): WriteContext {
    const { trace } = this.options
    const { user, info, span, query } = context
    const tell = kind.plural !== "leases" && kind.plural !== "events"
    return {
      user: user.name,
      dryRun: query.get("dryRun")?.[0] === "All",
      admit: (object, old) => {
        const request: AdmissionRequest = { operation, kind, namespace: info.namespace, subresource, object: object as never, old, user }
        for (const plugin of this.options.admission) plugin.admit(request, this)
        this.options.allocate?.(kind, object as never, old)
        if (tell)
          trace.emit({
            span,
            from: "kube-apiserver",
            to: "kube-apiserver",
            verb: "admit",
            detail: `${this.options.admission.length} plugins`,
            object: { kind: kind.kind, ...(info.namespace && { namespace: info.namespace }), name: object.metadata.name ?? "" },
          })
      },
      stored: (before, after) => {
        const revision = this.etcd.revision
        this.#spans.set(revision, span)
        if (this.#spans.size > 2_000) for (const old of [...this.#spans.keys()].slice(0, 1_000)) this.#spans.delete(old)
        const object = (after ?? before) as AnyStored
        if (tell)
          trace.emit({
            span,
            from: "kube-apiserver",
            to: "etcd",
            verb: after ? "store" : "delete",
            object: {
              kind: kind.kind,
              ...(object.metadata.namespace && { namespace: object.metadata.namespace }),
              name: object.metadata.name,
              uid: object.metadata.uid,
              resourceVersion: String(revision),
            },
            detail: `revision ${revision}`,
            before,
            after,
          })
      },
    }
  }

  #warnings(kind: AnyKind, object: AnyStored): ApiResponse["headers"] {
    const warnings = kind.warnings?.(object as never) ?? []
    return warnings.length === 0 ? JSON_TYPE : { ...JSON_TYPE, warning: warnings.map((text) => `299 - ${JSON.stringify(text)}`) }
  }

  #create(kind: AnyKind, context: Context): ApiResponse {
    const { info } = context
    const body = this.#object(kind, context)
    if (kind.virtual) {
      const handler = this.#subresources.get(`${kind.group}/${kind.plural}/`)
      if (!handler) throw methodNotAllowed(kind)
      return handler(
        {
          kind,
          object: { metadata: {} } as AnyStored,
          request: context.request,
          info,
          query: context.query,
          body,
          user: context.user,
          write: this.#writeContext(kind, context, "create"),
        },
        this,
      )
    }
    if (info.name) throw methodNotAllowed(kind)
    const namespace = kind.namespaced ? (info.namespace ?? body.metadata?.namespace) : undefined
    if (kind.namespaced && !namespace) throw badRequest("an empty namespace may not be set during creation")
    const object = this.registry.create(kind, body, namespace, this.#writeContext(kind, context, "create"))
    return { ...this.#print(kind, context, object, 201), headers: this.#warnings(kind, object) }
  }

  #update(kind: AnyKind, context: Context, part: "main" | "status"): ApiResponse {
    const body = this.#object(kind, context)
    const object = this.registry.update(
      kind,
      this.#namespace(kind, context.info),
      context.info.name,
      part,
      () => mutable(body),
      this.#writeContext(kind, context, "update", part === "status" ? "status" : ""),
    )
    return { ...this.#print(kind, context, object), headers: this.#warnings(kind, object) }
  }

  #patch(kind: AnyKind, context: Context, part: "main" | "status"): ApiResponse {
    const { request, info, query } = context
    const type = (request.headers?.["content-type"] ?? "").split(";")[0]
    const patch =
      type === "application/apply-patch+yaml" && typeof request.body === "string"
        ? parseYaml(request.body, { maxAliasCount: 100 })
        : this.#body(
            type.startsWith("application/apply-patch")
              ? request
              : { ...request, headers: { ...request.headers, "content-type": "application/json" } },
          )
    const apply = (current: unknown): unknown => {
      try {
        switch (type) {
          case "application/json-patch+json":
            if (!Array.isArray(patch)) throw badRequest("json patch: expected a list of operations")
            return jsonPatch(current, patch as never)
          case "application/merge-patch+json":
            return mergePatch(current, patch)
          case "application/strategic-merge-patch+json":
            return strategicMerge(current, patch, kind.schema())
          case "application/apply-patch+yaml":
          case "application/apply-patch+cbor":
            return strategicMerge(current, patch, kind.schema())
          default:
            throw new StatusError(
              415,
              "UnsupportedMediaType",
              `the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml, application/apply-patch+cbor`,
            )
        }
      } catch (error) {
        if (error instanceof PatchError)
          throw new StatusError(422, "Invalid", `the server rejected our request due to an error in our request: ${error.message}`, {})
        throw error
      }
    }
    const creates = type === "application/apply-patch+yaml" && isObject(patch)
    const existed = this.registry.find(kind, this.#namespace(kind, info), info.name) !== undefined
    if (creates && !query.get("fieldManager")?.[0])
      throw badRequest('PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch')
    const object = this.registry.update(
      kind,
      this.#namespace(kind, info),
      info.name,
      part,
      (current) => apply(current) as never,
      this.#writeContext(kind, context, existed ? "update" : "create", part === "status" ? "status" : ""),
      creates ? (patch as never) : undefined,
    )
    return { ...this.#print(kind, context, object, existed ? 200 : 201), headers: this.#warnings(kind, object) }
  }

  #deleteParameters(kind: AnyKind, context: Context) {
    const { query, request } = context
    const given = this.#body(request)
    const options = isObject(given) ? given : {}
    const preconditions = isObject(options.preconditions) ? options.preconditions : {}
    const orphan = options.orphanDependents
    const grace = options.gracePeriodSeconds ?? query.get("gracePeriodSeconds")?.[0]
    return {
      propagation: (options.propagationPolicy ??
        query.get("propagationPolicy")?.[0] ??
        (orphan === true ? "Orphan" : (kind.defaultPropagation ?? "Background"))) as "Background",
      gracePeriodSeconds: grace === undefined || grace === null ? undefined : Number(grace),
      uid: preconditions.uid as string | undefined,
      resourceVersion: preconditions.resourceVersion as string | undefined,
      dryRun: Array.isArray(options.dryRun) && options.dryRun.includes("All"),
    }
  }

  #delete(kind: AnyKind, context: Context): ApiResponse {
    const { info } = context
    const parameters = this.#deleteParameters(kind, context)
    const write = this.#writeContext(kind, context, "delete")
    const { object, gone: isGone } = this.deleteObject(
      kind,
      this.#namespace(kind, info),
      info.name,
      parameters,
      { ...write, dryRun: write.dryRun || parameters.dryRun },
      context.user,
    )
    if (isGone && !kind.defaultGracePeriodSeconds)
      return {
        status: 200,
        headers: JSON_TYPE,
        body: {
          kind: "Status",
          apiVersion: "v1",
          metadata: {},
          status: "Success",
          details: { name: info.name, ...(kind.group && { group: kind.group }), kind: kind.plural, uid: object.metadata.uid },
        },
      }
    return { status: 200, headers: JSON_TYPE, body: object }
  }

  deleteObject(
    kind: AnyKind,
    namespace: string | undefined,
    name: string,
    parameters: Parameters<Registry["delete"]>[3],
    write: WriteContext,
    user: UserInfo,
  ) {
    const old = this.registry.get(kind, namespace, name)
    for (const plugin of this.options.admission)
      plugin.admit({ operation: "delete", kind, namespace, subresource: "", object: old as never, old, user }, this)
    return this.registry.delete(kind, namespace, name, parameters, write)
  }

  #deleteCollection(kind: AnyKind, context: Context): ApiResponse {
    const { items, revision } = this.#select(kind, context)
    const parameters = this.#deleteParameters(kind, context)
    const write = this.#writeContext(kind, context, "delete")
    for (const item of items) {
      try {
        this.deleteObject(
          kind,
          item.metadata.namespace,
          item.metadata.name,
          { ...parameters, uid: undefined, resourceVersion: undefined },
          { ...write, dryRun: write.dryRun || parameters.dryRun },
          context.user,
        )
      } catch (error) {
        if (!(error instanceof StatusError) || error.code !== 404) throw error
      }
    }
    return {
      status: 200,
      headers: JSON_TYPE,
      body: { kind: `${kind.kind}List`, apiVersion: kind.apiVersion, metadata: { resourceVersion: String(revision) }, items },
    }
  }

  /** Selectors of a request as one test; throws upstream's text for fields that the kind cannot select by. */
  #filter(kind: AnyKind, query: ReadonlyMap<string, readonly string[]>, name: string): (object: AnyStored) => boolean {
    const labels = query.get("labelSelector")?.[0] ?? ""
    const fields = query.get("fieldSelector")?.[0] ?? ""
    // A constant: a watch keeps its filter, and with it whatever this call has at hand.
    if (labels === "" && fields === "" && !name) return everything
    const requirements = labels === "" ? [] : parseSelector(labels)
    const terms = fields === "" ? [] : parseFieldSelector(fields)
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
        if (actual === undefined)
          throw badRequest(
            `Unable to find ${JSON.stringify(kind.apiVersion === "v1" ? `/v1, Resource=${kind.plural}` : `${kind.apiVersion}, Resource=${kind.plural}`)} that match label selector ${JSON.stringify(labels)}, field selector ${JSON.stringify(fields)}: field label not supported: ${field}`,
          )
        return (actual === value) !== negative
      })
    }
  }

  #select(kind: AnyKind, { query, info }: Context): { items: AnyStored[]; revision: number; next: string | undefined; remaining: number } {
    const filter = this.#filter(kind, query, "")
    const limit = Number(query.get("limit")?.[0] ?? 0) || 0
    const token = query.get("continue")?.[0]
    let revision: number | undefined
    let start: string | undefined
    if (token) {
      const [rv, ...key] = token.split(" ")
      revision = Number(rv)
      start = `${key.join(" ")}\0`
      if (!Number.isInteger(revision)) throw badRequest("continue key is not valid: invalid continue token")
      if (revision < this.etcd.compactRevision)
        throw gone("The provided continue parameter is too old to display a consistent list result.")
    } else if (query.get("resourceVersionMatch")?.[0] === "Exact") revision = Number(query.get("resourceVersion")?.[0])
    const range = this.etcd.range<AnyStored>(this.registry.prefix(kind, this.#namespace(kind, info)), {
      ...(revision !== undefined && { revision }),
      ...(start !== undefined && { start }),
    })
    const items: AnyStored[] = []
    let next: string | undefined
    let remaining = 0
    for (const { key, value } of range.items) {
      if (!filter(value)) continue
      if (limit > 0 && items.length === limit) {
        remaining++
        continue
      }
      items.push(value)
      if (limit > 0 && items.length === limit) next = `${revision ?? range.revision} ${key}`
    }
    return { items, revision: revision ?? range.revision, next: remaining > 0 ? next : undefined, remaining }
  }

  #list(kind: AnyKind, context: Context): ApiResponse {
    const { items, revision, next, remaining } = this.#select(kind, context)
    const metadata = { resourceVersion: String(revision), ...(next && { continue: next, remainingItemCount: remaining }) }
    const format = formatOf(context.accept)
    if (format === "Table")
      return {
        status: 200,
        headers: JSON_TYPE,
        body: tableOf(kind, items, {
          now: this.sim.now(),
          includeObject: context.query.get("includeObject")?.[0] ?? "Metadata",
          metadata,
          headers: true,
        }),
      }
    if (format === "PartialObjectMetadata")
      return {
        status: 200,
        headers: JSON_TYPE,
        body: { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1", metadata, items: items.map(partialMetadata) },
      }
    return { status: 200, headers: JSON_TYPE, body: { kind: `${kind.kind}List`, apiVersion: kind.apiVersion, metadata, items } }
  }

  #print(kind: AnyKind, context: Context, object: AnyStored, status = 200): ApiResponse {
    const format = formatOf(context.accept)
    if (format === "Table")
      return {
        status,
        headers: JSON_TYPE,
        body: tableOf(kind, [object], {
          now: this.sim.now(),
          includeObject: context.query.get("includeObject")?.[0] ?? "Metadata",
          metadata: { resourceVersion: object.metadata.resourceVersion },
          headers: true,
        }),
      }
    if (format === "PartialObjectMetadata") return { status, headers: JSON_TYPE, body: partialMetadata(object) }
    return { status, headers: JSON_TYPE, body: object }
  }

  #watch(kind: AnyKind, context: Context): ApiResponse {
    const { query, info, accept } = context
    const filter = this.#filter(kind, query, info.name)
    const since = query.get("resourceVersion")?.[0]
    const format = formatOf(accept)
    const prefix = this.registry.prefix(kind, this.#namespace(kind, info))
    const bookmarks = isTrue(query.get("allowWatchBookmarks")?.[0] ?? "false")
    const sendInitial = query.get("sendInitialEvents")?.[0] === "true" || since === undefined || since === "" || since === "0"
    const timeout = Number(query.get("timeoutSeconds")?.[0] ?? 0)
    if (!sendInitial && Number(since) < this.etcd.compactRevision) {
      const error = gone(`too old resource version: ${since} (${this.etcd.compactRevision})`)
      return { status: 200, headers: JSON_TYPE, stream: oneFrame({ type: "ERROR", object: error.status }) }
    }
    let headersSent = false
    const includeObject = query.get("includeObject")?.[0] ?? "Metadata"
    const endsInitial = query.get("sendInitialEvents")?.[0] === "true"
    const encode = (type: WatchFrame["type"], object: AnyStored): WatchFrame => {
      if (format === "Table") {
        const frame = {
          type,
          object: tableOf(kind, [object], {
            now: this.sim.now(),
            includeObject,
            metadata: { resourceVersion: object.metadata.resourceVersion },
            headers: !headersSent,
          }),
        }
        headersSent = true
        return frame
      }
      return { type, object: format === "PartialObjectMetadata" ? partialMetadata(object) : object }
    }
    let cancel = () => {}
    const stream: ResponseStream = {
      start: (push, end) => {
        const revision = this.etcd.revision
        if (sendInitial) {
          for (const { value } of this.etcd.range<AnyStored>(prefix).items) if (filter(value)) push(encode("ADDED", value))
          if (endsInitial)
            push({
              type: "BOOKMARK",
              object: {
                kind: kind.kind,
                apiVersion: kind.apiVersion,
                metadata: {
                  resourceVersion: String(revision),
                  creationTimestamp: null,
                  annotations: { "k8s.io/initial-events-end": "true" },
                },
              },
            })
        }
        const watcher = this.etcd.watch(
          prefix,
          (events) => {
            for (const event of events) {
              const frame = this.#frame(event as WatchEvent<AnyStored>, filter)
              if (frame) push(encode(frame.type, frame.object))
            }
          },
          { revision: sendInitial ? revision + 1 : Number(since) + 1 },
        )
        const bookmark = bookmarks
          ? () => {
              push({
                type: "BOOKMARK",
                object: {
                  kind: kind.kind,
                  apiVersion: kind.apiVersion,
                  metadata: { resourceVersion: String(this.etcd.revision), creationTimestamp: null },
                },
              })
              timer = this.sim.scheduleBackground(60_000, () => bookmark?.())
            }
          : undefined
        let timer = bookmark && this.sim.scheduleBackground(60_000, bookmark)
        const ending =
          timeout > 0
            ? this.sim.scheduleBackground(timeout * 1_000, () => {
                cancel()
                end()
              })
            : undefined
        cancel = () => {
          watcher.cancel()
          this.sim.cancel(timer)
          this.sim.cancel(ending)
          this.#streams.delete(cut)
        }
        const cut = () => {
          cancel()
          end()
        }
        this.#streams.add(cut)
      },
      cancel: () => cancel(),
    }
    return { status: 200, headers: JSON_TYPE, stream }
  }

  readonly #streams = new Set<() => void>()

  /** The process ends: open watches are cut. */
  stop(): void {
    for (const cut of [...this.#streams]) cut()
    this.#streams.clear()
  }

  #frame(
    event: WatchEvent<AnyStored>,
    filter: (object: AnyStored) => boolean,
  ): { type: "ADDED" | "MODIFIED" | "DELETED"; object: AnyStored } | undefined {
    const before = event.previous && filter(event.previous.value)
    if (event.type === "delete") {
      if (!before) return undefined
      const last = (event.previous as { value: AnyStored }).value
      return { type: "DELETED", object: deepFreeze({ ...last, metadata: { ...last.metadata, resourceVersion: String(event.revision) } }) }
    }
    const object = event.value as AnyStored
    if (filter(object)) return { type: before ? "MODIFIED" : "ADDED", object }
    return before ? { type: "DELETED", object } : undefined
  }
}

const everything = (): boolean => true

const oneFrame = (frame: WatchFrame): ResponseStream => ({
  start: (push, end) => {
    push(frame)
    end()
  },
  cancel: () => {},
})

const formatOf = (accept: string): "Table" | "PartialObjectMetadata" | undefined =>
  /as=Table/.test(accept) ? "Table" : /as=PartialObjectMetadata/.test(accept) ? "PartialObjectMetadata" : undefined

/** The registry changes what it is given; a body may be a frozen object of the store. */
const mutable = (body: KubernetesObject): never => deepCopy(body) as never

const methodNotAllowed = (kind: AnyKind) =>
  new StatusError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {
    ...(kind.group && { group: kind.group }),
    kind: kind.plural,
  })
