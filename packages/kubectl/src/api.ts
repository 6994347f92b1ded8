/** Requests to the API server over the machine's network, and what their errors read like. */
import { bodyJson, bodyText, type HttpBody, type HttpResponse, type Process, type Steps, SystemError, TlsError } from "@drydock/machine"
import type { Status } from "@drydock/kubernetes/apimachinery"
import type { Connection } from "./kubeconfig.ts"

/** Printed as it is; ends kubectl with `code`. */
export class KubectlError extends Error {
  readonly code: number
  readonly status: Status | undefined
  constructor(message: string, code = 1, status?: Status) {
    super(message)
    this.code = code
    this.status = status
  }
}

export interface Resource {
  group: string
  version: string
  plural: string
  singular: string
  kind: string
  namespaced: boolean
  shortNames: readonly string[]
  categories: readonly string[]
  verbs: readonly string[]
}

export const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"

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

export class Api {
  readonly process: Process
  readonly connection: Connection
  #resources: Resource[] | undefined

  constructor(process: Process, connection: Connection) {
    this.process = process
    this.connection = connection
  }

  *send(method: string, path: string, options: { body?: unknown; type?: string; accept?: string } = {}): Steps<HttpResponse> {
    const { connection, process } = this
    const [, scheme, host, port] = /^(https?):\/\/([^:/]+)(?::(\d+))?/.exec(connection.server) ?? []
    const number = Number(port ?? (scheme === "https" ? 443 : 80))
    const headers: Record<string, string> = {
      "user-agent": "kubectl/v1.35.2 (linux/amd64) kubernetes/fdc9d74",
      accept: options.accept ?? "application/json",
      ...(connection.token && { authorization: `Bearer ${connection.token}` }),
      ...(options.body !== undefined && { "content-type": options.type ?? "application/json" }),
    }
    const body: HttpBody | undefined =
      options.body === undefined ? undefined : typeof options.body === "string" ? options.body : { json: options.body }
    const refused = `The connection to the server ${host}:${number} was refused - did you specify the right host or port?`
    try {
      const [record] = yield* process.network.lookup(host)
      if (!record) throw new KubectlError(`Unable to connect to the server: dial tcp: lookup ${host}: no such host`)
      return yield* process.network.request(
        record.value,
        number,
        { method, path, headers, ...(body !== undefined && { body }) },
        {
          timeout: 3_600_000,
          ...(scheme === "https" && {
            tls: { name: host, ...(connection.clientCertificate && { clientCertificate: connection.clientCertificate }) },
          }),
        },
      )
    } catch (error) {
      if (error instanceof TlsError) throw new KubectlError(`Unable to connect to the server: ${error.message}`)
      if (!(error instanceof SystemError)) throw error
      if (error.code === "ECONNREFUSED" || error.code === "ECONNRESET") throw new KubectlError(refused)
      if (error.code === "EHOSTUNREACH")
        throw new KubectlError(`Unable to connect to the server: dial tcp ${host}:${number}: connect: no route to host`)
      if (error.code === "ETIMEDOUT") throw new KubectlError(`Unable to connect to the server: dial tcp ${host}:${number}: i/o timeout`)
      throw error
    }
  }

  /** A JSON answer; failures become errors as kubectl words them. */
  *json<T>(method: string, path: string, options: { body?: unknown; type?: string; accept?: string } = {}): Steps<T> {
    const response = yield* this.send(method, path, options)
    if (response.headers.warning)
      for (const warning of response.headers.warning.split(/, (?=299 )/))
        yield* this.process.error(`Warning: ${/"((?:[^"\\]|\\.)*)"/.exec(warning)?.[1] ?? warning}\n`)
    if (response.status < 400) return (response.body === undefined ? undefined : bodyJson(response.body)) as T
    throw serverError(response)
  }

