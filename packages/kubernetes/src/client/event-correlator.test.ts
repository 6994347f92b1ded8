/** What is written of what is told: series, one event for many, and silence after too much. */
import { expect, test } from "vitest"
import { EventCorrelator, type Saying } from "./event-correlator.ts"

const saying = (message: string, more: Partial<Saying> = {}): Saying => ({
  type: "Warning",
  reason: "Failed",
  message,
  field: undefined,
  ...more,
})

/** Tells a correlator, and answers as a recorder would write: "name xcount message". */
const teller = () => {
  const correlator = new EventCorrelator()
  let made = 0
  return (one: Saying, seconds: number): string | undefined => {
    const at = Date.UTC(2026, 0, 5) + seconds * 1_000
    const turn = correlator.take("uid", one, at)
    if (!turn) return undefined
    const name = turn.event?.metadata.name ?? `e${++made}`
    const { type, reason, field } = one
    const involvedObject = { ...(field !== undefined && { fieldPath: field }) }
    const lastTimestamp = new Date(at).toISOString()
    correlator.wrote(turn, {
      metadata: { name },
      type,
      reason,
      involvedObject,
      message: turn.message,
      count: turn.count,
      lastTimestamp,
    } as never)
    return `${name} x${turn.count} ${turn.message}`
  }
}

test("the same about the same counts; another message, reason, type or field is another event", () => {
  const tell = teller()
  expect([
    tell(saying("a"), 0),
    tell(saying("a"), 1),
    tell(saying("b"), 2),
    tell(saying("a", { field: "spec.containers{c}" }), 3),
    tell(saying("a", { reason: "BackOff" }), 4),
    tell(saying("a", { type: "Normal" }), 5),
    tell(saying("a"), 6),
  ]).toEqual(["e1 x1 a", "e1 x2 a", "e2 x1 b", "e3 x1 a", "e4 x1 a", "e5 x1 a", "e1 x3 a"])
})

test("the tenth message of one reason shares an event with those after it, until there is quiet for ten minutes", () => {
  const tell = teller()
  for (let i = 1; i <= 9; i++) expect(tell(saying(`m${i}`), i)).toBe(`e${i} x1 m${i}`)
  expect(tell(saying("m10"), 10)).toBe("e10 x1 (combined from similar events): m10")
  expect(tell(saying("m11"), 11)).toBe("e10 x2 (combined from similar events): m11")
  expect(tell(saying("m1"), 12)).toBe("e1 x2 m1")
  expect(tell(saying("other", { reason: "Killing" }), 13)).toBe("e11 x1 other")
  expect(tell(saying("m12"), 700)).toBe("e12 x1 m12")
})

test("after twenty-five at once one is written every five minutes, with all that were counted", () => {
  const tell = teller()
  for (let i = 1; i <= 25; i++) expect(tell(saying("a"), i)).toBe(`e1 x${i} a`)
  expect([tell(saying("a"), 26), tell(saying("new"), 27), tell(saying("a"), 290)]).toEqual([undefined, undefined, undefined])
  expect(tell(saying("a"), 302)).toBe("e1 x28 a")
  expect(tell(saying("new"), 303)).toBe(undefined)
  expect(tell(saying("new"), 620)).toBe("e2 x3 new")
})
