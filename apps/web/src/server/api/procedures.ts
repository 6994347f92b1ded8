/** The doors of the API: everybody, whoever has begun (guests too), instructors, administrators. */
import { initTRPC, TRPCError } from "@trpc/server"
import type { Person, Repositories } from "@drydock/db"

export interface ApiContext {
  readonly viewer: Person | undefined
  readonly repositories: Repositories
  /** Wall clock, ms since the epoch. */
  readonly now: () => number
  /** A text nobody can guess. */
  readonly token: () => string
}

const t = initTRPC.context<ApiContext>().create({
  // A stack tells a stranger nothing they need.
  errorFormatter: ({ shape }) => ({ ...shape, data: { code: shape.data.code, httpStatus: shape.data.httpStatus, path: shape.data.path } }),
})

export const { router, createCallerFactory } = t

export const publicProcedure = t.procedure

export const learnerProcedure = t.procedure.use(({ ctx, next }) => {
  if (!ctx.viewer) throw new TRPCError({ code: "UNAUTHORIZED", message: "Start as a guest or sign in first." })
  return next({ ctx: { ...ctx, viewer: ctx.viewer } })
})

export const adminProcedure = learnerProcedure.use(({ ctx, next }) => {
  if (ctx.viewer.role !== "admin") throw new TRPCError({ code: "FORBIDDEN", message: "This is for administrators." })
  return next({ ctx })
})

export const instructorProcedure = learnerProcedure.use(({ ctx, next }) => {
  if (ctx.viewer.role === "learner") throw new TRPCError({ code: "FORBIDDEN", message: "This is for instructors." })
  return next({ ctx })
})
