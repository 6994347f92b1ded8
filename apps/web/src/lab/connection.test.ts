/** Nothing typed is lost or typed twice, whatever the line does. */
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { CHUNK_BYTES, chunksOf, LabEnded } from "./connection.ts"
import { CLOSE, connected, welcome } from "./testing.ts"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())
const settle = () => vi.advanceTimersByTimeAsync(0)

test("what was typed before the welcome follows it, in order", async () => {
  const { connection, last } = connected()
  connection.keys("t", "a")
  last().open()
  expect(last().sent).toEqual([{ type: "resume", received: {}, trace: 0, client: "page" }, { type: "subscribe" }])
  last().say(welcome({ acknowledged: 7 }))
  connection.keys("t", "b")
  await settle()
  expect(last().numbered).toEqual([
    { seq: 8, data: "a" },
    { seq: 9, data: "b" },
  ])
})

test("after a lost line exactly the unacknowledged is sent again, over a socket with a new ticket", async () => {
  const { connection, sockets, last, states } = connected()
  last().open()
  last().say(welcome())
  for (const key of "abcd") connection.keys("t", key)
  await settle()
  last().say({ type: "ack", seq: 2 })
  last().drop()
  connection.keys("t", "e")
  await vi.advanceTimersByTimeAsync(1000)
  expect(sockets.map((socket) => socket.ticket)).toEqual(["first", "ticket-1"])
  last().open()
  // The lab had taken "c" as well: only its acknowledgement was lost.
  last().say(welcome({ acknowledged: 3 }))
  await settle()
  expect(last().numbered).toEqual([
    { seq: 4, data: "d" },
    { seq: 5, data: "e" },
  ])
  expect(states).toEqual(["connecting", "open", "lost", "open"])
})

test("at most a window of messages is under way", async () => {
  const { connection, last } = connected({ window: 2 })
  last().open()
  last().say(welcome())
  for (const key of "abcde") connection.keys("t", key)
  await settle()
  expect(last().numbered.map(({ data }) => data)).toEqual(["a", "b"])
  last().say({ type: "ack", seq: 1 })
  expect(last().numbered.map(({ data }) => data)).toEqual(["a", "b", "c"])
  last().say({ type: "ack", seq: 3 })
  expect(last().numbered.map(({ data }) => data)).toEqual(["a", "b", "c", "d", "e"])
})

test("a long paste is cut between characters into messages of at most CHUNK_BYTES", () => {
  const text = `${"ü€𝄞".repeat(20_000)}end`
  const chunks = chunksOf(text)
  expect(chunks.join("")).toBe(text)
  expect(chunks.length).toBe(Math.ceil(new TextEncoder().encode(text).length / CHUNK_BYTES))
  expect(Math.max(...chunks.map((chunk) => new TextEncoder().encode(chunk).length))).toBeLessThanOrEqual(CHUNK_BYTES)
  expect(chunksOf("")).toEqual([])
})

test("a paste waits its turn: other terminals go ahead, its own keys stay behind it, ^C drops the rest", async () => {
  const { connection, last } = connected()
  last().open()
  last().say(welcome())
  await settle()
  connection.keys("t", "x".repeat(CHUNK_BYTES * 10))
  connection.keys("other", "o")
  connection.keys("t", "behind")
  expect(last().numbered.map(({ data }) => data?.length)).toEqual([CHUNK_BYTES, CHUNK_BYTES, CHUNK_BYTES, CHUNK_BYTES, 1])
  last().say({ type: "ack", seq: 5 })
  expect(last().numbered.length).toBe(9)
  connection.keys("t", "\x03")
  last().say({ type: "ack", seq: 10 })
  expect(last().numbered.slice(9)).toEqual([{ seq: 10, data: "\x03" }])
})

test("a whole paste arrives, each piece once", async () => {
  const { connection, last } = connected()
  last().open()
  last().say(welcome())
  const text = Array.from({ length: 30_000 }, (_, at) => `line ${at}\n`).join("")
  connection.keys("t", text)
  connection.keys("t", "end")
  await settle()
  for (let seq = 1; seq <= last().numbered.length; seq++) last().say({ type: "ack", seq })
  expect(
    last()
      .numbered.map(({ data }) => data)
      .join(""),
  ).toBe(`${text}end`)
})

