/** The short writer of YAML writes what can be read back, and what the general one writes. */
import fc from "fast-check"
import { expect, test } from "vitest"
import { parse, stringify } from "yaml"
import { yamlText } from "./yaml-text.ts"

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

test("what is written reads as what it was", () => {
  fc.assert(
    fc.property(value, (one) => {
      expect(parse(yamlText(one), { version: "1.2", schema: "core" })).toEqual(one)
    }),
    { numRuns: 1_000, seed: 35 },
  )
})

test("an object is laid out as the general writer does it", () => {
  const object = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "a", labels: {}, annotations: { "a.b/c": "yes", d: "x: y" }, creationTimestamp: null },
    spec: {
      containers: [{ name: "c", command: ["sh", "-c", "echo one\necho two\n"], args: [], ports: [{ containerPort: 80 }] }],
      tolerations: [{}, [["a"], "b"]],
    },
  }
  expect(yamlText(object)).toBe(stringify(object, { sortMapEntries: true, aliasDuplicateObjects: false, lineWidth: 0, indentSeq: false }))
})
