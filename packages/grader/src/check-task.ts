/** What is wrong with a task's expressions and patterns, before any world runs them. */
import { compile } from "./cel.ts"
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
  return "problem" in made ? `this expression cannot be read: ${made.problem}` : undefined
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
  return []
}

/** The hook that the course linter takes. */
export const checkTask = (task: Pick<GradedTask, "checks">): TaskProblem[] =>
  task.checks.flatMap((check, index) =>
    problemsOfCheck(check).flatMap(([field, message]) => (message === undefined ? [] : [{ path: ["checks", index, field], message }])),
  )
