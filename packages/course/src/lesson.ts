/** The lesson format: what lab.yaml and course.yaml may hold. Unknown fields are errors. */
import { z } from "zod"

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "use lower-case letters, digits and dashes")

export const CheckSpec = z.discriminatedUnion("kind", [
  /** An expression over objects, e.g. deployment("web").status.availableReplicas == 3 */
  z.strictObject({
    kind: z.literal("cel"),
    id: id.optional(),
    title: z.string(),
    expression: z.string(),
    /** CEL giving the text shown as "now: …" */ seen: z.string().optional(),
  }),
  /** bash that exits 0 when it is true; the last line of its output is what was seen. Runs when what it reads may have changed. */
  z.strictObject({
    kind: z.literal("script"),
    id: id.optional(),
    title: z.string(),
    script: z.string(),
    machine: z.string().optional(),
    /** kinds whose changes make it run again; default: any object or a finished command */ reads: z.array(z.string()).optional(),
  }),
  /** What an address inside the network answers. */
  z.strictObject({
    kind: z.literal("http"),
    id: id.optional(),
    title: z.string(),
    url: z.string(),
    machine: z.string().optional(),
    status: z.number().int().optional(),
    contains: z.string().optional(),
  }),
  /** Over the whole timeline. */
  z.strictObject({
    kind: z.literal("history"),
    id: id.optional(),
    title: z.string(),
    /** A command line (RE2 pattern) was run in a terminal and ended with this code (default 0), or with any. */
    command: z.string().optional(),
    exit: z.union([z.number().int(), z.literal("any")]).optional(),
    /** An object was once so: CEL over `object`, for any object of `object.kind`. */
    ever: z.string().optional(),
    /** CEL over the cluster that must never have been false while `while` was true (default: since the task opened). */
    always: z.string().optional(),
    /** CEL over the cluster; each time it turns true, `always` is watched anew, until it turns false. */
    while: z.string().optional(),
    /** A trace event with these fields happened. */
    event: z
      .strictObject({
        from: z.string().optional(),
        to: z.string().optional(),
        verb: z.string().optional(),
        kind: z.string().optional(),
        name: z.string().optional(),
        detail: z.string().optional(),
      })
      .optional(),
  }),
  z.strictObject({
    kind: z.literal("quiz"),
    id,
    title: z.string().default("Answer"),
    question: z.string(),
    type: z.enum(["single", "several", "text"]),
    options: z.array(z.string()).default([]),
    answer: z.union([z.string(), z.array(z.string())]),
    /** said after a right answer */ because: z.string().optional(),
  }),
])
export type CheckSpec = z.infer<typeof CheckSpec>

export const TaskSpec = z.strictObject({
  id,
  title: z.string(),
  points: z.number().int().positive().default(5),
  needs: z.array(id).default([]),
  checks: z.array(CheckSpec).min(1),
  feedback: z.string().optional(),
  hints: z.array(z.string()).default([]),
  /** bash typed into the first machine's shell; answers to quizzes are taken from the checks. */
  solution: z.string(),
  /** Virtual seconds the checks may take to become true after the solution. Default 60. */
  settle: z.number().positive().default(60),
})
export type TaskSpec = z.infer<typeof TaskSpec>

export const FileSpec = z.strictObject({
  path: z.string(),
  content: z.string().optional(),
  /** relative to files/ */ from: z.string().optional(),
  mode: z
    .string()
    .regex(/^0?[0-7]{3,4}$/)
    .optional(),
  machine: z.string().optional(),
})

export const LabSpec = z.strictObject({
  topology: z
    .union([z.string(), z.strictObject({ nodes: z.array(z.string()).min(1).max(50), hollow: z.boolean().optional() })])
    .default("kubeadm-2nodes"),
  seed: z.string().optional(),
  files: z.array(FileSpec).default([]),
  addons: z.array(z.string()).default([]),
  /** bash run before the learner arrives. */
  setup: z.array(z.union([z.string(), z.strictObject({ machine: z.string(), script: z.string() })])).default([]),
  faults: z
    .array(
      z.strictObject({
        name: z.string(),
        target: z.string(),
        after: z.number().optional(),
        parameters: z.record(z.string(), z.unknown()).optional(),
      }),
    )
    .default([]),
  tasks: z.array(TaskSpec).min(1),
  debrief: z.string().optional(),
})
export type LabSpec = z.infer<typeof LabSpec>

export const CourseSpec = z.strictObject({
  title: z.string(),
  summary: z.string(),
  modules: z.array(z.strictObject({ title: z.string(), lessons: z.array(id).min(1) })).min(1),
})
export type CourseSpec = z.infer<typeof CourseSpec>

/** Front matter of lesson.md. */
export const LessonHeader = z.strictObject({
  title: z.string(),
  summary: z.string(),
  minutes: z.number().int().positive(),
  shows: z.string().optional(),
})
export type LessonHeader = z.infer<typeof LessonHeader>

/** A lesson as loaded: prose, lab, and the texts of its files. */
export interface Lesson {
  course: string
  /** Folder name, e.g. "03-follow-a-pod". */
  slug: string
  header: LessonHeader
  /** Markdown without its front matter. */
  prose: string
  lab: LabSpec
  /** Content hash: a session keeps the version it began with. */
  version: string
}

export interface Course {
  slug: string
  spec: CourseSpec
  lessons: readonly Lesson[]
}

/** Something wrong with a lesson, with its place. */
export interface Problem {
  file: string
  line: number
  column: number
  message: string
  severity: "error" | "warning"
}
