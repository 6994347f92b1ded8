/** Groups that a Service answers for: found out about, listed in discovery, handed their requests with who asks. */
import { expect, test } from "vitest"
import { hollowCluster } from "../testing/hollow-cluster.ts"
import type { ApiRequest, ApiResponse } from "./contract.ts"
import type { Forward } from "./outside.ts"

const begin = () => {
  const asked: { method: string; path: string; headers: Readonly<Record<string, string>> }[] = []
  let up = true
  const forward: Forward = ({ method, path, headers }, done) => {
    asked.push({ method, path, headers })
    world.sim.schedule(3, () => {
      if (!up) return done({ error: "dial tcp 10.96.0.9:443: connect: connection refused" })
      const json = (value: unknown) => done({ status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(value) })
      if (path === "/apis/fruit.example.com/v1")
        return json({
          kind: "APIResourceList",
          apiVersion: "v1",
          groupVersion: "fruit.example.com/v1",
          resources: [
            { name: "apples", singularName: "apple", namespaced: true, kind: "Apple", verbs: ["get", "list"], shortNames: ["ap"] },
            { name: "apples/peel", singularName: "", namespaced: true, kind: "Peel", verbs: ["create"] },
          ],
        })
      json({ kind: "AppleList", apiVersion: "fruit.example.com/v1", metadata: {}, items: [] })
    })
  }
  const world = hollowCluster(["a"], { forward })
  const call = (path: string, headers: Record<string, string> = {}): ApiResponse => {
    let given = world.cluster.handle({
      method: "GET",
      path: path.split("?")[0],
      query: path.split("?")[1] ?? "",
      user: { name: "kubernetes-admin", groups: ["system:masters", "system:authenticated"] },
      headers: { accept: "application/json", ...headers },
    } as ApiRequest)
    while (given.later) {
      let settled: ApiResponse | undefined
      given.later((one) => (settled = one))
      for (let step = 0; step < 100 && !settled; step++) world.run(100)
      given = settled as unknown as ApiResponse
    }
    return given
  }
  const condition = () => {
    const { status } = world.get<{ status: { conditions?: { status: string; reason: string; message: string }[] } }>(
      "/apis/apiregistration.k8s.io/v1/apiservices/v1.fruit.example.com",
    )
    return status.conditions?.map(({ status, reason, message }) => `${status} ${reason}: ${message}`)
  }
  world.apply({
    apiVersion: "apiregistration.k8s.io/v1",
    kind: "APIService",
    metadata: { name: "v1.fruit.example.com" },
    spec: {
      group: "fruit.example.com",
      version: "v1",
      groupPriorityMinimum: 1000,
      versionPriority: 10,
      insecureSkipTLSVerify: true,
      service: { name: "fruit", namespace: "default", port: 443 },
    },
  })
  const serve = () => {
    world.apply({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "fruit" },
      spec: { selector: { app: "fruit" }, ports: [{ port: 443, targetPort: 8443 }] },
    })
    world.apply({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "fruit", labels: { app: "fruit" } },
      spec: { containers: [{ name: "fruit", image: "fruit" }] },
    })
    world.run(40_000)
  }
  return { ...world, call, asked, condition, serve, fall: () => (up = false) }
}

test("what keeps a server from being asked is told", () => {
  const { run, condition, serve, fall, call } = begin()
  run(1_000)
  expect(condition()).toEqual(['False ServiceNotFound: service/fruit in "default" is not present'])
  expect(call("/apis/fruit.example.com/v1/namespaces/default/apples")).toMatchObject({ status: 503, body: "service unavailable\n" })
  serve()
  expect(condition()).toEqual(["True Passed: all checks passed"])
  fall()
  run(40_000)
  expect(condition()).toEqual([
    'False FailedDiscoveryCheck: failing or missing response from https://fruit.default.svc:443/apis/fruit.example.com/v1: Get "https://fruit.default.svc:443/apis/fruit.example.com/v1": dial tcp 10.96.0.9:443: connect: connection refused',
  ])
})

test("its group is discovered and its requests are handed on with the asker's name", () => {
  const { call, serve, asked } = begin()
  serve()
  expect(call("/apis/fruit.example.com").body).toMatchObject({
    kind: "APIGroup",
    preferredVersion: { groupVersion: "fruit.example.com/v1" },
  })
  expect(JSON.stringify(call("/apis", { accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList" }).body)).toContain(
    '"resource":"apples"',
  )
  asked.length = 0
  const list = call("/apis/fruit.example.com/v1/namespaces/default/apples?limit=5", { authorization: "Bearer x" })
  expect(list).toMatchObject({ status: 200, body: expect.stringContaining("AppleList") as string })
  expect(asked).toEqual([
    {
      method: "GET",
      path: "/apis/fruit.example.com/v1/namespaces/default/apples?limit=5",
      headers: {
        accept: "application/json",
        "x-remote-user": "kubernetes-admin",
        "x-remote-group": "system:masters, system:authenticated",
      },
    },
  ])
})

test("the groups that the server has itself are listed as local", () => {
  const { call } = begin()
  const { items } = call("/apis/apiregistration.k8s.io/v1/apiservices").body as { items: { metadata: { name: string } }[] }
  const names = items.map(({ metadata }) => metadata.name)
  expect(names.slice(0, 3)).toEqual(["v1.", "v1.admissionregistration.k8s.io", "v1.apiextensions.k8s.io"])
  expect(names).toContain("v1.fruit.example.com")
  expect(call("/apis/apiregistration.k8s.io/v1/apiservices/v1.apps").body).toMatchObject({
    spec: { group: "apps", groupPriorityMinimum: 17_800, version: "v1", versionPriority: 15 },
    status: { conditions: [{ reason: "Local", status: "True" }] },
  })
})
