/** The review queue: what a learner was weak at, asked again after days. Answers are checked here; the browser never has them. */
import { TRPCError } from "@trpc/server"
import { z } from "zod"
import { instantiateLab, type LabSpec, nextSpacing, shownOptions, type TaskSpec } from "@drydock/course"
import type { Repositories, ReviewItem } from "@drydock/db"
import { isRight, replyTo } from "@drydock/grader/quiz"
import { labOf } from "./outline.ts"
import { learnerProcedure, router } from "./procedures.ts"

type QuizSpec = Extract<TaskSpec["checks"][number], { kind: "quiz" }>

interface Found {
  readonly lessonTitle: string
  readonly lab: LabSpec
  readonly task: TaskSpec
  /** Absent: the task itself. */
  readonly quiz: QuizSpec | undefined
}

/** The lesson as it is now; undefined when it lost what was to be asked. What is random is drawn for this person. */
const find = async (kept: Repositories, viewer: string, place: Omit<ReviewItem, "due" | "dueAt" | "interval" | "lapses">) => {
  const lesson = await kept.content.lesson(place.course, place.lesson)
  if (!lesson) return undefined
  const spec = labOf(lesson)
  const { lab } = instantiateLab(spec, spec.seed ?? viewer)
  const task = lab.tasks.find(({ id }) => id === place.task)
  if (!task) return undefined
  const quiz = task.checks.find((check): check is QuizSpec => check.kind === "quiz" && check.id === place.quiz)
  if (place.quiz !== "" && !quiz) return undefined
  return { lessonTitle: lesson.title, lab, task, quiz } satisfies Found
}

const name = z.string().min(1).max(63)
const Answer = z.object({
  ...{ course: name, lesson: name, task: name, quiz: name },
  answer: z.union([z.string().max(1000), z.array(z.string().max(1000)).max(32)]),
})

export const reviewRouter = router({
  /** What is due now, and when the rest is. */
  queue: learnerProcedure.query(async ({ ctx }) => {
    const kept = ctx.repositories
    const items = await kept.reviews.list(ctx.viewer.id)
    const due = await Promise.all(
      items
        .filter((item) => item.due)
        .map(async ({ course, lesson, task, quiz, interval, lapses }) => {
          const found = await find(kept, ctx.viewer.id, { course, lesson, task, quiz })
          if (!found) return []
          return [
            {
              ...{ course, lesson, lessonTitle: found.lessonTitle, task, taskTitle: found.task.title, interval, lapses },
              quiz: found.quiz && {
                id: found.quiz.id,
                question: found.quiz.question,
                kind: found.quiz.type,
                options: shownOptions(task, found.quiz),
              },
            },
          ]
        }),
    )
    const later = items.filter((item) => !item.due)
    return { due: due.flat(), later: later.length, next: later[0]?.dueAt }
  }),

  answer: learnerProcedure.input(Answer).mutation(async ({ ctx, input }) => {
    const kept = ctx.repositories
    const { answer, ...place } = input
    const same = (one: ReviewItem) =>
      one.course === place.course && one.lesson === place.lesson && one.task === place.task && one.quiz === place.quiz
    const item = (await kept.reviews.list(ctx.viewer.id)).find(same)
    const found = item?.due ? await find(kept, ctx.viewer.id, place) : undefined
    if (!item || !found?.quiz) throw new TRPCError({ code: "NOT_FOUND", message: "This is not to be answered now." })
    const right = isRight(found.quiz, answer)
    const next = nextSpacing(item, right)
    if (!(await kept.reviews.answered(ctx.viewer.id, place, next)))
      throw new TRPCError({ code: "NOT_FOUND", message: "This is not to be answered now." })
    return {
      right,
      /** Days until it is asked again; undefined: never, it is learned. */
      days: next?.interval,
      because: right ? found.quiz.because : undefined,
      reply: right ? undefined : replyTo(found.quiz, answer),
    }
  }),

  /** Tasks that took help, many tries or long, and questions whose newest answer is wrong: by lesson, in the syllabus' order. */
  weak: learnerProcedure.query(async ({ ctx }) => {
    const { content, progress, reviews } = ctx.repositories
    const queued = (await reviews.list(ctx.viewer.id)).filter(({ quiz }) => quiz === "")
    const spots = await Promise.all(
      (await content.courses()).map(async ({ slug: course }) =>
        Promise.all(
          (await content.lessons(course)).map(async ({ lesson, title: lessonTitle }) => {
            const [hints, answers] = await Promise.all([
              progress.hints(ctx.viewer.id, { course, lesson }),
              progress.answers(ctx.viewer.id, { course, lesson }),
            ])
            const wrong = answers.filter(({ correct }) => !correct)
            const hard = new Set(queued.filter((one) => one.course === course && one.lesson === lesson).map(({ task }) => task))
            if (hints.length === 0 && wrong.length === 0 && hard.size === 0) return []
            const found = await content.lesson(course, lesson)
            return (found ? labOf(found).tasks : []).flatMap(({ id: task, title: taskTitle }) => {
              const used = hints.filter((one) => one.task === task)
              const missed = wrong.filter((one) => one.task === task).length
              // In the queue without help and without a wrong answer: its checks failed often, or it took long.
              const tries = hard.has(task) && used.length === 0
              if (used.length === 0 && missed === 0 && !tries) return []
              const solution = used.some(({ hint }) => hint < 0)
              return [
                {
                  course,
                  lesson,
                  lessonTitle,
                  task,
                  taskTitle,
                  hints: used.filter(({ hint }) => hint >= 0).length,
                  solution,
                  missed,
                  tries,
                },
              ]
            })
          }),
        ),
      ),
    )
    return spots.flat(2)
  }),

  /** A task that is due, as the page of its lab shows it. */
  task: learnerProcedure.input(z.object({ course: name, lesson: name, task: name })).query(async ({ ctx, input }) => {
    const kept = ctx.repositories
    const items = await kept.reviews.list(ctx.viewer.id)
    const item = items.find(
      (one) => one.quiz === "" && one.course === input.course && one.lesson === input.lesson && one.task === input.task,
    )
    const found = item && (await find(kept, ctx.viewer.id, { ...input, quiz: "" }))
    if (!found) throw new TRPCError({ code: "NOT_FOUND", message: "This task is not in your review queue." })
    return {
      lessonTitle: found.lessonTitle,
      task: { id: found.task.id, title: found.task.title, points: found.task.points },
      due: item.due,
    }
  }),
})
