/** Servers behind APIServices: asked whether they are there, and handed the requests for their group and version. As k8s.io/kube-aggregator. */
import { defineKind } from "../api/define-kind.ts"
import { apiService, type APIService } from "../api/index.ts"
import { decodeBase64Text } from "../apimachinery/base64.ts"
import { deepCopy, isObject } from "../apimachinery/frozen.ts"
import { type AnyStored, formatTime, type KubernetesObject } from "../apimachinery/object.ts"
import { StatusError } from "../apimachinery/status.ts"
import type { AnyKind, Context, Server } from "./context.ts"
import type { ApiResponse, UserInfo } from "./contract.ts"
import { locate, type OutsideAnswer } from "./outside.ts"
import type { WriteContext } from "./registry.ts"
import { reachOf } from "./service-reach.ts"

const KIND = apiService as unknown as AnyKind
/** How long the availability controller takes to notice a change, and how often it looks by itself; ms. */
const NOTICE_MS = 50
const AGAIN_MS = 30_000
/** As its discovery check allows, ms. */
const PATIENCE_MS = 5_000

interface Host {
  server: Server
  write(kind: AnyKind): WriteContext
  /** Whether a program of this world answers for the group; undefined: none does. */
  answersItself(group: string): boolean | undefined
  /** Kinds that came or went. */
  changed(kinds: readonly AnyKind[]): void
}

const UNAVAILABLE: ApiResponse = {
  status: 503,
  headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" },
  body: "service unavailable\n",
}

interface Verdict {
  status: "True" | "False"
  reason: string
  message: string
}

const PASSED: Verdict = { status: "True", reason: "Passed", message: "all checks passed" }

export class ApiServices {
  readonly #host: Host
  #remote: ReadonlyMap<string, APIService> | undefined
  /** By group and version, as its server last listed them. */
  readonly #kinds = new Map<string, readonly AnyKind[]>()
  #timer: { cancelled?: boolean } | undefined

  constructor(host: Host) {
    this.#host = host
  }

  /** One that a Service stands behind. */
  remote(group: string, version: string): APIService | undefined {
    this.#remote ??= new Map(
      this.#host.server.etcd
        .range<APIService>(this.#host.server.registry.prefix(KIND, undefined))
        .items.filter(({ value }) => value.spec.service)
        .map(({ value }) => [`${value.spec.group}/${value.spec.version}`, value]),
    )
    return this.#remote.size === 0 ? undefined : this.#remote.get(`${group}/${version}`)
  }

