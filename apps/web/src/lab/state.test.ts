/** What the page knows after each message. */
import type { MapItem, ServerMessage, TraceHop } from "@drydock/protocol"
import { expect, test } from "vitest"
import { freshTerminal, initialState, type LabState, receive, virtualNow } from "./state.ts"
import { welcome } from "./testing.ts"

const after = (...messages: Parameters<typeof receive>[1][]): LabState =>
  messages.reduce((state, message) => receive(state, message, 100), initialState)
const pod = (name: string, part: Partial<MapItem> = {}): MapItem => ({
  id: `Pod/default/${name}`,
  kind: "Pod",
  namespace: "default",
  name,
  level: "ready",
  status: "Running",
  line: {},
  ...part,
})
const hop = (id: number): TraceHop => ({ id, at: id, span: 1, parent: null, from: "kubectl", to: "kube-apiserver", verb: "request" })

test("every machine has a tab; tabs that the lab knows come first", () => {
  const state = after(welcome({ terminals: [{ terminal: "node01-3", machine: "node01", written: 9 }] }))
  expect(state.phase).toBe("ready")
  expect(state.terminals).toEqual([
    { id: "controlplane-1", machine: "controlplane", open: false },
    { id: "node01-3", machine: "node01", open: true },
  ])
  expect(freshTerminal(state.terminals, "node01")).toBe("node01-4")
})

test("a closed terminal goes, but a machine's last one is offered anew", () => {
  const two = after(
    welcome({
      terminals: [
        { terminal: "controlplane-1", machine: "controlplane", written: 0 },
        { terminal: "controlplane-2", machine: "controlplane", written: 0 },
      ],
    }),
    { type: "terminal-closed", terminal: "controlplane-1" },
  )
  expect(two.terminals.map((tab) => tab.id)).toEqual(["controlplane-2", "node01-1"])
  const one = receive(two, { type: "terminal-closed", terminal: "controlplane-2" }, 0)
  expect(one.terminals).toEqual([
    { id: "controlplane-3", machine: "controlplane", open: false },
    { id: "node01-1", machine: "node01", open: false },
  ])
})

test("the map is replaced when full, else changed", () => {
  const state = after(
    { type: "map", full: true, items: [pod("a"), pod("b")] },
    { type: "map", full: false, items: [pod("a", { level: "failing", status: "Error" }), pod("b", { level: "gone" })] },
  )
  expect([...state.items.values()]).toEqual([pod("a", { level: "failing", status: "Error" })])
  expect(receive(state, { type: "map", full: true, items: [] }, 0).items.size).toBe(0)
})

test("hops are kept once and in order; an event that repeats takes its old line's place", () => {
  const event = { at: 1, type: "Warning", reason: "BackOff", object: "pod/a", message: "again", count: 1 }
  const state = after(
    { type: "trace", hops: [hop(1), hop(2)] },
    { type: "trace", hops: [hop(2), hop(3)] },
    { type: "events", events: [event, { ...event, reason: "Pulled", at: 2 }] },
    { type: "events", events: [{ ...event, at: 5, count: 4 }] },
  )
  expect(state.hops.map(({ id }) => id)).toEqual([1, 2, 3])
  expect(state.events.map(({ reason, count }) => [reason, count])).toEqual([
    ["Pulled", 1],
    ["BackOff", 4],
  ])
})

test("the clock goes on at its speed, and stands while paused", () => {
  const clock = { now: 1000, startedAt: 0, paused: false, speed: 10, nextAt: null, heardAt: 50 }
  expect(virtualNow(clock, 150)).toBe(2000)
  expect(virtualNow({ ...clock, paused: true }, 150)).toBe(1000)
})

test("who looks in learns of the learner's terminals and their size; everybody of who looks in; words come once", () => {
  const seen = (message: ServerMessage, state = initialState) => receive(state, message, 0)
  const opened = seen({ type: "terminal", terminal: "node01-1", machine: "node01", columns: 90, rows: 20 })
  expect(opened.terminals).toEqual([{ id: "node01-1", machine: "node01", open: true, size: { columns: 90, rows: 20 } }])
  const resized = seen({ type: "terminal", terminal: "node01-1", machine: "node01", columns: 80, rows: 20 }, opened)
  expect(resized.terminals).toEqual([{ id: "node01-1", machine: "node01", open: true, size: { columns: 80, rows: 20 } }])
  const by = [{ id: "7", name: "Ina", typing: false, asking: true }]
  expect(seen({ type: "watched", by }).watched).toEqual({ by })
  expect(seen({ type: "watched", by, you: "7" }).watched).toEqual({ by, you: "7" })
  const word = { type: "message", id: 3, from: "Ina", text: "Hello.", at: 1 } as const
  expect(seen(word, seen(word)).words).toEqual([{ id: 3, from: "Ina", text: "Hello." }])
})
