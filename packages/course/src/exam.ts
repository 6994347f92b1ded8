/** An exam: tasks of one or several lessons against a clock, without help. Runs in a browser too. */
import { z } from "zod"
import type { Course } from "./lesson.ts"
import type { LessonScore } from "./scoring.ts"

export const ExamSpec = z.strictObject({
  title: z.string().min(1),
  summary: z.string().default(""),
  minutes: z.number().int().min(1).max(600),
  /** Per cent of all points from which it is passed. */
  pass: z.number().min(0).max(100).default(66),
  /** A world for each lesson. `tasks`: only these; default: all. `weight`: how much its share counts. */
  parts: z
    .array(
      z.strictObject({
        lesson: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, "write course/lesson"),
        tasks: z.array(z.string()).min(1).optional(),
        weight: z.number().positive().max(100).default(1),
      }),
    )
    .min(1)
    .max(20),
})
export type ExamSpec = z.infer<typeof ExamSpec>

/** What an exam names and nobody has; empty when it can be held. */
export const checkExam = (
  exam: ExamSpec,
  courses: readonly Pick<Course, "slug" | "lessons">[],
): { path: readonly (string | number)[]; message: string }[] =>
  exam.parts.flatMap((part, index) => {
    const [slug, name] = part.lesson.split("/")
    const lesson = courses.find((course) => course.slug === slug)?.lessons.find((one) => one.slug === name)
    if (!lesson) return [{ path: ["parts", index, "lesson"], message: `there is no lesson "${part.lesson}"` }]
    const twice = exam.parts.findIndex((one) => one.lesson === part.lesson) < index
    const known = lesson.lab.tasks.map(({ id }) => id)
    return [
      ...(twice ? [{ path: ["parts", index, "lesson"], message: `the lesson "${part.lesson}" is named twice` }] : []),
      ...(part.tasks ?? []).flatMap((task, at) =>
        known.includes(task) ? [] : [{ path: ["parts", index, "tasks", at], message: `the lesson "${part.lesson}" has no task "${task}"` }],
      ),
    ]
  })

export interface ExamScore {
  /** 0 to 100, to a tenth. */
  readonly percent: number
  readonly passed: boolean
  readonly parts: readonly { readonly lesson: string; readonly weight: number; readonly earned: number; readonly total: number }[]
}

/** @param scores by "course/lesson", without any help counted; a lesson nobody opened has none */
export const scoreExam = (exam: ExamSpec, scores: ReadonlyMap<string, LessonScore>): ExamScore => {
  const parts = exam.parts.map(({ lesson, tasks, weight }) => {
    const counted = (scores.get(lesson)?.tasks ?? []).filter(({ id }) => !tasks || tasks.includes(id))
    return {
      lesson,
      weight,
      earned: counted.reduce((sum, { earned }) => sum + earned, 0),
      total: counted.reduce((sum, { points }) => sum + points, 0),
    }
  })
  const weights = parts.reduce((sum, { weight }) => sum + weight, 0)
  const share = parts.reduce((sum, { weight, earned, total }) => sum + (total === 0 ? 0 : (weight * earned) / total), 0) / weights
  const percent = Math.round(share * 1000) / 10
  return { percent, passed: percent >= exam.pass, parts }
}

/** What is left of an exam that began at `startedAt`. The server's clock decides. All in ms. */
export const examClock = (
  exam: Pick<ExamSpec, "minutes">,
  startedAt: number,
  now: number,
): { endsAt: number; left: number; over: boolean } => {
  const endsAt = startedAt + exam.minutes * 60_000
  return { endsAt, left: Math.max(0, endsAt - now), over: now >= endsAt }
}
