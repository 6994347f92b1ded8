/** What the server says of objects that are wrong, kind by kind: upstream's words, in its order. */
import { expect, test } from "vitest"
import { kinds } from "./index.ts"
import { ADMINISTRATOR, bareServer } from "../testing/bare-server.ts"

const serve = () => {
  const server = bareServer("validation")
  const user = ADMINISTRATOR
  return (method: string, path: string, body: unknown, type = "application/json") =>
    server.handle({ method, path, user, headers: { "user-agent": "test/1", "content-type": type }, body: JSON.stringify(body) })
}

const said = ({ status, body }: { status: number; body?: unknown }) => {
  const { message, details } = body as { message?: string; details?: { causes?: { field: string; message: string }[] } }
  return details?.causes?.map((cause) => `${cause.field}: ${cause.message}`) ?? (message === undefined ? status : `${status} ${message}`)
}

const collection = (plural: string): string => {
  const kind = kinds.find((one) => one.plural === plural && !one.storedAs)
  if (!kind) throw new Error(plural)
  return `${kind.group ? `/apis/${kind.apiVersion}` : "/api/v1"}${kind.namespaced ? "/namespaces/default" : ""}/${plural}`
}

const container = { name: "c", image: "nginx" }
const pod = { restartPolicy: "Never", containers: [container] }
const target = { apiVersion: "apps/v1", kind: "Deployment", name: "web" }
const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const NAME_PART =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

