/** The typed client: requests to the API server's door under one identity. */
import type { ApiRequest, ApiResponse, UserInfo } from "../apiserver/contract.ts"
import type { Kind } from "../api/define-kind.ts"
import { deepCopy } from "../apimachinery/frozen.ts"
import type { AnyStored, KubernetesObject, NamespacedName, Stored } from "../apimachinery/object.ts"
import { type Status, StatusError } from "../apimachinery/status.ts"
import type { Client, DeleteOptions, ListOptions, PatchType } from "./contract.ts"

export type Door = (request: ApiRequest) => ApiResponse

/** The API server does not answer. */
export class ConnectionRefused extends Error {
  constructor() {
    super("connect: connection refused")
  }
}

const PATCH_TYPES: Readonly<Record<PatchType, string>> = {
  json: "application/json-patch+json",
  merge: "application/merge-patch+json",
  strategic: "application/strategic-merge-patch+json",
  apply: "application/apply-patch+yaml",
}

type AnyKind = Kind<never> | Kind

export const collectionPath = (
  kind: { group: string; version: string; namespaced: boolean; plural: string },
  namespace: string | undefined,
): string => {
  const root = kind.group ? `/apis/${kind.group}/${kind.version}` : `/api/${kind.version}`
  return kind.namespaced && namespace ? `${root}/namespaces/${namespace}/${kind.plural}` : `${root}/${kind.plural}`
}

export const objectPath = (kind: Parameters<typeof collectionPath>[0], { namespace, name }: NamespacedName): string =>
  `${collectionPath(kind, namespace)}/${name}`

/** @throws StatusError of what the server refused */
const checked = (response: ApiResponse): ApiResponse => {
  if (response.status < 400) return response
  const status = response.body as Status | string
  throw typeof status === "string"
    ? new StatusError(response.status, "NotFound", "the server could not find the requested resource")
    : new StatusError(response.status, status.reason ?? "", status.message ?? "", status.details)
}

export class DoorClient implements Client {
  readonly user: string
  readonly #identity: UserInfo
  readonly #door: Door

  constructor(door: Door, identity: UserInfo) {
    this.#door = door
    this.#identity = identity
    this.user = identity.name
  }

  #answer(method: string, path: string, rest: Partial<ApiRequest> = {}): ApiResponse {
    const response = this.#door({ method, path, user: this.#identity, ...rest })
    if (response.status === 0) throw new ConnectionRefused()
    return response
  }

  #send(method: string, path: string, rest: Partial<ApiRequest> = {}): ApiResponse {
    return checked(this.#answer(method, path, rest))
  }

  get<T extends KubernetesObject>(kind: Kind<T>, key: NamespacedName): Stored<T> {
    return this.#send("GET", objectPath(kind, key)).body as Stored<T>
  }

  find<T extends KubernetesObject>(kind: Kind<T>, key: NamespacedName): Stored<T> | undefined {
    const response = this.#answer("GET", objectPath(kind, key))
    return response.status === 404 ? undefined : (checked(response).body as Stored<T>)
  }

  list<T extends KubernetesObject>(kind: Kind<T>, options: ListOptions = {}): readonly Stored<T>[] {
    const query = {
      ...(options.labelSelector && { labelSelector: options.labelSelector }),
      ...(options.fieldSelector && { fieldSelector: options.fieldSelector }),
    }
    return (this.#send("GET", collectionPath(kind, options.namespace), { query }).body as { items: Stored<T>[] }).items
  }

  create<T extends KubernetesObject>(kind: Kind<T>, object: T, options: { namespace?: string } = {}): Stored<T> {
    return this.#send("POST", collectionPath(kind, options.namespace ?? object.metadata?.namespace), { body: object }).body as Stored<T>
  }

  update<T extends KubernetesObject>(kind: Kind<T>, object: Stored<T>): Stored<T> {
    return this.#send("PUT", objectPath(kind, object.metadata), { body: object }).body as Stored<T>
  }

  updateStatus<T extends KubernetesObject>(kind: Kind<T>, object: Stored<T>): Stored<T> {
    return this.#send("PUT", `${objectPath(kind, object.metadata)}/status`, { body: object }).body as Stored<T>
  }

  patch<T extends KubernetesObject>(
    kind: Kind<T>,
    key: NamespacedName,
    patch: unknown,
    options: { type?: PatchType; subresource?: string; fieldManager?: string; force?: boolean } = {},
  ): Stored<T> {
    const path = options.subresource ? `${objectPath(kind, key)}/${options.subresource}` : objectPath(kind, key)
    const query = { ...(options.fieldManager && { fieldManager: options.fieldManager }), ...(options.force && { force: "true" }) }
    return this.#send("PATCH", path, { headers: { "content-type": PATCH_TYPES[options.type ?? "strategic"] }, query, body: patch })
      .body as Stored<T>
  }

  delete<T extends KubernetesObject>(kind: Kind<T>, key: NamespacedName, options: DeleteOptions = {}): void {
    this.#send("DELETE", objectPath(kind, key), {
      body: {
        kind: "DeleteOptions",
        apiVersion: "v1",
        ...(options.propagation && { propagationPolicy: options.propagation }),
        ...(options.gracePeriodSeconds !== undefined && { gracePeriodSeconds: options.gracePeriodSeconds }),
        ...((options.uid || options.resourceVersion) && { preconditions: { uid: options.uid, resourceVersion: options.resourceVersion } }),
      },
    })
  }

  createSubresource(kind: AnyKind, key: NamespacedName, subresource: string, body: unknown): AnyStored {
    return this.#send("POST", `${objectPath(kind, key)}/${subresource}`, { body }).body as AnyStored
  }

  raw(method: string, path: string, body?: unknown): { status: number; body: unknown } {
    const question = path.indexOf("?")
    const response = this.#door({
      method,
      path: question < 0 ? path : path.slice(0, question),
      query: question < 0 ? "" : path.slice(question + 1),
      user: this.#identity,
      ...(body !== undefined && { body }),
    })
    return { status: response.status, body: response.body }
  }
}

/** A mutable copy of a stored object, to change and send back. */
export const editable = <T extends object>(object: T): T => deepCopy(object)
