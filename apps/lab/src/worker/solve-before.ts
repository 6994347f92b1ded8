/** Tasks that a lab's own ones build on, solved before its learner comes: typed as the lesson's solutions say, until their checks hold. */
import { typedCommands } from "@drydock/grader"
import type { World } from "@drydock/world"
import type { Progress } from "./making.ts"
import type { Tasks } from "./tasks.ts"

/** Virtual time one command may take, and lies between two, ms. */
const COMMAND_LIMIT = 600_000
const BETWEEN = 300
/** What a task's last command has begun may take this long beyond what its author allows, virtual ms. */
const MARGIN = 5_000

/** @returns what could not be solved, a sentence each */
export function* solveBefore(
  body: { readonly world: World; readonly tasks: Tasks | undefined },
  before: readonly string[],
  pause: () => boolean,
  progress: () => Progress,
): Generator<Progress, string[]> {
  const { world, tasks } = body
  if (!tasks || before.length === 0) return []
  const shell = world.shellSession({})
  /** Runs for so many virtual ms, or until `stop`. */
  function* runFor(virtual: number, stop: () => boolean): Generator<Progress> {
    const until = world.sim.now() + virtual
    while (!stop() && world.run({ until, stop: () => stop() || pause() }).reason === "stopped") if (!stop()) yield progress()
  }
  const unsolved: string[] = []
  for (const id of before) {
    const done = () => tasks.isDone(id)
    // Its own set-up comes first.
    yield* runFor(COMMAND_LIMIT, () => tasks.isOpen(id))
    tasks.answerRightly(id)
    for (const command of typedCommands(tasks.solutionOf(id))) {
      let ended = false
      shell.run(command, { timeout: COMMAND_LIMIT }, () => {
        ended = true
      })
      yield* runFor(COMMAND_LIMIT + 1_000, () => ended)
      yield* runFor(BETWEEN, () => false)
    }
    yield* runFor(tasks.settleOf(id) * 1_000 + MARGIN, done)
    if (!done()) unsolved.push(`What comes before the tasks of this lab could not be prepared (${id})`)
  }
  // What builds on these alone is open when the learner comes, its set-up run.
  yield* runFor(COMMAND_LIMIT, () => unsolved.length > 0 || tasks.begun())
  return unsolved
}
