/** One lesson as its reader sees it. */
import { TRPCError } from "@trpc/server"
import { z } from "zod"
import { instantiateLesson } from "@drydock/course"
import { labOf, tasksOf } from "./outline.ts"
import { publicProcedure, router } from "./procedures.ts"

export const lessonRouter = router({
  get: publicProcedure.input(z.object({ course: z.string().max(63), lesson: z.string().max(63) })).query(async ({ ctx, input }) => {
    const { content, progress } = ctx.repositories
    const [course, newest, labs] = await Promise.all([
      content.course(input.course),
      content.lesson(input.course, input.lesson),
      ctx.viewer ? ctx.repositories.sessions.activeOf(ctx.viewer.id) : [],
    ])
    const order = course?.modules.flatMap((module) => module.lessons) ?? []
    if (!course || !newest || !order.includes(newest.lesson))
      throw new TRPCError({ code: "NOT_FOUND", message: "There is no such lesson." })
    // Whoever has begun a version goes on with it, until they start over.
    const begun = labs.find(
      ({ lesson, attempt, drill }) =>
        lesson?.course === newest.course && lesson.lesson === newest.lesson && attempt === undefined && drill === undefined,
    )
    const older = begun?.lesson && begun.lesson.version !== newest.version ? begun.lesson.version : undefined
    const found = (older === undefined ? undefined : await content.lesson(input.course, input.lesson, older)) ?? newest
    const changed = found.version !== newest.version
    // What is random is drawn when the lab opens; until then names stand in braces.
    const drawn = labOf(found)
    const varied = Object.keys(drawn.variables ?? {}).length > 0
    const attempt = begun?.lesson?.version === found.version ? begun : undefined
    const { lab, prose } =
      varied && attempt ? instantiateLesson({ lab: drawn, prose: found.prose }, attempt.seed) : { lab: drawn, prose: found.prose }
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
      /** The lab session that the text is written for; null: it has names in braces still. Absent when the text is the same for all. */
      attempt: varied || changed ? (attempt?.id ?? null) : undefined,
      /** There is a newer version, which the viewer gets when they start over. */
      changed,
      tasks,
      /** Ids of the viewer's finished tasks. */
      done,
      /** Markdown; explains the solutions, so it is told when every task is done. */
      debrief: tasks.every((task) => done.includes(task.id)) ? lab.debrief : undefined,
      next: next && { slug: next.lesson, title: next.title, summary: next.summary, minutes: next.minutes },
    }
  }),
})
