/** The kubelet's heartbeat: a Lease of the node's name. As k8s.io/component-helpers/apimachinery/lease/controller.go. */
import { type Lease, lease, node } from "../api/index.ts"
import { formatMicroTime } from "../apimachinery/object.ts"
import type { Client } from "../client/contract.ts"

/** A quarter of nodeLeaseDurationSeconds; and the back-off while the API server does not answer: 100 ms doubling to 7 s. */
export const LEASE_RENEW = 10_000
const FIRST_RETRY = 100
const LONGEST_RETRY = 7_000

export class NodeLease {
  readonly #client: Client
  readonly #name: string
  #held: Lease | undefined
  #retry = FIRST_RETRY
  /** Whether the last beat went through. */
  alive = false

  constructor(client: Client, name: string) {
    this.#client = client
    this.#name = name
  }

  /** ms until the next beat; `attempt` says whether its work went through. */
  beat(now: number, attempt: (work: () => void) => boolean): number {
    const went = attempt(() => this.#renew(formatMicroTime(now)))
    this.alive = went
    this.#retry = went ? FIRST_RETRY : Math.min(LONGEST_RETRY, this.#retry * 2)
    return went ? LEASE_RENEW : this.#retry / 2
  }

  #renew(renewTime: string): void {
    const key = { namespace: "kube-node-lease", name: this.#name }
    // From the lease last written; asked for only when that failed.
    const held = this.#held ?? this.#client.find(lease, key)
    this.#held = undefined
    if (held) {
      this.#held = this.#client.update(lease, { ...held, spec: { ...held.spec, renewTime } })
      return
    }
    // A lease without its owner is not made: a node that is not registered yet has to wait for the next beat.
    const owner = this.#client.find(node, { name: this.#name })
    if (!owner) return
    this.#held = this.#client.create(lease, {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { ...key, ownerReferences: [{ apiVersion: "v1", kind: "Node", name: this.#name, uid: owner.metadata.uid }] },
      spec: { holderIdentity: this.#name, leaseDurationSeconds: 40, renewTime },
    })
  }
}
