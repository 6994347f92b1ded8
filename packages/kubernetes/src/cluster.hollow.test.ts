import { Simulation } from "@drydock/sim"
import { expect, test } from "vitest"
import { deployment, node, pod } from "./api/index.ts"
import { SimulatedCluster } from "./cluster.ts"
import { HollowRuntime } from "./cri/hollow-runtime.ts"
import type { HostFiles } from "./ports/host.ts"
import type { Trace, TraceEvent } from "./ports/trace.ts"

const noFiles: HostFiles = {
  exists: () => false,
  read: () => "",
  write: () => {},
  list: () => [],
  mkdir: () => {},
  remove: () => {},
  symlink: () => {},
  watch: () => () => {},
  usage: () => ({ capacityBytes: 1e11, usedBytes: 1e9, inodes: 1e6, usedInodes: 1e3 }),
}

const collecting = (): Trace & { events: Partial<TraceEvent>[] } => {
  let spans = 0
  const events: Partial<TraceEvent>[] = []
  return { current: undefined, span: () => ++spans, emit: (event) => void events.push(event), events }
}

const make = (names: readonly string[]) => {
  const sim = new Simulation("hollow", Date.UTC(2026, 0, 5, 8))
  const trace = collecting()
  const cluster = new SimulatedCluster({
    sim,
    trace,
    version: "v1.35.6",
    apiServer: { address: "10.0.0.1", port: 6443 },
    podCidr: "10.244.0.0/16",
    serviceCidr: "10.96.0.0/12",
    dnsDomain: "cluster.local",
    forward: (_, done) => done({ error: "no network" }),
  })
  cluster.startEtcd()
  cluster.startApiServer()
  cluster.startControllerManager("cp")
  cluster.startScheduler("cp")
  const stops = names.map((name, index) => {
    const host = {
      name,
      address: `10.0.0.${index + 1}`,
      files: noFiles,
      cpus: 4,
      memory: 8 * 1024 ** 3,
      log: () => {},
      system: { kernelVersion: "6.8", osImage: "Debian", machineId: "m", systemUuid: "s", bootId: "b" },
    }
    return cluster.startKubelet({
      host,
      runtime: new HollowRuntime(sim, name, "10.244.0.1"),
      network: { setServiceRules: () => {}, setPolicy: () => {} },
      prober: { http: (_, done) => done({ error: "" }), tcp: (_, done) => done("") },
    })
  })
  const run = (ms: number) => sim.run({ until: sim.now() + ms })
  return { sim, cluster, trace, run, stops, client: cluster.observer.client }
}

const web = {
  apiVersion: "apps/v1" as const,
  kind: "Deployment" as const,
  metadata: { name: "web", namespace: "default" },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "nginx" }] } },
  },
}

test("a Deployment becomes Pods that run on nodes, is rolled, scaled and deleted with all it made", () => {
  const { run, client } = make(["node-a", "node-b"])
  run(5_000)
  expect(
    client.list(node).map(({ metadata, status }) => [metadata.name, status.conditions?.find(({ type }) => type === "Ready")?.status]),
  ).toEqual([
    ["node-a", "True"],
    ["node-b", "True"],
  ])
  client.create(deployment, web as never)
  run(10_000)
  expect(client.get(deployment, { namespace: "default", name: "web" }).status).toMatchObject({
    replicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    updatedReplicas: 3,
    observedGeneration: 1,
  })
  expect(client.list(pod, { namespace: "default" }).map(({ status }) => status.phase)).toEqual(["Running", "Running", "Running"])
  client.patch(
    deployment,
    { namespace: "default", name: "web" },
    { spec: { template: { spec: { containers: [{ name: "web", image: "nginx:1.27" }] } } } },
  )
  run(30_000)
  expect(client.list(pod, { namespace: "default" }).map(({ spec }) => spec.containers[0].image)).toEqual([
    "nginx:1.27",
    "nginx:1.27",
    "nginx:1.27",
  ])
  client.patch(deployment, { namespace: "default", name: "web" }, { spec: { replicas: 1 } })
  run(60_000)
  expect(client.list(pod, { namespace: "default" })).toHaveLength(1)
  client.delete(deployment, { namespace: "default", name: "web" })
  run(60_000)
  expect(client.list(pod, { namespace: "default" })).toHaveLength(0)
})

test("a kubelet that stops is noticed after the grace period, and its Pods move five minutes later", () => {
  const { run, client, stops } = make(["node-a", "node-b"])
  run(5_000)
  client.create(deployment, { ...web, spec: { ...web.spec, replicas: 4 } } as never)
  run(20_000)
  stops[1].stop()
  const ready = () => client.get(node, { name: "node-b" }).status.conditions?.find(({ type }) => type === "Ready")?.status
  run(30_000)
  expect(ready()).toBe("True")
  run(25_000)
  expect(ready()).toBe("Unknown")
  expect(
    client
      .get(node, { name: "node-b" })
      .spec.taints?.map(({ key, effect }) => `${key}:${effect}`)
      .sort(),
  ).toEqual(["node.kubernetes.io/unreachable:NoExecute", "node.kubernetes.io/unreachable:NoSchedule"])
  run(310_000)
  const pods = client.list(pod, { namespace: "default" })
  expect(pods.filter(({ metadata }) => metadata.deletionTimestamp).map(({ spec }) => spec.nodeName)).toEqual(["node-b", "node-b"])
  expect(pods.filter(({ metadata, spec }) => !metadata.deletionTimestamp && spec.nodeName === "node-a")).toHaveLength(4)
})
