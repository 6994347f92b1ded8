/** Calls that the API server itself makes while it answers: to webhooks, and to the servers behind APIServices. */
import { decodeBase64Text } from "../apimachinery/base64.ts"
import type { AnyStored } from "../apimachinery/object.ts"
import type { ApiRequest } from "./contract.ts"

export type OutsideAnswer = { status: number; headers: Readonly<Record<string, string>>; body: unknown } | { error: string }

/** One HTTP exchange from the control plane into the cluster's network. `done` is called once, in a later event or at once. */
export type Forward = (
  options: {
    address: string
    port: number
    method: string
    path: string
    headers: Readonly<Record<string, string>>
    body: unknown
    /** ms; default 30 s. */
    timeout?: number
    /** Speak TLS; `name` and `authority` (PEM) are what the certificate is checked against. */
    tls?: { name: string; authority?: string; insecure?: boolean }
  },
  done: (result: OutsideAnswer) => void,
) => void

/** Thrown where an answer from outside is needed that is not there yet: the request is taken up again once it is. */
export class Suspended extends Error {
  /** Makes the call; `resume` is called once when its answer is known. */
  readonly begin: (resume: () => void) => void

  constructor(begin: (resume: () => void) => void) {
    super("waiting for an answer")
    this.begin = begin
  }
}

/**
 * Answers that one request has got so far, by what was asked, and values that must be the same when it is taken up again (uid, generated
 * names).
 */
export class OutsideAnswers {
  #answers: Map<string, OutsideAnswer> | undefined
  #values: Map<string, unknown> | undefined
  #underway: Set<string> | undefined
  /** The trace span of the first attempt. */
  span: number | undefined
  /** Virtual ms of the first attempt. */
  begun: number | undefined

  /** Whether this request is being taken up again. */
  get resumed(): boolean {
    return this.#answers !== undefined
  }

