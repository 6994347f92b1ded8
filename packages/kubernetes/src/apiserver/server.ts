/** The API server: the chain every request walks, from path to store. */
import type { Simulation } from "@drydock/sim"
import type { APIService, CustomResourceDefinition, Pod } from "../api/index.ts"
import type { AnyStored } from "../apimachinery/object.ts"
import { SelectorError } from "../apimachinery/selectors.ts"
import { badRequest, forbidden, methodNotAllowed, noResource, StatusError } from "../apimachinery/status.ts"
import type { Etcd } from "../etcd/contract.ts"
import type { TraceActor } from "../ports/trace.ts"
import { ApiServices } from "./api-services.ts"
import { type Authenticators, authenticate, impersonate } from "./authentication.ts"
import { allowedBy, authorized, forbiddenMessage, type RoleSource, rulesFor } from "./authorization.ts"
import { optionalBody } from "./body.ts"
import {
  type AdmissionPlugin,
  type AdmissionRequest,
  type AnyKind,
  type ApiServerOptions,
  type Context,
  type IssuedToken,
  namespaceOf,
  type SubresourceHandler,
  isExternal,
  NotYet,
  type OpenStream,
} from "./context.ts"
import type { ApiRequest, ApiResponse, UserInfo } from "./contract.ts"
import { CLEANUP, CustomResources } from "./custom-resources/controller.ts"
import { remove, removeCollection } from "./handlers/delete.ts"
import { list } from "./handlers/list.ts"
import { patch } from "./handlers/patch.ts"
import { get, print } from "./handlers/print.ts"
import { watch } from "./handlers/watch.ts"
import { create, update } from "./handlers/write.ts"
import { bootstrapUser } from "./bootstrap-tokens.ts"
import { iamUser } from "./iam-tokens.ts"
import { ISSUER, IssuedTokens } from "./issued-tokens.ts"
import { nodeAuthorized, type NodeGraph } from "./node-authorizer.ts"
import { indexOf } from "./kind-index.ts"
import { metrics, RequestCounts } from "./metrics.ts"
import { JSON_TYPE, negotiate, notAcceptable, represent } from "./negotiation.ts"
import { answerPath } from "./paths.ts"
import { type DeleteParameters, Registry, type WriteContext } from "./registry.ts"
import { RequestWrite, type WriteHost } from "./request-write.ts"
import { RevisionSpans } from "./revision-spans.ts"
import { roleSource } from "./role-source.ts"
import { askAbout, type Told, toldOf } from "./subresource-admission.ts"
import { warningHeaders } from "./warnings.ts"
import { OutsideAnswers, Suspended, SuspendedRequests } from "./outside.ts"
import { parseQuery, proxied, type RequestInfo, requestInfo } from "./request-info.ts"

export type { AdmissionPlugin, AdmissionRequest, ApiServerOptions, SubresourceCall, SubresourceHandler } from "./context.ts"

/** Components name themselves by user; everything else is a client. */
const actorOf = (user: string, agent: string | undefined): TraceActor => {
  if (user === "system:kube-scheduler") return "kube-scheduler"
  if (user === "system:kube-controller-manager" || user.startsWith("system:serviceaccount:kube-system:")) return "kube-controller-manager"
  if (user.startsWith("system:node:")) return "kubelet"
  return agent?.startsWith("kubectl/") ? "kubectl" : "client"
}

const SELF: UserInfo = { name: "system:apiserver", groups: ["system:masters", "system:authenticated"] }

