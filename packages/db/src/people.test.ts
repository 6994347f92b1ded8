/** People and their progress against a real Postgres. */
import { afterAll, beforeAll, expect, it } from "vitest"
import { type TestDatabase, withDatabase } from "./testing.ts"

let database: TestDatabase
beforeAll(async () => {
  database = await withDatabase()
})
afterAll(() => database.close())

const where = { course: "kubernetes", lesson: "01-pods" }
const hash = (password: string) => Promise.resolve(`hashed:${password}`)

it("makes the first instructor once, also when two servers start", async () => {
  const { people } = database.repositories
  const made = (await Promise.all([people.ensureInstructor(hash), people.ensureInstructor(hash)])).filter((one) => one !== undefined)
  expect(made).toHaveLength(1)
  expect(await people.ensureInstructor(hash)).toBeUndefined()
  const rows = await database.query(
    `SELECT email, role, is_anonymous, provider_id, account_id = "user".id AS own, password FROM "user" JOIN account ON user_id = "user".id`,
  )
  expect(rows).toEqual([
    {
      ...{ email: made[0]!.email, role: "admin", is_anonymous: false },
      ...{ provider_id: "credential", own: true, password: `hashed:${made[0]!.password}` },
    },
  ])
})

it("changes roles", async () => {
  const { people } = database.repositories
  const person = await database.addPerson("ada")
  expect(await people.get("ada")).toEqual(person)
  await people.setRole("ada", "admin")
  expect((await people.get("ada"))?.role).toBe("admin")
  expect(await people.get("nobody")).toBeUndefined()
})

it("a task done once is done for good", async () => {
  const { progress } = database.repositories
  await database.addPerson("bob")
  const task = { ...where, task: "see-the-nodes", points: 5 }
  await Promise.all([progress.complete("bob", task), progress.complete("bob", task)])
  const before = await progress.done("bob")
  await progress.complete("bob", { ...task, points: 50 })
  expect(await progress.done("bob")).toEqual(before)
  expect(before).toEqual([{ ...task, at: expect.any(Number) }])
  expect(Math.abs(before[0]!.at - Date.now())).toBeLessThan(60_000)
  expect(await progress.done("bob", { course: "docker" })).toEqual([])
  expect(await progress.done("bob", where)).toEqual(before)
})

it("keeps hints once and every quiz's newest answer", async () => {
  const { progress } = database.repositories
  await database.addPerson("cat")
  for (const hint of [0, 1, 1, -1]) await progress.hintUsed("cat", { ...where, task: "t" }, hint)
  expect(await progress.hints("cat", where)).toEqual([
    { task: "t", hint: 0 },
    { task: "t", hint: 1 },
    { task: "t", hint: -1 },
  ])
  await progress.answered("cat", { ...where, task: "t", quiz: "q" }, "wrong\u0000", false)
  await progress.answered("cat", { ...where, task: "t", quiz: "p" }, ["a", "b"], true)
  await progress.answered("cat", { ...where, task: "t", quiz: "q" }, "right", true)
  expect(await progress.answers("cat", where)).toEqual([
    { task: "t", quiz: "p", answer: ["a", "b"], correct: true },
    { task: "t", quiz: "q", answer: "right", correct: true },
  ])
})

it("a guest who signs in keeps what they did; nobody else's work is given away", async () => {
  const { people, progress, sessions } = database.repositories
  await database.addPerson("guest", { isAnonymous: true })
  await database.addPerson("dora")
  const own = { ...where, task: "both", points: 5 }
  await progress.complete("dora", own)
  const [before] = await progress.done("dora")
  for (const task of ["both", "only-as-guest"]) await progress.complete("guest", { ...where, task, points: 5 })
  await progress.hintUsed("guest", { ...where, task: "both" }, 0)
  await progress.answered("guest", { ...where, task: "both", quiz: "q" }, "a", true)
  const open = { topology: "kubeadm-2nodes", seed: "s", engine: "1", startedAt: 0 }
  const session = await sessions.open({ userId: "guest", ...open })
  await people.adopt("guest", "dora")
  expect((await progress.done("dora")).map(({ task }) => task).sort()).toEqual(["both", "only-as-guest"])
  expect((await progress.done("dora")).find(({ task }) => task === "both")).toEqual(before)
  expect(await progress.hints("dora", where)).toEqual([{ task: "both", hint: 0 }])
  expect(await progress.answers("dora", where)).toHaveLength(1)
  expect((await sessions.open({ userId: "dora", ...open })).id).toBe(session.id)
  expect(await progress.done("guest")).toEqual([])
  await expect(people.adopt("dora", "bob")).rejects.toThrow("dora is no guest")
})
