import { expect, test } from "vitest"
import type { DaemonSet, Pod } from "../../api/index.ts"
import { hollowCluster } from "../../testing/hollow-cluster.ts"

const PODS = "/api/v1/namespaces/default/pods"
const SET = "/apis/apps/v1/namespaces/default/daemonsets/agent"

const manifest = {
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name: "agent" },
  spec: {
    selector: { matchLabels: { app: "agent" } },
    template: { metadata: { labels: { app: "agent" } }, spec: { containers: [{ name: "c", image: "nginx:1" }] } },
  },
}

test("A daemon set has a uid, its Pods know it, and they leave a node that is no longer chosen", () => {
  const { apply, run, items, get, request } = hollowCluster(["a", "b"])
  apply(manifest)
  run(10_000)
  const nodes = () => items<Pod>(PODS).map(({ spec }) => spec.nodeName)
  expect(nodes().sort()).toEqual(["a", "b"])
  const { metadata } = get<DaemonSet>(SET)
  expect(metadata).toMatchObject({ generation: 1, annotations: { "deprecated.daemonset.template.generation": "1" } })
  expect(items<Pod>(PODS)[0].metadata.ownerReferences?.[0].uid).toBe(metadata.uid)
  expect(metadata.uid).toMatch(/^[0-9a-f-]{36}$/)

  request(
    "PATCH",
    SET,
    { spec: { template: { spec: { nodeSelector: { "kubernetes.io/hostname": "b" } } } } },
    "application/merge-patch+json",
  )
  run(60_000)
  expect(nodes()).toEqual(["b"])
  expect(get<DaemonSet>(SET).status).toMatchObject({ desiredNumberScheduled: 1, currentNumberScheduled: 1, numberReady: 1 })

  request("DELETE", SET)
  run(60_000)
  expect(nodes()).toEqual([])
})
