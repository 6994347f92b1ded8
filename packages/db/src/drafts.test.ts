/** Drafts against a real Postgres: nobody's save is lost, history is whole, what is published stays what learners get. */
import { afterAll, beforeAll, expect, it } from "vitest"
import { DRAFT_COURSE, type PublishedLesson } from "./contract.ts"
import { type TestDatabase, withDatabase } from "./testing.ts"

let database: TestDatabase
beforeAll(async () => {
  database = await withDatabase()
  await database.addPerson("ida", { role: "instructor" })
  await database.addPerson("jon", { role: "instructor" })
})
afterAll(() => database.close())

const files = (text: string) => ({ "lesson.md": text, "files/dot.png": { base64: "iVBORw==" } })
const draft = async (lesson: string) => {
  const made = await database.repositories.drafts.create({ course: "mine", lesson, files: files("one"), title: "One", author: "ida" })
  if (!made) throw new Error("there is one already")
  return made
}
const lesson = (slug: string, version: string, course = "mine"): PublishedLesson => ({
  ...{
    course,
    lesson: slug,
    version,
    title: `${slug} ${version}`,
    summary: "s",
    minutes: 10,
    points: 5,
    prose: version,
    lab: { tasks: [] },
  },
})

it("there is one draft of a lesson, and it keeps what is saved", async () => {
  const { drafts } = database.repositories
  const made = await draft("01-a")
  expect(made).toMatchObject({ course: "mine", lesson: "01-a", title: "One", head: 1 })
  expect(await drafts.create({ course: "mine", lesson: "01-a", files: {}, title: "", author: "jon" })).toBeUndefined()
  expect(await drafts.of("mine", "01-a")).toEqual(made)
  expect(await drafts.save(made.id, 1, { files: files("two"), title: "Two", author: "jon", note: "better" })).toBe(2)
  expect(await drafts.files(made.id)).toMatchObject({ number: 2, author: { id: "jon", name: "jon" }, files: files("two") })
  expect((await drafts.files(made.id, 1))?.files).toEqual(files("one"))
  expect((await drafts.revisions(made.id)).map(({ number, author, note }) => [number, author.id, note])).toEqual([
    [2, "jon", "better"],
    [1, "ida", ""],
  ])
  expect(await drafts.all()).toMatchObject([{ id: made.id, title: "Two", savedBy: "jon", head: 2 }])
  await drafts.remove(made.id)
  expect([await drafts.get(made.id), await drafts.files(made.id), await drafts.get("none")]).toEqual([undefined, undefined, undefined])
})

it("of two that save after the same revision one is told to join first", async () => {
  const { drafts } = database.repositories
  const { id } = await draft("02-b")
  const saved = await Promise.all(["ida", "jon"].map((author) => drafts.save(id, 1, { files: files(`by ${author}`), title: "T", author })))
  expect(saved.toSorted()).toEqual([2, undefined])
  expect((await drafts.get(id))?.head).toBe(2)
})

it("quick saves of one person are one entry of the history; another's, a noted one and a published one stay", async () => {
  const { drafts } = database.repositories
  const { id } = await draft("03-c")
  const save = async (head: number, author: string, note?: string) => {
    await drafts.save(id, head, { files: files(`${head}`), title: "T", author, ...(note && { note }) })
  }
  for (let head = 1; head < 6; head++) await save(head, "ida")
  const numbers = async () => (await drafts.revisions(id)).map(({ number }) => number)
  expect(await numbers()).toEqual([6, 1])
  await save(6, "jon")
  await save(7, "ida", "a point to come back to")
  await save(8, "ida")
  expect(await numbers()).toEqual([9, 8, 7, 6, 1])
  await drafts.publish(id, 9, lesson("03-c", "v9"), "ida")
  await save(9, "ida")
  await save(10, "ida")
  expect(await numbers()).toEqual([11, 9, 8, 7, 6, 1])
  // An hour later the last save is a new entry.
  await database.query(`UPDATE draft_revision SET at = at - interval '1 hour' WHERE number < 11`)
  await save(11, "ida")
  expect(await numbers()).toEqual([12, 11, 9, 8, 7, 6, 1])
})

