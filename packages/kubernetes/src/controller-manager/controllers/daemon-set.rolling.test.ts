import { expect, test } from "vitest"
import { type ControllerRevision, type DaemonSet, type Pod, pod } from "../../api/index.ts"
import { isReady } from "../pod-readiness.ts"
import { hollowCluster } from "../../testing/hollow-cluster.ts"

const SET = "/apis/apps/v1/namespaces/default/daemonsets/agent"
const manifest = (spec: Record<string, unknown> = {}) => ({
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name: "agent" },
  spec: {
    selector: { matchLabels: { app: "agent" } },
    template: {
      metadata: { labels: { app: "agent" } },
      spec: { terminationGracePeriodSeconds: 1, containers: [{ name: "c", image: "agent:1" }] },
    },
    ...spec,
  },
})
const NODES = ["a", "b", "c", "d"]

/** The fewest nodes with a ready Pod, and the most Pods, at any moment while the set rolls to an image. */
const roll = (world: ReturnType<typeof hollowCluster>, image: string): { least: number; most: number } => {
  let [least, most] = [NODES.length, 0]
  const informer = world.cluster.observer.informers.for(pod)
  const stop = informer.onChange(() => {
    const pods = informer.list().filter(({ metadata }) => !metadata.deletionTimestamp)
    least = Math.min(least, new Set(pods.filter(isReady).map(({ spec }) => spec.nodeName)).size)
    most = Math.max(most, pods.length)
  })
  const template = { spec: { containers: [{ name: "c", image }] } }
  world.request("PATCH", SET, { spec: { template } }, "application/strategic-merge-patch+json")
  world.run(120_000)
  stop()
  return { least, most }
}

test.each([
  [{ maxUnavailable: 1 }, { least: 3, most: 4 }],
  [{ maxUnavailable: "50%" }, { least: 2, most: 4 }],
  [
    { maxSurge: 1, maxUnavailable: 0 },
    { least: 4, most: 5 },
  ],
])("an update with %j", (rollingUpdate, expected) => {
  const world = hollowCluster(NODES)
  world.apply(manifest({ updateStrategy: { type: "RollingUpdate", rollingUpdate } }))
  world.run(10_000)
  expect(world.get<DaemonSet>(SET).status).toMatchObject({
    desiredNumberScheduled: 4,
    numberReady: 4,
    numberAvailable: 4,
    updatedNumberScheduled: 4,
  })
  expect(roll(world, "agent:2")).toEqual(expected)
  expect(world.get<DaemonSet>(SET).status).toMatchObject({ numberReady: 4, updatedNumberScheduled: 4 })
  expect(new Set(world.items<Pod>("/api/v1/namespaces/default/pods").map(({ spec }) => spec.containers?.[0].image))).toEqual(
    new Set(["agent:2"]),
  )
})

test("each template is a revision; going back raises the old one again", () => {
  const world = hollowCluster(["a"])
  world.apply(manifest())
  world.run(10_000)
  roll(world, "agent:2")
  roll(world, "agent:1")
  const revisions = world.items<ControllerRevision>("/apis/apps/v1/namespaces/default/controllerrevisions")
  expect(revisions.map(({ revision }) => revision).sort()).toEqual([2, 3])
  const newest = revisions.find(({ revision }) => revision === 3)
  const [newestPod] = world.items<Pod>("/api/v1/namespaces/default/pods")
  expect(newest?.metadata.name).toBe(`agent-${(newestPod.metadata.labels as Record<string, string>)["controller-revision-hash"]}`)
})
