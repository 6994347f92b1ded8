/** Grading a world: tasks with checks that re-run when what they read changes. */
import type { World } from "@drydock/world"
import type { Quiz } from "./quiz-check.ts"

/** The part of a lesson's lab that grading needs; the same shape as the course format's, without importing it. */
export interface GradedTask {
  id: string
  title: string
  points: number
  needs: readonly string[]
  /** Checks that pass give their share of the points before the others do. */
  partial?: boolean
  /** Run in the world when the task opens, before its checks look. */
  setup?: readonly (string | { machine: string; script: string })[]
  checks: readonly GradedCheck[]
  /** A text that the host may tell, or rules over what is there: the first whose condition holds is told. */
  feedback?: string | readonly { when: string; say: string }[]
}

/** The part of a lab that makes its world. */
export interface GradedLab {
  topology: string | { nodes: readonly string[]; hollow?: boolean }
  seed?: string
  files: readonly { path: string; content?: string; mode?: string; machine?: string }[]
  addons: readonly string[]
  setup: readonly (string | { machine: string; script: string })[]
  faults: readonly { name: string; target: string; after?: number; parameters?: Record<string, unknown> }[]
  tasks: readonly GradedTask[]
}

export type GradedCheck =
  | (Common & { kind: "cel"; expression: string; seen?: string })
  | (Common & { kind: "script"; script: string; machine?: string; reads?: readonly string[] })
  | (Common & { kind: "http"; url: string; machine?: string; status?: number; contains?: string })
  | (Common & {
      kind: "history"
      command?: string
      exit?: number | "any"
      ever?: string
      always?: string
      while?: string
      event?: Readonly<Record<string, string | undefined>>
    })
  | Quiz

interface Common {
  id?: string
  title: string
  /** Share of the task's points when it gives partial credit. Default 1. */
  weight?: number
  /** The condition must not hold. */
  not?: boolean
}

export interface CheckResult {
  id: string
  title: string
  passed: boolean
  seen?: string
  /** 0 to 1, for a question that was answered partly right. */
  credit?: number
}

export interface TaskResult {
  id: string
  state: "locked" | "open" | "done"
  checks: readonly CheckResult[]
  /** 0 to 1: the share of the checks that pass, by weight. 1 when it is done. */
  credit: number
  /** What the first fitting feedback rule says. */
  feedback?: string
  /** The task's own set-up failed, and how. */
  problem?: string
}

export interface Grader {
  readonly results: readonly TaskResult[]
  /** Points of the tasks that are done, and of those that give partial credit their part. Help that was taken is not counted here. */
  readonly earned: number
  readonly total: number
  answer(task: string, quiz: string, answer: string | readonly string[]): boolean
  /** Re-runs every check now. */
  refresh(): void
  onChange(listener: (results: readonly TaskResult[]) => void): () => void
  stop(): void
}

export type CreateGrader = (world: World, tasks: readonly GradedTask[]) => Grader
