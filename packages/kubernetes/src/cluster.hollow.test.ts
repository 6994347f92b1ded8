/** The cluster put together, without machines: a Deployment's life, and a node that falls silent. */
import { expect, test } from "vitest"
import { deployment, node, pod } from "./api/index.ts"
import { hollowCluster } from "./testing/hollow-cluster.ts"

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
  const { run, cluster } = hollowCluster(["node-a", "node-b"])
  const { client } = cluster.observer
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
  const { run, cluster, kubelets } = hollowCluster(["node-a", "node-b"])
  const { client } = cluster.observer
  client.create(deployment, { ...web, spec: { ...web.spec, replicas: 4 } } as never)
  run(20_000)
  kubelets[1].stop()
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
