/** What a learner may know of a lab before they work on it: no check, no answer, no hint, no solution. */
import { LabSpec } from "@drydock/course"
import type { PublishedLesson } from "@drydock/db"

export interface QuizOutline {
  readonly id: string
  readonly question: string
  readonly type: "single" | "several" | "text"
  readonly options: readonly string[]
}

export interface TaskOutline {
  readonly id: string
  readonly title: string
  readonly points: number
  readonly quizzes: readonly QuizOutline[]
}

/** @throws ZodError when the kept lab is not of the course format */
export const labOf = (lesson: PublishedLesson): LabSpec => LabSpec.parse(lesson.lab)

export const tasksOf = (lab: LabSpec): TaskOutline[] =>
  lab.tasks.map(({ id, title, points, checks }) => ({
    id,
    title,
    points,
    quizzes: checks.flatMap((check) =>
      check.kind === "quiz" ? [{ id: check.id, question: check.question, type: check.type, options: check.options }] : [],
    ),
  }))
