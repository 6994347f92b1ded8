/** What is wrong with a task's expressions and patterns, before any world runs them. */
import { compile } from "./cel.ts"
import { feedbackParts } from "./feedback.ts"
import { trialEvaluation } from "./trial.ts"
import { isRight, wholePattern } from "./quiz-check.ts"
import type { GradedCheck, GradedTask } from "./contract.ts"
import { pattern } from "./patterns.ts"

export interface TaskProblem {
  /** From the task to the field: ["checks", 0, "expression"]. */
  path: readonly (string | number)[]
  message: string
}

const expressionProblem = (source: string | undefined, options: Parameters<typeof compile>[1]): string | undefined => {
  if (source === undefined) return undefined
  const made = compile(source, options)
  if ("problem" in made) return `this expression cannot be read: ${made.problem}`
  return trialEvaluation(made.expression)
}

const patternProblem = (source: string | undefined): string | undefined => {
  if (source === undefined) return undefined
  try {
    pattern(source)
    return undefined
  } catch (error) {
    return `this pattern cannot be read: ${(error as Error).message}`
  }
}

const problemsOfCheck = (check: GradedCheck): [string, string | undefined][] => {
  if (check.kind === "cel")
    return [
      ["expression", expressionProblem(check.expression, { result: "bool" })],
      ["seen", expressionProblem(check.seen, {})],
    ]
  if (check.kind === "history")
    return [
      ["command", patternProblem(check.command)],
      ["ever", expressionProblem(check.ever, { object: true, result: "bool" })],
      ["always", expressionProblem(check.always, { result: "bool" })],
      ["while", expressionProblem(check.while, { result: "bool" })],
      ["event", patternProblem(check.event?.detail)],
    ]
  if (check.kind === "quiz" && check.pattern !== undefined) {
    try {
      wholePattern(check.pattern)
    } catch (error) {
      return [["pattern", `this pattern cannot be read: ${(error as Error).message}`]]
    }
    const answers = typeof check.answer === "string" ? [check.answer] : check.answer
    const without = { ...check, answer: [] }
    return answers
      .filter((answer) => !isRight(without, answer))
      .map((answer) => ["pattern", `the pattern does not match the answer "${answer}"`])
  }
  return []
}

const problemsOfFeedback = (feedback: GradedTask["feedback"]): TaskProblem[] =>
  typeof feedback !== "object"
    ? []
    : feedback.flatMap(({ when, say }, index) => {
        const path = ["feedback", index]
        const wrong: TaskProblem[] = []
        const condition = expressionProblem(when, { result: "bool" })
        if (condition !== undefined) wrong.push({ path: [...path, "when"], message: condition })
        for (const part of feedbackParts(say)) {
          const message = part.cel ? expressionProblem(part.text, {}) : undefined
          if (message !== undefined) wrong.push({ path: [...path, "say"], message })
        }
        return wrong
      })

/** The hook that the course linter takes. */
export const checkTask = (task: Pick<GradedTask, "checks" | "feedback">): TaskProblem[] => [
  ...task.checks.flatMap((check, index) =>
    problemsOfCheck(check).flatMap(([field, message]) => (message === undefined ? [] : [{ path: ["checks", index, field], message }])),
  ),
  ...problemsOfFeedback(task.feedback),
]
