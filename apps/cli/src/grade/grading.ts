/** Grades one submission in a fresh world of its lesson. */
import { performance } from "node:perf_hooks"
import type { Lesson } from "@drydock/course"
import { createGrader } from "@drydock/grader"
import { replay, type ScriptResult, type World } from "@drydock/world"
import { lessonWorld } from "../lesson-proof.ts"
import { typedCommands } from "../lesson-typing.ts"
import type { Submission } from "./submission.ts"

/** Virtual ms that one script or `kubectl apply` may take, and that the world gets afterwards for checks to become true. */
const SCRIPT_LIMIT = 600_000
const SETTLE = 120_000
const PLACE = "/root/submission"

export interface GradedSubmission {
  submission: string
  lesson: string
  version: string
  earned: number
  total: number
  tasks: {
    id: string
    title: string
    points: number
    earned: number
    state: "locked" | "open" | "done"
    checks: { id: string; title: string; passed: boolean; seen?: string }[]
  }[]
  /** What the submission's scripts printed, each with its exit code. */
  steps: { name: string; exit: number; stdout: string; stderr: string; timedOut: boolean }[]
  /** Anything that kept it from being graded as it was meant, a sentence each. */
  problems: string[]
  /** Hash of the world at the end: the same submission gives the same. */
  world: string
  virtualMs: number
  wallMs: number
}

/** Of each printed stream, UTF-16 units. */
const SHOWN = 4_000
const shown = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)

/** Types whole commands into one login shell: what a lesson asks of a learner's typing holds for a script, too. */
const typist = (world: World) => {
  const shell = world.shellSession({})
  return (command: string): ScriptResult => {
    let result: ScriptResult | undefined
    shell.run(command, { timeout: SCRIPT_LIMIT }, (given) => {
      result = given
    })
    while (!result) world.run({ until: world.sim.now() + 60_000, stop: () => result !== undefined })
    return result
  }
}

export const gradeSubmission = (lesson: Lesson, submission: Submission): GradedSubmission => {
  const begun = performance.now()
  const steps: GradedSubmission["steps"] = []
  const { world, problems, advance } = prepare(lesson, submission)
  const grader = createGrader(world, lesson.lab.tasks)
  const from = world.sim.now()
  advance?.()
  const [machine] = world.machines.keys()
  for (const { path, content } of [...submission.manifests, ...submission.scripts])
    world.input({ kind: "write-file", machine, path: `${PLACE}/${path}`, content })
  const type = typist(world)
  const step = (name: string, commands: readonly string[]) => {
    const all = commands.map(type)
    steps.push({
      name,
      exit: all.at(-1)?.exit ?? 0,
      stdout: shown(all.map(({ stdout }) => stdout).join("")),
      stderr: shown(all.map(({ stderr }) => stderr).join("")),
      timedOut: all.some(({ timedOut }) => timedOut),
    })
  }
  const word = (path: string) => `'${path.replaceAll("'", "'\\''")}'`
  if (submission.manifests.length + submission.scripts.length > 0) type(`cd ${PLACE}`)
  for (const { path } of submission.manifests) step(`kubectl apply -f ${path}`, [`kubectl apply -f ${word(path)}`])
  for (const { path, content } of submission.scripts) step(path, typedCommands(content))
  for (const [task, answers] of Object.entries(submission.answers))
    for (const [quiz, answer] of Object.entries(answers)) {
      if (lesson.lab.tasks.some(({ id, checks }) => id === task && checks.some((check) => check.kind === "quiz" && check.id === quiz)))
        grader.answer(task, quiz, answer)
      else problems.push(`answers.json: the lesson has no quiz "${quiz}" in a task "${task}"`)
    }
  const done = () => grader.earned === grader.total
  if (!done()) world.run({ until: world.sim.now() + SETTLE, stop: done })
  const tasks = lesson.lab.tasks.map(({ id, title, points }) => {
    const result = grader.results.find((one) => one.id === id)
    const state = result?.state ?? "locked"
    return {
      id,
      title,
      points,
      earned: state === "done" ? points : 0,
      state,
      checks: (result?.checks ?? []).map((check) => ({
        id: check.id,
        title: check.title,
        passed: check.passed,
        ...(check.seen !== undefined && { seen: check.seen }),
      })),
    }
  })
  const graded: GradedSubmission = {
    submission: submission.name,
    lesson: `${lesson.course}/${lesson.slug}`,
    version: lesson.version,
    earned: grader.earned,
    total: grader.total,
    tasks,
    steps,
    problems,
    world: world.hash(),
    virtualMs: Math.round(world.sim.now() - from),
    wallMs: Math.round(performance.now() - begun),
  }
  grader.stop()
  return graded
}

/** The lesson's world; for a recording the recorded one, with `advance` going through what was recorded. */
const prepare = (lesson: Lesson, { recording }: Submission): { world: World; problems: string[]; advance?: () => void } => {
  if (!recording) return lessonWorld(lesson)
  const problems: string[] = []
  const wanted = JSON.stringify(lesson.lab.topology)
  const made = JSON.stringify(recording.options.topology)
  if (wanted !== made) problems.push(`the recording was made in ${made}, the lesson's lab is ${wanted}`)
  const again = replay(recording)
  return {
    world: again.world,
    problems,
    advance: () => {
      while (!again.step(100_000));
    },
  }
}
