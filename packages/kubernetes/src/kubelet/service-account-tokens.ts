/** Tokens of Pods' ServiceAccounts: asked for when they are read, kept, and asked for again before they run out. As pkg/kubelet/token/token_manager.go. */
import type { Simulation } from "@drydock/sim"
import { type Pod, serviceAccount } from "../api/index.ts"
import { StatusError } from "../apimachinery/status.ts"
import type { Client } from "../client/contract.ts"

/** What a projected volume wants of a token. */
export interface WantedToken {
  audience?: string
  /** Default: an hour. */
  expirationSeconds?: number
}

interface Held {
  token: string
  /** Virtual ms. */
  refreshAt: number
}

/** Of its life a token is renewed at this share, and after a day at the latest, ms. */
const RENEWED_AT = 0.8
const LONGEST = 24 * 3_600_000
const HOUR = 3_600

export class ServiceAccountTokens {
  readonly #sim: Simulation
  readonly #client: Client
  /** By Pod uid, then by what is wanted. */
  #held: Map<string, Map<string, Held>> | undefined

  constructor(sim: Simulation, client: Client) {
    this.#sim = sim
    this.#client = client
  }

  /** One that is good for some time yet; where the API server gives none, the last one, or "". */
  of({ metadata, spec }: Pod, { audience, expirationSeconds = HOUR }: WantedToken): string {
    const own = this.#held?.get(metadata.uid) ?? new Map<string, Held>()
    const key = `${audience} ${expirationSeconds}`
    const known = own.get(key)
    if (known && this.#sim.now() < known.refreshAt) return known.token
    const account = { namespace: metadata.namespace as string, name: spec.serviceAccountName ?? "default" }
    try {
      const { status } = this.#client.createSubresource(serviceAccount as never, account, "token", {
        apiVersion: "authentication.k8s.io/v1",
        kind: "TokenRequest",
        spec: {
          audiences: audience === undefined ? [] : [audience],
          expirationSeconds,
          boundObjectRef: { apiVersion: "v1", kind: "Pod", name: metadata.name, uid: metadata.uid },
        },
      }) as unknown as { status: { token: string } }
      const refreshAt = this.#sim.now() + Math.min(LONGEST, expirationSeconds * 1_000 * RENEWED_AT)
      ;(this.#held ??= new Map()).set(metadata.uid, own.set(key, { token: status.token, refreshAt }))
      return status.token
    } catch (error) {
      if (!(error instanceof StatusError) && !(error instanceof Error && error.message.includes("connection refused"))) throw error
      return known?.token ?? ""
    }
  }

  forget(uid: string): void {
    this.#held?.delete(uid)
  }
}
