import { expect, test } from "vitest"
import type { CronJob, Job } from "../../api/index.ts"
import { hollowCluster } from "../../testing/hollow-cluster.ts"

const manifest = (spec: Record<string, unknown>) => ({
  apiVersion: "batch/v1",
  kind: "CronJob",
  metadata: { name: "hello" },
  spec: {
    schedule: "*/1 * * * *",
    jobTemplate: { spec: { template: { spec: { restartPolicy: "OnFailure", containers: [{ name: "c", image: "busybox" }] } } } },
    ...spec,
  },
})
const JOBS = "/apis/batch/v1/namespaces/default/jobs"
const CRON = "/apis/batch/v1/namespaces/default/cronjobs/hello"

const finish = (cluster: ReturnType<typeof hollowCluster>, name: string) => {
  const job = cluster.get<Job>(`${JOBS}/${name}`)
  const time = new Date(cluster.sim.now()).toISOString().replace(/\.\d+/, "")
  cluster.request("PUT", `${JOBS}/${name}/status`, {
    ...job,
    status: {
      ...job.status,
      startTime: time,
      completionTime: time,
      succeeded: 1,
      conditions: [
        { type: "SuccessCriteriaMet", status: "True", lastProbeTime: time, lastTransitionTime: time },
        { type: "Complete", status: "True", lastProbeTime: time, lastTransitionTime: time },
      ],
    },
  })
}

test("a Job is made each minute, named by it; those that ended are kept up to the limit", () => {
  const cluster = hollowCluster(["a"])
  const { apply, run, items, get, told } = cluster
  apply(manifest({ successfulJobsHistoryLimit: 2 }))
  run(240_000)
  const names = items<Job>(JOBS).map(({ metadata }) => metadata.name)
  const minute = Date.UTC(2026, 0, 5, 8, 1) / 60_000
  expect(names).toEqual([0, 1, 2, 3].map((i) => `hello-${minute + i}`))
  expect(get<CronJob>(CRON).status.active?.map(({ name }) => name)).toEqual(names)
  expect(get<CronJob>(CRON).status.lastScheduleTime).toBe("2026-01-05T08:04:00Z")
  expect(told("hello")[0]).toBe(`SuccessfulCreate: Created job ${names[0]}`)
  for (const name of names.slice(0, 3)) finish(cluster, name)
  run(1_000)
  expect(told("hello")).toContain(`SawCompletedJob: Saw completed job: ${names[0]}, condition: Complete`)
  expect(items<Job>(JOBS).map(({ metadata }) => metadata.name)).toEqual(names.slice(1))
  expect(told("hello")).toContain(`SuccessfulDelete: Deleted job ${names[0]}`)
})

test("Forbid waits for the running Job, Replace ends it, suspend starts none", () => {
  const forbid = hollowCluster(["a"])
  forbid.apply(manifest({ concurrencyPolicy: "Forbid" }))
  forbid.run(200_000)
  expect(forbid.items<Job>(JOBS)).toHaveLength(1)
  expect(forbid.told("hello")).toContain(
    "JobAlreadyActive: Not starting job because prior execution is running and concurrency policy is Forbid",
  )
  const replace = hollowCluster(["a"])
  replace.apply(manifest({ concurrencyPolicy: "Replace" }))
  replace.run(150_000)
  expect(replace.items<Job>(JOBS).filter(({ metadata }) => !metadata.deletionTimestamp)).toHaveLength(1)
  const suspended = hollowCluster(["a"])
  suspended.apply(manifest({ suspend: true }))
  suspended.run(200_000)
  expect(suspended.items<Job>(JOBS)).toEqual([])
})
