/** How a Deployment replaces its Pods: what its strategy may say. */
import { expect, test } from "vitest"
import { deployment } from "./deployment.ts"

const errors = (strategy: object) => {
  const labels = { app: "web" }
  const object = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      selector: { matchLabels: labels },
      strategy,
      template: { metadata: { labels }, spec: { containers: [{ name: "c", image: "nginx" }] } },
    },
  }
  deployment.defaults?.(object as never)
  return deployment.validate?.(object as never, { now: 0, user: "admin" })
}

test("a Deployment recreates or rolls, and nothing else", () => {
  expect(errors({})).toEqual([])
  expect(errors({ type: "Recreate" })).toEqual([])
  expect(errors({ type: "RollingUpdate" })).toEqual([])
  expect(errors({ type: "Blue" })).toEqual([
    { type: "NotSupported", field: "spec.strategy.type", value: "Blue", detail: 'supported values: "Recreate", "RollingUpdate"' },
  ])
  expect(errors({ type: "Recreate", rollingUpdate: { maxSurge: 1 } })).toMatchObject([{ type: "Forbidden" }])
})
