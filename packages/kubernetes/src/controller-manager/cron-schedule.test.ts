import { expect, test } from "vitest"
import { parseSchedule } from "./cron-schedule.ts"

const at = (text: string) => Date.parse(text)
const due = (expression: string, after: string, count: number, zone?: string): string[] => {
  const schedule = parseSchedule(expression, zone)
  const found: string[] = []
  for (let time = schedule.next(at(after)); time !== undefined && found.length < count; time = schedule.next(time))
    found.push(new Date(time).toISOString().slice(0, 16))
  return found
}

test.each([
  ["*/5 * * * *", "2026-01-05T08:01:00Z", ["2026-01-05T08:05", "2026-01-05T08:10"]],
  ["0 0 1 jan *", "2026-01-05T08:01:00Z", ["2027-01-01T00:00", "2028-01-01T00:00"]],
  ["30 6-8/2 * * mon-fri", "2026-01-02T09:00:00Z", ["2026-01-05T06:30", "2026-01-05T08:30", "2026-01-06T06:30"]],
  // Day of month and day of week: either will do when both are given.
  ["0 12 13 * 5", "2026-01-05T00:00:00Z", ["2026-01-09T12:00", "2026-01-13T12:00", "2026-01-16T12:00"]],
  ["@hourly", "2026-01-05T08:00:00Z", ["2026-01-05T09:00"]],
  ["0 0 30 2 *", "2026-01-05T08:00:00Z", []],
])("%s is due when the library says so", (expression, after, times) => {
  expect(due(expression, after, times.length || 1)).toEqual(times)
})

test("a time zone's clock decides, and an hour that summer time skips is left out", () => {
  expect(due("0 9 * * *", "2026-01-05T00:00:00Z", 1, "Europe/Berlin")).toEqual(["2026-01-05T08:00"])
  expect(due("0 9 * * *", "2026-07-05T00:00:00Z", 1, "America/New_York")).toEqual(["2026-07-05T13:00"])
  expect(due("30 2 * * *", "2026-03-28T12:00:00Z", 1, "Europe/Berlin")).toEqual(["2026-03-30T00:30"])
  expect(due("@every 90s", "2026-01-05T08:00:00Z", 2)).toEqual(["2026-01-05T08:01", "2026-01-05T08:03"])
})

test.each([
  ["* * * *", "expected exactly 5 fields, found 4: [* * * *]"],
  ["61 * * * *", "end of range (61) above maximum (59): 61"],
  ["a * * * *", 'failed to parse int from a: strconv.Atoi: parsing "a": invalid syntax'],
  ["5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"],
  ["*/0 * * * *", "step of range should be a positive number: */0"],
  ["@often", "unrecognized descriptor: @often"],
])("%s is refused in the library's words", (expression, message) => {
  expect(() => parseSchedule(expression)).toThrow(message)
})
