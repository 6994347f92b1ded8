/** Bearer tokens of ServiceAccounts: remembered until they expire, good as long as their account lives. */
import type { Simulation } from "@drydock/sim"
import type { AnyStored } from "../apimachinery/object.ts"
import type { IssuedToken } from "./context.ts"
import type { UserInfo } from "./contract.ts"

export class IssuedTokens {
  readonly #sim: Simulation
  readonly #account: (namespace: string, name: string) => AnyStored | undefined
  readonly #tokens = new Map<string, IssuedToken>()

  constructor(sim: Simulation, account: (namespace: string, name: string) => AnyStored | undefined) {
    this.#sim = sim
    this.#account = account
  }

  add(token: string, of: IssuedToken): void {
    const now = this.#sim.now()
    for (const [old, { expires }] of this.#tokens) if (expires <= now) this.#tokens.delete(old)
    this.#tokens.set(token, of)
  }

  owner(token: string): UserInfo | undefined {
    const issued = this.#tokens.get(token)
    if (!issued || issued.expires <= this.#sim.now()) return undefined
    const { namespace, name, uid } = issued
    if (this.#account(namespace, name)?.metadata.uid !== uid) return undefined
    return {
      name: `system:serviceaccount:${namespace}:${name}`,
      uid,
      groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`, "system:authenticated"],
    }
  }
}
