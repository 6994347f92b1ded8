/** What the viewer has done, and with how much help. */
import { ArrowRight, Award, Check, CircleX, KeyRound, Lightbulb, Repeat, RotateCcw } from "lucide-react"
import type { Metadata } from "next"
import Link from "next/link"
import { redirect } from "next/navigation"
import { MyMessages } from "../../classes/my-messages.tsx"
import { ProgressBar } from "../../components/progress-bar.tsx"
import { PassedWord } from "../../exam/score.tsx"
import { ClaimCertificate } from "../../review/claim-certificate.tsx"
import { api, pageContext } from "../../server/context.ts"
import { PageFrame } from "../../site/page-frame.tsx"
import { SignOut } from "../../site/sign-out.tsx"

export const metadata: Metadata = { title: "Progress" }
export const dynamic = "force-dynamic"

const day = new Intl.DateTimeFormat("en", { dateStyle: "medium" })
const times = (count: number, one: string) => `${count} ${one}${count === 1 ? "" : "s"}`

const Me = async () => {
  const { viewer } = await pageContext()
  if (!viewer) redirect("/sign-in")
  const caller = await api()
  const [mine, queue, weak, certificates, exams] = await Promise.all([
    caller.progress.mine(),
    caller.review.queue(),
    caller.review.weak(),
    caller.certificates.mine(),
    caller.exams.mine(),
  ])
  const courses = mine.filter((course) => course.lessons.length > 0)
  const finished = certificates.filter(({ tasks, finished: done }) => tasks > 0 && done === tasks)
  return (
    <PageFrame>
      <div className="flex flex-wrap items-center gap-4">
        <div className="min-w-0 flex-1">
          <h1 className="text-3xl font-semibold tracking-[-0.02em] text-balance">Progress</h1>
          <p className="mt-1 truncate text-[15px] text-ink-2">
            {viewer.isAnonymous ? "You are a guest in this browser." : `${viewer.name}, ${viewer.email}`}
          </p>
        </div>
        {viewer.isAnonymous ? (
          <Link href="/sign-in" className="button button-primary">
            Keep it: make an account
          </Link>
        ) : (
          <SignOut />
        )}
      </div>
      <MyMessages />
      {queue.due.length > 0 && (
        <Link
          href="/review"
          className="group mt-8 flex items-center gap-4 rounded-card border border-accent/35 bg-accent-soft p-5 transition-colors duration-150 hover:border-accent"
        >
          <RotateCcw size={20} aria-hidden className="shrink-0 text-accent" />
          <span className="min-w-0">
            <span className="block font-semibold">{times(queue.due.length, "thing")} to review today</span>
            <span className="mt-0.5 block text-[15px] text-ink-2">What was hard comes back after days, until you have it.</span>
          </span>
          <ArrowRight size={20} aria-hidden className="ml-auto shrink-0 text-accent" />
        </Link>
      )}
      {finished.map(({ course, title, certificate }) => (
        <section key={course} className="card mt-6 flex flex-wrap items-center gap-4 p-5" aria-label={`Certificate of ${title}`}>
          <Award size={22} aria-hidden className="shrink-0 text-success" />
          <p className="min-w-0 flex-1 text-[15px]">
            Every task of <strong className="font-semibold">{title}</strong> is done.
          </p>
          {certificate ? (
            <Link href={`/certificate/${certificate}`} className="button">
              Your certificate
            </Link>
          ) : viewer.isAnonymous ? (
            <Link href="/sign-in" className="button">
              Make an account for your certificate
            </Link>
          ) : (
            <ClaimCertificate course={course} />
          )}
        </section>
      ))}
      {courses.length === 0 ? (
        <div className="card mt-8 p-6">
          <p className="text-[15px] text-ink-2">Nothing done yet. The first task takes a few minutes.</p>
          <Link href="/" className="button button-primary mt-4">
            Choose a course
          </Link>
        </div>
      ) : (
        courses.map((course) => (
          <section key={course.slug} className="mt-10" aria-label={course.title}>
            <h2 className="text-lg font-semibold">
              <Link href={`/learn/${course.slug}`} className="hover:text-accent">
                {course.title}
              </Link>
            </h2>
            <ul className="card mt-3 divide-y divide-line">
              {course.lessons.map((lesson) => (
                <li key={lesson.slug} className="grid gap-x-6 gap-y-2 p-4 sm:grid-cols-[1fr_10rem] sm:items-center">
                  <div className="min-w-0">
                    <Link href={`/learn/${course.slug}/${lesson.slug}`} className="font-medium hover:text-accent">
                      {lesson.title}
                    </Link>
                    <p className="mt-1 flex flex-wrap gap-x-4 gap-y-1 text-sm text-ink-3">
                      <span className="inline-flex items-center gap-1.5">
                        <Check size={14} aria-hidden /> {times(lesson.tasks, "task")} done
                      </span>
                      <span className="inline-flex items-center gap-1.5">
                        <Lightbulb size={14} aria-hidden /> {times(lesson.hints, "hint")}
                      </span>
                      {lesson.solutions > 0 && (
                        <span className="inline-flex items-center gap-1.5">
                          <KeyRound size={14} aria-hidden /> {times(lesson.solutions, "solution")} seen
                        </span>
                      )}
                      {lesson.lastAt > 0 && <span>last on {day.format(lesson.lastAt)}</span>}
                    </p>
                  </div>
                  <div>
                    <ProgressBar value={lesson.earned} of={lesson.points} label={`Points in ${lesson.title}`} />
                    <p className="mt-1 text-right text-sm text-ink-2 tabular-nums">
                      {lesson.earned} of {lesson.points}
                    </p>
                  </div>
                </li>
              ))}
            </ul>
          </section>
        ))
      )}
      {weak.length > 0 && (
        <section className="mt-12" aria-labelledby="weak">
          <h2 id="weak" className="text-lg font-semibold">
            What was hard
          </h2>
          <ul className="card mt-3 divide-y divide-line">
            {weak.map(({ course, lesson, lessonTitle, task, taskTitle, hints, solution, missed, tries }) => (
              <li key={`${course}/${lesson}/${task}`} className="flex flex-wrap items-baseline gap-x-4 gap-y-1 p-4">
                <div className="min-w-0 flex-1">
                  <Link href={`/learn/${course}/${lesson}#task-${task}`} className="font-medium hover:text-accent">
                    {taskTitle}
                  </Link>
                  <p className="text-sm text-ink-3">{lessonTitle}</p>
                </div>
                <p className="flex flex-wrap gap-x-4 text-sm text-ink-2">
                  {hints > 0 && (
                    <span className="inline-flex items-center gap-1.5">
                      <Lightbulb size={14} aria-hidden /> {times(hints, "hint")}
                    </span>
                  )}
                  {solution && (
                    <span className="inline-flex items-center gap-1.5">
                      <KeyRound size={14} aria-hidden /> solution seen
                    </span>
                  )}
                  {tries && (
                    <span className="inline-flex items-center gap-1.5">
                      <Repeat size={14} aria-hidden /> many tries
                    </span>
                  )}
                  {missed > 0 && (
                    <span className="inline-flex items-center gap-1.5">
                      <CircleX size={14} aria-hidden /> {times(missed, "wrong answer")}
                    </span>
                  )}
                </p>
              </li>
            ))}
          </ul>
          <p className="mt-3 text-[15px] text-ink-2">
            <Link href="/review" className="link">
              The review queue
            </Link>{" "}
            asks these again.
          </p>
        </section>
      )}
      {exams.length > 0 && (
        <section className="mt-12" aria-labelledby="exams">
          <h2 id="exams" className="text-lg font-semibold">
            Exams
          </h2>
          <ul className="card mt-3 divide-y divide-line">
            {exams.map(({ id, name, title, minutes, sat, open }) => {
              const best = sat.flatMap(({ score }) => (score ? [score] : [])).toSorted((a, b) => b.percent - a.percent)[0]
              return (
                <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-1 p-4 text-[15px]">
                  <div className="min-w-0 flex-1">
                    <Link href={`/exam/${name}`} className="font-medium hover:text-accent">
                      {title}
                    </Link>
                    <p className="text-sm text-ink-3">
                      {minutes} min{sat.some(({ over }) => !over) ? ", it is running" : open ? "" : ", closed"}
                    </p>
                  </div>
                  {best && (
                    <>
                      <span className="tabular-nums">{best.percent} %</span>
                      <PassedWord passed={best.passed} />
                    </>
                  )}
                </li>
              )
            })}
          </ul>
        </section>
      )}
      {viewer.role !== "learner" && (
        <p className="mt-12 flex flex-wrap gap-3">
          <Link href="/studio/exams" className="button">
            Make and review exams
          </Link>
          <Link href="/me/keys" className="button">
            API keys
          </Link>
        </p>
      )}
    </PageFrame>
  )
}
export default Me
