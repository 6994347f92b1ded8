/** Heap that each of many idle worlds holds. */
import { defineBenchmark } from "./define-benchmark.ts"
import { heapUsed } from "./measuring.ts"
import { peerName, startPeer } from "./peer.ts"
import { bootedWorld } from "./worlds.ts"

/** Made before anything is counted: what the process compiles and keeps for all its worlds is no world's. */
const WARM = 20

const each = async (count: number, make: (index: number) => unknown): Promise<number> => {
  const held: unknown[] = []
  for (let i = 1; i <= WARM; i++) held[0] = await make(-i)
  const before = heapUsed()
  for (let i = 0; i < count; i++) held.push(await make(i))
  const after = heapUsed()
  return (after - before) / (held.length - 1) / 1_000_000
}

export const idleHeap = defineBenchmark({
  name: "heap of an idle world, 200 worlds",
  unit: "MB",
  target: 0.5,
  measure: () =>
    each(200, (index) => {
      // Sessions begin at moments of their own: no two have the same times in their objects.
      const world = bootedWorld(`idle-${index}`, undefined, index * 1_000)
      world.run({ until: world.sim.now() + 60_000 })
      return world
    }),
  peer: { name: peerName, measure: () => each(20, () => startPeer()) },
})
