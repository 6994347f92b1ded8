/** The simulated network: addresses, routes, listeners, byte streams and HTTP exchanges between processes. */
import type { Steps, WaitQueue } from "../kernel/steps.ts"

/** Bytes in both directions; the ends see each other's close. */
export interface Stream {
  /** Bytes at hand; undefined when none yet; empty once the other end has closed. */
  tryRead(max?: number): Uint8Array | undefined
  /** Bytes taken; 0 when the other end's buffer is full. Throws EPIPE, ECONNRESET. */
  tryWrite(data: Uint8Array): number
  readonly readQueue: WaitQueue
  readonly writeQueue: WaitQueue
  /** Called (in its own event) whenever readable; for ends that are no process. */
  onReadable: (() => void) | undefined
  /** Ends this direction; the peer reads the end of file. */
  end(): void
  destroy(): void
  /** The two ends' addresses and ports, of a TCP connection. */
  readonly local?: Endpoint | undefined
  readonly remote?: Endpoint | undefined
  /** From now on it ends with that process, as a descriptor handed over at fork. */
  keptBy?(process: { readonly pid: number }): void
}

export interface Endpoint {
  readonly address: string
  readonly port: number
}

/** A TCP connection as ss shows it. */
export interface Connection {
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly state: "ESTAB" | "CLOSE-WAIT" | "FIN-WAIT-2"
  /** The process as its own namespace numbers it. */
  readonly pid: number | undefined
}

/** A body is bytes, text, or a JSON value that becomes text only when somebody looks at the bytes. Values are frozen. */
export type HttpBody = Uint8Array | string | { readonly json: unknown }

export interface HttpRequest {
  readonly method: string
  /** Path with query, e.g. "/api/v1/pods?limit=500". */
  readonly path: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: HttpBody
  /** Who asks: the peer's address, and its client certificate (PEM) over TLS. */
  readonly remoteAddress?: string
  readonly clientCertificate?: string
  /** The trace span that caused it, if any. */
  readonly span?: number
}

export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body?: HttpBody
  /** Instead of body: chunks as they come (watch, logs -f). */
  readonly stream?: HttpStream
  /** Status 101: the connection is now these message channels (exec, attach, port-forward). */
  readonly upgrade?: Channels
}

/** Chunks of a streamed body. The producer pushes, the consumer takes; either may end it. */
export interface HttpStream {
  /** The next chunk; undefined when none yet, null at the end. A {json} chunk is one line of a watch. */
  tryTake(): HttpBody | undefined | null
  readonly readQueue: WaitQueue
  onReadable: (() => void) | undefined
  /** The consumer is no longer interested. */
  cancel(): void
}

/** Numbered byte channels of remotecommand (0 stdin, 1 stdout, 2 stderr, 3 error status, 4 resize) or port-forward. */
export interface Channels {
  send(channel: number, data: Uint8Array): void
  /** Half-close of one channel (v5: CLOSE). */
  end(channel: number): void
  close(): void
  onMessage: ((channel: number, data: Uint8Array) => void) | undefined
  onEnd: ((channel: number) => void) | undefined
  onClose: (() => void) | undefined
}

/** Answers one request: at once, or by steps that run in the listening process. */
export type HttpHandler = (request: HttpRequest) => HttpResponse | Steps<HttpResponse>

export interface Listener {
  readonly address: string
  readonly port: number
  /** Accepted byte streams; HTTP listeners never have any (the network speaks HTTP/1.1 for raw clients). */
  tryAccept(): Stream | undefined
  readonly acceptQueue: WaitQueue
  close(): void
}

export interface TlsOptions {
  /** PEM certificate and key of the server. */
  readonly certificate: string
  readonly key: string
  /** PEM of the authority for client certificates. */
  readonly clientAuthority?: string
}

/** How a server answers a TLS handshake. */
export type ServerHello =
  /**
   * `certificates`: PEM, the server's own first; `clientAuthority`: whom it asks clients to be known by; `peer`: which of many behind one address
   * it was, for what is said on the same connection.
   */
  | { readonly kind: "tls"; readonly certificates: string; readonly clientAuthority?: string; readonly peer: Endpoint }
  /** It speaks something else. */
  | { readonly kind: "plain" }
  /** The world's internet: every host there has a certificate of an authority that all systems know. */
  | { readonly kind: "public" }

/** What connect can end with besides success. "timeout" takes as long as TCP would: the caller gives its own limit. */
export type ConnectError = "ECONNREFUSED" | "EHOSTUNREACH" | "ETIMEDOUT" | "ENETUNREACH"

