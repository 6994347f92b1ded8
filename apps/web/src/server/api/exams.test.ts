/** Exams, the review queue and certificates through the API, on a real database: whose they are, and what is never told. */
import { TRPCError } from "@trpc/server"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Person } from "@drydock/db"
import { type TestDatabase, withDatabase } from "@drydock/db/testing"
import { classExamResults } from "../exam-results.ts"
import { createCaller } from "./router.ts"
import { lesson as first, memory } from "./testing.ts"

let database: TestDatabase
const people: Record<string, Person> = {}
const SPEC = {
  ...{ title: "E", minutes: 30, pass: 50, attempts: 2 },
  parts: [{ lesson: "kubernetes/01-first" }, { lesson: "kubernetes/02-second", tasks: ["do"], weight: 3, texts: { do: "Do *it*." } }],
}
const as = (who: string) =>
  createCaller({ viewer: people[who], repositories: database.repositories, now: Date.now, token: () => Math.random().toString(36) })
const outcome = (call: Promise<unknown>) =>
  call.then(
    () => "ok",
    (reason) => (reason instanceof TRPCError ? reason.code : String(reason)),
  )

let exam: string
let classId: string

beforeAll(async () => {
  database = await withDatabase()
  const course = await memory().content.course("kubernetes")
  if (!course) throw new Error("no course")
  await database.repositories.content.publish([{ course, lessons: [first, { ...first, lesson: "02-second", title: "Second" }] }])
  for (const id of ["owner", "stranger"]) people[id] = await database.addPerson(id, { role: "instructor" })
  for (const id of ["ann", "bob", "assistant"]) people[id] = await database.addPerson(id)
  people.gus = await database.addPerson("gus", { isAnonymous: true })
  people.admin = await database.addPerson("admin", { role: "admin" })
  classId = (await as("owner").classes.create({ name: "C", course: "kubernetes" })).id
  const { joinCode: code = "" } = await as("owner").classes.get({ id: classId })
  for (const who of ["ann", "assistant"]) await as(who).classes.join({ code })
  await as("owner").classes.setTeacher({ id: classId, person: "assistant", teacher: true })
  exam = (await as("owner").examDesk.save({ spec: SPEC, classId })).id
})
afterAll(() => database.close())

/** As the lab server would. */
const achieve = async (attempt: string, lesson: string, task: string) => {
  const { exams, sessions } = database.repositories
  const { userId } = (await exams.attempt(attempt)) ?? { userId: "" }
  const { session } = await as(userId).exams.open({ attempt, lesson })
  const lease = await sessions.claim(session, "lab", 60_000)
  if (lease) await exams.record(lease, [{ task, state: "done", credit: 1 }])
}

