/** Bearer tokens of ServiceAccounts: remembered until they expire, good as long as their account and what they are bound to live. */
import type { Simulation } from "@drydock/sim"
import type { AnyStored } from "../apimachinery/object.ts"
import type { IssuedToken } from "./context.ts"
import type { UserInfo } from "./contract.ts"

/** --service-account-issuer, and with it --api-audiences. */
export const ISSUER = "https://kubernetes.default.svc.cluster.local"

const EXTRA = "authentication.kubernetes.io"

export class IssuedTokens {
  readonly #sim: Simulation
  readonly #find: (plural: "serviceaccounts" | "pods" | "secrets", namespace: string, name: string) => AnyStored | undefined
  readonly #tokens = new Map<string, IssuedToken>()

  constructor(
    sim: Simulation,
    find: (plural: "serviceaccounts" | "pods" | "secrets", namespace: string, name: string) => AnyStored | undefined,
  ) {
    this.#sim = sim
    this.#find = find
  }

  add(token: string, of: IssuedToken): void {
    const now = this.#sim.now()
    for (const [old, { expires }] of this.#tokens) if (expires <= now) this.#tokens.delete(old)
    this.#tokens.set(token, of)
  }

  /** Who it belongs to, and which of `audiences` it is meant for; undefined when it is not good for any of them. */
  owner(token: string, audiences: readonly string[] = [ISSUER]): { user: UserInfo; audiences: readonly string[] } | undefined {
    const issued = this.#tokens.get(token)
    if (!issued || issued.expires <= this.#sim.now()) return undefined
    const { namespace, name, uid, id, bound } = issued
    const common = issued.audiences.filter((one) => audiences.includes(one))
    if (common.length === 0) return undefined
    if (this.#find("serviceaccounts", namespace, name)?.metadata.uid !== uid) return undefined
    if (bound && this.#find(bound.plural, namespace, bound.name)?.metadata.uid !== bound.uid) return undefined
    return {
      audiences: common,
      user: {
        name: `system:serviceaccount:${namespace}:${name}`,
        uid,
        groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
        extra: {
          ...(id !== "" && { [`${EXTRA}/credential-id`]: [`JTI=${id}`] }),
          ...(bound?.plural === "pods" && { [`${EXTRA}/pod-name`]: [bound.name], [`${EXTRA}/pod-uid`]: [bound.uid] }),
        },
      },
    }
  }
}
