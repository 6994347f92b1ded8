/** Courses, their lessons and where the viewer stands in them. */
import { TRPCError } from "@trpc/server"
import { z } from "zod"
import { DRAFT_COURSE, type DoneTask, type PublishedCourse, type PublishedLesson, type Repositories } from "@drydock/db"
import { labOf } from "./outline.ts"
import { type ApiContext, publicProcedure, router } from "./procedures.ts"

export interface LessonCard {
  readonly slug: string
  readonly title: string
  readonly summary: string
  readonly minutes: number
  readonly shows?: string
  readonly points: number
  readonly earned: number
}

export interface CourseCard {
  readonly slug: string
  readonly title: string
  readonly summary: string
  readonly lessons: number
  readonly minutes: number
  readonly points: number
  readonly earned: number
}

export interface Continue {
  readonly course: string
  readonly lesson: string
  readonly title: string
  /** The first task that is not done, counted from 1. */
  readonly task: number
  readonly taskTitle: string
}

type Card = Omit<PublishedLesson, "prose" | "lab">

const earnedIn = (done: readonly DoneTask[], lesson: string) =>
  done.filter((task) => task.lesson === lesson).reduce((sum, task) => sum + task.points, 0)

const sum = (cards: readonly { readonly [key in "minutes" | "points" | "earned"]: number }[], key: "minutes" | "points" | "earned") =>
  cards.reduce((total, card) => total + card[key], 0)

const lessonCards = (lessons: readonly Card[], done: readonly DoneTask[]): LessonCard[] =>
  lessons.map(({ lesson, title, summary, minutes, shows, points }) => ({
    slug: lesson,
    title,
    summary,
    minutes,
    ...(shows !== undefined && { shows }),
    points,
    // A lesson may have lost points since they were earned.
    earned: Math.min(points, earnedIn(done, lesson)),
  }))

const doneBy = async (ctx: ApiContext, course: string): Promise<readonly DoneTask[]> =>
  ctx.viewer ? ctx.repositories.progress.done(ctx.viewer.id, { course }) : []

/** The first task of a lesson that is not done, if any. */
const openTask = async (kept: Repositories, done: readonly DoneTask[], course: string, lesson: string): Promise<Continue | undefined> => {
  const found = await kept.content.lesson(course, lesson)
  if (!found) return undefined
  const ids = new Set(done.filter((task) => task.course === course && task.lesson === lesson).map((task) => task.task))
  const tasks = labOf(found).tasks
  const at = tasks.findIndex((task) => !ids.has(task.id))
  return at < 0 ? undefined : { course, lesson, title: found.title, task: at + 1, taskTitle: tasks[at].title }
}

const lessonAfter = (course: PublishedCourse, lesson: string): string | undefined => {
  const all = course.modules.flatMap((module) => module.lessons)
  return all[all.indexOf(lesson) + 1]
}

export const catalogueRouter = router({
  courses: publicProcedure.query(async ({ ctx }): Promise<CourseCard[]> => {
    const courses = await ctx.repositories.content.courses()
    return Promise.all(
      courses.map(async ({ slug, title, summary }) => {
        const cards = lessonCards(await ctx.repositories.content.lessons(slug), await doneBy(ctx, slug))
        return {
          slug,
          title,
          summary,
          lessons: cards.length,
          minutes: sum(cards, "minutes"),
          points: sum(cards, "points"),
          earned: sum(cards, "earned"),
        }
      }),
    )
  }),

  course: publicProcedure.input(z.object({ course: z.string().max(63) })).query(async ({ ctx, input }) => {
    const course = await ctx.repositories.content.course(input.course)
    if (!course) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such course." })
    const cards = lessonCards(await ctx.repositories.content.lessons(course.slug), await doneBy(ctx, course.slug))
    const bySlug = new Map(cards.map((card) => [card.slug, card]))
    return {
      slug: course.slug,
      title: course.title,
      summary: course.summary,
      minutes: sum(cards, "minutes"),
      points: sum(cards, "points"),
      earned: sum(cards, "earned"),
      modules: course.modules.map(({ title, lessons }) => ({
        title,
        lessons: lessons.flatMap((slug) => bySlug.get(slug) ?? []),
      })),
    }
  }),

  /** Where the viewer left off: the lesson of their newest lab or newest finished task, or the lesson after it. */
  continue: publicProcedure.query(async ({ ctx }): Promise<Continue | undefined> => {
    if (!ctx.viewer) return undefined
    const done = await ctx.repositories.progress.done(ctx.viewer.id)
    const newest = done.toSorted((a, b) => b.at - a.at)[0]
    const labs = (await ctx.repositories.sessions.activeOf(ctx.viewer.id)).toSorted((a, b) => b.startedAt - a.startedAt)
    const lab = labs.find(({ lesson }) => lesson && lesson.course !== DRAFT_COURSE)
    const begun = [
      ...(lab?.lesson ? [{ course: lab.lesson.course, lesson: lab.lesson.lesson, at: lab.startedAt }] : []),
      ...(newest ? [newest] : []),
    ].toSorted((a, b) => b.at - a.at)
    for (const { course: slug, lesson } of begun) {
      const course = await ctx.repositories.content.course(slug)
      if (!course) continue
      for (let next: string | undefined = lesson; next; next = lessonAfter(course, next)) {
        const open = await openTask(ctx.repositories, done, slug, next)
        if (open) return open
      }
    }
    return undefined
  }),
})