test.each<[string, object, unknown]>([
  [
    "configmaps",
    { metadata: { name: "x", labels: { "a/b/c": "1", "": "b" } } },
    [
      expect.stringContaining('metadata.labels: Invalid value: "a/b/c": a qualified name must consist of') as string,
      'metadata.labels: Invalid value: "": name part must be non-empty',
      `metadata.labels: Invalid value: "": ${NAME_PART}`,
    ],
  ],
  [
    "horizontalpodautoscalers",
    {
      spec: {
        scaleTargetRef: { ...target, name: "a/b" },
        minReplicas: 3,
        maxReplicas: 2,
        metrics: [
          { type: "Resource", resource: { name: "cpu", target: { type: "Utilization" } } },
          { type: "Pods", resource: { name: "cpu", target: { type: "Value", averageValue: "0" } } },
          { type: "Nothing" },
        ],
        behavior: {
          scaleUp: { stabilizationWindowSeconds: 4000, selectPolicy: "Most", policies: [{ type: "Pods", value: 0, periodSeconds: 2000 }] },
        },
      },
    },
    [
      "spec.maxReplicas: Invalid value: 2: must be greater than or equal to `minReplicas`",
      `spec.scaleTargetRef.name: Invalid value: "a/b": may not contain '/'`,
      "spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization",
      'spec.metrics[1].resource.target.averageValue: Invalid value: "0": must be positive',
      "spec.metrics[1].pods: Required value: must populate information for the given metric source",
      'spec.metrics[2].type: Unsupported value: "Nothing": supported values: "ContainerResource", "External", "Object", "Pods", "Resource"',
      "spec.metrics[2].nothing: Required value: must populate information for the given metric source",
      "spec.behavior.scaleUp.stabilizationWindowSeconds: Invalid value: 4000: must be less than or equal to 3600",
      'spec.behavior.scaleUp.selectPolicy: Unsupported value: "Most": supported values: "Disabled", "Max", "Min"',
      "spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero",
      "spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 2000: must be less than or equal to 1800",
    ],
  ],
  [
    "leases",
    { spec: { leaseDurationSeconds: 0, leaseTransitions: -1 } },
    [
      "spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0",
      "spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0",
    ],
  ],
  [
    "csidrivers",
    { spec: { fsGroupPolicy: "Any", tokenRequests: [{ audience: "a", expirationSeconds: 60 }, { audience: "a" }] } },
    [
      'spec.fsGroupPolicy: Unsupported value: "Any": supported values: "ReadWriteOnceWithFSType", "File", "None"',
      "spec.tokenRequests[0].expirationSeconds: Invalid value: 60: may not specify a duration less than 10 minutes",
      'spec.tokenRequests[1].audience: Duplicate value: "a"',
    ],
  ],
  [
    "csinodes",
    {
      spec: {
        drivers: [
          { name: "a.b", nodeID: "" },
          { name: "a.b", nodeID: "n", topologyKeys: ["x", "x"] },
        ],
      },
    },
    ["spec.drivers[0].nodeID: Required value", 'spec.drivers[1].name: Duplicate value: "a.b"', 'spec.drivers[1]: Duplicate value: "x"'],
  ],
  [
    "volumeattachments",
    { spec: { attacher: "a.b", nodeName: "n", source: {} } },
    ["spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName"],
  ],
  [
    "csistoragecapacities",
    { storageClassName: "a", capacity: "-1" },
    ['capacity: Invalid value: "-1": must be greater than or equal to 0'],
  ],
  ["volumeattributesclasses", { driverName: "a.b" }, ["parameters: Required value: must contain at least one key/value pair"]],
  [
    "storageclasses",
    { provisioner: "a/b", parameters: { "": "x" }, reclaimPolicy: "Keep" },
    [
      'parameters: Invalid value: "": field can not be empty.',
      'reclaimPolicy: Unsupported value: "Keep": supported values: "Delete", "Retain"',
    ],
  ],
  [
    "priorityclasses",
    { value: 2_000_000_000, preemptionPolicy: "Sometimes" },
    [
      "value: Forbidden: maximum allowed value of a user defined priority is 1000000000",
      'preemptionPolicy: Unsupported value: "Sometimes": supported values: "PreemptLowerPriority", "Never"',
    ],
  ],
  [
    "runtimeclasses",
    { handler: "A", scheduling: { tolerations: [{ operator: "Equal" }] } },
    [
      `handler: Invalid value: "A": ${LABEL}`,
      'scheduling.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
    ],
  ],
  [
    "ingressclasses",
    { spec: { controller: "a.b", parameters: { kind: "", name: "n", scope: "Namespace" } } },
    [
      'spec.controller: Invalid value: "a.b": must be a domain-prefixed path (such as "acme.io/foo")',
      "spec.parameters.kind: Required value: kind is required",
      "spec.parameters.namespace: Required value: `parameters.scope` is set to 'Namespace'",
    ],
  ],
  [
    "endpointslices",
    {
      addressType: "IPv4",
      endpoints: [{ addresses: [] }, { addresses: ["127.0.0.1", "fd00::1", "10.0.0.256"] }],
      ports: [
        { name: "a", port: 80 },
        { name: "a", port: 81, protocol: "X" },
      ],
    },
    [
      "endpoints[0].addresses: Required value: must contain at least 1 address",
      'endpoints[1].addresses[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'endpoints[1].addresses[1]: Invalid value: "fd00::1": must be a valid IPv4 address',
      'endpoints[1].addresses[2]: Invalid value: "10.0.0.256": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      'ports[1].name: Duplicate value: "a"',
      'ports[1].protocol: Unsupported value: "X": supported values: "SCTP", "TCP", "UDP"',
    ],
  ],
  [
    "jobs",
    {
      spec: {
        maxFailedIndexes: 1,
        successPolicy: { rules: [{ succeededCount: 1 }] },
        podFailurePolicy: {
          rules: [{ action: "FailIndex", onExitCodes: { operator: "In", values: [0, 2, 1], containerName: "other" } }, { action: "Count" }],
        },
        template: { spec: { ...pod, restartPolicy: "OnFailure" } },
      },
    },
    [
      "spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified",
      "spec.maxFailedIndexes: Invalid value: 1: requires indexed completion mode",
      'spec.successPolicy: Invalid value: {"rules":[{"succeededCount":1}]}: requires indexed completion mode',
      'spec.podFailurePolicy.rules[0].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
      'spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: "other": must be one of the container or initContainer names in the pod template',
      "spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator",
      "spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [0,2,1]: must be ordered",
      "spec.podFailurePolicy.rules[1]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required",
      'spec.template.spec.restartPolicy: Invalid value: "OnFailure": only "Never" is supported when podFailurePolicy is specified',
    ],
  ],
  [
    "cronjobs",
    {
      spec: {
        schedule: "* * * * *",
        timeZone: "Mars/Olympus",
        failedJobsHistoryLimit: -1,
        jobTemplate: { spec: { parallelism: -1, template: { spec: pod } } },
      },
    },
    [
      'spec.timeZone: Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus',
      "spec.jobTemplate.spec.parallelism: Invalid value: -1: must be greater than or equal to 0",
      "spec.failedJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0",
    ],
  ],
  [
    "statefulsets",
    {
      spec: {
        selector: { matchLabels: { a: "b" } },
        podManagementPolicy: "Any",
        updateStrategy: { type: "OnDelete", rollingUpdate: { partition: 1 } },
        template: { metadata: { labels: { a: "b" } }, spec: { containers: [container] } },
      },
    },
    [
      `spec.podManagementPolicy: Invalid value: "Any": must be 'OrderedReady' or 'Parallel'`,
      `spec.updateStrategy.rollingUpdate: Invalid value: {"partition":1}: only allowed for updateStrategy 'RollingUpdate'`,
    ],
  ],
  [
    "poddisruptionbudgets",
    { spec: { maxUnavailable: 1, selector: { matchExpressions: [{ key: "a", operator: "Has" }] }, unhealthyPodEvictionPolicy: "Now" } },
    [
      'spec.selector.matchExpressions[0].operator: Invalid value: "Has": not a valid selector operator',
      'spec.unhealthyPodEvictionPolicy: Unsupported value: "Now": supported values: "AlwaysAllow", "IfHealthyBudget"',
    ],
  ],
  [
    "networkpolicies",
    { spec: { podSelector: { matchLabels: { "a b": "c" } }, ingress: [{ from: [{ podSelector: { matchLabels: { a: "-" } } }] }] } },
    [
      `spec.podSelector.matchLabels: Invalid value: "a b": ${NAME_PART}`,
      expect.stringContaining('spec.ingress[0].from[0].podSelector.matchLabels: Invalid value: "-": a valid label must be') as string,
    ],
  ],
  [
    "flowschemas",
    {
      spec: {
        matchingPrecedence: 20_000,
        priorityLevelConfiguration: { name: "" },
        rules: [
          { subjects: [{ kind: "User", group: { name: "g" } }] },
          { subjects: [], nonResourceRules: [{ verbs: ["fly"], nonResourceURLs: ["a", "/x*y"] }] },
          { subjects: [{ kind: "Robot" }], resourceRules: [{ verbs: ["*", "get"], apiGroups: [""], resources: ["pods"] }] },
        ],
      },
    },
    [
      "spec.matchingPrecedence: Invalid value: 20000: must not be greater than 10000",
      "spec.priorityLevelConfiguration.name: Required value: must reference a priority level",
      "spec.rules[0].subjects[0].user: Required value: user is required when subject kind is 'User'",
      "spec.rules[0].subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'",
      "spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty",
      "spec.rules[1].subjects: Required value: subjects must contain at least one value",
      'spec.rules[1].nonResourceRules[0].verbs: Unsupported value: ["fly"]: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"',
      'spec.rules[1].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "a": must start with slash',
      'spec.rules[1].nonResourceRules[0].nonResourceURLs[1]: Invalid value: "/x*y": wildcard can only do suffix matching',
      'spec.rules[2].subjects[0].kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"',
      `spec.rules[2].resourceRules[0].verbs: Invalid value: ["*","get"]: if '*' is present, must not specify other verbs`,
      "spec.rules[2].resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace",
    ],
  ],
  [
    "prioritylevelconfigurations",
    {
      spec: {
        type: "Limited",
        limited: { limitResponse: { type: "Queue", queuing: { queues: 1_000, handSize: 9, queueLengthLimit: 0 } } },
      },
    },
    [
      "spec.limited.limitResponse.queuing.queueLengthLimit: Invalid value: 0: must be positive",
      "spec.limited.limitResponse.queuing.handSize: Invalid value: 9: required entropy bits of deckSize 1000 and handSize 9 should not be greater than 60",
    ],
  ],
  [
    "resourceclaims",
    {
      spec: {
        devices: {
          requests: [{ name: "a", exactly: { deviceClassName: "", count: -1 } }, { name: "a" }],
          constraints: [{ requests: ["b"] }],
          config: [{}],
        },
      },
    },
    [
      "spec.devices.requests[0].exactly.deviceClassName: Required value",
      "spec.devices.requests[0].exactly.count: Invalid value: -1: must be greater than zero",
      "spec.devices.requests[1]: Required value: exactly one of `exactly` or `firstAvailable` is required",
      'spec.devices.requests[1].name: Duplicate value: "a"',
      "spec.devices.constraints[0].requests[0]: Invalid value: \"b\": must be the name of a request in the claim or the name of a request and a subrequest separated by '/'",
      "spec.devices.constraints[0]: Required value: one of `matchAttribute` or `distinctAttribute` is required",
      "spec.devices.config[0].opaque: Required value",
    ],
  ],
  [
    "resourceslices",
    { spec: { driver: "d.e", pool: { name: "p", resourceSliceCount: 0 }, devices: [{ name: "D" }] } },
    [
      "spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required",
      "spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero",
      `spec.devices[0].name: Invalid value: "D": ${LABEL}`,
    ],
  ],
  [
    "validatingadmissionpolicies",
    {
      spec: {
        paramKind: { apiVersion: "a/b/c", kind: "X" },
        matchConstraints: {
          resourceRules: [{ apiGroups: ["*", "a"], apiVersions: ["v1"], operations: ["READ"], resources: ["*", "pods"] }],
        },
        variables: [{ name: "if", expression: "1" }],
        validations: [{ expression: "1 + 1", message: "a\nb", reason: "Because" }],
      },
    },
    [
      'spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c',
      'spec.matchConstraints.resourceRules[0].operations[0]: Unsupported value: "READ": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE"',
      `spec.matchConstraints.resourceRules[0].apiGroups: Invalid value: ["*","a"]: if '*' is present, must not specify other API groups`,
      `spec.matchConstraints.resourceRules[0].resources: Invalid value: ["*","pods"]: if '*' is present, must not specify other resources without subresources`,
      'spec.variables[0].name: Invalid value: "if": name is not a valid CEL identifier',
      'spec.validations[0].expression: Invalid value: "1 + 1": must evaluate to bool',
      'spec.validations[0].message: Invalid value: "a\\nb": message must not contain line breaks',
      'spec.validations[0].reason: Unsupported value: "Because": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge", "Unauthorized"',
    ],
  ],
  [
    "validatingadmissionpolicybindings",
    { spec: { paramRef: { parameterNotFoundAction: "Maybe" }, validationActions: ["Deny", "Warn", "Warn"] } },
    [
      "spec.policyName: Required value",
      "spec.paramRef: Required value: one of name or selector must be specified",
      'spec.paramRef.parameterNotFoundAction: Unsupported value: "Maybe": supported values: "Deny", "Allow"',
      'spec.validationActions[2]: Duplicate value: "Warn"',
      'spec.validationActions: Invalid value: ["Deny","Warn","Warn"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)',
    ],
  ],
  [
    "validatingwebhookconfigurations",
    {
      webhooks: [
        {
          name: "a.b.c",
          admissionReviewVersions: ["v1"],
          sideEffects: "None",
          failurePolicy: "Shrug",
          clientConfig: { url: "https://x" },
          matchConditions: [{ name: "one", expression: "object." }],
          rules: [{ operations: ["*"], apiGroups: [""], apiVersions: [], resources: ["pods/*", "pods/log"] }],
        },
      ],
    },
    [
      "webhooks[0].rules[0].apiVersions: Required value",
      `webhooks[0].rules[0].resources[1]: Invalid value: "pods/log": if 'pods/*' is present, must not specify pods/log`,
      'webhooks[0].failurePolicy: Unsupported value: "Shrug": supported values: "Fail", "Ignore"',
      expect.stringContaining('webhooks[0].matchConditions[0].expression: Invalid value: "object.": compilation failed: ERROR:') as string,
    ],
  ],
])("%s", (plural, object, expected) => {
  const call = serve()
  const { metadata, ...rest } = object as { metadata?: object }
  expect(said(call("POST", collection(plural), { metadata: metadata ?? { name: "x" }, ...rest }))).toEqual(expected)
})

