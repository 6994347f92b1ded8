/** Clicks through a lesson: every command of the prose is typed in order, what it prints is held against what the prose shows, and what the prose leaves open is taken from the solutions. */
import type { ScriptResult } from "@drydock/world"
import { createGrader } from "./create-grader.ts"
import { COMMAND_LIMIT, labWorld, runFor, typist } from "./lab-world.ts"
import { type SolvedLab, solve } from "./prove-lab.ts"
import { compareOutput } from "./shown-output.ts"

/** What of a lesson's prose is done or compared, in its order. Lines count from 1, wherever the caller counts them from. */
export type ProseStep =
  | { readonly kind: "command"; readonly line: number; readonly text: string; readonly machine?: string }
  | { readonly kind: "output"; readonly line: number; readonly text: string }
  | { readonly kind: "task"; readonly id: string }

export interface Click {
  readonly line: number
  readonly command: string
  readonly result: ScriptResult
}

export interface ShownOutput {
  readonly line: number
  /** What is not as the prose shows it; undefined when it is. */
  readonly difference?: string
}

export interface ClickThrough {
  readonly clicks: readonly Click[]
  readonly outputs: readonly ShownOutput[]
  /** Tasks that were done by clicking (and answering quizzes), before their solution was needed. */
  readonly byClicks: readonly string[]
  /** Tasks that were not done in the end. */
  readonly open: readonly string[]
}

/** Commands that wait for a person: they get ^C after this, and are killed a while later. Virtual ms. */
const PATIENCE = 60_000
/** Virtual ms after a task's card. */
const READING = 2_000
/** Virtual ms for a task to be seen as done. */
const LOOKING = 3_000
const INTERACTIVE = /(^|\s)(watch\s|-it\b|-ti\b|--watch\b|-w\b|-f\s*$)/

/** What says that the world, not the learner, is at fault: no such command, subcommand or flag, or a syntax nobody meant. */
export const misunderstood = ({ result: { exit, stderr } }: Click): boolean =>
  exit === 127 ||
  exit === 126 ||
  /command not found|unknown (command|flag|shorthand)|unrecognized option|invalid option|syntax error|error parsing/.test(stderr)

/** @param lab as an attempt with this seed has it; `steps` likewise */
export const clickThrough = (lab: SolvedLab, seed: string, steps: readonly ProseStep[]): ClickThrough => {
  const { world } = labWorld(lab, { seed })
  const grader = createGrader(world, lab.tasks)
  const type = typist(world)
  const clicks: Click[] = []
  const outputs: ShownOutput[] = []
  const byClicks: string[] = []
  let printed = ""
  const done = (id: string) => grader.results.some((task) => task.id === id && task.state === "done")
  for (const step of steps) {
    if (step.kind === "command") {
      printed = ""
      for (const command of step.text.split("\n").filter((line) => line.trim() !== "")) {
        const patience = INTERACTIVE.test(command) ? { timeout: PATIENCE * 2, interruptAfter: PATIENCE } : { timeout: COMMAND_LIMIT }
        const result = type(command, patience, step.machine)
        clicks.push({ line: step.line, command, result })
        printed += `${result.stdout}${result.stderr}`
      }
    }
    if (step.kind === "output") {
      const difference = compareOutput(step.text, printed)
      outputs.push({ line: step.line, ...(difference !== undefined && { difference }) })
    }
    const task = step.kind === "task" ? lab.tasks.find(({ id }) => id === step.id) : undefined
    if (!task) continue
    solve(task, world, grader, undefined)
    runFor(world, LOOKING, () => done(task.id))
    if (done(task.id)) byClicks.push(task.id)
    else {
      solve(task, world, grader, type)
      runFor(world, task.settle * 1000, () => done(task.id))
    }
    // A person reads on; the next task prepares itself meanwhile.
    runFor(world, READING)
  }
  const open = lab.tasks.map(({ id }) => id).filter((id) => !done(id))
  grader.stop()
  return { clicks, outputs, byClicks, open }
}

export interface ProseProblem {
  /** Absent: of the prose as a whole. */
  readonly line?: number
  readonly message: string
}

/** What the clicks found wrong, in the prose's order. */
export const proseProblems = ({ clicks, outputs, open }: ClickThrough): ProseProblem[] => [
  ...[
    ...clicks
      .filter(misunderstood)
      .map(({ line, command, result }) => ({ line, message: `"${command}": ${result.stderr.trim().split("\n")[0]}` })),
    ...outputs.flatMap(({ line, difference }) => (difference === undefined ? [] : [{ line, message: `the output shown: ${difference}` }])),
  ].toSorted((a, b) => a.line - b.line),
  ...(open.length > 0 ? [{ message: `after clicking through it, these tasks are open: ${open.join(", ")}` }] : []),
]
