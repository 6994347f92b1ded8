/** The questions that are due, one after the other. The server looks at the answers; the page never has them. */
"use client"
import { ArrowRight, ChevronDown, ChevronUp, CircleCheck, CircleX } from "lucide-react"
import Link from "next/link"
import { useRouter } from "next/navigation"
import { type FormEvent, useEffect, useId, useRef, useState } from "react"
import { counted, reasonOf } from "../classes/words.ts"
import { api } from "../lab/api.ts"

export interface DueQuiz {
  readonly course: string
  readonly lesson: string
  readonly lessonTitle: string
  readonly task: string
  readonly taskTitle: string
  readonly quiz: {
    readonly id: string
    readonly question: string
    readonly kind: "single" | "several" | "text" | "order"
    readonly options: readonly string[]
  }
}

type Told = Awaited<ReturnType<typeof api.review.answer.mutate>>

const Options = ({
  quiz,
  chosen,
  choose,
}: {
  quiz: DueQuiz["quiz"]
  chosen: readonly string[]
  choose: (next: readonly string[]) => void
}) => {
  const group = useId()
  if (quiz.kind === "text")
    return (
      <input
        className="field mt-3 font-mono text-sm"
        aria-label="Your answer"
        value={chosen[0] ?? ""}
        onChange={(event) => choose([event.target.value])}
        autoComplete="off"
        spellCheck={false}
      />
    )
  if (quiz.kind === "order") {
    const move = (at: number, by: number) => {
      const next = [...chosen]
      next.splice(at + by, 0, ...next.splice(at, 1))
      choose(next)
    }
    return (
      <ol className="mt-3 space-y-1">
        {chosen.map((option, at) => (
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
              disabled={at === chosen.length - 1}
              onClick={() => move(at, 1)}
            >
              <ChevronDown size={16} aria-hidden />
            </button>
          </li>
        ))}
      </ol>
    )
  }
  const several = quiz.kind === "several"
  return (
    <div className="mt-3 space-y-1">
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
            onChange={(event) =>
              choose(several ? (event.target.checked ? [...chosen, option] : chosen.filter((known) => known !== option)) : [option])
            }
          />
          {option}
        </label>
      ))}
    </div>
  )
}

const Question = ({ due, onNext, last }: { due: DueQuiz; onNext: () => void; last: boolean }) => {
  const { course, lesson, lessonTitle, task, taskTitle, quiz } = due
  const [chosen, setChosen] = useState<readonly string[]>(quiz.kind === "order" ? quiz.options : [])
  const [told, setTold] = useState<Told>()
  const [problem, setProblem] = useState<string>()
  const next = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (told) next.current?.focus()
  }, [told])
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    const [first] = chosen
    if (first === undefined || !first.trim()) return
    try {
      const answer = quiz.kind === "several" || quiz.kind === "order" ? [...chosen] : first
      setTold(await api.review.answer.mutate({ course, lesson, task, quiz: quiz.id, answer }))
    } catch (reason) {
      setProblem(reasonOf(reason))
    }
  }
  return (
    <form onSubmit={submit} className="card p-5 sm:p-6">
      <p className="text-sm text-ink-3">
        {lessonTitle} · {taskTitle}
      </p>
      <fieldset disabled={told !== undefined}>
        <legend className="mt-1 text-[17px] leading-snug font-semibold text-balance">{quiz.question}</legend>
        <Options quiz={quiz} chosen={chosen} choose={setChosen} />
        {!told && (
          <button type="submit" className="button button-primary mt-4" disabled={chosen.length === 0}>
            Answer
          </button>
        )}
      </fieldset>
      <div role="status" className="text-[15px]">
        {told && (
          <>
            <p className={`mt-4 flex items-center gap-1.5 font-medium ${told.right ? "text-success" : "text-failure"}`}>
              {told.right ? <CircleCheck size={17} aria-hidden /> : <CircleX size={17} aria-hidden />}
              {told.right ? "Right" : "Not so"}
            </p>
            {(told.because ?? told.reply) && <p className="mt-1.5 leading-snug text-ink-2">{told.because ?? told.reply}</p>}
            <p className="mt-1.5 text-sm text-ink-3">
              {told.days === undefined
                ? "You have it: it is not asked again."
                : told.days === 1
                  ? "It is asked again tomorrow."
                  : `It is asked again in ${counted(told.days, "day")}.`}
              {!told.right && (
                <>
                  {" "}
                  <Link className="link" href={`/learn/${course}/${lesson}`}>
                    Look it up in the lesson
                  </Link>
                </>
              )}
            </p>
          </>
        )}
        {problem && <p className="mt-3 text-sm text-failure">{problem}</p>}
      </div>
      {(told || problem) && (
        <button ref={next} type="button" className="button button-primary mt-4" onClick={onNext}>
          {last ? "Done" : "Next"} <ArrowRight size={15} aria-hidden />
        </button>
      )}
    </form>
  )
}

export const QuizDrill = ({ due }: { due: readonly DueQuiz[] }) => {
  const router = useRouter()
  // Those that were due when the page was opened: an answer must not move them.
  const [all] = useState(due)
  const [at, setAt] = useState(0)
  const current = all[at]
  if (!current) return null
  return (
    <section aria-label="Questions">
      <p className="mb-3 text-sm font-medium text-ink-2">
        Question {at + 1} of {all.length}
      </p>
      <Question
        key={at}
        due={current}
        last={at + 1 === all.length}
        onNext={() => {
          setAt(at + 1)
          if (at + 1 === all.length) router.refresh()
        }}
      />
    </section>
  )
}
