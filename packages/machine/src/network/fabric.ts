/** The fabric of one world: which namespace has which address, what lies between them, and what is beyond. */
import type { Simulation } from "@drydock/sim"
import type { ConnectError, HttpHandler, HttpRequest, HttpResponse } from "./contract.ts"
import { Namespace, type NamespaceOptions } from "./namespace.ts"

/** What the world's internet answers; undefined: there is no such host. */
export type Internet = (request: HttpRequest & { host: string; port: number; tls: boolean }) => HttpResponse | undefined

/** Checks a server's certificate for a client; a text says what is wrong with it. */
export type CertificateVerifier = (input: {
  certificate: string
  authority: string | undefined
  name: string
  now: number
}) => string | undefined

export interface FabricOptions {
  sim: Simulation
  /** One way, ms. Default 0: an exchange inside the world takes no time of its own. */
  latency?: number
  internet?: Internet
  /** Names of the world's internet, for the resolver of last resort. */
  internetNames?: (name: string) => string | undefined
  verify?: CertificateVerifier
}

export class Fabric {
  readonly sim: Simulation
  readonly options: FabricOptions
  readonly #byAddress = new Map<string, Namespace>()
  /** Pairs of names that cannot reach each other, "a|b" sorted. */
  readonly #cut = new Set<string>()
  /** The same for slow links: added ms one way. */
  readonly #slow = new Map<string, number>()

  constructor(options: FabricOptions) {
    this.sim = options.sim
    this.options = options
  }

  createNamespace(options: NamespaceOptions): Namespace {
    return new Namespace(this, options)
  }

  attach(address: string, namespace: Namespace): void {
    this.#byAddress.set(address, namespace)
  }

  detach(address: string, namespace: Namespace): void {
    if (this.#byAddress.get(address) === namespace) this.#byAddress.delete(address)
  }

  at(address: string): Namespace | undefined {
    return this.#byAddress.get(address)
  }

  /** Cuts or mends the link between two machines (by host name). */
  setLink(a: string, b: string, up: boolean): void {
    const pair = [a, b].sort().join("|")
    if (up) this.#cut.delete(pair)
    else this.#cut.add(pair)
  }

  /** Slows the link between two machines by `latency` ms one way; 0 mends it. */
  setLatency(a: string, b: string, latency: number): void {
    const pair = [a, b].sort().join("|")
    if (latency > 0) this.#slow.set(pair, latency)
    else this.#slow.delete(pair)
  }

  /** One way, ms. */
  latency(a: Namespace, b: Namespace): number {
    if (a.host === b.host) return 0
    const added = this.#slow.size === 0 ? 0 : (this.#slow.get([a.host, b.host].sort().join("|")) ?? 0)
    return (this.options.latency ?? 0) + added
  }

  linked(a: Namespace, b: Namespace): boolean {
    return this.#cut.size === 0 || !this.#cut.has([a.host, b.host].sort().join("|"))
  }
}

export type { ConnectError, HttpHandler }
