/** What the parts of the API server know of each other. */
import type { Simulation } from "@drydock/sim"
import type { Kind } from "../api/define-kind.ts"
import type { Json } from "../apimachinery/frozen.ts"
import type { AnyStored, KubernetesObject } from "../apimachinery/object.ts"
import { StatusError } from "../apimachinery/status.ts"
import type { Etcd } from "../etcd/contract.ts"
import type { Trace } from "../ports/trace.ts"
import type { Authenticators } from "./authentication.ts"
import type { RoleSource, rulesFor } from "./authorization.ts"
import type { ApiRequest, ApiResponse, UserInfo } from "./contract.ts"
import type { MediaType } from "./negotiation.ts"
import type { Forward, OutsideAnswers } from "./outside.ts"
import type { DeleteParameters, Registry, WriteContext } from "./registry.ts"
import type { RequestInfo } from "./request-info.ts"

export type AnyKind = Kind<KubernetesObject>

/** What admission sees; may change `object`, or throw a StatusError. */
export interface AdmissionRequest {
  operation: "create" | "update" | "delete" | "connect"
  kind: AnyKind
  namespace: string | undefined
  subresource: string
  object: Json & { metadata: AnyStored["metadata"] }
  old: AnyStored | undefined
  user: UserInfo
  dryRun: boolean
  /** What `object` is, where it is no object of `kind`: options of a connection, an eviction. */
  objectKind?: { group: string; version: string; kind: string }
  /** Adds a warning to the answer. */
  warn: (text: string) => void
  /** For what a plugin itself has to write. */
  write: (kind: AnyKind) => WriteContext
  /** CreateOptions, UpdateOptions, DeleteOptions, PodExecOptions as the client gave them. */
  options?: Json
  /** From a client over HTTP. */
  external?: boolean
  /** Answers of services that have to be asked. Undefined: the server writes on its own behalf and asks nobody. */
  outside?: OutsideAnswers | undefined
  /** Has the plugins before this one look at a changed object again. */
  reinvoke?: () => void
}

/** Refused unless it can be admitted on a further attempt: the answer waits for `interval` ms, at most `attempts` - 1 times. */
export class NotYet extends StatusError {
  readonly attempts: number
  readonly interval: number

  constructor(problem: StatusError, attempts: number, interval: number) {
    super(problem.code, problem.reason, problem.message, problem.status.details)
    this.attempts = attempts
    this.interval = interval
  }
}

/** From a client over HTTP; else from a component of the control plane, which is answered at once. */
export const isExternal = ({ user, headers }: ApiRequest): boolean =>
  !user || headers?.accept !== undefined || headers?.["user-agent"] !== undefined

export interface AdmissionPlugin {
  name: string
  /** Looks at the finished object, after its validation, and changes nothing. */
  validating?: boolean
  /** Is asked about status and connections (exec, attach …) too. */
  subresources?: boolean
  /** Kinds that it looks at; default: all. Asked once for each. */
  concerns?: (kind: AnyKind) => boolean
  /** What it looks at; default: everything. */
  operations?: readonly AdmissionRequest["operation"][]
  /** Nothing is configured for it: it need not be asked. */
  idle?: (server: Server) => boolean
  admit: (request: AdmissionRequest, server: Server) => void
}

export interface ApiServerOptions extends Authenticators {
  sim: Simulation
  etcd: Etcd
  kinds: readonly AnyKind[]
  trace: Trace
  version: Json
  /** "172.30.1.2:6443" */
  advertise: string
  admission: readonly AdmissionPlugin[]
  /** Reaches services in the cluster. */
  forward?: Forward
  /** Called before anything is stored: registries that number things (Service addresses). */
  allocate?: (kind: AnyKind, object: Json, old: AnyStored | undefined) => void
  /** After a write: what was allocated is noted, what was given back is forgotten. */
  allocated?: (kind: AnyKind, before: AnyStored | undefined, after: AnyStored | undefined) => void
}

/** One request on its way through the server. */
export interface Context {
  request: ApiRequest
  query: ReadonlyMap<string, readonly string[]>
  info: RequestInfo
  user: UserInfo
  span: number
  media: MediaType
  /** From a client over HTTP; else from a component that holds the store's own objects. */
  external: boolean
  /** Warnings for the answer, also when it is an error. */
  warnings: string[]
  /** What services have answered so far. Undefined: a request that the server makes to itself. */
  outside: OutsideAnswers | undefined
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
  context: Context
}

export type SubresourceHandler = (call: SubresourceCall, server: Server) => ApiResponse

export interface IssuedToken {
  namespace: string
  name: string
  uid: string
  /** jti; "" for one that lives in a Secret. */
  id: string
  /** It ends with this object. */
  bound?: { plural: "pods" | "secrets"; name: string; uid: string }
  audiences: readonly string[]
  /** ms since the epoch. */
  expires: number
}

/** An open watch. */
export interface OpenStream {
  /** The server goes away. */
  cut(): void
}

/** The API server as its parts see it. */
export interface Server {
  readonly options: ApiServerOptions
  /** What /version says. */
  readonly version: ApiServerOptions["version"]
  readonly registry: Registry
  readonly etcd: Etcd
  readonly sim: Simulation
  readonly kinds: readonly AnyKind[]
  readonly roles: RoleSource
  /** Objects of admissionregistration.k8s.io/v1, by their plural, in the order of their names. */
  configured(plural: string): readonly AnyStored[]
  /** Virtual time at which it began, ms. */
  readonly startedAt: number
  /** The text of /metrics. */
  metrics(): ApiResponse
  readonly streams: Set<OpenStream>
  kind(group: string, version: string, plural: string): AnyKind | undefined
  kindNamed(apiVersion: string, kind: string): AnyKind | undefined
  rulesFor(user: UserInfo, namespace: string | undefined): ReturnType<typeof rulesFor>
  /** Whether `user` may do what `info` describes: for access reviews. */
  allowed(user: UserInfo, info: RequestInfo): boolean
  /** As `allowed`, with the binding that allowed it. */
  decide(user: UserInfo, info: RequestInfo): { allowed: boolean; reason: string | undefined }
  issueToken(token: string, of: IssuedToken): void
  /** Whose bearer token this is, for the given audiences (default: this API). */
  reviewToken(token: string, audiences: readonly string[]): { user: UserInfo; audiences: readonly string[] } | undefined
  deleteObject(
    kind: AnyKind,
    namespace: string | undefined,
    name: string,
    parameters: DeleteParameters,
    write: WriteContext,
    user: UserInfo,
  ): ReturnType<Registry["delete"]>
  /** Asks webhooks and policies about a part of an object (its scale, an approval), which may be changed by them. @throws StatusError */
  admitPart(
    kind: AnyKind,
    context: Context,
    told: Pick<AdmissionRequest, "operation" | "object" | "objectKind"> & { old?: AdmissionRequest["old"] },
  ): void
  writeContext(kind: AnyKind, context: Context, operation: AdmissionRequest["operation"], subresource?: string): WriteContext
}

/** The namespace that an object of `kind` named by this request is in. */
export const namespaceOf = (kind: AnyKind, info: RequestInfo): string | undefined => (kind.namespaced ? info.namespace : undefined)
