/** CPU of making and booting a two-node world, kubeadm and all, once the code is warm. */
import { defineBenchmark } from "./define-benchmark.ts"
import { cpuMs, smallest } from "./measuring.ts"
import { peerName, startPeer } from "./peer.ts"
import { bootedWorld } from "./worlds.ts"

export const freshWorld = defineBenchmark({
  name: "fresh two-node world, CPU",
  unit: "ms",
  target: 25,
  // A lab server makes worlds all day: what is compiled at the first few dozen is not counted.
  measure: () => smallest(40, 60, () => cpuMs(() => void bootedWorld(`fresh-${process.hrtime.bigint()}`))),
  peer: {
    name: peerName,
    measure: () => smallest(10, 2, () => cpuMs(async () => void (await startPeer()))),
  },
})