  /** The answer to `call`, whose question is `key`. Throws Suspended while there is none. */
  ask(key: string, call: (done: (answer: OutsideAnswer) => void) => void): OutsideAnswer {
    const known = this.#answers?.get(key)
    if (known) return known
    throw new Suspended((resume) => {
      this.#underway ??= new Set()
      if (this.#underway.has(key)) return
      this.#underway.add(key)
      call((answer) => {
        this.#underway?.delete(key)
        this.#answers ??= new Map()
        this.#answers.set(key, answer)
        resume()
      })
    })
  }

  /** `make`'s value, the same one in every attempt. */
  once<T>(name: string, make: () => T): T {
    this.#values ??= new Map()
    if (!this.#values.has(name)) this.#values.set(name, make())
    return this.#values.get(name) as T
  }
}

/** How long a component's request is remembered that had to ask somebody, ms. */
const KEPT_MS = 30_000
const MOST_KEPT = 500

/** Requests of components, which expect an answer at once: one that has to ask is refused, and goes on where it was when it comes again. */
export class SuspendedRequests {
  readonly #now: () => number
  readonly #kept = new Map<string, { answers: OutsideAnswers; at: number }>()

  constructor(now: () => number) {
    this.#now = now
  }

  static #key({ method, path, user, body }: ApiRequest): string {
    return `${user?.name} ${method} ${path} ${JSON.stringify(body)}`
  }

  of(request: ApiRequest): OutsideAnswers {
    // Almost always: nobody waits.
    if (this.#kept.size === 0) return new OutsideAnswers()
    return this.#kept.get(SuspendedRequests.#key(request))?.answers ?? new OutsideAnswers()
  }

  keep(request: ApiRequest, answers: OutsideAnswers): void {
    const now = this.#now()
    for (const [key, { at }] of this.#kept) if (at < now - KEPT_MS || this.#kept.size >= MOST_KEPT) this.#kept.delete(key)
    this.#kept.set(SuspendedRequests.#key(request), { answers, at: now })
  }

  done(request: ApiRequest): void {
    if (this.#kept.size > 0) this.#kept.delete(SuspendedRequests.#key(request))
  }
}

export interface ClientConfig {
  url?: string
  caBundle?: string
  service?: { namespace: string; name: string; path?: string; port?: number }
}

/** What is asked of the server to find a Service and to reach it. */
export interface Reach {
  /** The Service as it is stored. */
  service(namespace: string, name: string): AnyStored | undefined
  readonly forward: Forward | undefined
}

/** Where a webhook or an API's server is: as aggregator's ServiceResolver, by its Service's cluster address. */
export const locate = (
  reach: Reach,
  config: ClientConfig,
): { url: string; name: string; address: string; port: number; path: string; tls: boolean } | { url: string; error: string } => {
  const { service, url } = config
  if (service) {
    const { namespace, name, port = 443 } = service
    const path = service.path ? (service.path.startsWith("/") ? service.path : `/${service.path}`) : ""
    const host = `${name}.${namespace}.svc`
    const full = `https://${host}:${port}${path}`
    const found = reach.service(namespace, name) as (AnyStored & { spec?: ServiceSpec }) | undefined
    if (!found) return { url: full, error: `service ${JSON.stringify(name)} not found` }
    const { clusterIP, ports = [], type, externalName } = found.spec ?? {}
    if (type === "ExternalName") return { url: full, error: `dial tcp: lookup ${externalName}: no such host` }
    if (!clusterIP || clusterIP === "None") return { url: full, error: `dial tcp: lookup ${host}: no such host` }
    if (!ports.some((one) => one.port === port))
      return { url: full, error: `no service port ${port} found for service ${JSON.stringify(name)}` }
    return { url: full, name: host, address: clusterIP, port, path, tls: true }
  }
  const match = /^https:\/\/([^/:]+)(?::(\d+))?(\/.*)?$/.exec(url ?? "")
  if (!match) return { url: url ?? "", error: "no host in request URL" }
  const [, host, port = "443", path = ""] = match
  const address = /^\d+\.\d+\.\d+\.\d+$/.test(host) ? host : undefined
  if (!address) return { url: url ?? "", error: `dial tcp: lookup ${host} on 203.0.113.53:53: no such host` }
  return { url: url ?? "", name: host, address, port: Number(port), path, tls: true }
}

interface ServiceSpec {
  type?: string
  clusterIP?: string
  externalName?: string
  ports?: readonly { port: number }[]
}

/** Posts JSON as client-go's rest client does; errors read as Go words them (`Post "https://…": dial tcp …`). */
export const post = (
  reach: Reach,
  config: ClientConfig,
  options: { body: unknown; timeoutSeconds: number },
  done: (answer: OutsideAnswer) => void,
): void => {
  const where = locate(reach, config)
  const url = `${where.url}${options.timeoutSeconds ? `?timeout=${options.timeoutSeconds}s` : ""}`
  const failed = (text: string) => done({ error: `Post ${JSON.stringify(url)}: ${text}` })
  const { forward } = reach
  if ("error" in where) return failed(where.error)
  if (!forward) return failed(`dial tcp ${where.address}:${where.port}: connect: network is unreachable`)
  const authority = config.caBundle ? decodeBase64Text(config.caBundle) : undefined
  if (authority === undefined) return failed("tls: failed to verify certificate: x509: certificate signed by unknown authority")
  // As rest.TLSConfigFor, which reads the bundle before anything is dialled.
  if (!authority.includes("-----BEGIN CERTIFICATE-----"))
    return done({ error: "unable to load root certificates: unable to parse bytes as PEM block" })
  forward(
    {
      address: where.address,
      port: where.port,
      method: "POST",
      path: `${where.path || "/"}${options.timeoutSeconds ? `?timeout=${options.timeoutSeconds}s` : ""}`,
      headers: { "content-type": "application/json", accept: "application/json, */*", "user-agent": "kube-apiserver-admission" },
      body: JSON.stringify(options.body),
      timeout: (options.timeoutSeconds || 30) * 1_000,
      tls: { name: where.name, authority },
    },
    (answer) => {
      if ("error" in answer) failed(/timeout/.test(answer.error) ? "context deadline exceeded" : answer.error)
      else done(answer)
    },
  )
}

/** What client-go makes of an answer that is no 2xx. */
export const statusText = (status: number, body: unknown): string | undefined => {
  if (status >= 200 && status < 300) return undefined
  const text = typeof body === "string" ? body.trim() : JSON.stringify(body)
  if (status === 404) return "the server could not find the requested resource"
  if (status === 403) return "unknown"
  if (status === 503) return "the server is currently unable to handle the request"
  if (status >= 500) return `an error on the server (${JSON.stringify(text)}) has prevented the request from succeeding`
  return `the server rejected our request for an unknown reason`
}
