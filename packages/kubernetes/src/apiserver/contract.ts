/** The API server's single door. HTTP from the simulated network, outside clients and in-world components all use it. */

export interface UserInfo {
  name: string
  uid?: string
  groups: readonly string[]
  extra?: Readonly<Record<string, readonly string[]>>
}

export interface ApiRequest {
  method: string
  /** "/api/v1/namespaces/default/pods" */
  path: string
  /** Raw query string without "?", or parsed: repeated keys give arrays. */
  query?: string | Readonly<Record<string, string | readonly string[]>>
  /** Lower-case names. */
  headers?: Readonly<Record<string, string>>
  /** A JSON value (never mutated by the server), or text/bytes as a client sent them. */
  body?: unknown
  /** Already authenticated: in-world components that own their identity. Otherwise certificate or bearer token decide. */
  user?: UserInfo
  clientCertificate?: string
  remoteAddress?: string
  /** Trace span that caused it. */
  span?: number
}

export interface ApiResponse {
  status: number
  /** Lower-case names; `warning` holds RFC 7234 values, one string a warning. */
  headers: Readonly<Record<string, string | readonly string[]>>
  /** A frozen JSON value, or text. Absent when `stream` or `upgrade` is given. */
  body?: unknown
  /** A body that is text, in parts: whoever writes it as they are made keeps nobody waiting, and need not read `body`. */
  parts?: () => Iterable<string>
  stream?: ResponseStream
  upgrade?: ResponseChannels
  /** Not answered yet (a webhook, an exec, a log on a node): called back once, in a later event. */
  later?: (done: (response: ApiResponse) => void) => void
}

/** Who follows a stream without functions of its own for each: a component's informer. */
export interface StreamSink {
  onFrame(frame: unknown): void
  onEnd(): void
}

/** A watch, or a followed log. */
export interface ResponseStream {
  /** Start: `push` gets each frame (a JSON value, or text), `end` is called at most once. */
  start(push: (frame: unknown) => void, end: () => void): void
  /** The same for a sink, where there is one. */
  follow?(sink: StreamSink): void
  cancel(): void
}

/** exec, attach, port-forward: numbered channels as in v5.channel.k8s.io. */
export interface ResponseChannels {
  protocol: "v5.channel.k8s.io" | "v4.channel.k8s.io" | "portforward.k8s.io"
  start(send: (channel: number, data: Uint8Array) => void, end: (channel: number) => void, close: () => void): void
  receive(channel: number, data: Uint8Array): void
  /** Half-close of a channel by the client. */
  receiveEnd(channel: number): void
  closed(): void
}

/** A watch frame as clients read it. */
export interface WatchFrame {
  type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR"
  object: unknown
}

/** Whose token, and which Secret it lives in. */
export interface LegacyToken {
  namespace: string
  account: { name: string; uid: string }
  secret: { name: string; uid: string }
}
