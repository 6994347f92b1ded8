/** The lesson format: what lab.yaml and course.yaml may hold. Unknown fields are errors. */
import { z } from "zod"

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "use lower-case letters, digits and dashes")

/** What every check may have: its share of a task that gives partial credit (0: a guard, worth nothing by itself). */
const weight = z.number().int().min(0).max(100).optional().describe("share of the task's points when it gives partial credit; default 1")
/** True: the condition must not hold. */
const not = z.boolean().optional().describe("the condition must not hold")

export const CheckSpec = z.discriminatedUnion("kind", [
  /** An expression over objects, e.g. deployment("web").status.availableReplicas == 3 */
  z.strictObject({
    kind: z.literal("cel"),
    id: id.optional(),
    title: z.string().describe("what must be true, in words"),
    weight,
    not,
    expression: z.string(),
    /** CEL giving the text shown as "now: …" */ seen: z.string().optional(),
  }),
  /** bash that exits 0 when it is true; the last line of its output is what was seen. Runs when what it reads may have changed. */
  z.strictObject({
    kind: z.literal("script"),
    id: id.optional(),
    title: z.string().describe("what must be true, in words"),
    weight,
    not,
    script: z.string(),
    machine: z.string().optional(),
    /** kinds whose changes make it run again; default: any object or a finished command */ reads: z.array(z.string()).optional(),
  }),
  /** What an address inside the network answers. */
  z.strictObject({
    kind: z.literal("http"),
    id: id.optional(),
    title: z.string().describe("what must be true, in words"),
    weight,
    not,
    url: z.string(),
    machine: z.string().optional(),
    status: z.number().int().optional(),
    contains: z.string().optional(),
  }),
  /** Over the whole timeline. */
  z.strictObject({
    kind: z.literal("history"),
    id: id.optional(),
    title: z.string().describe("what must be true, in words"),
    weight,
    not,
    /** A command line (RE2 pattern) was run in a terminal and ended with this code (default 0), or with any. */
    command: z.string().optional(),
    exit: z.union([z.number().int(), z.literal("any")]).optional(),
    /** An object was once so: CEL over `object`, for any object of `object.kind`. */
    ever: z.string().optional(),
    /** CEL over the cluster that must never have been false while `while` was true (default: since the task opened). */
    always: z.string().optional(),
    /**
     * CEL over the cluster. With `always`: each time it turns true, `always` is watched anew, until it turns false.
     * With `command`: it held when the command ended.
     */
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
    weight,
    question: z.string(),
    type: z.enum(["single", "several", "text", "order"]),
    /** What there is to choose from. For `order` they may be left out: the answer's entries, shuffled. */
    options: z.array(z.string()).default([]),
    /** The right one; for `several` the right ones, for `order` all of them in the right order, for `text` any of them. */
    answer: z.union([z.string(), z.array(z.string())]),
    /** text: an RE2 pattern; what matches it as a whole is right, too. The answer must match it. */ pattern: z.string().optional(),
    /** What is said to a wrong answer, by that answer (an option, or a text). */ replies: z.record(z.string(), z.string()).optional(),
    /** said after a right answer */ because: z.string().optional(),
  }),
])
export type CheckSpec = z.infer<typeof CheckSpec>

/** bash, for the first machine or the one named. */
export const SetupStep = z.union([z.string(), z.strictObject({ machine: z.string(), script: z.string() })])
export type SetupStep = z.infer<typeof SetupStep>

/** A level of help; its cost is taken from the task's points when it is opened. */
export const HintSpec = z.union([z.string(), z.strictObject({ text: z.string(), cost: z.number().int().min(0) })])
export type HintSpec = z.infer<typeof HintSpec>

/** The first rule whose condition holds is told. In `say`, what stands between {= and =} is CEL. */
export const FeedbackSpec = z.union([z.string(), z.array(z.strictObject({ when: z.string(), say: z.string() })).min(1)])
export type FeedbackSpec = z.infer<typeof FeedbackSpec>

export const TaskSpec = z.strictObject({
  id,
  title: z.string(),
  points: z.number().int().positive().default(5),
  /** Ids of tasks that must be done before this one opens. */
  needs: z.array(id).default([]),
  /** Checks that pass give their share of the points before the others do. */
  partial: z.boolean().optional(),
  /** Run when the task opens, before its checks look. */
  setup: z.array(SetupStep).optional(),
  checks: z.array(CheckSpec).min(1),
  /** Told when some checks hold and others do not; or rules over what is there. */
  feedback: FeedbackSpec.optional(),
  /** Levels, opened one after the other. */
  hints: z.array(HintSpec).default([]),
  /** Points that looking at the solution costs. Default 0. */
  solutionCost: z.number().int().min(0).optional(),
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

/** Drawn once an attempt, by its seed; `{{name}}` stands for it in prose, files, checks and solutions. */
export const VariableSpec = z.union([
  /** One of these. */
  z.strictObject({
    choose: z
      .array(z.union([z.string().min(1), z.number()]))
      .min(1)
      .max(200),
  }),
  /** A whole number, both ends included. */
  z.strictObject({ from: z.number().int(), to: z.number().int(), step: z.number().int().positive().optional() }),
  /** This, a dash and five letters: a name no other attempt has. */
  z.strictObject({ name: z.string().regex(/^[a-z]([a-z0-9-]{0,40}[a-z0-9])?$/, "use lower-case letters, digits and dashes") }),
])
export type VariableSpec = z.infer<typeof VariableSpec>

/** What can be broken in a world, and "heal", which mends it. */
export const FAULT_NAMES = [
  "kill",
  "partition",
  "slow",
  "fill",
  "skew",
  "corrupt",
  "stop-unit",
  "start-unit",
  "power-off",
  "power-on",
  "heal",
] as const

export const LabSpec = z.strictObject({
  topology: z
    .union([z.string(), z.strictObject({ nodes: z.array(z.string()).min(1).max(50), hollow: z.boolean().optional() })])
    .default("kubeadm-2nodes"),
  seed: z.string().optional(),
  variables: z
    .record(z.string().regex(/^[a-z][A-Za-z0-9_]{0,40}$/, "a variable's name begins with a lower-case letter"), VariableSpec)
    .optional(),
  files: z.array(FileSpec).default([]),
  addons: z.array(z.string()).default([]),
  /** bash run before the learner arrives. */
  setup: z.array(SetupStep).default([]),
  faults: z
    .array(
      z.strictObject({
        name: z.enum(FAULT_NAMES),
        /** "machine/what": see the fault. */
        target: z.string(),
        /** Virtual seconds after the lab began; default: at once. */
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
