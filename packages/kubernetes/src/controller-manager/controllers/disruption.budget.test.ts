import { expect, test } from "vitest"
import type { PodDisruptionBudget } from "../../api/index.ts"
import { hollowCluster } from "../../testing/hollow-cluster.ts"

const BUDGET = "/apis/policy/v1/namespaces/default/poddisruptionbudgets/web"

test.each([
  [{ minAvailable: 2 }, { currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1, expectedPods: 3 }],
  [{ maxUnavailable: 2 }, { currentHealthy: 3, desiredHealthy: 1, disruptionsAllowed: 2, expectedPods: 3 }],
  [{ minAvailable: "50%" }, { currentHealthy: 3, desiredHealthy: 2, disruptionsAllowed: 1, expectedPods: 3 }],
  [{ minAvailable: 3 }, { currentHealthy: 3, desiredHealthy: 3, disruptionsAllowed: 0, expectedPods: 3 }],
])("a budget of %j over three Pods of a Deployment", (spec, expected) => {
  const { apply, run, get, told } = hollowCluster(["a"])
  apply({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "web" },
    spec: { ...spec, selector: { matchLabels: { app: "web" } } },
  })
  run(1_000)
  expect(told("web")).toEqual(["NoPods: No matching pods found"])
  apply({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "nginx" }] } },
    },
  })
  run(10_000)
  const { status } = get<PodDisruptionBudget>(BUDGET)
  expect(status).toMatchObject({ ...expected, observedGeneration: 1 })
  expect(status.conditions?.[0]).toMatchObject({
    type: "DisruptionAllowed",
    status: expected.disruptionsAllowed > 0 ? "True" : "False",
    reason: expected.disruptionsAllowed > 0 ? "SufficientPods" : "InsufficientPods",
  })
})
