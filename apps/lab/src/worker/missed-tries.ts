/** How often a learner's tries at a task were seen to miss: what its checks observed while they did not hold, each observation once. */
import type { TaskState } from "@drydock/protocol"

/** Observations kept for one task. */
const MOST = 100

export class MissedTries {
  readonly #seen = new Map<string, Set<string>>()

  look(tasks: readonly TaskState[]): void {
    for (const { id, state, checks } of tasks) {
      if (state !== "open") continue
      for (const check of checks) {
        // What was there before anything was tried says nothing: a check without a word of what it saw neither.
        if (check.passed || check.seen === undefined) continue
        const known = this.#seen.get(id) ?? new Set()
        this.#seen.set(id, known)
        if (known.size < MOST) known.add(`${check.id}\n${check.seen}`)
      }
    }
  }

  count(task: string): number {
    return this.#seen.get(task)?.size ?? 0
  }
}
