/** Every controller, once it has brought about what is wanted, leaves it alone. */
import { expect, test } from "vitest"
import { hollowCluster } from "../../testing/hollow-cluster.ts"

const template = { metadata: { labels: { app: "x" } }, spec: { containers: [{ name: "c", image: "nginx" }] } }
const selector = { matchLabels: { app: "x" } }
const meta = (name: string) => ({ name, namespace: "default" })

const manifests: readonly Record<string, unknown>[] = [
  { apiVersion: "v1", kind: "ReplicationController", metadata: meta("rc"), spec: { replicas: 2, selector: { app: "x" }, template } },
  { apiVersion: "apps/v1", kind: "ReplicaSet", metadata: meta("rs"), spec: { replicas: 2, selector, template } },
  { apiVersion: "apps/v1", kind: "Deployment", metadata: meta("deployment"), spec: { replicas: 3, selector, template } },
  { apiVersion: "apps/v1", kind: "DaemonSet", metadata: meta("ds"), spec: { selector, template } },
  { apiVersion: "apps/v1", kind: "StatefulSet", metadata: meta("sts"), spec: { replicas: 2, serviceName: "x", selector, template } },
  {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: meta("job"),
    spec: { parallelism: 2, template: { ...template, spec: { ...template.spec, restartPolicy: "Never" } } },
  },
  {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: meta("cron"),
    spec: {
      schedule: "0 0 1 1 *",
      jobTemplate: { spec: { template: { ...template, spec: { ...template.spec, restartPolicy: "Never" } } } },
    },
  },
  { apiVersion: "policy/v1", kind: "PodDisruptionBudget", metadata: meta("pdb"), spec: { minAvailable: 1, selector } },
  {
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: meta("quota"),
    spec: { hard: { pods: "50", "requests.cpu": "4", "count/deployments.apps": "3" } },
  },
  { apiVersion: "v1", kind: "Service", metadata: meta("service"), spec: { selector: { app: "x" }, ports: [{ port: 80 }] } },
  {
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: "pv" },
    spec: { storageClassName: "m", capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"], hostPath: { path: "/pv" } },
  },
  {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: meta("pvc"),
    spec: { storageClassName: "m", accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  },
  { apiVersion: "v1", kind: "Namespace", metadata: { name: "other" } },
]

test.each(manifests.map((manifest) => [manifest.kind, manifest] as const))("%s: a second reconcile writes nothing", (_, manifest) => {
  const { apply, run, cluster, restartControllers, request } = hollowCluster(["a", "b"])
  const made = apply(manifest)
  run(120_000)
  const versions = () =>
    cluster.etcd
      .range("/registry/")
      .items.filter(({ key }) => !/leases|events/.test(key))
      .map(({ key, modRevision }) => `${key} ${modRevision}`)
  const before = versions()
  expect(before.some((line) => line.includes(`/${(made.metadata as { name: string }).name} `))).toBe(true)
  // Every controller starts anew and reconciles everything there is.
  restartControllers()
  run(60_000)
  expect(versions()).toEqual(before)
  expect(request("GET", "/readyz").status).toBe(200)
})
