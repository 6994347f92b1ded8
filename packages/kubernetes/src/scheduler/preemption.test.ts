import { expect, test } from "vitest"
import type { Pod } from "../api/index.ts"
import { hollowCluster } from "../testing/hollow-cluster.ts"

const PODS = "/api/v1/namespaces/default/pods"
const pod = (name: string, cpu: string, priorityClassName?: string, extra: Record<string, unknown> = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name },
  spec: {
    terminationGracePeriodSeconds: 1,
    ...(priorityClassName && { priorityClassName }),
    containers: [{ name: "c", image: "nginx", resources: { requests: { cpu } } }],
    ...extra,
  },
})
const classes = (apply: (manifest: Record<string, unknown>) => unknown) => {
  apply({ apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name: "high" }, value: 1000 })
  apply({ apiVersion: "scheduling.k8s.io/v1", kind: "PriorityClass", metadata: { name: "polite" }, value: 1000, preemptionPolicy: "Never" })
}

test("a Pod of higher priority takes the place of as few lower ones as it needs", () => {
  const { apply, run, items, told } = hollowCluster(["a"], { cpus: 4 })
  classes(apply)
  for (const name of ["one", "two", "three"]) apply(pod(name, "1"))
  run(5_000)
  apply(pod("urgent", "2", "high"))
  run(20_000)
  const running = items<Pod>(PODS).filter(({ spec }) => spec.nodeName)
  expect(running.map(({ metadata }) => metadata.name)).toContain("urgent")
  expect(running).toHaveLength(3)
  expect(told("urgent").filter((line) => line.startsWith("FailedScheduling"))[0]).toBe(
    "FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu.",
  )
  const lost = ["one", "two", "three"].find((name) => !running.some(({ metadata }) => metadata.name === name)) as string
  expect(told(lost).find((line) => line.startsWith("Preempted"))).toMatch(/^Preempted: Preempted by pod [0-9a-f-]{36} on node a$/)
})

test("nobody makes room for a Pod of equal priority, or for one that is not to preempt", () => {
  const { apply, run, get, told } = hollowCluster(["a"], { cpus: 2 })
  classes(apply)
  apply(pod("first", "2"))
  run(5_000)
  apply(pod("equal", "1"))
  apply(pod("waiting", "1", "polite"))
  run(5_000)
  for (const [name, why] of [
    ["equal", "0/1 nodes are available: 1 No preemption victims found for incoming pod."],
    ["waiting", "not eligible due to preemptionPolicy=Never."],
  ]) {
    expect(get<Pod>(`${PODS}/${name}`).spec.nodeName).toBeUndefined()
    expect(told(name)[0]).toBe(
      `FailedScheduling: 0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: ${why}`,
    )
  }
  expect(get<Pod>(`${PODS}/first`).status.phase).toBe("Running")
})

test("devices are counted by their name, sidecars beside what they accompany", () => {
  const { apply, run, get, told, request } = hollowCluster(["a"], { cpus: 2 })
  request(
    "PATCH",
    "/api/v1/nodes/a/status",
    { status: { capacity: { "example.com/dongle": "1" }, allocatable: { "example.com/dongle": "1" } } },
    "application/merge-patch+json",
  )
  const dongle = (name: string) =>
    pod(name, "100m", undefined, {
      containers: [
        { name: "c", image: "nginx", resources: { requests: { "example.com/dongle": "1" }, limits: { "example.com/dongle": "1" } } },
      ],
    })
  apply(dongle("holder"))
  run(2_000)
  apply(dongle("other"))
  apply(
    pod("heavy", "1500m", undefined, {
      initContainers: [{ name: "side", image: "nginx", restartPolicy: "Always", resources: { requests: { cpu: "1" } } }],
    }),
  )
  run(2_000)
  expect(get<Pod>(`${PODS}/holder`).spec.nodeName).toBe("a")
  expect(told("other")[0]).toContain("1 Insufficient example.com/dongle")
  expect(told("heavy")[0]).toContain("1 Insufficient cpu")
})

test("of Pods that come together the more important is given its place first", () => {
  const { apply, run, get } = hollowCluster(["a"], { cpus: 2 })
  classes(apply)
  apply(pod("lesser", "2"))
  apply(pod("greater", "2", "polite"))
  run(3_000)
  expect([get<Pod>(`${PODS}/greater`).spec.nodeName, get<Pod>(`${PODS}/lesser`).spec.nodeName]).toEqual(["a", undefined])
})
