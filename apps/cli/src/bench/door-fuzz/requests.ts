/** What the fuzz sends to the HTTP door: at random, and the heaviest that each way in takes. */
import { RandomStream } from "@drydock/sim"

export interface Sent {
  /** Says what it is about, where it turns out slow. */
  about: string
  method: string
  path: string
  headers?: Record<string, string>
  body?: string | Uint8Array
}

const CORE = "/api/v1/namespaces/default"
const JSON_BODY = { "content-type": "application/json" }
const MERGE = { "content-type": "application/merge-patch+json" }
const STRATEGIC = { "content-type": "application/strategic-merge-patch+json" }
const JSON_PATCH = { "content-type": "application/json-patch+json" }
const APPLY = { "content-type": "application/apply-patch+yaml" }
const YAML = { "content-type": "application/yaml" }

const post = (about: string, plural: string, body: unknown, headers: Record<string, string> = JSON_BODY): Sent => ({
  about,
  method: "POST",
  path: plural.startsWith("/") ? plural : `${CORE}/${plural}`,
  headers,
  body: typeof body === "string" ? body : JSON.stringify(body),
})

const many = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index))

const dictionary = (count: number, value: string): Record<string, string> =>
  Object.fromEntries(many(count, (index) => [`key-${index}`, value]))

const configMap = (name: string, data: unknown) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data })

const podSpec = (environment: number) => ({
  containers: [{ name: "one", image: "nginx", env: many(environment, (i) => ({ name: `NAME_${i}`, value: `value ${i}` })) }],
})

const LIMIT = 3 * 1024 * 1024

