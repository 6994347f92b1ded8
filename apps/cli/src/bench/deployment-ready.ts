/** From the POST of a three-replica Deployment until all three are Ready, unpaced. */
import { defineBenchmark } from "./define-benchmark.ts"
import { cpuMs, smallest } from "./measuring.ts"
import { deployment, peerName, startPeer } from "./peer.ts"
import { api, bootedWorld } from "./worlds.ts"

const PATH = "/apis/apps/v1/namespaces/default/deployments"

export const deploymentReady = defineBenchmark({
  name: "3-replica Deployment until Ready",
  unit: "ms",
  target: 5,
  measure: () =>
    // A lab server runs these paths all day: what is compiled at the first few dozen is not counted.
    smallest(40, 60, async () => {
      const world = bootedWorld("deployment")
      const deadline = world.sim.now() + 300_000
      return cpuMs(() => {
        api(world, "POST", PATH, deployment("nginx"))
        const ready = () => ((api(world, "GET", `${PATH}/web`) as { status?: { readyReplicas?: number } }).status?.readyReplicas ?? 0) === 3
        while (!ready()) {
          if (world.sim.now() > deadline) throw new Error("the Deployment did not become Ready")
          world.run({ until: world.sim.now() + 250 })
        }
      })
    }),
  peer: {
    name: peerName,
    measure: () =>
      smallest(3, 1, async () => {
        const cluster = await startPeer()
        return cpuMs(async () => {
          await cluster.apply([deployment("pause:1.0")] as never)
          for (;;) {
            const web = await cluster.api.appsv1.readNamespacedDeployment({ name: "web", namespace: "default" })
            if (web.status?.readyReplicas === 3) return
            await new Promise((resolve) => setTimeout(resolve, 20))
          }
        })
      }),
  },
})
