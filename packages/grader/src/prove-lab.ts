/** Proves a lab: each task's checks fail before and pass after its solution, not sooner and to stay, and two runs give the same world. */
import type { World } from "@drydock/world"
import type { GradedLab, GradedTask, Grader, TaskResult } from "./contract.ts"
import { createGrader } from "./create-grader.ts"
import { labWorld, runFor, type Typist, typist } from "./lab-world.ts"
import { typedCommands } from "./typed-commands.ts"
import { isWaiting } from "./waiting.ts"

/** A task as its author has it. */
export interface SolvedTask extends GradedTask {
  /** bash typed into the first machine's shell. */
  readonly solution: string
  /** Virtual seconds the checks may take to become true after it. */
  readonly settle: number
}

export interface SolvedLab extends GradedLab {
  readonly tasks: readonly SolvedTask[]
}

/** What a proof does, as it does it. `checks` in the order of the task's. */
export type ProofStep =
  | { readonly kind: "run" /** Counted from 1. */; readonly run: number }
  | { readonly kind: "task"; readonly task: string }
  | { readonly kind: "before"; readonly task: string; readonly checks: readonly { title: string; passed: boolean; seen?: string }[] }
  /** Told before it runs. */
  | { readonly kind: "typing"; readonly task: string; readonly command: string }
  | {
      readonly kind: "typed"
      readonly task: string
      readonly output: string
      readonly exit: number
      readonly timedOut: boolean
      /** Virtual ms. */
      readonly took: number
    }
  | { readonly kind: "after"; readonly task: string; readonly checks: readonly { title: string; passed: boolean; seen?: string }[] }
  | { readonly kind: "proven"; readonly proof: TaskProof }

type Tell = (step: ProofStep) => void

/** Virtual ms that checks get to look before a solution. */
const LOOKING = 2_000
/** Virtual ms between two commands of a solution. */
const BETWEEN = 300
/** Virtual ms after which a task's state must still be what its checks ask for. */
const AT_REST = 5_000
/** Characters of one command's output that are told. */
const MOST_OUTPUT = 64 * 1024

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

const checksOf = (grader: Grader, task: SolvedTask) => grader.results.find(({ id }) => id === task.id) as TaskResult

const shown = ({ checks }: TaskResult) => checks.map(({ title, passed, seen }) => ({ title, passed, ...(seen !== undefined && { seen }) }))

export interface Solved {
  transcript: string[]
  /** Quizzes that refuse their own answer. */
  refused: string[]
  /** The task was done while this command was still to be typed. */
  early?: string
}

/** Types a task's solution (when there is somebody to type) and answers its quizzes. */
export const solve = (task: SolvedTask, world: World, grader: Grader, type: Typist | undefined, tell?: Tell): Solved => {
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
    tell?.({ kind: "typing", task: task.id, command })
    const result = (type as Typist)(command)
    const { exit, timedOut, took } = result
    tell?.({ kind: "typed", task: task.id, output: `${result.stdout}${result.stderr}`.slice(0, MOST_OUTPUT), exit, timedOut, took })
    solved.transcript.push(`$ ${command}`, ...[result.stdout.trimEnd(), result.stderr.trimEnd()].filter((text) => text !== ""))
    if (result.exit !== 0) solved.transcript.push(`(exit code ${result.exit}${result.timedOut ? ", timed out" : ""})`)
  }
  return solved
}

/** Of the checks that say how things are (and not how they once were), those that do not hold a while after the task was done. */
const notAtRest = (task: SolvedTask, world: World): string[] => {
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
export const proveTask = (task: SolvedTask, world: World, grader: Grader, type: Typist, tell?: Tell): TaskProof => {
  tell?.({ kind: "task", task: task.id })
  const proof: TaskProof = { id: task.id, title: task.title, ok: false, problems: [], passedBefore: [], virtualMs: 0 }
  const { problem } = checksOf(grader, task)
  if (problem !== undefined) proof.problems.push(`its set-up ${problem}`)
  runFor(world, LOOKING)
  const before = checksOf(grader, task)
  tell?.({ kind: "before", task: task.id, checks: shown(before) })
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
  const { transcript, refused, early } = solve(task, world, grader, type, tell)
  if (early !== undefined && before.state !== "done" && task.checks.some(({ kind }) => kind !== "quiz"))
    proof.problems.push(`is done before its solution is: "${early.split("\n")[0]}" is still to be typed`)
  for (const id of refused) proof.problems.push(`the quiz "${id}" refuses its own answer`)
  const done = () => checksOf(grader, task).state === "done"
  if (!done()) runFor(world, task.settle * 1000, done)
  proof.virtualMs = Math.round(world.sim.now() - began)
  tell?.({ kind: "after", task: task.id, checks: shown(checksOf(grader, task)) })
  for (const { title, passed, seen } of checksOf(grader, task).checks)
    if (!passed) proof.problems.push(`after the solution: "${title}" is not so${seen === undefined ? "" : ` (now: ${seen})`}`)
  if (done()) proof.problems.push(...notAtRest(task, world))
  proof.ok = proof.problems.length === 0
  if (!proof.ok) proof.transcript = transcript
  tell?.({ kind: "proven", proof })
  return proof
}

export interface LabProof {
  ok: boolean
  /** What is wrong with the lab as a whole, a sentence each. */
  problems: string[]
  tasks: TaskProof[]
  /** Of the world in the end. */
  hash: string
}

const runOnce = (lab: SolvedLab, seed: string, tell?: Tell): Omit<LabProof, "ok"> => {
  const { world, problems } = labWorld(lab, { seed })
  const grader = createGrader(world, lab.tasks)
  const type = typist(world)
  const tasks = lab.tasks.map((task) => proveTask(task, world, grader, type, tell))
  grader.stop()
  return { tasks, hash: world.hash(), problems }
}

/**
 * Runs a lab's solutions in order, twice; a lab with variables a third time, with others drawn.
 * @param attempt the lab as an attempt with this seed has it
 * @param varied whether another seed makes another lab
 * @param tell hears of the first run what it does
 */
export const proveLab = (attempt: (seed: string) => SolvedLab, seed: string, varied: boolean, tell?: Tell): LabProof => {
  tell?.({ kind: "run", run: 1 })
  const first = runOnce(attempt(seed), seed, tell)
  tell?.({ kind: "run", run: 2 })
  const second = runOnce(attempt(seed), seed)
  const problems = [...first.problems]
  if (first.hash !== second.hash) problems.push(`two runs gave two worlds: ${first.hash} and ${second.hash}`)
  if (varied) {
    tell?.({ kind: "run", run: 3 })
    const other = runOnce(attempt(`${seed}/another`), `${seed}/another`)
    for (const task of other.tasks) for (const problem of task.problems) problems.push(`with other variables, ${task.id} ${problem}`)
  }
  return { ok: problems.length === 0 && first.tasks.every(({ ok }) => ok), problems, tasks: first.tasks, hash: first.hash }
}
