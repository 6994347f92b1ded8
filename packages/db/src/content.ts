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

/** All lessons in one statement; those that are there already, unchanged, are not written again. @param staying what the studio published and goes on being current */
const upsertLessons = (transaction: Transaction, lessons: readonly PublishedLesson[], staying: ReadonlySet<string>) => {
  const column = <Value>(value: (lesson: PublishedLesson) => Value) => lessons.map(value)
  return transaction.$executeRaw`
    INSERT INTO lesson_version AS known (course, lesson, version, title, summary, minutes, shows, points, prose, lab, current, origin, held)
    SELECT course, lesson, version, title, summary, minutes, shows, points, prose, lab::json, current, 'content', true
    FROM unnest(
      ${column(({ course }) => course)}::text[], ${column(({ lesson }) => lesson)}::text[], ${column(({ version }) => version)}::text[],
      ${column(({ title }) => title)}::text[], ${column(({ summary }) => summary)}::text[], ${column(({ minutes }) => minutes)}::int[],
      ${column(({ shows }) => shows ?? null)}::text[], ${column(({ points }) => points)}::int[], ${column(({ prose }) => prose)}::text[],
      ${column(({ lab }) => JSON.stringify(lab))}::text[], ${column(({ lesson }) => !staying.has(lesson))}::boolean[]
    ) AS given (course, lesson, version, title, summary, minutes, shows, points, prose, lab, current)
    ON CONFLICT (course, lesson, version) DO UPDATE
    SET title = excluded.title, summary = excluded.summary, minutes = excluded.minutes, shows = excluded.shows,
      points = excluded.points, prose = excluded.prose, lab = excluded.lab, current = excluded.current, held = true
    WHERE (known.title, known.summary, known.minutes, known.shows, known.points, known.prose, known.lab::text, known.current, known.held)
      IS DISTINCT FROM (excluded.title, excluded.summary, excluded.minutes, excluded.shows, excluded.points, excluded.prose, excluded.lab::text, excluded.current, true)`
}

/**
 * Lessons of a course that the studio published last, and content/ has not changed since: they stay what they are.
 * What content/ has in another version than when it was last read is newer than what the studio published.
 */
const studioLessons = async (
  transaction: Transaction,
  course: string,
  lessons: readonly PublishedLesson[],
): Promise<ReadonlySet<string>> => {
  const rows = await transaction.lessonVersion.findMany({
    where: { course, OR: [{ current: true, origin: "studio" }, { held: true }] },
    select: { lesson: true, version: true, current: true, origin: true, held: true },
  })
  const studio = rows.filter(({ current, origin }) => current && origin === "studio")
  return new Set(
    studio
      .filter(({ lesson: name, version: published }) => {
        const given = lessons.find(({ lesson }) => lesson === name)
        if (!given) return true
        return given.version !== published && rows.some(({ lesson, version, held }) => held && lesson === name && version === given.version)
      })
      .map(({ lesson }) => lesson),
  )
}

/** The syllabus as content/ has it, with the studio's lessons of this course where they were, or last. */
const syllabus = (given: PublishedCourse["modules"], before: PublishedCourse["modules"], staying: ReadonlySet<string>) => {
  const modules = given.map((module) => ({ title: module.title, lessons: [...module.lessons] }))
  for (const lesson of staying) {
    if (modules.some((module) => module.lessons.includes(lesson))) continue
    const was = before.find((module) => module.lessons.includes(lesson))?.title
    const home = modules.find(({ title }) => title === was) ?? modules.at(-1)
    if (home) home.lessons.push(lesson)
    else modules.push({ title: was ?? "Lessons", lessons: [lesson] })
  }
  return modules
}

export const content = (client: Client): ContentRepository => ({
  async publish(courses) {
    await client.$transaction(async (transaction) => {
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${PUBLISH_LOCK})`
      for (const [position, { course, lessons }] of courses.entries()) {
        const { slug, title, summary } = course
        const before = await transaction.course.findUnique({ where: { slug } })
        const staying = await studioLessons(transaction, slug, lessons)
        const modules = syllabus(course.modules, (before?.modules ?? []) as unknown as PublishedCourse["modules"], staying)
        const data = { title, summary, modules, position, retired: false, origin: "content" as const }
        await transaction.course.upsert({ where: { slug }, create: { slug, ...data }, update: data })
        const given = lessons.map(({ lesson, version }) => ({ lesson, version }))
        const others = given.length > 0 ? { NOT: { OR: given } } : {}
        await transaction.lessonVersion.updateMany({
          where: { course: slug, current: true, ...others, lesson: { notIn: [...staying] } },
          data: { current: false },
        })
        await transaction.lessonVersion.updateMany({ where: { course: slug, held: true, ...others }, data: { held: false } })
        if (lessons.length > 0) await upsertLessons(transaction, lessons, staying)
      }
      const slugs = courses.map(({ course }) => course.slug)
      const gone = { course: { notIn: slugs }, origin: "content" as const }
      await transaction.lessonVersion.updateMany({ where: { ...gone, current: true }, data: { current: false } })
      await transaction.lessonVersion.updateMany({ where: { ...gone, held: true }, data: { held: false } })
      await transaction.course.updateMany({
        where: { slug: { notIn: slugs }, origin: "content", versions: { none: { current: true } } },
        data: { retired: true },
      })
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
