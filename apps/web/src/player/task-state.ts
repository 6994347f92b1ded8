/** A task as the page shows it: its outline, filled in by the running lab and by what was done before. */
"use client"
import type { Quiz, TaskState } from "@drydock/protocol"
import type { LabState } from "../lab/state.ts"
import type { TaskOutline } from "../server/api/outline.ts"
import { useLab, usePlayer } from "./player-context.tsx"

export interface ShownTask extends TaskOutline {
  readonly number: number
  /** Undefined until the lab has told. */
  readonly live: TaskState | undefined
  /** Now, or in an earlier lab of this lesson. */
  readonly done: boolean
}

const tasks = (state: LabState) => state.tasks

export const useTasks = (): readonly ShownTask[] => {
  const { tasks: outlines, doneBefore } = usePlayer()
  const lives = useLab(tasks)
  return outlines.map((outline, at) => {
    const live = lives.find((task) => task.id === outline.id)
    return { ...outline, number: at + 1, live, done: live?.state === "done" || doneBefore.includes(outline.id) }
  })
}

export const useTask = (id: string): ShownTask | undefined => useTasks().find((task) => task.id === id)

/** The lab's view of a quiz, or its outline while there is none. */
export const quizOf = (task: ShownTask, id: string): Quiz | undefined => {
  const live = task.live?.quizzes.find((quiz) => quiz.id === id)
  if (live) return live
  const outline = task.quizzes.find((quiz) => quiz.id === id)
  return (
    outline && {
      id,
      question: outline.question,
      kind: outline.type,
      options: [...outline.options],
      answered: false,
      correct: false,
    }
  )
}
