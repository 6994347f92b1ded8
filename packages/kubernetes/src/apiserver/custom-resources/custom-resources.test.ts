/** A kind of one's own: served once accepted, checked, defaulted and pruned by its schema, and gone with its objects. */
import { expect, test } from "vitest"
import { registerSubresources } from "../subresources/index.ts"
import { ADMINISTRATOR, bareServer } from "../../testing/bare-server.ts"

const serve = () => {
  const server = bareServer("crd")
  registerSubresources(server)
  const user = ADMINISTRATOR
  const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}, query: Record<string, string> = {}) =>
    server.handle({
      method,
      path,
      query,
      user,
      headers: { "user-agent": "test/1", ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
  return { sim: server.sim, server, call, settle: () => server.sim.run({ until: server.sim.now() + 5_000 }) }
}

const size = {
  type: "object",
  required: ["size"],
  properties: {
    size: { type: "integer", minimum: 1, maximum: 10 },
    color: { type: "string", enum: ["red", "blue"], default: "red" },
    replicas: { type: "integer" },
    tags: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set" },
  },
  "x-kubernetes-validations": [{ rule: "self.size >= oldSelf.size", message: "size cannot shrink" }],
}

const definition = (versions: object[] = []) => ({
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.example.com" },
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { plural: "widgets", kind: "Widget", shortNames: ["wg"], categories: ["all"] },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: { spec: size, status: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
          },
        },
        subresources: { status: {}, scale: { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" } },
        additionalPrinterColumns: [
          { name: "Size", type: "integer", jsonPath: ".spec.size" },
          { name: "Ready", type: "string", jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
        ],
      },
      ...versions,
    ],
  },
})

const WIDGETS = "/apis/example.com/v1/namespaces/default/widgets"
const widget = (name: string, spec: object) => ({ apiVersion: "example.com/v1", kind: "Widget", metadata: { name }, spec })

const established = () => {
  const world = serve()
  world.call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition())
  world.settle()
  return world
}

test("it is served when its names are accepted", () => {
  const world = serve()
  expect(world.call("GET", WIDGETS).status).toBe(404)
  expect(world.call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition()).status).toBe(201)
  world.settle()
  expect(world.call("GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com").body).toMatchObject({
    status: {
      acceptedNames: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
      storedVersions: ["v1"],
      conditions: [
        { type: "NamesAccepted", status: "True", reason: "NoConflicts", message: "no conflicts found" },
        { type: "Established", status: "True", reason: "InitialNamesAccepted", message: "the initial names have been accepted" },
      ],
    },
  })
  expect(world.call("GET", WIDGETS)).toMatchObject({ status: 200, body: { kind: "WidgetList", items: [] } })
  expect(JSON.stringify(world.call("GET", "/apis/example.com/v1").body)).toContain('"shortNames":["wg"]')
  expect(world.call("GET", "/openapi/v3/apis/example.com/v1").body).toContain("com.example.v1.Widget")
})

test("defaults are filled in, unknown fields dropped with a warning, wrong ones refused in upstream's words", () => {
  const { call } = established()
  const made = call("POST", WIDGETS, widget("w", { size: 3, foo: 1 }))
  expect(made).toMatchObject({
    status: 201,
    body: { metadata: { generation: 1 }, spec: { size: 3, color: "red" } },
    headers: { warning: ['299 - "unknown field \\"spec.foo\\""'] },
  })
  expect((made.body as { spec: object }).spec).toEqual({ size: 3, color: "red" })
  expect(call("POST", WIDGETS, widget("w2", { size: 99, color: "green", tags: ["a", "a"] }))).toMatchObject({
    status: 422,
    body: {
      message:
        'Widget.example.com "w2" is invalid: [spec.size: Invalid value: 99: spec.size in body should be less than or equal to 10, spec.color: Unsupported value: "green": supported values: "red", "blue", spec.tags[1]: Duplicate value: "a"]',
    },
  })
  expect(call("POST", WIDGETS, widget("w3", {}))).toMatchObject({
    status: 422,
    body: { message: 'Widget.example.com "w3" is invalid: spec.size: Required value' },
  })
  expect(call("POST", WIDGETS, widget("w4", { size: "x" }))).toMatchObject({
    status: 422,
    body: {
      message:
        'Widget.example.com "w4" is invalid: spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
    },
  })
})

test("rules compare with what was before", () => {
  const { call } = established()
  call("POST", WIDGETS, widget("w", { size: 3 }))
  const merge = { "content-type": "application/merge-patch+json" }
  expect(call("PATCH", `${WIDGETS}/w`, { spec: { size: 2 } }, merge)).toMatchObject({
    status: 422,
    body: { message: expect.stringContaining("size cannot shrink") as string },
  })
  expect(call("PATCH", `${WIDGETS}/w`, { spec: { size: 4 } }, merge)).toMatchObject({ status: 200, body: { metadata: { generation: 2 } } })
})

test("its columns, status and scale", () => {
  const { call } = established()
  call("POST", WIDGETS, widget("w", { size: 3, replicas: 2 }))
  const merge = { "content-type": "application/merge-patch+json" }
  expect(
    call("PATCH", `${WIDGETS}/w/status`, { spec: { size: 9 }, status: { conditions: [{ type: "Ready", status: "True" }] } }, merge),
  ).toMatchObject({
    body: { metadata: { generation: 1 }, spec: { size: 3 } },
  })
  expect(call("PUT", `${WIDGETS}/w/scale`, { metadata: { name: "w" }, spec: { replicas: 5 } })).toMatchObject({
    status: 200,
    body: { kind: "Scale", spec: { replicas: 5 } },
  })
  const table = call("GET", WIDGETS, undefined, { accept: "application/json;as=Table;v=v1;g=meta.k8s.io" }).body as {
    columnDefinitions: { name: string }[]
    rows: { cells: unknown[] }[]
  }
  expect(table.columnDefinitions.map(({ name }) => name)).toEqual(["Name", "Size", "Ready"])
  expect(table.rows.map(({ cells }) => cells)).toEqual([["w", 3, "True"]])
})

test("strategic merge patches are refused, updates need the version they are made from", () => {
  const { call } = established()
  call("POST", WIDGETS, widget("w", { size: 3 }))
  expect(call("PATCH", `${WIDGETS}/w`, {}, { "content-type": "application/strategic-merge-patch+json" }).status).toBe(415)
  expect(call("PUT", `${WIDGETS}/w`, widget("w", { size: 3 }))).toMatchObject({
    status: 422,
    body: { message: 'Widget.example.com "w" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update' },
  })
})

test("all served versions show the same objects", () => {
  const { call, settle } = serve()
  const v2 = {
    name: "v2",
    served: true,
    storage: false,
    schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
  }
  call("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", definition([v2]))
  settle()
  call("POST", WIDGETS, widget("w", { size: 3 }))
  expect(call("GET", "/apis/example.com/v2/namespaces/default/widgets/w")).toMatchObject({
    status: 200,
    body: { apiVersion: "example.com/v2", spec: { size: 3 } },
  })
  expect(call("GET", "/apis/example.com").body).toMatchObject({ preferredVersion: { version: "v2" } })
})

test("deleting the definition deletes its objects first", () => {
  const { call, settle } = established()
  call("POST", WIDGETS, widget("w", { size: 3 }))
  expect(call("DELETE", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com")).toMatchObject({
    status: 200,
    body: { metadata: { finalizers: ["customresourcecleanup.apiextensions.k8s.io"] } },
  })
  settle()
  expect(call("GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com").status).toBe(404)
  expect(call("GET", WIDGETS).status).toBe(404)
})
