/** What the server says of Pods that are wrong: upstream's words and fields, in its order. */
import { expect, test } from "vitest"
import type { IPod } from "kubernetes-models/v1/Pod"
import { pod } from "./pod.ts"

type Spec = Record<string, unknown>

const said = (spec: Spec, metadata: Spec = { name: "x" }): string[] => {
  const object = { apiVersion: "v1", kind: "Pod", metadata, spec: structuredClone(spec) } as unknown as IPod
  pod.defaults?.(object)
  const errors = pod.validate?.(object, { now: 0, user: { name: "a", groups: [] } } as never) ?? []
  return errors.map(({ type, field, value, detail }) =>
    [type, field, ...(value === undefined ? [] : [JSON.stringify(value)]), ...(detail ? [detail] : [])].join(" | "),
  )
}

const container = { name: "c", image: "nginx" }
const withContainer = (more: Spec, others: Spec = {}) => ({ containers: [{ ...container, ...more }], ...others })
const withVolume = (volume: Spec) => ({ containers: [container], volumes: [{ name: "v", ...volume }] })
const C = "spec.containers[0]"
const V = "spec.volumes[0]"
const QUALIFIED =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

test("a volume that says nothing is an empty directory", () => {
  expect(said(withVolume({}))).toEqual([])
})

test.each<[string, Spec, string[]]>([
  [
    "two sources",
    withVolume({ emptyDir: {}, configMap: { name: "a" } }),
    [`Forbidden | ${V}.configMap | may not specify more than 1 volume type`],
  ],
  [
    "a mode",
    withVolume({ secret: { secretName: "a", defaultMode: 512 } }),
    [`Invalid | ${V}.secret.defaultMode | 512 | must be a number between 0 and 0777 (octal), both inclusive`],
  ],
  [
    "items",
    withVolume({
      configMap: {
        name: "a",
        items: [
          { key: "", path: "../b" },
          { key: "k", path: "..b" },
        ],
      },
    }),
    [
      `Required | ${V}.configMap.items[0].key`,
      `Invalid | ${V}.configMap.items[0].path | "../b" | must not contain '..'`,
      `Invalid | ${V}.configMap.items[1].path | "..b" | must not start with '..'`,
    ],
  ],
  [
    "a path on the host",
    withVolume({ hostPath: { path: "/a/../b", type: "Dir" } }),
    [
      `Invalid | ${V}.hostPath.path | "/a/../b" | must not contain '..'`,
      `NotSupported | ${V}.hostPath.type | "Dir" | supported values: "", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"`,
    ],
  ],
  ["an NFS path", withVolume({ nfs: { server: "s", path: "a" } }), [`Invalid | ${V}.nfs.path | "a" | must be an absolute path`]],
  [
    "a size",
    withVolume({ emptyDir: { sizeLimit: "-1" } }),
    [`Forbidden | ${V}.emptyDir.sizeLimit | SizeLimit field must be a valid resource quantity`],
  ],
  [
    "a token's life",
    { ...withVolume({ projected: { sources: [{ serviceAccountToken: { path: "", expirationSeconds: 60 } }] } }), serviceAccountName: "a" },
    [
      `Invalid | ${V}.projected.sources[0].serviceAccountToken.expirationSeconds | 60 | may not specify a duration less than 10 minutes`,
      `Required | ${V}.projected.path`,
    ],
  ],
  [
    "paths of a projection",
    withVolume({
      projected: {
        sources: [
          { configMap: { name: "a", items: [{ key: "k", path: "p" }] } },
          { secret: { name: "s", items: [{ key: "k", path: "p" }] } },
        ],
      },
    }),
    [`Invalid | ${V}.projected | "s" | conflicting duplicate paths`],
  ],
  [
    "a field of the Pod",
    withVolume({ downwardAPI: { items: [{ path: "a", fieldRef: { fieldPath: "spec.nodeName" } }, { path: "b" }] } }),
    [
      `NotSupported | ${V}.downwardAPI.fieldPath | "spec.nodeName" | supported values: "metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"`,
      `Required | ${V}.downwardAPI | one of fieldRef and resourceFieldRef is required`,
    ].map((text) => text.replace("downwardAPI.fieldPath", "downwardAPI.fieldRef.fieldPath")),
  ],
  [
    "a claim made for it",
    withVolume({ ephemeral: { volumeClaimTemplate: { spec: { accessModes: ["ReadWriteMost"] } } } }),
    [
      `NotSupported | ${V}.ephemeral.volumeClaimTemplate.spec.accessModes | "ReadWriteMost" | supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"`,
      `Required | ${V}.ephemeral.volumeClaimTemplate.spec.resources[storage]`,
    ],
  ],
  ["a driver", withVolume({ csi: { driver: "" } }), [`Required | ${V}.csi.driver`, `Invalid | ${V}.csi.driver | "" | ${SUBDOMAIN}`]],
])("volumes: %s", (_, spec, errors) => {
  expect(said(spec)).toEqual(errors)
})

