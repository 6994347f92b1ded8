/** Objects of a kind of one's own own others, are owned, and go with their namespace. */
import { Simulation } from "@drydock/sim"
import { expect, test } from "vitest"
import { bareCluster } from "../../testing/bare-cluster.ts"

const start = () => {
  const sim = new Simulation("custom", Date.UTC(2026, 0, 5))
  const cluster = bareCluster(sim)
  cluster.startControllerManager("cp")
  const user = { name: "kubernetes-admin", groups: ["system:masters"] }
  const call = (method: string, path: string, body?: unknown) =>
    cluster.handle({ method, path, user, headers: { "user-agent": "test/1" }, ...(body !== undefined && { body: JSON.stringify(body) }) })
  const run = (ms: number) => sim.run({ until: sim.now() + ms })
  run(5_000)
  call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", {
    metadata: { name: "widgets.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "widgets", kind: "Widget" },
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
        },
      ],
    },
  })
  run(2_000)
  return { call, run }
}

test("what a custom resource owns goes with it", () => {
  const { call, run } = start()
  const { body } = call("POST", "/apis/example.com/v1/namespaces/default/widgets", { metadata: { name: "w" } })
  const { uid } = (body as { metadata: { uid: string } }).metadata
  const ownerReferences = [{ apiVersion: "example.com/v1", kind: "Widget", name: "w", uid, controller: true }]
  call("POST", "/api/v1/namespaces/default/configmaps", { metadata: { name: "owned", ownerReferences } })
  run(2_000)
  expect(call("GET", "/api/v1/namespaces/default/configmaps/owned").status).toBe(200)
  call("DELETE", "/apis/example.com/v1/namespaces/default/widgets/w")
  run(5_000)
  expect(call("GET", "/api/v1/namespaces/default/configmaps/owned").status).toBe(404)
})

test("a namespace takes its custom resources with it", () => {
  const { call, run } = start()
  call("POST", "/api/v1/namespaces", { metadata: { name: "team" } })
  run(1_000)
  expect(call("POST", "/apis/example.com/v1/namespaces/team/widgets", { metadata: { name: "w" } }).status).toBe(201)
  call("DELETE", "/api/v1/namespaces/team")
  run(20_000)
  expect(call("GET", "/apis/example.com/v1/namespaces/team/widgets/w").status).toBe(404)
  expect(call("GET", "/api/v1/namespaces/team").status).toBe(404)
})