export class ApiServer implements WriteHost {
  readonly options: ApiServerOptions
  readonly registry: Registry
  readonly etcd: Etcd
  readonly sim: Simulation
  readonly streams = new Set<OpenStream>()
  readonly roles: RoleSource
  #kinds: readonly AnyKind[]
  readonly #authenticators: Authenticators
  #customKinds: readonly AnyKind[] = []
  #betaKinds: readonly AnyKind[] = []
  admission: readonly AdmissionPlugin[]
  /** By group. */
  readonly #aggregated = new Map<string, { kinds: readonly AnyKind[]; handler: (context: Context) => ApiResponse }>()
  readonly #custom: CustomResources
  readonly #counts = new RequestCounts()
  readonly startedAt: number
  /** What /version says: that of the program that runs. */
  version: ApiServerOptions["version"]
  readonly #tokens: IssuedTokens
  readonly #nodes: NodeGraph
  readonly #apiServices: ApiServices
  #remoteKinds: readonly AnyKind[] = []
  readonly #suspended: SuspendedRequests
  readonly #configured = new Map<string, readonly AnyStored[]>()
  readonly #subresources = new Map<string, SubresourceHandler>()
  /** The span of the write behind each recent revision: what a watcher's reaction was caused by. */
  readonly spans = new RevisionSpans()

