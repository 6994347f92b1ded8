/** CPU of making and booting a two-node world, kubeadm and all, once the code is warm. */
import { defineBenchmark } from "./define-benchmark.ts"
import { cpuMs, median } from "./measuring.ts"
import { peerName, startPeer } from "./peer.ts"
import { bootedWorld } from "./worlds.ts"

export const freshWorld = defineBenchmark({
  name: "fresh two-node world, CPU",
  unit: "ms",
  target: 25,
  measure: () => median(21, 10, () => cpuMs(() => void bootedWorld(`fresh-${process.hrtime.bigint()}`))),
  peer: {
    name: peerName,
    measure: () => median(5, 2, () => cpuMs(async () => void (await startPeer()))),
  },
})
