/** Mutants of a lesson: each check's condition negated, each step of a solution left out. A lesson's test must notice every one. */
import type { CheckSpec, Lesson, TaskSpec } from "@drydock/course"
import { createGrader, isWaiting, proveTask, runFor, solve, typedCommands, typist } from "@drydock/grader"
import { lessonWorld } from "./proof.ts"

/** Virtual ms between two tasks. */
const LOOKING = 2_000

/** Virtual ms that a command may take: what waits for a step that was left out waits in vain. */
const PATIENCE = 120_000

export interface Mutant {
  task: string
  /** What was changed, in words. */
  change: string
  caught: boolean
  /** What the test said. */
  by?: string
}

export interface MutationRun {
  lesson: string
  mutants: Mutant[]
  /** Steps that only wait, which nobody could notice: not counted. */
  waiting: number
}

interface Change {
  change: string
  task: TaskSpec
}

/** Questions are left out: the lesson itself is the one place that knows their answer, so no test of it could notice. */
const changesOf = (task: TaskSpec): { changes: Change[]; waiting: number } => {
  const negated = (check: CheckSpec): CheckSpec => (check.kind === "quiz" ? check : { ...check, not: !check.not })
  const checks = task.checks.flatMap((check, index): Change[] =>
    check.kind === "quiz"
      ? []
      : [
          {
            change: `check ${index + 1} (${check.title}) negated`,
            task: { ...task, checks: task.checks.map((one, at) => (at === index ? negated(one) : one)) },
          },
        ],
  )
  // What is typed only to find an answer leaves no trace that a check could miss.
  const commands = task.checks.every(({ kind }) => kind === "quiz") ? [] : typedCommands(task.solution)
  const acting = commands.flatMap((command, index) => (isWaiting(command) ? [] : [index]))
  const steps = acting.map(
    (index): Change => ({
      change: `step left out: ${commands[index].split("\n")[0]}`,
      task: { ...task, solution: commands.filter((_, at) => at !== index).join("\n") },
    }),
  )
  return { changes: [...checks, ...steps], waiting: commands.length - acting.length }
}

/** What the test says to one mutant: the tasks before are solved as they are, this one as changed; "" when nothing is noticed. */
const noticed = (given: Lesson, index: number, change: Change): string => {
  const tasks = given.lab.tasks.map((task, at) => (at === index ? change.task : task))
  const { world, lesson } = lessonWorld({ ...given, lab: { ...given.lab, tasks } })
  const grader = createGrader(world, lesson.lab.tasks)
  const type = typist(world, PATIENCE)
  for (const task of lesson.lab.tasks.slice(0, index)) {
    runFor(world, LOOKING)
    solve(task, world, grader, type)
    runFor(world, task.settle * 1000, () => grader.results.some(({ id, state }) => id === task.id && state === "done"))
  }
  const { problems } = proveTask(lesson.lab.tasks[index], world, grader, type)
  grader.stop()
  return problems[0] ?? ""
}

/** All mutants of one task. */
export const mutateTask = (lesson: Lesson, index: number): MutationRun => {
  const task = lesson.lab.tasks[index]
  const { changes, waiting } = changesOf(task)
  return {
    lesson: `${lesson.course}/${lesson.slug}`,
    waiting,
    mutants: changes.map((change) => {
      const by = noticed(lesson, index, change)
      return { task: task.id, change: change.change, caught: by !== "", ...(by !== "" && { by }) }
    }),
  }
}
