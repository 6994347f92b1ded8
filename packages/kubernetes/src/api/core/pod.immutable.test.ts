/** What may change in a Pod's spec, and what an update that changes something else is told. */
import { expect, test } from "vitest"
import { hollowCluster } from "../../testing/hollow-cluster.ts"

const PATH = "/api/v1/namespaces/default/pods/nginx"

const cluster = () => {
  const made = hollowCluster(["a"])
  made.run(1_000)
  made.apply({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "nginx", namespace: "default" },
    spec: { containers: [{ name: "nginx", image: "nginx:1.25" }] },
  })
  const patch = (spec: unknown) =>
    made.request("PATCH", PATH, { spec }, "application/strategic-merge-patch+json") as unknown as {
      status: number
      body: { message: string }
    }
  return { ...made, patch }
}

test("a changed command is shown where it stands in the spec", () => {
  const { message } = cluster().patch({ containers: [{ name: "nginx", command: ["x"] }] }).body
  expect(message.split("\n").slice(1)).toEqual([
    "@@ -93,7 +93,9 @@",
    "  {",
    '   "Name": "nginx",',
    '   "Image": "nginx:1.25",',
    '-   "Command": null,',
    '+   "Command": [',
    '+    "x"',
    "+   ],",
    '   "Args": null,',
    '   "WorkingDir": "",',
    '   "Ports": null,',
    "",
  ])
})

test("image, deadline and further tolerations may change; tolerations that are there stay", () => {
  const { patch, get } = cluster()
  expect(patch({ containers: [{ name: "nginx", image: "nginx:1.27" }] }).status).toBe(200)
  expect(patch({ activeDeadlineSeconds: 60 }).status).toBe(200)
  expect(patch({ activeDeadlineSeconds: 90 }).body.message).toBe(
    'Pod "nginx" is invalid: spec.activeDeadlineSeconds: Invalid value: 90: must be less than or equal to previous value',
  )
  const { spec } = get<{ spec: { tolerations: unknown[] } }>(PATH)
  expect(patch({ tolerations: [...spec.tolerations, { key: "a", operator: "Exists" }] }).status).toBe(200)
  expect(patch({ tolerations: [] }).body.message).toMatch(
    /spec.tolerations: Forbidden: existing toleration can not be modified except its tolerationSeconds/,
  )
})

test("a Pod that is held back may be given narrower places, and gates are taken away alone", () => {
  const { apply, request } = cluster()
  apply({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "held", namespace: "default" },
    spec: { schedulingGates: [{ name: "a" }, { name: "b" }], nodeSelector: { x: "1" }, containers: [{ name: "c", image: "nginx" }] },
  })
  const patch = (spec: unknown) => {
    const { status, body } = request(
      "PATCH",
      "/api/v1/namespaces/default/pods/held",
      { spec },
      "application/merge-patch+json",
    ) as unknown as {
      status: number
      body: { message: string }
    }
    return status === 200 ? status : body.message
  }
  const place = (key: string) => ({ matchExpressions: [{ key, operator: "Exists" }] })
  const terms = (...nodeSelectorTerms: object[]) => ({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
  })
  expect(patch({ nodeSelector: { y: "2" }, ...terms(place("zone")) })).toBe(200)
  expect(patch({ nodeSelector: { x: "2" } })).toBe(
    'Pod "held" is invalid: spec.nodeSelector: Invalid value: {"x":"2","y":"2"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
  )
  expect(patch(terms(place("zone"), place("rack")))).toMatch(/no additions\/deletions to non-empty NodeSelectorTerms list are allowed$/)
  expect(patch(terms(place("rack")))).toMatch(/nodeSelectorTerms\[0\]: .*only additions are allowed \(no mutations or deletions\)$/)
  expect(patch({ schedulingGates: [{ name: "a" }, { name: "c" }] })).toBe(
    "Pod \"held\" is invalid: spec.schedulingGates[1].name: Forbidden: only deletion is allowed, but found new scheduling gate 'c'",
  )
  expect(patch({ schedulingGates: [{ name: "b" }] })).toBe(200)
})
