/** Scores of exams: attempts as they are kept, brought together with the lessons as they were. */
import { ExamReview, type ExamResult, ExamSpec, examResult, instantiateLab, type LabSpec } from "@drydock/course"
import type { ExamAttempt, Repositories } from "@drydock/db"
import { labOf } from "./api/outline.ts"

type Kept = Pick<Repositories, "content">

/** What a world of an attempt is drawn from. */
export const examSeed = (attempt: Pick<ExamAttempt, "id">, lesson: string, lab: LabSpec): string => lab.seed ?? `${attempt.id}/${lesson}`

/** The labs of an attempt's lessons, in the versions that it began with and with its variables, by "course/lesson". */
export const labsOf = async (kept: Kept, attempt: Pick<ExamAttempt, "id" | "versions">): Promise<Map<string, LabSpec>> => {
  const labs = new Map<string, LabSpec>()
  for (const [lesson, version] of Object.entries(attempt.versions)) {
    const [course, slug] = lesson.split("/")
    const found = await kept.content.lesson(course, slug, version)
    if (!found) continue
    const lab = labOf(found)
    labs.set(lesson, instantiateLab(lab, examSeed(attempt, lesson, lab)).lab)
  }
  return labs
}

export const resultOf = async (kept: Kept, attempt: ExamAttempt): Promise<ExamResult> => {
  const review = ExamReview.safeParse(attempt.review)
  return examResult(
    ExamSpec.parse(attempt.spec),
    await labsOf(kept, attempt),
    attempt.outcomes.map(({ course, lesson, task, state, credit }) => ({ lesson: `${course}/${lesson}`, id: task, state, credit })),
    review.success ? review.data : undefined,
  )
}

export interface ClassExamResult {
  readonly exam: string
  readonly title: string
  readonly attempt: string
  readonly userId: string
  readonly startedAt: number
  /** Per cent, to a tenth; the reviewed score where there is one. */
  readonly percent: number
  readonly passed: boolean
  readonly reviewed: boolean
}

/** Finished attempts at a class's exams, the newest first: a column of its gradebook. */
export const classExamResults = async (kept: Pick<Repositories, "content" | "exams">, classId: string): Promise<ClassExamResult[]> =>
  Promise.all(
    (await kept.exams.results(classId))
      .filter(({ over }) => over)
      .map(async (attempt) => {
        const { score, reviewed } = await resultOf(kept, attempt)
        const { percent, passed } = reviewed ?? score
        const { exam, title, userId, startedAt } = attempt
        return { exam, title, attempt: attempt.id, userId, startedAt, percent, passed, reviewed: reviewed !== undefined }
      }),
  )
