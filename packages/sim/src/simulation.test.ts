import fc from "fast-check"
import { expect, test } from "vitest"
import { Digest, Simulation } from "./index.ts"

test("events run by time, equal times in the order they were scheduled", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (delays) => {
      const sim = new Simulation("s", 1000)
      const ran: [number, number][] = []
      for (const [index, delay] of delays.entries()) sim.schedule(delay, () => ran.push([sim.now(), index]))
      sim.run({ until: 1100 })
      expect(ran).toEqual(
        delays.map((delay, index) => [1000 + delay, index] as [number, number]).sort((a, b) => a[0] - b[0] || a[1] - b[1]),
      )
      expect(sim.now()).toBe(1100)
    }),
  )
})

test("a cancelled event never runs and does not keep the world busy", () => {
  const sim = new Simulation("s", 0)
  const timer = sim.schedule(5, () => expect.unreachable())
  sim.scheduleBackground(5, () => {})
  expect(sim.busy()).toBe(true)
  sim.cancel(timer)
  sim.cancel(timer)
  expect(sim.busy()).toBe(false)
  expect(sim.run({ until: 10 })).toEqual({ events: 1, reason: "until" })
})

test("a named stream depends on the seed and its name alone", () => {
  const draw = (seed: string, noise: boolean) => {
    const sim = new Simulation(seed, 0)
    if (noise) sim.random("other").number()
    return [sim.random("a").uuid(), sim.random("a").integer(1000)]
  }
  expect(draw("x", true)).toEqual(draw("x", false))
  expect(draw("x", true)).not.toEqual(draw("y", true))
  expect(draw("x", false)[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test("a digest tells texts, their order and their ends apart", () => {
  const of = (...texts: string[]) => texts.reduce((digest, text) => digest.add(text), new Digest()).toString()
  expect(of("a", "b")).not.toBe(of("ab"))
  expect(of("a", "b")).not.toBe(of("b", "a"))
  expect(of("a", "b")).toBe(of("a", "b"))
})
