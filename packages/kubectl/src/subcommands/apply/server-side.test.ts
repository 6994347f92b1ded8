/** What client-side apply owned becomes the server-side applier's. */
import { expect, test } from "vitest"
import { type ManagedFields, upgraded } from "./server-side.ts"

const entry = (manager: string, operation: string, fieldsV1: object, more: object = {}): ManagedFields => ({
  manager,
  operation,
  apiVersion: "v1",
  fieldsType: "FieldsV1",
  fieldsV1: fieldsV1 as Record<string, unknown>,
  ...more,
})

const OLD = "kubectl-client-side-apply"
const data = (...keys: string[]) => ({ "f:data": Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) })

test.each([
  ["nobody to hand over from", [entry("kubectl", "Apply", data("a"))], [entry("kubectl", "Apply", data("a"))]],
  [
    "both own something",
    [entry("kubectl", "Apply", data("a")), entry(OLD, "Update", data("b"))],
    [entry("kubectl", "Apply", data("a", "b"))],
  ],
  ["the applier owns nothing yet", [entry(OLD, "Update", data("b"))], [entry("kubectl", "Apply", data("b"))]],
  [
    "another version's fields are dropped",
    [entry("kubectl", "Apply", data("a")), entry(OLD, "Update", data("b"), { apiVersion: "v2" })],
    [entry("kubectl", "Apply", data("a"))],
  ],
  [
    "a subresource's and other managers' entries stay",
    [entry("kubectl", "Apply", data("a")), entry(OLD, "Update", data("s"), { subresource: "status" }), entry("me", "Update", data("m"))],
    [entry("kubectl", "Apply", data("a")), entry(OLD, "Update", data("s"), { subresource: "status" }), entry("me", "Update", data("m"))],
  ],
])("%s", (_, before, after) => {
  expect(upgraded(before, OLD, "kubectl")).toEqual(after)
})