/** Bodies near the limit and beyond it, for every reader that there is. */
export const heavy = (): Sent[] => [
  post("20 MB of JSON", "configmaps", `{"metadata":{"name":"x"},"data":{"a":"${"a".repeat(20_000_000)}"}}`),
  post("20 MB of brackets", "configmaps", "[".repeat(20_000_000)),
  { about: "20 MB patched in", method: "PATCH", path: `${CORE}/configmaps/x`, headers: MERGE, body: new Uint8Array(20_000_000).fill(0x20) },
  post("3 MB of brackets", "configmaps", "[".repeat(LIMIT - 10)),
  post("3 MB of nested objects", "configmaps", '{"a":'.repeat(LIMIT / 5 - 10)),
  post("1,900 levels", "configmaps", `${'{"a":'.repeat(1_900)}1${"}".repeat(1_900)}`),
  post("3 MB cut off", "configmaps", `{"metadata":{"name":"x"},"data":{"a":"${"a".repeat(LIMIT - 100)}`),
  post("one text of 3 MB", "configmaps", configMap("big", { a: "a".repeat(LIMIT - 200) })),
  post("one text of 1 MB", "configmaps", configMap("big", { a: "a".repeat(1_000_000) })),
  post("15,500 keys", "configmaps", configMap("less-wide", dictionary(15_500, "a"))),
  post("60,000 keys", "configmaps", configMap("wide", dictionary(60_000, "a"))),
  post("180,000 keys", "configmaps", configMap("wider", dictionary(180_000, "a"))),
  post("150,000 unknown fields", "configmaps", { metadata: { name: "unknown" }, ...dictionary(150_000, "a") }),
  post("150,000 unknown fields, strictly", "configmaps?fieldValidation=Strict", {
    metadata: { name: "strict" },
    ...dictionary(150_000, "a"),
  }),
  post("a field 200,000 times", "configmaps", `{"metadata":{"name":"twice"}${',"data":null'.repeat(200_000)}}`),
  post("15,500 labels", "configmaps", { metadata: { name: "labels", labels: dictionary(15_500, "a") } }),
  post("15,500 annotations", "configmaps", { metadata: { name: "annotations", annotations: dictionary(15_500, "a") } }),
  post("15,500 finalizers", "configmaps", { metadata: { name: "finalizers", finalizers: many(15_500, (i) => `a.b/c-${i}`) } }),
  post("2,500 owners", "configmaps", {
    metadata: {
      name: "owners",
      ownerReferences: many(2_500, (i) => ({ apiVersion: "v1", kind: "Pod", name: `p${i}`, uid: `u${i}`, controller: true })),
    },
  }),
  post("a Pod with 5,000 variables", "pods", { metadata: { name: "variables" }, spec: podSpec(5_000) }),
  post("a Pod with 2,000 containers", "pods", {
    metadata: { name: "containers" },
    spec: { containers: many(2_000, (i) => ({ name: `c${i}`, image: "nginx", volumeMounts: [{ name: `v${i}`, mountPath: "/a" }] })) },
  }),
  post("a Pod with 5,000 volumes", "pods", {
    metadata: { name: "volumes" },
    spec: { containers: [{ name: "a", image: "a" }], volumes: many(5_000, (i) => ({ name: `v${i}`, emptyDir: {} })) },
  }),
  post("a Pod with 5,000 tolerations", "pods", {
    metadata: { name: "tolerations" },
    spec: { containers: [{ name: "a", image: "a" }], tolerations: many(5_000, (i) => ({ key: `k${i}`, operator: "Exists" })) },
  }),
  post("a Service with 5,000 ports", "services", {
    metadata: { name: "ports" },
    spec: { ports: many(5_000, (i) => ({ name: `p${i}`, port: (i % 65_000) + 1 })) },
  }),
  post("a Role with 3,500 rules", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles", {
    metadata: { name: "rules" },
    rules: many(3_500, () => ({ apiGroups: ["*"], resources: ["*"], verbs: ["*"] })),
  }),
  post("an EndpointSlice with 5,000 endpoints", "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", {
    metadata: { name: "endpoints" },
    addressType: "IPv4",
    endpoints: many(5_000, (i) => ({ addresses: [`10.0.${i >> 8}.${i & 255}`] })),
  }),
  post("a quantity of 1 MB", "limitranges", {
    metadata: { name: "quantity" },
    spec: { limits: [{ type: "Container", default: { cpu: "9".repeat(1_000_000) } }] },
  }),
  post("YAML of 300 kB", "configmaps", `metadata:\n  name: yaml\ndata:\n${many(15_000, (i) => `  key-${i}: "a"\n`).join("")}`, YAML),
  post("YAML of 3 MB", "configmaps", `metadata:\n  name: yaml\ndata:\n${many(150_000, (i) => `  key-${i}: "a"\n`).join("")}`, YAML),
  post("YAML of 3 MB brackets", "configmaps", "[".repeat(LIMIT - 10), YAML),
  post("YAML that doubles", "configmaps", many(40, (i) => `a${i}: &a${i} [${i > 0 ? `*a${i - 1},*a${i - 1}` : "x"}]\n`).join(""), YAML),
  {
    about: "3 MB applied as JSON",
    method: "PATCH",
    path: `${CORE}/configmaps/applied?fieldManager=a`,
    headers: APPLY,
    body: JSON.stringify(configMap("applied", dictionary(120_000, "a"))),
  },
  {
    about: "variables applied",
    method: "PATCH",
    path: `${CORE}/pods/applied?fieldManager=a`,
    headers: APPLY,
    body: JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "applied" }, spec: podSpec(5_000) }),
  },
  {
    about: "variables applied again",
    method: "PATCH",
    path: `${CORE}/pods/applied?fieldManager=b&force=true`,
    headers: APPLY,
    body: JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "applied" }, spec: podSpec(5_000) }),
  },
  post("a Deployment with 5,000 variables", "/apis/apps/v1/namespaces/default/deployments", {
    metadata: { name: "variables" },
    spec: { selector: { matchLabels: { a: "b" } }, template: { metadata: { labels: { a: "b" } }, spec: podSpec(5_000) } },
  }),
  {
    about: "5,000 variables merged in",
    method: "PATCH",
    path: "/apis/apps/v1/namespaces/default/deployments/variables",
    headers: STRATEGIC,
    body: JSON.stringify({ spec: { template: { spec: podSpec(5_000) } } }),
  },
  {
    about: "7,500 finalizers merged in",
    method: "PATCH",
    path: "/apis/apps/v1/namespaces/default/deployments/variables",
    headers: STRATEGIC,
    body: JSON.stringify({
      metadata: { finalizers: many(7_500, (i) => `a/b${i}`), "$setElementOrder/finalizers": many(7_500, (i) => `a/b${7_500 - i}`) },
    }),
  },
  post("a small one", "configmaps", configMap("small", { a: "b" })),
  {
    about: "3,900 operations",
    method: "PATCH",
    path: `${CORE}/configmaps/small`,
    headers: JSON_PATCH,
    body: JSON.stringify(many(3_900, (i) => ({ op: "add", path: `/data/k${i}`, value: "a" }))),
  },
  {
    about: "30,000 operations",
    method: "PATCH",
    path: `${CORE}/configmaps/small`,
    headers: JSON_PATCH,
    body: JSON.stringify(many(30_000, (i) => ({ op: "add", path: `/data/k${i}`, value: "a" }))),
  },
  {
    about: "a copy that doubles",
    method: "PATCH",
    path: `${CORE}/configmaps/small`,
    headers: JSON_PATCH,
    body: JSON.stringify(many(64, (i) => ({ op: "copy", from: "/data", path: `/data/k${i}` }))),
  },
  {
    about: "3,900 tests of the whole",
    method: "PATCH",
    path: `${CORE}/configmaps/small`,
    headers: JSON_PATCH,
    body: JSON.stringify(many(3_900, () => ({ op: "test", path: "", value: {} }))),
  },
  {
    about: "a pointer of 1 MB",
    method: "PATCH",
    path: `${CORE}/configmaps/small`,
    headers: JSON_PATCH,
    body: JSON.stringify([{ op: "add", path: "/a".repeat(500_000), value: 1 }]),
  },
  {
    about: "3 MB merged in",
    method: "PATCH",
    path: `${CORE}/configmaps/small`,
    headers: MERGE,
    body: JSON.stringify({ data: dictionary(150_000, "a") }),
  },
  {
    about: "3 MB nested merged in",
    method: "PATCH",
    path: `${CORE}/configmaps/small`,
    headers: MERGE,
    body: `${'{"a":'.repeat(1_900)}1${"}".repeat(1_900)}`,
  },
  definition("a definition of 5,000 properties", "wide", {
    type: "object",
    properties: Object.fromEntries(many(5_000, (i) => [`p${i}`, { type: "string", pattern: "^(a+)+$", maxLength: 10 }])),
  }),
  definition("a definition 1,500 deep", "deep", deepSchema(1_500)),
  definition("2,000 rules", "rules", {
    type: "object",
    properties: {
      spec: {
        type: "object",
        maxProperties: 10,
        additionalProperties: { type: "string", maxLength: 10 },
        "x-kubernetes-validations": many(2_000, (i) => ({ rule: `self.all(k, self[k] != "${i}")` })),
      },
    },
  }),
  definition("a rule of 100 kB", "longrule", {
    type: "object",
    properties: { a: { type: "integer", "x-kubernetes-validations": [{ rule: many(10_000, () => "self > 0").join(" && ") }] } },
  }),
  definition("a rule 5,000 deep", "deeprule", {
    type: "object",
    properties: { a: { type: "integer", "x-kubernetes-validations": [{ rule: `${"(".repeat(5_000)}self > 0${")".repeat(5_000)}` }] } },
  }),
  post("4,000 policies in one", "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies", {
    metadata: { name: "many" },
    spec: {
      matchConstraints: { resourceRules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["*"], resources: ["secrets"] }] },
      validations: many(4_000, (i) => ({ expression: `object.metadata.name != "${i}"` })),
    },
  }),
  { about: "12 kB of selector", method: "GET", path: `${CORE}/pods?labelSelector=${many(1_500, (i) => `a${i}!=b`).join(",")}` },
  { about: "12 kB of brackets to select by", method: "GET", path: `${CORE}/pods?labelSelector=${"a+in+(".repeat(2_000)}` },
  { about: "a token of 12 kB", method: "GET", path: `${CORE}/pods?continue=${"A".repeat(12_000)}` },
  { about: "12 kB of slashes", method: "GET", path: "/".repeat(12_000) },
  { about: "1,000 media types", method: "GET", path: `${CORE}/pods`, headers: { accept: many(1_000, () => "a/b;q=0.1").join(",") } },
  {
    about: "500 groups",
    method: "GET",
    path: `${CORE}/pods`,
    headers: { "impersonate-user": "a", "impersonate-group": many(500, (i) => `g${i}`).join(",") },
  },
  { about: "a token of a JWT's form", method: "GET", path: `${CORE}/pods`, headers: { authorization: `Bearer ${"a.".repeat(4_000)}` } },
  { about: "OpenAPI v2", method: "GET", path: "/openapi/v2" },
  { about: "OpenAPI v3 of the core", method: "GET", path: "/openapi/v3/api/v1" },
  { about: "metrics", method: "GET", path: "/metrics" },
]

