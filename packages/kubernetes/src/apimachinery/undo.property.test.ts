/** The way back: whatever two JSON values are, it leads from one to the other, members in order, whatever they are named. */
import fc from "fast-check"
import { expect, test } from "vitest"
import { undone, undoText } from "./undo.ts"

const json = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, fc.constantFrom<unknown>(null, true, 0, 1, "", "a", "b"), tie("list"), tie("object")),
  list: fc.array(tie("value"), { maxLength: 3 }),
  object: fc
    .uniqueArray(fc.tuple(fc.constantFrom("a", "b", "c", "0", "", "__proto__", "constructor"), tie("value")), {
      maxLength: 4,
      selector: ([name]) => name,
    })
    .map((members) => Object.fromEntries(members)),
})).value

test("leads from any value to any other", () => {
  fc.assert(
    fc.property(json, json, (from, to) => {
      const text = undoText(from, to)
      expect(JSON.stringify(undone(from, text))).toBe(JSON.stringify(to))
    }),
    { numRuns: 2_000, seed: 3 },
  )
})

test("says only what differs", () => {
  const from = { metadata: { name: "node01", labels: { a: "1" } }, spec: { renewTime: "12:00:10", holder: "node01" } }
  expect(undoText(from, { ...from, spec: { ...from.spec, renewTime: "12:00:00" } })).toBe('{"spec":{"renewTime":["12:00:00"]}}')
  expect(undoText(from, structuredClone(from))).toBe("")
  // The store knows which revision wrote which version.
  const at = (resourceVersion: string, name: string) => ({ metadata: { name, resourceVersion } })
  expect(undoText(at("2", "a"), at("1", "a"))).toBe("")
  expect(undoText(at("2", "a"), at("1", "b"))).toBe('{"metadata":{"name":["b"]}}')
})
