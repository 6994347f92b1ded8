/** An exam: what it is before it is begun, the room while it is sat, and the attempts so far. */
import { CalendarClock, Clock, Flag, GraduationCap, HelpCircle } from "lucide-react"
import type { Metadata } from "next"
import Link from "next/link"
import { notFound } from "next/navigation"
import { BeginExam } from "../../../exam/begin-exam.tsx"
import { ExamRoom } from "../../../exam/exam-room.tsx"
import { PassedWord } from "../../../exam/score.tsx"
import { Prose } from "../../../prose/prose.tsx"
import { api, pageContext } from "../../../server/context.ts"
import { absentIsNone } from "../../../site/absent.ts"
import { minutesText } from "../../../site/minutes.ts"
import { PageFrame } from "../../../site/page-frame.tsx"

export const dynamic = "force-dynamic"
interface Props {
  params: Promise<{ exam: string }>
}

const find = async ({ params }: Props) => absentIsNone((await api()).exams.get(await params))

export const generateMetadata = async (props: Props): Promise<Metadata> => ({ title: (await find(props))?.title ?? "Not found" })

const moment = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" })

const ExamPage = async (props: Props) => {
  const exam = await find(props)
  if (!exam) notFound()
  const { viewer } = await pageContext()
  if (exam.running) {
    const { attempt, title, endsAt, now, parts } = await (await api()).exams.sitting({ attempt: exam.running })
    return (
      <ExamRoom
        {...{ attempt, title, endsAt, now }}
        result={`/exam/${exam.name}/${attempt}`}
        parts={parts.map(({ lesson, tasks }) => ({
          lesson,
          tasks: tasks.map(({ text, ...task }) => ({ ...task, text: <Prose markdown={text} /> })),
        }))}
      />
    )
  }
  const left = exam.attempts - exam.sat.length
  const reason = !exam.open
    ? "This exam is not open."
    : exam.member === false || (exam.forClass && !viewer)
      ? "This exam is for the members of a class. Join it with the link that your teacher gave you."
      : left <= 0
        ? "You have sat it as often as it may be sat."
        : undefined
  const facts = [
    {
      icon: Clock,
      text: `${minutesText(exam.minutes)} from the moment you begin. The clock is the server's, and goes on when you close the page.`,
    },
    {
      icon: GraduationCap,
      text: `${exam.tasks} tasks in ${exam.worlds} ${exam.worlds === 1 ? "cluster" : "clusters"}. You pass with ${exam.pass} per cent.`,
    },
    {
      icon: HelpCircle,
      text: `No hints and no solutions; ${exam.feedback === "live" ? "a task that is done says so" : "what you did is told at the end"}. A question takes one answer.`,
    },
    { icon: Flag, text: "Move between tasks as you like, and flag those that you want to look at again." },
    ...(exam.opensAt || exam.closesAt
      ? [
          {
            icon: CalendarClock,
            text: [exam.opensAt && `Open from ${moment.format(exam.opensAt)}`, exam.closesAt && `until ${moment.format(exam.closesAt)}`]
              .filter(Boolean)
              .join(" "),
          },
        ]
      : []),
  ]
  return (
    <PageFrame>
      <div className="mx-auto max-w-2xl">
        <p className="eyebrow">Exam</p>
        <h1 className="mt-1 text-3xl font-semibold tracking-[-0.02em] text-balance">{exam.title}</h1>
        {exam.summary && <p className="mt-3 text-[17px] leading-relaxed text-ink-2">{exam.summary}</p>}
        <ul className="card mt-8 divide-y divide-line" aria-label="Rules">
          {facts.map(({ icon: Icon, text }) => (
            <li key={text} className="flex items-start gap-3 p-4 text-[15px] leading-relaxed text-ink-2">
              <Icon size={18} className="mt-1 shrink-0 text-accent" aria-hidden /> {text}
            </li>
          ))}
        </ul>
        <div className="mt-6">
          {reason ? (
            <p className="text-[15px] text-ink-2">{reason}</p>
          ) : (
            <>
              <BeginExam
                exam={exam.id}
                visitor={viewer === undefined}
                minutes={minutesText(exam.minutes)}
                asksName={!exam.ofContent && (viewer === undefined || (viewer.isAnonymous && viewer.name === "Guest"))}
              />
              <p className="mt-3 text-sm text-ink-3">
                You may begin it {left === 1 ? "once" : `${left} times`}
                {exam.sat.length > 0 ? " more" : ""}.
              </p>
            </>
          )}
        </div>
        {exam.sat.length > 0 && (
          <section className="mt-10" aria-label="Your attempts">
            <h2 className="text-lg font-semibold">Your attempts</h2>
            <ul className="card mt-3 divide-y divide-line">
              {exam.sat.map(({ id, startedAt, score }) => (
                <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 p-4 text-[15px]">
                  <Link href={`/exam/${exam.name}/${id}`} className="link">
                    {moment.format(startedAt)}
                  </Link>
                  {score && (
                    <>
                      <span className="ml-auto tabular-nums">{score.percent} %</span>
                      <PassedWord passed={score.passed} />
                    </>
                  )}
                </li>
              ))}
            </ul>
          </section>
        )}
      </div>
    </PageFrame>
  )
}
export default ExamPage
