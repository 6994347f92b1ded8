/** One attempt at its reviewer's desk. */
import type { Metadata } from "next"
import Link from "next/link"
import { notFound, redirect } from "next/navigation"
import { ReviewForm } from "../../../../../exam/review-form.tsx"
import { Score, TaskPoints } from "../../../../../exam/score.tsx"
import { api, pageContext } from "../../../../../server/context.ts"
import { absentIsNone } from "../../../../../site/absent.ts"
import { PageFrame } from "../../../../../site/page-frame.tsx"

export const metadata: Metadata = { title: "Attempt" }
export const dynamic = "force-dynamic"

const moment = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" })

const Attempt = async ({ params }: { params: Promise<{ exam: string; attempt: string }> }) => {
  const { viewer } = await pageContext()
  if (!viewer) redirect("/sign-in")
  const { attempt: id } = await params
  const found = await absentIsNone((await api()).examDesk.attempt({ attempt: id }))
  if (!found) notFound()
  const { exam, title, userName, startedAt, submittedAt, over, score, reviewed, pass, tasks, review } = found
  return (
    <PageFrame>
      <div className="mx-auto max-w-3xl">
        <p className="eyebrow">
          <Link href={`/studio/exams/${exam}`} className="hover:text-ink">
            {title}
          </Link>
        </p>
        <h1 className="mt-1 text-3xl font-semibold tracking-[-0.02em] text-balance">{userName}</h1>
        <p className="mt-2 text-[15px] text-ink-2">
          Begun {moment.format(startedAt)}
          {!over ? "; still running" : submittedAt === undefined ? "; the time ran out" : `; handed in ${moment.format(submittedAt)}`}.
          {review && ` Reviewed by ${review.by} on ${moment.format(review.at)}.`}
        </p>
        <div className={`mt-6 grid gap-4 ${reviewed ? "sm:grid-cols-2" : ""}`}>
          <Score label="Graded" {...{ pass, percent: score.percent, passed: score.passed }} />
          {reviewed && <Score label="After review" {...{ pass, percent: reviewed.percent, passed: reviewed.passed }} />}
        </div>
        {over ? (
          <ReviewForm attempt={id} tasks={tasks} note={review?.note ?? ""} />
        ) : (
          <div className="mt-6">
            <TaskPoints tasks={tasks} />
          </div>
        )}
      </div>
    </PageFrame>
  )
}
export default Attempt
