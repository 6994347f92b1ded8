/** The whole API. */
import { catalogueRouter } from "./catalogue.ts"
import { classesRouter } from "./classes.ts"
import { labRouter } from "./lab.ts"
import { lessonRouter } from "./lesson.ts"
import { createCallerFactory, router } from "./procedures.ts"
import { progressRouter } from "./progress.ts"

export const appRouter = router({
  catalogue: catalogueRouter,
  lesson: lessonRouter,
  lab: labRouter,
  progress: progressRouter,
  classes: classesRouter,
})
export type AppRouter = typeof appRouter

export const createCaller = createCallerFactory(appRouter)
