/** The viewer's classes; instructors make new ones. */
import { ArrowRight, GraduationCap, Users } from "lucide-react"
import type { Metadata } from "next"
import Link from "next/link"
import { redirect } from "next/navigation"
import { NewClassForm } from "../../classes/new-class-form.tsx"
import { counted } from "../../classes/words.ts"
import { api, pageContext } from "../../server/context.ts"
import { PageFrame } from "../../site/page-frame.tsx"

export const metadata: Metadata = { title: "Classes" }
export const dynamic = "force-dynamic"

const Classes = async () => {
  const { viewer } = await pageContext()
  if (!viewer) redirect("/sign-in?next=/classes")
  const caller = await api()
  const makes = viewer.role !== "learner"
  const [classes, courses] = await Promise.all([caller.classes.mine(), makes ? caller.catalogue.courses() : []])
  return (
    <PageFrame>
      <h1 className="text-3xl font-semibold tracking-[-0.02em]">Classes</h1>
      {classes.length === 0 ? (
        <p className="card mt-8 p-6 text-[15px] text-ink-2">
          {makes
            ? "You have no class yet. Make one below and give its link to your learners."
            : "You are in no class. Open the link that your teacher gave you to join one."}
        </p>
      ) : (
        <ul className="card mt-8 divide-y divide-line overflow-hidden">
          {classes.map((one) => (
            <li key={one.id}>
              <Link
                href={`/classes/${one.id}`}
                className="group flex items-center gap-4 p-5 transition-colors duration-150 hover:bg-sunken"
              >
                <span className="min-w-0 flex-1">
                  <span className="block font-semibold break-words group-hover:text-accent">
                    {one.name}
                    {one.archived && (
                      <span className="ml-2 rounded bg-sunken px-1.5 py-0.5 text-[13px] font-medium text-ink-2">Archived</span>
                    )}
                  </span>
                  <span className="mt-1 block text-[15px] text-ink-2">{one.courseTitle}</span>
                  <span className="mt-1.5 flex flex-wrap gap-x-4 gap-y-1 text-sm text-ink-3">
                    <span className="inline-flex items-center gap-1.5">
                      <Users size={14} aria-hidden /> {counted(one.learners, "learner")}
                    </span>
                    <span className="inline-flex items-center gap-1.5">
                      <GraduationCap size={14} aria-hidden /> {one.role === "teacher" ? "you teach it" : one.teachers.join(", ")}
                    </span>
                  </span>
                </span>
                <ArrowRight size={18} className="shrink-0 text-ink-3 group-hover:text-accent" aria-hidden />
              </Link>
            </li>
          ))}
        </ul>
      )}
      {makes && <NewClassForm courses={courses.map(({ slug, title }) => ({ slug, title }))} />}
    </PageFrame>
  )
}
export default Classes
