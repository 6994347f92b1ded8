/** Certificates: for whoever has done every task of a course. */
import { TRPCError } from "@trpc/server"
import { z } from "zod"
import type { Repositories } from "@drydock/db"
import { labOf } from "./outline.ts"
import { learnerProcedure, publicProcedure, router } from "./procedures.ts"

/** How far a person is in a course, task by task. */
const standing = async (kept: Repositories, userId: string, course: string) => {
  const done = await kept.progress.done(userId, { course })
  const lessons = await kept.content.lessons(course)
  let tasks = 0
  let finished = 0
  let points = 0
  let total = 0
  for (const { lesson } of lessons) {
    const found = await kept.content.lesson(course, lesson)
    for (const task of found ? labOf(found).tasks : []) {
      const mine = done.find((one) => one.lesson === lesson && one.task === task.id)
      tasks++
      total += task.points
      if (!mine) continue
      finished++
      points += Math.min(mine.points, task.points)
    }
  }
  return { tasks, finished, points, total }
}

export const certificatesRouter = router({
  /** By course: tasks done of all, and the certificate if it was given. Courses not begun are left out. */
  mine: learnerProcedure.query(async ({ ctx }) => {
    const kept = ctx.repositories
    const given = await kept.certificates.of(ctx.viewer.id)
    const begun = new Set((await kept.progress.done(ctx.viewer.id)).map(({ course }) => course))
    return Promise.all(
      (await kept.content.courses())
        .filter(({ slug }) => begun.has(slug))
        .map(async ({ slug, title }) => ({
          ...{ course: slug, title, certificate: given.find(({ course }) => course === slug)?.id },
          ...(await standing(kept, ctx.viewer.id, slug)),
        })),
    )
  }),

  claim: learnerProcedure.input(z.object({ course: z.string().max(63) })).mutation(async ({ ctx, input }) => {
    const kept = ctx.repositories
    const course = await kept.content.course(input.course)
    if (!course) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such course." })
    if (ctx.viewer.isAnonymous)
      throw new TRPCError({
        code: "FORBIDDEN",
        message: "A certificate has a name on it: make an account first. What you did comes along.",
      })
    const { tasks, finished, points, total } = await standing(kept, ctx.viewer.id, course.slug)
    if (tasks === 0 || finished < tasks)
      throw new TRPCError({ code: "PRECONDITION_FAILED", message: `${finished} of ${tasks} tasks are done.` })
    const { id } = await kept.certificates.give(ctx.viewer.id, {
      course: course.slug,
      name: ctx.viewer.name,
      title: course.title,
      points,
      total,
    })
    return { id }
  }),

  /** Anybody with its number may look it up. */
  get: publicProcedure.input(z.object({ id: z.string().max(63) })).query(async ({ ctx, input }) => {
    const found = await ctx.repositories.certificates.get(input.id)
    if (!found) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such certificate." })
    const { id, name, title, points, total, at } = found
    return { id, name, title, points, total, at }
  }),
})
