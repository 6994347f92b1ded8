/** Whatever comes in at the door, an answer goes out: never an exception, never a 500 of our own making. */
import { Simulation } from "@drydock/sim"
import fc from "fast-check"
import { expect, test } from "vitest"
import { isScalar, wireMessage } from "../api/schema/wire-types.ts"
import { MvccStore } from "../etcd/mvcc.ts"
import { admissionPlugins } from "./admission/index.ts"
import { kinds } from "../api/index.ts"
import { bareServer } from "../testing/bare-server.ts"
import { serviceAllocator } from "./service-allocation.ts"
import { registerSubresources } from "./subresources/index.ts"

const ADMIN = { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] }

const serve = () => {
  const sim = new Simulation("fuzz", Date.UTC(2026, 0, 5))
  const etcd = new MvccStore(sim)
  const server = bareServer("fuzz", {
    sim,
    etcd,
    admission: admissionPlugins,
    allocate: serviceAllocator({ sim, etcd, cidr: "10.96.0.0/12" }),
  })
  registerSubresources(server)
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}, query: Record<string, string> = {}) =>
    server.handle({
      method,
      path,
      query,
      user: ADMIN,
      headers: { "user-agent": "fuzz/1", ...headers },
      ...(body !== undefined && { body }),
    })
  call("POST", "/api/v1/namespaces", '{"metadata":{"name":"default"}}')
  call("POST", "/api/v1/namespaces/default/serviceaccounts", '{"metadata":{"name":"default"}}')
  return { sim, server, call }
}

/** 500s that a real server answers too. */
const upstream = (body: unknown): boolean => /failed to create typed patch object|resourceVersion: Invalid value/.test(JSON.stringify(body))

const word = fc.oneof(
  fc.constantFrom(
    "metadata",
    "spec",
    "status",
    "name",
    "namespace",
    "labels",
    "annotations",
    "finalizers",
    "ownerReferences",
    "managedFields",
    "containers",
    "template",
    "selector",
    "matchLabels",
    "replicas",
    "ports",
    "data",
    "rules",
    "type",
    "resourceVersion",
    "uid",
    "__proto__",
    "constructor",
    "toString",
    "$patch",
    "$setElementOrder/containers",
  ),
  fc.string({ maxLength: 8 }),
)
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double(),
    fc.constantFrom("", "1", "100m", "1Gi", "nginx", "Always", "ClusterIP", "default", "2026-01-05T00:00:00Z", "25%"),
    fc.string(),
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(word, tie("any"), { maxKeys: 5 }),
  ),
})).any

const collections = kinds.map(
  (kind) => `${kind.group ? `/apis/${kind.apiVersion}` : "/api/v1"}${kind.namespaced ? "/namespaces/default" : ""}/${kind.plural}`,
)
const subresources = ["status", "scale", "finalize", "binding", "eviction", "token", "approval", "resize", "ephemeralcontainers", "log"]

