/** Versions of a kind of one's own: converted by a webhook, held to their definitions, changed under ratcheting rules. */
import { expect, test } from "vitest"
import { encodeBase64 } from "../../apimachinery/base64.ts"
import { hollowCluster } from "../../testing/hollow-cluster.ts"
import type { ApiRequest, ApiResponse, WatchFrame } from "../contract.ts"
import type { OutsideAnswer } from "../outside.ts"

type Json = Record<string, unknown>

/** hostPort "a:1" of v1 is host "a" and port "1" of v2. */
const convert = (object: Json, to: string): Json => {
  const { hostPort, host, port, ...rest } = object
  if (to.endsWith("/v2")) {
    const [name, number] = String(hostPort).split(":")
    return { ...rest, apiVersion: to, host: name, port: number }
  }
  return { ...rest, apiVersion: to, hostPort: `${String(host)}:${String(port)}` }
}

const begin = () => {
  let answer: ((request: { uid: string; desiredAPIVersion: string; objects: Json[] }) => OutsideAnswer) | undefined
  const batches: number[] = []
  const world = hollowCluster(["a"], {
    forward({ body }, done) {
      const { request } = JSON.parse(String(body)) as { request: { uid: string; desiredAPIVersion: string; objects: Json[] } }
      batches.push(request.objects.length)
      world.sim.schedule(5, () => {
        if (answer) return done(answer(request))
        const convertedObjects = request.objects.map((one) => convert(one, request.desiredAPIVersion))
        const response = { uid: request.uid, result: { status: "Success" }, convertedObjects }
        done({
          status: 200,
          headers: {},
          body: JSON.stringify({ kind: "ConversionReview", apiVersion: "apiextensions.k8s.io/v1", response }),
        })
      })
    },
  })
  const call = (method: string, path: string, body?: unknown, type = "application/json"): ApiResponse => {
    let given = world.cluster.handle({
      method,
      path: path.split("?")[0],
      query: path.split("?")[1] ?? "",
      user: { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] },
      headers: { accept: "application/json", "content-type": type },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    } as ApiRequest)
    while (given.later) {
      let settled: ApiResponse | undefined
      given.later((one) => (settled = one))
      for (let step = 0; step < 400 && !settled; step++) world.run(100)
      given = settled as unknown as ApiResponse
    }
    return given
  }
  return { ...world, call, batches, answerWith: (next: typeof answer) => (answer = next) }
}

const properties = (names: string[]) => Object.fromEntries(names.map((name) => [name, { type: "string" }]))

const definition = (more: { versions?: Json[]; conversion?: Json } = {}) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "crontabs.stable.example.com" },
  spec: {
    group: "stable.example.com",
    scope: "Namespaced",
    names: { plural: "crontabs", kind: "CronTab" },
    conversion: more.conversion ?? {
      strategy: "Webhook",
      webhook: {
        conversionReviewVersions: ["v1"],
        clientConfig: {
          caBundle: encodeBase64("-----BEGIN CERTIFICATE-----"),
          service: { namespace: "default", name: "hooks", path: "/crdconvert" },
        },
      },
    },
    versions: more.versions ?? [
      { name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object", properties: properties(["hostPort"]) } } },
      {
        name: "v2",
        served: true,
        storage: false,
        schema: { openAPIV3Schema: { type: "object", properties: properties(["host", "port"]) } },
      },
    ],
  },
})

const V1 = "/apis/stable.example.com/v1/namespaces/default/crontabs"
const V2 = "/apis/stable.example.com/v2/namespaces/default/crontabs"
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
const cronTab = (version: string, name: string, rest: Json) => ({
  apiVersion: `stable.example.com/${version}`,
  kind: "CronTab",
  metadata: { name },
  ...rest,
})

const established = () => {
  const world = begin()
  world.apply({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "hooks" },
    spec: { selector: { app: "hooks" }, ports: [{ port: 443, targetPort: 8443 }] },
  })
  expect(world.call("POST", DEFINITIONS, definition()).status).toBe(201)
  world.run(5_000)
  return world
}

test("each version is written, read, listed and patched in its own words", () => {
  const { call, batches } = established()
  call("POST", V1, cronTab("v1", "old", { hostPort: "a:1" }))
  expect(call("POST", V2, cronTab("v2", "new", { host: "b", port: "2" }))).toMatchObject({ status: 201, body: { host: "b", port: "2" } })
  expect(call("GET", `${V1}/new`).body).toMatchObject({ apiVersion: "stable.example.com/v1", hostPort: "b:2" })
  batches.length = 0
  expect(call("GET", V2).body).toMatchObject({
    items: [
      { host: "b", port: "2", metadata: { name: "new" } },
      { host: "a", port: "1", metadata: { name: "old" } },
    ],
  })
  // One review for a whole list.
  expect(batches).toEqual([2])
  expect(call("PATCH", `${V2}/old`, { port: "9" }, "application/merge-patch+json").body).toMatchObject({ host: "a", port: "9" })
  expect(call("GET", `${V1}/old`).body).toMatchObject({ hostPort: "a:9" })
})

