import { expect, test } from "vitest"
import type { Deployment, HorizontalPodAutoscaler } from "../../api/index.ts"
import { hollowCluster } from "../../testing/hollow-cluster.ts"

const SCALER = "/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers/web"
const DEPLOYMENT = "/apis/apps/v1/namespaces/default/deployments/web"
const condition = (scaler: HorizontalPodAutoscaler, type: string) => {
  const found = scaler.status.conditions?.find((one) => one.type === type)
  return `${found?.status} ${found?.reason}: ${found?.message}`
}

const start = () => {
  const world = hollowCluster(["a", "b"])
  world.apply({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web" } },
        spec: { containers: [{ name: "c", image: "nginx", resources: { requests: { cpu: "200m" } } }] },
      },
    },
  })
  world.apply({
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "web" },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 50 } } }],
    },
  })
  return world
}

test("without a metrics API it says so, and leaves the replicas as they are", () => {
  const { run, get, told } = start()
  run(40_000)
  const scaler = get<HorizontalPodAutoscaler>(SCALER)
  expect(condition(scaler, "AbleToScale")).toBe("True SucceededGetScale: the HPA controller was able to get the target's current scale")
  const failure =
    "failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)"
  expect(condition(scaler, "ScalingActive")).toBe(
    `False FailedGetResourceMetric: the HPA was unable to compute the replica count: ${failure}`,
  )
  const failures = told("web").filter((line) => line.startsWith("Failed"))
  expect(failures.sort()).toEqual([
    `FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${failure}`,
    `FailedGetResourceMetric: ${failure}`,
  ])
})

test("load brings more replicas at once, and its end fewer after five minutes", () => {
  const { run, get, told, cluster, sim } = start()
  let load = 0
  const kubelet = cluster.kubelets
  for (const one of kubelet.values()) {
    const { stats } = one
    one.stats = () =>
      stats().map(({ pod, containers }) => ({
        pod,
        containers: containers.map((container) => ({ ...container, cpuNanoCores: load * 1e6, memoryBytes: 1e7 })),
      }))
  }
  cluster.startMetricsServer({ insecure: true })
  load = 10
  run(400_000)
  expect(get<Deployment>(DEPLOYMENT).spec.replicas).toBe(1)
  expect(condition(get(SCALER), "ScalingActive")).toBe(
    "True ValidMetricFound: the HPA was able to successfully calculate a replica count from cpu resource utilization (percentage of request)",
  )
  load = 500
  run(60_000)
  expect(get<Deployment>(DEPLOYMENT).spec.replicas).toBeGreaterThan(4)
  expect(told("web").filter((line) => line.startsWith("Successful"))[0]).toBe(
    "SuccessfulRescale: New size: 5; reason: cpu resource utilization (percentage of request) above target",
  )
  run(120_000)
  expect(get<Deployment>(DEPLOYMENT).spec.replicas).toBe(10)
  expect(condition(get(SCALER), "ScalingLimited")).toMatch(/^True TooManyReplicas/)
  load = 0
  const quietSince = sim.now()
  run(240_000)
  expect(get<Deployment>(DEPLOYMENT).spec.replicas).toBe(10)
  expect(condition(get(SCALER), "AbleToScale")).toMatch(/^True ScaleDownStabilized/)
  run(150_000)
  expect(sim.now() - quietSince).toBe(390_000)
  expect(get<Deployment>(DEPLOYMENT).spec.replicas).toBe(1)
  expect(told("web")).toContain("SuccessfulRescale: New size: 1; reason: All metrics below target")
})
