/** Objects and their differences as lines. */
import { expect, test } from "vitest"
import { diffLines, yamlText } from "./yaml-lines.ts"

const POD = {
  kind: "Pod",
  metadata: { name: "web", labels: { app: "web" }, managedFields: [{ manager: "kubectl" }] },
  spec: { containers: [{ name: "c", image: "nginx:1", ports: [{ containerPort: 80 }] }], nodeName: "a" },
}

test("a new object is all its lines, without managed fields", () => {
  expect(diffLines(undefined, POD)).toEqual([
    "+kind: Pod",
    "+metadata:",
    "+  name: web",
    "+  labels:",
    "+    app: web",
    "+spec:",
    "+  containers:",
    "+  - name: c",
    "+    image: nginx:1",
    "+    ports:",
    "+    - containerPort: 80",
    "+  nodeName: a",
  ])
})

test("a change shows what changed below what it is in", () => {
  const after = {
    ...POD,
    metadata: { ...POD.metadata, labels: { app: "web", tier: "front" } },
    spec: {
      containers: [
        { ...POD.spec.containers[0], image: "nginx:2" },
        { name: "side", image: "busybox" },
      ],
    },
  }
  expect(diffLines(POD, after)).toEqual([
    " metadata:",
    "   labels:",
    "+    tier: front",
    " spec:",
    "   containers:",
    "   - name: c",
    "-    image: nginx:1",
    "+    image: nginx:2",
    "+  - name: side",
    "+    image: busybox",
    "-  nodeName: a",
  ])
  expect(diffLines(POD, { ...POD })).toEqual([])
})

test("what a Secret holds is masked, also in what kubectl apply keeps", () => {
  const secret = {
    kind: "Secret",
    metadata: { name: "s", annotations: { "kubectl.kubernetes.io/last-applied-configuration": '{"data":{"p":"aHVudGVyMg=="}}' } },
    data: { p: "aHVudGVyMg==" },
  }
  expect(yamlText(secret)).toBe(
    'kind: Secret\nmetadata:\n  name: s\n  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: "********"\ndata:\n  p: "********"\n',
  )
})

test("scalars that would be read as something else are quoted; long ones are cut", () => {
  expect(yamlText({ a: "true", b: "1.5", c: "", d: null, e: [], f: {}, g: "a: b", h: "x".repeat(400), i: 3 })).toBe(
    `a: "true"\nb: "1.5"\nc: ""\nd: null\ne: []\nf: {}\ng: "a: b"\nh: ${"x".repeat(300)}…\ni: 3\n`,
  )
})
