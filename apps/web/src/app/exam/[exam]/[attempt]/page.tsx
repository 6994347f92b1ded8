/** The score of an exam that is over: points a task, and what a review made of them. */
import type { Metadata } from "next"
import Link from "next/link"
import { notFound, redirect } from "next/navigation"
import { TRPCError } from "@trpc/server"
import { Score, TaskPoints } from "../../../../exam/score.tsx"
import { api } from "../../../../server/context.ts"
import { minutesText } from "../../../../site/minutes.ts"
import { PageFrame } from "../../../../site/page-frame.tsx"

export const metadata: Metadata = { title: "Score" }
export const dynamic = "force-dynamic"

const moment = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" })

const find = async (attempt: string, exam: string) => {
  try {
    return await (await api()).exams.result({ attempt })
  } catch (reason) {
    if (!(reason instanceof TRPCError)) throw reason
    if (reason.code === "PRECONDITION_FAILED") redirect(`/exam/${exam}`)
    if (["NOT_FOUND", "UNAUTHORIZED", "BAD_REQUEST"].includes(reason.code)) return undefined
    throw reason
  }
}

const Result = async ({ params }: { params: Promise<{ exam: string; attempt: string }> }) => {
  const { exam, attempt } = await params
  const result = await find(attempt, exam)
  if (!result) notFound()
  const { title, pass, startedAt, endedAt, submitted, score, reviewed, tasks, note } = result
  const took = Math.max(1, Math.round((endedAt - startedAt) / 60_000))
  return (
    <PageFrame>
      <div className="mx-auto max-w-2xl">
        <p className="eyebrow">Score</p>
        <h1 className="mt-1 text-3xl font-semibold tracking-[-0.02em] text-balance">{title}</h1>
        <p className="mt-2 text-[15px] text-ink-2">
          Begun {moment.format(startedAt)}; {submitted ? `handed in after ${minutesText(took)}` : "the time ran out"}.
        </p>
        <div className={`mt-6 grid gap-4 ${reviewed ? "sm:grid-cols-2" : ""}`}>
          {reviewed && <Score label="After review" {...{ pass, percent: reviewed.percent, passed: reviewed.passed }} />}
          <Score label={reviewed ? "Before review" : "Your score"} {...{ pass, percent: score.percent, passed: score.passed }} />
        </div>
        {note && (
          <section className="mt-6 rounded-card border border-accent/35 bg-accent-soft p-5" aria-label="The reviewer's word">
            <p className="text-sm font-medium text-accent">From your reviewer</p>
            <p className="mt-1 text-[15px] whitespace-pre-wrap">{note}</p>
          </section>
        )}
        <div className="mt-6">
          <TaskPoints tasks={tasks} />
        </div>
        <p className="mt-6 flex flex-wrap gap-3">
          <Link href={`/exam/${exam}`} className="button">
            The exam
          </Link>
          <Link href="/me" className="button">
            Your progress
          </Link>
        </p>
      </div>
    </PageFrame>
  )
}
export default Result
