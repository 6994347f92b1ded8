/** The catalogue: courses with progress, where you left off, and the playground. */
import { ArrowRight, Boxes, Clock, GraduationCap } from "lucide-react"
import Link from "next/link"
import { ProgressBar } from "../components/progress-bar.tsx"
import type { CourseCard } from "../server/api/catalogue.ts"
import { api } from "../server/context.ts"
import { HeroPicture } from "../site/hero-picture.tsx"
import { minutesText } from "../site/minutes.ts"
import { PageFrame } from "../site/page-frame.tsx"

export const dynamic = "force-dynamic"

const Course = ({ course }: { course: CourseCard }) => (
  <li>
    <Link href={`/learn/${course.slug}`} className="card group block h-full p-6 transition-colors duration-150 hover:border-accent">
      <h3 className="text-lg leading-snug font-semibold group-hover:text-accent">{course.title}</h3>
      <p className="mt-2 text-[15px] leading-relaxed text-ink-2">{course.summary}</p>
      <p className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-ink-3">
        <span className="inline-flex items-center gap-1.5">
          <GraduationCap size={15} aria-hidden /> {course.lessons} {course.lessons === 1 ? "lesson" : "lessons"}
        </span>
        <span className="inline-flex items-center gap-1.5">
          <Clock size={15} aria-hidden /> {minutesText(course.minutes)}
        </span>
      </p>
      <div className="mt-4 flex items-center gap-3">
        <div className="flex-1">
          <ProgressBar value={course.earned} of={course.points} label={`Points in ${course.title}`} />
        </div>
        <span className="text-sm text-ink-2 tabular-nums">
          {course.earned} of {course.points} points
        </span>
      </div>
    </Link>
  </li>
)

const Catalogue = async () => {
  const caller = await api()
  const [courses, next] = await Promise.all([caller.catalogue.courses(), caller.catalogue.continue()])
  return (
    <PageFrame>
      <div className="grid items-center gap-x-12 gap-y-8 md:grid-cols-[minmax(0,1fr)_minmax(0,1.05fr)]">
        <div>
          <h1 className="text-3xl leading-tight font-semibold tracking-[-0.02em] text-balance sm:text-4xl">
            Learn Kubernetes on a cluster of your own
          </h1>
          <p className="mt-4 text-lg leading-relaxed text-pretty text-ink-2">
            A lesson on one side, a terminal on the other, and a cluster behind it that you can pause, look into and break. It opens at
            once, and there is nothing to install.
          </p>
        </div>
        <HeroPicture />
      </div>
      {next && (
        <Link
          href={`/learn/${next.course}/${next.lesson}`}
          className="group mt-8 flex items-center gap-4 rounded-card border border-accent/35 bg-accent-soft p-5 transition-colors duration-150 hover:border-accent"
        >
          <span className="min-w-0">
            <span className="block text-sm font-medium text-accent">Continue</span>
            <span className="mt-0.5 block text-lg font-semibold">
              {next.title}, task {next.task}
            </span>
            <span className="mt-0.5 block text-[15px] text-ink-2">{next.taskTitle}</span>
          </span>
          <ArrowRight
            size={22}
            className="ml-auto shrink-0 text-accent transition-transform duration-150 group-hover:translate-x-1"
            aria-hidden
          />
        </Link>
      )}
      <section aria-labelledby="courses" className="mt-10">
        <h2 id="courses" className="text-xl font-semibold">
          Courses
        </h2>
        {courses.length === 0 ? (
          <p className="card mt-4 p-6 text-[15px] text-ink-2">
            There are no courses yet. Lessons lie in the folder <code>content/courses</code>; they are read when Drydock starts.
          </p>
        ) : (
          <ul className="mt-4 grid gap-4 md:grid-cols-2">
            {courses.map((course) => (
              <Course key={course.slug} course={course} />
            ))}
            <li>
              <Link
                href="/playground"
                className="group flex h-full flex-col rounded-card border border-dashed border-line-strong p-6 transition-colors duration-150 hover:border-accent"
              >
                <Boxes size={22} className="text-accent" aria-hidden />
                <h3 className="mt-3 text-lg font-semibold group-hover:text-accent">Playground</h3>
                <p className="mt-2 text-[15px] leading-relaxed text-ink-2">
                  A cluster without a lesson: choose its nodes, try what you like, throw it away.
                </p>
              </Link>
            </li>
          </ul>
        )}
      </section>
    </PageFrame>
  )
}
export default Catalogue
