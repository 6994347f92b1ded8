/** What a lesson tells before and after it is done, and where one goes on. */
import { expect, test } from "vitest"
import { createCaller } from "./router.ts"
import { memory, person } from "./testing.ts"

const apiFor = (id: string | undefined, repositories = memory()) =>
  createCaller({ viewer: id === undefined ? undefined : person(id), repositories, now: () => 5000, token: () => "seed" })

const FIRST = { course: "kubernetes", lesson: "01-first" }

test("nothing of checks, answers, hints, solutions, set-up or faults is told", async () => {
  const got = await apiFor("ann").lesson.get(FIRST)
  expect(JSON.stringify(got)).not.toContain("SECRET")
  expect(got.tasks).toEqual([
    { id: "look", title: "Look around", points: 5, quizzes: [{ id: "why", question: "Why?", type: "single", options: ["yes", "no"] }] },
    { id: "do", title: "Do it", points: 7, quizzes: [] },
  ])
  expect(got).toMatchObject({ number: 1, done: [], debrief: undefined, next: { slug: "02-second" } })
})

test("the debrief is told when every task is done, to whoever did them", async () => {
  const kept = memory()
  for (const task of ["look", "do"]) kept.allDone.push({ userId: "ann", ...FIRST, task, points: 5, at: 1 })
  expect((await apiFor("ann", kept).lesson.get(FIRST)).debrief).toBe("SECRET-DEBRIEF")
  expect((await apiFor("bob", kept).lesson.get(FIRST)).debrief).toBeUndefined()
  expect((await apiFor(undefined, kept).lesson.get(FIRST)).debrief).toBeUndefined()
})

test("continue: the open task of the lab one is in, else the lesson after what was done last", async () => {
  const kept = memory()
  expect(await apiFor("ann", kept).catalogue.continue()).toBeUndefined()
  await apiFor("ann", kept).lab.open(FIRST)
  expect(await apiFor("ann", kept).catalogue.continue()).toEqual({ ...FIRST, title: "First", task: 1, taskTitle: "Look around" })
  kept.allDone.push({ userId: "ann", ...FIRST, task: "look", points: 5, at: 6000 })
  expect(await apiFor("ann", kept).catalogue.continue()).toEqual({ ...FIRST, title: "First", task: 2, taskTitle: "Do it" })
  kept.allDone.push({ userId: "ann", ...FIRST, task: "do", points: 7, at: 7000 })
  expect(await apiFor("ann", kept).catalogue.continue()).toMatchObject({ lesson: "02-second", task: 1 })
})

test("a course's points are those of its lessons, and nobody has more than there are", async () => {
  const kept = memory()
  kept.allDone.push({ userId: "ann", ...FIRST, task: "old", points: 99, at: 1 })
  const course = await apiFor("ann", kept).catalogue.course({ course: "kubernetes" })
  expect(course).toMatchObject({ points: 24, earned: 12, minutes: 40 })
})

test("starting over ends the lab and opens another; its ticket is for the owner alone", async () => {
  const kept = memory()
  const api = apiFor("ann", kept)
  const first = await api.lab.open(FIRST)
  const again = await api.lab.restart({ session: first.session })
  expect(kept.allSessions.get(first.session)?.state).toBe("ended")
  expect(kept.allSessions.get(again.session)).toMatchObject({
    userId: "ann",
    state: "active",
    lesson: { ...FIRST, version: "v1" },
    seed: "seed",
  })
  await expect(api.lab.ticket({ session: first.session })).rejects.toMatchObject({ code: "PRECONDITION_FAILED" })
  await expect(apiFor("bob", kept).lab.ticket({ session: again.session })).rejects.toMatchObject({ code: "NOT_FOUND" })
})

test("what is not there is not found; what is malformed is refused", async () => {
  const api = apiFor("ann")
  await expect(api.lesson.get({ course: "kubernetes", lesson: "99-none" })).rejects.toMatchObject({ code: "NOT_FOUND" })
  await expect(api.catalogue.course({ course: "none" })).rejects.toMatchObject({ code: "NOT_FOUND" })
  await expect(api.lab.open({ topology: { nodes: ["Bad Name"] } })).rejects.toMatchObject({ code: "BAD_REQUEST" })
  await expect(api.lab.open({ topology: { nodes: ["a", "a"] } })).rejects.toMatchObject({ code: "BAD_REQUEST" })
  await expect(api.lab.ticket({ session: "../x" })).rejects.toMatchObject({ code: "BAD_REQUEST" })
})
