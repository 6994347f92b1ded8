/** Exams as those who make and review them meet them. */
import { TRPCError } from "@trpc/server"
import { z } from "zod"
import { checkExam, ExamReview, ExamSpec } from "@drydock/course"
import type { Exam, Person, Repositories } from "@drydock/db"
import { resultOf } from "../exam-results.ts"
import { examNamed, Named, OfAttempt } from "./exams.ts"
import { labOf } from "./outline.ts"
import { instructorProcedure, learnerProcedure, router } from "./procedures.ts"

const ABSENT = (what: string) => new TRPCError({ code: "NOT_FOUND", message: `There is no such ${what}.` })

/** Learners of the classes that a person teaches. */
const pupilsOf = async (kept: Repositories, teacher: string): Promise<Set<string>> => {
  const classes = (await kept.classes.of(teacher)).filter(({ role }) => role === "teacher")
  const members = await Promise.all(classes.map(({ id }) => kept.classes.members(id)))
  return new Set(members.flat().map(({ id }) => id))
}

/** Whose attempts at an exam the viewer may see and review. An exam of content/ is nobody's: then their own pupils'. */
const mayReview = async (kept: Repositories, viewer: Person, exam: Exam): Promise<(candidate: string) => boolean> => {
  if (viewer.role === "admin" || (await kept.exams.reviews(exam.id, viewer.id))) return () => true
  if (exam.slug === undefined) return () => false
  const pupils = await pupilsOf(kept, viewer.id)
  return (candidate) => pupils.has(candidate) && candidate !== viewer.id
}

const Draft = z.object({
  spec: ExamSpec,
  classId: z.uuid().optional(),
  opensAt: z.number().int().positive().optional(),
  closesAt: z.number().int().positive().optional(),
})

/** The lessons that an exam may be about. */
const coursesOf = async (kept: Repositories) =>
  Promise.all(
    (await kept.content.courses()).map(async ({ slug, title }) => {
      const cards = await kept.content.lessons(slug)
      const lessons = await Promise.all(
        cards.map(async ({ lesson, title: name }) => {
          const found = await kept.content.lesson(slug, lesson)
          return found ? [{ slug: lesson, title: name, lab: labOf(found) }] : []
        }),
      )
      return { slug, title, lessons: lessons.flat() }
    }),
  )

