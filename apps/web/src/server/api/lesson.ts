/** One lesson as its reader sees it. */
import { TRPCError } from "@trpc/server"
import { z } from "zod"
import { instantiateLesson } from "@drydock/course"
import { labOf, tasksOf } from "./outline.ts"
import { publicProcedure, router } from "./procedures.ts"

export const lessonRouter = router({
  get: publicProcedure.input(z.object({ course: z.string().max(63), lesson: z.string().max(63) })).query(async ({ ctx, input }) => {
    const { content, progress } = ctx.repositories
    const [course, found] = await Promise.all([content.course(input.course), content.lesson(input.course, input.lesson)])
    const order = course?.modules.flatMap((module) => module.lessons) ?? []
    if (!course || !found || !order.includes(found.lesson)) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such lesson." })
    // What is random is drawn when the lab opens; until then names stand in braces.
    const drawn = labOf(found)
    const varied = Object.keys(drawn.variables ?? {}).length > 0
    const attempt =
      varied && ctx.viewer
        ? (await ctx.repositories.sessions.activeOf(ctx.viewer.id)).find(
            ({ lesson }) => lesson?.course === found.course && lesson.lesson === found.lesson && lesson.version === found.version,
          )
        : undefined
    const { lab, prose } = attempt
      ? instantiateLesson({ lab: drawn, prose: found.prose }, attempt.seed)
      : { lab: drawn, prose: found.prose }
    const tasks = tasksOf(lab)
    const done = ctx.viewer ? (await progress.done(ctx.viewer.id, input)).map((task) => task.task) : []
    const nextSlug = order[order.indexOf(found.lesson) + 1]
    const next = nextSlug ? (await content.lessons(course.slug)).find((lesson) => lesson.lesson === nextSlug) : undefined
    const { title, summary, minutes, shows, version } = found
    return {
      course: { slug: course.slug, title: course.title },
      slug: found.lesson,
      /** Counted from 1 in the syllabus. */
      number: order.indexOf(found.lesson) + 1,
      version,
      title,
      summary,
      minutes,
      shows,
      prose,
      /** The lab session that the text is written for; null: it has names in braces still. Absent in lessons that are the same for all. */
      attempt: varied ? (attempt?.id ?? null) : undefined,
      tasks,
      /** Ids of the viewer's finished tasks. */
      done,
      /** Markdown; explains the solutions, so it is told when every task is done. */
      debrief: tasks.every((task) => done.includes(task.id)) ? lab.debrief : undefined,
      next: next && { slug: next.lesson, title: next.title, summary: next.summary, minutes: next.minutes },
    }
  }),
})
