/** What the command does on several threads at once: proving, mutating and grading, each piece in a world of its own. */
import { performance } from "node:perf_hooks"
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads"
import { instantiateLab, type Lesson } from "@drydock/course"
import { type GradedSubmission, gradeSubmission, gradingSeed, proseProblems, type Submission } from "@drydock/grader"
import { clickThrough } from "./lesson/clicks.ts"
import { type MutationRun, mutateTask } from "./lesson/mutants.ts"
import { type LessonProof, proveLesson } from "./lesson/proof.ts"

export type Timed<T> = T & { wallMs: number }

export interface Jobs {
  prove: { in: { lesson: Lesson; prose: boolean; seed?: string }; out: LessonProof }
  mutate: { in: { lesson: Lesson; task: number }; out: MutationRun }
  grade: { in: { lesson: Lesson; submission: Submission; seed?: string }; out: Timed<GradedSubmission> }
}

const prove = ({ lesson, prose, seed }: Jobs["prove"]["in"]): LessonProof => {
  const proof = proveLesson(lesson, ...(seed === undefined ? [] : [seed]))
  if (!prose) return proof
  for (const { line, message } of proseProblems(clickThrough(lesson)))
    proof.problems.push(line === undefined ? `prose: ${message}` : `prose, ${line} lines after the front matter: ${message}`)
  proof.ok &&= proof.problems.length === 0
  return proof
}

const grade = ({ lesson, submission, seed: wanted }: Jobs["grade"]["in"]): Timed<GradedSubmission> => {
  const begun = performance.now()
  const name = `${lesson.course}/${lesson.slug}`
  const seed = gradingSeed({ name, lab: lesson.lab }, submission, wanted)
  const { lab } = instantiateLab(lesson.lab, seed)
  const graded = gradeSubmission({ name, version: lesson.version, lab }, submission, seed)
  return { ...graded, wallMs: Math.round(performance.now() - begun) }
}

const run: { [Kind in keyof Jobs]: (input: Jobs[Kind]["in"]) => Jobs[Kind]["out"] } = {
  prove,
  mutate: ({ lesson, task }) => mutateTask(lesson, task),
  grade,
}

/** Whether this thread was started to work. */
export const isWorker = !isMainThread && (workerData as { drydockJobs?: boolean } | null)?.drydockJobs === true

type Answer = { done: unknown } | { error: string }

/** A working thread's life; it ends with its parent's port. */
export const workForParent = (): void => {
  parentPort?.on("message", ({ kind, input }: { kind: keyof Jobs; input: never }) => {
    let answer: Answer
    try {
      answer = { done: run[kind](input) }
    } catch (error) {
      answer = { error: (error as Error).stack ?? String(error) }
    }
    parentPort?.postMessage(answer)
  })
}

/**
 * Does all, and gives the results in the inputs' order.
 * @param program the file that calls workForParent when isWorker
 * @param threads 1: on this thread
 * @param each told of each result in the inputs' order, as soon as those before it are there
 */
export const doAll = async <Kind extends keyof Jobs>(
  kind: Kind,
  inputs: readonly Jobs[Kind]["in"][],
  { program, threads, each }: { program: string; threads: number; each?: (result: Jobs[Kind]["out"]) => void },
): Promise<Jobs[Kind]["out"][]> => {
  const results: Jobs[Kind]["out"][] = []
  let told = 0
  const take = (index: number, result: Jobs[Kind]["out"]) => {
    results[index] = result
    while (told in results) {
      // Counted whether or not anybody is told: what an optional call is given is not even looked at.
      const next = results[told++]
      each?.(next)
    }
  }
  if (threads <= 1 || inputs.length <= 1) {
    for (const [index, input] of inputs.entries()) take(index, run[kind](input))
    return results
  }
  let next = 0
  await Promise.all(
    Array.from({ length: Math.min(threads, inputs.length) }, async () => {
      const worker = new Worker(program, { workerData: { drydockJobs: true } })
      try {
        while (next < inputs.length) {
          const index = next++
          const answer = await new Promise<Answer>((resolve, reject) => {
            worker.once("message", resolve)
            worker.once("error", reject)
            worker.postMessage({ kind, input: inputs[index] })
          })
          worker.removeAllListeners("error")
          if ("error" in answer) throw new Error(answer.error)
          take(index, answer.done as Jobs[Kind]["out"])
        }
      } finally {
        await worker.terminate()
      }
    }),
  )
  return results
}
