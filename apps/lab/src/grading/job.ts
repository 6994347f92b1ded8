/** One submission graded in the thread it is sent to, and the messages about it. */
import { performance } from "node:perf_hooks"
import { instantiateLab, type LabSpec } from "@drydock/course"
import { type GradedSubmission, gradeSubmission, gradingSeed, type Submission } from "@drydock/grader"

export interface GradingJob {
  /** "course/lesson". */
  lesson: string
  version: string
  lab: LabSpec
  submission: Submission
  seed?: string
}

export type Graded = GradedSubmission & { wallMs: number }

export type GradingAnswer = { graded: Graded } | { error: string }

export const gradeJob = ({ lesson, version, lab, submission, seed: wanted }: GradingJob): Graded => {
  const begun = performance.now()
  const seed = gradingSeed({ name: lesson, lab }, submission, wanted)
  const graded = gradeSubmission({ name: lesson, version, lab: instantiateLab(lab, seed).lab }, submission, seed)
  return { ...graded, wallMs: Math.round(performance.now() - begun) }
}
