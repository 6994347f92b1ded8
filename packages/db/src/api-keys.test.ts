/** API keys as they are kept: made, found by their secret, and taken back. */
import { afterAll, beforeAll, expect, test } from "vitest"
import { type TestDatabase, withDatabase } from "./testing.ts"

let database: TestDatabase
beforeAll(async () => {
  database = await withDatabase()
})
afterAll(() => database.close())

test("a key is its owner's until it is revoked or over, and is kept as a hash alone", async () => {
  const { apiKeys } = database.repositories
  await database.addPerson("ida", { role: "instructor" })
  await database.addPerson("lea")
  const first = await apiKeys.create("ida", "continuous integration")
  const past = await apiKeys.create("ida", "old", Date.UTC(2020, 0, 1))
  expect(first.key).toMatch(/^ddk_[\w-]{43}$/)
  expect(await apiKeys.redeem(first.key)).toEqual({ id: first.id, userId: "ida", role: "instructor" })
  expect(await apiKeys.redeem(past.key)).toBeUndefined()
  expect(await apiKeys.redeem(`${first.key}x`)).toBeUndefined()
  expect(await apiKeys.redeem("")).toBeUndefined()
  expect((await apiKeys.list("ida")).map(({ name, usedAt, expiresAt }) => [name, usedAt !== undefined, expiresAt])).toEqual([
    ["old", false, Date.UTC(2020, 0, 1)],
    ["continuous integration", true, undefined],
  ])
  expect(await apiKeys.list("lea")).toEqual([])
  expect(JSON.stringify(await database.query("SELECT * FROM api_key"))).not.toContain(first.key)
  expect(await apiKeys.revoke("lea", first.id)).toBe(false)
  expect(await apiKeys.revoke("ida", first.id)).toBe(true)
  expect(await apiKeys.redeem(first.key)).toBeUndefined()
})