function definition(about: string, plural: string, schema: unknown): Sent {
  return post(about, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
    metadata: { name: `${plural}.fuzz.example` },
    spec: {
      group: "fuzz.example",
      scope: "Namespaced",
      names: { plural, singular: plural, kind: `K${plural}`, listKind: `K${plural}List` },
      versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  })
}

function deepSchema(levels: number): unknown {
  let schema: unknown = { type: "string" }
  for (let i = 0; i < levels; i++) schema = { type: "object", properties: { a: schema } }
  return schema
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "PROPFIND"]
const NAMES = ["pods", "configmaps", "services", "secrets", "events", "limitranges", "serviceaccounts", "persistentvolumeclaims", "nothing"]
const GROUPED = [
  "/apis/apps/v1/namespaces/default/deployments",
  "/apis/batch/v1/namespaces/default/cronjobs",
  "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies",
  "/apis/rbac.authorization.k8s.io/v1/clusterroles",
  "/apis/storage.k8s.io/v1/storageclasses",
  "/apis/policy/v1/namespaces/default/poddisruptionbudgets",
  "/apis/nobody.example/v1/things",
]
const PLACES = [
  "/api",
  "/apis",
  "/version",
  "/readyz?verbose",
  "/openapi/v3",
  "/metrics",
  "/logs/",
  "/%00",
  "/api/v1/namespaces//pods",
  "//",
]
const QUERIES = [
  "",
  "?watch=1&timeoutSeconds=0",
  "?limit=1",
  "?limit=-1",
  "?dryRun=All",
  "?fieldSelector=metadata.name%3Dx",
  "?resourceVersion=x",
  "?pretty=1",
]
const TYPES = [JSON_BODY, MERGE, STRATEGIC, JSON_PATCH, APPLY, YAML, { "content-type": "application/vnd.kubernetes.protobuf" }, {}]
const WORDS = ["metadata", "name", "spec", "containers", "data", "labels", "image", "rules", "template", "selector", "ports", "__proto__"]

