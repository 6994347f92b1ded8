/** Exams against a real Postgres: begun once, in time, by whom they are for; written into only while they run. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { ExamAttempt, ExamDraft, Lease } from "./contract.ts"
import { type TestDatabase, withDatabase } from "./testing.ts"

let database: TestDatabase
beforeAll(async () => {
  database = await withDatabase()
  await database.addPerson("teacher", { role: "instructor" })
  const lesson = { course: "k", lesson: "one", version: "v1", title: "One", summary: "", minutes: 5, points: 5, prose: "", lab: {} }
  const course = { slug: "k", title: "K", summary: "", modules: [{ title: "M", lessons: ["one"] }] }
  await database.repositories.content.publish([{ course, lessons: [lesson] }])
})
afterAll(() => database.close())

let people = 0
const somebody = async () => (await database.addPerson(`candidate-${++people}`)).id
const draft = (more: Partial<ExamDraft> = {}): ExamDraft => ({ title: "E", spec: { a: 1 }, attempts: 1, ...more })
const START = { spec: { a: 1 }, versions: { "k/one": "v1" }, minutes: 10 }
const LAB = { lesson: { course: "k", lesson: "one", version: "v1" }, topology: "kubeadm-1node", seed: "s", startedAt: 5 }

const begun = async (more: Partial<ExamDraft> = {}): Promise<ExamAttempt> => {
  const { exams } = database.repositories
  return exams.begin(await exams.create("teacher", draft(more)), await somebody(), START)
}
const claimed = async (attempt: ExamAttempt): Promise<Lease> => {
  const { exams, sessions } = database.repositories
  const lab = await exams.openLab(attempt.id, attempt.userId, LAB)
  return (await sessions.claim(lab.id, "lab-1", 60_000)) as Lease
}
const runOut = (attempt: ExamAttempt) =>
  database.query("UPDATE exam_attempt SET ends_at = clock_timestamp() - interval '1 s' WHERE id = $1", [attempt.id])
const DONE = { task: "a", state: "done", credit: 1 } as const

describe("begin", () => {
  it("gives two tabs one attempt, whose end the database's clock sets", async () => {
    const { exams } = database.repositories
    const exam = await exams.create("teacher", draft({ attempts: 2 }))
    const userId = await somebody()
    const both = await Promise.all([exams.begin(exam, userId, START), exams.begin(exam, userId, START)])
    expect(both[0]?.id).toBe(both[1]?.id)
    const [attempt] = both
    expect(attempt).toMatchObject({ exam, userId, spec: { a: 1 }, versions: START.versions, over: false, outcomes: [] })
    expect(attempt.endsAt - attempt.startedAt).toBe(600_000)
    await exams.submit(attempt.id, userId)
    expect((await exams.begin(exam, userId, START)).id).not.toBe(attempt.id)
  })

  it("is refused outside the window, beyond the attempts, and to whom it is not for", async () => {
    const { exams, classes } = database.repositories
    const now = Date.now()
    await expect(begun({ opensAt: now + 3_600_000 })).rejects.toMatchObject({ reason: "closed" })
    await expect(begun({ closesAt: now - 3_600_000 })).rejects.toMatchObject({ reason: "closed" })
    const first = await begun()
    await exams.submit(first.id, first.userId)
    await expect(exams.begin(first.exam, first.userId, START)).rejects.toMatchObject({ reason: "attempts" })
    const { id: classId } = await classes.create("teacher", { name: "C", course: "k" })
    await expect(begun({ classId })).rejects.toMatchObject({ reason: "members" })
    await expect(exams.begin("00000000-0000-4000-8000-000000000001", first.userId, START)).rejects.toMatchObject({ reason: "absent" })
  })

  it("ends no later than the exam closes", async () => {
    const closesAt = Date.now() + 120_000
    expect((await begun({ closesAt })).endsAt).toBe(closesAt)
  })
})

describe("an attempt's worlds", () => {
  it("are one a lesson, the person's own, and not the lab of the lesson's page", async () => {
    const { exams, sessions, tickets } = database.repositories
    const attempt = await begun()
    const lab = await exams.openLab(attempt.id, attempt.userId, LAB)
    expect(lab).toMatchObject({ userId: attempt.userId, attempt: attempt.id, lesson: LAB.lesson, seed: "s" })
    expect((await exams.openLab(attempt.id, attempt.userId, { ...LAB, seed: "other" })).id).toBe(lab.id)
    await expect(exams.openLab(attempt.id, "teacher", LAB)).rejects.toMatchObject({ reason: "absent" })
    expect(await sessions.activeOf(attempt.userId)).toEqual([])
    const own = await sessions.open({ userId: attempt.userId, ...LAB, engine: "" })
    const drill = await sessions.open({ userId: attempt.userId, ...LAB, engine: "", drill: "a" })
    expect(new Set([lab.id, own.id, drill.id]).size).toBe(3)
    for (const topology of ["a", "b", "c"]) await sessions.open({ userId: attempt.userId, topology, seed: "", engine: "", startedAt: 0 })
    expect((await sessions.get(lab.id))?.state).toBe("active")
    // Nobody reaches it with a kubectl of their own.
    await expect(tickets.apiToken(lab.id, attempt.userId)).rejects.toThrow()
  })

  it("take outcomes while it runs; what was done stays done", async () => {
    const { exams } = database.repositories
    const attempt = await begun()
    const lease = await claimed(attempt)
    expect(await exams.record(lease, [DONE, { task: "b", state: "open", credit: 0.5 }])).toBe(true)
    expect(
      await exams.record(lease, [
        { ...DONE, state: "open", credit: 0 },
        { task: "b", state: "open", credit: 0.25 },
      ]),
    ).toBe(true)
    expect((await exams.attempt(attempt.id))?.outcomes).toEqual([
      { course: "k", lesson: "one", task: "a", state: "done", credit: 1 },
      { course: "k", lesson: "one", task: "b", state: "open", credit: 0.25 },
    ])
    expect(await exams.record({ ...lease, epoch: lease.epoch + 1 }, [DONE])).toBe(false)
  })

  it("refuse what comes after the submission, or after the time", async () => {
    const { exams, sessions } = database.repositories
    const [handed, late] = [await begun(), await begun()]
    const [a, b] = [await claimed(handed), await claimed(late)]
    await expect(exams.submit(handed.id, late.userId)).rejects.toMatchObject({ reason: "absent" })
    expect(await exams.submit(handed.id, handed.userId)).toMatchObject({ over: true, outcomes: [] })
    await runOut(late)
    expect(await exams.record(a, [DONE])).toBe(false)
    expect(await exams.record(b, [DONE])).toBe(false)
    await expect(sessions.append(a, [{ seq: 1, at: 6, input: "late" }], 6)).rejects.toThrow()
    await expect(exams.openLab(late.id, late.userId, LAB)).rejects.toMatchObject({ reason: "over" })
    // Handing in an attempt whose time is over makes it no later.
    expect((await exams.submit(late.id, late.userId)).submittedAt).toBeUndefined()
    expect([await exams.left(handed.id), await exams.left(late.id)]).toEqual([0, 0])
    expect((await sessions.get(b.session))?.state).toBe("ended")
  })

  it("have what is left by the database's clock", async () => {
    const attempt = await begun()
    expect(await database.repositories.exams.left(attempt.id)).toSatisfy((left: number) => left > 590_000 && left <= 600_000)
  })
})

describe("around an exam", () => {
  it("content/ publishes, changes and retires its own, and leaves the studio's alone", async () => {
    const { exams } = database.repositories
    const own = await exams.create("teacher", draft({ title: "Own" }))
    await exams.publish([{ slug: "mock", draft: draft({ title: "Mock", attempts: 9 }) }])
    const first = await exams.get("mock")
    expect(first).toMatchObject({ slug: "mock", title: "Mock", attempts: 9, createdBy: "", retired: false, open: true })
    await exams.publish([{ slug: "mock", draft: draft({ title: "Mock two" }) }])
    expect(await exams.get("mock")).toMatchObject({ id: first?.id, title: "Mock two" })
    expect((await exams.list())[0]?.slug).toBe("mock")
    expect(await exams.change(first?.id ?? "", draft())).toBe(false)
    await exams.publish([])
    expect(await exams.get("mock")).toMatchObject({ retired: true, open: false })
    expect(await exams.get(own)).toMatchObject({ title: "Own", retired: false })
    expect(await exams.retire(own)).toBe(true)
    expect(await exams.get("no-such")).toBeUndefined()
  })

  it("a class's exam is for its members; its teachers review it, once it is over", async () => {
    const { exams, classes } = database.repositories
    await database.addPerson("second-teacher")
    const { id: classId, joinCode } = await classes.create("second-teacher", { name: "C", course: "k" })
    const exam = await exams.create("teacher", draft({ classId }))
    const userId = await somebody()
    expect((await exams.listFor(userId)).map(({ id }) => id)).not.toContain(exam)
    await classes.join(joinCode, userId)
    expect((await exams.listFor(userId)).map(({ id }) => id)).toContain(exam)
    const attempt = await exams.begin(exam, userId, START)
    expect([await exams.reviews(exam, "teacher"), await exams.reviews(exam, "second-teacher"), await exams.reviews(exam, userId)]).toEqual([
      true,
      true,
      false,
    ])
    expect(await exams.review(attempt.id, { points: {} })).toBe(false)
    await exams.submit(attempt.id, userId)
    expect(await exams.review(attempt.id, { points: { a: 1 } })).toBe(true)
    expect(await exams.results(classId)).toMatchObject([{ id: attempt.id, title: "E", userId, review: { points: { a: 1 } } }])
  })
})
