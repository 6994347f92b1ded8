/** A network namespace: interfaces, listeners, and the way out of it. */
import { SystemError } from "../kernel/errno.ts"
import type { KernelProcess } from "../kernel/kernel-process.ts"
import type { Steps } from "../kernel/process.ts"
import { Queue } from "../kernel/wait-queue.ts"
import {
  type ConnectError,
  type Connection,
  type DnsRecord,
  type HttpHandler,
  type HttpOptions,
  type HttpRequest,
  type HttpResponse,
  type NetworkInterface,
  type NetworkNamespace,
  type ServerHello,
  type Stream,
  type Surroundings,
  TlsError,
  type TlsOptions,
} from "./contract.ts"
import type { Fabric } from "./fabric.ts"
import { exchangeOverStream, serveStream } from "./http1.ts"
import { BoundListener } from "./listener.ts"
import { askServer, resolveName } from "./resolver.ts"
import { severedWith } from "./severable.ts"
import { type StreamEnd, streamPair } from "./stream-pair.ts"

/** How long TCP tries before it gives up on silence, ms (net.ipv4.tcp_syn_retries = 6). */
const SYN_TIMEOUT = 127_000
/** ARP: how long until a host on the same link counts as not there, ms. */
const ARP_TIMEOUT = 3_000
/** There and back to the world's internet, ms. */
const INTERNET_TRIP = 12
/** How long dig and nslookup wait for a server, ms. */
const DNS_TIMEOUT = 5_000

export type Translation = (target: {
  address: string
  port: number
  protocol: "tcp" | "udp"
  from: Namespace
}) => { address: string; port: number } | "reject" | "drop" | undefined
export type Policy = (target: { from: string; to: string; port: number; protocol: "tcp" | "udp" }) => boolean
/** The first packet of a connection, as a packet filter sees it. */
export interface PacketFacts {
  readonly from: string
  readonly to: string
  readonly port: number
  readonly protocol: "tcp" | "udp" | "icmp"
}
/** A machine's own packet filter: what it does with what comes in, leaves, or passes on to its containers. */
export type Firewall = (hook: "input" | "output" | "forward", packet: PacketFacts) => "accept" | "drop" | "reject"
export type DnsHandler = (question: { name: string; type: DnsRecord["type"] }) => readonly DnsRecord[] | "NXDOMAIN" | "SERVFAIL"

export interface NamespaceOptions {
  name: string
  /** The machine it is on: what a partition cuts. */
  host: string
  interfaces: readonly NetworkInterface[]
  /** The node's namespace, whose translation applies to what leaves this one, and whose kernel runs what listens here. */
  node?: Namespace
  /** The kernel below; a pod's is its node's. */
  kernel?: NetworkKernel
}

/** What the network asks of the kernel of the machine that a namespace is on. */
export interface NetworkKernel {
  /** The process that makes the call in progress, if one does. */
  running(): KernelProcess | undefined
  /** Runs a handler's steps as a thread of its process (the kernel's own without one); undefined when that ended first. */
  run(steps: Steps<HttpResponse>, owner: KernelProcess | undefined, done: (response: HttpResponse | undefined) => void): void
  /** A process by its number on the machine. */
  find(pid: number): KernelProcess | undefined
  /** A file of the machine, for resolvers that no process asks. */
  readFile(path: string): string | undefined
  /** The machine's clock, ms since the epoch. */
  now(): number
}

type Failure = { error: ConnectError | "ECONNRESET" | "TLS"; message?: string }

type Route =
  | { kind: "open"; namespace: Namespace; listener: BoundListener; address: string }
  | { kind: "internet" }
  | { kind: "error"; error: ConnectError; after: number }

export class Namespace implements NetworkNamespace {
  readonly name: string
  readonly host: string
  readonly node: Namespace | undefined
  readonly fabric: Fabric
  readonly kernel: NetworkKernel | undefined
  #interfaces: readonly NetworkInterface[]
  #listeners: BoundListener[] = []
  #nextPort = 32_768
  /** Made for the first connection: most containers never have one. */
  #connections: Set<StreamEnd> | undefined
  translation: Translation | undefined
  policy: Policy | undefined
  /** Undefined: everything passes. */
  firewall: Firewall | undefined
  dns: DnsHandler | undefined
  surroundings: (() => Surroundings) | undefined
  /** net.ipv4.ip_forward: whether it hands on what comes from its containers or is meant for them. */
  forwards = true
  /** False: nothing gets in or out (powered off). */
  up = true

