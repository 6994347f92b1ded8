/** Requests to the API server over the machine's network. As client-go/rest. */
import { encodeBase64 } from "@drydock/kubernetes/apimachinery"
import {
  bodyJson,
  bodyText,
  type HttpBody,
  type HttpResponse,
  type Process,
  REASONS,
  type Steps,
  SystemError,
  TlsError,
} from "@drydock/machine"
import { DiscoveryCache } from "./discovery-cache.ts"
import { discover, type Resource, resourceFor, resourceNamed } from "./discovery.ts"
import { ConnectionError, KubectlError, serverError } from "./errors.ts"
import { type Input, parseDuration } from "./flags.ts"
import type { Connection } from "./kubeconfig.ts"
import { ExecCredentialError, type ExecCredentials, execCredentials } from "./exec-credentials.ts"
import { klog } from "./klog.ts"

export type { Resource } from "./discovery.ts"

export const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"

export const CLIENT = { major: "1", minor: "35", gitVersion: "v1.35.2", gitCommit: "fdc9d74cbf2da6754ebf81d56f80ae2948cd6425" } as const

export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    [field: string]: unknown
  }
  [field: string]: unknown
}

export interface RequestOptions {
  readonly body?: unknown
  readonly type?: string
  readonly accept?: string
  /** The path was given on the command line: everything is taken as it comes. */
  readonly raw?: boolean
  /** Whose request it is, when it is passed on for somebody. */
  readonly agent?: string
}

const LONG = 3_600_000

/** A value in klog's structured form: lines apart when there are several. */
const klogText = (text: string): string =>
  text.includes("\n") ? `<\n${text.replace(/\n$/, "").replace(/^/gm, "\t")}\n >` : JSON.stringify(text)

export class Api {
  readonly process: Process
  readonly connection: Connection
  readonly silent: boolean
  readonly #input: Input
  readonly #said = new Set<string>()
  /** -v */
  readonly verbosity: number
  #resources: readonly Resource[] | undefined
  #credentials: ExecCredentials | undefined
  #fresh = false
  #cache: DiscoveryCache | undefined
  /** Warnings that the server sent. */
  warnings = 0

  /** `silent`: nothing is ever printed; for completion. */
  constructor(process: Process, connection: Connection, input: Input, { silent = false } = {}) {
    this.process = process
    this.silent = silent
    this.connection = connection
    this.#input = input
    this.verbosity = silent ? 0 : input.int("v")
  }

  /** "172.30.1.2:6443": who is talked to. */
  get host(): string {
    return /^\w+:\/\/([^/]+)/.exec(this.connection.server)?.[1] ?? this.connection.server
  }

  /** Where discovery keeps what it found: --cache-dir, $KUBECACHEDIR or ~/.kube/cache. */
  get discoveryCache(): DiscoveryCache {
    const { env } = this.process
    const root = this.#input.given("cache-dir") || env.get("KUBECACHEDIR") || `${env.get("HOME") ?? "/root"}/.kube/cache`
    return (this.#cache ??= new DiscoveryCache(this.process, root, this.connection.server, this.host))
  }

  #headers({ body, type, accept, agent }: RequestOptions): Record<string, string> {
    const { username, password } = this.connection
    const token = this.connection.token ?? this.#credentials?.token
    const input = this.#input
    const acting = input.has("as") ? undefined : this.connection.impersonation
    const extra = input.list("as-user-extra").map((pair) => {
      const equals = pair.indexOf("=")
      return [`impersonate-extra-${pair.slice(0, equals).toLowerCase()}`, pair.slice(equals + 1)] as const
    })
    return {
      "user-agent": agent ?? `kubectl/${CLIENT.gitVersion} (linux/amd64) kubernetes/${CLIENT.gitCommit.slice(0, 7)}`,
      accept: accept ?? "application/json",
      ...(token !== undefined
        ? { authorization: `Bearer ${token}` }
        : username !== undefined && { authorization: `Basic ${encodeBase64(`${username}:${password ?? ""}`)}` }),
      ...(acting && {
        "impersonate-user": acting.user,
        ...(acting.uid && { "impersonate-uid": acting.uid }),
        ...(acting.groups.length > 0 && { "impersonate-group": acting.groups.join(",") }),
        ...Object.fromEntries(
          Object.entries(acting.extra).map(([key, values]) => [`impersonate-extra-${key.toLowerCase()}`, values.join(",")]),
        ),
      }),
      ...(input.has("as") && { "impersonate-user": input.text("as") }),
      ...(input.has("as-group") && { "impersonate-group": input.list("as-group").join(",") }),
      ...(input.has("as-uid") && { "impersonate-uid": input.text("as-uid") }),
      ...Object.fromEntries(extra),
      ...(body !== undefined && { "content-type": type ?? "application/json" }),
    }
  }