export interface NetworkNamespace {
  readonly name: string
  /** Interfaces with addresses, e.g. {name:"eth0", address:"10.244.1.5", prefix:24, mac}. */
  readonly interfaces: readonly NetworkInterface[]
  /** Ports on which something listens, for ss and netstat. */
  readonly listeners: readonly {
    protocol: "tcp" | "udp"
    address: string
    port: number
    pid: number | undefined
    /** The process as whoever looks numbers it; undefined when it does not see it. */
    pidFor?(viewer: { processes(): readonly { pid: number }[]; namespace?: unknown }): number | undefined
  }[]
  /** Connections that are open, for ss and netstat. */
  readonly connections?: readonly Connection[]
  /** What lies around it beside its own interfaces; undefined: nothing. */
  readonly surroundings?: (() => Surroundings) | undefined
  /** One question to one name server, waited for as a resolver waits. */
  ask?(server: string, name: string, type: DnsRecord["type"]): Steps<readonly DnsRecord[] | "NXDOMAIN" | "SERVFAIL" | "silent" | "refused">
  /** Byte-stream listener; address "0.0.0.0" is all. Throws EADDRINUSE, EADDRNOTAVAIL. */
  listen(port: number, options?: { address?: string; pid?: number; protocol?: "tcp" | "udp" }): Listener
  /** HTTP listener whose handler's steps are run by a kernel thread of process `pid`. */
  serve(port: number, handler: HttpHandler, options?: { address?: string; pid?: number; tls?: TlsOptions }): Listener
  /** Byte stream to an address (a name is resolved by the caller). Follows routes, service rules and policies. */
  connect(address: string, port: number, options?: { timeout?: number; protocol?: "tcp" | "udp" }): Steps<Stream>
  /** One HTTP exchange. Rejects by SystemError; a TLS mismatch by TlsError. */
  request(address: string, port: number, request: HttpRequest, options?: HttpOptions): Steps<HttpResponse>
  /**
   * What a server shows of itself to whoever begins a TLS handshake with it, as connect finds it. Throws SystemError as connect does;
   * absent in namespaces of older makers.
   */
  handshake?(address: string, port: number, options?: { timeout?: number }): Steps<ServerHello>
  /** One ICMP echo: the time there and back in ms; undefined when nothing came back within `timeout` (default 1 s). Throws EHOSTUNREACH. */
  ping(address: string, timeout?: number): Steps<number | undefined>
  /** As the resolver of /etc/resolv.conf and /etc/hosts would. Empty when the name does not exist. Throws ETIMEDOUT. */
  lookup(name: string, type?: "A" | "AAAA" | "CNAME" | "SRV" | "PTR"): Steps<readonly DnsRecord[]>
}

/** A machine's side of its containers' networks, as a CNI plugin made it. */
export interface Surroundings {
  readonly links: readonly {
    name: string
    mac: string
    /** Of a bridge. */
    address?: string
    prefix?: number
    /** The bridge that it is a port of. */
    master?: string
    /** The named namespace that its other end is in. */
    peer?: string
  }[]
  /** As `ip route` prints them. */
  readonly routes: readonly string[]
  readonly neighbours: readonly { address: string; device: string; mac: string }[]
  /** By name under /var/run/netns. */
  readonly named: ReadonlyMap<string, NetworkNamespace>
}

export interface HttpOptions {
  /** ms until the first byte of the answer. */
  timeout?: number
  /** ms until the connection stands; default: as `timeout`. */
  connectTimeout?: number
  /** Called when the connection stands, before anything is said on it. */
  onConnect?: () => void
  /** Speak TLS: `name` is checked against the certificate unless `insecure`; `authority` PEM. */
  tls?: { name: string; authority?: string; insecure?: boolean; clientCertificate?: string; clientKey?: string }
}

export interface DnsRecord {
  readonly name: string
  readonly type: "A" | "AAAA" | "CNAME" | "SRV" | "PTR"
  readonly value: string
  /** Seconds. */
  readonly ttl: number
  readonly port?: number
}

export interface NetworkInterface {
  readonly name: string
  readonly address: string
  readonly prefix: number
  readonly mac: string
  readonly up: boolean
}

/** The handshake failed; `message` is what OpenSSL or Go would say is wrong with the certificate. */
export class TlsError extends Error {}

/** Text or bytes of a body, made at most when asked for. */
export const bodyText = (body: HttpBody | undefined): string => {
  if (body === undefined) return ""
  if (typeof body === "string") return body
  if (body instanceof Uint8Array) return new TextDecoder().decode(body)
  return `${JSON.stringify(body.json)}\n`
}

/** The JSON value of a body, parsed only if it came as bytes or text. Throws SyntaxError. */
export const bodyJson = (body: HttpBody | undefined): unknown =>
  body !== undefined && typeof body !== "string" && !(body instanceof Uint8Array) ? body.json : JSON.parse(bodyText(body))
