/** Classes against a real Postgres: joining, teaching, how far everybody is, looking in, and messages with their read marks. */
import { afterAll, beforeAll, expect, it } from "vitest"
import { type ClassInfo, SessionUnavailable } from "./contract.ts"
import { type TestDatabase, withDatabase } from "./testing.ts"

let database: TestDatabase
let info: ClassInfo
const COURSE = "kubernetes"

beforeAll(async () => {
  database = await withDatabase()
  for (const id of ["ina", "co", "ada", "bob", "eve"]) await database.addPerson(id)
  const lesson = { course: COURSE, lesson: "01", version: "v1", title: "First", summary: "", minutes: 5, points: 9, prose: "", lab: {} }
  await database.repositories.content.publish([
    { course: { slug: COURSE, title: "K", summary: "", modules: [{ title: "M", lessons: ["01"] }] }, lessons: [lesson] },
    {
      course: { slug: "other", title: "O", summary: "", modules: [{ title: "M", lessons: ["01"] }] },
      lessons: [{ ...lesson, course: "other" }],
    },
  ])
  info = await database.repositories.classes.create("ina", { name: "Monday", course: COURSE })
})
afterAll(() => database.close())

const open = (userId: string, course = COURSE) =>
  database.repositories.sessions.open({
    ...{ userId, lesson: { course, lesson: "01", version: "v1" }, topology: "kubeadm-1node", seed: "s", engine: "1", startedAt: 0 },
  })

it("is joined by its code until that is renewed or the class archived", async () => {
  const { classes } = database.repositories
  expect(info.joinCode).toMatch(/^[a-z2-9]{10}$/)
  expect(await classes.byCode(info.joinCode)).toEqual({ id: info.id, name: "Monday", course: COURSE, teacher: "ina" })
  expect(await Promise.all([classes.join(info.joinCode, "ada"), classes.join(info.joinCode, "ada")])).toEqual([info.id, info.id])
  const code = await classes.renewCode(info.id)
  expect(await classes.join(info.joinCode, "bob")).toBeUndefined()
  await classes.change(info.id, { archived: true })
  expect([await classes.byCode(code), await classes.join(code, "bob")]).toEqual([undefined, undefined])
  await classes.change(info.id, { archived: false, name: "Tuesday" })
  expect(await classes.join(code, "bob")).toBe(info.id)
  expect((await classes.members(info.id)).map(({ id, role }) => `${id} ${role}`)).toEqual(["ina teacher", "ada learner", "bob learner"])
  expect(await classes.of("bob")).toEqual([{ ...info, name: "Tuesday", joinCode: code, role: "learner", learners: 2, teachers: ["ina"] }])
  expect(await classes.of("eve")).toEqual([])
})

it("keeps its owner as a teacher, and lets others teach and go", async () => {
  const { classes } = database.repositories
  const { joinCode } = (await classes.get(info.id)) as ClassInfo
  await classes.join(joinCode, "co")
  expect(await classes.setRole(info.id, "co", "teacher")).toBe(true)
  expect(await classes.roleIn(info.id, "co")).toBe("teacher")
  // Joining again does not make a learner of a teacher.
  await classes.join(joinCode, "co")
  expect(await classes.roleIn(info.id, "co")).toBe("teacher")
  expect([await classes.setRole(info.id, "ina", "learner"), await classes.remove(info.id, "ina")]).toEqual([false, false])
  expect([await classes.remove(info.id, "eve"), await classes.setRole(info.id, "eve", "teacher")]).toEqual([false, false])
  expect(await classes.roleIn("made-up", "ina")).toBeUndefined()
})

it("tells what each learner did, with what help, and where they stand now", async () => {
  const { classes, progress, sessions } = database.repositories
  await progress.complete("ada", { course: COURSE, lesson: "01", task: "look", points: 4 })
  await progress.complete("ada", { course: "other", lesson: "01", task: "x", points: 1 })
  for (const hint of [0, 1, -1]) await progress.hintUsed("ada", { course: COURSE, lesson: "01", task: "look" }, hint)
  const session = await open("ada")
  const lease = await sessions.claim(session.id, "lab", 30_000)
  const standing = { task: "do", check: "it runs", seen: "now: \u0000none", passed: 3, opened: 2, here: true, since: 60_000, typed: 500 }
  await sessions.stand(lease!, standing)
  const { now, learners } = await classes.progress(info.id)
  expect(learners.map(({ person }) => person.id)).toEqual(["ada", "bob"])
  const [ada, bob] = learners
  expect(ada).toMatchObject({
    done: [{ lesson: "01", task: "look", points: 4 }],
    hints: [{ lesson: "01", task: "look", hints: 2, solution: true }],
    labs: [
      {
        session: session.id,
        lesson: "01",
        online: true,
        standing: { task: "do", check: "it runs", seen: "now: none", passed: 3, here: true },
      },
    ],
  })
  expect(bob).toMatchObject({ done: [], hints: [], labs: [] })
  const { since, typed } = ada!.labs[0]!.standing!
  // The database's clock, whatever this process' says.
  expect(now - since - 60_000).toBeGreaterThanOrEqual(0)
  expect(typed - since).toBe(59_500)
  expect((await sessions.get(session.id))?.standing).toEqual(ada!.labs[0]!.standing)

  // A server that died: nobody is there, whatever it wrote last; and a lease that was lost writes nothing.
  await database.query("UPDATE lab_session SET lease_expires_at = now() - interval '1 s' WHERE id = $1", [session.id])
  await sessions.claim(session.id, "another", 30_000)
  await sessions.stand(lease!, { ...standing, task: "late" })
  await database.query("UPDATE lab_session SET lease_expires_at = now() - interval '1 s' WHERE id = $1", [session.id])
  expect((await classes.progress(info.id)).learners[0]!.labs).toMatchObject([{ online: false, standing: { task: "do" } }])
  expect((await classes.progress("made-up")).learners).toEqual([])
})

