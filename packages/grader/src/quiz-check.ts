/** kind: quiz. A question answered by the learner; nothing in the world bears on it. */
import { pattern } from "./patterns.ts"

export interface Quiz {
  kind: "quiz"
  id: string
  title: string
  weight?: number
  question: string
  type: "single" | "several" | "text" | "order"
  options: readonly string[]
  answer: string | readonly string[]
  pattern?: string
  replies?: Readonly<Record<string, string>>
}

const plain = (text: string): string => text.trim().replace(/\s+/g, " ").toLowerCase()

const rightOnes = ({ answer }: Quiz): readonly string[] => (typeof answer === "string" ? [answer] : answer)

/** Text is compared without regard to case and spacing, or with the pattern as a whole; several answers in any order. */
export const isRight = (quiz: Quiz, given: string | readonly string[]): boolean => {
  const right = rightOnes(quiz)
  const answers = typeof given === "string" ? [given] : given
  if (quiz.type === "text") {
    if (answers.length !== 1) return false
    if (right.some((one) => plain(one) === plain(answers[0]))) return true
    return quiz.pattern !== undefined && wholePattern(quiz.pattern).found(answers[0].trim())
  }
  if (quiz.type === "order") return answers.length === right.length && right.every((one, index) => answers[index] === one)
  return new Set(answers).size === right.length && right.every((one) => answers.includes(one))
}

/** Throws an Error that says what is wrong with it. */
export const wholePattern = (source: string) => pattern(`^(?:${source})$`)

/** How much of an answer is right, 0 to 1: of several the hits less the misses, of an order the entries in their place. */
export const creditOf = (quiz: Quiz, given: string | readonly string[]): number => {
  if (isRight(quiz, given)) return 1
  const right = rightOnes(quiz)
  const answers = [...new Set(typeof given === "string" ? [given] : given)]
  if (quiz.type === "several") {
    const hits = answers.filter((one) => right.includes(one)).length
    return Math.max(0, (hits - (answers.length - hits)) / right.length)
  }
  if (quiz.type === "order") return right.filter((one, index) => answers[index] === one).length / right.length
  return 0
}

/** What the author says to this wrong answer. */
export const replyTo = (quiz: Quiz, given: string | readonly string[]): string | undefined => {
  const answer = typeof given === "string" ? given : given.length === 1 ? given[0] : undefined
  if (answer === undefined || !quiz.replies || isRight(quiz, answer)) return undefined
  return Object.entries(quiz.replies).find(([one]) => one === answer || (quiz.type === "text" && plain(one) === plain(answer)))?.[1]
}
