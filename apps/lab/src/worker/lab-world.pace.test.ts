/** A live world and the wall clock: it follows, stands when nobody looks, and sleeps when it has nothing to do. */
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { FromWorker } from "../link.ts"
import { ClientMessages } from "./client-messages.ts"
import { LabWorld } from "./lab-world.ts"
import { Viewer } from "./viewer.ts"

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }))
afterEach(() => void vi.useRealTimers())

const sender = { socket: 1, client: "page" }

const make = () => {
  const said: FromWorker[] = []
  const post = (message: FromWorker) => said.push(message)
  const lab = new LabWorld(
    {
      handle: 1,
      spec: { session: "s", engine: "1", seed: "pace", startedAt: Date.UTC(2026, 0, 5, 8), topology: "kubeadm-1node", opened: [], api: "" },
      log: [],
      reachedAt: 0,
    },
    post,
  )
  while (!lab.body) lab.turn(5)
  const attach = () => lab.attach(new Viewer({ ...sender, session: "s", received: {}, trace: 0, post }))
  const now = () => lab.body?.world.sim.now() ?? 0
  /** Wall time passes, in turns as the host takes them. */
  const pass = (ms: number) => {
    for (let left = ms; left > 0; left -= 100) {
      vi.advanceTimersByTime(Math.min(100, left))
      lab.turn(5)
    }
  }
  return { lab, said, attach, now, pass, messages: new ClientMessages(lab, post) }
}

test("virtual time follows the wall while somebody looks, and for two minutes after", () => {
  const { lab, said, attach, now, pass } = make()
  const begun = now()
  pass(10_000)
  expect(now()).toBe(begun)
  attach()
  pass(10_000)
  expect(now()).toBe(begun + 10_000)
  lab.detach(1)
  pass(300_000)
  const stood = now() - begun
  expect(stood).toBeGreaterThanOrEqual(130_000)
  expect(stood).toBeLessThan(131_000)
  expect(said.findLast(({ type }) => type === "reached")).toEqual({ type: "reached", session: "s", at: Math.ceil(now()) })
  expect(lab.wakeAt).toBeUndefined()
  attach()
  pass(5_000)
  expect(now() - begun - stood).toBe(5_000)
})

test("pause, speed and forward move the clock as they say", () => {
  const { lab, attach, now, pass, messages } = make()
  attach()
  const begun = now()
  messages.handle(sender, { type: "clock", seq: 1, action: "pause" })
  lab.turn(5)
  pass(1_000)
  expect(now()).toBe(begun)
  expect(lab.clockState()).toMatchObject({ paused: true, speed: 1 })
  messages.handle(sender, { type: "clock", seq: 2, action: "forward", by: 3_600_000 })
  while (lab.wakeAt === 0) lab.turn(5)
  expect(now()).toBe(begun + 3_600_000)
  messages.handle(sender, { type: "clock", seq: 3, action: "resume", speed: 10 })
  lab.turn(5)
  pass(1_000)
  expect(now()).toBe(begun + 3_610_000)
})

test("a paste that nobody reads waits without keeping the worker busy", () => {
  const { lab, attach, pass, messages } = make()
  attach()
  messages.handle(sender, { type: "open-terminal", seq: 1, terminal: "t", machine: "controlplane", columns: 80, rows: 24 })
  messages.handle(sender, { type: "keys", seq: 2, terminal: "t", data: "sleep 1000\r" })
  pass(1_000)
  for (let seq = 3; seq < 13; seq++) messages.handle(sender, { type: "keys", seq, terminal: "t", data: `${"x".repeat(999)}\r`.repeat(60) })
  let turns = 0
  while (lab.turn(5)) expect(++turns).toBeLessThan(50)
  expect(lab.inbox.size).toBeGreaterThan(0)
  messages.handle(sender, { type: "keys", seq: 13, terminal: "t", data: "\x03" })
  pass(1_000)
  expect(lab.inbox.size).toBe(0)
  expect(lab.inbox.acknowledged("page")).toBe(13)
})
