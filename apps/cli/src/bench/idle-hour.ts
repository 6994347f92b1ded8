/** CPU of one virtual hour in which nobody does anything: heartbeats, leases, probes, resyncs. */
import { defineBenchmark } from "./define-benchmark.ts"
import { cpuMs, smallest } from "./measuring.ts"
import { peerName, startPeer } from "./peer.ts"
import { bootedWorld } from "./worlds.ts"

const HOUR = 3_600_000

export const idleHour = defineBenchmark({
  name: "one idle simulated hour",
  unit: "ms",
  target: 50,
  async measure() {
    const world = bootedWorld("hour")
    return smallest(12, 3, () => cpuMs(() => void world.run({ until: world.sim.now() + HOUR })))
  },
  peer: {
    name: peerName,
    async measure() {
      const { clock } = await startPeer()
      clock.pause()
      return smallest(3, 1, () =>
        cpuMs(async () => {
          for (let passed = 0; passed < HOUR; passed += 1_000) {
            clock.step(1_000)
            await new Promise((resolve) => setImmediate(resolve))
          }
        }),
      )
    },
  },
})
