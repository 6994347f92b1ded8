/** Points: of a task with the help that was taken, of a lesson, and of an exam over several. Runs in a browser too. */
import { hintCost } from "./learner-view.ts"
import type { TaskSpec } from "./lesson.ts"

/** A task's result as the grader gives it. */
export interface TaskOutcome {
  readonly id: string
  readonly state: "locked" | "open" | "done"
  /** 0 to 1: what part of the task holds. Counts only for tasks that give partial credit, and is 1 when it is done. */
  readonly credit?: number
}

/** Help that was taken; `hint` is 0-based, -1 the solution. */
export interface HelpUsed {
  readonly task: string
  readonly hint: number
}

export interface TaskScore {
  readonly id: string
  readonly points: number
  /** Whole points, help paid for. Never negative. */
  readonly earned: number
  /** What the help that was taken costs. */
  readonly cost: number
}

type ScoredTask = Pick<TaskSpec, "id" | "points" | "partial" | "hints" | "solutionCost">

export const helpCost = (task: ScoredTask, help: readonly HelpUsed[]): number =>
  [...new Set(help.filter((one) => one.task === task.id).map(({ hint }) => hint))].reduce((sum, hint) => {
    const level = task.hints[hint]
    return sum + (hint < 0 ? (task.solutionCost ?? 0) : level === undefined ? 0 : hintCost(level))
  }, 0)

export const scoreTask = (task: ScoredTask, outcome: TaskOutcome | undefined, help: readonly HelpUsed[] = []): TaskScore => {
  const part = outcome?.state === "done" ? 1 : outcome?.state === "open" && task.partial ? Math.min(1, Math.max(0, outcome.credit ?? 0)) : 0
  const cost = helpCost(task, help)
  // A hair, so that thirds of thirds count as a whole.
  return { id: task.id, points: task.points, earned: Math.max(0, Math.floor(task.points * part + 1e-9) - cost), cost }
}

export interface LessonScore {
  readonly earned: number
  readonly total: number
  readonly tasks: readonly TaskScore[]
}

export const scoreLesson = (
  tasks: readonly ScoredTask[],
  outcomes: readonly TaskOutcome[],
  help: readonly HelpUsed[] = [],
): LessonScore => {
  const scores = tasks.map((task) =>
    scoreTask(
      task,
      outcomes.find(({ id }) => id === task.id),
      help,
    ),
  )
  return {
    earned: scores.reduce((sum, { earned }) => sum + earned, 0),
    total: scores.reduce((sum, { points }) => sum + points, 0),
    tasks: scores,
  }
}
