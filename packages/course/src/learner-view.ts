/** What a learner may know of a lab before they work on it: no check, no answer, no hint, no solution. Runs in a browser too. */
import type { CheckSpec, HintSpec, LabSpec } from "./lesson.ts"
import { shuffled } from "./variables.ts"

type QuizSpec = Extract<CheckSpec, { kind: "quiz" }>

export interface QuizOutline {
  readonly id: string
  readonly question: string
  readonly type: QuizSpec["type"]
  readonly options: readonly string[]
}

export interface TaskOutline {
  readonly id: string
  readonly title: string
  readonly points: number
  readonly quizzes: readonly QuizOutline[]
}

/** The options as they are shown: those of an ordering in an order that is not the answer. */
export const shownOptions = (task: string, quiz: Pick<QuizSpec, "id" | "type" | "options" | "answer">): string[] => {
  if (quiz.type !== "order") return [...quiz.options]
  const right = typeof quiz.answer === "string" ? [quiz.answer] : quiz.answer
  const mixed = shuffled(quiz.options.length > 0 ? quiz.options : right, `${task}/${quiz.id}`)
  // The author's own order may be mixed already, and the shuffle then hit the answer.
  return mixed.every((option, index) => option === right[index]) ? [...mixed.slice(1), ...mixed.slice(0, 1)] : mixed
}

export const outlineOf = (lab: Pick<LabSpec, "tasks">): TaskOutline[] =>
  lab.tasks.map(({ id, title, points, checks }) => ({
    id,
    title,
    points,
    quizzes: checks.flatMap((check) =>
      check.kind === "quiz" ? [{ id: check.id, question: check.question, type: check.type, options: shownOptions(id, check) }] : [],
    ),
  }))

export const hintText = (hint: HintSpec): string => (typeof hint === "string" ? hint : hint.text)
export const hintCost = (hint: HintSpec): number => (typeof hint === "string" ? 0 : hint.cost)