it("what is published is current, the version before stays for who began with it, and going back is publishing again", async () => {
  const { drafts, content, sessions } = database.repositories
  const { id } = await draft("04-d")
  await drafts.publish(id, 1, lesson("04-d", "v1"), "ida")
  expect((await content.course("mine"))?.modules.flatMap(({ lessons }) => lessons)).toContain("04-d")
  const began = { course: "mine", lesson: "04-d", version: "v1" }
  const session = await sessions.open({ userId: "jon", lesson: began, topology: "kubeadm-1node", seed: "s", engine: "", startedAt: 0 })
  await drafts.save(id, 1, { files: files("two"), title: "T", author: "jon" })
  await drafts.publish(id, 2, lesson("04-d", "v2"), "jon")
  expect((await content.lesson("mine", "04-d"))?.version).toBe("v2")
  expect((await sessions.get(session.id))?.lesson).toEqual(began)
  expect((await content.lesson("mine", "04-d", "v1"))?.prose).toBe("v1")
  const shown = async () =>
    (await drafts.revisions(id)).map(({ number, published }) => [
      number,
      published.map(({ by, current }) => `${by}${current ? " now" : ""}`),
    ])
  expect(await shown()).toEqual([
    [2, ["jon now"]],
    [1, ["ida"]],
  ])
  await drafts.publish(id, 1, lesson("04-d", "v1"), "ida")
  expect((await content.lesson("mine", "04-d"))?.version).toBe("v1")
  expect(await shown()).toEqual([
    [2, ["jon"]],
    [1, ["ida", "ida now"]],
  ])
  expect((await drafts.all()).find((one) => one.id === id)?.published).toBe(1)
})

it("labs of a draft are made of versions that nobody finds", async () => {
  const { drafts, content, sessions } = database.repositories
  const { id } = await draft("05-e")
  const first = await drafts.keep(id, lesson("05-e", "lab-1"))
  expect(first).toEqual({ course: DRAFT_COURSE, lesson: id, version: "lab-1" })
  await drafts.keep(id, lesson("05-e", "lab-2"))
  expect(await content.lesson(DRAFT_COURSE, id, "lab-1")).toBeUndefined()
  const second = { course: DRAFT_COURSE, lesson: id, version: "lab-2" }
  await sessions.open({ userId: "ida", lesson: second, topology: "kubeadm-1node", seed: "s", engine: "", startedAt: 0 })
  await drafts.keep(id, lesson("05-e", "lab-3"))
  expect((await content.lesson(DRAFT_COURSE, id, "lab-2"))?.version).toBe("lab-2")
  expect(await content.lesson(DRAFT_COURSE, id)).toBeUndefined()
  expect((await content.courses()).map(({ slug }) => slug)).not.toContain(DRAFT_COURSE)
})

it("a ticket is for one revision, once, and a minute", async () => {
  const { drafts } = database.repositories
  const { id } = await draft("06-f")
  expect(await drafts.ticket(id, 7, "ida")).toBeUndefined()
  expect(await drafts.ticket("no", 1, "ida")).toBeUndefined()
  const ticket = (await drafts.ticket(id, 1, "ida")) ?? ""
  expect(await drafts.redeem(ticket)).toEqual({ draft: id, number: 1, userId: "ida" })
  expect(await drafts.redeem(ticket)).toBeUndefined()
  const late = (await drafts.ticket(id, 1, "ida")) ?? ""
  await database.query(`UPDATE studio_ticket SET expires_at = clock_timestamp() - interval '1 second'`)
  expect(await drafts.redeem(late)).toBeUndefined()
})

it("content/ leaves the studio's lessons current until its own files change", async () => {
  const { drafts, content } = database.repositories
  const course = (lessons: string[]) => ({ slug: "kept", title: "Kept", summary: "s", modules: [{ title: "First", lessons }] })
  const start = (lessons: PublishedLesson[]) => content.publish([{ course: course(lessons.map(({ lesson: slug }) => slug)), lessons }])
  const now = async () => (await content.lessons("kept")).map(({ lesson: slug, version }) => `${slug} ${version}`)
  const [a1, b1] = [lesson("a", "a1", "kept"), lesson("b", "b1", "kept")]
  await start([a1, b1])
  const make = async (slug: string, version: string) => {
    const made = await drafts.create({ course: "kept", lesson: slug, files: files("x"), title: "X", author: "ida" })
    await drafts.publish(made?.id ?? "", 1, lesson(slug, version, "kept"), "ida")
  }
  await make("a", "studio-a")
  await make("new", "studio-new")
  expect(await now()).toEqual(["a studio-a", "b b1", "new studio-new"])
  await start([a1, b1])
  expect(await now()).toEqual(["a studio-a", "b b1", "new studio-new"])
  await start([a1, lesson("b", "b2", "kept")])
  expect(await now()).toEqual(["a studio-a", "b b2", "new studio-new"])
  await start([lesson("a", "a2", "kept"), b1])
  expect(await now()).toEqual(["a a2", "b b1", "new studio-new"])
  // What the studio publishes after that is newer again.
  const again = await drafts.of("kept", "a")
  await drafts.publish(again?.id ?? "", 1, lesson("a", "studio-a", "kept"), "ida")
  await start([lesson("a", "a2", "kept"), b1])
  expect(await now()).toEqual(["a studio-a", "b b1", "new studio-new"])
  // The course goes from content/: what the studio made of it stays.
  await content.publish([])
  expect(await now()).toEqual(["a studio-a", "new studio-new"])
})
