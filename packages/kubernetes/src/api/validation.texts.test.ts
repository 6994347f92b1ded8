/** What the server says of objects that are wrong: upstream's words, in its order. */
import { expect, test } from "vitest"
import { ADMINISTRATOR, bareServer } from "../testing/bare-server.ts"

const serve = () => {
  const server = bareServer("validation")
  return (method: string, path: string, body: unknown, type = "application/json") =>
    server.handle({
      method,
      path,
      user: ADMINISTRATOR,
      headers: { "user-agent": "test/1", "content-type": type },
      body: JSON.stringify(body),
    })
}

const said = ({ status, body }: { status: number; body?: unknown }) => {
  const { message, details } = body as { message?: string; details?: { causes?: { field: string; message: string }[] } }
  return details?.causes?.map((cause) => `${cause.field}: ${cause.message}`) ?? `${status} ${message}`
}

const container = { name: "c", image: "nginx" }
const LABEL =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"

test.each([
  ["pods", { spec: {} }, ["spec.containers: Required value"]],
  [
    "limitranges",
    { spec: { limits: [{ type: "Container", max: { cpu: "1" }, min: { cpu: "2" }, default: { cpu: "500m" } }] } },
    [
      'spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1',
      'spec.limits[0].defaultRequest[cpu]: Invalid value: "500m": min value 2 is greater than default request value 500m',
      'spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 500m',
    ],
  ],
  [
    "resourcequotas",
    { spec: { hard: { pods: "1500m", gpus: "1", cpu: "-1" } } },
    [
      'spec.hard[pods]: Invalid value: "1500m": must be an integer',
      'spec.hard[gpus]: Invalid value: "gpus": must be a standard resource for quota',
      'spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0',
    ],
  ],
  [
    "pods",
    { spec: { containers: [{ name: "A_b", ports: [{ containerPort: 0 }] }], restartPolicy: "X" } },
    [
      `spec.containers[0].name: Invalid value: "A_b": ${LABEL}`,
      "spec.containers[0].image: Required value",
      "spec.containers[0].ports[0].containerPort: Required value",
      'spec.restartPolicy: Unsupported value: "X": supported values: "Always", "OnFailure", "Never"',
    ],
  ],
  [
    "pods",
    { spec: { containers: [{ ...container, livenessProbe: { periodSeconds: 5 } }] } },
    ["spec.containers[0].livenessProbe: Required value: must specify a handler type"],
  ],
  [
    "pods",
    { spec: { containers: [{ ...container, volumeMounts: [{ name: "v", mountPath: "/x" }] }] } },
    ['spec.containers[0].volumeMounts[0].name: Not found: "v"'],
  ],
  [
    "pods",
    { spec: { containers: [{ ...container, resources: { requests: { cpu: "2" }, limits: { cpu: "1" } } }] } },
    ['spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1'],
  ],
  [
    "services",
    { spec: { ports: [{ port: 0 }] } },
    [
      "spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive",
      "spec.ports[0].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive",
    ],
  ],
  ["services", { spec: { type: "ExternalName" } }, ["spec.externalName: Required value"]],
  [
    "configmaps",
    { data: { "a b": "c" } },
    [
      "data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
    ],
  ],
  ["secrets", { type: "kubernetes.io/tls" }, ["data[tls.crt]: Required value", "data[tls.key]: Required value"]],
  [
    "persistentvolumeclaims",
    { spec: {} },
    ["spec.accessModes: Required value: at least 1 access mode is required", "spec.resources[storage]: Required value"],
  ],
])("%s %j", (plural, body, causes) => {
  expect(said(serve()("POST", `/api/v1/namespaces/default/${plural}`, { ...body, metadata: { name: "x" } }))).toEqual(causes)
})

