import { Simulation } from "@drydock/sim"
import { expect, test } from "vitest"
import type { Lease } from "../api/index.ts"
import type { Client } from "../client/contract.ts"
import { elect } from "./leader-election.ts"

const make = () => {
  const sim = new Simulation("election", Date.UTC(2026, 0, 5))
  let stored: Lease | undefined
  const put = (_: unknown, object: Lease) => (stored = object)
  const client = { find: () => stored, create: put, update: put } as unknown as Client
  const run = (identity: string, releaseOnStop: boolean) => {
    const led: number[] = []
    const { stop } = elect({ sim, client, name: "kube-scheduler", identity, releaseOnStop, lead: () => led.push(sim.now()) })
    return { led, stop }
  }
  return { sim, run, holder: () => stored?.spec.holderIdentity, wait: (ms: number) => sim.run({ until: sim.now() + ms }) }
}

test.each([
  [true, undefined, 2_000],
  [false, "first", 17_000],
])("released on stop: %s", (releaseOnStop, left, waits) => {
  const { sim, run, holder, wait } = make()
  const first = run("first", releaseOnStop)
  wait(5_000)
  first.stop()
  expect(holder()).toBe(left)
  const begun = sim.now()
  const second = run("second", releaseOnStop)
  wait(30_000)
  expect(holder()).toBe("second")
  expect(second.led).toHaveLength(1)
  expect(second.led[0] - begun).toBeLessThanOrEqual(waits)
})
