/** A test of a lesson as the page knows it: what has been told so far, a task at a time. Pure. */
import type { Problem } from "@drydock/course/lesson"
import type { LabProof, SeenCheck, TaskProof, TestLine } from "./studio-door.ts"

export interface TestedTask {
  readonly id: string
  readonly before?: readonly SeenCheck[]
  readonly after?: readonly SeenCheck[]
  readonly proof?: TaskProof
}

export interface TestState {
  readonly running: boolean
  readonly tasks: readonly TestedTask[]
  /** 2: the same again, which must end in the same world; 3: with other variables. */
  readonly run: number
  /** The text is clicked through: so many commands. */
  readonly prose?: number
  readonly proof?: LabProof
  /** It was not tested: there are mistakes. */
  readonly refused?: readonly Problem[]
  /** It was ended, or the line broke. */
  readonly ended?: string
}

export const beginning: TestState = { running: true, tasks: [], run: 1 }

const withTask = (tasks: readonly TestedTask[], id: string, change: Partial<TestedTask>): readonly TestedTask[] =>
  tasks.some((task) => task.id === id)
    ? tasks.map((task) => (task.id === id ? { ...task, ...change } : task))
    : [...tasks, { id, ...change }]

export const told = (state: TestState, line: TestLine): TestState => {
  switch (line.type) {
    case "problems":
      return state
    case "refused":
      return { ...state, running: false, refused: line.problems.filter(({ severity }) => severity === "error") }
    case "ended":
      return { ...state, running: false, ended: line.message }
    case "result":
      return { ...state, running: false, proof: line.proof }
    case "step": {
      const { step } = line
      if (step.kind === "run") return { ...state, run: step.run }
      if (step.kind === "prose") return { ...state, prose: step.commands }
      if (step.kind === "task") return { ...state, tasks: withTask(state.tasks, step.task, {}) }
      if (step.kind === "before") return { ...state, tasks: withTask(state.tasks, step.task, { before: step.checks }) }
      if (step.kind === "after") return { ...state, tasks: withTask(state.tasks, step.task, { after: step.checks }) }
      if (step.kind === "proven") return { ...state, tasks: withTask(state.tasks, step.proof.id, { proof: step.proof }) }
      return state
    }
  }
}
