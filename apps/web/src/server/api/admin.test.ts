/** Administration, on a real database: roles given and refused, labs ended. */
import { TRPCError } from "@trpc/server"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { Person } from "@drydock/db"
import { type TestDatabase, withDatabase } from "@drydock/db/testing"
import { createCaller } from "./router.ts"

let database: TestDatabase
const people: Record<string, Person> = {}
const as = (who: string) =>
  createCaller({ viewer: people[who], repositories: database.repositories, now: Date.now, token: () => "token" }).admin
const outcome = (call: Promise<unknown>) =>
  call.then(
    () => "ok",
    (reason) => (reason instanceof TRPCError ? reason.code : String(reason)),
  )

beforeAll(async () => {
  database = await withDatabase()
  people.root = await database.addPerson("root", { role: "admin" })
  people.ina = await database.addPerson("ina", { role: "instructor" })
  people.ada = await database.addPerson("ada")
  people.gus = await database.addPerson("gus", { isAnonymous: true })
})
afterAll(() => database.close())

test("a role is given by another administrator, to who has an account", async () => {
  expect(await outcome(as("root").setRole({ person: "ada", role: "instructor" }))).toBe("ok")
  expect((await database.repositories.people.get("ada"))?.role).toBe("instructor")
  expect({
    own: await outcome(as("root").setRole({ person: "root", role: "learner" })),
    guest: await outcome(as("root").setRole({ person: "gus", role: "instructor" })),
    nobody: await outcome(as("root").setRole({ person: "nobody", role: "learner" })),
    instructor: await outcome(as("ina").setRole({ person: "ina", role: "admin" })),
  }).toEqual({ own: "PRECONDITION_FAILED", guest: "PRECONDITION_FAILED", nobody: "NOT_FOUND", instructor: "FORBIDDEN" })
  expect((await as("root").people({ text: "a@example" })).map(({ id }) => id)).toEqual(["ada", "ina"])
})

test("a lab is ended once", async () => {
  const lab = await database.repositories.sessions.open({ userId: "ada", topology: "kubeadm-1node", seed: "s", engine: "1", startedAt: 0 })
  expect((await as("root").labs()).map(({ id }) => id)).toEqual([lab.id])
  expect(await outcome(as("ina").endLab({ lab: lab.id }))).toBe("FORBIDDEN")
  expect(await outcome(as("root").endLab({ lab: lab.id }))).toBe("ok")
  expect(await outcome(as("root").endLab({ lab: lab.id }))).toBe("NOT_FOUND")
  expect(await as("root").labs()).toEqual([])
})
