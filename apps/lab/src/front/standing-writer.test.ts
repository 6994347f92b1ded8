/** When a learner is said to have stood still, and how often that is written. */
import type { Standing } from "@drydock/db"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { StandingWriter } from "./standing-writer.ts"

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date", "performance"] }))
afterEach(() => void vi.useRealTimers())

const work = (passed: number, task = "a") => ({ task, check: "it runs", passed, opened: 0 })
const writer = (before?: Standing) => {
  const written: Standing[] = []
  const standing = new StandingWriter({
    sessions: { stand: async (_lease, given) => void written.push(given) },
    lease: { session: "s", owner: "lab", epoch: 1 },
    before,
    warn: (text) => {
      throw new Error(text)
    },
  })
  return { standing, written }
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

test("many changes are few writes, the last one among them", async () => {
  const { standing, written } = writer()
  standing.here(true)
  for (let passed = 0; passed < 50; passed++) {
    standing.work(work(passed))
    await pass(100)
  }
  await pass(5_000)
  expect(written.length).toBeLessThanOrEqual(4)
  expect(written.at(-1)).toMatchObject({ passed: 49, here: true, since: expect.any(Number) })
})

test("only a check that holds, or another task, is a step", async () => {
  const { standing, written } = writer()
  standing.here(true)
  standing.work(work(1))
  await pass(60_000)
  standing.work({ ...work(1), seen: "now: 2 of 3" })
  await pass(3_000)
  expect(written.at(-1)).toMatchObject({ seen: "now: 2 of 3", since: 60_000 })
  standing.work(work(2))
  await pass(3_000)
  expect(written.at(-1)).toMatchObject({ passed: 2, since: 0 })
})

test("time away does not count, a page that is loaded again is not away, and another server goes on counting", async () => {
  const { standing, written } = writer()
  standing.here(true)
  standing.work(work(1))
  await pass(10_000)
  standing.here(false)
  await pass(5_000)
  standing.here(true)
  await pass(5_000)
  expect(written.at(-1)?.since).toBe(15_000)
  standing.here(false)
  await pass(3_600_000)
  standing.here(true)
  await pass(10)
  expect(written.at(-1)?.since).toBe(20_000)
  await standing.close()
  expect(written.at(-1)).toMatchObject({ here: false })
  const now = Date.now()
  const next = writer({ ...work(1), here: true, since: now - 30_000, typed: now - 2_000 })
  next.standing.here(true)
  next.standing.work(work(1))
  await pass(10)
  expect(next.written).toEqual([{ ...work(1), here: true, since: 30_000, typed: 2_000 }])
})
