/** A course's syllabus. */
import { ArrowRight, Check, Eye, Timer } from "lucide-react"
import type { Metadata } from "next"
import Link from "next/link"
import { notFound } from "next/navigation"
import { ProgressBar } from "../../../components/progress-bar.tsx"
import type { LessonCard } from "../../../server/api/catalogue.ts"
import { api } from "../../../server/context.ts"
import { absentIsNone } from "../../../site/absent.ts"
import { minutesText } from "../../../site/minutes.ts"
import { PageFrame } from "../../../site/page-frame.tsx"

export const dynamic = "force-dynamic"
interface Props {
  params: Promise<{ course: string }>
}

const find = async ({ params }: Props) => {
  const { course } = await params
  const caller = await api()
  return absentIsNone(caller.catalogue.course({ course }))
}

export const generateMetadata = async (props: Props): Promise<Metadata> => ({ title: (await find(props))?.title ?? "Not found" })

const Lesson = ({ course, lesson, number }: { course: string; lesson: LessonCard; number: number }) => {
  const done = lesson.points > 0 && lesson.earned >= lesson.points
  return (
    <li>
      <Link
        href={`/learn/${course}/${lesson.slug}`}
        className="group flex items-start gap-4 p-5 transition-colors duration-150 hover:bg-sunken"
      >
        <span
          className={`mt-0.5 inline-flex size-8 shrink-0 items-center justify-center rounded-full text-sm font-semibold tabular-nums ${done ? "bg-success text-surface" : lesson.earned > 0 ? "bg-accent-soft text-accent" : "bg-sunken text-ink-2"}`}
        >
          {done ? <Check size={17} strokeWidth={2.5} role="img" aria-label={`${number}, done`} /> : number}
        </span>
        <span className="min-w-0 flex-1">
          <span className="block font-semibold group-hover:text-accent">{lesson.title}</span>
          <span className="mt-1 block text-[15px] leading-relaxed text-ink-2">{lesson.summary}</span>
          {lesson.shows && (
            <span className="mt-2 flex items-start gap-1.5 text-sm text-ink-3">
              <Eye size={15} className="mt-0.5 shrink-0" aria-hidden />
              <span>
                <span className="sr-only">You see </span>
                {lesson.shows}
              </span>
            </span>
          )}
          <span className="mt-2 flex gap-4 text-sm text-ink-3 tabular-nums">
            <span>{minutesText(lesson.minutes)}</span>
            <span>
              {lesson.earned > 0 ? `${lesson.earned} of ` : ""}
              {lesson.points} points
            </span>
          </span>
        </span>
        <ArrowRight
          size={18}
          className="mt-1.5 shrink-0 text-ink-3 transition-transform duration-150 group-hover:translate-x-1 group-hover:text-accent"
          aria-hidden
        />
      </Link>
    </li>
  )
}

const Syllabus = async (props: Props) => {
  const course = await find(props)
  if (!course) notFound()
  const lessons = course.modules.flatMap((module) => module.lessons)
  const exams = await (await api()).exams.offered({ course: course.slug })
  const next = lessons.find((lesson) => lesson.earned < lesson.points) ?? lessons[0]
  return (
    <PageFrame>
      <p className="text-sm">
        <Link href="/" className="link">
          Courses
        </Link>
      </p>
      <h1 className="mt-3 max-w-3xl text-3xl leading-tight font-semibold tracking-[-0.02em] text-balance">{course.title}</h1>
      <p className="mt-3 max-w-2xl text-lg leading-relaxed text-ink-2">{course.summary}</p>
      <div className="mt-6 flex flex-wrap items-center gap-x-6 gap-y-3">
        {next && (
          <Link href={`/learn/${course.slug}/${next.slug}`} className="button button-primary h-10 px-4">
            {course.earned > 0 ? "Continue" : "Start"} <ArrowRight size={16} aria-hidden />
          </Link>
        )}
        <div className="flex min-w-56 items-center gap-3">
          <div className="w-32">
            <ProgressBar value={course.earned} of={course.points} label="Points in this course" />
          </div>
          <span className="text-sm whitespace-nowrap text-ink-2 tabular-nums">
            {course.earned} of {course.points} points, {minutesText(course.minutes)}
          </span>
        </div>
      </div>
      {course.modules.map((module) => (
        <section key={module.title} className="mt-10" aria-label={module.title}>
          <h2 className="text-lg font-semibold">{module.title}</h2>
          <ol className="card mt-3 divide-y divide-line overflow-hidden">
            {module.lessons.map((lesson) => (
              <Lesson key={lesson.slug} course={course.slug} lesson={lesson} number={lessons.indexOf(lesson) + 1} />
            ))}
          </ol>
        </section>
      ))}
      {exams.length > 0 && (
        <section className="mt-10" aria-labelledby="exams">
          <h2 id="exams" className="text-lg font-semibold">
            {exams.length === 1 ? "Exam" : "Exams"}
          </h2>
          <ul className="card mt-3 divide-y divide-line overflow-hidden">
            {exams.map(({ name, title, summary, minutes }) => (
              <li key={name}>
                <Link href={`/exam/${name}`} className="group flex items-start gap-4 p-5 transition-colors duration-150 hover:bg-sunken">
                  <Timer size={20} aria-hidden className="mt-0.5 shrink-0 text-accent" />
                  <span className="min-w-0 flex-1">
                    <span className="block font-semibold group-hover:text-accent">{title}</span>
                    <span className="mt-1 block text-[15px] leading-relaxed text-ink-2">{summary}</span>
                    <span className="mt-2 block text-sm text-ink-3">{minutesText(minutes)}</span>
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
    </PageFrame>
  )
}
export default Syllabus
