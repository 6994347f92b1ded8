/** An exam: tasks of one or several lessons against a clock, without help. Runs in a browser too. */
import { z } from "zod"
import { between } from "./focus.ts"
import type { Course, LabSpec, TaskSpec } from "./lesson.ts"
import { type LessonScore, scoreLesson, type TaskOutcome } from "./scoring.ts"

export const ExamSpec = z.strictObject({
  title: z.string().min(1),
  summary: z.string().default(""),
  minutes: z.number().int().min(1).max(600),
  /** Per cent of all points from which it is passed. */
  pass: z.number().min(0).max(100).default(66),
  /** "live": a task that is done says so. Default: nothing is told before the end. */
  feedback: z.enum(["none", "live"]).default("none"),
  /** How often one person may sit it. */
  attempts: z.number().int().min(1).max(100).default(1),
  /**
   * A world for each lesson. `tasks`: only these; default: all. What they need of others is solved before. `weight`: how much its share
   * counts. `texts`: a task's text in Markdown, by its id, in place of its checks' titles.
   */
  parts: z
    .array(
      z.strictObject({
        lesson: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, "write course/lesson"),
        tasks: z.array(z.string()).min(1).optional(),
        weight: z.number().positive().max(100).default(1),
        texts: z.record(z.string(), z.string()).optional(),
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
    const chosen = part.tasks ?? known
    return [
      ...(twice ? [{ path: ["parts", index, "lesson"], message: `the lesson "${part.lesson}" is named twice` }] : []),
      ...(part.tasks ?? []).flatMap((task, at) =>
        known.includes(task) ? [] : [{ path: ["parts", index, "tasks", at], message: `the lesson "${part.lesson}" has no task "${task}"` }],
      ),
      ...between(lesson.lab.tasks, chosen).map((task) => ({
        path: ["parts", index, "tasks"],
        message: `the task "${task}" stands between two of these: name it as well`,
      })),
      ...Object.keys(part.texts ?? {}).flatMap((task) =>
        chosen.includes(task) ? [] : [{ path: ["parts", index, "texts", task], message: `"${task}" is no task of this part` }],
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

/** A task of an exam, as its candidate reads it. */
export interface ExamTask {
  readonly id: string
  readonly title: string
  readonly points: number
  /** Markdown. */
  readonly text: string
}

/** A lesson's tasks that a part of an exam is about, in the lesson's order. */
export const tasksOfPart = (part: ExamSpec["parts"][number], lab: Pick<LabSpec, "tasks">): TaskSpec[] =>
  lab.tasks.filter(({ id }) => !part.tasks || part.tasks.includes(id))

export const examTask = (part: ExamSpec["parts"][number], { id, title, points, checks }: TaskSpec): ExamTask => ({
  ...{ id, title, points },
  text:
    part.texts?.[id] ??
    checks
      .filter(({ kind }) => kind !== "quiz")
      .map((check) => `- ${check.title}`)
      .join("\n"),
})

/** How a task stood when it was last looked at. `lesson`: "course/lesson". */
export interface ExamOutcome extends TaskOutcome {
  readonly lesson: string
}

/** What a reviewer put in place of the grader's points, by "course/lesson/task". */
export const ExamReview = z.object({
  points: z.record(z.string(), z.number().int().min(0).max(1000)),
  note: z.string().max(4000).default(""),
  /** Who, and when (ms since the epoch). */
  by: z.string().default(""),
  at: z.number().default(0),
})
export type ExamReview = z.infer<typeof ExamReview>

export interface ExamResult {
  readonly score: ExamScore
  /** With the reviewer's points; absent before there was a review. */
  readonly reviewed?: ExamScore
  readonly tasks: readonly {
    readonly lesson: string
    readonly id: string
    readonly title: string
    readonly points: number
    readonly earned: number
    readonly reviewed?: number
  }[]
}

/** @param labs of the exam's lessons, by "course/lesson" */
export const examResult = (
  exam: ExamSpec,
  labs: ReadonlyMap<string, Pick<LabSpec, "tasks">>,
  outcomes: readonly ExamOutcome[],
  review?: ExamReview,
): ExamResult => {
  const scores = new Map(
    exam.parts.map((part) => [
      part.lesson,
      scoreLesson(
        tasksOfPart(part, labs.get(part.lesson) ?? { tasks: [] }),
        outcomes.filter(({ lesson }) => lesson === part.lesson),
      ),
    ]),
  )
  const given = (lesson: string, task: string, points: number): number | undefined => {
    const one = review?.points[`${lesson}/${task}`]
    return one === undefined ? undefined : Math.min(points, one)
  }
  const corrected = new Map(
    [...scores].map(([lesson, score]) => [
      lesson,
      { ...score, tasks: score.tasks.map((task) => ({ ...task, earned: given(lesson, task.id, task.points) ?? task.earned })) },
    ]),
  )
  return {
    score: scoreExam(exam, scores),
    ...(review && { reviewed: scoreExam(exam, corrected) }),
    tasks: [...scores].flatMap(([lesson, score]) =>
      score.tasks.map(({ id, points, earned }) => {
        const reviewed = given(lesson, id, points)
        const title = labs.get(lesson)?.tasks.find((task) => task.id === id)?.title ?? id
        return { lesson, id, title, points, earned, ...(reviewed !== undefined && { reviewed }) }
      }),
    ),
  }
}
