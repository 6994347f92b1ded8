/** Courses and lesson versions: what content/ says, kept with everything a session ever began with. */
import { type Client, TRANSACTION } from "./client.ts"
import type { ContentRepository, PublishedCourse, PublishedLesson } from "./contract.ts"
import type { Prisma } from "./generated/client.ts"

/** Held while publishing: two servers may start at once. */
const PUBLISH_LOCK = 5_170_002
/** Everything but prose and lab, which are long. */
const HEADER = { course: true, lesson: true, version: true, title: true, summary: true, minutes: true, shows: true, points: true } as const

const withoutNull = <Row extends { shows: string | null }>({ shows, ...row }: Row) => ({ ...row, ...(shows === null ? {} : { shows }) })

const toCourse = (row: { slug: string; title: string; summary: string; modules: unknown }): PublishedCourse => ({
  ...{ slug: row.slug, title: row.title, summary: row.summary },
  modules: row.modules as PublishedCourse["modules"],
})

const toRow = ({ course: _course, lesson: _lesson, version: _version, shows, lab, ...rest }: PublishedLesson) => ({
  ...{ title: rest.title, summary: rest.summary, minutes: rest.minutes, points: rest.points, prose: rest.prose },
  ...{ shows: shows ?? null, lab: lab as Prisma.InputJsonValue, current: true },
})

export const content = (client: Client): ContentRepository => ({
  async publish(courses) {
    await client.$transaction(async (transaction) => {
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${PUBLISH_LOCK})`
      for (const [position, { course, lessons }] of courses.entries()) {
        const { slug, title, summary } = course
        const modules = course.modules.map((module) => ({ title: module.title, lessons: [...module.lessons] }))
        const data = { title, summary, modules, position, retired: false }
        await transaction.course.upsert({ where: { slug }, create: { slug, ...data }, update: data })
        for (const published of lessons) {
          const key = { course: slug, lesson: published.lesson, version: published.version }
          const row = toRow(published)
          await transaction.lessonVersion.upsert({ where: { course_lesson_version: key }, create: { ...key, ...row }, update: row })
        }
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