test("each byte of output is shown once", async () => {
  const { last, outputs } = connected()
  last().open()
  last().say(welcome())
  last().say({ type: "output", terminal: "t", offset: 0, data: "grün" })
  last().say({ type: "output", terminal: "t", offset: 2, data: "ün!" })
  last().say({ type: "output", terminal: "t", offset: 0, data: "gr" })
  expect(outputs).toEqual([
    { terminal: "t", text: "grün", reset: false },
    { terminal: "t", text: "!", reset: false },
  ])
  last().drop()
  await vi.advanceTimersByTimeAsync(1000)
  last().open()
  expect(last().sent[0]).toMatchObject({ type: "resume", received: { t: 6 } })
})

test("a gap, and a world recovered from before, begin with a clear screen", async () => {
  const { last, outputs } = connected()
  last().open()
  last().say(welcome())
  last().say({ type: "output", terminal: "t", offset: 0, data: "0123456789" })
  last().say({ type: "output", terminal: "t", offset: 50, data: "later" })
  last().drop()
  await vi.advanceTimersByTimeAsync(1000)
  last().open()
  last().say(welcome({ terminals: [{ terminal: "t", machine: "controlplane", written: 4 }] }))
  last().say({ type: "output", terminal: "t", offset: 0, data: "0123" })
  last().say({ type: "output", terminal: "t", offset: 4, data: "x" })
  expect(outputs).toEqual([
    { terminal: "t", text: "0123456789", reset: false },
    { terminal: "t", text: "later", reset: true },
    { terminal: "t", text: "0123", reset: true },
    { terminal: "t", text: "x", reset: false },
  ])
})

test("a question is answered by its number, asked again after a lost line, and refused in the lab's words", async () => {
  const { connection, last } = connected()
  last().open()
  last().say(welcome())
  await settle()
  const read = connection.ask({ type: "read-file", machine: "controlplane", path: "/a" })
  const missing = expect(connection.ask({ type: "read-file", machine: "controlplane", path: "/b" })).rejects.toThrow(
    "there is no such file",
  )
  const ids = last().sent.flatMap((message) => ("id" in message ? [message.id] : []))
  last().say({ type: "error", id: ids[1], code: "not-found", message: "there is no such file" })
  await missing
  last().drop()
  await vi.advanceTimersByTimeAsync(1000)
  last().open()
  last().say(welcome())
  expect(last().sent.filter((message) => message.type === "read-file")).toEqual([
    { type: "read-file", machine: "controlplane", path: "/a", id: ids[0] },
  ])
  last().say({ type: "file", id: ids[0], machine: "controlplane", path: "/a", content: "text" })
  expect(await read).toMatchObject({ content: "text" })
})

test("a question without an answer fails after 20 s", async () => {
  const { connection, last } = connected()
  last().open()
  last().say(welcome())
  const late = expect(connection.ask({ type: "list-files", machine: "node01", path: "/" })).rejects.toThrow("did not answer in time")
  await vi.advanceTimersByTimeAsync(20_000)
  await late
})

test("a refused message is not sent again", async () => {
  const { connection, last } = connected()
  last().open()
  last().say(welcome())
  connection.send({ type: "hint", task: "none" })
  connection.keys("t", "a")
  await settle()
  last().say({ type: "error", id: 1, code: "not-found", message: "there is no such task" })
  last().drop()
  await vi.advanceTimersByTimeAsync(1000)
  last().open()
  last().say(welcome())
  await settle()
  expect(last().numbered).toEqual([{ seq: 2, data: "a" }])
})

test("a lab that has ended, or that another window took, is not asked for again", async () => {
  for (const code of [CLOSE.refused, CLOSE.replaced, CLOSE.failed]) {
    const { last, sockets, states } = connected()
    last().open()
    last().drop(code)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(states).toEqual(["connecting", "ended"])
    expect(sockets.length).toBe(1)
  }
  const gone = connected({ ticket: () => Promise.reject(new LabEnded("This lab has ended.")) })
  gone.last().open()
  gone.last().drop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(gone.states).toEqual(["connecting", "lost", "ended"])
})

test("frames that are no messages are passed over; silence counts as a lost line", async () => {
  const { last, states, sockets } = connected()
  last().open()
  last().say(welcome())
  last().onmessage?.({ data: "{" })
  last().onmessage?.({ data: JSON.stringify({ type: "of tomorrow" }) })
  last().onmessage?.({ data: new ArrayBuffer(2) })
  expect(states).toEqual(["connecting", "open"])
  await vi.advanceTimersByTimeAsync(50_000)
  expect(states.slice(0, 3)).toEqual(["connecting", "open", "lost"])
  expect(sockets.length).toBeGreaterThan(1)
})
