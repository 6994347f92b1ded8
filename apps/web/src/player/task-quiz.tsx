/** One question of a task: choose or type, then answer. A wrong answer may be changed. */
"use client"
import { ChevronDown, ChevronUp, CircleCheck, CircleX } from "lucide-react"
import { type FormEvent, useId, useState } from "react"
import type { LabState } from "../lab/state.ts"
import { useLab, usePlayer } from "./player-context.tsx"
import { quizOf, useTask } from "./task-state.ts"

const ready = (state: LabState) => state.phase === "ready" || state.phase === "lost"

export const TaskQuiz = ({ task: taskId, quiz: quizId }: { task: string; quiz: string }) => {
  const { lab, exam = false } = usePlayer()
  const task = useTask(taskId)
  const quiz = task && quizOf(task, quizId)
  const open = useLab(ready)
  const group = useId()
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
  const move = (at: number, by: number) => {
    const next = [...arranged]
    next.splice(at + by, 0, ...next.splice(at, 1))
    setTouched(true)
    setChosen(next)
  }
  const choose = (option: string, on: boolean) => {
    setTouched(true)
    setChosen(several ? (on ? [...chosen, option] : chosen.filter((known) => known !== option)) : [option])
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
        {quiz.kind === "text" ? (
          <input
            className="field mt-3 font-mono text-sm"
            aria-label="Your answer"
            value={chosen[0] ?? ""}
            onChange={(event) => choose(event.target.value, true)}
            autoComplete="off"
            spellCheck={false}
          />
        ) : order ? (
          <ol className="mt-2.5 space-y-1">
            {arranged.map((option, at) => (
              <li key={option} className="flex items-center gap-2 rounded-md bg-sunken px-2 py-1 text-[15px] leading-snug">
                <span className="w-5 shrink-0 text-[13px] text-ink-3 tabular-nums">{at + 1}.</span>
                <span className="min-w-0 flex-1">{option}</span>
                <button
                  type="button"
                  className="button button-quiet size-8 p-0"
                  aria-label={`Move up: ${option}`}
                  disabled={at === 0}
                  onClick={() => move(at, -1)}
                >
                  <ChevronUp size={16} aria-hidden />
                </button>
                <button
                  type="button"
                  className="button button-quiet size-8 p-0"
                  aria-label={`Move down: ${option}`}
                  disabled={at === arranged.length - 1}
                  onClick={() => move(at, 1)}
                >
                  <ChevronDown size={16} aria-hidden />
                </button>
              </li>
            ))}
          </ol>
        ) : (
          <div className="mt-2.5 space-y-1">
            {quiz.options.map((option) => (
              <label
                key={option}
                className="flex items-start gap-2.5 rounded-md px-2 py-1.5 text-[15px] leading-snug has-[:checked]:bg-accent-soft hover:not-has-[:disabled]:bg-sunken"
              >
                <input
                  type={several ? "checkbox" : "radio"}
                  name={group}
                  className="mt-0.5 size-4 shrink-0 accent-[var(--accent)]"
                  checked={chosen.includes(option)}
                  onChange={(event) => choose(option, event.target.checked)}
                />
                {option}
              </label>
            ))}
          </div>
        )}
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
