/** Leader election by a Lease, renewed every two seconds. As client-go/tools/leaderelection. */
import type { Simulation, Timer } from "@drydock/sim"
import { type Lease, lease } from "../api/index.ts"
import { formatMicroTime } from "../apimachinery/object.ts"
import { StatusError } from "../apimachinery/status.ts"
import type { Client } from "../client/contract.ts"

/** --leader-elect-lease-duration and -retry-period, ms. */
const LEASE_DURATION = 15_000
const RETRY_PERIOD = 2_000

/** Calls `lead` once the lease is held; afterwards renews it as a background event. */
export const elect = (options: {
  sim: Simulation
  client: Client
  name: string
  identity: string
  /** LeaderElectionConfig.ReleaseOnCancel: who stops gives the lease back, so that the next need not wait for it to run out. */
  releaseOnStop?: boolean
  lead: () => void
}): { stop: () => void } => {
  const { sim, client, name, identity } = options
  const key = { namespace: "kube-system", name }
  let timer: Timer | undefined
  let leading = false
  /** The lease as this holder last wrote it: renewals begin from it and ask only when that fails. */
  let written: Lease | undefined
  let seen: { renewed: string; at: number } | undefined
  const again = () => {
    timer = leading ? sim.scheduleBackground(RETRY_PERIOD, attempt) : sim.schedule(RETRY_PERIOD, attempt)
  }
  const attempt = () => {
    try {
      const now = formatMicroTime(sim.now())
      const held = written ?? client.find(lease, key)
      written = undefined
      if (!held) {
        written = client.create(lease, {
          apiVersion: "coordination.k8s.io/v1",
          kind: "Lease",
          metadata: key,
          spec: {
            holderIdentity: identity,
            leaseDurationSeconds: LEASE_DURATION / 1_000,
            acquireTime: now,
            renewTime: now,
            leaseTransitions: 0,
          },
        })
      } else {
        const mine = held.spec.holderIdentity === identity
        const renewed = String(held.spec.renewTime)
        if (!mine) {
          if (seen?.renewed !== renewed) seen = { renewed, at: sim.now() }
          // Another holder: wait until its lease has run out, by this clock.
          if (held.spec.holderIdentity && sim.now() - seen.at < LEASE_DURATION) return again()
        }
        written = client.update(lease, {
          ...held,
          spec: {
            ...held.spec,
            holderIdentity: identity,
            leaseDurationSeconds: LEASE_DURATION / 1_000,
            renewTime: now,
            ...(!mine && { acquireTime: now, leaseTransitions: (held.spec.leaseTransitions ?? 0) + 1 }),
          },
        })
      }
      if (!leading) {
        leading = true
        options.lead()
      }
    } catch (error) {
      if (!unavailable(error)) throw error
    }
    again()
  }
  const release = () => {
    try {
      const held = client.find(lease, key)
      if (held?.spec.holderIdentity !== identity) return
      const now = formatMicroTime(sim.now())
      const { holderIdentity: _, ...spec } = held.spec
      client.update(lease, { ...held, spec: { ...spec, leaseDurationSeconds: 1, renewTime: now, acquireTime: now } })
    } catch (error) {
      if (!unavailable(error)) throw error
    }
  }
  timer = sim.schedule(0, attempt)
  return {
    stop() {
      sim.cancel(timer)
      timer = undefined
      if (leading && options.releaseOnStop) release()
      leading = false
    },
  }
}

const unavailable = (error: unknown): boolean =>
  error instanceof StatusError || (error instanceof Error && error.message.includes("connection refused"))