test.each<[string, Spec, string[]]>([
  [
    "ports",
    withContainer({
      ports: [
        { name: "a_very_long_port_name", containerPort: 70_000 },
        { containerPort: 1, protocol: "X" },
      ],
    }),
    [
      `Invalid | ${C}.ports[0].name | "a_very_long_port_name" | must be no more than 15 bytes`,
      `Invalid | ${C}.ports[0].name | "a_very_long_port_name" | must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)`,
      `Invalid | ${C}.ports[0].containerPort | 70000 | must be between 1 and 65535, inclusive`,
      `NotSupported | ${C}.ports[1].protocol | "X" | supported values: "SCTP", "TCP", "UDP"`,
    ],
  ],
  [
    "a port of the host twice",
    withContainer({
      ports: [
        { containerPort: 1, hostPort: 80 },
        { containerPort: 2, hostPort: 80 },
      ],
    }),
    [`Duplicate | ${C}.ports[1].hostPort | "TCP//80"`],
  ],
  [
    "ports on the host's network",
    withContainer({ ports: [{ containerPort: 1, hostPort: 80 }] }, { hostNetwork: true }),
    [`Invalid | ${C}.ports[0].hostPort | 80 | must match \`containerPort\` when \`hostNetwork\` is true`],
  ],
  [
    "variables",
    withContainer({
      env: [
        { name: "a=b" },
        { name: "A", valueFrom: { fieldRef: { fieldPath: "spec.foo" } } },
        { name: "B", valueFrom: { fieldRef: { fieldPath: "spec.nodeName['a']" } } },
        { name: "C", valueFrom: { resourceFieldRef: { resource: "limits.gpu", divisor: "1" } } },
        { name: "D", valueFrom: { resourceFieldRef: { resource: "limits.cpu", divisor: "2" } } },
        { name: "E", valueFrom: { configMapKeyRef: { name: "a", key: "b c" } } },
        { name: "F", value: "x", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
      ],
    }),
    [
      `Invalid | ${C}.env[0].name | "a=b" | a valid environment variable name must consist only of printable ASCII characters other than '='`,
      `Invalid | ${C}.env[1].valueFrom.fieldRef.fieldPath | "spec.foo" | error converting fieldPath: field label not supported: spec.foo`,
      `Invalid | ${C}.env[2].valueFrom.fieldRef.fieldPath | "spec.nodeName['a']" | error converting fieldPath: field label does not support subscript: spec.nodeName['a']`,
      `NotSupported | ${C}.env[3].valueFrom.resourceFieldRef.resource | "limits.gpu" | supported values: "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory"`,
      `Invalid | ${C}.env[4].valueFrom.resourceFieldRef.divisor | "limits.cpu" | only divisor's values 1m and 1 are supported with the cpu resource`,
      `Invalid | ${C}.env[5].valueFrom.configMapKeyRef.key | "b c" | a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')`,
      `Invalid | ${C}.env[6].valueFrom | "" | may not be specified when \`value\` is not empty`,
    ],
  ],
  [
    "variables from elsewhere",
    withContainer({ envFrom: [{}, { configMapRef: { name: "" } }, { secretRef: { name: "A" }, configMapRef: { name: "b" } }] }),
    [
      `Invalid | ${C}.envFrom | "" | must specify one of: \`configMapRef\` or \`secretRef\``,
      `Required | ${C}.envFrom[1].configMapRef.name`,
      `Invalid | ${C}.envFrom[2].secretRef.name | "A" | ${SUBDOMAIN}`,
      `Invalid | ${C}.envFrom | "" | may not have more than one field specified at a time`,
    ],
  ],
  [
    "mounts",
    {
      containers: [
        {
          ...container,
          volumeMounts: [
            { name: "v", mountPath: "/a", subPath: "/b" },
            { name: "v", mountPath: "/a", subPathExpr: "../c" },
            { name: "w", mountPath: "/d", mountPropagation: "Bidirectional", recursiveReadOnly: "Enabled" },
          ],
        },
      ],
      volumes: [{ name: "v", emptyDir: {} }],
    },
    [
      `Invalid | ${C}.volumeMounts.subPath | "/b" | must be a relative path`,
      `Invalid | ${C}.volumeMounts[1].mountPath | "/a" | must be unique`,
      `Invalid | ${C}.volumeMounts.subPathExpr | "../c" | must not contain '..'`,
      `NotFound | ${C}.volumeMounts[2].name | "w"`,
      `Forbidden | ${C}.volumeMounts.mountPropagation | Bidirectional mount propagation is available only to privileged containers`,
      `Forbidden | ${C}.volumeMounts.recursiveReadOnly | may only be specified when readOnly is true`,
      `Forbidden | ${C}.volumeMounts.recursiveReadOnly | may only be specified when mountPropagation is None or not specified`,
    ],
  ],
  [
    "devices",
    { containers: [{ ...container, volumeDevices: [{ name: "v", devicePath: "" }] }], volumes: [{ name: "v", emptyDir: {} }] },
    [
      `Invalid | ${C}.volumeDevices[0].name | "v" | can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode`,
      `Required | ${C}.volumeDevices[0].devicePath`,
    ],
  ],
  [
    "resources",
    withContainer({
      resources: {
        limits: { "example.com/gpu": "1500m", "hugepages-2Mi": "3Mi", gpu: "1" },
        requests: { "example.com/gpu": "1", "example.com/tpu": "1" },
      },
    }),
    [
      `Invalid | ${C}.resources.limits[example.com/gpu] | "1500m" | must be an integer`,
      `Invalid | ${C}.resources.limits[hugepages-2Mi] | "3Mi" | 3Mi is not positive integer multiple of hugepages-2Mi`,
      `Invalid | ${C}.resources.limits[gpu] | "gpu" | must be a standard resource type or fully qualified`,
      `Invalid | ${C}.resources.limits[gpu] | "gpu" | must be a standard resource for containers`,
      `Invalid | ${C}.resources.requests | "1" | must be equal to example.com/gpu limit of 1500m`,
      `Invalid | ${C}.resources.requests[hugepages-2Mi] | "3Mi" | 3Mi is not positive integer multiple of hugepages-2Mi`,
      `Invalid | ${C}.resources.requests[gpu] | "gpu" | must be a standard resource type or fully qualified`,
      `Invalid | ${C}.resources.requests[gpu] | "gpu" | must be a standard resource for containers`,
      `Required | ${C}.resources.limits | Limit must be set for non overcommitable resources`,
      `Forbidden | ${C}.resources | HugePages require cpu or memory`,
    ],
  ],
  [
    "claims of devices",
    withContainer({ resources: { claims: [{ name: "a" }] } }, { resourceClaims: [{ name: "b" }] }),
    [
      `Invalid | spec.resourceClaims[0] | {"name":"b"} | must specify one of: \`resourceClaimName\`, \`resourceClaimTemplateName\``,
      `NotFound | ${C}.resources.claims[0] | "a" | must be one of the names in pod.spec.resourceClaims: b`,
    ],
  ],
  [
    "probes",
    withContainer({
      livenessProbe: { httpGet: { port: 0, httpHeaders: [{ name: "a b", value: "c" }] }, successThreshold: 2, initialDelaySeconds: -1 },
      readinessProbe: { exec: {}, tcpSocket: { port: 1 }, terminationGracePeriodSeconds: 5 },
      lifecycle: { preStop: { sleep: { seconds: 60 } } },
    }),
    [
      `Invalid | ${C}.lifecycle.preStop.sleep | 60 | must be non-negative and less than terminationGracePeriodSeconds (30)`,
      `Invalid | ${C}.livenessProbe.httpGet.port | 0 | must be between 1 and 65535, inclusive`,
      `Invalid | ${C}.livenessProbe.httpGet.httpHeaders | "a b" | a valid HTTP header must consist of alphanumeric characters or '-' (e.g. 'X-Header-Name', regex used for validation is '[-A-Za-z0-9]+')`,
      `Invalid | ${C}.livenessProbe.initialDelaySeconds | -1 | must be greater than or equal to 0`,
      `Invalid | ${C}.livenessProbe.successThreshold | 2 | must be 1`,
      `Required | ${C}.readinessProbe.exec.command`,
      `Forbidden | ${C}.readinessProbe.tcpSocket | may not specify more than 1 handler type`,
      `Invalid | ${C}.readinessProbe.terminationGracePeriodSeconds | 5 | must not be set for readinessProbes`,
    ],
  ],
  [
    "security",
    withContainer({
      securityContext: {
        runAsUser: -1,
        procMount: "Unmasked",
        allowPrivilegeEscalation: false,
        capabilities: { add: ["CAP_SYS_ADMIN"] },
        seccompProfile: { type: "Localhost" },
      },
    }),
    [
      `Invalid | ${C}.securityContext.runAsUser | -1 | must be between 0 and 2147483647, inclusive`,
      `Invalid | ${C}.securityContext.procMount | "Unmasked" | \`hostUsers\` must be false to use \`Unmasked\``,
      `Required | ${C}.securityContext.seccompProfile.localhostProfile | must be set when seccomp type is Localhost`,
      `Invalid | ${C}.securityContext | {"runAsUser":-1,"procMount":"Unmasked","allowPrivilegeEscalation":false,"capabilities":{"add":["CAP_SYS_ADMIN"]},"seccompProfile":{"type":"Localhost"}} | cannot set \`allowPrivilegeEscalation\` to false and \`capabilities.Add\` CAP_SYS_ADMIN`,
    ],
  ],
  [
    "policies of a resize",
    withContainer({ resizePolicy: [{ resourceName: "cpu", restartPolicy: "RestartContainer" }] }, { restartPolicy: "Never" }),
    [`Invalid | ${C}.resizePolicy | "RestartContainer" | must be 'NotRequired' when \`restartPolicy\` is 'Never'`],
  ],
  [
    "init containers",
    { containers: [container], initContainers: [{ ...container, lifecycle: {} }] },
    [
      'Duplicate | spec.initContainers[0].name | "c"',
      "Forbidden | spec.initContainers[0].lifecycle | may not be set for init containers without restartPolicy=Always",
    ],
  ],
  ["whitespace", withContainer({ image: " nginx" }), [`Invalid | ${C}.image | " nginx" | must not have leading or trailing whitespace`]],
])("containers: %s", (_, spec, errors) => {
  expect(said(spec)).toEqual(errors)
})

test.each<[string, Spec, string[]]>([
  [
    "affinity to nodes",
    {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: "a", operator: "In" }] }] },
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, preference: { matchFields: [{ key: "x", operator: "Gt" }] } }],
        },
      },
    },
    [
      "Required | spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values | must be specified when `operator` is 'In' or 'NotIn'",
      "Invalid | spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight | 0 | must be in the range 1-100",
      'Invalid | spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchFields[0].operator | "Gt" | not a valid selector operator',
      'Invalid | spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].preference.matchFields[0].key | "x" | not a valid field selector key',
    ],
  ],
  [
    "affinity to Pods",
    { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "", matchLabelKeys: ["a"] }] } } },
    [
      "Forbidden | spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].matchLabelKeys | must not be specified when labelSelector is not set",
      "Required | spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey | can not be empty",
      `Invalid | spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey | "" | name part must be non-empty`,
      `Invalid | spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey | "" | ${QUALIFIED}`,
    ],
  ],
  [
    "spreading",
    {
      topologySpreadConstraints: [
        { maxSkew: 0, topologyKey: "", whenUnsatisfiable: "Never", minDomains: 0 },
        {
          maxSkew: 1,
          topologyKey: "zone",
          whenUnsatisfiable: "ScheduleAnyway",
          matchLabelKeys: ["a"],
          labelSelector: { matchLabels: { a: "b" } },
        },
        { maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "ScheduleAnyway", nodeTaintsPolicy: "Maybe" },
      ],
    },
    [
      "Invalid | spec.topologySpreadConstraints[0].maxSkew | 0 | must be greater than zero",
      "Required | spec.topologySpreadConstraints[0].topologyKey | can not be empty",
      'NotSupported | spec.topologySpreadConstraints[0].whenUnsatisfiable | "Never" | supported values: "DoNotSchedule", "ScheduleAnyway"',
      "Invalid | spec.topologySpreadConstraints[0].minDomains | 0 | must be greater than zero",
      "Invalid | spec.topologySpreadConstraints[0].minDomains | 0 | can only use minDomains if whenUnsatisfiable=DoNotSchedule, not Never",
      'Duplicate | spec.topologySpreadConstraints[1].{topologyKey, whenUnsatisfiable} | "{zone, ScheduleAnyway}"',
      'Invalid | spec.topologySpreadConstraints[1].matchLabelKeys[0] | "a" | exists in both matchLabelKeys and labelSelector',
      'NotSupported | spec.topologySpreadConstraints[2].nodeTaintsPolicy | "Maybe" | supported values: "Honor", "Ignore"',
    ],
  ],
  [
    "tolerations",
    {
      tolerations: [
        { key: "a", operator: "Exists", value: "b", effect: "Now" },
        { operator: "Equal", tolerationSeconds: 3 },
      ],
    },
    [
      "Invalid | spec.tolerations[0].operator | \"b\" | value must be empty when `operator` is 'Exists'",
      'NotSupported | spec.tolerations[0].effect | "Now" | supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
      'Invalid | spec.tolerations[1].operator | "Equal" | operator must be Exists when `key` is empty, which means "match all values and all keys"',
      "Invalid | spec.tolerations[1].effect | \"\" | effect must be 'NoExecute' when `tolerationSeconds` is set",
    ],
  ],
  [
    "gates",
    { schedulingGates: [{ name: "a" }, { name: "a" }], nodeName: "n" },
    ['Duplicate | spec.schedulingGates[1] | "a"', "Forbidden | spec.nodeName | cannot be set until all schedulingGates have been cleared"],
  ],
  ["names and addresses", { dnsPolicy: "None" }, ["Required | spec.dnsConfig | must provide `dnsConfig` when `dnsPolicy` is None"]],
  [
    "more names",
    { dnsConfig: { nameservers: ["1.1.1.1", "1.1.1.2", "1.1.1.3", "x"], searches: ["_a.b.", "."], options: [{ name: "" }] } },
    [
      'Invalid | spec.dnsConfig.nameservers | ["1.1.1.1","1.1.1.2","1.1.1.3","x"] | must not have more than 3 nameservers',
      'Invalid | spec.dnsConfig.nameservers[3] | "x" | must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      "Required | spec.dnsConfig.options[0] | must not be empty",
    ],
  ],
  [
    "aliases",
    { hostAliases: [{ ip: "1.2.3", hostnames: ["A"] }] },
    [
      'Invalid | spec.hostAliases[0].ip | "1.2.3" | must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)',
      `Invalid | spec.hostAliases[0].hostnames[0] | "A" | ${SUBDOMAIN}`,
    ],
  ],
  [
    "a Pod's own security",
    { hostNetwork: true, securityContext: { fsGroup: -1, fsGroupChangePolicy: "Now", sysctls: [{ name: "net.x" }, { name: "A" }] } },
    [
      "Invalid | spec.securityContext.fsGroup | -1 | must be between 0 and 2147483647, inclusive",
      "Invalid | spec.securityContext.sysctls[0].name | \"net.x\" | may not be specified when 'hostNetwork' is true",
      'Invalid | spec.securityContext.sysctls[1].name | "A" | must have at most 253 characters and match regex ^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$',
      'NotSupported | spec.securityContext.fsGroupChangePolicy | "Now" | supported values: "Always", "OnRootMismatch"',
    ],
  ],
  ["users of its own", { hostUsers: false, hostPID: true }, ["Forbidden | spec.HostPID | when `pod.Spec.HostUsers` is false"]],
  [
    "another system",
    { os: { name: "windows" }, securityContext: { runAsUser: 1 }, hostPID: true },
    [
      "Forbidden | spec.hostPID | cannot be set for a windows pod",
      "Forbidden | spec.securityContext.runAsUser | cannot be set for a windows pod",
    ],
  ],
  [
    "resources of a whole Pod",
    { resources: { limits: { "ephemeral-storage": "1" }, claims: [] } },
    [
      "Forbidden | spec.resources.claims | claims cannot be set for Resources at pod-level",
      'NotSupported | spec.resources.limits[ephemeral-storage] | "ephemeral-storage" | supported values: "cpu", "hugepages-", "memory"',
    ],
  ],
  ["an unknown system", { os: { name: "beos" } }, ['NotSupported | spec.os | "beos" | supported values: "linux", "windows"']],
  [
    "preemption",
    { preemptionPolicy: "Always" },
    ['NotSupported | spec.preemptionPolicy | "Always" | supported values: "PreemptLowerPriority", "Never"'],
  ],
  ["overhead", { overhead: { cpu: "-1" } }, ['Invalid | spec.overhead.limits[cpu] | "-1" | must be greater than or equal to 0']],
  [
    "what joins later",
    { ephemeralContainers: [{ name: "d", image: "busybox" }] },
    ["Forbidden | spec.ephemeralContainers | cannot be set on create"],
  ],
])("the rest: %s", (_, more, errors) => {
  expect(said({ containers: [container], ...more })).toEqual(errors)
})

test("annotations that mean something", () => {
  const annotations = { "controller.kubernetes.io/pod-deletion-cost": "low" }
  expect(said({ containers: [container] }, { name: "x", annotations })).toEqual([
    'Invalid | metadata.annotations[controller.kubernetes.io/pod-deletion-cost] | "low" | must be a 32bit integer',
  ])
})
