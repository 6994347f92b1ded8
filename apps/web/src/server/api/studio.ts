/** The studio: drafts of lessons, their history, what comes in and goes out. Every instructor may write in every draft. */
import { TRPCError } from "@trpc/server"
import { z } from "zod"
import {
  applyChanges,
  importSource,
  ImportRefused,
  LabSpec,
  newLessonFiles,
  type Problem,
  SLUG,
  type SourceChange,
  type SourceFiles,
  sourceProblems,
  titleIn,
  titleOfSlug,
  unpackSource,
  writeFolder,
} from "@drydock/course"
import type { Draft, Repositories } from "@drydock/db"
import { instructorProcedure, router } from "./procedures.ts"

const Slug = z.string().regex(SLUG, "Use lower-case letters, digits and dashes.")
/** Characters: a file may have 1 MiB, as base64 a third more. */
const LONGEST_FILE = 1_500_000
const Path = z.string().min(1).max(240)
const File = z.union([z.string().max(LONGEST_FILE), z.strictObject({ base64: z.string().max(LONGEST_FILE) })])
const Changes = z
  .record(Path, z.strictObject({ from: File.nullable(), to: File.nullable() }))
  .refine((changes) => Object.keys(changes).length <= 500, "A lesson may have 500 files.")
const Id = z.object({ draft: z.uuid() })
const Revision = Id.extend({ number: z.number().int().positive() })
/** base64 of 8 MiB. */
const LONGEST_ZIP = 11_500_000
/** Others may save at the same moment; each time one of them wins. */
const TRIES = 20

const found = async (kept: Repositories, id: string): Promise<Draft> => {
  const draft = await kept.drafts.get(id)
  if (!draft) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such draft." })
  return draft
}

const said = ({ file, message }: Problem) => `${file}: ${message}`

/** Joins what somebody did with what others saved meanwhile. @throws BAD_REQUEST, CONFLICT */
const save = async (
  { drafts }: Repositories,
  draft: Draft,
  author: string,
  change: (files: SourceFiles) => Readonly<Record<string, SourceChange>>,
  note = "",
) => {
  for (let tries = 0; tries < TRIES; tries++) {
    const head = await drafts.files(draft.id)
    if (!head) break
    const { files, clashes } = applyChanges(head.files, change(head.files))
    const [wrong] = sourceProblems(files)
    if (wrong) throw new TRPCError({ code: "BAD_REQUEST", message: said(wrong) })
    const number = await drafts.save(draft.id, head.number, { files, title: titleIn(files, draft.lesson), author, note })
    if (number !== undefined) return { number, files, clashes, before: head.number }
  }
  throw new TRPCError({ code: "CONFLICT", message: "Others save this draft all the time; what you wrote is kept here and tried again." })
}

