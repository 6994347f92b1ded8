/** A task in the prose: what must be true, what was seen, and help in steps. */
"use client"
import { Check, Circle, CircleDot, KeyRound, Lightbulb, Lock } from "lucide-react"
import { useState } from "react"
import { Dialog } from "../components/dialog.tsx"
import { CommandBlock } from "./command-block.tsx"
import { usePlayer } from "./player-context.tsx"
import { TaskQuiz } from "./task-quiz.tsx"
import { type ShownTask, useTask } from "./task-state.ts"

const glyphs = {
  done: { icon: Check, word: "Done", colour: "bg-success text-surface" },
  open: { icon: CircleDot, word: "Open", colour: "bg-accent-soft text-accent" },
  locked: { icon: Lock, word: "Later", colour: "bg-sunken text-ink-3" },
} as const

const pointsText = (points: number): string => `${points} ${points === 1 ? "point" : "points"}`

const Checks = ({ task }: { task: ShownTask }) => {
  const quizzes = new Set(task.quizzes.map((quiz) => quiz.id))
  const checks = task.live?.checks.filter((check) => !quizzes.has(check.id)) ?? []
  if (checks.length === 0) return null
  return (
    <ul className="mt-3 space-y-1.5 text-[15px]" aria-label="What must be true">
      {checks.map((check) => (
        <li key={check.id} className="flex items-start gap-2.5 leading-snug">
          {check.passed ? (
            <Check size={17} strokeWidth={2.6} className="mt-px shrink-0 text-success motion-safe:animate-[tick_240ms]" aria-hidden />
          ) : (
            <Circle size={17} className="mt-px shrink-0 text-ink-3" aria-hidden />
          )}
          <span className={check.passed ? "text-ink" : "text-ink-2"}>
            <span className="sr-only">{check.passed ? "True: " : "Not yet: "}</span>
            {check.title}
            {check.seen && !check.passed && (
              <span className="ml-1.5 font-mono text-[13px] text-attention">now: {check.seen.replace(/^now:\s*/, "")}</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  )
}

const Help = ({ task }: { task: ShownTask }) => {
  const { lab } = usePlayer()
  const [asking, setAsking] = useState(false)
  const live = task.live
  if (!live || live.state === "locked") return null
  const opened = live.hintsOpened.length
  const left = live.hintsTotal - opened
  const showSolution = () => {
    setAsking(false)
    lab.send({ type: "solution", task: task.id })
  }
  return (
    <div className="mt-4 border-t border-line pt-3">
      {opened > 0 && (
        <ol className="mb-3 space-y-2" aria-label="Hints">
          {live.hintsOpened.map((hint, at) => (
            <li key={hint} className="flex items-start gap-2.5 text-[15px] leading-snug text-ink-2">
              <Lightbulb size={16} className="mt-0.5 shrink-0 text-attention" aria-hidden />
              <span>
                <span className="sr-only">Hint {at + 1}: </span>
                {hint}
              </span>
            </li>
          ))}
        </ol>
      )}
      {live.solution !== undefined && (
        <div className="mb-3">
          <p className="mb-2 text-[13px] font-medium text-ink-3">Solution</p>
          <CommandBlock command={live.solution.trim()} code={live.solution.trim()} />
        </div>
      )}
      <div className="flex flex-wrap gap-x-1 gap-y-1">
        {left > 0 && !task.done && (
          <button type="button" className="button button-quiet -ml-2 text-[13px]" onClick={() => lab.send({ type: "hint", task: task.id })}>
            <Lightbulb size={15} aria-hidden /> Hint {opened + 1} of {live.hintsTotal}
            {live.hintCost !== undefined && <span className="text-attention">costs {pointsText(live.hintCost)}</span>}
          </button>
        )}
        {live.solution === undefined && (
          <button
            type="button"
            className={`button button-quiet text-[13px] ${left > 0 && !task.done ? "" : "-ml-2"}`}
            onClick={() => (task.done ? showSolution() : setAsking(true))}
          >
            <KeyRound size={15} aria-hidden /> Solution
            {live.solutionCost !== undefined && !task.done && <span className="text-attention">costs {pointsText(live.solutionCost)}</span>}
          </button>
        )}
      </div>
      <Dialog
        open={asking}
        onOpenChange={setAsking}
        title="Show the solution?"
        description={[
          left > 0 && `There ${left === 1 ? "is one hint" : `are ${left} hints`} left.`,
          live.solutionCost === undefined
            ? "The task counts all the same; it is noted that you looked."
            : `It costs ${pointsText(live.solutionCost)} of this task's ${task.points}, and it is noted that you looked.`,
        ]
          .filter(Boolean)
          .join(" ")}
      >
        <div className="mt-2 flex justify-end gap-2">
          <button type="button" className="button" onClick={() => setAsking(false)}>
            Not yet
          </button>
          <button type="button" className="button button-primary" onClick={showSolution}>
            Show it
          </button>
        </div>
      </Dialog>
    </div>
  )
}

export const TaskCard = ({ id }: { id: string }) => {
  const task = useTask(id)
  const { placedQuizzes } = usePlayer()
  if (!task) return null
  const quizzes = task.quizzes.filter((quiz) => !placedQuizzes.includes(`${id}/${quiz.id}`))
  const state = task.done ? "done" : task.live?.state === "locked" ? "locked" : "open"
  const { icon: Icon, word, colour } = glyphs[state]
  return (
    <section
      id={`task-${id}`}
      aria-labelledby={`task-${id}-title`}
      data-task={id}
      data-state={state}
      tabIndex={-1}
      className={`card scroll-mt-4 p-4 transition-colors duration-250 sm:p-5 ${state === "done" ? "border-success/45" : ""}`}
    >
      <header className="flex items-start gap-3">
        <span className={`mt-px inline-flex size-7 shrink-0 items-center justify-center rounded-full ${colour}`}>
          <Icon key={state} size={16} strokeWidth={2.4} aria-hidden className="motion-safe:animate-[tick_240ms]" />
        </span>
        <div className="min-w-0 flex-1">
          <p className="text-[13px] font-medium text-ink-3">
            Task {task.number} · <span className={state === "done" ? "text-success" : ""}>{word}</span>
          </p>
          <h3 id={`task-${id}-title`} className="mt-0.5 text-[16px] leading-snug font-semibold text-balance">
            {task.title}
          </h3>
        </div>
        <span className="shrink-0 text-[13px] whitespace-nowrap text-ink-3 tabular-nums">
          {task.live?.earned !== undefined && (task.live.state === "done" || (!task.done && task.live.earned > 0))
            ? `${task.live.earned} of `
            : ""}
          {pointsText(task.points)}
        </span>
      </header>
      {state === "locked" ? (
        <p className="mt-3 text-[15px] text-ink-2">Opens when the tasks before it are done.</p>
      ) : (
        <>
          <Checks task={task} />
          {task.live?.feedback !== undefined && <p className="mt-3 text-[15px] leading-snug text-ink-2">{task.live.feedback}</p>}
          {quizzes.length > 0 && (
            <div className="mt-4 space-y-3">
              {quizzes.map((quiz) => (
                <TaskQuiz key={quiz.id} task={id} quiz={quiz.id} />
              ))}
            </div>
          )}
          <Help task={task} />
        </>
      )}
      <p role="status" className="sr-only">
        {state === "done" ? `Task ${task.number} is done: ${task.title}` : ""}
      </p>
    </section>
  )
}
