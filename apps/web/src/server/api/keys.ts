/** API keys with which an instructor's programs grade. */
import { TRPCError } from "@trpc/server"
import { z } from "zod"
import { instructorProcedure, router } from "./procedures.ts"

const MOST_KEYS = 20

export const keysRouter = router({
  list: instructorProcedure.query(({ ctx }) => ctx.repositories.apiKeys.list(ctx.viewer.id)),

  /** The key itself is in this answer, and nowhere later. */
  create: instructorProcedure
    .input(z.object({ name: z.string().trim().min(1).max(100), days: z.number().int().min(1).max(3650).optional() }))
    .mutation(async ({ ctx, input }) => {
      const { apiKeys } = ctx.repositories
      if ((await apiKeys.list(ctx.viewer.id)).length >= MOST_KEYS)
        throw new TRPCError({ code: "PRECONDITION_FAILED", message: `You have ${MOST_KEYS} keys. Revoke one that nobody uses.` })
      const expiresAt = input.days === undefined ? undefined : ctx.now() + input.days * 86_400_000
      return apiKeys.create(ctx.viewer.id, input.name, expiresAt)
    }),

  revoke: instructorProcedure.input(z.object({ id: z.uuid() })).mutation(async ({ ctx, input }) => {
    if (!(await ctx.repositories.apiKeys.revoke(ctx.viewer.id, input.id)))
      throw new TRPCError({ code: "NOT_FOUND", message: "There is no such key of yours." })
  }),
})
