/** The whole API. */
import { adminRouter } from "./admin.ts"
import { catalogueRouter } from "./catalogue.ts"
import { certificatesRouter } from "./certificates.ts"
import { classesRouter } from "./classes.ts"
import { examDeskRouter } from "./exam-desk.ts"
import { examsRouter } from "./exams.ts"
import { keysRouter } from "./keys.ts"
import { labRouter } from "./lab.ts"
import { lessonRouter } from "./lesson.ts"
import { createCallerFactory, router } from "./procedures.ts"
import { progressRouter } from "./progress.ts"
import { reviewRouter } from "./review.ts"
import { studioRouter } from "./studio.ts"

export const appRouter = router({
  catalogue: catalogueRouter,
  lesson: lessonRouter,
  lab: labRouter,
  progress: progressRouter,
  classes: classesRouter,
  admin: adminRouter,
  exams: examsRouter,
  examDesk: examDeskRouter,
  review: reviewRouter,
  certificates: certificatesRouter,
  keys: keysRouter,
  studio: studioRouter,
})
export type AppRouter = typeof appRouter

export const createCaller = createCallerFactory(appRouter)