test.each([
  [
    "apps",
    "deployments",
    { template: { metadata: { labels: { a: "b" } }, spec: { containers: [container] } } },
    [
      "spec.selector: Required value",
      'spec.template.metadata.labels: Invalid value: {"a":"b"}: `selector` does not match template `labels`',
    ],
  ],
  [
    "apps",
    "deployments",
    {
      replicas: -1,
      selector: { matchLabels: { a: "b" } },
      strategy: { type: "Recreate", rollingUpdate: { maxSurge: 1 } },
      template: { metadata: { labels: { a: "b" } }, spec: { containers: [container] } },
    },
    [
      "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
      "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
    ],
  ],
  [
    "batch",
    "jobs",
    { template: { spec: { containers: [container] } } },
    ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
  ],
  [
    "batch",
    "cronjobs",
    { schedule: "61 * * * *", jobTemplate: { spec: { template: { spec: { restartPolicy: "Never", containers: [container] } } } } },
    ['spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61'],
  ],
  [
    "networking.k8s.io",
    "networkpolicies",
    { podSelector: {}, policyTypes: ["Foo"] },
    ['spec.policyTypes[0]: Unsupported value: "Foo": supported values: "Ingress", "Egress"'],
  ],
  [
    "networking.k8s.io",
    "ingresses",
    { rules: [{ http: { paths: [{ path: "x", backend: { service: { name: "w", port: { number: 80 } } } }] } }] },
    ["spec.rules[0].http.paths[0].pathType: Required value: pathType must be specified"],
  ],
])("%s %s %j", (group, plural, spec, causes) => {
  expect(said(serve()("POST", `/apis/${group}/v1/namespaces/default/${plural}`, { metadata: { name: "x" }, spec }))).toEqual(causes)
})

test("fields that stay as they were made", () => {
  const call = serve()
  const template = { metadata: { labels: { a: "b" } }, spec: { containers: [container] } }
  call("POST", "/apis/apps/v1/namespaces/default/statefulsets", {
    metadata: { name: "s" },
    spec: { serviceName: "s", selector: { matchLabels: { a: "b" } }, template },
  })
  const merge = "application/merge-patch+json"
  expect(said(call("PATCH", "/apis/apps/v1/namespaces/default/statefulsets/s", { spec: { serviceName: "t" } }, merge))).toEqual([
    "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
  ])
  call("POST", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings", {
    metadata: { name: "r" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "a" },
  })
  expect(
    said(call("PATCH", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings/r", { roleRef: { name: "b" } }, merge)),
  ).toEqual(['roleRef: Invalid value: {"APIGroup":"rbac.authorization.k8s.io","Kind":"Role","Name":"b"}: cannot change roleRef'])
  call("POST", "/apis/batch/v1/namespaces/default/jobs", {
    metadata: { name: "j" },
    spec: { template: { spec: { restartPolicy: "Never", containers: [container] } } },
  })
  expect(said(call("PATCH", "/apis/batch/v1/namespaces/default/jobs/j", { spec: { completions: 3 } }, merge))).toEqual([
    "spec.completions: Invalid value: 3: field is immutable",
  ])
})

test("types that are wrong are told in Go's words", () => {
  const call = serve()
  expect(said(call("POST", "/apis/apps/v1/namespaces/default/deployments", { metadata: { name: "x" }, spec: { replicas: "three" } }))).toBe(
    '400 Deployment in version "v1" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
  )
  expect(said(call("POST", "/api/v1/namespaces/default/configmaps", { metadata: { name: "x" }, data: { a: 1 } }))).toBe(
    '400 ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
  )
})

test("rules of a NetworkPolicy, shares of a budget and owners are checked", () => {
  const call = serve()
  const policy = (ingress: unknown) =>
    said(
      call("POST", "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies", {
        metadata: { name: "np" },
        spec: { podSelector: {}, ingress },
      }),
    )
  expect(
    policy([{ from: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["11.0.0.0/16"] } }, {}], ports: [{ port: 80, endPort: 79 }] }]),
  ).toEqual([
    "spec.ingress[0].ports[0].endPort: Invalid value: 79: must be greater than or equal to `port`",
    'spec.ingress[0].from[0].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
    "spec.ingress[0].from[1]: Required value: must specify a peer",
  ])
  const budget = { metadata: { name: "pdb" }, spec: { selector: {}, maxUnavailable: "150%" } }
  expect(said(call("POST", "/apis/policy/v1/namespaces/default/poddisruptionbudgets", budget))).toEqual([
    'spec.maxUnavailable: Invalid value: "150%": must not be greater than 100%',
  ])
  const owned = { metadata: { name: "cm", ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "", uid: "u" }] } }
  expect(said(call("POST", "/api/v1/namespaces/default/configmaps", owned))).toEqual([
    'metadata.ownerReferences.name: Invalid value: "": must not be empty',
  ])
  const large = { metadata: { name: "cm", annotations: { a: "x".repeat(262_145) } } }
  expect(said(call("POST", "/api/v1/namespaces/default/configmaps", large))).toEqual([
    "metadata.annotations: Too long: may not be more than 262144 bytes",
  ])
  const range = { metadata: { name: "more" }, spec: { cidrs: ["10.0.0.0/40"] } }
  expect(said(call("POST", "/apis/networking.k8s.io/v1/servicecidrs", range))).toEqual([
    'spec.cidrs[0]: Invalid value: "10.0.0.0/40": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
  ])
})
