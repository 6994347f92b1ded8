/** A lab that is about some of its tasks: an exam's, or one that is done again. Runs in a browser too. */
import type { LabSpec } from "./lesson.ts"

type Needing = Pick<LabSpec["tasks"][number], "id" | "needs">

/** Everything that these tasks need, themselves among it. */
const closure = (tasks: readonly Needing[], wanted: Iterable<string>): Set<string> => {
  const found = new Set<string>()
  const queue = [...wanted]
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (found.has(id)) continue
    found.add(id)
    queue.push(...(tasks.find((task) => task.id === id)?.needs ?? []))
  }
  return found
}

/** Tasks that stand between two chosen ones: they need a chosen one, and a chosen one needs them. */
export const between = (tasks: readonly Needing[], chosen: readonly string[]): string[] => {
  const all = closure(tasks, chosen)
  return tasks
    .map(({ id }) => id)
    .filter((id) => all.has(id) && !chosen.includes(id) && chosen.some((one) => closure(tasks, [id]).has(one)))
}

export interface FocusedLab {
  /** The chosen tasks and all that they need. */
  readonly lab: LabSpec
  /** Ids of tasks that are solved before the learner comes, each after what it needs. */
  readonly before: readonly string[]
}

/** @param chosen ids; one that nobody has is left out */
export const focusLab = (lab: LabSpec, chosen: readonly string[]): FocusedLab => {
  const all = closure(lab.tasks, chosen)
  const shown = new Set([...chosen, ...between(lab.tasks, chosen)])
  const tasks = lab.tasks.filter(({ id }) => all.has(id))
  const before: string[] = []
  const left = tasks.filter(({ id }) => !shown.has(id))
  // In the lab's own order, except where a need stands below what needs it.
  for (let turn = 0; turn < tasks.length && left.length > 0; turn++) {
    const at = left.findIndex(({ needs }) => needs.every((need) => before.includes(need)))
    if (at < 0) break
    before.push(...left.splice(at, 1).map(({ id }) => id))
  }
  return { lab: { ...lab, tasks }, before }
}
