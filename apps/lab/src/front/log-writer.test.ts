/** What is acknowledged is kept, in order, whatever the database does meanwhile. */
import { LeaseLost, type LoggedLabInput } from "@drydock/db"
import fc from "fast-check"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { LogEntry, Origin } from "../link.ts"
import { LogWriter } from "./log-writer.ts"
import { fromStored, toStored } from "./stored-entry.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const entry = (n: number, data = "x"): LogEntry => ({
  n,
  at: 1_000 + n,
  input: { kind: "keys", terminal: "t", data },
  from: { client: "page", seq: n },
})

const writerOver = (append: (inputs: readonly LoggedLabInput[], reachedAt: number) => Promise<void>) => {
  const acks: Origin[] = []
  const warnings: string[] = []
  const state = { lost: 0 }
  const writer = new LogWriter({
    sessions: { append: (_lease, inputs, reachedAt) => append(inputs, reachedAt) },
    lease: { session: "s", owner: "o", epoch: 1 },
    kept: (kept) => acks.push(...kept),
    lost: () => {
      state.lost++
    },
    warn: (text) => warnings.push(text),
  })
  return { writer, acks, warnings, state }
}

test("entries go together, and are acknowledged only when they are kept", async () => {
  const kept: number[][] = []
  let release: () => void = () => {}
  const { writer, acks } = writerOver(async (inputs) => {
    await new Promise<void>((resolve) => {
      release = resolve
    })
    kept.push(inputs.map(({ seq }) => seq))
  })
  for (const n of [1, 2, 3]) writer.push([entry(n)], 1_000 + n, [{ client: "page", seq: n }])
  await vi.advanceTimersByTimeAsync(100)
  writer.push([entry(4)], 1_004, [{ client: "page", seq: 4 }])
  expect(acks).toEqual([])
  release()
  await vi.advanceTimersByTimeAsync(100)
  expect(kept).toEqual([[1, 2, 3]])
  expect(acks.map(({ seq }) => seq)).toEqual([1, 2, 3])
  release()
  await vi.advanceTimersByTimeAsync(100)
  expect(acks.map(({ seq }) => seq)).toEqual([1, 2, 3, 4])
})

test("a database that is away is asked again; order and acknowledgements stay", async () => {
  const kept: number[] = []
  let away = true
  const { writer, acks, warnings } = writerOver(async (inputs) => {
    if (away) throw new Error("connection refused")
    kept.push(...inputs.map(({ seq }) => seq))
  })
  writer.push([entry(1)], 1_001, [{ client: "page", seq: 1 }])
  await vi.advanceTimersByTimeAsync(2_000)
  writer.push([entry(2)], 1_002, [{ client: "page", seq: 2 }])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(acks).toEqual([])
  expect(warnings).toEqual(["the log of session s cannot be written: connection refused"])
  away = false
  await vi.advanceTimersByTimeAsync(2_000)
  expect(kept).toEqual([1, 2])
  expect(acks.map(({ seq }) => seq)).toEqual([1, 2])
})

test("a lease that was taken ends it: nothing more is written", async () => {
  let calls = 0
  const { writer, acks, state } = writerOver(async () => {
    calls++
    throw new LeaseLost("taken")
  })
  writer.push([entry(1)], 1_001, [{ client: "page", seq: 1 }])
  await vi.advanceTimersByTimeAsync(100)
  writer.push([entry(2)], 1_002, [])
  await vi.advanceTimersByTimeAsync(10_000)
  await writer.flush()
  expect({ calls, lost: state.lost, acks }).toEqual({ calls: 1, lost: 1, acks: [] })
})

test("how far the world came is written without entries too", async () => {
  const reached: number[] = []
  const { writer } = writerOver(async (inputs, at) => void reached.push(inputs.length, at))
  writer.reached(5_000)
  await writer.flush()
  writer.reached(4_000)
  await writer.flush()
  expect(reached).toEqual([0, 5_000])
})

test("any text that can be typed is stored as JSON that the database takes, and comes back", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.constantFrom("", "\0", "\ud800", "\udc00", "\\u0000", "😀"), (text, special) => {
      const given = entry(1, text + special + text)
      const stored = toStored(given)
      const json = JSON.stringify(stored.input)
      expect(json.replaceAll("\\\\", "")).not.toMatch(/\\u0000|\\ud[89a-f]/)
      expect(fromStored({ ...stored, input: JSON.parse(json) })).toEqual(given)
    }),
  )
})
