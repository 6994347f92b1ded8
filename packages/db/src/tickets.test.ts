/** Tickets against a real Postgres: once, in time, by their owner. */
import { afterAll, beforeAll, expect, it } from "vitest"
import { type LabSession, SessionUnavailable } from "./contract.ts"
import { type TestDatabase, withDatabase } from "./testing.ts"

let database: TestDatabase
let session: LabSession
beforeAll(async () => {
  database = await withDatabase()
  await database.addPerson("ada")
  await database.addPerson("eve")
  session = await database.repositories.sessions.open({ userId: "ada", topology: "kubeadm-1node", seed: "s", engine: "1", startedAt: 0 })
})
afterAll(() => database.close())

it("open one socket once", async () => {
  const { tickets } = database.repositories
  const token = await tickets.issue(session.id, "ada")
  const all = await Promise.all(Array.from({ length: 8 }, () => tickets.redeem(token)))
  expect(all.filter((found) => found !== undefined)).toEqual([{ session: session.id, userId: "ada" }])
  expect(await tickets.redeem("made-up")).toBeUndefined()
})

it("are kept as a hash alone, and run out", async () => {
  const { tickets } = database.repositories
  const token = await tickets.issue(session.id, "ada")
  const rows = await database.query<{ token_hash: string; seconds: number }>(
    "SELECT token_hash, extract(epoch FROM expires_at - now())::float8 AS seconds FROM lab_ticket",
  )
  expect(rows).toHaveLength(1)
  expect(rows[0]!.token_hash).not.toContain(token)
  expect(rows[0]!.seconds).toBeGreaterThan(50)
  expect(rows[0]!.seconds).toBeLessThanOrEqual(60)
  await database.query("UPDATE lab_ticket SET expires_at = now() - interval '1 ms'")
  expect(await tickets.redeem(token)).toBeUndefined()
  // The next one sweeps it away.
  await tickets.issue(session.id, "ada")
  expect(await database.query("SELECT count(*)::int AS count FROM lab_ticket")).toEqual([{ count: 1 }])
})

it("are not issued for another person's session, nor for a made-up one", async () => {
  const { tickets } = database.repositories
  await expect(tickets.issue(session.id, "eve")).rejects.toThrow(SessionUnavailable)
  await expect(tickets.issue("made-up", "ada")).rejects.toThrow(SessionUnavailable)
  await expect(tickets.apiToken(session.id, "eve")).rejects.toThrow(SessionUnavailable)
})

it("a preview's address tells nothing of the API's; a forged one opens nothing", async () => {
  const { tickets } = database.repositories
  const [preview, api] = await Promise.all([tickets.previewToken(session.id, "ada"), tickets.apiToken(session.id, "ada")])
  expect(preview).toMatch(/^[0-9a-f-]{36}\.[\w-]{43}$/)
  expect(preview).not.toContain(api)
  expect(await tickets.redeemPreviewToken(preview)).toEqual({ session: session.id, userId: "ada" })
  const forged = [`${session.id}.${api}`, `${session.id}.`, session.id, `${session.id}.${"A".repeat(43)}`, `x.${preview}`, "", "a.b"]
  for (const one of forged) expect(await tickets.redeemPreviewToken(one), one).toBeUndefined()
  expect(await tickets.redeemApiToken(preview)).toBeUndefined()
  await expect(tickets.previewToken(session.id, "eve")).rejects.toThrow(SessionUnavailable)
})

it("the address outside stays the same while the session is active", async () => {
  const { tickets, sessions } = database.repositories
  const [first, second] = await Promise.all([tickets.apiToken(session.id, "ada"), tickets.apiToken(session.id, "ada")])
  expect(first).toBe(second)
  expect(first).toMatch(/^[\w-]{43}$/)
  expect(await tickets.redeemApiToken(first!)).toEqual({ session: session.id, userId: "ada" })
  const preview = await tickets.previewToken(session.id, "ada")
  await sessions.end(session.id)
  expect(await tickets.redeemApiToken(first!)).toBeUndefined()
  expect(await tickets.redeemPreviewToken(preview)).toBeUndefined()
  await expect(tickets.apiToken(session.id, "ada")).rejects.toThrow(SessionUnavailable)
})
