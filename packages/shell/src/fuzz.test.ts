/** A short run of packages/shell/fuzz: what is random but seeded makes no program crash, and the same seed gives the same answer. */
import { expect, test } from "vitest"
import { CRASH, tryKeys, tryScript } from "../fuzz/try.ts"

test.each([
  ["scripts", tryScript, 120],
  ["keys", tryKeys, 40],
] as const)("random %s", (_, attempt, count) => {
  for (let seed = 1; seed <= count; seed++) {
    const once = attempt(seed)
    expect({ seed, crashed: CRASH.exec(once)?.[0] }).toEqual({ seed, crashed: undefined })
    if (seed % 10 === 0) expect({ seed, again: attempt(seed) }).toEqual({ seed, again: once })
  }
})
