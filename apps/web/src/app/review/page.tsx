/** The review queue: questions that are due, asked here, and tasks that are due, done again in a cluster of their own. */
import { ArrowRight, CalendarCheck } from "lucide-react"
import type { Metadata } from "next"
import Link from "next/link"
import { redirect } from "next/navigation"
import { counted } from "../../classes/words.ts"
import { QuizDrill } from "../../review/quiz-drill.tsx"
import { api, pageContext } from "../../server/context.ts"
import { PageFrame } from "../../site/page-frame.tsx"

export const metadata: Metadata = { title: "Review" }
export const dynamic = "force-dynamic"

const day = new Intl.DateTimeFormat("en", { dateStyle: "medium" })

const Review = async () => {
  const { viewer } = await pageContext()
  if (!viewer) redirect("/sign-in")
  const { due, later, next } = await (await api()).review.queue()
  const quizzes = due.flatMap(({ quiz, ...item }) => (quiz ? [{ ...item, quiz }] : []))
  const tasks = due.filter(({ quiz }) => !quiz)
  return (
    <PageFrame>
      <div className="mx-auto max-w-2xl">
        <h1 className="text-3xl font-semibold tracking-[-0.02em] text-balance">Review</h1>
        <p className="mt-3 text-[15px] leading-relaxed text-ink-2">
          What you answered wrong, needed help for or took long over comes back after 1, 3, 7, 16 and 35 days. What you do not know any more
          begins anew.
        </p>
        <div className="mt-8 space-y-10">
          {quizzes.length > 0 && <QuizDrill key={quizzes.map(({ task, quiz }) => `${task}/${quiz.id}`).join()} due={quizzes} />}
          {tasks.length > 0 && (
            <section aria-labelledby="tasks">
              <h2 id="tasks" className="text-lg font-semibold">
                Tasks to do again
              </h2>
              <ul className="card mt-3 divide-y divide-line">
                {tasks.map(({ course, lesson, lessonTitle, task, taskTitle }) => (
                  <li key={`${course}/${lesson}/${task}`}>
                    <Link
                      href={`/review/${course}/${lesson}/${task}`}
                      className="group flex items-center gap-4 p-4 transition-colors duration-150 hover:bg-sunken"
                    >
                      <span className="min-w-0 flex-1">
                        <span className="block font-medium group-hover:text-accent">{taskTitle}</span>
                        <span className="mt-0.5 block text-sm text-ink-3">{lessonTitle}</span>
                      </span>
                      <ArrowRight size={18} aria-hidden className="shrink-0 text-accent" />
                    </Link>
                  </li>
                ))}
              </ul>
            </section>
          )}
          {due.length === 0 && (
            <div className="card p-6">
              <p className="flex items-center gap-2 font-medium">
                <CalendarCheck size={18} aria-hidden className="text-success" /> Nothing is due today
              </p>
              <p className="mt-2 text-[15px] text-ink-2">
                {later > 0 && next !== undefined
                  ? `${counted(later, "thing")} will come back, the next on ${day.format(next)}.`
                  : "When an answer is wrong or a task takes help, it will be asked again here."}
              </p>
            </div>
          )}
          {due.length > 0 && later > 0 && <p className="text-sm text-ink-3">{counted(later, "thing")} more on later days.</p>}
        </div>
      </div>
    </PageFrame>
  )
}
export default Review
