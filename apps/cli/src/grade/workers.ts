/** Grading on several threads: each takes the next submission when it is done with one. */
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads"
import type { Lesson } from "@drydock/course"
import { type GradedSubmission, gradeSubmission } from "./grading.ts"
import type { Submission } from "./submission.ts"

/** Whether this thread was started to grade. */
export const isGrader = !isMainThread && (workerData as { grades?: boolean } | null)?.grades === true

type Answer = { index: number; graded: GradedSubmission } | { index: number; error: string }

/** A grading thread's work; it ends with its parent's port. */
export const gradeForParent = (): void => {
  const { lesson } = workerData as { lesson: Lesson }
  parentPort?.on("message", ({ index, submission }: { index: number; submission: Submission }) => {
    let answer: Answer
    try {
      answer = { index, graded: gradeSubmission(lesson, submission) }
    } catch (error) {
      answer = { index, error: (error as Error).message }
    }
    parentPort?.postMessage(answer)
  })
}

/**
 * Grades all, in their order.
 * @param program the file that calls gradeForParent when isGrader
 * @param threads 1: on this thread
 */
export const gradeAll = async (
  lesson: Lesson,
  submissions: readonly Submission[],
  { program, threads }: { program: string; threads: number },
): Promise<GradedSubmission[]> => {
  if (threads <= 1 || submissions.length <= 1) return submissions.map((submission) => gradeSubmission(lesson, submission))
  const results: GradedSubmission[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(threads, submissions.length) }, async () => {
      const worker = new Worker(program, { workerData: { grades: true, lesson } })
      try {
        while (next < submissions.length) {
          const index = next++
          const answer = await new Promise<Answer>((resolve, reject) => {
            worker.once("message", resolve)
            worker.once("error", reject)
            worker.postMessage({ index, submission: submissions[index] })
          })
          if ("error" in answer) throw new Error(`${submissions[index].name}: ${answer.error}`)
          results[answer.index] = answer.graded
          worker.removeAllListeners("error")
        }
      } finally {
        await worker.terminate()
      }
    }),
  )
  return results
}
