/** Clicks through a lesson as its learner finds it (see the grader's click-through.ts). */
import { instantiateLesson, type Lesson, proseSteps } from "@drydock/course"
import { type ClickThrough, clickThrough as clickThroughLab } from "@drydock/grader"
import { seedOf } from "./proof.ts"

/** Lines count from the first after the front matter. */
export const clickThrough = (given: Lesson): ClickThrough => {
  const seed = seedOf(given)
  const lesson = instantiateLesson(given, seed)
  return clickThroughLab(lesson.lab, seed, proseSteps(lesson.prose))
}