test("any object sent to any kind is answered, and what is stored can be read as a table", () => {
  const { call } = serve()
  fc.assert(
    fc.property(
      fc.constantFrom(...collections),
      fc.constantFrom("POST", "PUT", "PATCH", "DELETE", "GET"),
      fc.constantFrom("", "/x", "/x", ...subresources.map((name) => `/x/${name}`)),
      fc.constantFrom(
        "application/json",
        "application/json-patch+json",
        "application/merge-patch+json",
        "application/strategic-merge-patch+json",
        "application/apply-patch+yaml",
        "application/yaml",
        "text/plain",
      ),
      value,
      (collection, method, rest, type, body) => {
        const named =
          typeof body === "object" && body !== null && !Array.isArray(body)
            ? { ...body, metadata: (body as { metadata?: unknown }).metadata ?? { name: "x" } }
            : body
        const answer = call(method, collection + rest, JSON.stringify(named), { "content-type": type }, { fieldManager: "fuzz" })
        if (answer.status >= 500 && !upstream(answer.body)) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`)
        const table = call("GET", collection, undefined, { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" })
        if (table.status >= 500) throw new Error(`table: ${JSON.stringify(table.body)}`)
      },
    ),
    { numRuns: 1_500, seed: 35 },
  )
})

/** Values that Go would take for a field, whatever they mean. */
const scalarOf = (type: string): fc.Arbitrary<unknown> => {
  switch (type) {
    case "bool":
      return fc.boolean()
    case "int32":
    case "int64":
      return fc.constantFrom(0, 1, -1, 80, 2_000_000_000)
    case "double":
      return fc.constantFrom(0, 0.5)
    case "quantity":
      return fc.constantFrom("0", "1", "100m", "1Gi", "-1", "1e3", 5)
    case "intstr":
      return fc.constantFrom(0, 80, "http", "25%", "", "101%")
    case "time":
    case "microtime":
      return fc.constantFrom("2026-01-05T00:00:00Z", null)
    case "bytes":
      return fc.constantFrom("", "YQ==")
    case "string":
      return fc.constantFrom(
        "",
        "a",
        "b",
        "x",
        "In",
        "Exists",
        "Always",
        "Never",
        "RollingUpdate",
        "NodePort",
        "None",
        "10.96.0.5",
        "nginx",
        "v1",
        "TCP",
        "Pod",
        "*/5 * * * *",
        "a_b",
        "default",
      )
    default:
      return fc.constantFrom(null, {}, { a: 1 })
  }
}

const made = new Map<string, fc.Arbitrary<Record<string, unknown>>>()

const typed = (name: string, depth: number): fc.Arbitrary<Record<string, unknown>> => {
  const key = `${name} ${depth}`
  const known = made.get(key) ?? typedAnew(name, depth)
  made.set(key, known)
  return known
}

const typedAnew = (name: string, depth: number): fc.Arbitrary<Record<string, unknown>> => {
  const message = wireMessage(name)
  if (!message || depth === 0) return fc.constant({})
  const fields = [...message.json.values()].map((field): fc.Arbitrary<unknown> => {
    const one = isScalar(field.type) ? scalarOf(field.type) : typed(field.type, depth - 1)
    if (field.list) return fc.array(one, { maxLength: 2 })
    return field.map ? fc.dictionary(fc.constantFrom("a", "cpu", "storage", "app"), one, { maxKeys: 2 }) : one
  })
  const names = [...message.json.keys()]
  return fc
    .subarray(names, { maxLength: Math.min(6, names.length) })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((field) => [field, fields[names.indexOf(field)]]))))
}

test.each(kinds.filter((kind) => !kind.virtual && !kind.computed).map((kind) => [`${kind.apiVersion} ${kind.kind}`, kind] as const))(
  "%s: objects of the right types are stored, shown, changed and deleted, or refused",
  (_, kind) => {
    const collection = `${kind.group ? `/apis/${kind.apiVersion}` : "/api/v1"}${kind.namespaced ? "/namespaces/default" : ""}/${kind.plural}`
    const { call } = serve()
    const good = (what: string, answer: ReturnType<typeof call>) => {
      if (answer.status >= 500 && !upstream(answer.body)) throw new Error(`${what}: ${JSON.stringify(answer.body)}`)
      return answer
    }
    fc.assert(
      fc.property(typed(kind.schema().ref ?? "", 5), typed(kind.schema().ref ?? "", 5), (first, second) => {
        const metadata = { name: kind.plural === "customresourcedefinitions" ? "as.b.c" : "x", labels: { a: "b" } }
        const made = good("create", call("POST", collection, JSON.stringify({ ...first, metadata })))
        good("table", call("GET", collection, undefined, { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" }))
        const type = { "content-type": "application/strategic-merge-patch+json" }
        good("patch", call("PATCH", `${collection}/x`, JSON.stringify({ ...second, metadata: {} }), type))
        good(
          "apply",
          call(
            "PATCH",
            `${collection}/x`,
            JSON.stringify({ ...second, apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: "x" } }),
            { "content-type": "application/apply-patch+yaml" },
            { fieldManager: "fuzz", force: "true" },
          ),
        )
        good(
          "status",
          call("PATCH", `${collection}/x/status`, JSON.stringify({ status: second.status ?? {} }), {
            "content-type": "application/merge-patch+json",
          }),
        )
        good("get", call("GET", `${collection}/x`, undefined, { accept: "application/yaml" }))
        good("delete", call("DELETE", `${collection}/${metadata.name}`, undefined, {}, { gracePeriodSeconds: "0" }))
        if (made.status === 201)
          good(
            "finalizers",
            call("PATCH", `${collection}/${metadata.name}`, '{"metadata":{"finalizers":null}}', {
              "content-type": "application/merge-patch+json",
            }),
          )
      }),
      { numRuns: 40, seed: 35 },
    )
  },
)

test("any method, path, query and text is answered", () => {
  const { call } = serve()
  fc.assert(
    fc.property(
      fc.oneof(fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"), fc.string({ maxLength: 8 })),
      fc.oneof(
        fc.string().map((text) => `/${text}`),
        fc.tuple(fc.constantFrom(...collections), fc.string({ maxLength: 12 })).map(([path, text]) => `${path}/${text}`),
        fc.constantFrom(
          "/openapi/v2",
          "/openapi/v3",
          "/openapi/v3/apis/apps/v1",
          "/apis",
          "/api",
          "/version",
          "/readyz",
          "/",
          "//",
          "/api/v1/namespaces//pods",
        ),
      ),
      fc.dictionary(
        fc.constantFrom(
          "labelSelector",
          "fieldSelector",
          "limit",
          "continue",
          "resourceVersion",
          "resourceVersionMatch",
          "watch",
          "timeoutSeconds",
          "sendInitialEvents",
          "dryRun",
          "fieldValidation",
          "pretty",
          "includeObject",
          "propagationPolicy",
          "gracePeriodSeconds",
        ),
        fc.oneof(
          fc.string(),
          fc.constantFrom("1", "0", "-1", "true", "All", "a in (b,c)", "metadata.name=x", "spec.nodeName=", "Exact", "NotOlderThan"),
        ),
      ),
      fc.oneof(
        fc.string(),
        fc.constantFrom("{", "[", "[".repeat(50_000), `{"a":`.repeat(5_000), '{"a":1,"a":2}', "k8s\u0000\n", "&a [*a]", "a: &a [*a,*a]"),
      ),
      fc.constantFrom("application/json", "application/yaml", "application/vnd.kubernetes.protobuf", "application/apply-patch+yaml", ""),
      fc.constantFrom(
        "",
        "application/json",
        "application/yaml",
        "application/json;as=Table;v=v1;g=meta.k8s.io",
        "text/html",
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
      ),
      (method, path, query, body, type, accept) => {
        const answer = call(method, path, body, { "content-type": type, ...(accept && { accept }) }, query)
        answer.stream?.cancel()
        if (answer.status >= 500 && answer.status !== 504 && !upstream(answer.body))
          throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`)
      },
    ),
    { numRuns: 1_500, seed: 35 },
  )
})

