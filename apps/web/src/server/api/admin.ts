/** People, labs and room of the whole server, for whoever administers it. */
import { TRPCError } from "@trpc/server"
import { z } from "zod"
import { adminProcedure, router } from "./procedures.ts"

const PEOPLE = 100
const LABS = 100

export const adminRouter = router({
  people: adminProcedure
    .input(z.object({ text: z.string().max(100).default(""), guests: z.boolean().default(false) }))
    .query(({ ctx, input }) => ctx.repositories.admin.people({ ...input, limit: PEOPLE })),

  labs: adminProcedure.query(({ ctx }) => ctx.repositories.admin.labs(LABS)),

  counts: adminProcedure.query(({ ctx }) => ctx.repositories.admin.counts()),

  setRole: adminProcedure
    .input(z.object({ person: z.string().min(1).max(100), role: z.enum(["learner", "instructor", "admin"]) }))
    .mutation(async ({ ctx, input }) => {
      // So there is always one left.
      if (input.person === ctx.viewer.id)
        throw new TRPCError({ code: "PRECONDITION_FAILED", message: "Another administrator changes your role." })
      const person = await ctx.repositories.people.get(input.person)
      if (!person) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such person." })
      if (person.isAnonymous && input.role !== "learner")
        throw new TRPCError({ code: "PRECONDITION_FAILED", message: "A guest has no role: they need an account." })
      await ctx.repositories.people.setRole(person.id, input.role)
    }),

  /** Ends anybody's lab; finished tasks stay finished. */
  endLab: adminProcedure.input(z.object({ lab: z.uuid() })).mutation(async ({ ctx, input }) => {
    const lab = await ctx.repositories.sessions.get(input.lab)
    if (!lab || lab.state === "ended") throw new TRPCError({ code: "NOT_FOUND", message: "There is no such lab, or it has ended." })
    await ctx.repositories.sessions.end(lab.id)
  }),
})
