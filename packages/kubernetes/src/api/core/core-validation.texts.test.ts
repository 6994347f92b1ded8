/** What the server says of Services, Secrets, ConfigMaps, Nodes and claims that are wrong, made and changed: upstream's words, in its order. */
import { expect, test } from "vitest"
import { ADMINISTRATOR, bareServer } from "../../testing/bare-server.ts"

const call = (server: ReturnType<typeof bareServer>, method: string, path: string, body: unknown, type = "application/json") => {
  const answer = server.handle({
    method,
    path: `/api/v1${path}`,
    user: ADMINISTRATOR,
    headers: { "user-agent": "test/1", "content-type": type },
    body: JSON.stringify(body),
  })
  const { message, details } = answer.body as { message?: string; details?: { causes?: { field: string; message: string }[] } }
  if (answer.status < 300) return []
  return details?.causes?.map((cause) => `${cause.field}: ${cause.message}`) ?? [`${answer.status} ${message}`]
}

const NAMES: Readonly<Record<string, string>> = { nodes: "/nodes" }
const made = (plural: string, body: object) =>
  call(bareServer("validation"), "POST", NAMES[plural] ?? `/namespaces/default/${plural}`, { metadata: { name: "x" }, ...body })

const changed = (plural: string, before: object, patch: object) => {
  const server = bareServer("validation")
  const path = NAMES[plural] ?? `/namespaces/default/${plural}`
  expect(call(server, "POST", path, { metadata: { name: "x" }, ...before })).toEqual([])
  return call(server, "PATCH", `${path}/x`, patch, "application/merge-patch+json")
}

const service = (spec: object) => ({ spec: { ports: [{ port: 80 }], ...spec } })

test.each<[string, object, string[]]>([
  ["services", service({ ports: [] }), ["spec.ports: Required value"]],
  [
    "services",
    service({ type: "NodePort", clusterIP: "None" }),
    ["spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services"],
  ],
  [
    "services",
    service({
      ports: [
        { port: 80, name: "a" },
        { port: 80, name: "a", appProtocol: "a b" },
      ],
    }),
    [
      'spec.ports[1].name: Duplicate value: "a"',
      "spec.ports[1].appProtocol: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
      'spec.ports[1]: Duplicate value: {"Name":"","Protocol":"TCP","AppProtocol":null,"Port":80,"TargetPort":0,"NodePort":0}',
    ],
  ],
  [
    "services",
    service({ sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds: 100_000 } } }),
    ["spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 100000: must be greater than 0 and less than 86400"],
  ],
  [
    "services",
    service({ sessionAffinityConfig: { clientIP: { timeoutSeconds: 1 } } }),
    ["spec.sessionAffinityConfig: Forbidden: must not be set when session affinity is None"],
  ],
  [
    "services",
    service({ externalIPs: ["127.0.0.1", "x"] }),
    [
      'spec.externalIPs[0]: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)',
      'spec.externalIPs[1]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
    ],
  ],
  [
    "services",
    service({ loadBalancerSourceRanges: ["10.0.0.0/33"], allocateLoadBalancerNodePorts: false, loadBalancerClass: "a.b/c" }),
    [
      "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
      'spec.LoadBalancerSourceRanges[0]: Invalid value: "10.0.0.0/33": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)',
      "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'",
      "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'",
    ],
  ],
  [
    "services",
    service({
      externalTrafficPolicy: "Local",
      internalTrafficPolicy: "Near",
      trafficDistribution: "PreferFar",
      healthCheckNodePort: 30_100,
    }),
    [
      'spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services',
      "spec.healthCheckNodePort: Invalid value: 30100: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
      'spec.internalTrafficPolicy: Unsupported value: "Near": supported values: "Cluster", "Local"',
      'spec.trafficDistribution: Unsupported value: "PreferFar": supported values: "PreferClose", "PreferSameNode", "PreferSameZone"',
    ],
  ],
  [
    "services",
    service({ ipFamilies: ["IPv4", "IPv5"], ipFamilyPolicy: "Both" }),
    [
      'spec.ipFamilies[1]: Unsupported value: "IPv5": supported values: "IPv4", "IPv6"',
      'spec.ipFamilyPolicy: Unsupported value: "Both": supported values: "PreferDualStack", "RequireDualStack", "SingleStack"',
    ],
  ],
  [
    "secrets",
    { type: "kubernetes.io/dockerconfigjson", data: { ".dockerconfigjson": "WzFd" } },
    [
      'data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": json: cannot unmarshal array into Go value of type map[string]interface {}',
    ],
  ],
  [
    "secrets",
    { type: "kubernetes.io/basic-auth", stringData: { user: "a" } },
    ["data[username]: Required value", "data[password]: Required value"],
  ],
  [
    "secrets",
    { type: "kubernetes.io/service-account-token" },
    ["metadata.annotations[kubernetes.io/service-account.name]: Required value"],
  ],
  ["secrets", { stringData: { a: "a".repeat(1_048_577) } }, ["data: Too long: may not be more than 1048576 bytes"]],
  ["configmaps", { data: { "..a": "1" } }, ["data[..a]: Invalid value: \"..a\": must not start with '..'"]],
  [
    "nodes",
    {
      spec: {
        taints: [
          { key: "a", effect: "Now" },
          { key: "b", effect: "NoSchedule" },
          { key: "b", effect: "NoSchedule" },
        ],
      },
    },
    [
      'metadata.taints[0].effect: Unsupported value: "Now": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
      'metadata.taints[2]: Duplicate value: {"key":"b","effect":"NoSchedule"}: taints must be unique by key and effect pair',
    ],
  ],
  [
    "persistentvolumeclaims",
    {
      spec: {
        accessModes: ["ReadWriteOncePod", "ReadOnlyMany"],
        resources: { requests: { storage: "0" } },
        dataSource: { kind: "VolumeSnapshot", name: "s" },
      },
    },
    [
      "spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes",
      'spec.resources[storage]: Invalid value: "0": must be greater than zero',
      "spec.dataSource: Invalid value: \"VolumeSnapshot\": must be 'PersistentVolumeClaim' when referencing the default apiGroup",
    ],
  ],
])("%s %j", (plural, body, causes) => {
  expect(made(plural, body)).toEqual(causes)
})

