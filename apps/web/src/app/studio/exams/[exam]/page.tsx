/** One exam at its maker's desk: who sat it, and its form. */
import type { Metadata } from "next"
import Link from "next/link"
import { notFound, redirect } from "next/navigation"
import { ScrollBox } from "../../../../components/scroll-box.tsx"
import { ExamForm } from "../../../../exam/exam-form.tsx"
import { RetireExam } from "../../../../exam/retire-exam.tsx"
import { PassedWord } from "../../../../exam/score.tsx"
import { CopyButton } from "../../../../player/copy-button.tsx"
import { api, pageContext } from "../../../../server/context.ts"
import { environment } from "../../../../server/environment.ts"
import { absentIsNone } from "../../../../site/absent.ts"
import { PageFrame } from "../../../../site/page-frame.tsx"

export const metadata: Metadata = { title: "Exam" }
export const dynamic = "force-dynamic"

const moment = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" })

const ExamDesk = async ({ params }: { params: Promise<{ exam: string }> }) => {
  const { viewer } = await pageContext()
  if (!viewer) redirect("/sign-in")
  const caller = await api()
  const found = await absentIsNone(caller.examDesk.attempts(await params))
  if (!found) notFound()
  const { id, name, title, spec, ofContent, own, attempts, classId, opensAt, closesAt } = found
  const link = new URL(`/exam/${name}`, environment().DRYDOCK_URL).href
  const editable = own && !ofContent && viewer.role !== "learner"
  return (
    <PageFrame>
      <div className="mx-auto max-w-3xl">
        <p className="eyebrow">
          <Link href="/studio/exams" className="hover:text-ink">
            Exams
          </Link>
        </p>
        <div className="mt-1 flex flex-wrap items-center gap-4">
          <h1 className="min-w-0 flex-1 text-3xl font-semibold tracking-[-0.02em] text-balance">{title}</h1>
          {editable && <RetireExam id={id} />}
        </div>
        <div className="relative mt-4 flex items-center rounded-md border border-line bg-surface py-2 pr-12 pl-3">
          <Link href={`/exam/${name}`} className="min-w-0 font-mono text-sm break-all hover:text-accent">
            {link}
          </Link>
          <CopyButton text={link} label="Copy the link" />
        </div>
        <section className="mt-8" aria-labelledby="attempts">
          <h2 id="attempts" className="text-lg font-semibold">
            Attempts
          </h2>
          {attempts.length === 0 ? (
            <p className="card mt-3 p-5 text-[15px] text-ink-2">
              {ofContent ? "Nobody of your classes has sat it yet." : "Nobody has sat it yet."}
            </p>
          ) : (
            <ScrollBox label="Attempts" className="card relative mt-3">
              <table className="w-full text-left text-[15px]">
                <thead className="text-sm text-ink-3">
                  <tr className="border-b border-line">
                    {["Who", "Begun", "Graded", "After review", ""].map((head) => (
                      <th key={head} scope="col" className="px-4 py-2.5 font-medium">
                        {head || <span className="sr-only">Result</span>}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody className="divide-y divide-line">
                  {attempts.map(({ id: attempt, userName, startedAt, over, score, reviewed }) => (
                    <tr key={attempt}>
                      <td className="px-4 py-2.5">
                        <Link href={`/studio/exams/${name}/${attempt}`} className="link">
                          {userName}
                        </Link>
                      </td>
                      <td className="px-4 py-2.5 whitespace-nowrap">{moment.format(startedAt)}</td>
                      <td className="px-4 py-2.5 tabular-nums">{score.percent} %</td>
                      <td className="px-4 py-2.5 tabular-nums">{reviewed ? `${reviewed.percent} %` : "none yet"}</td>
                      <td className="px-4 py-2.5">
                        {over ? <PassedWord passed={(reviewed ?? score).passed} /> : <span className="text-ink-2">running</span>}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </ScrollBox>
          )}
        </section>
        {editable && (
          <section className="mt-10" aria-labelledby="form">
            <h2 id="form" className="text-lg font-semibold">
              The exam
            </h2>
            <p className="mt-1 text-[15px] text-ink-2">Attempts that have begun keep what they began with.</p>
            <ExamForm
              choices={await caller.examDesk.choices()}
              start={{
                ...{ id, title, summary: spec.summary, minutes: spec.minutes, pass: spec.pass, attempts: spec.attempts },
                ...{ feedback: spec.feedback, parts: spec.parts },
                ...(classId !== undefined && { classId }),
                ...(opensAt !== undefined && { opensAt }),
                ...(closesAt !== undefined && { closesAt }),
              }}
            />
          </section>
        )}
      </div>
    </PageFrame>
  )
}
export default ExamDesk
