/** Grades one submission in a fresh world of its lesson. Pure: the same lesson, submission and seed give the same result. */
import type { World } from "@drydock/world"
import type { GradedLab } from "./contract.ts"
import { createGrader } from "./create-grader.ts"
import { labWorld, typist } from "./lab-world.ts"
import type { Submission, SubmittedRecording } from "./submission.ts"
import { typedCommands } from "./typed-commands.ts"

/** Virtual ms that the world gets after the last command for checks to become true. */
const SETTLE = 120_000
/** Commands of all scripts of one submission. */
const MOST_COMMANDS = 2_000
const PLACE = "/root/submission"

export interface GradedSubmission {
  submission: string
  /** "course/lesson". */
  lesson: string
  version: string
  seed: string
  earned: number
  total: number
  tasks: {
    id: string
    title: string
    points: number
    earned: number
    state: "locked" | "open" | "done"
    checks: { id: string; title: string; passed: boolean; seen?: string }[]
    /** What the author says to what was seen. */
    feedback?: string
  }[]
  /** What the submission's files printed, each with its exit code. */
  steps: { name: string; exit: number; stdout: string; stderr: string; timedOut: boolean }[]
  /** Anything that kept it from being graded as it was meant, a sentence each. */
  problems: string[]
  /** Hash of the world at the end: the same submission gives the same. */
  world: string
  virtualMs: number
}

/** A lesson as an attempt has it: variables filled in. */
export interface GradedLesson {
  /** "course/lesson". */
  readonly name: string
  readonly version: string
  readonly lab: GradedLab
}

/** The seed that a submission is graded with: a recording brings its own, since names in it depend on it. */
export const gradingSeed = (lesson: { name: string; lab: Pick<GradedLab, "seed"> }, submission: Submission, wanted?: string): string =>
  submission.recording?.seed ?? wanted ?? lesson.lab.seed ?? lesson.name

/** Of each printed stream, UTF-16 units. */
const SHOWN = 4_000
const shown = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text)
const word = (path: string) => `'${path.replaceAll("'", "'\\''")}'`

/** Goes through what was recorded; inputs that cannot be given are problems. */
const replayInputs = (world: World, { inputs, until }: SubmittedRecording, problems: string[]): void => {
  let refused = 0
  for (const { at, input } of inputs) {
    if (at > world.sim.now()) world.run({ until: at })
    try {
      world.input(input)
    } catch (error) {
      if (refused++ === 0) problems.push(`an input of the recording cannot be given: ${(error as Error).message}`)
    }
  }
  if (until > world.sim.now()) world.run({ until })
}

/** @param seed as gradingSeed gives it; the lesson's variables must have been drawn from the same */
export const gradeSubmission = (lesson: GradedLesson, submission: Submission, seed: string): GradedSubmission => {
  const { lab } = lesson
  const { recording } = submission
  const steps: GradedSubmission["steps"] = []
  const { world, problems } = labWorld(lab, { seed, ...(recording && { startedAt: recording.startedAt }) })
  if (recording && JSON.stringify(recording.topology) !== JSON.stringify(lab.topology))
    problems.push(`the recording was made in ${JSON.stringify(recording.topology)}, the lesson's lab is ${JSON.stringify(lab.topology)}`)
  const grader = createGrader(world, lab.tasks)
  const from = world.sim.now()
  if (recording) replayInputs(world, recording, problems)
  const machine = world.machines.values().next().value
  for (const { path, content } of [...submission.manifests, ...submission.scripts]) {
    const file = `${PLACE}/${path}`
    machine?.files.mkdir(file.slice(0, file.lastIndexOf("/")), { parents: true })
    machine?.files.write(file, content, { mode: path.endsWith(".sh") ? 0o755 : 0o644 })
  }
  const type = typist(world)
  let commands = 0
  const step = (name: string, lines: readonly string[]) => {
    const printed = { name, exit: 0, stdout: "", stderr: "", timedOut: false }
    for (const line of lines) {
      if (++commands > MOST_COMMANDS) {
        problems.push(`${name}: more than ${MOST_COMMANDS} commands; the rest was left out`)
        break
      }
      const result = type(line)
      printed.stdout += result.stdout
      printed.stderr += result.stderr
      printed.timedOut ||= result.timedOut
      if (result.exit !== 0) printed.exit = result.exit
      if (printed.stdout.length > 4 * SHOWN) printed.stdout = printed.stdout.slice(0, SHOWN + 1)
      if (printed.stderr.length > 4 * SHOWN) printed.stderr = printed.stderr.slice(0, SHOWN + 1)
    }
    steps.push({ ...printed, stdout: shown(printed.stdout), stderr: shown(printed.stderr) })
  }
  if (submission.manifests.length + submission.scripts.length > 0) type(`cd ${PLACE}`)
  for (const { path } of submission.manifests) step(`kubectl apply -f ${path}`, [`kubectl apply -f ${word(path)}`])
  for (const { path, content } of submission.scripts) step(path, typedCommands(content))
  for (const [task, answers] of Object.entries(submission.answers))
    for (const [quiz, answer] of Object.entries(answers)) {
      if (lab.tasks.some(({ id, checks }) => id === task && checks.some((check) => check.kind === "quiz" && check.id === quiz)))
        grader.answer(task, quiz, answer)
      else problems.push(`answers.json: the lesson has no quiz "${quiz}" in a task "${task}"`)
    }
  const done = () => grader.results.every(({ state }) => state === "done")
  if (!done()) world.run({ until: world.sim.now() + SETTLE, stop: done })
  const tasks = lab.tasks.map(({ id, title, points, partial }) => {
    const result = grader.results.find((one) => one.id === id)
    const state = result?.state ?? "locked"
    if (result?.problem !== undefined) problems.push(`the set-up of the task "${id}" ${result.problem}`)
    const earned = state === "done" ? points : state === "open" && partial ? Math.floor(points * (result?.credit ?? 0) + 1e-9) : 0
    return {
      ...{ id, title, points, earned, state },
      checks: (result?.checks ?? []).map((check) => ({
        id: check.id,
        title: check.title,
        passed: check.passed,
        ...(check.seen !== undefined && { seen: check.seen }),
      })),
      ...(result?.feedback !== undefined && { feedback: result.feedback }),
    }
  })
  const graded: GradedSubmission = {
    submission: submission.name,
    lesson: lesson.name,
    version: lesson.version,
    seed,
    earned: grader.earned,
    total: grader.total,
    tasks,
    steps,
    problems,
    world: world.hash(),
    virtualMs: Math.round(world.sim.now() - from),
  }
  grader.stop()
  return graded
}
