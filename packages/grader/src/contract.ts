/** Grading a world: tasks with checks that re-run when what they read changes. */
import type { World } from "@drydock/world"

/** The part of a lesson's lab that grading needs; the same shape as the course format's, without importing it. */
export interface GradedTask {
  id: string
  title: string
  points: number
  needs: readonly string[]
  checks: readonly GradedCheck[]
}

export type GradedCheck =
  | { kind: "cel"; id?: string; title: string; expression: string; seen?: string }
  | { kind: "script"; id?: string; title: string; script: string; machine?: string; reads?: readonly string[] }
  | { kind: "http"; id?: string; title: string; url: string; machine?: string; status?: number; contains?: string }
  | {
      kind: "history"
      id?: string
      title: string
      command?: string
      exit?: number | "any"
      ever?: string
      always?: string
      while?: string
      event?: Readonly<Record<string, string | undefined>>
    }
  | {
      kind: "quiz"
      id: string
      title: string
      question: string
      type: "single" | "several" | "text"
      options: readonly string[]
      answer: string | readonly string[]
    }

export interface CheckResult {
  id: string
  title: string
  passed: boolean
  seen?: string
}

export interface TaskResult {
  id: string
  state: "locked" | "open" | "done"
  checks: readonly CheckResult[]
}

export interface Grader {
  readonly results: readonly TaskResult[]
  readonly earned: number
  readonly total: number
  answer(task: string, quiz: string, answer: string | readonly string[]): boolean
  /** Re-runs every check now. */
  refresh(): void
  onChange(listener: (results: readonly TaskResult[]) => void): () => void
  stop(): void
}

export type CreateGrader = (world: World, tasks: readonly GradedTask[]) => Grader
