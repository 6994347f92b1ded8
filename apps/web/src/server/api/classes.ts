/** Classes: making and joining them, their members, the live board, looking in, messages, the gradebook. */
import { TRPCError } from "@trpc/server"
import { z } from "zod"
import { type ClassInfo, SessionUnavailable } from "@drydock/db"
import { boardColumns, boardOf } from "./class-board.ts"
import { gradebookOf } from "./gradebook.ts"
import { type ApiContext, instructorProcedure, learnerProcedure, publicProcedure, router } from "./procedures.ts"

const Id = z.object({ id: z.uuid() })
const Name = z.string().trim().min(1, "A class needs a name.").max(100)
const PersonName = z.string().trim().min(1, "A name, please.").max(100)
const Code = z.string().max(40)
const Someone = Id.extend({ person: z.string().min(1).max(100) })
const MESSAGES = 20

type Signed = ApiContext & { readonly viewer: NonNullable<ApiContext["viewer"]> }

const NONE = () => new TRPCError({ code: "NOT_FOUND", message: "There is no such class." })

/** The class, if the viewer is in it: a stranger's is as good as none. */
const ownClass = async ({ repositories: { classes }, viewer }: Signed, id: string) => {
  const [info, role] = await Promise.all([classes.get(id), classes.roleIn(id, viewer.id)])
  if (!info || !role) throw NONE()
  return { info, role }
}

/** The class, if the viewer teaches it. */
export const taughtClass = async (ctx: Signed, id: string): Promise<ClassInfo> => {
  const { info, role } = await ownClass(ctx, id)
  if (role !== "teacher") throw new TRPCError({ code: "FORBIDDEN", message: "This is for the class's teachers." })
  return info
}

const absent = (what: string) => new TRPCError({ code: "NOT_FOUND", message: what })

