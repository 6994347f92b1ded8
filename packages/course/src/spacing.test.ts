/** Spaced repetition as a property: it grows while something is known, begins anew after a lapse, and ends. */
import fc from "fast-check"
import { expect, test } from "vitest"
import { FIRST, INTERVALS, nextSpacing, type Spacing } from "./spacing.ts"

test("known every time: 1, 3, 7, 16, 35 days, and then it is learned", () => {
  const days: number[] = []
  for (let at: Spacing | undefined = FIRST; at; at = nextSpacing(at, true)) days.push(at.interval)
  expect(days).toEqual([1, 3, 7, 16, 35])
})

test("whatever is answered, an interval is one of the five, grows by one step or begins anew, and lapses are counted", () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (answers) => {
      let at: Spacing = FIRST
      for (const [index, known] of answers.entries()) {
        const next = nextSpacing(at, known)
        if (!next) {
          expect(known && at.interval === INTERVALS.at(-1)).toBe(true)
          break
        }
        const step = [...INTERVALS].map(Number).indexOf(at.interval)
        expect(next.interval).toBe(known ? INTERVALS[step + 1] : 1)
        expect(next.lapses).toBe(answers.slice(0, index + 1).filter((one) => !one).length)
        at = next
      }
    }),
  )
})
