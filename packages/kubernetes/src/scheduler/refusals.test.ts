/** Why a Pod stays Pending, plugin by plugin, in the scheduler's own words. */
import { expect, test } from "vitest"
import { hollowCluster } from "../testing/hollow-cluster.ts"

type Manifest = Record<string, unknown>

const PREEMPT = "no new claims to deallocate, preemption: 0/3 nodes are available: "
const HOPELESS = (count: number) => `${PREEMPT}${count} Preemption is not helpful for scheduling.`
const NOBODY = (count: number) => `${PREEMPT}${count} No preemption victims found for incoming pod.`

const pod = (name: string, spec: Manifest, container: Manifest = {}, labels: Manifest = {}): Manifest => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, labels },
  spec: { containers: [{ name: "c", image: "nginx", ...container }], ...spec },
})
const cpu = (amount: string): Manifest => ({ resources: { requests: { cpu: amount } } })
const near = (kind: string, app: string, key = "kubernetes.io/hostname", more: Manifest = {}): Manifest => ({
  affinity: {
    [kind]: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { app } }, topologyKey: key, ...more }],
    },
  },
})
const spread = (key: string): Manifest => ({
  topologySpreadConstraints: [
    { maxSkew: 1, topologyKey: key, whenUnsatisfiable: "DoNotSchedule", labelSelector: { matchLabels: { app: "lone" } } },
  ],
})
const claimed = (name: string): Manifest => ({ volumes: [{ name: "v", persistentVolumeClaim: { claimName: name } }] })
const claim = (name: string, spec: Manifest): Manifest => ({
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } }, ...spec },
})

/** What is there before the Pod that is refused. */
const BEFORE: readonly Manifest[] = [
  pod("everywhere", { nodeName: "a", ...near("podAntiAffinity", "shy", "region") }, {}, { app: "lone" }),
  pod("port", { nodeName: "a" }, { ports: [{ containerPort: 80, hostPort: 80 }] }),
  pod("port-b", { nodeName: "b" }, { ports: [{ containerPort: 80, hostPort: 80 }] }),
  pod("port-c", { nodeName: "c" }, { ports: [{ containerPort: 80, hostPort: 80 }] }),
  {
    apiVersion: "storage.k8s.io/v1",
    kind: "StorageClass",
    metadata: { name: "manual" },
    provisioner: "kubernetes.io/no-provisioner",
    volumeBindingMode: "WaitForFirstConsumer",
  },
  { apiVersion: "storage.k8s.io/v1", kind: "StorageClass", metadata: { name: "now" }, provisioner: "example.com/disk" },
  claim("waiting", { storageClassName: "manual" }),
  claim("unbound", { storageClassName: "now" }),
]

const CASES: readonly (readonly [Manifest, string])[] = [
  [pod("big", {}, cpu("9")), `0/3 nodes are available: 3 Insufficient cpu. ${HOPELESS(3)}`],
  [pod("tight", {}, cpu("4")), `0/3 nodes are available: 3 Insufficient cpu. ${NOBODY(3)}`],
  [
    pod("device", {}, { resources: { limits: { "example.com/gpu": "1" } } }),
    `0/3 nodes are available: 3 Insufficient example.com/gpu. ${HOPELESS(3)}`,
  ],
  [
    pod("label", { nodeSelector: { disk: "ssd" } }),
    `0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. ${HOPELESS(3)}`,
  ],
  [
    pod("named", {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchFields: [{ key: "metadata.name", operator: "In", values: ["a"] }],
                matchExpressions: [{ key: "no", operator: "Exists" }],
              },
            ],
          },
        },
      },
    }),
    `0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. ${HOPELESS(3)}`,
  ],
  [
    pod("ports", {}, { ports: [{ containerPort: 80, hostPort: 80 }] }),
    `0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports. ${NOBODY(3)}`,
  ],
  [pod("friend", near("podAffinity", "nobody")), `0/3 nodes are available: 3 node(s) didn't match pod affinity rules. ${HOPELESS(3)}`],
  [
    pod("away", near("podAntiAffinity", "lone", "region")),
    `0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules. ${NOBODY(3)}`,
  ],
  [pod("shy", {}, {}, { app: "shy" }), `0/3 nodes are available: 3 node(s) didn't satisfy existing pods anti-affinity rules. ${NOBODY(3)}`],
  [
    pod("zone", spread("rack"), {}, { app: "lone" }),
    `0/3 nodes are available: 3 node(s) didn't match pod topology spread constraints (missing required label). ${HOPELESS(3)}`,
  ],
  [pod("no-claim", claimed("nope")), `0/3 nodes are available: persistentvolumeclaim "nope" not found. not found`],
  [pod("unbound", claimed("unbound")), "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found"],
  [
    pod("waiting", claimed("waiting")),
    `0/3 nodes are available: 3 node(s) didn't find available persistent volumes to bind. ${HOPELESS(3)}`,
  ],
]

