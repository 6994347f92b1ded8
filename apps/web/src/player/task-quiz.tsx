/** One question of a task: choose or type, then answer. A wrong answer may be changed. */
"use client"
import { CircleCheck, CircleX } from "lucide-react"
import { type FormEvent, useState } from "react"
import { QuizOptions } from "../components/quiz-options.tsx"
import type { LabState } from "../lab/state.ts"
import { useLab, usePlayer } from "./player-context.tsx"
import { quizOf, useTask } from "./task-state.ts"

const ready = (state: LabState) => state.phase === "ready" || state.phase === "lost"

export const TaskQuiz = ({ task: taskId, quiz: quizId }: { task: string; quiz: string }) => {
  const { lab, exam = false } = usePlayer()
  const task = useTask(taskId)
  const quiz = task && quizOf(task, quizId)
  const open = useLab(ready)
  const [chosen, setChosen] = useState<readonly string[]>([])
  const [touched, setTouched] = useState(false)
  if (!task || !quiz) return null

  const kept = exam && quiz.answered && !quiz.correct
  const settled = quiz.correct || kept || (!exam && task.done && !quiz.answered)
  const locked = task.live?.state === "locked"
  const several = quiz.kind === "several"
  const order = quiz.kind === "order"
  // An order that nobody touched is the one shown.
  const arranged = order ? (chosen.length === quiz.options.length ? chosen : quiz.options) : chosen
  const choose = (next: readonly string[]) => {
    setTouched(true)
    setChosen(next)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const [first] = arranged
    if (first === undefined || !first.trim()) return
    setTouched(false)
    lab.send({ type: "answer", task: task.id, quiz: quiz.id, answer: several || order ? [...arranged] : first })
  }

  return (
    <form onSubmit={submit} className="rounded-lg border border-line bg-canvas p-4">
      <fieldset disabled={settled || !open || locked}>
        <legend className="text-[15px] leading-snug font-medium text-ink">{quiz.question}</legend>
        <QuizOptions quiz={quiz} chosen={arranged} choose={choose} />
        {!settled && (
          <button type="submit" className="button mt-3 h-8 text-[13px]" disabled={arranged.length === 0}>
            {exam ? "Give this answer" : "Answer"}
          </button>
        )}
      </fieldset>
      <p role="status" className="text-sm">
        {kept && <span className="mt-3 block font-medium text-ink-2">Your answer is kept.</span>}
        {settled && !kept && (
          <span className="mt-3 flex items-center gap-1.5 font-medium text-success">
            <CircleCheck size={16} aria-hidden /> Right
          </span>
        )}
        {settled && quiz.because !== undefined && <span className="mt-1.5 block leading-snug text-ink-2">{quiz.because}</span>}
        {quiz.answered && !quiz.correct && !exam && !touched && (
          <span className="mt-3 flex items-center gap-1.5 font-medium text-failure">
            <CircleX size={16} aria-hidden /> Not so. Look again, and answer once more.
          </span>
        )}
        {quiz.answered && !quiz.correct && !touched && quiz.reply !== undefined && (
          <span className="mt-1.5 block leading-snug text-ink-2">{quiz.reply}</span>
        )}
      </p>
    </form>
  )
}
