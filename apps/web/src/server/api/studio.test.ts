/** The studio through the API, on a real database: writing together, history, what comes in and goes out, labs of drafts. */
import { TRPCError } from "@trpc/server"
import { afterAll, beforeAll, expect, test } from "vitest"
import { LabSpec, packFiles, packSource } from "@drydock/course"
import { DRAFT_COURSE, type Person } from "@drydock/db"
import { type TestDatabase, withDatabase } from "@drydock/db/testing"
import { createCaller } from "./router.ts"
import { lesson as first, memory } from "./testing.ts"

let database: TestDatabase
const people: Record<string, Person> = {}
const as = (who: string) =>
  createCaller({ viewer: people[who], repositories: database.repositories, now: Date.now, token: () => Math.random().toString(36) })
const outcome = (call: Promise<unknown>) =>
  call.then(
    () => "ok",
    (reason) => (reason instanceof TRPCError ? `${reason.code}: ${reason.message.split("\n")[0]}` : String(reason)),
  )
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64")

beforeAll(async () => {
  database = await withDatabase()
  const course = (await memory().content.course("kubernetes"))!
  await database.repositories.content.publish([{ course, lessons: [{ ...first, lab: LabSpec.parse(first.lab) }] }])
  for (const who of ["ida", "jon"]) people[who] = await database.addPerson(who, { role: "instructor" })
  people.lea = await database.addPerson("lea")
})
afterAll(() => database.close())

const open = async (lesson: string) => {
  const { draft } = await as("ida").studio.create({ course: "mine", lesson })
  return { draft, ...(await as("ida").studio.get({ draft })).revision }
}
const changed = (from: string, to: string) => ({ "lesson.md": { from, to } })

test("two write in one draft and neither loses a word; who is behind gets all files, and is told of clashes", async () => {
  const { draft, number, files } = await open("01-both")
  const text = files["lesson.md"] as string
  const mine = text.replace("minutes: 15", "minutes: 20")
  const theirs = text.replace("What does the answer mean?", "What does it say?")
  const one = await as("ida").studio.save({ draft, base: number, changes: changed(text, mine) })
  expect(one).toEqual({ number: 2, clashes: [] })
  const two = await as("jon").studio.save({ draft, base: number, changes: changed(text, theirs) })
  expect(two).toMatchObject({ number: 3, clashes: [] })
  expect(two.files?.["lesson.md"]).toBe(mine.replace("What does the answer mean?", "What does it say?"))
  const three = await as("ida").studio.save({ draft, base: 2, changes: changed(mine, mine.replace("answer mean?", "answer tell?")) })
  expect(three.clashes).toEqual([{ path: "lesson.md", message: expect.stringContaining("the same lines in one place") as string }])
  expect(await as("jon").studio.news({ draft, base: 4 })).toBeNull()
  expect((await as("jon").studio.news({ draft, base: 3 }))?.number).toBe(4)
  expect((await as("jon").studio.revisions({ draft })).map((one) => one.author.name)).toEqual(["ida", "jon", "ida", "ida"])
  const back = await as("jon").studio.restore({ draft, number: 2 })
  expect([back.number, back.files["lesson.md"]]).toEqual([5, mine])
  expect((await as("ida").studio.revisions({ draft }))[0].note).toBe("back to revision 2")
})

test("ten saves at once all arrive", async () => {
  const { draft, number } = await open("02-crowd")
  const paths = Array.from({ length: 10 }, (_, index) => `files/${index}.txt`)
  await Promise.all(
    paths.map((path, index) =>
      as(index % 2 ? "ida" : "jon").studio.save({ draft, base: number, changes: { [path]: { from: null, to: path } } }),
    ),
  )
  expect(Object.keys((await as("ida").studio.get({ draft })).revision.files)).toEqual([...paths, "lab.yaml", "lesson.md"])
})

