/** Clicks through a lesson: every command of the prose is typed in order, and what the prose leaves open is taken from the solutions. */
import { type Lesson, parseProse, proseBlocks } from "@drydock/course"
import { createGrader } from "@drydock/grader"
import type { ScriptResult } from "@drydock/world"
import { COMMAND_LIMIT, lessonWorld, runFor, solve, typist } from "./lesson-proof.ts"

export interface Click {
  /** Line of lesson.md after its front matter. */
  line: number
  command: string
  result: ScriptResult
}

export interface ClickThrough {
  clicks: Click[]
  /** Tasks that were done by clicking (and answering quizzes), before their solution was needed. */
  byClicks: string[]
  /** Tasks that were not done in the end. */
  open: string[]
}

/** Commands that wait for a person: they get ^C after this, and are killed a while later. Virtual ms. */
const PATIENCE = 60_000
const INTERACTIVE = /(^|\s)(watch\s|-it\b|-ti\b|--watch\b|-w\b|-f\s*$)/

/** What says that the world, not the learner, is at fault: no such command, subcommand or flag, or a syntax nobody meant. */
export const misunderstood = ({ result: { exit, stderr } }: Click): boolean =>
  exit === 127 ||
  exit === 126 ||
  /command not found|unknown (command|flag|shorthand)|unrecognized option|invalid option|syntax error|error parsing/.test(stderr)

export const clickThrough = (lesson: Lesson): ClickThrough => {
  const { world } = lessonWorld(lesson)
  const grader = createGrader(world, lesson.lab.tasks)
  const type = typist(world)
  const clicks: Click[] = []
  const byClicks: string[] = []
  const done = (id: string) => grader.results.some((task) => task.id === id && task.state === "done")
  for (const block of proseBlocks(parseProse(lesson.prose))) {
    if (block.kind === "command")
      for (const command of block.text.split("\n").filter((line) => line.trim() !== "")) {
        const patience = INTERACTIVE.test(command) ? { timeout: PATIENCE * 2, interruptAfter: PATIENCE } : { timeout: COMMAND_LIMIT }
        clicks.push({ line: block.place.line, command, result: type(command, patience, block.machine) })
      }
    const task = block.kind === "task" ? lesson.lab.tasks.find(({ id }) => id === block.id) : undefined
    if (!task) continue
    solve(task, grader, undefined)
    runFor(world, 3_000, () => done(task.id))
    if (done(task.id)) byClicks.push(task.id)
    else {
      solve(task, grader, type)
      runFor(world, task.settle * 1000, () => done(task.id))
    }
  }
  const open = lesson.lab.tasks.map(({ id }) => id).filter((id) => !done(id))
  grader.stop()
  return { clicks, byClicks, open }
}
