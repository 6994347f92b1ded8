/** A network namespace: interfaces, listeners, and the way out of it. */
import { SystemError } from "../kernel/errno.ts"
import type { Steps } from "../kernel/process.ts"
import { Queue } from "../kernel/wait-queue.ts"
import {
  type ConnectError,
  type DnsRecord,
  type HttpHandler,
  type HttpOptions,
  type HttpRequest,
  type HttpResponse,
  type Listener,
  type NetworkInterface,
  type NetworkNamespace,
  type Stream,
  TlsError,
  type TlsOptions,
} from "./contract.ts"
import type { Fabric } from "./fabric.ts"
import { exchangeOverStream, serveStream } from "./http1.ts"
import { resolveName } from "./resolver.ts"
import { type StreamEnd, streamPair } from "./stream-pair.ts"

/** How long TCP tries before it gives up on silence, ms (net.ipv4.tcp_syn_retries = 6). */
const SYN_TIMEOUT = 127_000
/** ARP: how long until a host on the same link counts as not there, ms. */
const ARP_TIMEOUT = 3_000

export type Translation = (target: {
  address: string
  port: number
  protocol: "tcp" | "udp"
  from: Namespace
}) => { address: string; port: number } | "reject" | "drop" | undefined
export type Policy = (target: { from: string; to: string; port: number; protocol: "tcp" | "udp" }) => boolean
export type DnsHandler = (question: { name: string; type: DnsRecord["type"] }) => readonly DnsRecord[] | "NXDOMAIN" | "SERVFAIL"

export interface NamespaceOptions {
  name: string
  /** The machine it is on: what a partition cuts. */
  host: string
  interfaces: readonly NetworkInterface[]
  /** Runs steps as a thread of process `pid` (host's number); "" when that process is gone. */
  run: (steps: Steps<HttpResponse>, pid: number | undefined, done: (response: HttpResponse | undefined) => void) => void
  /** The node's namespace, whose translation applies to what leaves this one. */
  node?: Namespace
  readFile: (path: string) => string | undefined
}

export class BoundListener implements Listener {
  readonly address: string
  readonly port: number
  readonly protocol: "tcp" | "udp"
  readonly pid: number | undefined
  readonly handler: HttpHandler | undefined
  readonly tls: TlsOptions | undefined
  readonly acceptQueue = new Queue()
  readonly #backlog: Stream[] = []
  readonly #namespace: Namespace
  closed = false

  constructor(
    namespace: Namespace,
    port: number,
    options: {
      address: string
      protocol: "tcp" | "udp"
      pid: number | undefined
      handler?: HttpHandler | undefined
      tls?: TlsOptions | undefined
    },
  ) {
    this.#namespace = namespace
    this.port = port
    this.address = options.address
    this.protocol = options.protocol
    this.pid = options.pid
    this.handler = options.handler
    this.tls = options.tls
  }

  tryAccept(): Stream | undefined {
    return this.#backlog.shift()
  }