  *resources(): Steps<readonly Resource[]> {
    if (this.#resources) return this.#resources
    const found: Resource[] = []
    interface Discovered {
      items: {
        metadata: { name?: string }
        versions: {
          version: string
          resources: {
            resource: string
            responseKind: { kind: string }
            scope: string
            singularResource: string
            shortNames?: string[]
            categories?: string[]
            verbs: string[]
          }[]
        }[]
      }[]
    }
    for (const path of ["/api", "/apis"]) {
      const answer = yield* this.json<Discovered>("GET", path, {
        accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json",
      })
      for (const { metadata, versions } of answer.items)
        for (const { version, resources } of versions)
          for (const one of resources)
            found.push({
              group: metadata.name ?? "",
              version,
              plural: one.resource,
              singular: one.singularResource,
              kind: one.responseKind.kind,
              namespaced: one.scope === "Namespaced",
              shortNames: one.shortNames ?? [],
              categories: one.categories ?? [],
              verbs: one.verbs,
            })
    }
    this.#resources = found
    return found
  }

  *resource(name: string): Steps<Resource> {
    const all = yield* this.resources()
    const [plain, ...group] = name.toLowerCase().split(".")
    const matches = (one: Resource) =>
      one.plural === plain || one.singular === plain || one.shortNames.includes(plain) || one.kind.toLowerCase() === plain
    const found = all.find(
      (one) => matches(one) && (group.length === 0 || one.group === group.join(".") || `${one.version}.${one.group}` === group.join(".")),
    )
    if (!found) throw new KubectlError(`error: the server doesn't have a resource type "${name}"`)
    return found
  }

  *resourceFor(object: { apiVersion: string; kind: string }): Steps<Resource> {
    const all = yield* this.resources()
    const found = all.find((one) => one.kind === object.kind && apiVersion(one) === object.apiVersion)
    if (!found)
      throw new KubectlError(
        `error: resource mapping not found for name: "${(object as KubeObject).metadata?.name ?? ""}" namespace: "" from "STDIN": no matches for kind "${object.kind}" in version "${object.apiVersion}"\nensure CRDs are installed first`,
      )
    return found
  }
}

export const apiVersion = ({ group, version }: Resource): string => (group ? `${group}/${version}` : version)

export const pathOf = (resource: Resource, namespace: string | undefined, name?: string): string =>
  `/${resource.group ? `apis/${resource.group}` : "api"}/${resource.version}${resource.namespaced && namespace ? `/namespaces/${namespace}` : ""}/${resource.plural}${name === undefined ? "" : `/${encodeURIComponent(name)}`}`

/** "deployment.apps/web", "pod/x": how results name an object. */
export const shown = (resource: Resource, name: string): string =>
  `${resource.singular || resource.kind.toLowerCase()}${resource.group ? `.${resource.group}` : ""}/${name}`

export const serverError = (response: HttpResponse): KubectlError => {
  let status: Status | undefined
  try {
    status = bodyJson(response.body) as Status
  } catch {
    return new KubectlError(
      response.status === 404
        ? "Error from server (NotFound): the server could not find the requested resource"
        : `Error from server: ${bodyText(response.body).trim()}`,
    )
  }
  if (status?.kind !== "Status") return new KubectlError(`Error from server: ${bodyText(response.body).trim()}`)
  if (status.reason === "Invalid" && status.details?.kind)
    return new KubectlError(
      `The ${status.message?.replace(/ is invalid: ([\s\S]*)$/, (_, text: string) => ((status.details?.causes?.length ?? 0) > 1 ? ` is invalid: \n${status.details?.causes?.map(({ field, message }) => `* ${field}: ${message}`).join("\n")}` : ` is invalid: ${text}`)).replace(/^(\w+)[.\w]* /, "$1 ")}`,
      1,
      status,
    )
  if (status.reason === "Unauthorized") return new KubectlError("error: You must be logged in to the server (Unauthorized)", 1, status)
  return new KubectlError(
    status.reason ? `Error from server (${status.reason}): ${status.message}` : `Error from server: ${status.message}`,
    1,
    status,
  )
}