export const examDeskRouter = router({
  /** All exams that are not retired, and what the viewer may do with each. */
  list: instructorProcedure.query(async ({ ctx }) => {
    const kept = ctx.repositories
    return Promise.all(
      (await kept.exams.list()).map(async (exam) => {
        const own = ctx.viewer.role === "admin" || (await kept.exams.reviews(exam.id, ctx.viewer.id))
        const spec = ExamSpec.parse(exam.spec)
        return {
          ...{ id: exam.id, name: exam.slug ?? exam.id, title: exam.title, minutes: spec.minutes, open: exam.open },
          ...{ ofContent: exam.slug !== undefined, own, classId: exam.classId, opensAt: exam.opensAt, closesAt: exam.closesAt },
        }
      }),
    ).then((all) => all.filter(({ own, ofContent }) => own || ofContent))
  }),

  /** What a form for an exam offers. */
  choices: instructorProcedure.query(async ({ ctx }) => {
    const kept = ctx.repositories
    return {
      courses: (await coursesOf(kept)).map(({ slug, title, lessons }) => ({
        ...{ slug, title },
        lessons: lessons.map((lesson) => ({
          ...{ slug: lesson.slug, title: lesson.title },
          tasks: lesson.lab.tasks.map(({ id, title: name, points }) => ({ id, title: name, points })),
        })),
      })),
      classes: (await kept.classes.of(ctx.viewer.id))
        .filter(({ role, archived }) => role === "teacher" && !archived)
        .map(({ id, name }) => ({ id, name })),
    }
  }),

  /** A new exam, or another form of one's own. */
  save: instructorProcedure.input(Draft.extend({ id: z.uuid().optional() })).mutation(async ({ ctx, input }) => {
    const kept = ctx.repositories
    const { id, spec, classId, opensAt, closesAt } = input
    const courses = (await coursesOf(kept)).map(({ slug, lessons }) => ({
      slug,
      lessons: lessons.map((lesson) => ({
        ...lesson,
        course: slug,
        prose: "",
        version: "",
        header: { title: "", summary: "", minutes: 1 },
      })),
    }))
    const [problem] = checkExam(spec, courses)
    if (problem) throw new TRPCError({ code: "BAD_REQUEST", message: `${problem.path.join(".")}: ${problem.message}` })
    if (opensAt !== undefined && closesAt !== undefined && closesAt <= opensAt)
      throw new TRPCError({ code: "BAD_REQUEST", message: "It closes before it opens." })
    if (classId !== undefined && (await kept.classes.roleIn(classId, ctx.viewer.id)) !== "teacher") throw ABSENT("class of yours")
    const draft = {
      ...{ title: spec.title, spec, attempts: spec.attempts },
      ...(classId !== undefined && { classId }),
      ...(opensAt !== undefined && { opensAt }),
      ...(closesAt !== undefined && { closesAt }),
    }
    if (id === undefined) return { id: await kept.exams.create(ctx.viewer.id, draft) }
    const own = ctx.viewer.role === "admin" || (await kept.exams.reviews(id, ctx.viewer.id))
    if (!own || !(await kept.exams.change(id, draft))) throw ABSENT("exam of yours")
    return { id }
  }),

  retire: instructorProcedure.input(z.object({ id: z.uuid() })).mutation(async ({ ctx, input }) => {
    const kept = ctx.repositories
    const own = ctx.viewer.role === "admin" || (await kept.exams.reviews(input.id, ctx.viewer.id))
    if (!own || !(await kept.exams.retire(input.id))) throw ABSENT("exam of yours")
  }),

  /** An exam and who sat it. A class's co-teachers need no role for it. */
  attempts: learnerProcedure.input(Named).query(async ({ ctx, input }) => {
    const kept = ctx.repositories
    const exam = await examNamed(kept, input.exam)
    const may = await mayReview(kept, ctx.viewer, exam)
    const own = ctx.viewer.role === "admin" || (await kept.exams.reviews(exam.id, ctx.viewer.id))
    if (!own && (exam.slug === undefined || ctx.viewer.role === "learner")) throw ABSENT("exam")
    const sat = (await kept.exams.attempts(exam.id)).filter(({ userId }) => may(userId))
    return {
      ...{
        id: exam.id,
        name: exam.slug ?? exam.id,
        title: exam.title,
        spec: ExamSpec.parse(exam.spec),
        ofContent: exam.slug !== undefined,
      },
      ...{ own, classId: exam.classId, opensAt: exam.opensAt, closesAt: exam.closesAt, open: exam.open },
      attempts: await Promise.all(
        sat.map(async (attempt) => {
          const { id, userName, startedAt, endsAt, submittedAt, over } = attempt
          const { score, reviewed } = await resultOf(kept, attempt)
          return { id, userName, startedAt, endsAt, submittedAt, over, score, reviewed }
        }),
      ),
    }
  }),

  /** One attempt, for its reviewer. */
  attempt: learnerProcedure.input(OfAttempt).query(async ({ ctx, input }) => {
    const { attempt, exam } = await reviewed(ctx.repositories, ctx.viewer, input.attempt)
    const spec = ExamSpec.parse(attempt.spec)
    const review = ExamReview.safeParse(attempt.review)
    const { id, userName, startedAt, endsAt, submittedAt, over } = attempt
    return {
      ...{ id, userName, startedAt, endsAt, submittedAt, over, pass: spec.pass, title: spec.title, exam: exam.slug ?? exam.id },
      ...(await resultOf(ctx.repositories, attempt)),
      review: review.success ? review.data : undefined,
    }
  }),

  /** The reviewer's points in place of the grader's, by "course/lesson/task"; the grader's are kept beside them. */
  review: learnerProcedure
    .input(OfAttempt.extend({ points: ExamReview.shape.points, note: z.string().max(4000) }))
    .mutation(async ({ ctx, input }) => {
      const kept = ctx.repositories
      const { attempt } = await reviewed(kept, ctx.viewer, input.attempt)
      const known = new Map((await resultOf(kept, attempt)).tasks.map(({ lesson, id, points }) => [`${lesson}/${id}`, points]))
      for (const [task, points] of Object.entries(input.points)) {
        const most = known.get(task)
        if (most === undefined) throw new TRPCError({ code: "BAD_REQUEST", message: `"${task}" is no task of this exam.` })
        if (points > most) throw new TRPCError({ code: "BAD_REQUEST", message: `"${task}" has ${most} points.` })
      }
      const review: ExamReview = { points: input.points, note: input.note, by: ctx.viewer.name, at: ctx.now() }
      if (!(await kept.exams.review(attempt.id, review)))
        throw new TRPCError({ code: "PRECONDITION_FAILED", message: "This attempt is not over." })
    }),
})

const reviewed = async (kept: Repositories, viewer: Person, id: string) => {
  const attempt = await kept.exams.attempt(id)
  const exam = attempt && (await kept.exams.get(attempt.exam))
  if (!attempt || !exam || !(await mayReview(kept, viewer, exam))(attempt.userId)) throw ABSENT("attempt")
  return { attempt, exam }
}