  /** An APIService was written or went. */
  changed({ spec }: APIService): void {
    const known = this.#remote
    this.#remote = undefined
    const key = `${spec.group}/${spec.version}`
    if (!this.remote(spec.group ?? "", spec.version ?? "") && this.#kinds.delete(key)) this.#tell()
    if (spec.service && !(known?.get(key)?.spec === spec)) this.#host.server.sim.schedule(NOTICE_MS, () => this.#look(key))
    if (spec.service) this.#keepLooking()
  }

  /** The store holds other objects than it did. */
  reload(): void {
    this.#remote = undefined
  }

  #keepLooking(): void {
    if (this.#timer) return
    this.#timer = {}
    const again = () => {
      for (const key of [...(this.#remote?.keys() ?? [])]) this.#look(key)
      if (this.#remote?.size === 0) this.#timer = undefined
      else this.#host.server.sim.scheduleBackground(AGAIN_MS, again)
    }
    this.#host.server.sim.scheduleBackground(AGAIN_MS, again)
  }

  #tell(): void {
    this.#host.changed([...this.#kinds.values()].flat())
  }

  /** As pkg/controllers/status/remote/remote_available_controller.go. */
  #look(key: string): void {
    const slash = key.lastIndexOf("/")
    const [group, version] = [key.slice(0, slash), key.slice(slash + 1)]
    const service = this.remote(group, version)
    if (!service) return
    const own = this.#host.answersItself(group)
    if (own !== undefined)
      return this.#note(
        service,
        own ? PASSED : { status: "False", reason: "FailedDiscoveryCheck", message: this.#missing(service, "bad status from backend: 503") },
      )
    const problem = this.#problem(service)
    if (problem) return this.#note(service, problem)
    this.#send(
      service,
      { method: "GET", path: `/apis/${key}`, headers: { accept: "application/json" }, body: undefined, timeout: PATIENCE_MS },
      (answer) => {
        const current = this.remote(group, version)
        if (!current) return
        if ("error" in answer || answer.status !== 200) {
          const text = "error" in answer ? answer.error : `bad status from ${this.#url(service)}: ${answer.status}`
          return this.#note(current, { status: "False", reason: "FailedDiscoveryCheck", message: this.#missing(service, text) })
        }
        this.#kinds.set(key, kindsIn(answer.body, group, version))
        this.#tell()
        this.#note(current, PASSED)
      },
    )
  }

  #url({ spec: { service, group, version } }: APIService): string {
    return `https://${service?.name}.${service?.namespace}.svc:${service?.port ?? 443}/apis/${group}/${version}`
  }

  #missing(service: APIService, text: string): string {
    const url = this.#url(service)
    return `failing or missing response from ${url}: ${text.startsWith("bad status") ? text : `Get ${JSON.stringify(url)}: ${text}`}`
  }

  #problem({ spec }: APIService): Verdict | undefined {
    const { name = "", namespace = "", port = 443 } = spec.service ?? {}
    const { server } = this.#host
    const find = (plural: string) => {
      const kind = server.kind("", "v1", plural)
      return kind && server.registry.find(kind, namespace, name)
    }
    const refuse = (reason: string, message: string): Verdict => ({ status: "False", reason, message })
    const found = find("services") as (AnyStored & { spec: { type?: string; ports?: { port: number; name?: string }[] } }) | undefined
    if (!found) return refuse("ServiceNotFound", `service/${name} in ${JSON.stringify(namespace)} is not present`)
    if (found.spec.type === "ExternalName") return undefined
    const served = found.spec.ports?.find((one) => one.port === port)
    if (!served) return refuse("ServicePortError", `service/${name} in ${JSON.stringify(namespace)} is not listening on port ${port}`)
    const endpoints = find("endpoints") as (AnyStored & { subsets?: { addresses?: unknown[] }[] }) | undefined
    if (!endpoints) return refuse("EndpointsNotFound", `cannot find endpoints for service/${name} in ${JSON.stringify(namespace)}`)
    if (!endpoints.subsets?.some(({ addresses }) => addresses?.length))
      return refuse(
        "MissingEndpoints",
        `endpoints for service/${name} in ${JSON.stringify(namespace)} have no addresses with port name ${JSON.stringify(served.name ?? "")}`,
      )
    return undefined
  }

  #note(service: APIService, verdict: Verdict): void {
    const { server, write } = this.#host
    const before = (service.status?.conditions ?? []).find(({ type }) => type === "Available")
    if (before?.status === verdict.status && before.reason === verdict.reason && before.message === verdict.message) return
    const lastTransitionTime = before?.status === verdict.status ? before.lastTransitionTime : formatTime(server.sim.now())
    try {
      server.registry.update(
        KIND,
        undefined,
        service.metadata.name,
        "status",
        (current) => {
          const next = deepCopy(current) as unknown as { status: { conditions?: unknown[] } }
          next.status = { ...next.status, conditions: [{ ...verdict, lastTransitionTime, type: "Available" }] }
          return next as never
        },
        write(KIND),
      )
    } catch (error) {
      // It went meanwhile, or somebody else wrote: the next look sees to it.
      if (!(error instanceof StatusError)) throw error
    }
  }

  #send(
    { spec }: APIService,
    request: { method: string; path: string; headers: Record<string, string>; body: unknown; timeout: number },
    done: (answer: OutsideAnswer) => void,
  ): void {
    const { server } = this.#host
    const { name = "", namespace = "", port = 443 } = spec.service ?? {}
    const where = locate(reachOf(server), { service: { name, namespace, port } })
    if ("error" in where) return done(where)
    const { forward } = server.options
    if (!forward) return done({ error: `dial tcp ${where.address}:${where.port}: connect: network is unreachable` })
    const authority = spec.caBundle ? decodeBase64Text(spec.caBundle) : undefined
    if (authority === undefined && !spec.insecureSkipTLSVerify)
      return done({ error: "tls: failed to verify certificate: x509: certificate signed by unknown authority" })
    forward(
      {
        ...request,
        address: where.address,
        port: where.port,
        tls: { name: where.name, ...(authority && { authority }), insecure: spec.insecureSkipTLSVerify === true },
      },
      done,
    )
  }

  /** Hands a request on, with who asks in its headers; the server behind trusts the aggregator's certificate. */
  proxy(service: APIService, { request, user, external, query }: Context): ApiResponse {
    const available = (service.status?.conditions ?? []).find(({ type }) => type === "Available")
    if (available?.status !== "True" || !external) return UNAVAILABLE
    const parameters =
      typeof request.query === "string"
        ? request.query
        : [...query].flatMap(([key, values]) => values.map((value) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)).join("&")
    return {
      status: 0,
      headers: {},
      later: (done) =>
        this.#send(
          service,
          {
            method: request.method,
            path: `${request.path}${parameters ? `?${parameters}` : ""}`,
            headers: { ...withoutCredentials(request.headers), ...identity(user) },
            body: request.body,
            timeout: 60_000,
          },
          (answer) =>
            done(
              "error" in answer
                ? { ...UNAVAILABLE, body: `error trying to reach service: ${answer.error}\n` }
                : { status: answer.status, headers: answer.headers, body: answer.body },
            ),
        ),
    }
  }
}

