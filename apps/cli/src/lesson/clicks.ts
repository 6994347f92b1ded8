/** Clicks through a lesson: every command of the prose is typed in order, what it prints is held against what the prose shows, and what the prose leaves open is taken from the solutions. */
import { type Lesson, parseProse, proseBlocks } from "@drydock/course"
import { COMMAND_LIMIT, createGrader, runFor, solve, typist } from "@drydock/grader"
import type { ScriptResult } from "@drydock/world"
import { compareOutput } from "./output.ts"
import { lessonWorld } from "./proof.ts"

export interface Click {
  /** Line of lesson.md after its front matter. */
  line: number
  command: string
  result: ScriptResult
}

export interface ShownOutput {
  /** Line of lesson.md after its front matter. */
  line: number
  /** What is not as the prose shows it; undefined when it is. */
  difference?: string
}

export interface ClickThrough {
  clicks: Click[]
  outputs: ShownOutput[]
  /** Tasks that were done by clicking (and answering quizzes), before their solution was needed. */
  byClicks: string[]
  /** Tasks that were not done in the end. */
  open: string[]
}

/** Commands that wait for a person: they get ^C after this, and are killed a while later. Virtual ms. */
const PATIENCE = 60_000
/** Virtual ms after a task's card. */
const READING = 2_000
const INTERACTIVE = /(^|\s)(watch\s|-it\b|-ti\b|--watch\b|-w\b|-f\s*$)/

/** What says that the world, not the learner, is at fault: no such command, subcommand or flag, or a syntax nobody meant. */
export const misunderstood = ({ result: { exit, stderr } }: Click): boolean =>
  exit === 127 ||
  exit === 126 ||
  /command not found|unknown (command|flag|shorthand)|unrecognized option|invalid option|syntax error|error parsing/.test(stderr)

export const clickThrough = (given: Lesson): ClickThrough => {
  const { world, lesson } = lessonWorld(given)
  const grader = createGrader(world, lesson.lab.tasks)
  const type = typist(world)
  const clicks: Click[] = []
  const outputs: ShownOutput[] = []
  const byClicks: string[] = []
  let printed = ""
  const done = (id: string) => grader.results.some((task) => task.id === id && task.state === "done")
  for (const block of proseBlocks(parseProse(lesson.prose))) {
    if (block.kind === "command") {
      printed = ""
      for (const command of block.text.split("\n").filter((line) => line.trim() !== "")) {
        const patience = INTERACTIVE.test(command) ? { timeout: PATIENCE * 2, interruptAfter: PATIENCE } : { timeout: COMMAND_LIMIT }
        const result = type(command, patience, block.machine)
        clicks.push({ line: block.place.line, command, result })
        printed += `${result.stdout}${result.stderr}`
      }
    }
    if (block.kind === "code" && block.output) {
      const difference = compareOutput(block.text, printed)
      outputs.push({ line: block.place.line, ...(difference !== undefined && { difference }) })
    }
    const task = block.kind === "task" ? lesson.lab.tasks.find(({ id }) => id === block.id) : undefined
    if (!task) continue
    solve(task, world, grader, undefined)
    runFor(world, 3_000, () => done(task.id))
    if (done(task.id)) byClicks.push(task.id)
    else {
      solve(task, world, grader, type)
      runFor(world, task.settle * 1000, () => done(task.id))
    }
    // A person reads on; the next task prepares itself meanwhile.
    runFor(world, READING)
  }
  const open = lesson.lab.tasks.map(({ id }) => id).filter((id) => !done(id))
  grader.stop()
  return { clicks, outputs, byClicks, open }
}
