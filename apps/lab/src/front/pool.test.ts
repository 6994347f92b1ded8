/** The watch over workers. */
import { EventEmitter } from "node:events"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { FromWorker, ToWorker } from "../link.ts"
import { Pool, type Spawned } from "./pool.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A worker that answers pings until it is told to fall silent. */
const fakes = () => {
  const made: { silent: boolean; running: Int32Array; terminated: boolean; emitter: EventEmitter; got: ToWorker[] }[] = []
  const spawn = (): Spawned => {
    const emitter = new EventEmitter()
    const fake = { silent: false, running: new Int32Array(1), terminated: false, emitter, got: [] as ToWorker[] }
    made.push(fake)
    const say = (message: FromWorker) => queueMicrotask(() => emitter.emit("message", [message]))
    say({ type: "up" })
    return {
      port: {
        postMessage: (message) => {
          fake.got.push(message)
          if (message.type === "ping" && !fake.silent) say({ type: "pong", id: message.id })
        },
        on: (event, listener) => emitter.on(event, (message) => listener(message as never)),
      },
      running: fake.running,
      onExit: (listener) => void emitter.on("exit", listener),
      terminate: () => {
        fake.terminated = true
      },
    }
  }
  return { made, spawn }
}

const poolOf = (spawn: () => Spawned, perWorker = 2) => {
  const deaths: { sessions: readonly string[]; culprit: number }[] = []
  const warnings: string[] = []
  const pool = new Pool({
    spawn,
    size: 2,
    perWorker,
    onMessage: () => {},
    onDeath: (sessions, culprit) => deaths.push({ sessions, culprit }),
    warn: (text) => warnings.push(text),
  })
  return { pool, deaths, warnings }
}

test("sessions go where fewest are, until all are full", () => {
  const { pool } = poolOf(fakes().spawn)
  expect(["a", "b", "c", "d", "e"].map((session) => pool.place(session)?.id)).toEqual([1, 2, 1, 2, undefined])
  pool.close()
})

test("a worker silent for more than five seconds is ended and replaced; whose turn it was is told", async () => {
  const { made, spawn } = fakes()
  const { pool, deaths, warnings } = poolOf(spawn)
  for (const session of ["a", "b", "c"]) pool.place(session)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(deaths).toEqual([])
  made[0].silent = true
  Atomics.store(made[0].running, 0, 7)
  await vi.advanceTimersByTimeAsync(4_000)
  expect(deaths).toEqual([])
  await vi.advanceTimersByTimeAsync(4_000)
  expect(deaths).toEqual([{ sessions: ["a", "c"], culprit: 7 }])
  expect(warnings).toEqual(["worker 1 stopped answering; it is replaced and its 2 labs are replayed"])
  expect(made.map(({ terminated }) => terminated)).toEqual([true, false, false])
  expect(pool.size).toBe(2)
  expect(pool.place("a")?.id).toBe(3)
  pool.close()
})

test("a worker that exits is replaced at once, and only once", async () => {
  const { made, spawn } = fakes()
  const { pool, deaths } = poolOf(spawn)
  pool.place("a")
  made[0].emitter.emit("exit")
  made[0].emitter.emit("exit")
  expect(deaths).toEqual([{ sessions: ["a"], culprit: 0 }])
  expect(made).toHaveLength(3)
  pool.close()
  made[1].emitter.emit("exit")
  expect(made).toHaveLength(3)
})
