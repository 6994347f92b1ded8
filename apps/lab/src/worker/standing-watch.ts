/** Where a learner stands: the task they are at, and its first check that does not hold. */
import type { TaskState } from "@drydock/protocol"
import type { WorkStanding } from "../link.ts"

/** A task's checks and questions with whether they are right; those of a finished task are. */
const partsOf = (task: TaskState) => [
  ...task.checks.map(({ title, passed, seen }) => ({ title, right: passed || task.state === "done", seen })),
  ...task.quizzes.map(({ question, correct }) => ({ title: question, right: correct || task.state === "done", seen: undefined })),
]

export class StandingWatch {
  /** What each task looked like when it was last looked at. */
  readonly #marks = new Map<string, string>()
  /** The open task that moved last: that is where the learner works. */
  #at: string | undefined
  #told = ""

  /** Where they stand, when that is another than was told last. */
  look(tasks: readonly TaskState[]): WorkStanding | undefined {
    let passed = 0
    for (const task of tasks) {
      const parts = partsOf(task)
      passed += parts.filter(({ right }) => right).length
      const mark = `${task.state} ${parts.map(({ right, seen }) => `${right} ${seen ?? ""}`).join("\n")} ${task.hintsOpened.length}`
      const before = this.#marks.get(task.id)
      if (before !== undefined && before !== mark && task.state === "open") this.#at = task.id
      this.#marks.set(task.id, mark)
    }
    const task = tasks.find(({ id, state }) => id === this.#at && state === "open") ?? tasks.find(({ state }) => state === "open")
    const failing = task && partsOf(task).find(({ right }) => !right)
    const standing: WorkStanding = {
      ...(task && { task: task.id }),
      ...(failing && { check: failing.title }),
      ...(failing?.seen !== undefined && { seen: failing.seen }),
      passed,
      opened: task?.hintsOpened.length ?? 0,
    }
    const text = JSON.stringify(standing)
    if (text === this.#told) return undefined
    this.#told = text
    return standing
  }
}
