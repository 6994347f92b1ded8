/** The review queue and certificates against a real Postgres. */
import { afterAll, beforeAll, expect, it } from "vitest"
import { type TestDatabase, withDatabase } from "./testing.ts"

let database: TestDatabase
beforeAll(async () => {
  database = await withDatabase()
  for (const id of ["ann", "bob"]) await database.addPerson(id)
})
afterAll(() => database.close())

const QUIZ = { course: "k", lesson: "one", task: "a", quiz: "why" }
const TASK = { ...QUIZ, quiz: "" }
const DAY = 86_400_000

it("asks again after days, once a time it is due, and of nobody else", async () => {
  const { reviews } = database.repositories
  const fallDue = () => database.query("UPDATE review_item SET due_at = clock_timestamp() - interval '1 s' WHERE user_id = 'ann'")
  await reviews.weak("ann", QUIZ)
  await reviews.weak("ann", QUIZ)
  await reviews.weak("ann", TASK)
  const [first] = await reviews.list("ann")
  expect(first).toMatchObject({ due: false, interval: 1, lapses: 0 })
  expect(await reviews.answered("ann", QUIZ, { interval: 3, lapses: 0 })).toBe(false)
  await fallDue()
  expect(await reviews.answered("bob", QUIZ, { interval: 3, lapses: 0 })).toBe(false)
  // Two answers at once: one counts.
  const both = await Promise.all([0, 1].map(() => reviews.answered("ann", QUIZ, { interval: 3, lapses: 0 })))
  expect(both.toSorted()).toEqual([false, true])
  const [task, quiz] = await reviews.list("ann")
  expect(task).toMatchObject({ ...TASK, due: true })
  expect(quiz).toMatchObject({ ...QUIZ, due: false, interval: 3 })
  expect(Math.round(((quiz?.dueAt ?? 0) - (task?.dueAt ?? 0)) / DAY)).toBe(3)
  // Wrong again in the lesson: a lapse.
  await reviews.weak("ann", QUIZ)
  expect((await reviews.list("ann")).find((one) => one.quiz === "why")).toMatchObject({ interval: 1, lapses: 1 })
  await fallDue()
  expect(await reviews.answered("ann", TASK, undefined)).toBe(true)
  expect(await reviews.list("ann")).toHaveLength(1)
})

it("gives one certificate a course, as it stood then", async () => {
  const { certificates } = database.repositories
  const given = { course: "k", name: "Ann", title: "K", points: 40, total: 50 }
  const first = await certificates.give("ann", given)
  expect(first).toMatchObject({ ...given, userId: "ann" })
  expect(await certificates.give("ann", { ...given, points: 50 })).toEqual(first)
  expect(await certificates.get(first.id)).toEqual(first)
  expect(await certificates.of("ann")).toEqual([first])
  expect([await certificates.of("bob"), await certificates.get("x")]).toEqual([[], undefined])
})