describe("an exam", () => {
  test("is made of what there is, by instructors, for classes they teach", async () => {
    const save = (who: string, more: object) => outcome(as(who).examDesk.save({ spec: SPEC, ...more }))
    const parts = [{ lesson: "kubernetes/99-none" }]
    expect({
      learner: await save("ann", {}),
      unknown: await save("owner", { spec: { ...SPEC, parts } }),
      window: await save("owner", { opensAt: 2, closesAt: 1 }),
      "somebody's class": await save("stranger", { classId }),
      "somebody's exam": await save("stranger", { id: exam }),
      own: await save("owner", { id: exam, classId }),
      retired: await outcome(as("stranger").examDesk.retire({ id: exam })),
    }).toEqual({
      ...{ learner: "FORBIDDEN", unknown: "BAD_REQUEST", window: "BAD_REQUEST", own: "ok" },
      ...{ "somebody's class": "NOT_FOUND", "somebody's exam": "NOT_FOUND", retired: "NOT_FOUND" },
    })
  })

  test("tells its tasks' texts and questions to whom it is for, and nothing of checks, answers or help", async () => {
    expect(await outcome(as("bob").exams.begin({ exam }))).toBe("FORBIDDEN")
    const before = await as("ann").exams.get({ exam })
    expect(before).toMatchObject({ title: "E", minutes: 30, tasks: 3, worlds: 2, member: true, sat: [], running: undefined })
    const { attempt } = await as("ann").exams.begin({ exam })
    const sitting = await as("ann").exams.sitting({ attempt })
    expect(JSON.stringify([before, sitting]).replace("- SECRET-TITLE", "")).not.toContain("SECRET")
    expect(sitting.parts[1]).toEqual({
      lesson: "kubernetes/02-second",
      tasks: [{ id: "do", title: "Do it", points: 7, text: "Do *it*.", quizzes: [] }],
    })
    expect(sitting.endsAt - sitting.now).toSatisfy((left: number) => left > 1_790_000 && left <= 1_800_000)
    const { session } = await as("ann").exams.open({ attempt, lesson: "kubernetes/01-first" })
    const table: Record<string, string> = {}
    for (const who of ["bob", "owner"])
      for (const [what, call] of Object.entries({
        sitting: () => as(who).exams.sitting({ attempt }),
        clock: () => as(who).exams.clock({ attempt }),
        open: () => as(who).exams.open({ attempt, lesson: "kubernetes/01-first" }),
        submit: () => as(who).exams.submit({ attempt }),
        ticket: () => as(who).lab.ticket({ session }),
      }))
        table[`${who} ${what}`] = await outcome(call())
    expect(new Set(Object.values(table))).toEqual(new Set(["NOT_FOUND"]))
    expect({
      "another lesson": await outcome(as("ann").exams.open({ attempt, lesson: "kubernetes/99-none" })),
      "a result before the end": await outcome(as("ann").exams.result({ attempt })),
      "another world": await outcome(as("ann").lab.restart({ session })),
      review: await outcome(as("owner").examDesk.review({ attempt, points: {}, note: "" })),
    }).toEqual({
      ...{ "another lesson": "NOT_FOUND", "a result before the end": "PRECONDITION_FAILED" },
      ...{ "another world": "FORBIDDEN", review: "PRECONDITION_FAILED" },
    })
  })

  test("gives a score at the end, and another after review; both are kept, and the class has them", async () => {
    const { attempt } = await as("ann").exams.begin({ exam })
    await achieve(attempt, "kubernetes/01-first", "look")
    await as("ann").exams.submit({ attempt })
    expect(await outcome(as("ann").exams.open({ attempt, lesson: "kubernetes/01-first" }))).toBe("PRECONDITION_FAILED")
    // A quarter of the weight, 5 of 12 points.
    expect(await as("ann").exams.result({ attempt })).toMatchObject({ score: { percent: 10.4, passed: false }, submitted: true })
    const points = { "kubernetes/02-second/do": 7 }
    expect({
      stranger: await outcome(as("stranger").examDesk.review({ attempt, points, note: "" })),
      candidate: await outcome(as("ann").examDesk.review({ attempt, points, note: "" })),
      "too many": await outcome(as("owner").examDesk.review({ attempt, points: { "kubernetes/02-second/do": 8 }, note: "" })),
      "no task": await outcome(as("owner").examDesk.review({ attempt, points: { "kubernetes/02-second/look": 1 }, note: "" })),
      assistant: await outcome(as("assistant").examDesk.review({ attempt, points, note: "Almost." })),
    }).toEqual({ stranger: "NOT_FOUND", candidate: "NOT_FOUND", "too many": "BAD_REQUEST", "no task": "BAD_REQUEST", assistant: "ok" })
    expect(await as("ann").exams.result({ attempt })).toMatchObject({
      ...{ score: { percent: 10.4, passed: false }, reviewed: { percent: 85.4, passed: true }, note: "Almost." },
    })
    expect(await classExamResults(database.repositories, classId)).toMatchObject([
      { exam, title: "E", userId: "ann", percent: 85.4, passed: true, reviewed: true },
    ])
    const { exams: columns, rows } = await as("owner").classes.gradebook({ id: classId })
    expect([columns, rows.map(({ name, exams }) => [name, exams])]).toEqual([[{ id: exam, title: "E" }], [["ann", [85.4]]]])
    const seen = async (who: string) => (await as(who).examDesk.attempts({ exam })).attempts.map(({ userName }) => userName)
    expect([await seen("owner"), await seen("assistant"), await seen("admin")]).toEqual([["ann"], ["ann"], ["ann"]])
    expect([await outcome(seen("stranger")), await outcome(seen("ann"))]).toEqual(["NOT_FOUND", "NOT_FOUND"])
  })

  test("of content/ is reviewed by those who teach the candidate", async () => {
    const { exams } = database.repositories
    await exams.publish([{ slug: "mock", draft: { title: "E", spec: SPEC, attempts: 5 } }])
    for (const who of ["ann", "bob"]) await as(who).exams.submit(await as(who).exams.begin({ exam: "mock" }))
    const seen = async (who: string) => (await as(who).examDesk.attempts({ exam: "mock" })).attempts.map(({ userName }) => userName)
    expect([await seen("owner"), await seen("stranger"), (await seen("admin")).toSorted()]).toEqual([["ann"], [], ["ann", "bob"]])
    expect((await as("bob").exams.mine()).map(({ name, sat }) => [name, sat.length])).toEqual([["mock", 1]])
  })
})

