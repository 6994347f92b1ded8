/** Sessions against a real Postgres: one world for two tabs, leases that fence, a log that keeps what was typed. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { LeaseLost } from "./contract.ts"
import { type TestDatabase, withDatabase } from "./testing.ts"

let database: TestDatabase
beforeAll(async () => {
  database = await withDatabase()
})
afterAll(() => database.close())

let people = 0
const somebody = async () => (await database.addPerson(`learner-${++people}`)).id

const START = Date.UTC(2026, 0, 1)
const playground = (userId: string, topology: string | { nodes: string[] } = "kubeadm-2nodes") => ({
  ...{ userId, topology, seed: "s", engine: "1", startedAt: START },
})
const opened = async () => database.repositories.sessions.open(playground(await somebody()))
const expire = (id: string) => database.query("UPDATE lab_session SET lease_expires_at = now() - interval '1 s' WHERE id = $1", [id])

describe("open", () => {
  it("makes a session once and finds it again, whatever else is asked for", async () => {
    const userId = await somebody()
    const { sessions } = database.repositories
    const first = await sessions.open(playground(userId))
    expect(first).toEqual({
      ...{ id: first.id, userId, topology: "kubeadm-2nodes", seed: "s", engine: "1" },
      ...{ startedAt: START, reachedAt: START, state: "active" },
    })
    expect(await sessions.open({ ...playground(userId), seed: "other", engine: "2" })).toEqual(first)
    expect(await sessions.get(first.id)).toEqual(first)
    const other = await sessions.open(playground(userId, { nodes: ["a", "b"] }))
    expect(other.id).not.toBe(first.id)
    expect((await sessions.open(playground(userId, { nodes: ["a", "b"] }))).id).toBe(other.id)
  })

  it("gives one world to openings at once", async () => {
    const userId = await somebody()
    const all = await Promise.all(Array.from({ length: 20 }, () => database.repositories.sessions.open(playground(userId))))
    expect(new Set(all.map(({ id }) => id)).size).toBe(1)
    expect(await database.query("SELECT count(*)::int AS count FROM lab_session WHERE user_id = $1", [userId])).toEqual([{ count: 1 }])
  })

  it("keeps three active, ending the one not seen longest", async () => {
    const userId = await somebody()
    const { sessions } = database.repositories
    const made = []
    for (const topology of ["a", "b", "c"]) made.push(await sessions.open(playground(userId, topology)))
    // Seen again: "b" is now the one that waited longest.
    await sessions.open(playground(userId, "a"))
    await sessions.open(playground(userId, "d"))
    expect((await sessions.activeOf(userId)).map(({ topology }) => topology)).toEqual(["d", "a", "c"])
    expect((await sessions.get(made[1]!.id))?.state).toBe("ended")
  })

  it("refuses an unknown person, and knows no session by another kind of name", async () => {
    const { sessions } = database.repositories
    await expect(sessions.open(playground("nobody"))).rejects.toThrow("there is no person nobody")
    expect(await sessions.get("../../etc/passwd")).toBeUndefined()
    expect(await sessions.claim("x", "lab-1", 1000)).toBeUndefined()
    expect(await sessions.inputs("x")).toEqual([])
  })

  it("makes a new world after the old one was ended", async () => {
    const session = await opened()
    const { sessions } = database.repositories
    await sessions.end(session.id)
    const next = await sessions.open(playground(session.userId))
    expect(next.id).not.toBe(session.id)
    expect(await sessions.claim(session.id, "lab-1", 1000)).toBeUndefined()
  })
})

describe("leases", () => {
  it("go to one of many claimers", async () => {
    const { id } = await opened()
    const claims = await Promise.all(
      Array.from({ length: 12 }, (_, index) => database.repositories.sessions.claim(id, `lab-${index}`, 60_000)),
    )
    expect(claims.filter((lease) => lease !== undefined)).toHaveLength(1)
  })

  it("are taken over when they ran out, and the old holder writes nothing more", async () => {
    const { id } = await opened()
    const { sessions } = database.repositories
    const old = await sessions.claim(id, "lab-1", 60_000)
    expect(old).toEqual({ session: id, owner: "lab-1", epoch: 1 })
    expect(await sessions.claim(id, "lab-2", 60_000)).toBeUndefined()
    await expire(id)
    // Late, but nobody came: still ours.
    await sessions.append(old!, [{ seq: 1, at: START + 1, input: "a" }], START + 1)
    await expire(id)
    const taken = await sessions.claim(id, "lab-2", 60_000)
    expect(taken).toEqual({ session: id, owner: "lab-2", epoch: 2 })
    await expect(sessions.append(old!, [{ seq: 2, at: START + 2, input: "lost" }], START + 2)).rejects.toThrow(LeaseLost)
    await expect(sessions.renew(old!, 60_000)).rejects.toThrow(LeaseLost)
    await sessions.release(old!)
    await sessions.renew(taken!, 60_000)
    await sessions.append(taken!, [{ seq: 2, at: START + 3, input: "b" }], START + 3)
    expect(await sessions.inputs(id)).toEqual([
      { seq: 1, at: START + 1, input: "a" },
      { seq: 2, at: START + 3, input: "b" },
    ])
    expect((await sessions.get(id))?.reachedAt).toBe(START + 3)
  })

  it("count up when the same lab server claims again: its earlier self is fenced off", async () => {
    const { id } = await opened()
    const { sessions } = database.repositories
    const before = await sessions.claim(id, "lab-1", 60_000)
    expect(await sessions.claim(id, "lab-1", 60_000)).toEqual({ session: id, owner: "lab-1", epoch: 2 })
    await expect(sessions.renew(before!, 1000)).rejects.toThrow(LeaseLost)
  })

  it("are free after a release, and lost when the session ends", async () => {
    const { id } = await opened()
    const { sessions } = database.repositories
    await sessions.release((await sessions.claim(id, "lab-1", 60_000))!)
    const lease = await sessions.claim(id, "lab-2", 60_000)
    expect(lease?.epoch).toBe(2)
    await sessions.end(id)
    await expect(sessions.append(lease!, [], START)).rejects.toThrow(LeaseLost)
  })
})

describe("the log", () => {
  it("keeps NUL, lone surrogates and whole characters, in order, and writes a repeated batch once", async () => {
    const { id } = await opened()
    const { sessions } = database.repositories
    const lease = (await sessions.claim(id, "lab-1", 60_000))!
    const inputs = [
      { seq: 1, at: START, input: { type: "keys", data: "\u0000\u001b[A" } },
      { seq: 2, at: START + 5, input: { type: "keys", data: "\ud83d\ude00 \ud83d" } },
      { seq: 3, at: START + 5, input: null },
    ]
    await sessions.append(lease, inputs, START + 10)
    await sessions.append(lease, inputs, START + 10)
    expect(await sessions.inputs(id)).toEqual(inputs)
    // The clock never goes back.
    await sessions.append(lease, [], START)
    expect((await sessions.get(id))?.reachedAt).toBe(START + 10)
  })

  it("takes a large batch at once", async () => {
    const { id } = await opened()
    const { sessions } = database.repositories
    const lease = (await sessions.claim(id, "lab-1", 60_000))!
    const inputs = Array.from({ length: 5000 }, (_, index) => ({ seq: index + 1, at: START + index, input: { type: "keys", data: "x" } }))
    await sessions.append(lease, inputs, START + 5000)
    expect(await sessions.inputs(id)).toEqual(inputs)
  })
})