  offer(stream: Stream): boolean {
    if (this.#backlog.length >= 128) return false
    this.#backlog.push(stream)
    this.acceptQueue.wake()
    return true
  }

  close(): void {
    if (this.closed) return
    this.closed = true
    this.#namespace.unbind(this)
    for (const stream of this.#backlog) (stream as StreamEnd).reset()
  }
}

type Route =
  | { kind: "open"; namespace: Namespace; listener: BoundListener; address: string }
  | { kind: "internet" }
  | { kind: "error"; error: ConnectError; after: number }

export class Namespace implements NetworkNamespace {
  readonly name: string
  readonly host: string
  readonly node: Namespace | undefined
  readonly fabric: Fabric
  readonly #options: NamespaceOptions
  #interfaces: readonly NetworkInterface[]
  #listeners: BoundListener[] = []
  #nextPort = 32_768
  translation: Translation | undefined
  policy: Policy | undefined
  dns: DnsHandler | undefined
  /** False: nothing gets in or out (powered off). */
  up = true

  constructor(fabric: Fabric, options: NamespaceOptions) {
    this.fabric = fabric
    this.name = options.name
    this.host = options.host
    this.node = options.node
    this.#options = options
    this.#interfaces = options.interfaces
    for (const { address } of options.interfaces) fabric.attach(address, this)
  }

  get interfaces(): readonly NetworkInterface[] {
    return this.#interfaces
  }

  addInterface(added: NetworkInterface): void {
    this.#interfaces = [...this.#interfaces, added]
    this.fabric.attach(added.address, this)
  }

  /** Its primary address: what peers see. */
  get address(): string {
    return this.#interfaces.find(({ name }) => name !== "lo")?.address ?? "127.0.0.1"
  }

  get listeners(): readonly BoundListener[] {
    return this.#listeners
  }

  destroy(): void {
    this.up = false
    for (const listener of [...this.#listeners]) listener.close()
    for (const { address } of this.#interfaces) this.fabric.detach(address, this)
  }

  /** Closes what a process listened on. */
  closeListenersOf(pid: number): void {
    if (this.#listeners.length === 0) return
    for (const listener of [...this.#listeners]) if (listener.pid === pid) listener.close()
  }

  #bind(
    port: number,
    options: { address?: string; pid?: number; protocol?: "tcp" | "udp"; handler?: HttpHandler; tls?: TlsOptions },
  ): BoundListener {
    const protocol = options.protocol ?? "tcp"
    const address = options.address === undefined || options.address === "" || options.address === "::" ? "0.0.0.0" : options.address
    const chosen = port === 0 ? this.#nextPort++ : port
    if (address !== "0.0.0.0" && !address.startsWith("127.") && !this.#interfaces.some((own) => own.address === address))
      throw new SystemError("EADDRNOTAVAIL")
    if (
      this.#listeners.some(
        (other) =>
          other.protocol === protocol &&
          other.port === chosen &&
          (other.address === address || other.address === "0.0.0.0" || address === "0.0.0.0"),
      )
    )
      throw new SystemError("EADDRINUSE")
    const listener = new BoundListener(this, chosen, { address, protocol, pid: options.pid, handler: options.handler, tls: options.tls })
    this.#listeners.push(listener)
    return listener
  }

  unbind(listener: BoundListener): void {
    this.#listeners = this.#listeners.filter((other) => other !== listener)
  }

  listen(port: number, options: { address?: string; pid?: number; protocol?: "tcp" | "udp" } = {}): BoundListener {
    return this.#bind(port, options)
  }

  serve(port: number, handler: HttpHandler, options: { address?: string; pid?: number; tls?: TlsOptions } = {}): BoundListener {
    return this.#bind(port, { ...options, handler })
  }

  serveDns(handler: DnsHandler | undefined): void {
    this.dns = handler
  }

  #find(address: string, port: number, protocol: "tcp" | "udp"): BoundListener | undefined {
    return this.#listeners.find(
      (listener) =>
        listener.port === port && listener.protocol === protocol && (listener.address === "0.0.0.0" || listener.address === address),
    )
  }

  #isOwn(address: string): boolean {
    return (
      address.startsWith("127.") || address === "::1" || address === "0.0.0.0" || this.#interfaces.some((own) => own.address === address)
    )
  }

  /** Where a packet to address:port ends up. */
  route(address: string, port: number, protocol: "tcp" | "udp" = "tcp"): Route {
    if (!this.up) return { kind: "error", error: "ENETUNREACH", after: 0 }
    if (address.startsWith("127.") || address === "::1") {
      // Node ports also answer on the node's loopback, through the same rules.
      const listener = this.#find("127.0.0.1", port, protocol)
      if (listener) return { kind: "open", namespace: this, listener, address }
    }
    const translate = (this.node ?? this).translation
    const translated = translate?.({ address, port, protocol, from: this })
    if (translated === "reject") return { kind: "error", error: "ECONNREFUSED", after: 0 }
    if (translated === "drop") return { kind: "error", error: "ETIMEDOUT", after: SYN_TIMEOUT }
    if (translated) return this.#deliver(translated.address, translated.port, protocol)
    return this.#deliver(address, port, protocol)
  }

  #deliver(address: string, port: number, protocol: "tcp" | "udp"): Route {
    if (this.#isOwn(address)) {
      const listener = this.#find(address, port, protocol)
      return listener ? { kind: "open", namespace: this, listener, address } : { kind: "error", error: "ECONNREFUSED", after: 0 }
    }
    const target = this.fabric.at(address)
    if (!target) {
      const local = isPrivate(address)
      if (!local && this.fabric.options.internet) return { kind: "internet" }
      return local
        ? { kind: "error", error: "EHOSTUNREACH", after: ARP_TIMEOUT }
        : { kind: "error", error: "ETIMEDOUT", after: SYN_TIMEOUT }
    }
    if (!target.up || !this.fabric.linked(this, target)) return { kind: "error", error: "ETIMEDOUT", after: SYN_TIMEOUT }
    if (target !== this) {
      // Rules of the receiving node act on what comes from outside (node ports, host ports).
      const inward = target.node ? undefined : target.translation?.({ address, port, protocol, from: this })
      if (inward === "reject") return { kind: "error", error: "ECONNREFUSED", after: 0 }
      if (inward === "drop") return { kind: "error", error: "ETIMEDOUT", after: SYN_TIMEOUT }
      if (inward && (inward.address !== address || inward.port !== port)) return target.#deliver(inward.address, inward.port, protocol)
      const policy = (target.node ?? target).policy
      if (policy && !policy({ from: this.address, to: address, port, protocol }))
        return { kind: "error", error: "ETIMEDOUT", after: SYN_TIMEOUT }
    }
    const listener = target.#find(address, port, protocol)
    return listener ? { kind: "open", namespace: target, listener, address } : { kind: "error", error: "ECONNREFUSED", after: 0 }
  }

  /** True when packets to `address` come back (ICMP echo). */
  reachable(address: string): boolean {
    if (this.#isOwn(address)) return true
    const target = this.fabric.at(address)
    return target?.up === true && this.fabric.linked(this, target)
  }

  /** One HTTP exchange, for callers that are no process. `done` is called once; at once when nothing has to be waited for. */
  exchange(
    address: string,
    port: number,
    request: HttpRequest,
    options: HttpOptions,
    done: (result: HttpResponse | { error: ConnectError | "TLS"; message?: string }) => void,
  ): void {
    const route = this.route(address, port)
    const { sim } = this.fabric
    const limit = options.timeout ?? Number.POSITIVE_INFINITY
    if (route.kind === "error") {
      const wait = Math.min(route.after, limit)
      const error = wait < route.after ? "ETIMEDOUT" : route.error
      if (wait === 0) return done({ error })
      sim.schedule(wait, () => done({ error }))
      return
    }
    if (route.kind === "internet") {
      const answer = this.fabric.options.internet?.({
        ...request,
        host: request.headers.host ?? address,
        port,
        tls: options.tls !== undefined,
      })
      return answer ? done(answer) : done({ error: "ETIMEDOUT" })
    }
    const { listener, namespace } = route
    let settled = false
    const timer = limit === Number.POSITIVE_INFINITY ? undefined : sim.schedule(limit, () => settle({ error: "ETIMEDOUT" }))
    const settle = (result: HttpResponse | { error: ConnectError | "TLS"; message?: string }) => {
      if (settled) return
      settled = true
      sim.cancel(timer)
      done(result)
    }
    if (!listener.handler) {
      const [near, far] = streamPair(sim)
      if (!listener.offer(far)) return settle({ error: "ECONNREFUSED" })
      return exchangeOverStream(near, request, `${address}:${port}`, (result) =>
        settle(result === "ECONNRESET" ? { error: "ECONNREFUSED" } : result),
      )
    }
    if (listener.tls && !options.tls) return settle({ status: 400, headers: {}, body: "Client sent an HTTP request to an HTTPS server.\n" })
    if (!listener.tls && options.tls) return settle({ error: "TLS", message: "http: server gave HTTP response to HTTPS client" })
    if (listener.tls && options.tls && !options.tls.insecure) {
      const problem = this.fabric.options.verify?.({
        certificate: listener.tls.certificate,
        authority: options.tls.authority,
        name: options.tls.name,
        now: sim.now(),
      })
      if (problem) return settle({ error: "TLS", message: problem })
    }
    const given: HttpRequest = {
      ...request,
      headers:
        request.headers.host === undefined
          ? { ...request.headers, host: port === (options.tls ? 443 : 80) ? address : `${address}:${port}` }
          : request.headers,
      remoteAddress: namespace === this && address.startsWith("127.") ? "127.0.0.1" : this.address,
      ...(options.tls?.clientCertificate && { clientCertificate: options.tls.clientCertificate }),
    }
    const answer = listener.handler(given)
    if (isResponse(answer)) return settle(answer)
    namespace.#options.run(answer, listener.pid, (response) => settle(response ?? { error: "ECONNREFUSED" }))
  }

  *request(address: string, port: number, request: HttpRequest, options: HttpOptions = {}): Steps<HttpResponse> {
    let result: HttpResponse | { error: ConnectError | "TLS"; message?: string } | undefined
    const queue = new Queue()
    this.exchange(address, port, request, options, (given) => {
      result = given
      queue.wake()
    })
    while (result === undefined) if ((yield { queues: [queue] }) === "signal") throw new SystemError("EINTR")
    if (!("error" in result)) return result
    if (result.error === "TLS") throw new TlsError(result.message)
    throw new SystemError(result.error === "ENETUNREACH" ? "EHOSTUNREACH" : result.error)
  }

  *connect(address: string, port: number, options: { timeout?: number; protocol?: "tcp" | "udp" } = {}): Steps<Stream> {
    const route = this.route(address, port, options.protocol)
    if (route.kind === "error") {
      const wait = Math.min(route.after, options.timeout ?? Number.POSITIVE_INFINITY)
      if (wait > 0 && (yield { queues: [], until: this.fabric.sim.now() + wait }) === "signal") throw new SystemError("EINTR")
      throw new SystemError(wait < route.after ? "ETIMEDOUT" : route.error === "ENETUNREACH" ? "EHOSTUNREACH" : route.error)
    }
    const [near, far] = streamPair(this.fabric.sim)
    if (route.kind === "internet") {
      serveStream(far, (request, done) =>
        done(
          this.fabric.options.internet?.({ ...request, host: request.headers.host ?? address, port, tls: false }) ?? {
            status: 404,
            headers: {},
            body: "",
          },
        ),
      )
      return near
    }
    const { listener, namespace } = route
    if (!listener.handler) {
      if (!listener.offer(far)) throw new SystemError("ECONNREFUSED")
      return near
    }
    const { handler } = listener
    serveStream(far, (request, done) => {
      const answer = handler({ ...request, remoteAddress: this.address })
      if (isResponse(answer)) done(answer)
      else namespace.#options.run(answer, listener.pid, (response) => done(response ?? { status: 502, headers: {} }))
    })
    return near
  }

  *lookup(name: string, type: DnsRecord["type"] = "A"): Steps<readonly DnsRecord[]> {
    return yield* resolveName(this, this.#options.readFile, name, type)
  }
}

const isResponse = (answer: HttpResponse | Steps<HttpResponse>): answer is HttpResponse => "status" in answer

/** 10/8, 172.16/12, 192.168/16, 100.64/10, 169.254/16. */
const isPrivate = (address: string): boolean => {
  const [a, b] = address.split(".").map(Number)
  return (
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254)
  )
}