export const classesRouter = router({
  /** Classes that the viewer teaches or takes. */
  mine: learnerProcedure.query(async ({ ctx }) => {
    const [all, courses] = await Promise.all([ctx.repositories.classes.of(ctx.viewer.id), ctx.repositories.content.courses()])
    return all.map(({ joinCode, ...one }) => ({
      ...one,
      courseTitle: courses.find(({ slug }) => slug === one.course)?.title ?? one.course,
      ...(one.role === "teacher" && { joinCode }),
    }))
  }),

  create: instructorProcedure.input(z.object({ name: Name, course: z.string().max(63) })).mutation(async ({ ctx, input }) => {
    if (!(await ctx.repositories.content.course(input.course))) throw absent("There is no such course.")
    const { id } = await ctx.repositories.classes.create(ctx.viewer.id, input)
    return { id }
  }),

  /** A class as its members see it; teachers get its join code and its people as well. */
  get: learnerProcedure.input(Id).query(async ({ ctx, input }) => {
    const { info, role } = await ownClass(ctx, input.id)
    const [members, course] = await Promise.all([ctx.repositories.classes.members(info.id), ctx.repositories.content.course(info.course)])
    const { id, name, archived, owner } = info
    return {
      ...{ id, name, archived, role },
      course: { slug: info.course, title: course?.title ?? info.course },
      teachers: members.filter((member) => member.role === "teacher").map((teacher) => teacher.name),
      ...(role === "teacher" && {
        joinCode: info.joinCode,
        members: members.map((member) => ({
          ...{ id: member.id, name: member.name, role: member.role, guest: member.isAnonymous, owner: member.id === owner },
          email: member.isAnonymous ? "" : member.email,
        })),
      }),
    }
  }),

  /** What a join link leads to; undefined when it leads nowhere any more. */
  behind: publicProcedure.input(z.object({ code: Code })).query(async ({ ctx, input }) => {
    const found = await ctx.repositories.classes.byCode(input.code)
    if (!found) return undefined
    const [course, role] = await Promise.all([
      ctx.repositories.content.course(found.course),
      ctx.viewer && ctx.repositories.classes.roleIn(found.id, ctx.viewer.id),
    ])
    return { ...{ name: found.name, teacher: found.teacher, course: course?.title ?? found.course }, ...(role && { joined: found.id }) }
  }),

  /** A guest gives the name that the teacher is to see. */
  join: learnerProcedure.input(z.object({ code: Code, name: PersonName.optional() })).mutation(async ({ ctx, input }) => {
    if (ctx.viewer.isAnonymous && input.name === undefined)
      throw new TRPCError({ code: "BAD_REQUEST", message: "Say who you are: your teacher sees this name." })
    const id = await ctx.repositories.classes.join(input.code, ctx.viewer.id)
    if (id === undefined) throw absent("This link leads to no class any more. Ask your teacher for a new one.")
    if (ctx.viewer.isAnonymous && input.name !== undefined) await ctx.repositories.people.rename(ctx.viewer.id, input.name)
    return { id }
  }),

  leave: learnerProcedure.input(Id).mutation(async ({ ctx, input }) => {
    const { info } = await ownClass(ctx, input.id)
    if (!(await ctx.repositories.classes.remove(info.id, ctx.viewer.id)))
      throw new TRPCError({ code: "PRECONDITION_FAILED", message: "Whoever made a class stays in it. Archive it instead." })
  }),

  change: learnerProcedure
    .input(Id.extend({ name: Name.optional(), archived: z.boolean().optional() }))
    .mutation(async ({ ctx, input: { id, name, archived } }) => {
      await taughtClass(ctx, id)
      await ctx.repositories.classes.change(id, { ...(name !== undefined && { name }), ...(archived !== undefined && { archived }) })
    }),

  renewCode: learnerProcedure.input(Id).mutation(async ({ ctx, input }) => {
    await taughtClass(ctx, input.id)
    return { joinCode: await ctx.repositories.classes.renewCode(input.id) }
  }),

  remove: learnerProcedure.input(Someone).mutation(async ({ ctx, input }) => {
    await taughtClass(ctx, input.id)
    if (!(await ctx.repositories.classes.remove(input.id, input.person))) throw absent("There is nobody to remove.")
  }),

  setTeacher: learnerProcedure.input(Someone.extend({ teacher: z.boolean() })).mutation(async ({ ctx, input }) => {
    await taughtClass(ctx, input.id)
    const person = (await ctx.repositories.classes.members(input.id)).find(({ id }) => id === input.person)
    if (person?.isAnonymous) throw new TRPCError({ code: "PRECONDITION_FAILED", message: "A guest cannot teach: they need an account." })
    if (!(await ctx.repositories.classes.setRole(input.id, input.person, input.teacher ? "teacher" : "learner")))
      throw absent("There is nobody of that name whose part could be changed.")
  }),

  columns: learnerProcedure.input(Id).query(async ({ ctx, input }) => {
    const { course } = await taughtClass(ctx, input.id)
    return boardColumns(ctx.repositories, course)
  }),

  board: learnerProcedure.input(Id).query(async ({ ctx, input }) => boardOf(ctx.repositories, await taughtClass(ctx, input.id))),

  gradebook: learnerProcedure.input(Id).query(async ({ ctx, input }) => gradebookOf(ctx.repositories, await taughtClass(ctx, input.id))),

  /** A ticket to look into a learner's lab. */
  watch: learnerProcedure.input(Id.extend({ session: z.uuid() })).mutation(async ({ ctx, input }) => {
    await taughtClass(ctx, input.id)
    try {
      return { session: input.session, ticket: await ctx.repositories.tickets.watch(input.session, ctx.viewer.id) }
    } catch (reason) {
      if (reason instanceof SessionUnavailable) throw absent("There is no such lab to look into, or it has ended.")
      throw reason
    }
  }),

  /** Whose lab it is that is looked into, and of which lesson. */
  watched: learnerProcedure.input(Id.extend({ session: z.uuid() })).query(async ({ ctx, input }) => {
    const { course } = await taughtClass(ctx, input.id)
    const session = (await ctx.repositories.classes.mayWatch(input.session, ctx.viewer.id))
      ? await ctx.repositories.sessions.get(input.session)
      : undefined
    const learner = session && (await ctx.repositories.classes.members(input.id)).find(({ id }) => id === session.userId)
    if (!session?.lesson || !learner || session.lesson.course !== course)
      throw absent("There is no such lab to look into, or it has ended.")
    const { lesson, version } = session.lesson
    const found = await ctx.repositories.content.lesson(course, lesson, version)
    return { learner: { id: learner.id, name: learner.name }, lesson: { slug: lesson, title: found?.title ?? lesson } }
  }),

  /** To one, or to all learners of the class. */
  send: learnerProcedure
    .input(Id.extend({ to: z.string().min(1).max(100).optional(), text: z.string().trim().min(1, "Say something.").max(2000) }))
    .mutation(async ({ ctx, input }) => {
      await taughtClass(ctx, input.id)
      const sent = await ctx.repositories.classes.send(input.id, ctx.viewer.id, input.to, input.text)
      if (sent === undefined) throw absent("There is nobody of that name in this class.")
      return { id: sent }
    }),

  sent: learnerProcedure.input(Id).query(async ({ ctx, input }) => {
    await taughtClass(ctx, input.id)
    return ctx.repositories.classes.sent(input.id)
  }),

  /** Messages to the viewer, newest first. */
  messages: learnerProcedure.query(({ ctx }) => ctx.repositories.classes.messagesTo(ctx.viewer.id, MESSAGES)),

  /** All of the viewer's messages up to this one are read, whatever class they are of. */
  read: learnerProcedure
    .input(z.object({ message: z.number().int().positive() }))
    .mutation(({ ctx, input }) => ctx.repositories.classes.read(ctx.viewer.id, input.message)),
})
