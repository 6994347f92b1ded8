/** Proves a lesson: each task's checks fail before and pass after its solution, not sooner and to stay, and two runs give the same world. */
import { performance } from "node:perf_hooks"
import { type Lesson, instantiateLesson, type TaskSpec } from "@drydock/course"
import { createGrader, type Grader, labWorld, runFor, type TaskResult, type Typist, typedCommands, typist } from "@drydock/grader"
import type { World } from "@drydock/world"
import { isWaiting } from "./steps.ts"

/** Virtual ms that checks get to look before a solution. */
const LOOKING = 2_000
/** Virtual ms between two commands of a solution. */
const BETWEEN = 300
/** Virtual ms after which a task's state must still be what its checks ask for. */
const AT_REST = 5_000

export interface TaskProof {
  id: string
  title: string
  ok: boolean
  /** What is wrong, a sentence each. */
  problems: string[]
  /** Titles of checks that are true already before the solution: guards, or checks that prove nothing. */
  passedBefore: string[]
  /** Virtual ms from the first key to done. */
  virtualMs: number
  /** What the solution printed, command by command, for a task that failed. */
  transcript?: string[]
}

export interface LessonProof {
  lesson: string
  ok: boolean
  problems: string[]
  tasks: TaskProof[]
  hash: string
  wallMs: number
}

/** The seed of an attempt at a lesson that nobody chose one for. */
export const seedOf = (lesson: Lesson): string => lesson.lab.seed ?? `${lesson.course}/${lesson.slug}`

/** A lesson's world as the learner finds it, and the lesson with its variables filled in. */
export const lessonWorld = (given: Lesson, seed = seedOf(given)): { world: World; problems: string[]; lesson: Lesson } => {
  const lesson = instantiateLesson(given, seed)
  return { ...labWorld(lesson.lab, { seed }), lesson }
}

const checksOf = (grader: Grader, task: TaskSpec) => grader.results.find(({ id }) => id === task.id) as TaskResult

export interface Solved {
  transcript: string[]
  /** Quizzes that refuse their own answer. */
  refused: string[]
  /** The task was done while this command was still to be typed. */
  early?: string
}

/** Types a task's solution (when there is somebody to type) and answers its quizzes. */
export const solve = (task: TaskSpec, world: World, grader: Grader, type: Typist | undefined): Solved => {
  const solved: Solved = { transcript: [], refused: [] }
  const done = () => checksOf(grader, task).state === "done"
  const answer = () => {
    for (const check of task.checks) {
      if (check.kind !== "quiz") continue
      const given = typeof check.answer === "string" || check.type === "several" || check.type === "order" ? check.answer : check.answer[0]
      if (!grader.answer(task.id, check.id, given)) solved.refused.push(check.id)
    }
  }
  const commands = type ? typedCommands(task.solution) : []
  // Answers first, so that what is typed decides when the task is done.
  answer()
  for (const [index, command] of commands.entries()) {
    // Nobody types faster than the checks look.
    if (index > 0) runFor(world, BETWEEN)
    if (done() && solved.early === undefined && !isWaiting(command)) solved.early = command
    const result = (type as Typist)(command)
    solved.transcript.push(`$ ${command}`, ...[result.stdout.trimEnd(), result.stderr.trimEnd()].filter((text) => text !== ""))
    if (result.exit !== 0) solved.transcript.push(`(exit code ${result.exit}${result.timedOut ? ", timed out" : ""})`)
  }
  return solved
}

/** Of the checks that say how things are (and not how they once were), those that do not hold a while after the task was done. */
const notAtRest = (task: TaskSpec, world: World): string[] => {
  const checks = task.checks.filter(({ kind }) => kind === "cel" || kind === "script" || kind === "http")
  if (checks.length === 0) return []
  runFor(world, AT_REST)
  const grader = createGrader(world, [{ ...task, needs: [], setup: [], checks }])
  runFor(world, AT_REST, () => grader.results[0].state === "done")
  const problems = grader.results[0].checks
    .filter(({ passed }) => !passed && grader.results[0].state !== "done")
    .map(({ title, seen }) => `a while after the solution: "${title}" is not so any more${seen === undefined ? "" : ` (now: ${seen})`}`)
  grader.stop()
  return problems
}

