import { expect, test } from "vitest"
import type { Job, Pod } from "../../api/index.ts"
import { hollowCluster } from "../../testing/hollow-cluster.ts"

const JOB = "/apis/batch/v1/namespaces/default/jobs/work"
const PODS = "/api/v1/namespaces/default/pods"
const manifest = (spec: Record<string, unknown> = {}) => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "work" },
  spec: {
    template: { spec: { restartPolicy: "Never", terminationGracePeriodSeconds: 1, containers: [{ name: "main", image: "busybox" }] } },
    ...spec,
  },
})

/** The Pod's container ends with this code. */
const end = ({ request, get, sim }: ReturnType<typeof hollowCluster>, name: string, exitCode: number) => {
  const pod = get<Pod>(`${PODS}/${name}`)
  const time = new Date(sim.now()).toISOString().replace(/\.\d+/, "")
  const terminated = { exitCode, reason: exitCode === 0 ? "Completed" : "Error", startedAt: time, finishedAt: time }
  const status = {
    ...pod.status,
    phase: exitCode === 0 ? "Succeeded" : "Failed",
    containerStatuses: pod.status.containerStatuses?.map((one) => ({ ...one, ready: false, state: { terminated } })),
  }
  request("PUT", `${PODS}/${name}/status`, { ...pod, status })
}
const running = ({ items }: ReturnType<typeof hollowCluster>) =>
  items<Pod>(PODS).filter(({ status, metadata }) => ["Pending", "Running"].includes(status.phase ?? "") && !metadata.deletionTimestamp)
const conditions = (job: Job) => job.status.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`)

test("completions are counted once, also when the Pods are deleted afterwards", () => {
  const cluster = hollowCluster(["a"])
  const { apply, run, get, request, told } = cluster
  apply(manifest({ completions: 3, parallelism: 2 }))
  run(2_000)
  expect(running(cluster)).toHaveLength(2)
  const [first] = running(cluster)
  end(cluster, first.metadata.name, 0)
  // Changes of Pods are looked at together, a second after the first.
  run(1_500)
  expect(get<Job>(JOB).status).toMatchObject({ active: 2, succeeded: 1 })
  expect(get<Pod>(`${PODS}/${first.metadata.name}`).metadata.finalizers).toBeUndefined()
  request("DELETE", `${PODS}/${first.metadata.name}`)
  run(2_000)
  expect(get<Job>(JOB).status.succeeded).toBe(1)
  for (let round = 0; round < 2; round++) {
    end(cluster, running(cluster)[0].metadata.name, 0)
    run(2_000)
  }
  expect(get<Job>(JOB).status).toMatchObject({ succeeded: 3, terminating: 0 })
  expect(conditions(get<Job>(JOB))).toEqual(["SuccessCriteriaMet=True CompletionsReached", "Complete=True CompletionsReached"])
  expect(told("work").at(-1)).toBe("Completed: Job completed")
})

test("an indexed Job makes one Pod an index, and only those that failed again", () => {
  const cluster = hollowCluster(["a"])
  const { apply, run, get, items } = cluster
  apply(manifest({ completions: 4, parallelism: 4, completionMode: "Indexed" }))
  run(2_000)
  const pods = running(cluster)
  expect(
    pods.map(({ metadata }) => (metadata.labels as Record<string, string>)["batch.kubernetes.io/job-completion-index"]).sort(),
  ).toEqual(["0", "1", "2", "3"])
  expect(pods.map(({ spec }) => spec.hostname).sort()).toEqual(["work-0", "work-1", "work-2", "work-3"])
  for (const pod of pods) end(cluster, pod.metadata.name, pod.spec.hostname === "work-2" ? 1 : 0)
  run(1_000)
  expect(get<Job>(JOB).status).toMatchObject({ completedIndexes: "0,1,3", succeeded: 3, failed: 1 })
  run(15_000)
  expect(running(cluster).map(({ spec }) => spec.hostname)).toEqual(["work-2"])
  end(cluster, running(cluster)[0].metadata.name, 0)
  run(1_000)
  expect(get<Job>(JOB).status.completedIndexes).toBe("0-3")
  expect(items<Pod>(PODS).every(({ metadata }) => !metadata.finalizers?.length)).toBe(true)
})

test("failures come back later and later, until there were too many", () => {
  const cluster = hollowCluster(["a"])
  const { apply, run, get, told } = cluster
  apply(manifest({ backoffLimit: 2 }))
  const waits: number[] = []
  for (let round = 0; round < 3; round++) {
    const begun = cluster.sim.now()
    while (running(cluster).length === 0 && cluster.sim.now() - begun < 60_000) run(500)
    waits.push(Math.round((cluster.sim.now() - begun) / 10_000))
    run(1_000)
    end(cluster, running(cluster)[0].metadata.name, 1)
    run(1_100)
  }
  expect(waits).toEqual([0, 1, 2])
  expect(conditions(get<Job>(JOB))).toEqual(["FailureTarget=True BackoffLimitExceeded", "Failed=True BackoffLimitExceeded"])
  expect(told("work").at(-1)).toBe("BackoffLimitExceeded: Job has reached the specified backoff limit")
})

test("a failure policy ends the Job at once for one exit code, and does not count another", () => {
  const policy = {
    rules: [
      { action: "FailJob", onExitCodes: { containerName: "main", operator: "In", values: [42] } },
      { action: "Ignore", onExitCodes: { operator: "In", values: [7] } },
    ],
  }
  const cluster = hollowCluster(["a"])
  const { apply, run, get } = cluster
  apply(manifest({ backoffLimit: 0, podFailurePolicy: policy }))
  run(2_000)
  end(cluster, running(cluster)[0].metadata.name, 7)
  run(30_000)
  expect(get<Job>(JOB).status.failed).toBeUndefined()
  const { name } = running(cluster)[0].metadata
  end(cluster, name, 42)
  run(1_000)
  expect(get<Job>(JOB).status.conditions?.at(-1)).toMatchObject({
    type: "Failed",
    reason: "PodFailurePolicy",
    message: `Container main for pod default/${name} failed with exit code 42 matching FailJob rule at index 0`,
  })
})

test("suspending takes the Pods away without a failure; a deadline ends the Job; deleting it leaves no Pod", () => {
  const cluster = hollowCluster(["a"])
  const { apply, run, get, request, items } = cluster
  apply(manifest({ parallelism: 2, completions: 2, activeDeadlineSeconds: 100 }))
  run(2_000)
  request("PATCH", JOB, { spec: { suspend: true } }, "application/merge-patch+json")
  run(10_000)
  expect(items<Pod>(PODS)).toEqual([])
  expect(conditions(get<Job>(JOB))).toEqual(["Suspended=True JobSuspended"])
  expect(get<Job>(JOB).status.failed).toBeUndefined()
  request("PATCH", JOB, { spec: { suspend: false } }, "application/merge-patch+json")
  run(10_000)
  expect(running(cluster)).toHaveLength(2)
  run(120_000)
  expect(conditions(get<Job>(JOB))?.at(-1)).toBe("Failed=True DeadlineExceeded")
  request("DELETE", JOB, { propagationPolicy: "Background" })
  run(60_000)
  expect(items<Pod>(PODS)).toEqual([])
})
