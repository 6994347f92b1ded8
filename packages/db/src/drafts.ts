/** Drafts: revisions in a row, each whole, and what was made of them for learners. */
import { createHash, randomBytes } from "node:crypto"
import { type Client, TRANSACTION, type Transaction } from "./client.ts"
import { type Draft, DRAFT_COURSE, type DraftFiles, type DraftRepository, type PublishedCourse, type PublishedLesson } from "./contract.ts"
import type { Draft as Row, Prisma } from "./generated/client.ts"

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const TICKET_MS = 60_000
/** One person's saves within this are one entry of the history, ms. */
const TOGETHER_MS = 5 * 60_000

/** Who said nothing for so long has gone, ms. */
const PRESENT_MS = 12_000

const hashOf = (token: string) => createHash("sha256").update(token).digest("hex")

const toDraft = ({ id, course, lesson, title, head, createdAt }: Row): Draft => ({
  ...{ id, course, lesson, title, head, createdAt: createdAt.getTime() },
})

const rowOf = ({ course, lesson, version, title, summary, minutes, shows, points, prose, lab }: PublishedLesson) => ({
  ...{ course, lesson, version, title, summary, minutes, shows: shows ?? null, points, prose, lab: lab as Prisma.InputJsonValue },
})

/** Leaves out what came between two revisions that stay: so somebody's hour of typing is a dozen entries and not a thousand. */
const tidy = async (transaction: Transaction, draftId: string, author: string) => {
  const [, last, before] = await transaction.draftRevision.findMany({
    where: { draftId },
    orderBy: { number: "desc" },
    take: 3,
    select: { number: true, authorId: true, at: true, note: true, publication: { select: { id: true }, take: 1 } },
  })
  if (!last || !before || last.authorId !== author || before.authorId !== author) return
  if (last.note !== "" || last.publication.length > 0 || last.at.getTime() - before.at.getTime() >= TOGETHER_MS) return
  await transaction.draftRevision.delete({ where: { draftId_number: { draftId, number: last.number } } })
}

/** A course's modules with one lesson more, in the last of them. */
const withLesson = (modules: PublishedCourse["modules"], lesson: string) => {
  const copy = modules.map((module) => ({ title: module.title, lessons: [...module.lessons] }))
  if (copy.some((module) => module.lessons.includes(lesson))) return copy
  if (copy.length === 0) return [{ title: "Lessons", lessons: [lesson] }]
  copy.at(-1)?.lessons.push(lesson)
  return copy
}

const titleOf = (slug: string) => {
  const words = slug.replaceAll("-", " ")
  return words.charAt(0).toUpperCase() + words.slice(1)
}

