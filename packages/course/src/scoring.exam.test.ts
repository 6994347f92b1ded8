/** Points with help paid for, parts of points, and exams over several lessons. */
import { expect, test } from "vitest"
import { checkExam, ExamSpec, examClock, examResult, examTask, scoreExam } from "./exam.ts"
import { TaskSpec } from "./lesson.ts"
import { parseExam } from "./parse-exam.ts"
import { scoreLesson, scoreTask } from "./scoring.ts"

const task = (more: object = {}) =>
  TaskSpec.parse({
    ...{ id: "a", title: "A", points: 6, solution: "ls", solutionCost: 4 },
    checks: [{ kind: "cel", title: "T", expression: "true" }],
    hints: ["free", { text: "dear", cost: 2 }],
    ...more,
  })

test.each<[string, object, object, { task: string; hint: number }[], number]>([
  ["done", {}, { state: "done" }, [], 6],
  ["done, a free hint", {}, { state: "done" }, [{ task: "a", hint: 0 }], 6],
  [
    "done, a dear hint, opened twice",
    {},
    { state: "done" },
    [
      { task: "a", hint: 1 },
      { task: "a", hint: 1 },
    ],
    4,
  ],
  [
    "done, all help: never below nothing",
    {},
    { state: "done" },
    [
      { task: "a", hint: 1 },
      { task: "a", hint: -1 },
    ],
    0,
  ],
  ["another task's help", {}, { state: "done" }, [{ task: "b", hint: 1 }], 6],
  ["half, all or nothing", {}, { state: "open", credit: 0.5 }, [], 0],
  ["half, in parts", { partial: true }, { state: "open", credit: 0.5 }, [], 3],
  ["three thirds are a whole", { partial: true }, { state: "open", credit: 1 / 3 + 1 / 3 + 1 / 3 - 1e-12 }, [], 6],
  ["less than a point", { partial: true }, { state: "open", credit: 0.16 }, [], 0],
  ["locked", { partial: true }, { state: "locked", credit: 1 }, [], 0],
])("%s", (_, more, outcome, help, earned) => {
  expect(scoreTask(task(more), { id: "a", state: "open", ...outcome }, help).earned).toBe(earned)
})

test("an exam: weights, chosen tasks, a lesson nobody opened, the clock of the server", () => {
  const exam = ExamSpec.parse({
    title: "E",
    minutes: 90,
    pass: 60,
    parts: [
      { lesson: "k/one", weight: 3 },
      { lesson: "k/two", tasks: ["b"] },
    ],
  })
  const one = scoreLesson([task()], [{ id: "a", state: "done" }])
  const two = scoreLesson(
    [task(), task({ id: "b", points: 4 })],
    [
      { id: "a", state: "done" },
      { id: "b", state: "open" },
    ],
  )
  expect(
    scoreExam(
      exam,
      new Map([
        ["k/one", one],
        ["k/two", two],
      ]),
    ),
  ).toEqual({
    percent: 75,
    passed: true,
    parts: [
      { lesson: "k/one", weight: 3, earned: 6, total: 6 },
      { lesson: "k/two", weight: 1, earned: 0, total: 4 },
    ],
  })
  expect(scoreExam(exam, new Map()).percent).toBe(0)
  expect(examClock(exam, 1000, 1000 + 89 * 60_000)).toEqual({ endsAt: 5_401_000, left: 60_000, over: false })
  expect(examClock(exam, 1000, 5_401_000)).toMatchObject({ left: 0, over: true })
  expect(checkExam(exam, [{ slug: "k", lessons: [] }]).map(({ message }) => message)).toEqual([
    'there is no lesson "k/one"',
    'there is no lesson "k/two"',
  ])
})

test("an exam's file: what is wrong has its line", () => {
  const said = (text: string) => parseExam("exam.yaml", text, []).problems.map(({ line, message }) => `${line} ${message}`)
  expect(said("title: E\nminutes: 0\nparts:\n  - lesson: one\n    wieght: 2\n")).toEqual([
    '2 "minutes" must be at least 1',
    '4 "parts[0].lesson": write course/lesson',
    '5 unknown field "wieght"; did you mean "weight"?',
  ])
  expect(said("title: E\nminutes: 5\nparts:\n  - lesson: k/one\n")).toEqual(['4 there is no lesson "k/one"'])
})

test("a review changes points, never beyond a task's own, and both scores are kept", () => {
  const exam = ExamSpec.parse({ title: "E", minutes: 5, pass: 50, parts: [{ lesson: "k/one" }] })
  const labs = new Map([["k/one", { tasks: [task(), task({ id: "b", points: 4 })] }]])
  const outcomes = [{ lesson: "k/one", id: "b", state: "done" as const }]
  expect(examResult(exam, labs, outcomes).score).toMatchObject({ percent: 40, passed: false })
  const { score, reviewed, tasks } = examResult(exam, labs, outcomes, { points: { "k/one/a": 99, "k/one/b": 2 }, note: "", by: "", at: 0 })
  expect({ before: score.percent, after: reviewed }).toMatchObject({ before: 40, after: { percent: 80, passed: true } })
  expect(tasks.map(({ id, earned, reviewed: given }) => [id, earned, given])).toEqual([
    ["a", 0, 6],
    ["b", 4, 2],
  ])
})

test("a task's text: the exam's own, or what must be true", () => {
  const [part] = ExamSpec.parse({ title: "E", minutes: 5, parts: [{ lesson: "k/one", texts: { a: "Do *this*." } }] }).parts
  expect(examTask(part, task()).text).toBe("Do *this*.")
  expect(examTask({ ...part, texts: {} }, task()).text).toBe("- T")
})
