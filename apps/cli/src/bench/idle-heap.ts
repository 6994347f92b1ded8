/** Heap that each of many idle worlds holds. */
import { defineBenchmark } from "./define-benchmark.ts"
import { heapUsed } from "./measuring.ts"
import { peerName, startPeer } from "./peer.ts"
import { bootedWorld } from "./worlds.ts"

const each = async (count: number, make: (index: number) => unknown): Promise<number> => {
  const held: unknown[] = [await make(-1)]
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
      const world = bootedWorld(`idle-${index}`)
      world.run({ until: world.sim.now() + 60_000 })
      return world
    }),
  peer: { name: peerName, measure: () => each(20, () => startPeer()) },
})
