/** JSON Schemas of the files an author writes: editors complete and check with them. */
import { z } from "zod"
import { ExamSpec } from "./exam.ts"
import { CourseSpec, LabSpec, LessonHeader, TaskSpec } from "./lesson.ts"

export type JsonSchema = Readonly<Record<string, unknown>>

const made = (schema: z.ZodType, title: string): JsonSchema => ({
  ...z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }),
  title,
})

/** Draft 2020-12, by the name of the file; "task" is one entry of a lab's tasks. */
export const jsonSchema = (): Readonly<Record<"lab.yaml" | "course.yaml" | "lesson.md" | "exam.yaml" | "task", JsonSchema>> => ({
  "lab.yaml": made(LabSpec, "A lesson's lab"),
  "course.yaml": made(CourseSpec, "A course"),
  "lesson.md": made(LessonHeader, "Front matter of a lesson"),
  "exam.yaml": made(ExamSpec, "An exam"),
  task: made(TaskSpec, "A task of a lab"),
})
