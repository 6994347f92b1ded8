/** A lesson in the player. */
import type { Metadata } from "next"
import { notFound } from "next/navigation"
import { Debrief } from "../../../../player/debrief.tsx"
import { LabNotices } from "../../../../player/lab-notices.tsx"
import { Player } from "../../../../player/player.tsx"
import { TaskCard } from "../../../../player/task-card.tsx"
import { placedIn, Prose } from "../../../../prose/prose.tsx"
import { api, pageContext } from "../../../../server/context.ts"
import { absentIsNone } from "../../../../site/absent.ts"
import { minutesText } from "../../../../site/minutes.ts"

export const dynamic = "force-dynamic"
interface Props {
  params: Promise<{ course: string; lesson: string }>
}

const find = async ({ params }: Props) => {
  const caller = await api()
  return absentIsNone(caller.lesson.get(await params))
}

export const generateMetadata = async (props: Props): Promise<Metadata> => {
  const lesson = await find(props)
  return lesson ? { title: lesson.title, description: lesson.summary } : { title: "Not found" }
}

const LessonPage = async (props: Props) => {
  const lesson = await find(props)
  if (!lesson) notFound()
  const { course, slug, number, title, summary, minutes, prose, tasks, done, debrief, next, attempt, changed } = lesson
  const placed = placedIn(prose)
  return (
    <Player
      key={`${course.slug}/${slug}`}
      place={{ title, number, above: { title: course.title, href: `/learn/${course.slug}` } }}
      target={{ course: course.slug, lesson: slug }}
      visitor={(await pageContext()).viewer === undefined}
      tasks={tasks}
      doneBefore={done}
      placedQuizzes={placed.quizzes}
    >
      <header className="mb-8 max-w-[68ch]">
        <p className="eyebrow">
          Lesson {number}, {minutesText(minutes)}
        </p>
        {/* The page's heading is the title in the head of the player. */}
        <p className="mt-1 text-[28px] leading-tight font-semibold tracking-[-0.02em] text-balance">{title}</p>
        <p className="mt-2 text-[17px] leading-relaxed text-ink-2">{summary}</p>
      </header>
      <LabNotices attempt={attempt} changed={changed} />
      <Prose markdown={prose} title={title} />
      {tasks.some((task) => !placed.tasks.includes(task.id)) && (
        <div className="prose mt-8">
          {tasks
            .filter((task) => !placed.tasks.includes(task.id))
            .map((task) => (
              <TaskCard key={task.id} id={task.id} />
            ))}
        </div>
      )}
      <Debrief next={next && { href: `/learn/${course.slug}/${next.slug}`, title: next.title, minutes: next.minutes }}>
        {debrief && <Prose markdown={debrief} />}
      </Debrief>
    </Player>
  )
}
export default LessonPage
