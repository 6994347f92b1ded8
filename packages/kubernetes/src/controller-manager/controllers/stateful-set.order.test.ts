import { expect, test } from "vitest"
import type { Pod, StatefulSet } from "../../api/index.ts"
import { hollowCluster } from "../../testing/hollow-cluster.ts"

const manifest = (spec: Record<string, unknown> = {}, image = "nginx:1") => ({
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "web" },
  spec: {
    serviceName: "nginx",
    replicas: 3,
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image }] } },
    ...spec,
  },
})

const PODS = "/api/v1/namespaces/default/pods"
const SET = "/apis/apps/v1/namespaces/default/statefulsets/web"
const image = (pod: Pod) => `${pod.metadata.name} ${pod.spec.containers?.[0].image}`
const setImage = (to: string) => ({ spec: { template: { spec: { containers: [{ name: "c", image: to }] } } } })

test("Pods are made one after another, taken away from the highest, and named by their number", () => {
  const { apply, run, items, get, request, told } = hollowCluster(["a", "b"])
  apply(manifest())
  run(30_000)
  const pods = items<Pod>(PODS)
  expect(pods.map(({ metadata }) => metadata.name)).toEqual(["web-0", "web-1", "web-2"])
  const started = pods.map(({ metadata }) => Date.parse(metadata.creationTimestamp))
  expect(started).toEqual([...started].sort((a, b) => a - b))
  expect(pods[1].metadata.labels).toMatchObject({
    app: "web",
    "apps.kubernetes.io/pod-index": "1",
    "statefulset.kubernetes.io/pod-name": "web-1",
  })
  expect(pods[1].spec).toMatchObject({ hostname: "web-1", subdomain: "nginx" })
  const { status } = get<StatefulSet>(SET)
  expect(status).toMatchObject({
    replicas: 3,
    readyReplicas: 3,
    availableReplicas: 3,
    currentReplicas: 3,
    updatedReplicas: 3,
    collisionCount: 0,
  })
  expect(status.currentRevision).toMatch(/^web-[b-z2-9]{8,10}$/)
  expect(told("web")).toEqual(
    ["web-0", "web-1", "web-2"].map((name) => `SuccessfulCreate: Create Pod ${name} in StatefulSet web successful`),
  )
  request("PATCH", SET, { spec: { replicas: 1 } }, "application/merge-patch+json")
  run(90_000)
  expect(items<Pod>(PODS).map(({ metadata }) => metadata.name)).toEqual(["web-0"])
  expect(told("web").slice(-2)).toEqual([
    "SuccessfulDelete: delete Pod web-2 in StatefulSet web successful",
    "SuccessfulDelete: delete Pod web-1 in StatefulSet web successful",
  ])
})

test("an update rolls from the highest number down to the partition, and a deleted Pod below it keeps its old template", () => {
  const { apply, run, items, get, request } = hollowCluster(["a"])
  apply(manifest({ updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: 2 } } }))
  run(30_000)
  request("PATCH", SET, setImage("nginx:2"), "application/strategic-merge-patch+json")
  run(120_000)
  expect(items<Pod>(PODS).map(image)).toEqual(["web-0 nginx:1", "web-1 nginx:1", "web-2 nginx:2"])
  expect(get<StatefulSet>(SET).status).toMatchObject({ currentReplicas: 2, updatedReplicas: 1 })
  request("DELETE", `${PODS}/web-0`)
  run(60_000)
  expect(items<Pod>(PODS).map(image)).toEqual(["web-0 nginx:1", "web-1 nginx:1", "web-2 nginx:2"])
  request("PATCH", SET, { spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } }, "application/merge-patch+json")
  run(180_000)
  expect(items<Pod>(PODS).map(image)).toEqual(["web-0 nginx:2", "web-1 nginx:2", "web-2 nginx:2"])
  const { status } = get<StatefulSet>(SET)
  expect(status.currentRevision).toBe(status.updateRevision)
  expect(items("/apis/apps/v1/namespaces/default/controllerrevisions").map(({ revision }) => revision)).toEqual(
    expect.arrayContaining([1, 2]),
  )
})

test("Parallel management makes all at once", () => {
  const { apply, run, items } = hollowCluster(["a"])
  apply(manifest({ podManagementPolicy: "Parallel" }))
  run(200)
  expect(items<Pod>(PODS)).toHaveLength(3)
})

test("each Pod has a claim of its own, which stays when the set is scaled down", () => {
  const { apply, run, items, request, told } = hollowCluster(["a"])
  apply(
    manifest({
      podManagementPolicy: "Parallel",
      replicas: 2,
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], storageClassName: "manual", resources: { requests: { storage: "1Gi" } } },
        },
      ],
    }),
  )
  for (const name of ["one", "two"])
    apply({
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name },
      spec: { storageClassName: "manual", capacity: { storage: "2Gi" }, accessModes: ["ReadWriteOnce"], hostPath: { path: `/${name}` } },
    })
  run(30_000)
  const claims = "/api/v1/namespaces/default/persistentvolumeclaims"
  expect(items(claims).map(({ metadata, status }) => [metadata.name, (status as { phase: string }).phase])).toEqual([
    ["data-web-0", "Bound"],
    ["data-web-1", "Bound"],
  ])
  expect(items<Pod>(PODS).map(({ status }) => status.phase)).toEqual(["Running", "Running"])
  expect(told("web")[0]).toBe("SuccessfulCreate: create Claim data-web-0 Pod web-0 in StatefulSet web success")
  request("PATCH", SET, { spec: { replicas: 0 } }, "application/merge-patch+json")
  run(90_000)
  expect(items<Pod>(PODS)).toEqual([])
  expect(items(claims)).toHaveLength(2)
})
