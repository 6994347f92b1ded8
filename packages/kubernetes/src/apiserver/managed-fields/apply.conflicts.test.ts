/** Who manages which field, through updates and applies, as a client reads it. */
import { expect, test } from "vitest"
import { registerSubresources } from "../subresources/index.ts"
import { ADMINISTRATOR, bareServer } from "../../testing/bare-server.ts"

interface Entry {
  manager: string
  operation: string
  subresource?: string
  fieldsV1: unknown
}

const serve = () => {
  const server = bareServer("apply")
  registerSubresources(server)
  const user = ADMINISTRATOR
  const send = (method: string, path: string, body: unknown, query: Record<string, string>, type = "application/json") =>
    server.handle({
      method,
      path,
      query,
      user,
      headers: { "user-agent": "test/1", "content-type": type },
      body: typeof body === "string" ? body : JSON.stringify(body),
    })
  const managers = (body: unknown) =>
    ((body as { metadata: { managedFields?: Entry[] } }).metadata.managedFields ?? []).map(
      ({ manager, operation, subresource, fieldsV1 }) => [`${manager} ${operation}${subresource ? ` ${subresource}` : ""}`, fieldsV1],
    )
  return { sim: server.sim, send, managers }
}

const WEB = "/apis/apps/v1/namespaces/default/deployments/web"
const container = { name: "c", image: "nginx" }
const deployment = (spec: Record<string, unknown>) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    selector: { matchLabels: { app: "web" } },
    template: { metadata: { labels: { app: "web" } }, spec: { containers: [container] } },
    ...spec,
  },
})
const apply = ({ send }: ReturnType<typeof serve>, manager: string, body: unknown, force = false) =>
  send("PATCH", WEB, body, { fieldManager: manager, ...(force && { force: "true" }) }, "application/apply-patch+yaml")

test("an applied field belongs to who applied it, another value of another is a conflict, force takes it", () => {
  const world = serve()
  expect(apply(world, "one", deployment({ replicas: 2 })).status).toBe(201)
  expect(apply(world, "two", deployment({ replicas: 3 }))).toMatchObject({
    status: 409,
    body: {
      reason: "Conflict",
      message: 'Apply failed with 1 conflict: conflict with "one": .spec.replicas',
      details: { causes: [{ reason: "FieldManagerConflict", message: 'conflict with "one"', field: ".spec.replicas" }] },
    },
  })
  expect(apply(world, "two", deployment({ replicas: 2 })).status).toBe(200)
  const forced = apply(world, "two", deployment({ replicas: 3 }), true)
  expect(forced).toMatchObject({ status: 200, body: { spec: { replicas: 3 } } })
  expect(world.managers(forced.body).map(([who, fields]) => [who, JSON.stringify(fields).includes("f:replicas")])).toEqual([
    ["one Apply", false],
    ["two Apply", true],
  ])
})

test("what is applied no more goes, unless somebody else manages it", () => {
  const world = serve()
  const both = [container, { name: "sidecar", image: "redis" }]
  apply(world, "one", deployment({ template: { metadata: { labels: { app: "web" } }, spec: { containers: both } } }))
  const less = apply(world, "one", deployment({ minReadySeconds: 5 }))
  expect(less.body).toMatchObject({ spec: { minReadySeconds: 5, template: { spec: { containers: [{ name: "c" }] } } } })
  expect((less.body as { spec: { template: { spec: { containers: unknown[] } } } }).spec.template.spec.containers).toHaveLength(1)
  apply(world, "two", { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec: { minReadySeconds: 5 } })
  expect(apply(world, "one", deployment({})).body).toMatchObject({ spec: { minReadySeconds: 5 } })
})

test("several conflicts are listed by manager; an update names its version", () => {
  const world = serve()
  world.send("POST", "/apis/apps/v1/namespaces/default/deployments", deployment({ replicas: 2, paused: true }), {
    fieldManager: "kubectl-create",
  })
  expect(apply(world, "one", deployment({ replicas: 3, paused: false }))).toMatchObject({
    status: 409,
    body: { message: 'Apply failed with 2 conflicts: conflicts with "kubectl-create" using apps/v1:\n- .spec.paused\n- .spec.replicas' },
  })
})

test("an update takes what it changes, and scale and status are managers of their own", () => {
  const world = serve()
  world.send("POST", "/apis/apps/v1/namespaces/default/deployments", deployment({ replicas: 2 }), { fieldManager: "creator" })
  world.send("PUT", `${WEB}/scale`, { metadata: { name: "web" }, spec: { replicas: 4 } }, { fieldManager: "scaler" })
  world.send("PATCH", `${WEB}/status`, { status: { replicas: 4 } }, { fieldManager: "counter" }, "application/merge-patch+json")
  const { body } = world.send(
    "PATCH",
    WEB,
    { metadata: { annotations: { a: "b" } } },
    { fieldManager: "annotator" },
    "application/merge-patch+json",
  )
  expect(world.managers(body).filter(([who]) => who !== "creator Update")).toEqual([
    ["scaler Update scale", { "f:spec": { "f:replicas": {} } }],
    ["annotator Update", { "f:metadata": { "f:annotations": { ".": {}, "f:a": {} } } }],
    ["counter Update status", { "f:status": { "f:replicas": {} } }],
  ])
})

test("a managed fields list that a client sends replaces the server's", () => {
  const world = serve()
  world.send("POST", "/apis/apps/v1/namespaces/default/deployments", deployment({}), { fieldManager: "creator" })
  const patch = [{ op: "replace", path: "/metadata/managedFields", value: [{}] }]
  expect(world.managers(world.send("PATCH", WEB, patch, {}, "application/json-patch+json").body)).toEqual([])
})

test("a port that names no protocol is the TCP port there is, and is applied again", () => {
  const world = serve()
  const ports = [
    { name: "dns", containerPort: 53, protocol: "UDP" },
    { name: "dns-tcp", containerPort: 53 },
  ]
  const spec = (image: string) =>
    deployment({ template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image, ports }] } } })
  expect(apply(world, "one", spec("nginx:1")).status).toBe(201)
  const again = apply(world, "one", spec("nginx:2"))
  expect(again).toMatchObject({
    status: 200,
    body: {
      spec: { template: { spec: { containers: [{ ports: [ports[0], { name: "dns-tcp", containerPort: 53, protocol: "TCP" }] }] } } },
    },
  })
  expect(JSON.stringify(world.managers(again.body))).toContain('k:{\\"containerPort\\":53,\\"protocol\\":\\"TCP\\"}')
})
