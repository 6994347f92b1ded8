/** YAML as Kubernetes prints it can be read back, and is the same text in parts. */
import fc from "fast-check"
import { expect, test } from "vitest"
import { parse } from "yaml"
import { goYaml, goYamlParts } from "./go-yaml.ts"

const text = fc.oneof(
  fc.constantFrom(
    "",
    "a",
    "true",
    "No",
    "1",
    "1.5",
    "0x1f",
    "null",
    "~",
    "a: b",
    "- a",
    "#a",
    "a #b",
    "nginx:1.25",
    "2026-01-05T00:00:00Z",
  ),
  fc.constantFrom(
    "two\nlines",
    "ends\n",
    "ends twice\n\n",
    "\n",
    " leads",
    "trails ",
    "tab\tin",
    "é",
    "{a}",
    "[b]",
    "*x",
    "&y",
    "!z",
    "%",
    "@",
    "`",
  ),
  fc.string({ maxLength: 12 }),
)
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    fc.constantFrom<unknown>(null, true, false),
    fc.integer(),
    text,
    fc.array(tie("any"), { maxLength: 4 }),
    fc.dictionary(
      text.filter((key) => key !== "__proto__"),
      tie("any"),
      { maxKeys: 4 },
    ),
  ),
})).any

// What version 1.1 reads as something else than text has quotes; what 1.2 does is a part of that, but for numbers with an "o".
test("what is written reads as what it was", () => {
  fc.assert(
    fc.property(value, (one) => {
      expect(parse(goYaml(one), { version: "1.2", schema: "core" })).toEqual(one)
    }),
    { numRuns: 1_000, seed: 35 },
  )
})

test("a list's parts are the whole's text", () => {
  const head = fc.dictionary(
    fc.constantFrom("apiVersion", "kind", "metadata", "zone", "a b"),
    value.filter((one) => one !== undefined),
  )
  fc.assert(
    fc.property(head, fc.array(value, { maxLength: 4 }), (others, items) => {
      expect([...goYamlParts(others, "items", items)].join("")).toBe(goYaml({ ...others, items }))
    }),
    { numRuns: 300, seed: 35 },
  )
})

test("an object is laid out as sigs.k8s.io/yaml does it", () => {
  const object = {
    kind: "Pod",
    apiVersion: "v1",
    metadata: { name: "a", labels: {}, annotations: { "a.b/c": "yes", d: "x: y", e: "12:30:45", f: "it's" }, creationTimestamp: null },
    spec: {
      containers: [{ name: "c", command: ["sh", "-c", "echo one\necho two\n"], args: [], ports: [{ containerPort: 80 }] }],
      tolerations: [{}, [["a"], "b"]],
    },
  }
  expect(goYaml(object)).toBe(`apiVersion: v1
kind: Pod
metadata:
  annotations:
    a.b/c: "yes"
    d: 'x: y'
    e: "12:30:45"
    f: it's
  creationTimestamp: null
  labels: {}
  name: a
spec:
  containers:
  - args: []
    command:
    - sh
    - -c
    - |
      echo one
      echo two
    name: c
    ports:
    - containerPort: 80
  tolerations:
  - {}
  - - - a
    - b
`)
})
