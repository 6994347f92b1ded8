/** Courses and lesson versions: what content/ says, kept with everything a session ever began with. */
import { type Client, TRANSACTION, type Transaction } from "./client.ts"
import type { ContentRepository, PublishedCourse, PublishedLesson } from "./contract.ts"

/** Held while publishing: two servers may start at once. */
const PUBLISH_LOCK = 5_170_002
/** Everything but prose and lab, which are long. */
const HEADER = { course: true, lesson: true, version: true, title: true, summary: true, minutes: true, shows: true, points: true } as const

const withoutNull = <Row extends { shows: string | null }>({ shows, ...row }: Row) => ({ ...row, ...(shows === null ? {} : { shows }) })

const toCourse = (row: { slug: string; title: string; summary: string; modules: unknown }): PublishedCourse => ({
  ...{ slug: row.slug, title: row.title, summary: row.summary },
  modules: row.modules as PublishedCourse["modules"],
})

/** All lessons in one statement; those that are there already, unchanged, are not written again. */
const upsertLessons = (transaction: Transaction, lessons: readonly PublishedLesson[]) => {
  const column = <Value>(value: (lesson: PublishedLesson) => Value) => lessons.map(value)
  return transaction.$executeRaw`
    INSERT INTO lesson_version AS known (course, lesson, version, title, summary, minutes, shows, points, prose, lab)
    SELECT course, lesson, version, title, summary, minutes, shows, points, prose, lab::json
    FROM unnest(
      ${column(({ course }) => course)}::text[], ${column(({ lesson }) => lesson)}::text[], ${column(({ version }) => version)}::text[],
      ${column(({ title }) => title)}::text[], ${column(({ summary }) => summary)}::text[], ${column(({ minutes }) => minutes)}::int[],
      ${column(({ shows }) => shows ?? null)}::text[], ${column(({ points }) => points)}::int[], ${column(({ prose }) => prose)}::text[],
      ${column(({ lab }) => JSON.stringify(lab))}::text[]
    ) AS given (course, lesson, version, title, summary, minutes, shows, points, prose, lab)
    ON CONFLICT (course, lesson, version) DO UPDATE
    SET title = excluded.title, summary = excluded.summary, minutes = excluded.minutes, shows = excluded.shows,
      points = excluded.points, prose = excluded.prose, lab = excluded.lab, current = true
    WHERE (known.title, known.summary, known.minutes, known.shows, known.points, known.prose, known.lab::text, known.current)
      IS DISTINCT FROM (excluded.title, excluded.summary, excluded.minutes, excluded.shows, excluded.points, excluded.prose, excluded.lab::text, true)`
}

export const content = (client: Client): ContentRepository => ({
  async publish(courses) {
    await client.$transaction(async (transaction) => {
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${PUBLISH_LOCK})`
      for (const [position, { course, lessons }] of courses.entries()) {
        const { slug, title, summary } = course
        const modules = course.modules.map((module) => ({ title: module.title, lessons: [...module.lessons] }))
        const data = { title, summary, modules, position, retired: false }
        await transaction.course.upsert({ where: { slug }, create: { slug, ...data }, update: data })
        if (lessons.length > 0) await upsertLessons(transaction, lessons)
        const current = lessons.map(({ lesson, version }) => ({ lesson, version }))
        await transaction.lessonVersion.updateMany({
          where: { course: slug, current: true, ...(current.length > 0 ? { NOT: { OR: current } } : {}) },
          data: { current: false },
        })
      }
      await transaction.course.updateMany({ where: { slug: { notIn: courses.map(({ course }) => course.slug) } }, data: { retired: true } })
    }, TRANSACTION)
  },

  async courses() {
    return (await client.course.findMany({ where: { retired: false }, orderBy: { position: "asc" } })).map(toCourse)
  },

  async course(slug) {
    const row = await client.course.findUnique({ where: { slug, retired: false } })
    return row ? toCourse(row) : undefined
  },

  async lessons(slug) {
    const [course, rows] = await Promise.all([
      this.course(slug),
      client.lessonVersion.findMany({ where: { course: slug, current: true }, select: HEADER }),
    ])
    return (course?.modules ?? [])
      .flatMap((module) => module.lessons)
      .flatMap((lesson) => rows.filter((row) => row.lesson === lesson))
      .map(withoutNull)
  },

  async lesson(course, lesson, version) {
    const select = { ...HEADER, prose: true, lab: true } as const
    const row =
      version === undefined
        ? await client.lessonVersion.findFirst({ where: { course, lesson, current: true, courseOf: { retired: false } }, select })
        : await client.lessonVersion.findUnique({ where: { course_lesson_version: { course, lesson, version } }, select })
    return row ? withoutNull(row) : undefined
  },
})
