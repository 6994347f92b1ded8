/** Labs: opening one, reaching it, starting it over. */
import { TRPCError } from "@trpc/server"
import { z } from "zod"
import { DRAFT_COURSE, type LabSession, type LabTopology, type Repositories } from "@drydock/db"
import { draftLab } from "./draft-lab.ts"
import { labOf } from "./outline.ts"
import { learnerProcedure, router } from "./procedures.ts"

/** A playground's nodes: names as Kubernetes wants them, ten at most. */
export const PlaygroundTopology = z.union([
  z.enum(["kubeadm-1node", "kubeadm-2nodes"]),
  z.object({
    nodes: z
      .array(z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, "use lower-case letters, digits and dashes"))
      .min(1)
      .max(10)
      .refine((nodes) => new Set(nodes).size === nodes.length, "every node needs a name of its own"),
  }),
])

const Target = z.union([
  /** `drill`: one of its tasks, to be done again alone. */
  z.strictObject({ course: z.string().max(63), lesson: z.string().max(63), drill: z.string().max(63).optional() }),
  z.strictObject({ topology: PlaygroundTopology }),
  /** A lesson that is being written, as it is saved. `lab` tells a page's labs of it apart. */
  z.strictObject({ draft: z.uuid(), lab: z.string().max(64).optional() }),
])
export type Target = z.infer<typeof Target>

const Session = z.object({ session: z.uuid() })

/** The session, if it is the viewer's: somebody else's is as good as none. */
export const ownSession = async (kept: Repositories, viewer: string, id: string): Promise<LabSession> => {
  const session = await kept.sessions.get(id)
  if (!session || session.userId !== viewer) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such lab." })
  return session
}

/** Set by the lab server when it first runs the world: the web room does not know the simulation. */
const ENGINE_UNKNOWN = ""

interface Fresh {
  readonly userId: string
  readonly lesson?: LabSession["lesson"]
  readonly topology: LabTopology
  readonly seed: string
  readonly drill?: string
}

const open = async (kept: Repositories, now: number, fresh: Fresh) => {
  const session = await kept.sessions.open({ ...fresh, engine: ENGINE_UNKNOWN, startedAt: now })
  return { session: session.id, ticket: await kept.tickets.issue(session.id, fresh.userId) }
}

export const labRouter = router({
  /** The viewer's running lab of this lesson or topology, or a new one, and a ticket for its socket. */
  open: learnerProcedure.input(Target).mutation(async ({ ctx, input }) => {
    const kept = ctx.repositories
    const userId = ctx.viewer.id
    if ("topology" in input) return open(kept, ctx.now(), { userId, topology: input.topology, seed: ctx.token() })
    if ("draft" in input) {
      const made = await draftLab(kept, ctx.viewer, input.draft)
      return open(kept, ctx.now(), { userId, ...made })
    }
    const found = await kept.content.lesson(input.course, input.lesson)
    if (!found) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such lesson." })
    const lab = labOf(found)
    const { course, lesson, version } = found
    const { drill } = input
    if (drill !== undefined && !lab.tasks.some(({ id }) => id === drill))
      throw new TRPCError({ code: "NOT_FOUND", message: "There is no such task." })
    return open(kept, ctx.now(), {
      ...{
        userId,
        lesson: { course, lesson, version },
        topology: lab.topology,
        seed: lab.seed ?? (drill === undefined ? ctx.token() : userId),
      },
      ...(drill !== undefined && { drill }),
    })
  }),

  /** A ticket for a lab that is running already: after a reconnect, or in a second window. */
  ticket: learnerProcedure.input(Session).mutation(async ({ ctx, input }) => {
    const session = await ownSession(ctx.repositories, ctx.viewer.id, input.session)
    if (session.state === "ended") throw new TRPCError({ code: "PRECONDITION_FAILED", message: "This lab has ended." })
    return { ticket: await ctx.repositories.tickets.issue(session.id, ctx.viewer.id) }
  }),

  /** Ends the world and opens a new one of the same kind, of the lesson as it is now. */
  restart: learnerProcedure.input(Session).mutation(async ({ ctx, input }) => {
    const kept = ctx.repositories
    const old = await ownSession(kept, ctx.viewer.id, input.session)
    if (old.attempt !== undefined) throw new TRPCError({ code: "FORBIDDEN", message: "The world of an exam is not started over." })
    await kept.sessions.end(old.id)
    const userId = ctx.viewer.id
    if (!old.lesson) return open(kept, ctx.now(), { userId, topology: old.topology, seed: ctx.token() })
    const { course, lesson } = old.lesson
    if (course === DRAFT_COURSE) {
      const made = await draftLab(kept, ctx.viewer, lesson)
      return open(kept, ctx.now(), { userId, ...made })
    }
    const found = (await kept.content.lesson(course, lesson)) ?? (await kept.content.lesson(course, lesson, old.lesson.version))
    if (!found) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such lesson." })
    const lab = labOf(found)
    return open(kept, ctx.now(), {
      userId,
      lesson: { course, lesson, version: found.version },
      topology: lab.topology,
      seed: lab.seed ?? (old.drill === undefined ? ctx.token() : userId),
      ...(old.drill !== undefined && { drill: old.drill }),
    })
  }),
})
