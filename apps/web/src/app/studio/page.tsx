/** The studio: what is being written, and what could be. For instructors. */
import { FileText } from "lucide-react"
import type { Metadata } from "next"
import Link from "next/link"
import { notFound, redirect } from "next/navigation"
import { api, pageContext } from "../../server/context.ts"
import { PageFrame } from "../../site/page-frame.tsx"
import { EditLesson } from "../../studio/edit-lesson.tsx"
import { ImportDialog } from "../../studio/import-dialog.tsx"
import { NewLessonDialog } from "../../studio/new-lesson-dialog.tsx"

export const metadata: Metadata = { title: "Studio" }
export const dynamic = "force-dynamic"

const when = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" })

const StudioPage = async () => {
  const { viewer } = await pageContext()
  if (!viewer) redirect("/sign-in")
  if (viewer.role === "learner") notFound()
  const { drafts, courses } = await (await api()).studio.list()
  const names = courses.map(({ slug, title }) => ({ slug, title }))
  return (
    <PageFrame>
      <div className="flex flex-wrap items-center gap-3">
        <h1 className="mr-auto text-3xl font-semibold tracking-[-0.02em] max-sm:w-full">Studio</h1>
        <Link href="/studio/exams" className="button button-quiet">
          Exams
        </Link>
        <ImportDialog courses={names} />
        <NewLessonDialog courses={names} />
      </div>
      <section aria-labelledby="drafts" className="mt-8">
        <h2 id="drafts" className="text-lg font-semibold">
          Drafts
        </h2>
        {drafts.length === 0 ? (
          <div className="card mt-3 p-6">
            <p className="text-[15px] text-ink-2">
              Nothing is being written. Begin a new lesson, import one, or edit one that is published.
            </p>
          </div>
        ) : (
          <ul className="card mt-3 divide-y divide-line">
            {drafts.map((draft) => (
              <li key={draft.id}>
                <Link
                  href={`/studio/${draft.id}`}
                  className="flex flex-wrap items-center gap-x-4 gap-y-1 p-4 -outline-offset-2 hover:bg-sunken"
                >
                  <FileText size={17} aria-hidden className="shrink-0 text-ink-3" />
                  <span className="min-w-0 flex-1">
                    <span className="block truncate font-medium">{draft.title}</span>
                    <span className="block truncate text-sm text-ink-3">
                      {draft.course}/{draft.lesson}
                    </span>
                  </span>
                  <span className="text-sm text-ink-3 max-sm:w-full max-sm:pl-8">
                    {draft.published === undefined
                      ? "not published"
                      : draft.published === draft.head
                        ? "published"
                        : "changed since it was published"}
                    {", "}saved by {draft.savedBy} on {when.format(draft.savedAt)}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </section>
      {courses.map((course) => (
        <section key={course.slug} aria-label={course.title} className="mt-10">
          <h2 className="text-lg font-semibold">{course.title}</h2>
          <ul className="card mt-3 divide-y divide-line">
            {course.lessons.map(({ slug, title }) => (
              <li key={slug} className="flex items-center gap-3 py-2 pr-3 pl-4">
                <Link href={`/learn/${course.slug}/${slug}`} className="min-w-0 flex-1 truncate text-[15px] hover:text-accent">
                  {title}
                </Link>
                <EditLesson course={course.slug} lesson={slug} title={title} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </PageFrame>
  )
}
export default StudioPage