test("protobuf that is cut or changed is refused, not tripped over", () => {
  const { call } = serve()
  // A ConfigMap as kubectl encodes it.
  const good = Uint8Array.from([
    0x6b,
    0x38,
    0x73,
    0,
    0x0a,
    15,
    0x0a,
    2,
    0x76,
    0x31,
    0x12,
    9,
    ...new TextEncoder().encode("ConfigMap"),
    0x12,
    12,
    0x0a,
    3,
    0x0a,
    1,
    0x63,
    0x12,
    5,
    0x0a,
    1,
    0x61,
    0x12,
    0,
  ])
  expect(
    call("POST", "/api/v1/namespaces/default/configmaps", good, { "content-type": "application/vnd.kubernetes.protobuf" }),
  ).toMatchObject({
    status: 201,
    body: { metadata: { name: "c", namespace: "default" }, data: { a: "" } },
  })
  fc.assert(
    fc.property(fc.nat(good.length), fc.nat(255), fc.boolean(), (at, byte, cut) => {
      const bytes = cut ? good.slice(0, at) : good.map((old, index) => (index === at ? byte : old))
      const { status, body } = call("POST", "/api/v1/namespaces/default/configmaps", bytes, {
        "content-type": "application/vnd.kubernetes.protobuf",
      })
      if (status >= 500) throw new Error(JSON.stringify(body))
    }),
    { numRuns: 600, seed: 35 },
  )
})

