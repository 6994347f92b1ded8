/** Requests to the API server over the machine's network, and which types it has. As client-go. */
import type { Status } from "@drydock/kubernetes/apimachinery"
import { bodyJson, bodyText, type HttpResponse, type Process, type Steps, SystemError, TlsError } from "@drydock/machine"
import type { Connection } from "./kubeconfig.ts"

/** Nobody answers; `message` as Go's net/http words it. */
export class UnreachableError extends Error {}

/** An answer with a Status. */
export class ApiError extends Error {
  readonly status: Partial<Status>
  readonly code: number
  constructor(status: Partial<Status>, code: number) {
    super(status.message ?? `the server responded with the status code ${code}`)
    this.status = status
    this.code = code
  }
}

export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    generateName?: string
    generation?: number
    [field: string]: unknown
  }
  [field: string]: unknown
}

export interface ResourceType {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
}

export interface CallOptions {
  readonly body?: unknown
  readonly type?: string
  readonly accept?: string
}

const DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"
const LONG = 3_600_000

interface Discovered {
  items: {
    metadata: { name?: string }
    versions: { version: string; resources?: { resource: string; responseKind: { kind: string }; scope: string }[] }[]
  }[]
}

export class KubeClient {
  readonly process: Process
  readonly connection: Connection
  readonly agent: string
  readonly #warned: (text: string) => string
  #types: readonly ResourceType[] | undefined
  #groups: readonly string[] = []

  /** `warned`: how a warning of the server is printed; default: not at all. */
  constructor(process: Process, connection: Connection, agent: string, warned: (text: string) => string = () => "") {
    this.process = process
    this.connection = connection
    this.agent = agent
    this.#warned = warned
  }

  /** The answer whatever its status. Throws UnreachableError. */
  *send(method: string, path: string, { body, type, accept }: CallOptions = {}): Steps<HttpResponse> {
    const { process, connection } = this
    const [, scheme = "http", host = "localhost", port, base = ""] =
      /^(?:(https?):\/\/)?(\[[^\]]+\]|[^:/]+)(?::(\d+))?(\/.*)?$/.exec(connection.server) ?? []
    const number = Number(port ?? (scheme === "https" ? 443 : 80))
    const url = `${scheme}://${host}${port ? `:${port}` : ""}${base.replace(/\/$/, "")}${path}`
    const verb = `${method.charAt(0)}${method.slice(1).toLowerCase()}`
    const fail = (cause: string): never => {
      throw new UnreachableError(`${verb} "${url}": ${cause}`)
    }
    try {
      const address =
        /^[\d.]+$/.test(host) || host.startsWith("[") ? host.replace(/^\[|\]$/g, "") : (yield* process.network.lookup(host))[0]?.value
      if (address === undefined) return fail(`dial tcp: lookup ${host} on 127.0.0.53:53: no such host`)
      const { authority, clientCertificate, insecure, token } = connection
      const response = yield* process.network.request(
        address,
        number,
        {
          method,
          path: `${base.replace(/\/$/, "")}${path}`,
          headers: {
            "user-agent": this.agent,
            accept: accept ?? "application/json",
            ...(token !== undefined && { authorization: `Bearer ${token}` }),
            ...(body !== undefined && { "content-type": type ?? "application/json" }),
          },
          ...(body !== undefined && { body: typeof body === "string" || body instanceof Uint8Array ? body : { json: body } }),
        },
        {
          timeout: LONG,
          ...(scheme === "https" && {
            tls: {
              name: host,
              ...(insecure && { insecure }),
              ...(authority !== undefined && !insecure && { authority }),
              ...(clientCertificate !== undefined && { clientCertificate }),
            },
          }),
        },
      )
      const { warning } = response.headers
      if (warning) {
        const text = warning
          .split(/, (?=299 )/)
          .map((one) => this.#warned((/"((?:[^"\\]|\\.)*)"/.exec(one)?.[1] ?? one).replace(/\\(.)/g, "$1")))
        if (text.join("") !== "") yield* process.error(text.join(""))
      }
      return response
    } catch (error) {
      if (error instanceof TlsError) return fail(error.message)
      if (!(error instanceof SystemError)) throw error
      const place = `dial tcp ${host === "localhost" ? "127.0.0.1" : host}:${number}`
      switch (error.code) {
        case "ECONNREFUSED":
        case "ECONNRESET":
          return fail(`${place}: connect: connection refused`)
        case "EHOSTUNREACH":
          return fail(`${place}: connect: no route to host`)
        case "ETIMEDOUT":
          return fail(`${place}: i/o timeout`)
        default:
          throw error
      }
    }
  }

  /** A JSON answer. Throws ApiError from a status of 400 on, UnreachableError. */
  *json<T>(method: string, path: string, options: CallOptions = {}): Steps<T> {
    const response = yield* this.send(method, path, options)
    if (response.status < 400) return (response.body === undefined ? undefined : bodyJson(response.body)) as T
    let status: Partial<Status> | undefined
    try {
      status = bodyJson(response.body) as Partial<Status>
    } catch {
      status = { message: bodyText(response.body).trim() }
    }
    throw new ApiError(status ?? {}, response.status)
  }

  *types(fresh = false): Steps<readonly ResourceType[]> {
    if (this.#types && !fresh) return this.#types
    const found: ResourceType[] = []
    const groups: string[] = []
    for (const path of ["/api", "/apis"]) {
      const { items } = yield* this.json<Discovered>("GET", path, { accept: DISCOVERY })
      for (const { metadata, versions } of items)
        for (const { version, resources = [] } of versions) {
          groups.push(metadata.name ? `${metadata.name}/${version}` : version)
          for (const { resource, responseKind, scope } of resources)
            found.push({
              group: metadata.name ?? "",
              version,
              plural: resource,
              kind: responseKind.kind,
              namespaced: scope === "Namespaced",
            })
        }
    }
    this.#types = found
    this.#groups = groups
    return found
  }

  /** "apps/v1" of all groups; after types(). */
  get groupVersions(): readonly string[] {
    return this.#groups
  }

  /** Undefined when the server has no such type, asked anew. */
  *typeOf(apiVersion: string, kind: string): Steps<ResourceType | undefined> {
    const fits = (one: ResourceType) => one.kind === kind && versionOf(one) === apiVersion
    return (yield* this.types()).find(fits) ?? (yield* this.types(true)).find(fits)
  }
}

export const versionOf = ({ group, version }: ResourceType): string => (group ? `${group}/${version}` : version)

export const pathOf = (type: ResourceType, namespace: string | undefined, name?: string, subresource?: string): string =>
  `/${type.group ? `apis/${type.group}` : "api"}/${type.version}${type.namespaced && namespace ? `/namespaces/${namespace}` : ""}/${type.plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}${subresource ? `/${subresource}` : ""}`