  constructor(options: ApiServerOptions) {
    this.options = options
    this.etcd = options.etcd
    this.sim = options.sim
    this.startedAt = options.sim.now()
    this.version = options.version
    this.admission = options.admission
    this.#suspended = new SuspendedRequests(() => options.sim.now())
    this.registry = new Registry(options.etcd, options.sim)
    this.roles = roleSource(this)
    this.#kinds = options.kinds
    const find = (plural: string, namespace: string | undefined, name: string) => {
      const kind = this.kind("", "v1", plural)
      return kind && this.registry.find(kind, namespace, name)
    }
    this.#tokens = new IssuedTokens(options.sim, find)
    this.#authenticators = {
      ...(options.identifyCertificate && { identifyCertificate: options.identifyCertificate }),
      identifyToken: (token) =>
        this.#tokens.owner(token)?.user ??
        options.identifyToken?.(token) ??
        bootstrapUser(token, this.sim.now(), (namespace, name) => find("secrets", namespace, name)) ??
        iamUser(token, this.sim.now(), (namespace, name) => find("configmaps", namespace, name)),
    }
    this.#nodes = {
      podsOn: (node) => {
        const pods = this.kind("", "v1", "pods")
        if (!pods) return []
        return this.etcd
          .range<Pod>(this.registry.prefix(pods, undefined))
          .items.map(({ value }) => value)
          .filter(({ spec }) => spec.nodeName === node)
      },
      find: (group, plural, namespace, name) => {
        const kind = this.kind(group, "v1", plural)
        return kind && this.registry.find(kind, namespace, name)
      },
      roles: this.roles,
    }
    this.#apiServices = new ApiServices({
      server: this,
      write: (kind) => this.ownWrite(kind),
      answersItself: (group) => {
        const aggregated = this.#aggregated.get(group)
        if (!aggregated) return undefined
        try {
          return aggregated.handler(this.#ownContext(requestInfo("GET", `/apis/${group}/v1/probe`, parseQuery(undefined)))).status !== 503
        } catch (error) {
          // It knows no such resource: it is there.
          if (error instanceof StatusError) return true
          throw error
        }
      },
      changed: (kinds) => {
        this.#remoteKinds = kinds
        this.setCustomKinds(this.#customKinds)
      },
    })
    const definitions = options.kinds.find(({ kind }) => kind === "CustomResourceDefinition")
    this.#custom = new CustomResources({
      sim: this.sim,
      registry: this.registry,
      definitions: () =>
        definitions
          ? (this.etcd.range(this.registry.prefix(definitions, undefined)).items.map(({ value }) => value) as CustomResourceDefinition[])
          : [],
      setCustomKinds: (kinds) => this.setCustomKinds(kinds),
      write: (kind) => this.ownWrite(kind),
      instances: (kind) => this.etcd.range<AnyStored>(this.registry.prefix(kind, undefined)).items.map(({ value }) => value),
    })
  }

  /** Reads the custom resource definitions anew: after etcd was restored from a snapshot. */
  reloadCustomKinds(): void {
    this.#custom.serve()
    this.#configured.clear()
    this.#apiServices.reload()
  }

  /** Flags of the program: beta kinds that are served, admission plugins that are off. */
  configure({ kinds, disabledPlugins }: { kinds: readonly AnyKind[]; disabledPlugins: readonly string[] }): void {
    this.#betaKinds = kinds
    const { admission } = this.options
    const enabled = admission.filter(({ name }) => !disabledPlugins.includes(name))
    // The same list for all worlds that leave it as it is.
    this.admission = enabled.length === admission.length ? admission : enabled
    this.#configured.clear()
    this.setCustomKinds(this.#customKinds)
  }

  configured(plural: string): readonly AnyStored[] {
    let found = this.#configured.get(plural)
    if (!found) {
      const kind = this.kind("admissionregistration.k8s.io", "v1", plural) ?? this.kind("admissionregistration.k8s.io", "v1beta1", plural)
      found = kind ? this.etcd.range<AnyStored>(this.registry.prefix(kind, undefined)).items.map(({ value }) => value) : []
      this.#configured.set(plural, found)
    }
    return found
  }

  get kinds(): readonly AnyKind[] {
    return this.#kinds
  }

  /** Replaces the kinds that custom resource definitions stand for. */
  setCustomKinds(kinds: readonly AnyKind[]): void {
    this.#customKinds = kinds
    const more = [...this.#betaKinds, ...this.#remoteKinds, ...[...this.#aggregated.values()].flatMap(({ kinds: own }) => own), ...kinds]
    // The same list for all worlds that have no more: what is found in it is indexed once for them.
    this.#kinds = more.length === 0 ? this.options.kinds : [...this.options.kinds, ...more]
  }

  /** Serves the kinds of a group by another server, as kube-aggregator does for an APIService. */
  aggregate(group: string, kinds: readonly AnyKind[], handler: (context: Context) => ApiResponse): void {
    this.#aggregated.set(group, { kinds, handler })
    this.setCustomKinds(this.#customKinds)
  }

  kind(group: string, version: string, plural: string): AnyKind | undefined {
    return indexOf(this.#kinds)
      .byPlural.get(plural)
      ?.find((kind) => kind.group === group && kind.version === version)
  }

  kindNamed(apiVersion: string, kind: string): AnyKind | undefined {
    return indexOf(this.#kinds)
      .byName.get(kind)
      ?.find((one) => one.apiVersion === apiVersion)
  }

  /** Answers …/<plural>/<name>/<name of subresource>. "group/plural/subresource", group "" for core. */
  subresource(key: string, handler: SubresourceHandler): void {
    this.#subresources.set(key, handler)
  }

  spanOf(revision: number): number | undefined {
    return this.spans.get(revision)
  }

  /** Never throws: what goes wrong is a Status. */
  handle(request: ApiRequest): ApiResponse {
    return this.#attempt(request, isExternal(request) ? new OutsideAnswers() : this.#suspended.of(request))
  }

  #attempt(request: ApiRequest, answers: OutsideAnswers, attempt = 1): ApiResponse {
    const { trace } = this.options
    const outer = trace.current
    const warnings: string[] = []
    try {
      const response = this.#warn(this.#serve(request, warnings, answers, attempt > 1), warnings)
      if (answers.resumed) this.#suspended.done(request)
      return response
    } catch (error) {
      if (error instanceof Suspended) return this.#wait(request, error, answers)
      if (answers.resumed) this.#suspended.done(request)
      // Callers within the control plane are synchronous and try again by themselves.
      if (error instanceof NotYet && attempt < error.attempts && isExternal(request))
        return {
          status: 0,
          headers: {},
          later: (done) => void this.sim.schedule(error.interval, () => done(this.#attempt(request, answers, attempt + 1))),
        }
      return this.#warn(this.#failure(request, error), warnings)
    } finally {
      trace.current = outer
    }
  }

  /** Clients get their answer later; components are refused and find it when they try again. */
  #wait(request: ApiRequest, { begin }: Suspended, answers: OutsideAnswers): ApiResponse {
    if (!isExternal(request)) {
      this.#suspended.keep(request, answers)
      begin(() => {})
      return { status: 0, headers: {} }
    }
    return {
      status: 0,
      headers: {},
      later: (done) =>
        begin(() => {
          const answer = this.#attempt(request, answers)
          if (answer.later) answer.later(done)
          else done(answer)
        }),
    }
  }

  #warn(response: ApiResponse, warnings: readonly string[]): ApiResponse {
    if (warnings.length === 0) return response
    return { ...response, headers: { ...response.headers, warning: warningHeaders(warnings) } }
  }

  #failure(request: ApiRequest, error: unknown): ApiResponse {
    const problem =
      error instanceof StatusError
        ? error
        : error instanceof SelectorError
          ? badRequest(error.message)
          : new StatusError(500, "InternalError", `Internal error occurred: ${(error as Error).message}`, {
              causes: [{ message: (error as Error).message }],
            })
    const { status } = problem
    const retry = status.details?.retryAfterSeconds
    const headers = retry ? { ...JSON_TYPE, "retry-after": String(retry) } : JSON_TYPE
    const response = { status: problem.code, headers, body: status }
    if (request.user && !request.headers?.accept) return response
    const media = negotiate(request, parseQuery(request.query), false)
    // As ErrorNegotiated: who takes no Status as it is gets it indented.
    return media ? represent(response, media) : { ...response, body: JSON.stringify(status, null, 2) }
  }

  #serve(request: ApiRequest, warnings: string[], outside: OutsideAnswers, again: boolean): ApiResponse {
    const { trace } = this.options
    const query = parseQuery(request.query)
    const info = requestInfo(request.method, request.path, query)
    const user = impersonate(authenticate(request, this.#authenticators), request, () => this.roles)
    const span = request.span ?? outside.span ?? trace.current ?? trace.span()
    outside.span = span
    outside.begun ??= this.sim.now()
    trace.current = span
    const from = actorOf(user.name, request.headers?.["user-agent"])
    const writes = info.verb !== "get" && info.verb !== "list" && info.verb !== "watch"
    // Heartbeats and leader election would drown what a reader looks for.
    const tell = writes && !outside.resumed && !again && info.resource !== "leases" && info.resource !== "events"
    const object =
      tell && info.isResource && info.name
        ? {
            kind: this.kind(info.group, info.version, info.resource)?.kind ?? info.resource,
            ...(info.namespace && { namespace: info.namespace }),
            name: info.name,
          }
        : undefined
    const about = object && { object }
    if (tell) {
      trace.emit({ span, from, to: "kube-apiserver", verb: "request", detail: `${request.method} ${request.path}`, ...about })
      trace.emit({ span, from: "kube-apiserver", to: "kube-apiserver", verb: "authenticate", detail: user.name, ...about })
    }
    // Components of this world say who they are; whoever they speak for has to be allowed.
    const trusted = request.user !== undefined && user === request.user
    if (!authorized(user, info, this.roles, trusted) && !nodeAuthorized(user, info, this.#nodes)) {
      if (tell) trace.emit({ span, from: "kube-apiserver", to: from, verb: "authorize", detail: "refused", ...about })
      const message = forbiddenMessage(user, info)
      if (!info.isResource) throw new StatusError(403, "Forbidden", `forbidden: ${message}`, {})
      throw forbidden({ group: info.group, plural: info.resource }, info.name, message)
    }
    if (tell) trace.emit({ span, from: "kube-apiserver", to: "kube-apiserver", verb: "authorize", detail: "allowed", ...about })
    const external = isExternal(request)
    const media = negotiate(request, query, info.isResource)
    const context: Context = {
      request,
      query,
      info,
      user,
      span,
      media: media ?? { format: "json", as: undefined, pretty: false, stream: false },
      external,
      warnings,
      outside,
    }
    if (!info.isResource) {
      const [, group = "", version = ""] = /^\/apis\/([^/]+)\/([^/]+)\/?$/.exec(info.path) ?? []
      const remote = group !== "" && !this.#aggregated.has(group) ? this.#apiServices.remote(group, version) : undefined
      if (remote) return this.#apiServices.proxy(remote, context)
      const answer = answerPath(this, context)
      return external && media ? represent(answer, media) : answer
    }
    if (!external) return this.#resource(context, media !== undefined)
    const { verb, group, version, resource, subresource, namespace } = info
    const count = (code: number) =>
      this.#counts.add({
        verb,
        group,
        version,
        resource,
        subresource,
        namespaced: namespace !== undefined,
        code,
        dryRun: query.has("dryRun"),
        seconds: (this.sim.now() - (outside.begun ?? this.sim.now())) / 1_000,
      })
    try {
      const answer = this.#resource(context, media !== undefined)
      count(answer.status)
      return represent(answer, context.media)
    } catch (error) {
      if (!(error instanceof Suspended)) count(error instanceof StatusError ? error.code : 500)
      throw error
    }
  }

  rulesFor(user: UserInfo, namespace: string | undefined): ReturnType<typeof rulesFor> {
    return rulesFor(user, namespace, this.roles)
  }

  allowed(user: UserInfo, info: RequestInfo): boolean {
    return authorized(user, info, this.roles) || nodeAuthorized(user, info, this.#nodes)
  }

  decide(user: UserInfo, info: RequestInfo): { allowed: boolean; reason: string | undefined } {
    const allowed = this.allowed(user, info)
    return { allowed, reason: allowed ? allowedBy(user, info, this.roles) : undefined }
  }

  reviewToken(token: string, audiences: readonly string[]): { user: UserInfo; audiences: readonly string[] } | undefined {
    const asked = audiences.length > 0 ? audiences : [ISSUER]
    const found = this.#tokens.owner(token, asked)
    if (found || !asked.includes(ISSUER)) return found
    const user = this.#authenticators.identifyToken?.(token)
    return user && { user, audiences: [ISSUER] }
  }

  issueToken(token: string, of: IssuedToken): void {
    this.#tokens.add(token, of)
  }

  #resource(context: Context, acceptable: boolean): ApiResponse {
    const { info } = context
    const aggregated = this.#aggregated.get(info.group)
    if (aggregated) return aggregated.handler(context)
    const remote = this.#apiServices.remote(info.group, info.version)
    if (remote) return this.#apiServices.proxy(remote, context)
    const kind = this.kind(info.group, info.version, info.resource)
    if (!kind) {
      // Upstream's mux knows nothing of a group that is not there; within one that is, the resource is missing.
      if (info.group !== "" && !this.#kinds.some(({ group }) => group === info.group))
        return {
          status: 404,
          headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache, private" },
          body: "404 page not found\n",
        }
      throw noResource()
    }
    if (kind.namespaced && info.name && info.namespace === undefined) throw noResource()
    if (!kind.namespaced && info.namespace !== undefined && info.resource !== "namespaces") throw noResource()
    if (kind.deprecation && context.external) context.warnings.push(kind.deprecation)
    if (info.subresource) return this.#sub(kind, context, acceptable)
    if (!["GET", "POST", "PUT", "PATCH", "DELETE"].includes(context.request.method)) throw methodNotAllowed()
    if (!info.name && (info.verb === "update" || info.verb === "patch")) throw methodNotAllowed()
    if (!kind.verbs.includes(info.verb as never)) throw methodNotAllowed()
    if (!acceptable) throw notAcceptable()
    switch (info.verb) {
      case "get":
        return get(this, kind, context)
      case "list":
        return list(this, kind, context)
      case "watch":
        return watch(this, kind, context)
      case "create":
        return create(this, kind, context, this.#subresources.get(`${kind.group}/${kind.plural}/`))
      case "update":
        return update(this, kind, context, "main")
      case "patch":
        return patch(this, kind, context, "main")
      case "delete":
        return remove(this, kind, context)
      case "deletecollection":
        return removeCollection(this, kind, context)
      default:
        throw methodNotAllowed()
    }
  }

  #sub(kind: AnyKind, context: Context, acceptable: boolean): ApiResponse {
    const { info, request, query, user } = context
    if (!kind.subresources.includes(info.subresource)) throw noResource()
    const custom =
      this.#subresources.get(`${kind.group}/${kind.plural}/${info.subresource}`) ?? this.#subresources.get(`*/${info.subresource}`)
    if (!custom && info.rest !== "") throw noResource()
    if (custom) {
      const object = kind.virtual ? ({ metadata: {} } as AnyStored) : this.registry.get(kind, namespaceOf(kind, info), proxied(info).name)
      const body = ["POST", "PUT"].includes(request.method) ? optionalBody(request) : undefined
      const write = this.writeContext(kind, context, "update", info.subresource)
      const told = kind.virtual ? undefined : toldOf(kind, info, query, request.method, body)
      if (told) this.admitPart(kind, context, told)
      return custom({ kind, object, request, info, query, body, user, write, context }, this)
    }
    if (info.subresource !== "status") throw noResource()
    if (!acceptable) throw notAcceptable()
    if (info.verb === "get") return print(this, kind, context, this.registry.get(kind, namespaceOf(kind, info), info.name))
    if (info.verb === "update") return update(this, kind, context, "status")
    if (info.verb === "patch") return patch(this, kind, context, "status")
    throw methodNotAllowed()
  }

  admitPart(kind: AnyKind, context: Context, told: Told): void {
    askAbout(this, kind, context, told)
  }

  writeContext(kind: AnyKind, context: Context, operation: AdmissionRequest["operation"], subresource = ""): WriteContext {
    return new RequestWrite(this, kind, context, operation, subresource)
  }

  afterWrite(kind: AnyKind, before: AnyStored | undefined, after: AnyStored | undefined): void {
    this.options.allocated?.(kind, before, after)
    if (kind.group === "admissionregistration.k8s.io") {
      this.#configured.delete(kind.plural)
    }
    if (kind.kind === "APIService" && kind.group === "apiregistration.k8s.io")
      this.#apiServices.changed((after ?? before) as unknown as APIService)
    if (kind.kind === "CustomResourceDefinition") this.#custom.changed((after ?? before) as unknown as CustomResourceDefinition)
  }

  ownWrite(kind: AnyKind): WriteContext {
    return this.writeContext(kind, this.#ownContext(requestInfo("PUT", "/", parseQuery(undefined))), "update", "status")
  }

  #ownContext(info: RequestInfo): Context {
    const request: ApiRequest = { method: "PUT", path: "/", user: SELF }
    const media = { format: "json", as: undefined, pretty: false, stream: false } as const
    const span = this.options.trace.current ?? this.options.trace.span()
    return {
      request,
      query: parseQuery(undefined),
      info,
      user: SELF,
      span,
      media,
      external: false,
      warnings: [],
      outside: undefined,
    }
  }

  metrics(): ApiResponse {
    return metrics(this, this.#counts, this.startedAt)
  }

  deleteObject(
    kind: AnyKind,
    namespace: string | undefined,
    name: string,
    parameters: DeleteParameters,
    write: WriteContext,
    user: UserInfo,
  ): ReturnType<Registry["delete"]> {
    const old = this.registry.get(kind, namespace, name)
    for (const plugin of this.admission)
      plugin.admit(
        {
          operation: "delete",
          kind,
          namespace,
          subresource: "",
          object: old as never,
          old,
          user,
          dryRun: write.dryRun,
          warn: (text) => write.warn?.(text),
          write: (other) => this.ownWrite(other),
          options: { kind: "DeleteOptions", apiVersion: "meta.k8s.io/v1" },
          external: write.external ?? false,
          outside: write.outside,
        },
        this,
      )
    // As customresourcedefinition/etcd.go Delete: its instances go first.
    const finalizers = kind.kind === "CustomResourceDefinition" ? [CLEANUP] : []
    return this.registry.delete(kind, namespace, name, { ...parameters, finalizers }, write)
  }

  /** The process ends: open watches are cut. */
  stop(): void {
    for (const stream of [...this.streams]) stream.cut()
    this.streams.clear()
  }
}
