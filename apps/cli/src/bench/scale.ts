/** How the work grows: Deployments of 100 Pods on ten times fewer nodes, from their POST until every Pod runs, unpaced. */
import { createWorld, type World } from "@drydock/world"
import { type Benchmark, defineBenchmark } from "./define-benchmark.ts"
import { deployment } from "./peer.ts"
import { heapUsed } from "./measuring.ts"
import { api } from "./worlds.ts"

const PATH = "/apis/apps/v1/namespaces/default/deployments"
/** Pods a Deployment, at most. */
const REPLICAS = 100
const PODS_A_NODE = 10

const largeWorld = (nodes: number): World => {
  const names = ["controlplane", ...Array.from({ length: nodes }, (_, index) => `node${String(index + 1).padStart(4, "0")}`)]
  const world = createWorld({ topology: { nodes: names, hollow: true }, seed: "scale", startedAt: Date.UTC(2026, 0, 5, 8) })
  world.boot()
  return world
}

const deploy = (world: World, name: string, replicas: number): void => {
  const web = deployment("nginx") as { metadata: object; spec: { template: object; selector: object } }
  const labels = { app: name }
  api(world, "POST", PATH, {
    ...web,
    metadata: { ...web.metadata, name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          // Hollow kubelets have no cluster DNS, and would say so for each Pod.
          dnsPolicy: "Default",
          containers: [{ name: "web", image: "nginx:1.27", resources: { requests: { cpu: "10m", memory: "16Mi" } } }],
        },
      },
    },
  })
}

/** Seconds until all run, and bytes that the world holds then. */
const grow = (pods: number): { seconds: number; bytes: number } => {
  const before = heapUsed()
  const begun = performance.now()
  const world = largeWorld(Math.max(1, pods / PODS_A_NODE))
  for (let left = pods, number = 0; left > 0; left -= REPLICAS) deploy(world, `web${number++}`, Math.min(left, REPLICAS))
  const deadline = world.sim.now() + 600_000
  const running = () =>
    (api(world, "GET", PATH) as { items: { status?: { availableReplicas?: number } }[] }).items.reduce(
      (sum, { status }) => sum + (status?.availableReplicas ?? 0),
      0,
    )
  do {
    if (world.sim.now() > deadline) throw new Error(`${running()} of ${pods} Pods run`)
    world.run({ until: world.sim.now() + 1_000 })
  } while (running() < pods)
  const seconds = (performance.now() - begun) / 1_000
  const bytes = heapUsed() - before
  // Still held, so that it is counted.
  if (world.sim.now() < 0) throw new Error("the world has no time")
  return { seconds, bytes }
}

const figures = new Map<number, ReturnType<typeof grow>>()
const figuresOf = (pods: number): ReturnType<typeof grow> => {
  let found = figures.get(pods)
  if (!found) figures.set(pods, (found = grow(pods)))
  return found
}

/** Seconds that each size may take, boot included. */
const CURVE: readonly (readonly [pods: number, seconds: number])[] = [
  [10, 1],
  [100, 1],
  [1_000, 2],
  [10_000, 10],
]
const LARGEST = 10_000

const thousands = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ",")

export const scale: readonly Benchmark[] = [
  ...CURVE.map(([pods, target]) =>
    defineBenchmark({
      name: `${thousands(pods)} Pods on ${thousands(Math.max(1, pods / PODS_A_NODE))} nodes until all run`,
      unit: "s",
      target,
      measure: async () => figuresOf(pods).seconds,
    }),
  ),
  defineBenchmark({
    name: `world of ${thousands(LARGEST)} Pods`,
    unit: "MB",
    target: 1_000,
    measure: async () => figuresOf(LARGEST).bytes / 1_000_000,
  }),
]
