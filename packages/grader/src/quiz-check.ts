/** kind: quiz. A question answered by the learner; nothing in the world bears on it. */
import type { GradedCheck } from "./contract.ts"

export type Quiz = Extract<GradedCheck, { kind: "quiz" }>

const plain = (text: string): string => text.trim().replace(/\s+/g, " ").toLowerCase()

/** Text is compared without regard to case and spacing; several answers in any order. */
export const isRight = (quiz: Quiz, given: string | readonly string[]): boolean => {
  const right = typeof quiz.answer === "string" ? [quiz.answer] : quiz.answer
  const answers = typeof given === "string" ? [given] : given
  if (quiz.type === "text") return answers.length === 1 && right.some((one) => plain(one) === plain(answers[0]))
  return new Set(answers).size === right.length && right.every((one) => answers.includes(one))
}
