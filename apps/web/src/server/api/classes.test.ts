/** Classes through the API, on a real database: who of a class may do what, the board's order, the gradebook's sums. */
import { TRPCError } from "@trpc/server"
import { afterAll, beforeAll, expect, test } from "vitest"
import type { Person, PublishedLesson } from "@drydock/db"
import { type TestDatabase, withDatabase } from "@drydock/db/testing"
import { gradebookCsv } from "./gradebook.ts"
import { createCaller } from "./router.ts"
import { lesson as first, memory } from "./testing.ts"

let database: TestDatabase
const people: Record<string, Person | undefined> = {}
let id: string
let code: string

const second: PublishedLesson = { ...first, lesson: "02-second", title: 'Second, or "next"', points: 12 }
const as = (who: string) =>
  createCaller({ viewer: people[who], repositories: database.repositories, now: Date.now, token: () => Math.random().toString(36) })
const outcome = (call: Promise<unknown>) =>
  call.then(
    () => "ok",
    (reason) => (reason instanceof TRPCError ? reason.code : String(reason)),
  )

beforeAll(async () => {
  database = await withDatabase()
  const course = (await memory().content.course("kubernetes"))!
  await database.repositories.content.publish([{ course, lessons: [first, second] }])
  people.owner = await database.addPerson("owner", { role: "instructor" })
  people.assistant = await database.addPerson("assistant")
  people.learner = await database.addPerson("learner")
  people.guest = await database.addPerson("guest", { isAnonymous: true })
  people.stranger = await database.addPerson("stranger", { role: "instructor" })
  people.admin = await database.addPerson("admin", { role: "admin" })
  people.visitor = undefined
  id = (await as("owner").classes.create({ name: " Monday ", course: "kubernetes" })).id
  code = (await as("owner").classes.get({ id })).joinCode!
  for (const who of ["assistant", "learner"]) await as(who).classes.join({ code })
  await as("guest").classes.join({ code, name: "Gus" })
  await as("owner").classes.setTeacher({ id, person: "assistant", teacher: true })
})
afterAll(() => database.close())

test("who may do what in a class, procedure by procedure", async () => {
  const lab = (await as("learner").lab.open({ course: "kubernetes", lesson: "01-first" })).session
  const calls: Record<string, (api: ReturnType<typeof as>) => Promise<unknown>> = {
    get: (api) => api.classes.get({ id }),
    change: (api) => api.classes.change({ id, name: "Monday" }),
    columns: (api) => api.classes.columns({ id }),
    board: (api) => api.classes.board({ id }),
    gradebook: (api) => api.classes.gradebook({ id }),
    watch: (api) => api.classes.watch({ id, session: lab }),
    watched: (api) => api.classes.watched({ id, session: lab }),
    send: (api) => api.classes.send({ id, text: "Hello." }),
    sent: (api) => api.classes.sent({ id }),
    "setTeacher of the owner": (api) => api.classes.setTeacher({ id, person: "owner", teacher: false }),
    "setTeacher of a guest": (api) => api.classes.setTeacher({ id, person: "guest", teacher: true }),
    "remove of the owner": (api) => api.classes.remove({ id, person: "owner" }),
    "join by a code that is none": (api) => api.classes.join({ code: "none", name: "X" }),
  }
  const table: Record<string, string> = {}
  for (const [name, call] of Object.entries(calls)) {
    const row: string[] = []
    for (const who of ["owner", "assistant", "learner", "guest", "stranger", "admin", "visitor"]) row.push(await outcome(call(as(who))))
    table[name] = row.join(" ")
  }
  const teachers = "ok ok FORBIDDEN FORBIDDEN NOT_FOUND NOT_FOUND UNAUTHORIZED"
  const nobody = (code: string) => `${code} ${code} FORBIDDEN FORBIDDEN NOT_FOUND NOT_FOUND UNAUTHORIZED`
  expect(table).toEqual({
    get: "ok ok ok ok NOT_FOUND NOT_FOUND UNAUTHORIZED",
    ...Object.fromEntries(["change", "columns", "board", "gradebook", "watch", "watched", "send", "sent"].map((name) => [name, teachers])),
    "setTeacher of the owner": nobody("NOT_FOUND"),
    "setTeacher of a guest": nobody("PRECONDITION_FAILED"),
    "remove of the owner": nobody("NOT_FOUND"),
    "join by a code that is none": "NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND NOT_FOUND UNAUTHORIZED",
  })
  // A lab of somebody who is not in the class, or of no lesson of its course.
  const foreign = (await as("stranger").lab.open({ course: "kubernetes", lesson: "01-first" })).session
  const playground = (await as("learner").lab.open({ topology: "kubeadm-1node" })).session
  for (const session of [foreign, playground])
    expect([
      await outcome(as("owner").classes.watch({ id, session })),
      await outcome(as("owner").classes.watched({ id, session })),
    ]).toEqual(["NOT_FOUND", "NOT_FOUND"])
})