const withoutCredentials = (headers: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "authorization" && !name.startsWith("impersonate-")))

/** As client-go's NewAuthProxyRoundTripper. */
const identity = ({ name, uid, groups, extra }: UserInfo): Record<string, string> => ({
  "x-remote-user": name,
  ...(uid && { "x-remote-uid": uid }),
  "x-remote-group": groups.join(", "),
  ...Object.fromEntries(
    Object.entries(extra ?? {}).map(([key, values]) => [`x-remote-extra-${encodeURIComponent(key).toLowerCase()}`, values.join(", ")]),
  ),
})

/** What an APIResourceList says there is, as kinds of discovery. */
const kindsIn = (body: unknown, group: string, version: string): readonly AnyKind[] => {
  let list: unknown = body
  try {
    if (typeof body === "string") list = JSON.parse(body)
  } catch {
    return []
  }
  const resources = isObject(list) && Array.isArray(list.resources) ? (list.resources as unknown[]).filter(isObject).slice(0, 500) : []
  return resources
    .filter(({ name }) => typeof name === "string" && !name.includes("/"))
    .map((one) => {
      const texts = (value: unknown) => (Array.isArray(value) ? value.map(String) : [])
      const plural = String(one.name)
      return defineKind<KubernetesObject>({
        group,
        version,
        kind: String(one.kind ?? ""),
        plural,
        singular: String(one.singularName ?? ""),
        namespaced: one.namespaced === true,
        verbs: texts(one.verbs) as never,
        shortNames: texts(one.shortNames),
        categories: texts(one.categories),
        subresources: resources.flatMap(({ name }) =>
          String(name).startsWith(`${plural}/`) ? [String(name).slice(plural.length + 1)] : [],
        ),
        custom: true,
        computed: () => [],
        schema: () => ({ type: "object" }),
        columns: [],
      }) as unknown as AnyKind
    })
}
