/** A unified diff leads from one text to the other. */
import fc from "fast-check"
import { expect, test } from "vitest"
import { unifiedDiff } from "./unified-diff.ts"

/** Applies hunks; context lines have no mark, so they are told from changes by their first character alone. */
const patched = (a: readonly string[], diff: string): string[] => {
  const result: string[] = []
  let at = 0
  for (const line of diff.split("\n").slice(0, -1)) {
    const hunk = /^@@ -(\d+)(?:,(\d+))? /.exec(line)
    if (hunk) {
      const start = hunk[2] === "0" ? Number(hunk[1]) : Number(hunk[1]) - 1
      while (at < start) result.push(a[at++])
    } else if (line.startsWith("+")) result.push(line.slice(1))
    else if (line.startsWith("-")) at++
    else result.push(a[at++])
  }
  return [...result, ...a.slice(at)]
}

test("applied to the first, it gives the second", () => {
  const text = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 40 })
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(patched(a, unifiedDiff(a, b))).toEqual(b)
    }),
    { numRuns: 500, seed: 7 },
  )
})