test("what is too large or too deep is refused before it is read, in upstream's reasons", () => {
  const { call } = serve()
  const path = "/api/v1/namespaces/default/configmaps"
  const wide = JSON.stringify({
    metadata: { name: "x" },
    data: Object.fromEntries(Array.from({ length: 40_000 }, (_, i) => [`k${i}`, "a"])),
  })
  const refused = (answer: ReturnType<typeof call>) => {
    const { reason, message } = answer.body as { reason: string; message: string }
    return [answer.status, reason, message.slice(0, 90)]
  }
  expect(refused(call("POST", path, wide))).toEqual([413, "RequestEntityTooLarge", "Request entity too large: limit is 16000 values"])
  const merge = { "content-type": "application/merge-patch+json" }
  expect(call("POST", path, '{"metadata":{"name":"x"}}').status).toBe(201)
  expect(refused(call("PATCH", `${path}/x`, wide, merge))).toEqual([
    413,
    "RequestEntityTooLarge",
    "Request entity too large: limit is 16000 values",
  ])
  expect(refused(call("POST", path, `a: ${"b".repeat(70_000)}`, { "content-type": "application/yaml" }))).toEqual([
    413,
    "RequestEntityTooLarge",
    "Request entity too large: limit is 65536 bytes of YAML",
  ])
  expect(refused(call("POST", path, `${'{"a":'.repeat(3_000)}1${"}".repeat(3_000)}`))[0]).toBe(400)
  // JSON that calls itself YAML is JSON.
  const large = JSON.stringify({ metadata: { name: "y" }, data: { a: "a".repeat(100_000) } })
  expect(call("POST", path, large, { "content-type": "application/yaml" }).status).toBe(201)
})

test("a patch copies no more than a request may hold, and warnings stay headers", () => {
  const { call } = serve()
  const path = "/api/v1/namespaces/default/configmaps"
  call("POST", path, '{"metadata":{"name":"x"},"data":{"a":"aaaaaaaaaaaaaaaa"}}')
  const copies = Array.from({ length: 40 }, (_, i) => ({ op: "copy", from: "/data", path: `/data/k${i}` }))
  expect(call("PATCH", `${path}/x`, JSON.stringify(copies), { "content-type": "application/json-patch+json" }).status).toBe(422)
  const unknown = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`field${i}`, 1]))
  const made = call("POST", path, JSON.stringify({ metadata: { name: "z" }, ...unknown }))
  expect(made.status).toBe(201)
  const warnings = made.headers.warning as string[]
  expect(warnings.length).toBe(100)
  expect(warnings[0]).toBe('299 - "unknown field \\"field0\\""')
  const owners = Array.from({ length: 2_000 }, (_, i) => ({ apiVersion: "v1", kind: "Pod", name: `p${i}`, uid: "u", controller: true }))
  const { body } = call("POST", path, JSON.stringify({ metadata: { name: "o", ownerReferences: owners } }))
  expect(JSON.stringify(body).length).toBeLessThan(6_000_000)
  expect((body as { message: string }).message).toMatch(/and \d+ more\]$/)
})

test("a field that is written twice is told where it is; the last one counts", () => {
  const { call } = serve()
  const made = call(
    "POST",
    "/api/v1/namespaces/default/configmaps",
    '{"metadata":{"name":"x","labels":{"a":"1","a":"2"}},"data":{"b":"1"}}',
  )
  expect(made.headers.warning).toEqual(['299 - "duplicate field \\"metadata.labels.a\\""'])
  expect((made.body as { metadata: { labels: object } }).metadata.labels).toEqual({ a: "2" })
})