test("a watch of another version sees converted objects in their order", () => {
  const { call, cluster, run } = established()
  call("POST", V1, cronTab("v1", "first", { hostPort: "a:1" }))
  const answer = cluster.handle({
    method: "GET",
    path: V2,
    query: "watch=true",
    user: { name: "kubernetes-admin", groups: ["system:masters"] },
    headers: { accept: "application/json" },
  })
  const seen: string[] = []
  answer.stream?.start(
    (frame) => {
      const { type, object } = frame as WatchFrame
      seen.push(`${type} ${String((object as Json).host)}`)
    },
    () => {},
  )
  call("POST", V1, cronTab("v1", "second", { hostPort: "b:1" }))
  call("PATCH", `${V1}/first`, { hostPort: "c:1" }, "application/merge-patch+json")
  run(1_000)
  expect(seen).toEqual(["ADDED a", "ADDED b", "MODIFIED c"])
})

test("a webhook that fails is told as upstream tells it", () => {
  const { call, answerWith } = established()
  call("POST", V1, cronTab("v1", "x", { hostPort: "a:1" }))
  answerWith(() => ({ error: "dial tcp 10.96.0.9:443: connect: connection refused" }))
  expect(call("GET", `${V2}/x`)).toMatchObject({
    status: 500,
    body: {
      message:
        'conversion webhook for stable.example.com/v1, Kind=CronTab failed: Post "https://hooks.default.svc:443/crdconvert?timeout=30s": dial tcp 10.96.0.9:443: connect: connection refused',
    },
  })
  answerWith(({ uid }) => ({
    status: 200,
    headers: {},
    body: JSON.stringify({ response: { uid, result: { status: "Failure", message: "not today" }, convertedObjects: [] } }),
  }))
  expect(call("GET", `${V2}/x`)).toMatchObject({
    body: { message: "conversion webhook for stable.example.com/v1, Kind=CronTab failed: not today" },
  })
  expect(call("GET", `${V1}/x`).status).toBe(200)
})

test("a version that was stored stays in the definition", () => {
  const { call, run } = established()
  const [first, second] = definition().spec.versions as Json[]
  const change = (versions: Json[]) =>
    call("PATCH", `${DEFINITIONS}/crontabs.stable.example.com`, { spec: { versions } }, "application/merge-patch+json")
  expect(
    change([
      { ...first, storage: false },
      { ...second, storage: true },
    ]).status,
  ).toBe(200)
  run(1_000)
  expect(call("GET", `${DEFINITIONS}/crontabs.stable.example.com`).body).toMatchObject({ status: { storedVersions: ["v1", "v2"] } })
  expect(change([{ ...second, storage: true }])).toMatchObject({
    status: 422,
    body: {
      message: expect.stringContaining(
        'status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version',
      ) as string,
    },
  })
})

test("a definition that cannot be is refused", () => {
  const { call } = begin()
  const refused = (more: Parameters<typeof definition>[0]) => {
    const { status, body } = call("POST", DEFINITIONS, definition({ conversion: { strategy: "None" }, ...more }))
    return status === 201 ? 201 : (body as { message: string }).message.replace(/^.*? is invalid: /, "")
  }
  const schema = (openAPIV3Schema: Json) => [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema } }]
  const at = "spec.versions[0].schema.openAPIV3Schema"
  expect(refused({ versions: schema({}) })).toBe(`${at}.type: Required value: must not be empty at the root`)
  expect(refused({ versions: schema({ type: "object", properties: { spec: {} } }) })).toBe(
    `${at}.properties[spec].type: Required value: must not be empty for specified object fields`,
  )
  expect(refused({ versions: [{ name: "v1", served: true, storage: true }] })).toBe(`${at}: Required value: schemas are required`)
  expect(refused({ versions: definition().spec.versions.map((one) => ({ ...one, storage: true })) as Json[] })).toMatch(
    /must have exactly one version marked as storage version$/,
  )
  expect(refused({ conversion: { strategy: "Webhook" } })).toBe(
    "[spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook]".slice(1, -1),
  )
})

test("what an update leaves as it was is not held against it; rules see what was before", () => {
  const { call, run } = begin()
  const schema = (spec: Json) => [
    {
      name: "v1",
      served: true,
      storage: true,
      schema: { openAPIV3Schema: { type: "object", properties: { spec: { type: "object", ...spec } } } },
    },
  ]
  const none = { strategy: "None" }
  call(
    "POST",
    DEFINITIONS,
    definition({ conversion: none, versions: schema({ properties: { a: { type: "string" }, n: { type: "integer" } } }) }),
  )
  run(5_000)
  call("POST", V1, cronTab("v1", "x", { spec: { a: "too long", n: 1 } }))
  const stricter = schema({
    properties: { a: { type: "string", maxLength: 3 }, n: { type: "integer" } },
    "x-kubernetes-validations": [
      {
        rule: "!oldSelf.hasValue() || self.n >= oldSelf.value().n",
        optionalOldSelf: true,
        fieldPath: ".n",
        reason: "FieldValueForbidden",
        messageExpression: "'n may not fall to %d'.format([self.n])",
      },
    ],
  })
  expect(
    call("PATCH", `${DEFINITIONS}/crontabs.stable.example.com`, { spec: { versions: stricter } }, "application/merge-patch+json").status,
  ).toBe(200)
  run(1_000)
  const change = (spec: Json) => {
    const { status, body } = call("PATCH", `${V1}/x`, { spec }, "application/merge-patch+json")
    return status === 200 ? 200 : (body as { message: string }).message
  }
  expect(change({ n: 2 })).toBe(200)
  expect(change({ n: 1 })).toBe('CronTab.stable.example.com "x" is invalid: spec.n: Forbidden: n may not fall to 1')
  expect(change({ a: "also long", n: 3 })).toBe('CronTab.stable.example.com "x" is invalid: spec.a: Too long: may not be more than 3 bytes')
})