  constructor(fabric: Fabric, options: NamespaceOptions) {
    this.fabric = fabric
    this.name = options.name
    this.host = options.host
    this.node = options.node
    this.kernel = options.kernel ?? options.node?.kernel
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

  get connections(): readonly Connection[] {
    return [...(this.#connections ?? [])].flatMap((end) => end.connection ?? [])
  }

  destroy(): void {
    this.up = false
    for (const listener of [...this.#listeners]) listener.close()
    for (const { address } of this.#interfaces) this.fabric.detach(address, this)
  }

  /** A process ended: nobody listens on its ports any more. */
  closeListenersOf(process: KernelProcess): void {
    for (const listener of this.#listeners) if (listener.owner === process) listener.close()
  }

  /** The process that `pid` means to whoever calls: numbers are those of its own PID namespace. */
  #process(pid: number | undefined): KernelProcess | undefined {
    if (pid === undefined) return undefined
    const running = this.kernel?.running()
    const caller = running?.owner ?? running
    return caller?.pid === pid ? caller : (caller?.namespace.find(pid) ?? this.kernel?.find(pid))
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
    const owner = this.#process(options.pid)
    const listener = new BoundListener(
      chosen,
      { address, protocol, pid: options.pid, owner, handler: options.handler, tls: options.tls },
      (closed) => {
        this.#listeners = this.#listeners.filter((other) => other !== closed)
      },
    )
    this.#listeners = [...this.#listeners, listener]
    return listener
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
      const refusal = this.#refusal(this, { from: address, to: address, port, protocol })
      if (refusal) return refusal
      if (listener) return { kind: "open", namespace: this, listener, address }
    }
    const translate = (this.node ?? this).translation
    const translated = translate?.({ address, port, protocol, from: this })
    if (translated === "reject") return { kind: "error", error: "ECONNREFUSED", after: 0 }
    if (translated === "drop") return { kind: "error", error: "ETIMEDOUT", after: SYN_TIMEOUT }
    if (translated) return this.#deliver(translated.address, translated.port, protocol)
    return this.#deliver(address, port, protocol)
  }

  /** What the packet filters on the way say, from here to `target` (undefined: out of the world). */
  #filtered(target: Namespace | undefined, packet: PacketFacts): "accept" | "drop" | "reject" {
    const through = target?.node ?? target
    if (this.node && through !== this.node && !this.node.forwards) return "drop"
    if (target?.node && this !== target.node && this.node !== target.node && !target.node.forwards) return "drop"
    const leaving = (this.node ?? this).firewall?.(this.node ? "forward" : "output", packet) ?? "accept"
    if (leaving !== "accept" || !target) return leaving
    const host = target.node ?? target
    // Between containers of one machine a packet is forwarded once.
    if (this.node && host === this.node && target.node) return "accept"
    return host.firewall?.(target.node ? "forward" : "input", packet) ?? "accept"
  }

  /** No filter on the way, as nearly always: nothing has to be asked. */
  #unfiltered(target: Namespace | undefined): boolean {
    const [from, to] = [this.node ?? this, target?.node ?? target]
    return from.firewall === undefined && from.forwards && (to === undefined || (to.firewall === undefined && to.forwards))
  }

  #refusal(target: Namespace | undefined, packet: PacketFacts): Route | undefined {
    if (this.#unfiltered(target)) return undefined
    const result = this.#filtered(target, packet)
    if (result === "accept") return undefined
    return result === "reject"
      ? { kind: "error", error: "ECONNREFUSED", after: 0 }
      : { kind: "error", error: "ETIMEDOUT", after: SYN_TIMEOUT }
  }

  /** Whether packet filters let a connection to address:port through. */
  admits(address: string, port: number): boolean {
    if (this.#unfiltered(this.#isOwn(address) ? this : this.fabric.at(address))) return true
    return (
      this.#filtered(this.#isOwn(address) ? this : this.fabric.at(address), { from: this.address, to: address, port, protocol: "tcp" }) ===
      "accept"
    )
  }

  #deliver(address: string, port: number, protocol: "tcp" | "udp"): Route {
    const own = this.#isOwn(address)
    const refusal = this.#refusal(own ? this : this.fabric.at(address), {
      from: own ? address : this.address,
      to: address,
      port,
      protocol,
    })
    if (refusal) return refusal
    if (own) {
      const listener = this.#find(address, port, protocol)
      return listener ? { kind: "open", namespace: this, listener, address } : { kind: "error", error: "ECONNREFUSED", after: 0 }
    }
    const target = this.fabric.at(address)
    if (!target) {
      const leaving = this.node?.policy
      if (leaving && !leaving({ from: this.address, to: address, port, protocol }))
        return { kind: "error", error: "ETIMEDOUT", after: SYN_TIMEOUT }
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
    done: (result: HttpResponse | Failure) => void,
  ): void {
    const route = this.route(address, port)
    const { sim } = this.fabric
    const limit = options.timeout ?? Number.POSITIVE_INFINITY
    if (route.kind === "error") {
      const wait = Math.min(route.after, limit, options.connectTimeout ?? limit)
      const error = wait < route.after ? "ETIMEDOUT" : route.error
      if (wait === 0) return done({ error })
      sim.schedule(wait, () => done({ error }))
      return
    }
    if (route.kind === "internet") {
      options.onConnect?.()
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
    const settle = (result: HttpResponse | Failure) => {
      if (settled) return
      settled = true
      sim.cancel(timer)
      done(result)
    }
    const latency = this.fabric.latency(this, namespace)
    const begin = () => this.#exchangeWith(listener, address, port, request, options, namespace, answered)
    const answered = (result: HttpResponse | Failure) => {
      if (latency === 0) settle(result)
      else sim.schedule(latency, () => settle(result))
    }
    if (latency === 0) begin()
    else sim.schedule(latency, begin)
  }

  #exchangeWith(
    listener: BoundListener,
    address: string,
    port: number,
    request: HttpRequest,
    options: HttpOptions,
    namespace: Namespace,
    settle: (result: HttpResponse | Failure) => void,
  ): void {
    const { sim } = this.fabric
    if (listener.closed) return settle({ error: "ECONNREFUSED" })
    options.onConnect?.()
    if (!listener.handler) {
      const [near, far] = streamPair(sim)
      if (!listener.offer(far)) return settle({ error: "ECONNREFUSED" })
      return exchangeOverStream(near, request, `${address}:${port}`, (result) =>
        settle(result === "ECONNRESET" ? { error: "ECONNRESET" } : result),
      )
    }
    if (listener.tls && !options.tls) return settle({ status: 400, headers: {}, body: "Client sent an HTTP request to an HTTPS server.\n" })
    if (!listener.tls && options.tls) return settle({ error: "TLS", message: "http: server gave HTTP response to HTTPS client" })
    if (listener.tls && options.tls && !options.tls.insecure) {
      const problem = this.fabric.options.verify?.({
        certificate: listener.tls.certificate,
        authority: options.tls.authority,
        name: options.tls.name,
        now: namespace.kernel?.now() ?? sim.now(),
      })
      if (problem) return settle({ error: "TLS", message: problem })
    }
    const { method, path, headers, body, span } = request
    const given: { -readonly [Part in keyof HttpRequest]: HttpRequest[Part] } = {
      method,
      path,
      headers:
        headers.host === undefined ? { ...headers, host: port === (options.tls ? 443 : 80) ? address : `${address}:${port}` } : headers,
      remoteAddress: namespace === this && address.startsWith("127.") ? "127.0.0.1" : this.address,
    }
    if (body !== undefined) given.body = body
    if (span !== undefined) given.span = span
    const certificate = options.tls?.clientCertificate ?? request.clientCertificate
    if (certificate) given.clientCertificate = certificate
    const answer = listener.handler(given)
    const { owner } = listener
    if (isResponse(answer)) return settle(severedWith(owner, answer))
    namespace.#run(answer, listener, (response) => settle(response ? severedWith(owner, response) : { error: "ECONNRESET" }))
  }

  #run(steps: Steps<HttpResponse>, listener: BoundListener, done: (response: HttpResponse | undefined) => void): void {
    if (!this.kernel || listener.owner?.exitStatus) return done(undefined)
    this.kernel.run(steps, listener.owner, done)
  }

  *request(address: string, port: number, request: HttpRequest, options: HttpOptions = {}): Steps<HttpResponse> {
    let result: HttpResponse | Failure | undefined
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
    const { sim } = this.fabric
    const caller = this.kernel?.running()
    const route = this.route(address, port, options.protocol)
    const [near, far] = streamPair(sim)
    near.ownedBy(caller?.owner ?? caller)
    if (route.kind === "error") {
      // A datagram is sent into the blue: only silence, or a refusal at the next call, tells.
      if (options.protocol === "udp") {
        if (route.error === "ECONNREFUSED") sim.schedule(0, () => near.reset())
        return near
      }
      near.destroy()
      const wait = Math.min(route.after, options.timeout ?? Number.POSITIVE_INFINITY)
      if (wait > 0 && (yield { queues: [], until: sim.now() + wait }) === "signal") throw new SystemError("EINTR")
      throw new SystemError(wait < route.after ? "ETIMEDOUT" : route.error === "ENETUNREACH" ? "EHOSTUNREACH" : route.error)
    }
    if (route.kind === "internet") {
      const { internet } = this.fabric.options
      serveStream(far, (request, done) =>
        done(internet?.({ ...request, host: request.headers.host ?? address, port, tls: false }) ?? { status: 404, headers: {}, body: "" }),
      )
      return near
    }
    const { listener, namespace } = route
    if (options.protocol !== "udp") {
      const own = this === namespace
      const local = { address: own ? (address.startsWith("127.") ? "127.0.0.1" : route.address) : this.address, port: this.#nextPort++ }
      const remote = { address: route.address, port: listener.port }
      near.named(local, { address, port }, (this.#connections ??= new Set()))
      far.named(remote, local, (namespace.#connections ??= new Set()))
    }
    const trip = 2 * this.fabric.latency(this, namespace)
    if (trip > 0 && (yield { queues: [], until: sim.now() + trip }) === "signal") throw new SystemError("EINTR")
    if (listener.handler) serveStream(far, (request, done) => this.#answerRaw(namespace, listener, request, done))
    else if (listener.closed || !listener.offer(far)) {
      near.destroy()
      throw new SystemError("ECONNREFUSED")
    }
    return near
  }

  *handshake(address: string, port: number, options: { timeout?: number } = {}): Steps<ServerHello> {
    const { sim } = this.fabric
    const route = this.route(address, port)
    if (route.kind === "error") {
      const wait = Math.min(route.after, options.timeout ?? Number.POSITIVE_INFINITY)
      if (wait > 0 && (yield { queues: [], until: sim.now() + wait }) === "signal") throw new SystemError("EINTR")
      throw new SystemError(wait < route.after ? "ETIMEDOUT" : route.error === "ENETUNREACH" ? "EHOSTUNREACH" : route.error)
    }
    if (route.kind === "internet") return { kind: "public" }
    const trip = 2 * this.fabric.latency(this, route.namespace)
    if (trip > 0 && (yield { queues: [], until: sim.now() + trip }) === "signal") throw new SystemError("EINTR")
    if (route.listener.closed) throw new SystemError("ECONNREFUSED")
    const { tls, port: served } = route.listener
    if (!tls) return { kind: "plain" }
    const { certificate: certificates, clientAuthority } = tls
    return {
      kind: "tls",
      certificates,
      ...(clientAuthority !== undefined && { clientAuthority }),
      peer: { address: route.address, port: served },
    }
  }

  /** An HTTP listener's answer to a request that came as bytes. */
  #answerRaw(namespace: Namespace, listener: BoundListener, request: HttpRequest, done: (response: HttpResponse) => void): void {
    // As net/http: what is no handshake is answered in the clear.
    if (listener.tls) return done({ status: 400, headers: {}, body: "Client sent an HTTP request to an HTTPS server.\n" })
    const answer = listener.handler?.({ ...request, remoteAddress: this.address }) ?? { status: 404, headers: {} }
    if (isResponse(answer)) return done(severedWith(listener.owner, answer))
    namespace.#run(answer, listener, (response) => done(response ? severedWith(listener.owner, response) : { status: 502, headers: {} }))
  }

  *ping(address: string, timeout = 1_000): Steps<number | undefined> {
    const { sim } = this.fabric
    const began = sim.now()
    const target = this.#isOwn(address) ? this : this.fabric.at(address)
    if (!target && isPrivate(address)) {
      if ((yield { queues: [], until: began + ARP_TIMEOUT }) === "signal") throw new SystemError("EINTR")
      throw new SystemError("EHOSTUNREACH")
    }
    const filtered = this.#filtered(target, { from: target === this ? address : this.address, to: address, port: 0, protocol: "icmp" })
    const answers =
      filtered !== "accept"
        ? false
        : target
          ? target.up && this.up && (target === this || this.fabric.linked(this, target))
          : this.fabric.options.internet
    // Even an echo to oneself takes its while: some hundredths of a ms.
    const trip = target ? 0.04 + 2 * this.fabric.latency(this, target) : INTERNET_TRIP
    const wait = answers ? Math.min(trip, timeout) : timeout
    if ((yield { queues: [], until: began + wait }) === "signal") throw new SystemError("EINTR")
    return answers && trip <= timeout ? trip : undefined
  }

  *ask(
    server: string,
    name: string,
    type: DnsRecord["type"],
  ): Steps<readonly DnsRecord[] | "NXDOMAIN" | "SERVFAIL" | "silent" | "refused"> {
    const answer = askServer(this, server, name.replace(/\.$/, ""), type)
    if (answer !== "silent") return answer
    if ((yield { queues: [], until: this.fabric.sim.now() + DNS_TIMEOUT }) === "signal") throw new SystemError("EINTR")
    return answer
  }

  *lookup(name: string, type: DnsRecord["type"] = "A"): Steps<readonly DnsRecord[]> {
    const caller = this.kernel?.running()
    // The files of the process that asks: a container has its own resolv.conf.
    const files = caller?.files.as({ cwd: "/", credentials: { uid: 0, gid: 0, groups: [] }, umask: 0 })
    const readFile = files
      ? (path: string) => (files.exists(path) ? files.readText(path) : undefined)
      : (path: string) => this.kernel?.readFile(path)
    return yield* resolveName(this, readFile, name, type)
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