/** Requests as a client that means no good, or none, makes them up. */
export const random = (count: number, seed: string): Sent[] => {
  const stream = new RandomStream(seed)
  const one = <T>(list: readonly T[]): T => list[stream.integer(list.length)]
  const value = (depth: number): unknown => {
    const turn = stream.integer(depth > 4 ? 5 : 8)
    if (turn === 0) return null
    if (turn === 1) return stream.integer(100_000) - 50_000
    if (turn === 2) return one(["", "x", "nginx", "100m", "25%", "Always", "ClusterIP", "2026-01-05T00:00:00Z"])
    if (turn === 3) return stream.string(stream.integer(20), 'ab-./{}[]"\\\u0000\u2028é')
    if (turn === 4) return stream.integer(2) === 0
    if (turn === 5) return many(stream.integer(5), () => value(depth + 1))
    return Object.fromEntries(many(stream.integer(6), () => [one(WORDS), value(depth + 1)]))
  }
  return many(count, (index) => {
    const place = stream.integer(10)
    const base = place === 0 ? one(PLACES) : place < 4 ? one(GROUPED) : `${CORE}/${one(NAMES)}`
    const path = base + (place > 0 && stream.integer(2) === 0 ? `/${one(["x", "x/status", "x/scale", "x/log", "%ff", "a b"])}` : "")
    let body: string | Uint8Array = JSON.stringify(place > 6 ? { metadata: { name: "x" }, spec: value(0), data: value(1) } : value(0))
    const damage = stream.integer(8)
    if (damage === 0) body = body.slice(0, stream.integer(body.length + 1))
    if (damage === 1) body = stream.bytes(stream.integer(200))
    if (damage === 2) body = new Uint8Array([0x6b, 0x38, 0x73, 0, ...stream.bytes(stream.integer(100))])
    const method = one(METHODS)
    return {
      about: `random ${index}`,
      method,
      path: encodeURI(path) + (path.includes("?") ? "" : one(QUERIES)),
      headers: {
        ...one(TYPES),
        accept: one(["*/*", "application/json", "application/yaml", "application/json;as=Table;v=v1;g=meta.k8s.io", "text/html"]),
      },
      ...(method !== "GET" && method !== "HEAD" && { body }),
    }
  })
}