/** What is stored, what is merged in, and what is said. */
test.each<[string, object, object, unknown]>([
  [
    "volumeattachments",
    { spec: { attacher: "a.b", nodeName: "n", source: { persistentVolumeName: "v" } } },
    { spec: { nodeName: "m" } },
    ['spec: Invalid value: {"attacher":"a.b","source":{"persistentVolumeName":"v"},"nodeName":"m"}: field is immutable'],
  ],
  [
    "volumeattributesclasses",
    { driverName: "a.b", parameters: { a: "b" } },
    { driverName: "c.d", parameters: { a: "c" } },
    ["driverName: Forbidden: updates to driverName are forbidden.", "parameters: Forbidden: updates to parameters are forbidden."],
  ],
  ["priorityclasses", { value: 1 }, { preemptionPolicy: "Never" }, ['preemptionPolicy: Invalid value: "Never": field is immutable']],
  ["csidrivers", { spec: {} }, { spec: { attachRequired: false } }, ["spec.attachedRequired: Invalid value: false: field is immutable"]],
  [
    "endpointslices",
    { addressType: "IPv4", endpoints: [] },
    { addressType: "IPv6" },
    ['addressType: Invalid value: "IPv6": field is immutable'],
  ],
  [
    "jobs",
    { spec: { completionMode: "Indexed", completions: 2, parallelism: 2, template: { spec: pod } } },
    { spec: { completions: 3, backoffLimitPerIndex: 1 } },
    [
      "spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism",
      "spec.backoffLimitPerIndex: Invalid value: 1: field is immutable",
    ],
  ],
  [
    "resourceclaims",
    { spec: {} },
    { spec: { devices: { requests: [{ name: "a", exactly: { deviceClassName: "c" } }] } } },
    [
      'spec: Invalid value: {"devices":{"requests":[{"name":"a","exactly":{"deviceClassName":"c","allocationMode":"ExactCount","count":1}}]}}: field is immutable',
    ],
  ],
  [
    "resourceslices",
    { spec: { driver: "d.e", nodeName: "n", pool: { name: "p", resourceSliceCount: 1 } } },
    { spec: { driver: "d.f" } },
    ['spec.driver: Invalid value: "d.f": field is immutable'],
  ],
])("%s stay as they were made", (plural, object, patch, expected) => {
  const call = serve()
  const made = call("POST", collection(plural), { metadata: { name: "x" }, ...object })
  expect(said(made)).toBe(201)
  expect(said(call("PATCH", `${collection(plural)}/x`, patch, "application/merge-patch+json"))).toEqual(expected)
})

test("an error that is said twice is in the message once", () => {
  const call = serve()
  const { body } = call("POST", collection("configmaps"), { metadata: { name: "x", labels: { "a b": "c" } }, data: {} })
  expect((body as { message: string }).message).toBe(`ConfigMap "x" is invalid: metadata.labels: Invalid value: "a b": ${NAME_PART}`)
})

test("a behavior that leaves something open is filled in", () => {
  const call = serve()
  const { body } = call("POST", collection("horizontalpodautoscalers"), {
    metadata: { name: "x" },
    spec: { scaleTargetRef: target, maxReplicas: 2, behavior: { scaleDown: { stabilizationWindowSeconds: 60 } } },
  })
  expect((body as { spec: { behavior: unknown } }).spec.behavior).toEqual({
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: "Max",
      policies: [
        { type: "Pods", value: 4, periodSeconds: 15 },
        { type: "Percent", value: 100, periodSeconds: 15 },
      ],
    },
    scaleDown: { selectPolicy: "Max", policies: [{ type: "Percent", value: 100, periodSeconds: 15 }], stabilizationWindowSeconds: 60 },
  })
})