describe("the review queue", () => {
  const QUIZ = { course: "kubernetes", lesson: "01-first", task: "look", quiz: "why" }
  // One moment for all: what is due together is asked in the order of names.
  const due = (who: string) => database.query("UPDATE review_item SET due_at = now() - interval '1 s' WHERE user_id = $1", [who])

  test("asks what is due, checks the answer here, and spaces it", async () => {
    const { reviews } = database.repositories
    await reviews.weak("ann", QUIZ)
    await reviews.weak("ann", { ...QUIZ, task: "do", quiz: "" })
    await reviews.weak("ann", { ...QUIZ, task: "gone" })
    expect(await as("ann").review.queue()).toMatchObject({ due: [], later: 3 })
    expect(await outcome(as("ann").review.answer({ ...QUIZ, answer: "yes" }))).toBe("NOT_FOUND")
    await due("ann")
    const queue = await as("ann").review.queue()
    expect(JSON.stringify(queue)).not.toContain("SECRET")
    expect(queue.due.map(({ task, quiz }) => [task, quiz])).toEqual([
      ["do", undefined],
      ["look", { id: "why", question: "Why?", kind: "single", options: ["yes", "no"] }],
    ])
    expect(await outcome(as("bob").review.answer({ ...QUIZ, answer: "yes" }))).toBe("NOT_FOUND")
    expect(await as("ann").review.answer({ ...QUIZ, answer: "no" })).toMatchObject({ right: false, days: 1, because: undefined })
    await due("ann")
    const days: (number | undefined)[] = []
    for (let times = 0; times < 5; times++) {
      const { right, days: next } = await as("ann").review.answer({ ...QUIZ, answer: "yes" })
      days.push(right ? next : -1)
      await due("ann")
    }
    expect(days).toEqual([3, 7, 16, 35, undefined])
    expect(await outcome(as("ann").review.answer({ ...QUIZ, answer: "yes" }))).toBe("NOT_FOUND")
  })

  test("opens a task that is due in a lab of its own", async () => {
    const place = { course: "kubernetes", lesson: "01-first" }
    expect(await as("ann").review.task({ ...place, task: "do" })).toMatchObject({ task: { id: "do" }, due: true })
    expect(await outcome(as("bob").review.task({ ...place, task: "do" }))).toBe("NOT_FOUND")
    const [lesson, drill] = [await as("ann").lab.open(place), await as("ann").lab.open({ ...place, drill: "do" })]
    expect(drill.session).not.toBe(lesson.session)
    expect(await outcome(as("ann").lab.open({ ...place, drill: "none" }))).toBe("NOT_FOUND")
  })
})

test("a certificate: for every task of a course, with a name, looked up by anybody", async () => {
  const course = "kubernetes"
  const finish = async (who: string, tasks: string[]) => {
    for (const lesson of ["01-first", "02-second"])
      for (const task of tasks) await database.repositories.progress.complete(who, { course, lesson, task, points: 4 })
  }
  await finish("ann", ["look"])
  expect(await outcome(as("ann").certificates.claim({ course }))).toBe("PRECONDITION_FAILED")
  await finish("ann", ["do"])
  await finish("gus", ["look", "do"])
  expect(await outcome(as("gus").certificates.claim({ course }))).toBe("FORBIDDEN")
  const { id } = await as("ann").certificates.claim({ course })
  expect(await as("ann").certificates.claim({ course })).toEqual({ id })
  expect(await as("visitor").certificates.get({ id })).toMatchObject({ name: "ann", title: "Kubernetes", points: 16, total: 24 })
  expect(await as("ann").certificates.mine()).toMatchObject([{ course, certificate: id, tasks: 4, finished: 4 }])
})

test("API keys: shown once, one's own", async () => {
  const { id, key } = await as("owner").keys.create({ name: "marking", days: 30 })
  expect(key).toMatch(/^ddk_/)
  const listed = await as("owner").keys.list()
  expect(listed).toMatchObject([{ id, name: "marking" }])
  expect(JSON.stringify(listed)).not.toContain(key)
  expect(await outcome(as("stranger").keys.revoke({ id }))).toBe("NOT_FOUND")
  await as("owner").keys.revoke({ id })
  expect(await as("owner").keys.list()).toEqual([])
})
