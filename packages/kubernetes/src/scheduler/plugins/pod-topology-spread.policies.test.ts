import { expect, test } from "vitest"
import type { Pod } from "../../api/index.ts"
import { hollowCluster } from "../../testing/hollow-cluster.ts"

const PODS = "/api/v1/namespaces/default/pods"

const spread = (replicas: number, constraint: object, node: object = {}) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    replicas,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: {
        ...node,
        topologySpreadConstraints: [
          {
            topologyKey: "kubernetes.io/hostname",
            maxSkew: 1,
            whenUnsatisfiable: "DoNotSchedule",
            labelSelector: { matchLabels: { app: "web" } },
            ...constraint,
          },
        ],
        containers: [{ name: "c", image: "nginx:1" }],
      },
    },
  },
})

const places = (constraint: object, node?: object): string[] => {
  const { apply, run, items, request } = hollowCluster(["a", "b", "c"])
  run(5_000)
  request("PATCH", "/api/v1/nodes/c", { spec: { taints: [{ key: "k", effect: "NoSchedule" }] } }, "application/merge-patch+json")
  apply(spread(6, constraint, node))
  run(20_000)
  return items<Pod>(PODS)
    .map(({ spec }) => spec.nodeName ?? "-")
    .sort()
}

test("a tainted node counts as an empty place unless its taints are honoured", () => {
  expect(places({})).toEqual(["-", "-", "-", "-", "a", "b"])
  expect(places({ nodeTaintsPolicy: "Honor" })).toEqual(["a", "a", "a", "b", "b", "b"])
})

test("nodes that the Pod's own selector rules out do not count, unless they are to", () => {
  const only = { nodeSelector: { "kubernetes.io/hostname": "a" } }
  expect(places({}, only)).toEqual(["a", "a", "a", "a", "a", "a"])
  expect(places({ nodeAffinityPolicy: "Ignore" }, only)).toEqual(["-", "-", "-", "-", "-", "a"])
})

test("fewer domains than minDomains: the emptiest counts as empty", () => {
  expect(places({ nodeTaintsPolicy: "Honor", minDomains: 3 })).toEqual(["-", "-", "-", "-", "a", "b"])
})

test("a spread that is only wished for keeps nobody waiting", () => {
  expect(places({ whenUnsatisfiable: "ScheduleAnyway" })).toEqual(["a", "a", "a", "b", "b", "b"])
})
