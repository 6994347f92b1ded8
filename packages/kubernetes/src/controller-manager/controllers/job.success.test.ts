/** A Job's success policy, from the first index that counts to its end. */
import { expect, test } from "vitest"
import type { Job, Pod } from "../../api/index.ts"
import { hollowCluster } from "../../testing/hollow-cluster.ts"

const JOB = "/apis/batch/v1/namespaces/default/jobs/work"
const PODS = "/api/v1/namespaces/default/pods"

const CASES: readonly (readonly [rules: readonly object[], ended: readonly number[], outcome: string])[] = [
  [[{ succeededIndexes: "0" }], [1], "none"],
  [[{ succeededIndexes: "0" }], [1, 0], "Matched rules at index 0"],
  [[{ succeededIndexes: "0-2" }], [0, 1], "none"],
  [[{ succeededIndexes: "0-2", succeededCount: 2 }], [0, 2], "Matched rules at index 0"],
  [[{ succeededIndexes: "3" }, { succeededCount: 2 }], [0, 1], "Matched rules at index 1"],
]

test.each(CASES)("an indexed Job with %j and %j succeeded: %s", (rules, ended, outcome) => {
  const { apply, run, get, items, request, sim } = hollowCluster(["a"])
  apply({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "work" },
    spec: {
      completionMode: "Indexed",
      completions: 4,
      parallelism: 4,
      successPolicy: { rules },
      template: { spec: { restartPolicy: "Never", terminationGracePeriodSeconds: 1, containers: [{ name: "main", image: "busybox" }] } },
    },
  })
  run(2_000)
  const time = new Date(sim.now()).toISOString().replace(/\.\d+/, "")
  for (const index of ended) {
    const one = items<Pod>(PODS).find(({ metadata }) => metadata.name.startsWith(`work-${index}-`)) as Pod
    const state = { terminated: { exitCode: 0, reason: "Completed", startedAt: time, finishedAt: time } }
    const containerStatuses = one.status.containerStatuses?.map((status) => ({ ...status, ready: false, state }))
    request("PUT", `${PODS}/${one.metadata.name}/status`, { ...one, status: { ...one.status, phase: "Succeeded", containerStatuses } })
  }
  run(20_000)
  const { status } = get<Job>(JOB)
  const told = status.conditions?.map(({ type, reason, message }) => `${type} ${reason}: ${message}`) ?? []
  expect(told).toEqual(outcome === "none" ? [] : [`SuccessCriteriaMet SuccessPolicy: ${outcome}`, `Complete SuccessPolicy: ${outcome}`])
  // What still ran is taken away.
  expect(items<Pod>(PODS)).toHaveLength(outcome === "none" ? 4 : ended.length)
})