test("a learner is told neither the code nor the others; a guest gives a name", async () => {
  const seen = await as("learner").classes.get({ id })
  expect(seen).toEqual({
    ...{ id, name: "Monday", archived: false, role: "learner", course: { slug: "kubernetes", title: "Kubernetes" } },
    teachers: ["assistant", "owner"],
  })
  expect(JSON.stringify(await as("learner").classes.mine())).not.toContain(code)
  expect((await as("owner").classes.get({ id })).members?.map(({ name, role, email, guest }) => [name, role, email, guest])).toEqual([
    ["assistant", "teacher", "assistant@example.org", false],
    ["owner", "teacher", "owner@example.org", false],
    ["Gus", "learner", "", true],
    ["learner", "learner", "learner@example.org", false],
  ])
  expect(await outcome(as("guest").classes.join({ code }))).toBe("BAD_REQUEST")
  expect(await as("visitor").classes.behind({ code })).toEqual({ name: "Monday", teacher: "owner", course: "Kubernetes" })
  expect(await as("learner").classes.behind({ code })).toMatchObject({ joined: id })
  expect(await as("visitor").classes.behind({ code: "none" })).toBeUndefined()
  expect(await outcome(as("owner").classes.leave({ id }))).toBe("PRECONDITION_FAILED")
})

test("who is held up longest stands first on the board", async () => {
  const { sessions, progress } = database.repositories
  await progress.complete("learner", { course: "kubernetes", lesson: "02-second", task: "look", points: 4 })
  await progress.hintUsed("learner", { course: "kubernetes", lesson: "02-second", task: "do" }, 0)
  const lab = (await as("guest").lab.open({ course: "kubernetes", lesson: "02-second" })).session
  const lease = (await sessions.claim(lab, "lab", 60_000))!
  const told = { task: "do", check: "it runs on node01", passed: 1, opened: 0, here: true, typed: 1_000 }
  await sessions.stand(lease, { ...told, since: 10_000 })
  const names = async () => (await as("owner").classes.board({ id })).learners.map(({ name }) => name)
  expect(await names()).toEqual(["Gus", "learner"])
  const { learners } = await as("owner").classes.board({ id })
  expect(learners[0]).toMatchObject({ guest: true, done: [], lab: { online: true, stuck: false, task: "do", check: "it runs on node01" } })
  expect(learners[1]).toMatchObject({ done: [2], points: 4, hints: 1, lab: { online: false, stuck: false } })

  const own = (await as("learner").lab.open({ course: "kubernetes", lesson: "01-first" })).session
  const hers = (await sessions.claim(own, "lab", 60_000))!
  await sessions.stand(hers, { ...told, task: "look", since: 6 * 60_000 })
  const [stuck] = (await as("owner").classes.board({ id })).learners
  expect(stuck).toMatchObject({ name: "learner", lab: { stuck: true, lesson: "01-first" } })
  expect(Math.floor(stuck!.lab!.stillMs! / 60_000)).toBe(6)
  // Away, nobody is held up.
  await sessions.stand(hers, { ...told, task: "look", here: false, since: 60 * 60_000 })
  expect(await names()).toEqual(["Gus", "learner"])
  expect(await as("owner").classes.columns({ id })).toMatchObject({
    lessons: [{ slug: "01-first", tasks: [{ id: "look" }, { id: "do" }] }, { slug: "02-second" }],
  })
})

test("the gradebook adds up, and its file is read as it was written, by no spreadsheet as a formula", async () => {
  const { progress } = database.repositories
  // What help cost is taken off already; a lesson gives no more than it has.
  await progress.complete("learner", { course: "kubernetes", lesson: "01-first", task: "look", points: 5 })
  await progress.complete("learner", { course: "kubernetes", lesson: "01-first", task: "do", points: 6 })
  await progress.complete("learner", { course: "kubernetes", lesson: "01-first", task: "gone since", points: 9 })
  await database.repositories.people.rename("guest", '=HYPERLINK("http://x","Gus, really")')
  const book = await as("owner").classes.gradebook({ id })
  expect(book).toMatchObject({ of: 24, columns: [{ title: "First", of: 12 }, { of: 12 }] })
  expect(book.rows.map(({ points, total, percent }) => ({ points, total, percent }))).toEqual([
    { points: [0, 0], total: 0, percent: 0 },
    { points: [12, 4], total: 16, percent: 66.7 },
  ])
  expect(gradebookCsv({ ...book, exams: [{ id: "e", title: "+1" }], rows: book.rows.map((row) => ({ ...row, exams: [undefined] })) })).toBe(
    [
      `\ufeffName,E-mail,First (of 12),"Second, or ""next"" (of 12)",Total (of 24),Per cent,'+1 (per cent)`,
      `"'=HYPERLINK(""http://x"",""Gus, really"")",,0,0,0,0,`,
      "learner,learner@example.org,12,4,16,66.7,",
      "",
    ].join("\r\n"),
  )
})

test("a message is unread until it was read", async () => {
  await as("owner").classes.send({ id, to: "learner", text: "Look at the events." })
  expect(await outcome(as("owner").classes.send({ id, to: "stranger", text: "x" }))).toBe("NOT_FOUND")
  const [newest] = await as("learner").classes.messages()
  expect(newest).toMatchObject({ text: "Look at the events.", from: "owner", className: "Monday", read: false })
  await as("learner").classes.read({ message: newest!.id })
  expect((await as("learner").classes.messages()).every(({ read }) => read)).toBe(true)
  expect((await as("guest").classes.messages()).map(({ text, read }) => [text, read])).toEqual([
    ["Hello.", false],
    ["Hello.", false],
  ])
})
