/** A task done again: alone, in a fresh cluster in which all that it builds on is done. */
import type { Metadata } from "next"
import { notFound } from "next/navigation"
import { TRPCError } from "@trpc/server"
import { Player } from "../../../../../player/player.tsx"
import { TaskCard } from "../../../../../player/task-card.tsx"
import { labOf, tasksOf } from "../../../../../server/api/outline.ts"
import { api, pageContext } from "../../../../../server/context.ts"

export const metadata: Metadata = { title: "Review" }
export const dynamic = "force-dynamic"

const find = async (place: { course: string; lesson: string; task: string }) => {
  try {
    return await (await api()).review.task(place)
  } catch (reason) {
    if (reason instanceof TRPCError && ["NOT_FOUND", "UNAUTHORIZED", "BAD_REQUEST"].includes(reason.code)) return undefined
    throw reason
  }
}

const Drill = async ({ params }: { params: Promise<{ course: string; lesson: string; task: string }> }) => {
  const place = await params
  const found = await find(place)
  const lesson = found && (await (await pageContext()).repositories.content.lesson(place.course, place.lesson))
  if (!found || !lesson) notFound()
  const tasks = tasksOf(labOf(lesson)).filter(({ id }) => id === place.task)
  return (
    <Player
      key={`${place.course}/${place.lesson}/${place.task}`}
      place={{ title: found.task.title, above: { title: "Review", href: "/review" } }}
      target={{ course: place.course, lesson: place.lesson, drill: place.task }}
      visitor={false}
      tasks={tasks}
      doneBefore={[]}
    >
      <header className="mb-6 max-w-[68ch]">
        <p className="eyebrow">{found.lessonTitle}</p>
        <p className="mt-1 text-[28px] leading-tight font-semibold tracking-[-0.02em] text-balance">{found.task.title}</p>
        <p className="mt-2 text-[17px] leading-relaxed text-ink-2">
          {found.due
            ? "Everything that this task builds on is done. Without help it comes back later than last time; with help, tomorrow."
            : "This is not due yet: practise as you like."}
        </p>
      </header>
      <div className="prose">
        <TaskCard id={place.task} />
      </div>
    </Player>
  )
}
export default Drill
