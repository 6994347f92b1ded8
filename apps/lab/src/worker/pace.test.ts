/** Wall time to virtual time. */
import { expect, test } from "vitest"
import { Pace } from "./pace.ts"

const running = (speed = 1) => {
  const pace = new Pace()
  pace.anchor(1_000, 50_000)
  pace.suspended = false
  pace.speed = speed
  return pace
}

test("virtual time follows at its speed, in whole milliseconds", () => {
  expect(running().due(1_100.7)).toBe(50_100)
  expect(running(10).due(1_100)).toBe(51_000)
  expect(running(0.5).due(1_003)).toBe(50_001)
})

test("an event is due when all of its millisecond is", () => {
  expect(running().wallOf(50_100.2)).toBe(1_101)
  expect(running(10).wallOf(51_000)).toBe(1_100)
})

test("a clock that stands is due where it stopped, and wakes for nothing", () => {
  const pace = running()
  pace.anchor(2_000, 51_000.4)
  pace.paused = true
  expect(pace.due(9_000)).toBe(51_001)
  expect(pace.wallOf(52_000)).toBeUndefined()
})

test("a world that cannot keep up is not made to race", () => {
  const pace = running()
  pace.slip(1_300, 50_000)
  expect(pace.due(1_300)).toBe(50_300)
  pace.slip(3_000, 50_200)
  expect(pace.due(3_000)).toBe(50_200)
  expect(pace.due(3_010)).toBe(50_210)
})