test("what no lesson may hold is refused with its place, and nothing is saved", async () => {
  const { draft, number } = await open("03-refused")
  const put = (path: string, to: string | { base64: string }) =>
    outcome(as("ida").studio.save({ draft, base: number, changes: { [path]: { from: null, to } } }))
  expect(await put("files/../../etc/passwd", "x")).toBe(
    "BAD_REQUEST: files/../../etc/passwd: this path leads out of the lesson, or has an empty name in it",
  )
  expect(await put("other.txt", "x")).toBe("BAD_REQUEST: other.txt: files beside lesson.md and lab.yaml lie in files/")
  expect(await put("files/film", "x".repeat(1_100_000))).toBe(
    "BAD_REQUEST: files/film: this file has 1 MiB; a file of a lesson may have 1 MiB",
  )
  expect(await put("files/film", { base64: "A".repeat(70_000_000) })).toMatch(/^BAD_REQUEST/)
  expect((await as("ida").studio.get({ draft })).draft.head).toBe(1)
  expect(await outcome(as("ida").studio.create({ course: "mine", lesson: "03-refused" }))).toBe(
    "CONFLICT: There is a draft of mine/03-refused already.",
  )
  expect(await outcome(as("ida").studio.create({ course: "../x", lesson: "a" }))).toMatch(/^BAD_REQUEST/)
})

test("a draft is started from a published lesson, once, and goes out and in as a zip", async () => {
  const { draft } = await as("ida").studio.fromLesson({ course: "kubernetes", lesson: "01-first" })
  expect(await as("jon").studio.fromLesson({ course: "kubernetes", lesson: "01-first" })).toEqual({ draft })
  const { revision, published } = await as("ida").studio.get({ draft })
  expect([published, Object.keys(revision.files).toSorted()]).toEqual([true, ["lab.yaml", "lesson.md"]])
  expect(revision.files["lab.yaml"]).toContain("solution: SECRET-SOLUTION")
  const files = { ...revision.files, "files/dot.png": { base64: "iVBORw==" } }
  const zip = base64(packSource(files, "01-first"))
  const { form, drafts, notes } = await as("ida").studio.import({ course: "copies", lesson: "first-again", zip })
  expect([form, drafts.map(({ lesson }) => lesson), notes]).toEqual(["drydock", ["first-again"], []])
  expect((await as("ida").studio.get({ draft: drafts[0].id })).revision.files).toEqual(files)
  const again = await as("ida").studio.import({ course: "copies", lesson: "first-again", zip })
  expect([again.drafts, again.notes.map(({ message }) => message)]).toEqual([
    [],
    ["there is a draft of copies/first-again already: give another name"],
  ])
})

test("what an import leaves behind is named; a bomb, a way out and what is no zip are refused", async () => {
  const index = JSON.stringify({ title: "Theirs", details: { steps: [{ title: "One", text: "one.md" }] }, backend: { imageid: "ubuntu" } })
  const entries = new Map<string, string | Uint8Array>([
    ["index.json", index],
    ["one.md", "`ls`{{exec}}"],
    ["../out", "x"],
    ["bomb", new Uint8Array(2_000_000)],
  ])
  const send = (zip: Uint8Array) => as("ida").studio.import({ course: "theirs", lesson: "theirs", zip: base64(zip) })
  const { form, drafts, notes } = await send(packFiles(entries))
  expect([form, drafts.length]).toEqual(["killercoda", 1])
  expect(notes.map(({ file, line, message }) => `${file}:${line}: ${message}`)).toEqual(
    expect.arrayContaining([
      "../out:1: this file is refused: its name leads out of the folder",
      "bomb:1: this file is refused: this file has 1.9 MiB; a file of a lesson may have 1 MiB",
    ]),
  )
  expect(await outcome(send(new TextEncoder().encode("no zip")))).toBe("BAD_REQUEST: this is not a zip file, or its end is missing")
  expect(await outcome(send(packFiles(new Map([["readme.txt", "x"]]))))).toMatch(/^BAD_REQUEST: this folder has none of: index\.json/)
  expect(await outcome(send(packFiles(new Map([["../x", "x"]]))))).toBe("BAD_REQUEST: ../x: its name leads out of the folder")
  expect(await outcome(as("ida").studio.import({ course: "theirs", lesson: "l", zip: "A".repeat(12_000_000) }))).toMatch(/^BAD_REQUEST/)
})

