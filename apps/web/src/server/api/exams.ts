/** Exams as their candidates meet them: what they are, begun, sat, handed in, and the score. */
import { TRPCError } from "@trpc/server"
import { z } from "zod"
import { ExamReview, ExamSpec, examTask, outlineOf, tasksOfPart } from "@drydock/course"
import { type Exam, type ExamAttempt, ExamRefused, type Repositories } from "@drydock/db"
import { examSeed, labsOf, resultOf } from "../exam-results.ts"
import { labOf } from "./outline.ts"
import { learnerProcedure, publicProcedure, router } from "./procedures.ts"

export const Named = z.object({ exam: z.string().min(1).max(63) })
export const OfAttempt = z.object({ attempt: z.uuid() })

const ABSENT = (what: string) => new TRPCError({ code: "NOT_FOUND", message: `There is no such ${what}.` })

/** What the database refuses, in the API's words. */
const refused = async <Result>(work: Promise<Result>): Promise<Result> => {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof ExamRefused)) throw error
    const code = error.reason === "absent" ? "NOT_FOUND" : error.reason === "members" ? "FORBIDDEN" : "PRECONDITION_FAILED"
    throw new TRPCError({ code, message: error.message })
  }
}

export const examNamed = async (kept: Repositories, name: string): Promise<Exam> => {
  const found = await kept.exams.get(name)
  if (!found) throw ABSENT("exam")
  return found
}

/** The attempt, if it is the viewer's: somebody else's is as good as none. */
const ownAttempt = async (kept: Repositories, viewer: string, id: string): Promise<ExamAttempt> => {
  const attempt = await kept.exams.attempt(id)
  if (!attempt || attempt.userId !== viewer) throw ABSENT("attempt")
  return attempt
}

const headOf = (exam: Exam) => {
  const spec = ExamSpec.parse(exam.spec)
  return {
    ...{ id: exam.id, name: exam.slug ?? exam.id, title: exam.title, summary: spec.summary, minutes: spec.minutes, pass: spec.pass },
    ...{
      worlds: spec.parts.length,
      feedback: spec.feedback,
      attempts: exam.attempts,
      open: exam.open,
      forClass: exam.classId !== undefined,
    },
    ...{ opensAt: exam.opensAt, closesAt: exam.closesAt, ofContent: exam.slug !== undefined },
  }
}

const scoreOf = async (kept: Repositories, attempt: ExamAttempt) => {
  if (!attempt.over) return undefined
  const { score, reviewed } = await resultOf(kept, attempt)
  const { percent, passed } = reviewed ?? score
  return { percent, passed, reviewed: reviewed !== undefined }
}

const withScores = (kept: Repositories, attempts: readonly ExamAttempt[]) =>
  Promise.all(
    attempts.map(async (attempt) => ({
      ...{ id: attempt.id, startedAt: attempt.startedAt, endsAt: attempt.endsAt, over: attempt.over },
      score: await scoreOf(kept, attempt),
    })),
  )

