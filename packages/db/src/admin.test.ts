/** What an administrator sees, against a real Postgres. */
import { afterAll, beforeAll, expect, it } from "vitest"
import { type TestDatabase, withDatabase } from "./testing.ts"

let database: TestDatabase
beforeAll(async () => {
  database = await withDatabase()
  await database.addPerson("ada")
  await database.addPerson("a%b")
  await database.addPerson("ina", { role: "instructor" })
  await database.addPerson("root", { role: "admin" })
  await database.addPerson("gus", { isAnonymous: true })
})
afterAll(() => database.close())

it("finds people by name and e-mail, those with a role first, guests when asked for", async () => {
  const { admin } = database.repositories
  const found = async (text: string, guests = false, limit = 10) => (await admin.people({ text, guests, limit })).map(({ id }) => id)
  expect((await found("")).slice(0, 2)).toEqual(["root", "ina"])
  expect(await found("", false, 1)).toEqual(["root"])
  expect(await found("GUS")).toEqual([])
  expect(await found("GUS", true)).toEqual(["gus"])
  expect(await found("ina@example")).toEqual(["ina"])
  expect(await found("%")).toEqual(["a%b"])
  expect(await found("_")).toEqual([])
})

it("lists and counts labs that are active, and which of them run", async () => {
  const { admin, sessions } = database.repositories
  const open = (userId: string, topology: string) => sessions.open({ userId, topology, seed: "s", engine: "1", startedAt: 0 })
  const [running, resting, over] = [
    await open("ada", "kubeadm-1node"),
    await open("gus", "kubeadm-1node"),
    await open("ada", "kubeadm-2nodes"),
  ]
  await sessions.claim(running.id, "lab@here", 60_000)
  await sessions.end(over.id)
  const labs = await admin.labs(10)
  expect(labs.map(({ id, userName, owner, exam, lesson }) => ({ id, userName, owner, exam, lesson }))).toEqual([
    { id: running.id, userName: "ada", owner: "lab@here", exam: false, lesson: undefined },
    { id: resting.id, userName: "gus", owner: undefined, exam: false, lesson: undefined },
  ])
  expect(await admin.labs(1)).toHaveLength(1)
  expect(await admin.counts()).toEqual({ accounts: 4, guests: 1, labs: 2, running: 1, now: expect.any(Number) })
  const [ada] = await admin.people({ text: "ada", guests: false, limit: 1 })
  expect(ada).toMatchObject({ labs: 1, seenAt: expect.any(Number) })
})