  /** " on 10.96.0.10:53": who was asked for a name. */
  #nameServer(): string {
    const { files } = this.process
    const server = files.exists("/etc/resolv.conf") ? /^nameserver\s+(\S+)/m.exec(files.readText("/etc/resolv.conf"))?.[1] : undefined
    return server === undefined ? "" : ` on ${server}:53`
  }

  /** The response whatever its status. Throws ConnectionError. */
  *send(method: string, path: string, options: RequestOptions = {}): Steps<HttpResponse> {
    const { connection, process } = this
    const foreign = /^(\w+):\/\//.exec(connection.server)?.[1]
    if (foreign !== undefined && foreign !== "http" && foreign !== "https") {
      const cause = `unsupported protocol scheme ${JSON.stringify(foreign)}`
      throw new ConnectionError(`Unable to connect to the server: ${cause}`, `Get "${connection.server}${path}": ${cause}`, false)
    }
    const match = /^(?:(https?):\/\/)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?(\/.*)?$/.exec(connection.server)
    if (!match) throw new KubectlError(`Error in configuration: invalid server address ${connection.server}`, { raw: true })
    const [, scheme = "http", host, port, base = ""] = match
    const number = Number(port ?? (scheme === "https" ? 443 : 80))
    const timeout = this.#input.text("request-timeout")
    const limit = /^\d+$/.test(timeout) ? Number(timeout) * 1_000 : (parseDuration(timeout) ?? 0)
    const bounded = limit > 0 ? path.replace(/([?&])timeout=32s$/, "") : path
    const full = `${base.replace(/\/$/, "")}${bounded}${limit > 0 ? `${bounded.includes("?") ? "&" : "?"}timeout=${/^\d+$/.test(timeout) ? `${timeout}s` : timeout}` : ""}`
    const url = `${scheme}://${host}${port === undefined ? "" : `:${port}`}${full}`
    const { body: value } = options
    const body: HttpBody | undefined =
      value === undefined ? undefined : typeof value === "string" || value instanceof Uint8Array ? value : { json: value }
    if (connection.exec && !this.#credentials)
      try {
        this.#credentials = yield* execCredentials(process, connection.exec)
      } catch (error) {
        if (!(error instanceof ExecCredentialError)) throw error
        const cause = `getting credentials: ${error.message}`
        throw new ConnectionError(`Unable to connect to the server: ${cause}`, `Get "${url}": ${cause}`, false)
      }
    const headers = this.#headers(options)
    if (this.verbosity >= 7) yield* this.#logRequest(method, url, headers, body, options.raw === true)
    const from = process.now()
    const fail = (cause: string, refused = false) => {
      throw new ConnectionError(
        refused
          ? `The connection to the server ${host}:${number} was refused - did you specify the right host or port?`
          : `Unable to connect to the server: ${cause}`,
        `Get "${url}": ${cause}`,
        refused,
      )
    }
    let address: string | undefined
    try {
      address =
        /^[\d.]+$/.test(host) || host.startsWith("[") ? host.replace(/^\[|\]$/g, "") : (yield* process.network.lookup(host))[0]?.value
      if (address === undefined) return fail(`dial tcp: lookup ${host}${this.#nameServer()}: no such host`)
      const { authority, insecure } = connection
      const clientCertificate = connection.clientCertificate ?? this.#credentials?.clientCertificate
      const response = yield* process.network.request(
        address,
        number,
        { method, path: full, headers, ...(body !== undefined && { body }) },
        {
          timeout: limit > 0 ? limit : LONG,
          ...(scheme === "https" && {
            tls: {
              name: this.#input.given("tls-server-name") ?? connection.tlsServerName ?? host,
              ...(insecure && { insecure }),
              ...(authority !== undefined && !insecure && { authority }),
              ...(clientCertificate !== undefined && { clientCertificate }),
            },
          }),
        },
      )
      if (this.verbosity >= 6) yield* this.#logResponse(method, url, response, process.now() - from, options.raw === true)
      yield* this.#warn(response)
      // A refused credential is asked for anew, for the next request.
      if (response.status === 401 && connection.exec) this.#credentials = yield* execCredentials(process, connection.exec)
      return response
    } catch (error) {
      if (error instanceof TlsError) return fail(error.message)
      if (!(error instanceof SystemError)) throw error
      switch (error.code) {
        case "ECONNREFUSED":
        case "ECONNRESET":
          return fail(`dial tcp ${address ?? host}:${number}: connect: connection refused`, true)
        case "EHOSTUNREACH":
          return fail(`dial tcp ${address ?? host}:${number}: connect: no route to host`)
        case "ETIMEDOUT":
          return fail(
            limit > 0
              ? "context deadline exceeded (Client.Timeout exceeded while awaiting headers)"
              : `dial tcp ${address ?? host}:${number}: i/o timeout`,
          )
        default:
          throw error
      }
    }
  }

  /** Which source file of kubectl logs bodies of such a request. */
  #bodyPlace(method: string, path: string): string {
    if (method === "DELETE") return "helper.go:202"
    if (method !== "GET") return "helper.go:250"
    return /\/v\w+\/(?:namespaces\/[^/]+\/)?[a-z]+\/[^/?]+(?:\?|$)/.test(path) && !/\/namespaces\/[^/]+\/[a-z]+(?:\?|$)/.test(path)
      ? "helper.go:105"
      : "helper.go:113"
  }

  *#logRequest(
    method: string,
    url: string,
    headers: Readonly<Record<string, string>>,
    body: HttpBody | undefined,
    raw: boolean,
  ): Steps<void> {
    const { process } = this
    const given = Object.entries(headers)
      .filter(([name]) => name !== "accept-encoding")
      .map(([name, value]) => [
        name.replace(/(^|-)\w/g, (letter) => letter.toUpperCase()),
        name === "authorization" ? "Bearer <masked>" : value,
      ])
      .sort(([a], [b]) => (a < b ? -1 : 1))
    if (this.verbosity >= 8)
      yield* process.error(
        klog(
          process,
          "I",
          raw ? "raw.go:84" : this.#bodyPlace(method, url),
          `"Request Body" body=${klogText(body === undefined ? "" : bodyText(body))}`,
        ),
      )
    if (this.verbosity >= 9) {
      const shown = given.map(([name, value]) => `-H ${JSON.stringify(`${name}: ${value}`)}`).join(" ")
      yield* process.error(
        klog(process, "I", "round_trippers.go:527", `"Request" curlCommand=<\n\tcurl -v -X${method}  ${shown} '${url}'\n >`),
      )
      return
    }
    yield* process.error(
      klog(
        process,
        "I",
        "round_trippers.go:527",
        `"Request" verb="${method}" url="${url}" headers=<\n${given.map(([name, value]) => `\t${name}: ${value}\n`).join("")} >`,
      ),
    )
  }

  *#logResponse(method: string, url: string, response: HttpResponse, took: number, raw: boolean): Steps<void> {
    const { process, verbosity } = this
    const where = verbosity === 6 || verbosity >= 9 ? ` verb="${method}" url="${url}"` : ""
    // What every HTTP server adds.
    const length =
      response.body === undefined || response.stream
        ? {}
        : { "content-length": String(new TextEncoder().encode(bodyText(response.body)).length) }
    const headers = Object.entries({ ...length, date: new Date(Math.floor(process.now())).toUTCString(), ...response.headers })
      .map(([name, value]) => `\t${name.replace(/(^|-)\w/g, (letter) => letter.toUpperCase())}: ${value}\n`)
      .sort()
      .join("")
    const spent = Math.max(1, Math.round(took))
    const trace =
      verbosity >= 9 ? ` dnsLookupMilliseconds=0 dialMilliseconds=0 tlsHandshakeMilliseconds=1 serverProcessingMilliseconds=${spent}` : ""
    if (verbosity >= 9) {
      const [, host = "", port = ""] = /^\w+:\/\/([^:/]+):(\d+)/.exec(url) ?? []
      yield* process.error(
        klog(process, "I", "round_trippers.go:562", `"HTTP Trace: Dial succeed" network="tcp" address="${host}:${port}"`),
      )
    }
    yield* process.error(
      klog(
        process,
        "I",
        "round_trippers.go:632",
        `"Response"${where} status="${response.status} ${REASONS[response.status] ?? ""}"${verbosity >= 8 ? ` headers=<\n${headers} >` : ""} milliseconds=${spent}${trace}`,
      ),
    )
    if (verbosity >= 8 && response.body !== undefined && !raw) {
      const text = bodyText(response.body)
      const shown = verbosity === 8 && text.length > 1_024 ? `${text.slice(0, 1_024)} [truncated ${text.length - 1_024} chars]` : text
      yield* process.error(klog(process, "I", this.#bodyPlace(method, url), `"Response Body" body=${klogText(shown)}`))
    }
  }

  /** The server's warnings, each once. As rest.NewWarningWriter. */
  *#warn(response: HttpResponse): Steps<void> {
    const { warning } = response.headers
    if (!warning || this.silent) return
    const colored = this.process.fds.get(2)?.kind === "tty" && this.process.env.get("TERM") !== "dumb"
    for (const one of warning.split(/, (?=299 )/)) {
      const text = (/"((?:[^"\\]|\\.)*)"/.exec(one)?.[1] ?? one).replace(/\\(.)/g, "$1")
      this.warnings++
      if (this.#said.has(text)) continue
      this.#said.add(text)
      yield* this.process.error(`${colored ? "\x1b[33;1mWarning:\x1b[0m" : "Warning:"} ${text}\n`)
    }
  }

  /** A JSON answer. Throws ServerError for a status of 400 and more. */
  *json<T>(method: string, path: string, options: RequestOptions = {}): Steps<T> {
    const response = yield* this.send(method, path, options)
    if (response.status >= 400) throw serverError(response)
    return (response.body === undefined ? undefined : bodyJson(response.body)) as T
  }

  *get<T = KubeObject>(path: string): Steps<T> {
    return yield* this.json<T>("GET", path)
  }

  /** All types; `fresh`: as the server has them now, not as the cache remembers them. */
  *resources({ fresh = false, attempts = 5 } = {}): Steps<readonly Resource[]> {
    if (!this.#resources || (fresh && !this.#fresh)) {
      this.#resources = yield* discover(this, fresh, attempts)
      this.#fresh = fresh
    }
    return this.#resources
  }

  /** What `choose` finds among the types; among the server's own when it finds nothing in the cache. */
  *#chosen(choose: (all: readonly Resource[]) => Resource): Steps<Resource> {
    try {
      return choose(yield* this.resources())
    } catch (error) {
      if (!(error instanceof KubectlError) || error instanceof ConnectionError) throw error
      return choose(yield* this.resources({ fresh: true }))
    }
  }

  /** What a word ("po", "deploy.apps", "pods.v1") means. */
  *resource(name: string): Steps<Resource> {
    return yield* this.#chosen((all) => resourceNamed(all, name))
  }

  /** What an object is, by its apiVersion and kind. */
  *resourceFor(object: KubeObject, source: string): Steps<Resource> {
    return yield* this.#chosen((all) => resourceFor(all, object, source))
  }
}