export const drafts = (client: Client): DraftRepository => ({
  async create({ course, lesson, files, title, author, note = "" }) {
    const made = await client.$transaction(async (transaction) => {
      const [row] = await transaction.$queryRaw<{ id: string }[]>`
        INSERT INTO draft (course, lesson, title, head, created_by, updated_at) VALUES (${course}, ${lesson}, ${title}, 1, ${author}, clock_timestamp())
        ON CONFLICT (course, lesson) DO NOTHING RETURNING id::text`
      if (!row) return undefined
      await transaction.draftRevision.create({
        data: { draftId: row.id, number: 1, files: files as Prisma.InputJsonValue, authorId: author, note },
      })
      return transaction.draft.findUnique({ where: { id: row.id } })
    }, TRANSACTION)
    return made ? toDraft(made) : undefined
  },

  async all() {
    const rows = await client.$queryRaw<
      (Omit<Row, "createdBy" | "updatedAt"> & { at: Date; by: string | null; published: number | null })[]
    >`
      SELECT d.id::text AS id, d.course, d.lesson, d.title, d.head, d.created_at AS "createdAt", r.at, u.name AS by,
        (SELECT p.number FROM publication p JOIN lesson_version v ON v.course = d.course AND v.lesson = d.lesson AND v.version = p.version
         WHERE p.draft_id = d.id AND v.current ORDER BY p.id DESC LIMIT 1) AS published
      FROM draft d JOIN draft_revision r ON r.draft_id = d.id AND r.number = d.head LEFT JOIN "user" u ON u.id = r.author_id
      ORDER BY r.at DESC, d.id`
    return rows.map(({ at, by, published, createdAt, ...draft }) => ({
      ...{ ...draft, createdAt: createdAt.getTime(), savedAt: at.getTime(), savedBy: by ?? "somebody" },
      ...(published === null ? {} : { published }),
    }))
  },

  async get(id) {
    const row = UUID.test(id) ? await client.draft.findUnique({ where: { id } }) : null
    return row ? toDraft(row) : undefined
  },

  async of(course, lesson) {
    const row = await client.draft.findUnique({ where: { course_lesson: { course, lesson } } })
    return row ? toDraft(row) : undefined
  },

  async files(id, number) {
    if (!UUID.test(id)) return undefined
    const row = await client.draftRevision.findFirst({
      where: { draftId: id, ...(number === undefined ? {} : { number }) },
      orderBy: { number: "desc" },
    })
    if (!row) return undefined
    const author = await client.user.findUnique({ where: { id: row.authorId }, select: { name: true } })
    return {
      ...{ number: row.number, author: { id: row.authorId, name: author?.name ?? "somebody" }, at: row.at.getTime() },
      files: row.files as DraftFiles,
    }
  },

  async save(id, head, { files, title, author, note = "" }) {
    if (!UUID.test(id)) return undefined
    return client.$transaction(async (transaction) => {
      // Whoever comes second waits here, and finds that the head has moved.
      const moved = await transaction.$executeRaw`
        UPDATE draft SET head = head + 1, title = ${title}, updated_at = clock_timestamp() WHERE id = ${id}::uuid AND head = ${head}`
      if (moved === 0) return undefined
      await transaction.$executeRaw`
        INSERT INTO draft_revision (draft_id, number, files, author_id, note, at)
        VALUES (${id}::uuid, ${head + 1}, ${JSON.stringify(files)}::json, ${author}, ${note}, clock_timestamp())`
      await tidy(transaction, id, author)
      return head + 1
    }, TRANSACTION)
  },

  async here(id, userId, path) {
    if (!UUID.test(id)) return []
    await client.$executeRaw`
      INSERT INTO draft_presence (draft_id, user_id, path, seen_at)
      SELECT id, ${userId}, ${path}, clock_timestamp() FROM draft WHERE id = ${id}::uuid
      ON CONFLICT (draft_id, user_id) DO UPDATE SET path = excluded.path, seen_at = excluded.seen_at`
    return client.$queryRaw<{ name: string; path: string }[]>`
      SELECT u.name, p.path FROM draft_presence p JOIN "user" u ON u.id = p.user_id
      WHERE p.draft_id = ${id}::uuid AND p.user_id <> ${userId}
        AND p.seen_at > clock_timestamp() - ${PRESENT_MS}::float8 * interval '1 millisecond'
      ORDER BY u.name, u.id`
  },

  async revisions(id) {
    if (!UUID.test(id)) return []
    const [rows, published] = await Promise.all([
      client.$queryRaw<{ number: number; authorId: string; name: string | null; note: string; at: Date }[]>`
        SELECT r.number, r.author_id AS "authorId", u.name, r.note, r.at FROM draft_revision r LEFT JOIN "user" u ON u.id = r.author_id
        WHERE r.draft_id = ${id}::uuid ORDER BY r.number DESC`,
      client.$queryRaw<{ number: number; at: Date; by: string | null; current: boolean; newest: boolean }[]>`
        SELECT p.number, p.at, u.name AS by, coalesce(v.current, false) AS current,
          p.id = (SELECT max(q.id) FROM publication q WHERE q.draft_id = p.draft_id) AS newest
        FROM publication p JOIN draft d ON d.id = p.draft_id LEFT JOIN "user" u ON u.id = p.by_id
          LEFT JOIN lesson_version v ON v.course = d.course AND v.lesson = d.lesson AND v.version = p.version
        WHERE p.draft_id = ${id}::uuid ORDER BY p.id`,
    ])
    return rows.map(({ number, authorId, name, note, at }) => ({
      ...{ number, author: { id: authorId, name: name ?? "somebody" }, note, at: at.getTime() },
      published: published
        .filter((one) => one.number === number)
        .map((one) => ({ at: one.at.getTime(), by: one.by ?? "somebody", current: one.current && one.newest })),
    }))
  },

  async remove(id) {
    if (UUID.test(id)) await client.draft.deleteMany({ where: { id } })
  },

  async publish(id, number, lesson, by) {
    const { course: slug, lesson: name, version } = lesson
    await client.$transaction(async (transaction) => {
      const course = await transaction.course.findUnique({ where: { slug } })
      const modules = withLesson((course?.retired === false ? course.modules : []) as unknown as PublishedCourse["modules"], name)
      await transaction.course.upsert({
        where: { slug },
        // After those of content/, which count from 0.
        create: { slug, title: titleOf(slug), summary: "", modules, position: 1_000, origin: "studio" },
        update: { modules, retired: false },
      })
      await transaction.lessonVersion.updateMany({ where: { course: slug, lesson: name, current: true }, data: { current: false } })
      await transaction.lessonVersion.upsert({
        where: { course_lesson_version: { course: slug, lesson: name, version } },
        create: { ...rowOf(lesson), current: true, origin: "studio" },
        update: { current: true, origin: "studio" },
      })
      await transaction.publication.create({ data: { draftId: id, number, version, byId: by } })
    }, TRANSACTION)
  },

  async keep(id, lesson) {
    const kept = { course: DRAFT_COURSE, lesson: id, version: lesson.version }
    await client.$transaction(async (transaction) => {
      await transaction.course.upsert({
        where: { slug: DRAFT_COURSE },
        create: { slug: DRAFT_COURSE, title: "Drafts", summary: "", modules: [], position: 0, origin: "studio", retired: true },
        update: {},
      })
      // What no lab was made of is not needed again.
      await transaction.lessonVersion.deleteMany({
        where: { course: DRAFT_COURSE, lesson: id, version: { not: lesson.version }, labSessions: { none: {} } },
      })
      await transaction.lessonVersion.upsert({
        where: { course_lesson_version: kept },
        create: { ...rowOf(lesson), ...kept, current: false, origin: "studio" },
        update: {},
      })
    }, TRANSACTION)
    return kept
  },

  async ticket(id, number, userId) {
    if (!UUID.test(id)) return undefined
    const token = randomBytes(32).toString("base64url")
    await client.$executeRaw`DELETE FROM studio_ticket WHERE expires_at < clock_timestamp()`
    const issued = await client.$executeRaw`
      INSERT INTO studio_ticket (token_hash, draft_id, number, user_id, expires_at)
      SELECT ${hashOf(token)}, draft_id, number, ${userId}, clock_timestamp() + ${TICKET_MS}::float8 * interval '1 millisecond'
      FROM draft_revision WHERE draft_id = ${id}::uuid AND number = ${number}`
    return issued === 0 ? undefined : token
  },

  async redeem(token) {
    const [redeemed] = await client.$queryRaw<{ draft: string; number: number; userId: string }[]>`
      DELETE FROM studio_ticket WHERE token_hash = ${hashOf(token)} AND expires_at > clock_timestamp()
      RETURNING draft_id::text AS draft, number, user_id AS "userId"`
    return redeemed
  },
})
