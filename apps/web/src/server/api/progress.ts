/** What the viewer has done. */
import { learnerProcedure, router } from "./procedures.ts"

export const progressRouter = router({
  /** By course and lesson: tasks done, hints opened, solutions seen. Lessons that were never touched are left out. */
  mine: learnerProcedure.query(async ({ ctx }) => {
    const { content, progress } = ctx.repositories
    const done = await progress.done(ctx.viewer.id)
    const courses = await content.courses()
    return Promise.all(
      courses.map(async ({ slug, title }) => {
        const lessons = await Promise.all(
          (await content.lessons(slug)).map(async (lesson) => {
            const tasks = done.filter((task) => task.course === slug && task.lesson === lesson.lesson)
            const opened = await progress.hints(ctx.viewer.id, { course: slug, lesson: lesson.lesson })
            return {
              slug: lesson.lesson,
              title: lesson.title,
              points: lesson.points,
              earned: Math.min(
                lesson.points,
                tasks.reduce((sum, task) => sum + task.points, 0),
              ),
              tasks: tasks.length,
              hints: opened.filter((entry) => entry.hint >= 0).length,
              solutions: opened.filter((entry) => entry.hint < 0).length,
              /** ms since the epoch */ lastAt: tasks.reduce((last, task) => Math.max(last, task.at), 0),
            }
          }),
        )
        return { slug, title, lessons: lessons.filter((lesson) => lesson.tasks + lesson.hints + lesson.solutions > 0) }
      }),
    )
  }),
})
