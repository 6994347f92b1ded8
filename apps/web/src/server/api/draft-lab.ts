/** Labs of drafts: made of what is saved, for whoever writes it. */
import { TRPCError } from "@trpc/server"
import { draftSeed, parseSource, sha256 } from "@drydock/course"
import { DRAFT_COURSE, type LabSession, type Person, type Repositories } from "@drydock/db"

/**
 * Keeps a draft's lab as it is now, and ends the viewer's labs of it that were made of another.
 * @throws NOT_FOUND, PRECONDITION_FAILED with the first mistake
 */
export const draftLab = async (
  { drafts, sessions }: Pick<Repositories, "drafts" | "sessions">,
  viewer: Person,
  id: string,
): Promise<{ lesson: NonNullable<LabSession["lesson"]>; topology: LabSession["topology"]; seed: string }> => {
  const [draft, revision] = viewer.role === "learner" ? [] : await Promise.all([drafts.get(id), drafts.files(id)])
  if (!draft || !revision) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such draft." })
  const { lesson, problems } = parseSource(revision.files, { course: draft.course, slug: draft.lesson })
  if (!lesson) {
    const first = problems.find(({ severity }) => severity === "error")
    const said = first ? `${first.file}, line ${first.line}: ${first.message}` : "it cannot be read"
    throw new TRPCError({ code: "PRECONDITION_FAILED", message: `The lab cannot be made yet. ${said}.` })
  }
  const { lab, header } = lesson
  // It goes on while only the prose changes.
  const version = `lab-${sha256(JSON.stringify(lab)).slice(0, 28)}`
  const points = lab.tasks.reduce((sum, task) => sum + task.points, 0)
  const kept = await drafts.keep(id, {
    ...{ course: draft.course, lesson: draft.lesson, version, title: header.title, summary: header.summary, minutes: header.minutes },
    ...{ points, prose: "", lab },
  })
  for (const session of await sessions.activeOf(viewer.id))
    if (session.lesson?.course === DRAFT_COURSE && session.lesson.lesson === id && session.lesson.version !== version)
      await sessions.end(session.id)
  return { lesson: kept, topology: lab.topology, seed: draftSeed(lab, id) }
}
