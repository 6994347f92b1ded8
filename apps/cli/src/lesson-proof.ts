/** Proves a lesson: each task's checks fail before and pass after its solution, and two runs give the same world. */
import { performance } from "node:perf_hooks"
import type { Lesson, TaskSpec } from "@drydock/course"
import { createGrader, type Grader, type TaskResult } from "@drydock/grader"
import { createWorld, type ScriptResult, type ShellSession, type World } from "@drydock/world"
import { typedCommands } from "./lesson-typing.ts"

/** Virtual ms: how long one typed command may take, and what checks get to look before a solution. */
export const COMMAND_LIMIT = 600_000
const LOOKING = 2_000
/** 2026-01-05 08:00 UTC. */
const STARTED_AT = Date.UTC(2026, 0, 5, 8)

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

export const runFor = (world: World, virtual: number, stop?: () => boolean) => {
  world.run({ until: world.sim.now() + virtual, ...(stop && { stop }) })
}

const scriptResult = (world: World, machine: string | undefined, script: string): ScriptResult => {
  let result: ScriptResult | undefined
  world.script({ ...(machine && { machine }), script, timeout: COMMAND_LIMIT }, (given) => {
    result = given
  })
  runFor(world, COMMAND_LIMIT * 2, () => result !== undefined)
  return result ?? { stdout: "", stderr: "", exit: 124, timedOut: true, took: COMMAND_LIMIT }
}

/** A lesson's world as the learner finds it. */
export const lessonWorld = (lesson: Lesson): { world: World; problems: string[] } => {
  const { lab } = lesson
  const world = createWorld({
    topology: lab.topology,
    seed: lab.seed ?? `${lesson.course}/${lesson.slug}`,
    startedAt: STARTED_AT,
    addons: lab.addons,
    files: lab.files.map(({ path, content = "", mode, machine }) => ({
      path,
      content,
      ...(mode && { mode: Number.parseInt(mode, 8) }),
      ...(machine && { machine }),
    })),
  })
  world.boot()
  const problems: string[] = []
  for (const step of lab.setup) {
    const { machine, script } = typeof step === "string" ? { machine: undefined, script: step } : step
    const result = scriptResult(world, machine, script)
    if (result.exit !== 0)
      problems.push(`the set-up ended with exit code ${result.exit}: ${(result.stderr || result.stdout).trim().split("\n").at(-1)}`)
  }
  for (const { name, target, after, parameters } of lab.faults) {
    const strike = () => world.input({ kind: "fault", name, target, ...(parameters && { parameters }) })
    if (after === undefined) strike()
    else world.sim.schedule(after * 1000, strike)
  }
  return { world, problems }
}

const checksOf = (grader: Grader, task: TaskSpec) => grader.results.find(({ id }) => id === task.id) as TaskResult

export type Typist = (command: string, limits?: { timeout: number; interruptAfter?: number }, machine?: string) => ScriptResult

/** A person at the terminals: one login shell a machine, whose state stays. */
export const typist = (world: World): Typist => {
  const shells = new Map<string | undefined, ShellSession>()
  return (command, limits = { timeout: COMMAND_LIMIT }, machine) => {
    let shell = shells.get(machine)
    if (!shell) shells.set(machine, (shell = world.shellSession(machine ? { machine } : {})))
    let result: ScriptResult | undefined
    shell.run(command, limits, (given) => {
      result = given
    })
    runFor(world, COMMAND_LIMIT * 2, () => result !== undefined)
    return result ?? { stdout: "", stderr: "", exit: 124, timedOut: true, took: COMMAND_LIMIT }
  }
}

/** Types a task's solution (when there is somebody to type) and answers its quizzes; returns what was printed, and quizzes that refuse their own answer. */
export const solve = (task: TaskSpec, grader: Grader, type: Typist | undefined): { transcript: string[]; refused: string[] } => {
  const transcript: string[] = []
  const refused: string[] = []
  for (const command of type ? typedCommands(task.solution) : []) {
    const result = (type as Typist)(command)
    transcript.push(`$ ${command}`, ...[result.stdout.trimEnd(), result.stderr.trimEnd()].filter((text) => text !== ""))
    if (result.exit !== 0) transcript.push(`(exit code ${result.exit}${result.timedOut ? ", timed out" : ""})`)
  }
  for (const check of task.checks) {
    if (check.kind !== "quiz") continue
    const answer = typeof check.answer === "string" || check.type === "several" ? check.answer : check.answer[0]
    if (!grader.answer(task.id, check.id, answer)) refused.push(check.id)
  }
  return { transcript, refused }
}

const proveTask = (task: TaskSpec, world: World, grader: Grader, type: Typist): TaskProof => {
  const proof: TaskProof = { id: task.id, title: task.title, ok: false, problems: [], passedBefore: [], virtualMs: 0 }
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
  }
  const began = world.sim.now()
  const { transcript, refused } = solve(task, grader, type)
  for (const id of refused) proof.problems.push(`the quiz "${id}" refuses its own answer`)
  const done = () => checksOf(grader, task).state === "done"
  if (!done()) runFor(world, task.settle * 1000, done)
  proof.virtualMs = Math.round(world.sim.now() - began)
  for (const { title, passed, seen } of checksOf(grader, task).checks)
    if (!passed) proof.problems.push(`after the solution: "${title}" is not so${seen === undefined ? "" : ` (now: ${seen})`}`)
  proof.ok = proof.problems.length === 0
  if (!proof.ok) proof.transcript = transcript
  return proof
}

const runOnce = (lesson: Lesson): { tasks: TaskProof[]; hash: string; problems: string[] } => {
  const { world, problems } = lessonWorld(lesson)
  const grader = createGrader(world, lesson.lab.tasks)
  const type = typist(world)
  const tasks = lesson.lab.tasks.map((task) => proveTask(task, world, grader, type))
  grader.stop()
  return { tasks, hash: world.hash(), problems }
}

/** Runs the lesson's solutions in order, twice. */
export const proveLesson = (lesson: Lesson): LessonProof => {
  const began = performance.now()
  const [first, second] = [runOnce(lesson), runOnce(lesson)]
  const problems = [...first.problems]
  if (first.hash !== second.hash) problems.push(`two runs gave two worlds: ${first.hash} and ${second.hash}`)
  return {
    lesson: `${lesson.course}/${lesson.slug}`,
    ok: problems.length === 0 && first.tasks.every(({ ok }) => ok),
    problems,
    tasks: first.tasks,
    hash: first.hash,
    wallMs: Math.round(performance.now() - began),
  }
}
