/** A class's live board: each learner's tasks, where they are, and who is held up. */
import { LabSpec } from "@drydock/course"
import type { ClassInfo, ClassProgress, Repositories } from "@drydock/db"

/** Without a step forward for so long a learner is held up, ms. */
export const STUCK_MS = 4 * 60_000

export interface BoardTask {
  readonly id: string
  readonly title: string
  readonly points: number
}

export interface BoardLesson {
  readonly slug: string
  readonly title: string
  readonly points: number
  readonly tasks: readonly BoardTask[]
}

/** What the board's columns are; `stamp` changes with them. */
export interface BoardColumns {
  readonly stamp: string
  readonly lessons: readonly BoardLesson[]
}

export interface BoardLab {
  readonly session: string
  readonly lesson: string
  readonly online: boolean
  /** Undefined: all done, or not known yet. */
  readonly task?: string
  readonly check?: string
  readonly seen?: string
  /** Hints opened in this task. */
  readonly opened: number
  /** Since the last step forward, ms; only while they are there and have something to do. */
  readonly stillMs?: number
  readonly stuck: boolean
  /** Since they typed, ms. */
  readonly quietMs?: number
}

export interface BoardLearner {
  readonly id: string
  readonly name: string
  readonly guest: boolean
  /** Places of finished tasks, counting through all columns from 0. */
  readonly done: readonly number[]
  readonly points: number
  readonly hints: number
  readonly solutions: number
  /** The one they look at, or looked at last. */
  readonly lab?: BoardLab
}

export interface Board {
  readonly stamp: string
  readonly learners: readonly BoardLearner[]
}

/** Tasks by lesson and version: a version never changes. */
const known = new Map<string, readonly BoardTask[]>()
const MOST_KNOWN = 500

const tasksOf = async (kept: Repositories, course: string, lesson: string, version: string): Promise<readonly BoardTask[]> => {
  const key = `${course}/${lesson}/${version}`
  const found = known.get(key)
  if (found) return found
  const published = await kept.content.lesson(course, lesson, version)
  const lab = published && LabSpec.safeParse(published.lab)
  const tasks = lab?.success ? lab.data.tasks.map(({ id, title, points }) => ({ id, title, points })) : []
  const [oldest] = known.keys()
  if (known.size >= MOST_KNOWN && oldest !== undefined) known.delete(oldest)
  known.set(key, tasks)
  return tasks
}

export const boardColumns = async (kept: Repositories, course: string): Promise<BoardColumns> => {
  const lessons = await kept.content.lessons(course)
  return {
    stamp: lessons.map(({ lesson, version }) => `${lesson}@${version.slice(0, 8)}`).join(" "),
    lessons: await Promise.all(
      lessons.map(async ({ lesson, version, title, points }) => ({
        ...{ slug: lesson, title, points, tasks: await tasksOf(kept, course, lesson, version) },
      })),
    ),
  }
}

const labOf = ({ labs }: ClassProgress, now: number): BoardLab | undefined => {
  const lab = labs.find(({ online }) => online) ?? labs[0]
  if (!lab) return undefined
  const { session, lesson, online, standing } = lab
  const stillMs = online && standing?.task !== undefined ? Math.max(0, now - standing.since) : undefined
  return {
    ...{ session, lesson, online, opened: standing?.opened ?? 0, stuck: stillMs !== undefined && stillMs >= STUCK_MS },
    ...(standing?.task !== undefined && { task: standing.task }),
    ...(standing?.check !== undefined && { check: standing.check }),
    ...(standing?.seen !== undefined && { seen: standing.seen }),
    ...(stillMs !== undefined && { stillMs }),
    ...(online && standing && { quietMs: Math.max(0, now - standing.typed) }),
  }
}

/** Who is held up longest first, then who is there, then the rest; by name among equals. */
const byNeed = (a: BoardLearner, b: BoardLearner): number => {
  const held = ({ lab }: BoardLearner) => (lab?.stuck ? (lab.stillMs ?? 0) : 0)
  const there = ({ lab }: BoardLearner) => Number(lab?.online ?? false)
  return held(b) - held(a) || there(b) - there(a) || a.name.localeCompare(b.name, "en")
}

export const boardOf = async (kept: Repositories, { id, course }: ClassInfo): Promise<Board> => {
  const [{ stamp, lessons }, { now, learners }] = await Promise.all([boardColumns(kept, course), kept.classes.progress(id)])
  const places = new Map(lessons.flatMap(({ slug, tasks }) => tasks.map((task) => `${slug}/${task.id}`)).map((key, at) => [key, at]))
  return {
    stamp,
    learners: learners
      .map((learner): BoardLearner => {
        const { person, done, hints } = learner
        const lab = labOf(learner, now)
        return {
          ...{ id: person.id, name: person.name, guest: person.isAnonymous },
          done: done.flatMap(({ lesson, task }) => places.get(`${lesson}/${task}`) ?? []).sort((x, y) => x - y),
          points: done.reduce((sum, { points }) => sum + points, 0),
          hints: hints.reduce((sum, used) => sum + used.hints, 0),
          solutions: hints.filter(({ solution }) => solution).length,
          ...(lab && { lab }),
        }
      })
      .sort(byNeed),
  }
}
