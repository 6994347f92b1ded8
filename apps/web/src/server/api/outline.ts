/** What a learner may know of a lab before they work on it: no check, no answer, no hint, no solution. */
import { LabSpec, outlineOf } from "@drydock/course"
import type { PublishedLesson } from "@drydock/db"

export type { QuizOutline, TaskOutline } from "@drydock/course"

/** @throws ZodError when the kept lab is not of the course format */
export const labOf = (lesson: PublishedLesson): LabSpec => LabSpec.parse(lesson.lab)

export const tasksOf = outlineOf
