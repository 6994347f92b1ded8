/** Two editors of one text: what both changed apart is kept, what both changed alike is a conflict that loses nothing. */
import fc from "fast-check"
import { expect, test } from "vitest"
import { mergeTexts } from "./merge-texts.ts"

const lines = (...all: string[]) => all.join("\n")

test.each<[string, string, string, string, string, number]>([
  [
    "changes of different lines",
    lines("a", "b", "c", "d", "e"),
    lines("A", "b", "c", "d", "e"),
    lines("a", "b", "c", "d", "E"),
    lines("A", "b", "c", "d", "E"),
    0,
  ],
  ["the same change twice", lines("a", "b"), lines("a", "B"), lines("a", "B"), lines("a", "B"), 0],
  ["added here, taken away there", lines("a", "b", "c"), lines("a", "x", "b", "c"), lines("a", "b"), lines("a", "x", "b"), 0],
  ["both added at different ends", lines("m"), lines("a", "m"), lines("m", "z"), lines("a", "m", "z"), 0],
  [
    "the same line in two ways",
    lines("a", "b", "c"),
    lines("a", "x", "c"),
    lines("a", "y", "c"),
    lines("a", "<<<<<<< mine", "x", "=======", "y", ">>>>>>> theirs", "c"),
    1,
  ],
])("%s", (_, base, mine, theirs, text, conflicts) => {
  expect(mergeTexts(base, mine, theirs)).toEqual({ text, conflicts })
})

test("one side's changes alone are taken as they are, and without conflicts nobody's lines are lost", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 }).map((all) => all.join("\n"))
  fc.assert(
    fc.property(text, text, text, (base, mine, theirs) => {
      expect(mergeTexts(base, mine, base)).toEqual({ text: mine, conflicts: 0 })
      expect(mergeTexts(base, base, theirs)).toEqual({ text: theirs, conflicts: 0 })
      const added = `${base}\nmine alone`
      const first = `theirs alone\n${base}`
      const merged = mergeTexts(base, added, first)
      if (base !== "") expect(merged).toEqual({ text: `theirs alone\n${base}\nmine alone`, conflicts: 0 })
      const { text: joined, conflicts } = mergeTexts(base, mine, theirs)
      if (conflicts === 0) expect(mergeTexts(base, theirs, mine).text).toBe(joined)
    }),
    { numRuns: 300 },
  )
})
