/** The questions that are due, one after the other. The server looks at the answers; the page never has them. */
"use client"
import { ArrowRight, CircleCheck, CircleX } from "lucide-react"
import Link from "next/link"
import { useRouter } from "next/navigation"
import { type FormEvent, useEffect, useRef, useState } from "react"
import { counted, reasonOf } from "../classes/words.ts"
import { QuizOptions } from "../components/quiz-options.tsx"
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
        <QuizOptions quiz={quiz} chosen={chosen} choose={setChosen} />
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
