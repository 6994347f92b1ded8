/** What a lab's events mean for its learner's progress, their review queue, and their exam. */
import { FIRST, nextSpacing } from "@drydock/course"
import { DRAFT_COURSE, type LabSession, type Repositories } from "@drydock/db"
import type { FromWorker } from "../link.ts"

/** A task that took longer is asked again; ms with the page open. */
export const LONG_MS = 15 * 60_000

/** So many different wrong observations of a task's checks: it is asked again. A rollout alone shows a handful. */
export const MANY_MISSED = 12

type Event = Extract<FromWorker, { type: "task-done" | "hint-used" | "answered" }>

/** @param tookMs with the page open, since the task before was done */
export const keepProgress = async (
  { progress, reviews }: Pick<Repositories, "progress" | "reviews">,
  { lesson, userId, attempt, drill }: Pick<LabSession, "lesson" | "userId" | "attempt" | "drill">,
  event: Event,
  { tookMs, helped }: { tookMs: number; helped: boolean },
): Promise<void> => {
  // An exam is no practice: what happens in it is kept as outcomes of the attempt.
  // And whoever writes a lesson is no learner of it.
  if (!lesson || attempt !== undefined || lesson.course === DRAFT_COURSE) return
  const where = { course: lesson.course, lesson: lesson.lesson, task: event.task }
  if (drill !== undefined) {
    if (event.type !== "task-done" || event.task !== drill) return
    const place = { ...where, quiz: "" }
    const item = (await reviews.list(userId)).find(
      (one) => one.course === place.course && one.lesson === place.lesson && one.task === place.task && one.quiz === "",
    )
    await reviews.answered(userId, place, nextSpacing(item ?? FIRST, !helped))
    return
  }
  switch (event.type) {
    case "task-done":
      await progress.complete(userId, { ...where, points: event.points })
      if (tookMs > LONG_MS || event.missed >= MANY_MISSED) await reviews.weak(userId, { ...where, quiz: "" })
      return
    case "hint-used":
      await progress.hintUsed(userId, where, event.hint)
      return reviews.weak(userId, { ...where, quiz: "" })
    case "answered":
      await progress.answered(userId, { ...where, quiz: event.quiz }, event.answer, event.correct)
      if (!event.correct) await reviews.weak(userId, { ...where, quiz: event.quiz })
  }
}
