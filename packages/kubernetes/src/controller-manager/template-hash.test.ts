import { expect, test } from "vitest"
import { defaultPodSpec } from "../api/core/pod-template.ts"
import { templateHash } from "./template-hash.ts"

const template = (image: string, port?: number) => {
  const spec = { containers: [{ name: "nginx", image, resources: {}, ...(port && { ports: [{ containerPort: port }] }) }] }
  defaultPodSpec(spec as never)
  return { metadata: { labels: { app: "web" } }, spec }
}

// As a v1.35 control plane named the ReplicaSets of `kubectl create deployment web --image=nginx:1.24 --port=80` and of its next image.
test.each([
  ["nginx:1.24", "6cbbcd7f69"],
  ["nginx:1.25", "c77955c54"],
])("the hash of %s is the real one", (image, hash) => {
  expect(templateHash(template(image, 80))).toBe(hash)
})

test("a collision count changes it", () => {
  expect(templateHash(template("nginx:1.24", 80), 0)).not.toBe(templateHash(template("nginx:1.24", 80), 1))
})
