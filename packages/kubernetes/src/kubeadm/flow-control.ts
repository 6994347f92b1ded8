/** Priority levels and flow schemas that every API server makes for itself. As k8s.io/apiserver/pkg/apis/flowcontrol/bootstrap/default.go. */
import type { KubernetesObject } from "../apimachinery/object.ts"

type FlowObject = KubernetesObject & { metadata: { name: string }; [field: string]: unknown }

const VERSION = "flowcontrol.apiserver.k8s.io/v1"
/** Who writes their specs, and who says whether they hang together. */
export const PRODUCER = "api-priority-and-fairness-config-producer-v1"
export const CONSUMER = "api-priority-and-fairness-config-consumer-v1"

const metadata = (name: string) => ({ name, annotations: { "apf.kubernetes.io/autoupdate-spec": "true" } as never })

const level = (name: string, shares: number, lendable: number, queues?: readonly [number, number]): FlowObject => ({
  apiVersion: VERSION,
  kind: "PriorityLevelConfiguration",
  metadata: metadata(name),
  spec: {
    type: "Limited",
    limited: {
      nominalConcurrencyShares: shares,
      lendablePercent: lendable,
      limitResponse: queues
        ? { type: "Queue", queuing: { queues: queues[0], handSize: queues[1], queueLengthLimit: 50 } }
        : { type: "Reject" },
    },
  },
  status: {},
})

const groups = (...names: string[]) => names.map((name) => ({ kind: "Group", group: { name } }))
const users = (...names: string[]) => names.map((name) => ({ kind: "User", user: { name } }))
const accounts = (name: string) => [{ kind: "ServiceAccount", serviceAccount: { name, namespace: "kube-system" } }]

const ALL = ["*"]
const everything = (subjects: readonly unknown[]) => ({
  subjects,
  resourceRules: [{ verbs: ALL, apiGroups: ALL, resources: ALL, clusterScope: true, namespaces: ALL }],
  nonResourceRules: [{ verbs: ALL, nonResourceURLs: ALL }],
})
const LEASES = { verbs: ["get", "create", "update"], apiGroups: ["coordination.k8s.io"], resources: ["leases"] }

const schema = (
  name: string,
  of: string,
  matchingPrecedence: number,
  distinguisher: "ByUser" | "ByNamespace" | undefined,
  ...rules: readonly unknown[]
): FlowObject => ({
  apiVersion: VERSION,
  kind: "FlowSchema",
  metadata: metadata(name),
  spec: {
    priorityLevelConfiguration: { name: of },
    matchingPrecedence,
    ...(distinguisher && { distinguisherMethod: { type: distinguisher } }),
    rules,
  },
})

export const priorityLevels = (): readonly FlowObject[] => [
  {
    apiVersion: VERSION,
    kind: "PriorityLevelConfiguration",
    metadata: metadata("exempt"),
    spec: { type: "Exempt", exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
    status: {},
  },
  level("catch-all", 5, 0),
  level("system", 30, 33, [64, 6]),
  level("node-high", 40, 25, [64, 6]),
  level("leader-election", 10, 0, [16, 4]),
  level("workload-high", 40, 50, [128, 6]),
  level("workload-low", 100, 90, [128, 6]),
  level("global-default", 20, 50, [128, 6]),
]

export const flowSchemas = (): readonly FlowObject[] => [
  schema("exempt", "exempt", 1, undefined, everything(groups("system:masters"))),
  schema("catch-all", "catch-all", 10_000, "ByUser", everything(groups("system:unauthenticated", "system:authenticated"))),
  schema("system-nodes", "system", 500, "ByUser", everything(groups("system:nodes"))),
  schema("system-node-high", "node-high", 400, "ByUser", {
    subjects: groups("system:nodes"),
    resourceRules: [
      { verbs: ALL, apiGroups: [""], resources: ["nodes", "nodes/status"], clusterScope: true, namespaces: ALL },
      { verbs: ALL, apiGroups: ["coordination.k8s.io"], resources: ["leases"], namespaces: ALL },
    ],
  }),
  schema("probes", "exempt", 2, undefined, {
    subjects: groups("system:unauthenticated", "system:authenticated"),
    nonResourceRules: [{ verbs: ["get"], nonResourceURLs: ["/healthz", "/readyz", "/livez"] }],
  }),
  schema("system-leader-election", "leader-election", 100, "ByUser", {
    subjects: [...users("system:kube-controller-manager", "system:kube-scheduler"), ...accounts("*")],
    resourceRules: [{ ...LEASES, namespaces: ALL }],
  }),
  schema("workload-leader-election", "leader-election", 200, "ByUser", {
    subjects: accounts("*"),
    resourceRules: [{ ...LEASES, namespaces: ALL }],
  }),
  schema("kube-controller-manager", "workload-high", 800, "ByNamespace", everything(users("system:kube-controller-manager"))),
  schema("kube-scheduler", "workload-high", 800, "ByNamespace", everything(users("system:kube-scheduler"))),
  schema("kube-system-service-accounts", "workload-high", 900, "ByNamespace", everything(accounts("*"))),
  schema("service-accounts", "workload-low", 9_000, "ByUser", everything(groups("system:serviceaccounts"))),
  schema("global-default", "global-default", 9_900, "ByUser", everything(groups("system:unauthenticated", "system:authenticated"))),
]

/** What the consumer says of a schema whose level is there. */
export const notDangling = (one: FlowObject, time: string) => ({
  apiVersion: VERSION,
  kind: "FlowSchema",
  metadata: { name: one.metadata.name },
  status: {
    conditions: [
      {
        type: "Dangling",
        status: "False",
        lastTransitionTime: time,
        reason: "Found",
        message: `This FlowSchema references the PriorityLevelConfiguration object named ${JSON.stringify(
          (one.spec as { priorityLevelConfiguration: { name: string } }).priorityLevelConfiguration.name,
        )} and it exists`,
      },
    ],
  },
})