export const studioRouter = router({
  /** Drafts, and the published lessons that one could be started from. */
  list: instructorProcedure.query(async ({ ctx }) => {
    const { content, drafts } = ctx.repositories
    const [all, courses] = await Promise.all([drafts.all(), content.courses()])
    const shelves = await Promise.all(courses.map(async (course) => ({ course, lessons: await content.lessons(course.slug) })))
    return {
      drafts: all,
      courses: shelves.map(({ course: { slug, title }, lessons }) => ({
        ...{ slug, title },
        lessons: lessons.map(({ lesson, title: name }) => {
          const draft = all.find((one) => one.course === slug && one.lesson === lesson)
          return { slug: lesson, title: name, ...(draft && { draft: draft.id }) }
        }),
      })),
    }
  }),

  create: instructorProcedure
    .input(z.object({ course: Slug, lesson: Slug, title: z.string().trim().max(200).optional() }))
    .mutation(async ({ ctx, input: { course, lesson, title: given } }) => {
      const title = given || titleOfSlug(lesson)
      const files = Object.fromEntries(newLessonFiles(title))
      const draft = await ctx.repositories.drafts.create({ course, lesson, files, title, author: ctx.viewer.id })
      if (!draft) throw new TRPCError({ code: "CONFLICT", message: `There is a draft of ${course}/${lesson} already.` })
      return { draft: draft.id }
    }),

  /** A draft of a published lesson; the one there is, if there is one. */
  fromLesson: instructorProcedure
    .input(z.object({ course: z.string().max(63), lesson: z.string().max(63) }))
    .mutation(async ({ ctx, input }) => {
      const { content, drafts } = ctx.repositories
      const [lesson, there] = await Promise.all([content.lesson(input.course, input.lesson), drafts.of(input.course, input.lesson)])
      if (there) return { draft: there.id }
      if (!lesson) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such lesson." })
      const { title, summary, minutes, shows, prose } = lesson
      const header = { title, summary, minutes, ...(shows === undefined ? {} : { shows }) }
      const files = Object.fromEntries(writeFolder({ header, prose, lab: LabSpec.parse(lesson.lab) }))
      const note = "from the published lesson"
      const draft =
        (await drafts.create({ ...input, files, title, author: ctx.viewer.id, note })) ?? (await drafts.of(input.course, input.lesson))
      if (!draft) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such lesson." })
      return { draft: draft.id }
    }),

  /** A zip of a lesson, of ours or of another platform. */
  import: instructorProcedure
    .input(z.object({ course: Slug, lesson: Slug, zip: z.string().max(LONGEST_ZIP, "The zip is larger than 8 MiB.") }))
    .mutation(async ({ ctx, input: { course, lesson: slug, zip } }) => {
      const { files, problems } = unpackSource(Buffer.from(zip, "base64"))
      if (Object.keys(files).length === 0)
        throw new TRPCError({ code: "BAD_REQUEST", message: problems[0] ? said(problems[0]).replace(/^: /, "") : "The zip is empty." })
      let imported: ReturnType<typeof importSource>
      try {
        imported = importSource(files, slug)
      } catch (error) {
        if (!(error instanceof ImportRefused)) throw error
        throw new TRPCError({ code: "BAD_REQUEST", message: `${problems.map((one) => `${said(one)}. `).join("")}${error.message}` })
      }
      const notes = [
        ...problems.map(({ file, line, message }) => ({ file, line, message: `this file is refused: ${message}` })),
        ...imported.notes,
      ]
      const drafts: { id: string; lesson: string; title: string }[] = []
      for (const lesson of imported.lessons) {
        const [wrong] = sourceProblems(lesson.files)
        if (wrong) {
          notes.push({ file: wrong.file, line: 1, message: `the lesson ${lesson.slug} is refused: ${wrong.message}` })
          continue
        }
        const { title } = lesson
        const note = imported.form === "drydock" ? "imported" : `imported from ${imported.form}`
        const draft = await ctx.repositories.drafts.create({
          course,
          lesson: lesson.slug,
          files: lesson.files,
          title,
          author: ctx.viewer.id,
          note,
        })
        if (draft) drafts.push({ id: draft.id, lesson: lesson.slug, title })
        else notes.push({ file: lesson.slug, line: 1, message: `there is a draft of ${course}/${lesson.slug} already: give another name` })
      }
      return { form: imported.form, drafts, notes }
    }),

  get: instructorProcedure.input(Id).query(async ({ ctx, input }) => {
    const draft = await found(ctx.repositories, input.draft)
    const [revision, published] = await Promise.all([
      ctx.repositories.drafts.files(draft.id),
      ctx.repositories.content.lesson(draft.course, draft.lesson),
    ])
    if (!revision) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such draft." })
    return { draft, revision, published: published !== undefined }
  }),

  /** @returns all files only when others saved since `base`: they are joined with what is sent */
  save: instructorProcedure
    .input(Id.extend({ base: z.number().int().positive(), changes: Changes }))
    .mutation(async ({ ctx, input: { draft: id, base, changes } }) => {
      const draft = await found(ctx.repositories, id)
      const { number, files, clashes, before } = await save(ctx.repositories, draft, ctx.viewer.id, () => changes)
      return { number, clashes, ...(before === base ? {} : { files }) }
    }),

  /** What others saved since `base`; null: nothing. */
  news: instructorProcedure.input(Id.extend({ base: z.number().int().positive() })).query(async ({ ctx, input }) => {
    const draft = await found(ctx.repositories, input.draft)
    return draft.head === input.base ? null : ((await ctx.repositories.drafts.files(draft.id)) ?? null)
  }),

  /** The viewer has it open, with this file before them; answers who else has. */
  here: instructorProcedure.input(Id.extend({ path: z.string().max(300) })).mutation(async ({ ctx, input }) => {
    const draft = await found(ctx.repositories, input.draft)
    return ctx.repositories.drafts.here(draft.id, ctx.viewer.id, input.path)
  }),

  revisions: instructorProcedure.input(Id).query(async ({ ctx, input }) => {
    await found(ctx.repositories, input.draft)
    return ctx.repositories.drafts.revisions(input.draft)
  }),

  revision: instructorProcedure.input(Revision).query(async ({ ctx, input }) => {
    const revision = await ctx.repositories.drafts.files(input.draft, input.number)
    if (!revision) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such revision." })
    return revision
  }),

  /** Makes the draft what it was, as a new revision: nothing in between is lost. */
  restore: instructorProcedure.input(Revision).mutation(async ({ ctx, input }) => {
    const kept = ctx.repositories
    const [draft, then] = await Promise.all([found(kept, input.draft), kept.drafts.files(input.draft, input.number)])
    if (!then) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such revision." })
    const back = (now: SourceFiles) =>
      Object.fromEntries(
        [...new Set([...Object.keys(now), ...Object.keys(then.files)])].map((path): [string, SourceChange] => [
          path,
          { from: now[path] ?? null, to: then.files[path] ?? null },
        ]),
      )
    const { number, files } = await save(kept, draft, ctx.viewer.id, back, `back to revision ${then.number}`)
    return { number, files }
  }),

  /** What was published of it stays. */
  remove: instructorProcedure.input(Id).mutation(async ({ ctx, input }) => {
    await ctx.repositories.drafts.remove((await found(ctx.repositories, input.draft)).id)
  }),

  /** With it the lab server is asked once about a revision: to check, test or publish it. */
  ticket: instructorProcedure.input(Revision).mutation(async ({ ctx, input }) => {
    const ticket = await ctx.repositories.drafts.ticket(input.draft, input.number, ctx.viewer.id)
    if (ticket === undefined) throw new TRPCError({ code: "NOT_FOUND", message: "There is no such revision." })
    return { ticket }
  }),
})
