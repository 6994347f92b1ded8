/** Where a learner is said to be, from what their tasks show. */
import type { TaskState } from "@drydock/protocol"
import { expect, test } from "vitest"
import { StandingWatch } from "./standing-watch.ts"

const task = (id: string, state: TaskState["state"], checks: readonly (readonly [string, boolean, string?])[]): TaskState => ({
  ...{ id, title: id, points: 1, state, quizzes: [], hintsOpened: [], hintsTotal: 1 },
  checks: checks.map(([title, passed, seen]) => ({ id: title, title, passed, ...(seen !== undefined && { seen }) })),
})

test("the first open task's first check that does not hold; the same is not told twice", () => {
  const watch = new StandingWatch()
  const tasks = [
    task("a", "done", [["exists", true]]),
    task("b", "open", [
      ["one", true],
      ["two", false, "now: 0"],
    ]),
    task("c", "locked", []),
  ]
  expect(watch.look(tasks)).toEqual({ task: "b", check: "two", seen: "now: 0", passed: 2, opened: 0 })
  expect(watch.look(tasks)).toBeUndefined()
})

test("of several open tasks the one that moved last, until it is done", () => {
  const watch = new StandingWatch()
  const states = (a: boolean, b: readonly [boolean, boolean], done: TaskState["state"] = "open") => [
    task("a", a ? "done" : "open", [["x", a]]),
    task("b", done, [
      ["y", b[0]],
      ["z", b[1]],
    ]),
  ]
  expect(watch.look(states(false, [false, false]))).toMatchObject({ task: "a", check: "x", passed: 0 })
  expect(watch.look(states(false, [true, false]))).toEqual({ task: "b", check: "z", passed: 1, opened: 0 })
  expect(watch.look(states(false, [true, true], "done"))).toEqual({ task: "a", check: "x", passed: 2, opened: 0 })
  expect(watch.look(states(true, [true, true], "done"))).toEqual({ passed: 3, opened: 0 })
})

test("a question that is not answered holds a task up too, and a hint that is opened is told", () => {
  const watch = new StandingWatch()
  const asked = (hints: string[]): TaskState => ({
    ...task("q", "open", [["seen", true]]),
    hintsOpened: hints,
    quizzes: [{ id: "why", question: "Why?", kind: "single", options: ["a", "b"], answered: true, correct: false }],
  })
  expect(watch.look([asked([])])).toEqual({ task: "q", check: "Why?", passed: 1, opened: 0 })
  expect(watch.look([asked(["Think."])])).toEqual({ task: "q", check: "Why?", passed: 1, opened: 1 })
})