/** One task, in a world in which those before it are done. */
export const proveTask = (task: TaskSpec, world: World, grader: Grader, type: Typist): TaskProof => {
  const proof: TaskProof = { id: task.id, title: task.title, ok: false, problems: [], passedBefore: [], virtualMs: 0 }
  const { problem } = checksOf(grader, task)
  if (problem !== undefined) proof.problems.push(`its set-up ${problem}`)
  runFor(world, LOOKING)
  const before = checksOf(grader, task)
  proof.passedBefore = before.checks.filter(({ passed }) => passed).map(({ title }) => title)
  if (before.state === "done") proof.problems.push("is done before anything was typed")
  else if (before.state === "locked")
    proof.problems.push(
      `is still locked: it needs ${task.needs.filter((need) => grader.results.some(({ id, state }) => id === need && state !== "done")).join(", ")}`,
    )
  else {
    const doing = task.checks.flatMap((check, index) => (check.kind === "quiz" ? [] : [before.checks[index]]))
    if (doing.length > 0 && doing.every(({ passed }) => passed))
      proof.problems.push("only its quiz is open: the other checks are true already")
    if (task.partial && Math.floor(task.points * before.credit + 1e-9) > 0)
      proof.problems.push(
        `gives ${Math.floor(task.points * before.credit + 1e-9)} points before anything was typed: a check that holds already needs weight: 0`,
      )
  }
  if (task.solution.trim() === "" && task.checks.some(({ kind }) => kind !== "quiz")) proof.problems.push("has no solution")
  const began = world.sim.now()
  const { transcript, refused, early } = solve(task, world, grader, type)
  if (early !== undefined && before.state !== "done" && task.checks.some(({ kind }) => kind !== "quiz"))
    proof.problems.push(`is done before its solution is: "${early.split("\n")[0]}" is still to be typed`)
  for (const id of refused) proof.problems.push(`the quiz "${id}" refuses its own answer`)
  const done = () => checksOf(grader, task).state === "done"
  if (!done()) runFor(world, task.settle * 1000, done)
  proof.virtualMs = Math.round(world.sim.now() - began)
  for (const { title, passed, seen } of checksOf(grader, task).checks)
    if (!passed) proof.problems.push(`after the solution: "${title}" is not so${seen === undefined ? "" : ` (now: ${seen})`}`)
  if (done()) proof.problems.push(...notAtRest(task, world))
  proof.ok = proof.problems.length === 0
  if (!proof.ok) proof.transcript = transcript
  return proof
}

const runOnce = (given: Lesson, seed: string): { tasks: TaskProof[]; hash: string; problems: string[] } => {
  const { world, problems, lesson } = lessonWorld(given, seed)
  const grader = createGrader(world, lesson.lab.tasks)
  const type = typist(world)
  const tasks = lesson.lab.tasks.map((task) => proveTask(task, world, grader, type))
  grader.stop()
  return { tasks, hash: world.hash(), problems }
}

/** Runs the lesson's solutions in order, twice; a lesson with variables a third time, with others drawn. */
export const proveLesson = (lesson: Lesson, seed = seedOf(lesson)): LessonProof => {
  const began = performance.now()
  const [first, second] = [runOnce(lesson, seed), runOnce(lesson, seed)]
  const problems = [...first.problems]
  if (first.hash !== second.hash) problems.push(`two runs gave two worlds: ${first.hash} and ${second.hash}`)
  if (lesson.lab.variables && Object.keys(lesson.lab.variables).length > 0) {
    const other = runOnce(lesson, `${seed}/another`)
    for (const task of other.tasks) for (const problem of task.problems) problems.push(`with other variables, ${task.id} ${problem}`)
  }
  return {
    lesson: `${lesson.course}/${lesson.slug}`,
    ok: problems.length === 0 && first.tasks.every(({ ok }) => ok),
    problems,
    tasks: first.tasks,
    hash: first.hash,
    wallMs: Math.round(performance.now() - began),
  }
}