export const examsRouter = router({
  /** Exams that come with the lessons and are about this course. */
  offered: publicProcedure.input(z.object({ course: z.string().max(63) })).query(async ({ ctx, input }) =>
    (await ctx.repositories.exams.list())
      .filter(({ slug, open }) => slug !== undefined && open)
      .map((exam) => ({ head: headOf(exam), spec: ExamSpec.parse(exam.spec) }))
      .filter(({ spec }) => spec.parts.some(({ lesson }) => lesson.startsWith(`${input.course}/`)))
      .map(({ head: { name, title, summary, minutes } }) => ({ name, title, summary, minutes })),
  ),

  /** Exams that the viewer may sit or has sat. */
  mine: learnerProcedure.query(async ({ ctx }) => {
    const kept = ctx.repositories
    return Promise.all(
      (await kept.exams.listFor(ctx.viewer.id)).map(async (exam) => ({
        ...headOf(exam),
        sat: await withScores(kept, await kept.exams.attempts(exam.id, ctx.viewer.id)),
      })),
    )
  }),

  /** What everybody with the link may know, and the viewer's own attempts. */
  get: publicProcedure.input(Named).query(async ({ ctx, input }) => {
    const kept = ctx.repositories
    const exam = await examNamed(kept, input.exam)
    const sat = ctx.viewer ? await kept.exams.attempts(exam.id, ctx.viewer.id) : []
    const head = headOf(exam)
    const labs = await labsOf(kept, { id: exam.id, versions: await currentVersions(kept, exam) })
    const spec = ExamSpec.parse(exam.spec)
    return {
      ...head,
      tasks: spec.parts.reduce((sum, part) => sum + tasksOfPart(part, labs.get(part.lesson) ?? { tasks: [] }).length, 0),
      sat: await withScores(kept, sat),
      running: sat.find(({ over }) => !over)?.id,
      /** Undefined for a visitor. */
      member: exam.classId === undefined ? true : ctx.viewer && (await kept.classes.roleIn(exam.classId, ctx.viewer.id)) !== undefined,
    }
  }),

  /** A guest may give their name: whoever reviews the attempt sees it. */
  begin: learnerProcedure.input(Named.extend({ name: z.string().trim().min(1).max(100).optional() })).mutation(async ({ ctx, input }) => {
    const kept = ctx.repositories
    const exam = await examNamed(kept, input.exam)
    if (ctx.viewer.isAnonymous && input.name !== undefined) await kept.people.rename(ctx.viewer.id, input.name)
    const spec = ExamSpec.parse(exam.spec)
    const versions = await currentVersions(kept, exam)
    if (spec.parts.some(({ lesson }) => versions[lesson] === undefined))
      throw new TRPCError({ code: "PRECONDITION_FAILED", message: "A lesson of this exam is not there any more." })
    const { id } = await refused(kept.exams.begin(exam.id, ctx.viewer.id, { spec, versions, minutes: spec.minutes }))
    return { attempt: id }
  }),

  /** Tasks and clock of the viewer's running attempt. */
  sitting: learnerProcedure.input(OfAttempt).query(async ({ ctx, input }) => {
    const kept = ctx.repositories
    const attempt = await ownAttempt(kept, ctx.viewer.id, input.attempt)
    if (attempt.over) throw new TRPCError({ code: "PRECONDITION_FAILED", message: "This exam is over." })
    const spec = ExamSpec.parse(attempt.spec)
    const labs = await labsOf(kept, attempt)
    return {
      ...{ attempt: attempt.id, title: spec.title, feedback: spec.feedback, endsAt: attempt.endsAt, now: attempt.now },
      parts: spec.parts.map((part) => {
        const tasks = tasksOfPart(part, labs.get(part.lesson) ?? { tasks: [] })
        const outlines = outlineOf({ tasks })
        return { lesson: part.lesson, tasks: tasks.map((task, at) => ({ ...examTask(part, task), quizzes: outlines[at].quizzes })) }
      }),
    }
  }),

  /** The database's clock and the attempt's end by it, ms since the epoch. */
  clock: learnerProcedure.input(OfAttempt).query(async ({ ctx, input }) => {
    const { now, endsAt, over } = await ownAttempt(ctx.repositories, ctx.viewer.id, input.attempt)
    return { now, endsAt, over }
  }),

  /** The world of one of its lessons, and a ticket for its socket. */
  open: learnerProcedure.input(OfAttempt.extend({ lesson: z.string().max(127) })).mutation(async ({ ctx, input }) => {
    const kept = ctx.repositories
    const attempt = await ownAttempt(kept, ctx.viewer.id, input.attempt)
    const version = attempt.versions[input.lesson]
    const [course, slug] = input.lesson.split("/")
    const found = version === undefined ? undefined : await kept.content.lesson(course, slug, version)
    if (!found) throw ABSENT("part of this exam")
    const lab = labOf(found)
    const session = await refused(
      kept.exams.openLab(attempt.id, ctx.viewer.id, {
        lesson: { course, lesson: slug, version: found.version },
        ...{ topology: lab.topology, seed: examSeed(attempt, input.lesson, lab), startedAt: ctx.now() },
      }),
    )
    return { session: session.id, ticket: await kept.tickets.issue(session.id, ctx.viewer.id) }
  }),

  submit: learnerProcedure.input(OfAttempt).mutation(async ({ ctx, input }) => {
    const { id } = await refused(ctx.repositories.exams.submit(input.attempt, ctx.viewer.id))
    return { attempt: id }
  }),

  /** After the end: points a task, before and after review. */
  result: learnerProcedure.input(OfAttempt).query(async ({ ctx, input }) => {
    const kept = ctx.repositories
    const attempt = await ownAttempt(kept, ctx.viewer.id, input.attempt)
    if (!attempt.over) throw new TRPCError({ code: "PRECONDITION_FAILED", message: "This exam is not over." })
    const spec = ExamSpec.parse(attempt.spec)
    const review = ExamReview.safeParse(attempt.review)
    const { startedAt, endsAt, submittedAt } = attempt
    return {
      ...{
        exam: attempt.exam,
        title: spec.title,
        pass: spec.pass,
        startedAt,
        endedAt: submittedAt ?? endsAt,
        submitted: submittedAt !== undefined,
      },
      ...(await resultOf(kept, attempt)),
      note: review.success && review.data.note !== "" ? review.data.note : undefined,
    }
  }),
})

/** Versions of an exam's lessons as they are now, by "course/lesson"; without those that are gone. */
const currentVersions = async (kept: Repositories, exam: Exam): Promise<Record<string, string>> => {
  const found = await Promise.all(
    ExamSpec.parse(exam.spec).parts.map(async ({ lesson }) => {
      const [course, slug] = lesson.split("/")
      return [lesson, (await kept.content.lesson(course, slug))?.version] as const
    }),
  )
  return Object.fromEntries(found.flatMap(([lesson, version]) => (version === undefined ? [] : [[lesson, version]])))
}