it("lets a teacher look into a learner's lab of its course, and nobody else into any", async () => {
  const { classes, tickets } = database.repositories
  const [mine, foreign, own] = [await open("ada"), await open("ada", "other"), await open("ina")]
  const token = await tickets.watch(mine.id, "ina")
  expect(await tickets.redeem(token)).toEqual({ session: mine.id, userId: "ina", watching: true })
  expect(await tickets.redeem(token)).toBeUndefined()
  expect(await classes.mayWatch(mine.id, "co")).toBe(true)
  for (const [session, who] of [
    [mine.id, "bob"],
    [mine.id, "eve"],
    [mine.id, "ada"],
    [foreign.id, "ina"],
    [own.id, "ina"],
    ["made-up", "ina"],
  ] as const)
    await expect(tickets.watch(session, who), `${who} into ${session}`).rejects.toThrow(SessionUnavailable)
  await classes.setRole(info.id, "co", "learner")
  await expect(tickets.watch(mine.id, "co")).rejects.toThrow(SessionUnavailable)
  await classes.change(info.id, { archived: true })
  await expect(tickets.watch(mine.id, "ina")).rejects.toThrow(SessionUnavailable)
  await classes.change(info.id, { archived: false })
})

it("carries messages to all or to one, once each, and knows who read them", async () => {
  const { classes } = database.repositories
  const { newest } = await classes.news(undefined)
  const all = (await classes.send(info.id, "ina", undefined, "Lunch at noon."))!
  const one = (await classes.send(info.id, "ina", "ada", "Look at the events."))!
  expect(await classes.send(info.id, "ina", "eve", "hello")).toBeUndefined()
  expect((await classes.messagesTo("ada", 10)).map(({ text, read, from }) => ({ text, read, from }))).toEqual([
    { text: "Look at the events.", read: false, from: "ina" },
    { text: "Lunch at noon.", read: false, from: "ina" },
  ])
  expect((await classes.messagesTo("bob", 10)).map(({ text }) => text)).toEqual(["Lunch at noon."])
  expect(await classes.messagesTo("ina", 10)).toEqual([])
  const news = await classes.news(newest)
  expect(news.messages.map(({ id, to }) => [id, [...to].sort()])).toEqual([
    [all, ["ada", "bob", "co"]],
    [one, ["ada"]],
  ])
  expect(await classes.news(news.newest)).toEqual({ newest: one, messages: [] })
  // Another's message is not his to read.
  await classes.read("bob", one)
  expect((await classes.messagesTo("bob", 10)).map(({ read }) => read)).toEqual([false])
  await classes.read("ada", one)
  await classes.read("ada", all)
  expect((await classes.messagesTo("ada", 10)).map(({ read }) => read)).toEqual([true, true])
  expect((await classes.sent(info.id)).map(({ text, to, read, recipients }) => ({ text, to, read, recipients }))).toEqual([
    { text: "Look at the events.", to: { id: "ada", name: "ada" }, read: 1, recipients: 1 },
    { text: "Lunch at noon.", to: undefined, read: 1, recipients: 3 },
  ])
})

it("a guest who signs in keeps their place", async () => {
  const { classes, people } = database.repositories
  await database.addPerson("guest", { isAnonymous: true })
  await classes.join(((await classes.get(info.id)) as ClassInfo).joinCode, "guest")
  await people.rename("guest", "Gus")
  await classes.send(info.id, "ina", "guest", "Welcome.")
  await people.adopt("guest", "eve")
  expect(await classes.roleIn(info.id, "eve")).toBe("learner")
  expect(await classes.roleIn(info.id, "guest")).toBeUndefined()
  expect((await classes.messagesTo("eve", 10)).map(({ text }) => text)).toEqual(["Welcome."])
  // What was said to all before they joined was not said to them.
  expect((await classes.sent(info.id)).map(({ text, recipients }) => `${text} ${recipients}`)).toEqual([
    "Welcome. 1",
    "Look at the events. 1",
    "Lunch at noon. 3",
  ])
})
