/** MetalLB's controller: Services of type LoadBalancer get addresses out of pools. As go.universe.tf/metallb/controller. */
import type { Simulation } from "@drydock/sim"
import { event, type Service, service } from "../api/index.ts"
import type { Kind } from "../api/define-kind.ts"
import { keyOf, type KubernetesObject } from "../apimachinery/object.ts"
import { editable, type Door, DoorClient } from "../client/client.ts"
import { Recorder } from "../client/event-recorder.ts"
import { WatchInformers } from "../client/informers.ts"
import { WorkQueue } from "../client/work-queue.ts"
import type { Component } from "../cluster-contract.ts"
import { freeIn, holds, type Pool } from "./pools.ts"

const POOL_USED = "metallb.io/ip-allocated-from-pool"
const WANTED = ["metallb.io/loadBalancerIPs", "metallb.universe.tf/loadBalancerIPs"]
const WANTED_POOL = ["metallb.io/address-pool", "metallb.universe.tf/address-pool"]

interface AddressPool extends KubernetesObject {
  spec?: { addresses?: readonly string[]; autoAssign?: boolean; serviceAllocation?: { namespaces?: readonly string[] } }
}

const annotation = ({ metadata }: Service, names: readonly string[]): string | undefined => {
  const all = (metadata.annotations ?? {}) as Record<string, string>
  return names.map((name) => all[name]).find((value) => value !== undefined)
}

const addressesOf = ({ status }: Service): string[] => (status.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip ? [ip] : []))

export const runMetalLb = (options: {
  sim: Simulation
  door: Door
  /** The kind that its definition makes; undefined while there is none. */
  poolKind: () => Kind<never> | undefined
  log: (line: string) => void
}): Component => {
  const { sim, door } = options
  const identity = {
    name: "system:serviceaccount:metallb-system:controller",
    groups: ["system:serviceaccounts", "system:serviceaccounts:metallb-system", "system:authenticated"],
  }
  const client = new DoorClient(door, identity)
  const informers = new WatchInformers({ door, user: identity, sim })
  const events = new Recorder({ client, sim, kind: event as never, component: "metallb-controller" })
  const services = informers.for(service)

  const pools = (): Pool[] => {
    const kind = options.poolKind()
    if (!kind) return []
    return (informers.for(kind as unknown as Kind<AddressPool>).list() as unknown as AddressPool[]).map(({ metadata, spec }) => ({
      name: metadata?.name ?? "",
      addresses: spec?.addresses ?? [],
      autoAssign: spec?.autoAssign !== false,
      namespaces: spec?.serviceAllocation?.namespaces ?? [],
    }))
  }

  const publish = (one: Service, address: string | undefined, pool: string | undefined): void => {
    const next = editable(one)
    next.status.loadBalancer = address === undefined ? {} : ({ ingress: [{ ip: address, ipMode: "VIP" }] } as never)
    const stored = client.updateStatus(service, next)
    if (pool === undefined) return
    client.patch(service, stored.metadata as never, { metadata: { annotations: { [POOL_USED]: pool } } }, { type: "merge" })
  }

  const assign = (key: string): void => {
    const slash = key.indexOf("/")
    const one = services.get(key.slice(0, slash), key.slice(slash + 1))
    if (!one || one.metadata.deletionTimestamp) return
    const has = addressesOf(one)
    if (one.spec.type !== "LoadBalancer" || (one.spec.loadBalancerClass !== undefined && one.spec.loadBalancerClass !== "metallb")) {
      if (has.length > 0) publish(one, undefined, undefined)
      return
    }
    const all = pools()
    const wanted = annotation(one, WANTED) ?? one.spec.loadBalancerIP
    const wantedPool = annotation(one, WANTED_POOL)
    if (
      has.length > 0 &&
      (wanted === undefined || has.includes(wanted)) &&
      all.some((pool) => has.every((address) => holds(pool, address)))
    )
      return
    const taken = new Set(services.list().flatMap((other) => (keyOf(other) === key ? [] : addressesOf(other))))
    const usable = all.filter(
      (pool) =>
        (wantedPool === undefined ? pool.autoAssign || wanted !== undefined : pool.name === wantedPool) &&
        (pool.namespaces.length === 0 || pool.namespaces.includes(one.metadata.namespace as string)),
    )
    const fail = (why: string) => {
      events.event(one as never, "Warning", "AllocationFailed", `Failed to allocate IP for ${JSON.stringify(key)}: ${why}`)
      options.log(
        `{"caller":"service.go:182","error":${JSON.stringify(why)},"level":"error","msg":"IP allocation failed","op":"allocateIPs","service":"${key}"}`,
      )
      if (has.length > 0) publish(one, undefined, undefined)
    }
    if (wanted !== undefined) {
      const pool = usable.find((candidate) => holds(candidate, wanted))
      if (!pool) return fail(`["${wanted}"] is not allowed in config`)
      if (taken.has(wanted)) return fail(`can't change sharing key for ${JSON.stringify(key)}, address also in use by other services`)
      return give(one, wanted, pool)
    }
    for (const pool of usable) {
      const address = freeIn(pool, taken)
      if (address !== undefined) return give(one, address, pool)
    }
    fail(wantedPool !== undefined && usable.length === 0 ? `unknown pool ${JSON.stringify(wantedPool)}` : "no available IPs")
  }

  const give = (one: Service, address: string, pool: Pool): void => {
    publish(one, address, pool.name)
    events.event(one as never, "Normal", "IPAllocated", `Assigned IP ["${address}"]`)
    options.log(
      `{"caller":"service.go:188","event":"ipAllocated","ip":["${address}"],"level":"info","msg":"IP address assigned by controller","service":"${keyOf(one)}"}`,
    )
  }

  const queue = new WorkQueue(sim, assign)
  const again = () => {
    for (const one of services.list()) if (one.spec.type === "LoadBalancer" || addressesOf(one).length > 0) queue.add(keyOf(one))
  }
  services.onChange(({ type, object }) => (type === "deleted" ? again() : queue.add(keyOf(object))))
  let watching = false
  // The definition may come after the controller.
  const watchPools = () => {
    const kind = options.poolKind()
    if (kind) {
      watching = true
      informers.for(kind as unknown as Kind<AddressPool>).onChange(again)
      again()
    } else timer = sim.scheduleBackground(1_000, watchPools)
  }
  let timer = sim.schedule(0, watchPools)
  return {
    name: "metallb",
    stop() {
      if (!watching) sim.cancel(timer)
      queue.stop()
      informers.stop()
    },
  }
}