test("a lab of a draft is its writers' alone; another lab.yaml makes another lab, other prose does not", async () => {
  const { draft, files } = await open("04-lab")
  const session = async (who: string) => (await as(who).lab.open({ draft })).session
  const one = await session("ida")
  expect((await database.repositories.sessions.get(one))?.lesson).toMatchObject({ course: DRAFT_COURSE, lesson: draft })
  expect(await session("ida")).toBe(one)
  expect(await outcome(as("lea").lab.open({ draft }))).toBe("NOT_FOUND: There is no such draft.")
  expect(await as("ida").catalogue.continue()).toBeUndefined()
  const text = files["lesson.md"] as string
  await as("ida").studio.save({ draft, base: 1, changes: changed(text, `${text}\nMore.\n`) })
  expect(await session("ida")).toBe(one)
  const theirs = await session("jon")
  const lab = files["lab.yaml"] as string
  await as("ida").studio.save({ draft, base: 2, changes: { "lab.yaml": { from: lab, to: lab.replace("points: 5", "points: 6") } } })
  const two = await session("ida")
  expect(two).not.toBe(one)
  expect([(await database.repositories.sessions.get(one))?.state, (await database.repositories.sessions.get(theirs))?.state]).toEqual([
    "ended",
    "active",
  ])
  expect(await as("ida").lab.restart({ session: two })).toMatchObject({ session: expect.not.stringMatching(two) as string })
  await as("ida").studio.save({ draft, base: 3, changes: { "lab.yaml": { from: lab, to: "tasks: 1\n" } } })
  expect(await outcome(session("ida"))).toMatch(/^PRECONDITION_FAILED: The lab cannot be made yet\. lab\.yaml, line 1: /)
  expect(await outcome(as("lea").lab.open({ course: DRAFT_COURSE, lesson: draft }))).toBe("NOT_FOUND: There is no such lesson.")
})

test("a ticket is for a revision that there is; a removed draft is gone, and its lessons stay", async () => {
  const { draft } = await open("05-gone")
  expect(await as("jon").studio.ticket({ draft, number: 1 })).toEqual({ ticket: expect.any(String) as string })
  expect(await outcome(as("jon").studio.ticket({ draft, number: 2 }))).toBe("NOT_FOUND: There is no such revision.")
  await as("jon").studio.remove({ draft })
  expect(await outcome(as("ida").studio.get({ draft }))).toBe("NOT_FOUND: There is no such draft.")
})

test("whoever has begun a lesson goes on with the version they began with, and is told that there is another", async () => {
  const where = { course: "kubernetes", lesson: "01-first" }
  const { session } = await as("lea").lab.open(where)
  const { draft } = await as("ida").studio.fromLesson(where)
  const found = (await database.repositories.content.lesson(where.course, where.lesson))!
  await database.repositories.drafts.publish(draft, 1, { ...found, version: "v2", prose: "# Anew\n\n::task{id=look}\n" }, "ida")
  expect(await as("lea").lesson.get(where)).toMatchObject({ prose: first.prose, version: "v1", changed: true, attempt: session })
  expect(await as("jon").lesson.get(where)).toMatchObject({ version: "v2", changed: false })
  const again = await as("lea").lab.restart({ session })
  expect((await database.repositories.sessions.get(again.session))?.lesson?.version).toBe("v2")
  expect(await as("lea").lesson.get(where)).toMatchObject({ version: "v2", changed: false })
})
