/** What the viewer has done, and with how much help. */
import { Check, KeyRound, Lightbulb } from "lucide-react"
import type { Metadata } from "next"
import Link from "next/link"
import { redirect } from "next/navigation"
import { MyMessages } from "../../classes/my-messages.tsx"
import { ProgressBar } from "../../components/progress-bar.tsx"
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
  const courses = (await (await api()).progress.mine()).filter((course) => course.lessons.length > 0)
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
    </PageFrame>
  )
}
export default Me