test("each plugin says why, and whether sending others away would help", () => {
  const { apply, run, request, told } = hollowCluster(["a", "b", "c"], { cpus: 4 })
  for (const name of ["a", "b", "c"])
    request("PATCH", `/api/v1/nodes/${name}`, { metadata: { labels: { region: "eu" } } }, "application/merge-patch+json")
  // Each node has one core taken by a Pod that is as important as those to come.
  for (const name of ["a", "b", "c"]) apply(pod(`core-${name}`, { nodeName: name }, cpu("1")))
  for (const manifest of BEFORE) apply(manifest)
  run(5_000)
  for (const [manifest] of CASES) apply(manifest)
  run(3_000)
  const name = (manifest: Manifest) => (manifest.metadata as { name: string }).name
  expect(
    Object.fromEntries(
      CASES.map(([manifest]) => [name(manifest), told(name(manifest)).find((line) => line.startsWith("FailedScheduling"))]),
    ),
  ).toEqual(Object.fromEntries(CASES.map(([manifest, why]) => [name(manifest), `FailedScheduling: ${why}`])))
})

test("taints and cordons are told with how many nodes have them; the trace keeps plugin and node", () => {
  const { apply, run, request, told, events } = hollowCluster(["a", "b", "c"])
  const patch = (node: string, spec: Manifest) => request("PATCH", `/api/v1/nodes/${node}`, { spec }, "application/merge-patch+json")
  patch("a", { unschedulable: true })
  patch("b", { taints: [{ key: "k", effect: "NoSchedule" }] })
  run(3_000)
  apply(pod("picky", { nodeSelector: { "kubernetes.io/hostname": "none" } }))
  run(3_000)
  expect(told("picky")[0]).toBe(
    `FailedScheduling: 0/3 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint(s), 1 node(s) were unschedulable. ${HOPELESS(3)}`,
  )
  expect(events.filter(({ verb, object }) => verb === "filter" && object?.name === "picky").map(({ detail }) => detail)).toEqual([
    "a: NodeUnschedulable: node(s) were unschedulable",
    "b: TaintToleration: node(s) had untolerated taint(s)",
    "c: NodeAffinity: node(s) didn't match Pod's node affinity/selector",
  ])
})

test("a claim that is for one Pod alone keeps the second Pending", () => {
  const { apply, run, told, request } = hollowCluster(["a"])
  apply({
    apiVersion: "v1",
    kind: "PersistentVolume",
    metadata: { name: "pv" },
    spec: { capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOncePod"], hostPath: { path: "/x" }, storageClassName: "s" },
  })
  apply(claim("one", { accessModes: ["ReadWriteOncePod"], storageClassName: "s" }))
  run(3_000)
  expect((request("GET", "/api/v1/namespaces/default/persistentvolumeclaims/one").body as { status: { phase: string } }).status.phase).toBe(
    "Bound",
  )
  apply(pod("first", claimed("one")))
  run(3_000)
  apply(pod("second", claimed("one")))
  run(3_000)
  expect(told("second")[0]).toBe(
    "FailedScheduling: 0/1 nodes are available: 1 node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
  )
})
