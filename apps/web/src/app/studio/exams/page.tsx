/** Exams that the viewer makes and reviews. */
import { Plus } from "lucide-react"
import type { Metadata } from "next"
import Link from "next/link"
import { notFound, redirect } from "next/navigation"
import { api, pageContext } from "../../../server/context.ts"
import { PageFrame } from "../../../site/page-frame.tsx"

export const metadata: Metadata = { title: "Exams" }
export const dynamic = "force-dynamic"

const moment = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" })

const Exams = async () => {
  const { viewer } = await pageContext()
  if (!viewer) redirect("/sign-in")
  if (viewer.role === "learner") notFound()
  const exams = await (await api()).examDesk.list()
  return (
    <PageFrame>
      <div className="flex flex-wrap items-center gap-4">
        <h1 className="min-w-0 flex-1 text-3xl font-semibold tracking-[-0.02em]">Exams</h1>
        <Link href="/studio/exams/new" className="button button-primary">
          <Plus size={15} aria-hidden /> New exam
        </Link>
      </div>
      {exams.length === 0 ? (
        <p className="card mt-8 p-6 text-[15px] text-ink-2">
          There are none yet. An exam is a set of tasks out of lessons, against a clock, without help.
        </p>
      ) : (
        <ul className="card mt-8 divide-y divide-line">
          {exams.map(({ id, name, title, minutes, open, ofContent, classId, opensAt, closesAt }) => (
            <li key={id}>
              <Link href={`/studio/exams/${name}`} className="group block p-4 transition-colors duration-150 hover:bg-sunken">
                <span className="block font-medium group-hover:text-accent">{title}</span>
                <span className="mt-0.5 block text-sm text-ink-3">
                  {minutes} min · {ofContent ? "comes with the lessons" : classId ? "for a class" : "by link"} · {open ? "open" : "closed"}
                  {opensAt !== undefined && `, opens ${moment.format(opensAt)}`}
                  {closesAt !== undefined && `, closes ${moment.format(closesAt)}`}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </PageFrame>
  )
}
export default Exams