test.each<[string, object, object, string[]]>([
  [
    "services",
    service({ clusterIP: "10.96.0.20" }),
    { spec: { clusterIP: "10.96.0.21", clusterIPs: ["10.96.0.21"] } },
    ['spec.clusterIPs[0]: Invalid value: ["10.96.0.21"]: may not change once set'],
  ],
  [
    "services",
    service({ type: "LoadBalancer", loadBalancerClass: "a.b/c" }),
    { spec: { loadBalancerClass: "a.b/d" } },
    ['spec.loadBalancerClass: Invalid value: "a.b/d": may not change once set'],
  ],
  ["services", service({ type: "LoadBalancer", externalTrafficPolicy: "Local" }), { spec: { type: "ClusterIP" } }, []],
  ["services", service({}), { spec: { type: "ExternalName", externalName: "a.b" } }, []],
  [
    "secrets",
    { immutable: true, stringData: { a: "1" } },
    { immutable: false, stringData: { a: "2" } },
    ["immutable: Forbidden: field is immutable when `immutable` is set", "data: Forbidden: field is immutable when `immutable` is set"],
  ],
  [
    "nodes",
    { spec: { providerID: "a://b", podCIDR: "10.0.0.0/24", podCIDRs: ["10.0.0.0/24"] } },
    { spec: { providerID: "a://c", podCIDR: "10.0.1.0/24", podCIDRs: ["10.0.1.0/24"] } },
    [
      'spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid',
      'spec.providerID: Forbidden: node updates may not change providerID except from "" to valid',
    ],
  ],
])("%s %j changed by %j", (plural, before, patch, causes) => {
  expect(changed(plural, before, patch)).toEqual(causes)
})
