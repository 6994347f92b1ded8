/** Patches: RFC 7386's own cases, and what holds of every patch. */
import fc from "fast-check"
import { expect, test } from "vitest"
import { schemaOf } from "../api/schema/definitions.ts"
import { jsonPatch, mergePatch, PatchError, strategicMerge } from "./patch.ts"

test.each([
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [
    ["a", "b"],
    ["c", "d"],
    ["c", "d"],
  ],
  [{ a: "b" }, ["c"], ["c"]],
  [{ a: "foo" }, null, null],
  [{ a: "foo" }, "bar", "bar"],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: "b", c: null }, { a: "b" }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])("RFC 7386: %j with %j is %j", (target, patch, result) => {
  expect(mergePatch(target, patch)).toEqual(result)
})

const json = fc.jsonValue({ maxDepth: 3 })

test("a merge patch applied twice is the patch applied once", () => {
  fc.assert(
    fc.property(json, json, (target, patch) => {
      const once = mergePatch(target, patch)
      expect(mergePatch(once, patch)).toEqual(once)
    }),
    { numRuns: 500, seed: 7 },
  )
})

const container = fc.record(
  { name: fc.constantFrom("a", "b", "c"), image: fc.constantFrom("x", "y"), args: fc.array(fc.constantFrom("1", "2"), { maxLength: 2 }) },
  { requiredKeys: ["name"] },
)
const pod = fc.record({
  spec: fc.record(
    {
      containers: fc.uniqueArray(container, { selector: ({ name }) => name }),
      nodeSelector: fc.dictionary(fc.constantFrom("k", "l"), fc.constantFrom("1", "2")),
    },
    { requiredKeys: ["containers"] },
  ),
})

test("a strategic merge patch applied twice is the patch applied once, and keeps every container of both", () => {
  const schema = schemaOf("IoK8sApiCoreV1Pod")
  fc.assert(
    fc.property(pod, pod, (target, patch) => {
      const once = strategicMerge(target, patch, schema) as typeof target
      expect(strategicMerge(once, patch, schema)).toEqual(once)
      const names = new Set([...target.spec.containers, ...patch.spec.containers].map(({ name }) => name))
      expect(new Set(once.spec.containers.map(({ name }) => name))).toEqual(names)
    }),
    { numRuns: 500, seed: 7 },
  )
})

test("a strategic merge patch puts new containers in front, as the server does", () => {
  expect(
    strategicMerge(
      { spec: { containers: [{ name: "web", image: "nginx" }] } },
      { spec: { containers: [{ name: "sidecar", image: "redis" }] } },
      schemaOf("IoK8sApiCoreV1Pod"),
    ),
  ).toEqual({
    spec: {
      containers: [
        { name: "sidecar", image: "redis" },
        { name: "web", image: "nginx" },
      ],
    },
  })
})

test("$setElementOrder orders, $patch deletes", () => {
  const target = { spec: { containers: [{ name: "a" }, { name: "b" }, { name: "c" }] } }
  const patch = { spec: { "$setElementOrder/containers": [{ name: "c" }, { name: "a" }], containers: [{ name: "b", $patch: "delete" }] } }
  expect(strategicMerge(target, patch, schemaOf("IoK8sApiCoreV1Pod"))).toEqual({ spec: { containers: [{ name: "c" }, { name: "a" }] } })
})

test("JSON patch operations undo themselves", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom("a", "b", "~", "/"), json), json, (target, value) => {
      const key = "new"
      const added = jsonPatch(target, [{ op: "add", path: `/${key}`, value }])
      expect(
        jsonPatch(added, [
          { op: "test", path: `/${key}`, value },
          { op: "remove", path: `/${key}` },
        ]),
      ).toEqual(target)
      expect(() => jsonPatch(target, [{ op: "remove", path: `/${key}` }])).toThrow(PatchError)
    }),
    { numRuns: 300, seed: 7 },
  )
})
