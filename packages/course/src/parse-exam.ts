/** exam.yaml, with every mistake placed. */
import { checkExam, ExamSpec } from "./exam.ts"
import { fieldNames } from "./field-names.ts"
import type { Course, Problem } from "./lesson.ts"
import { YamlSource } from "./yaml-source.ts"

const FIELDS = fieldNames(ExamSpec)

/** @param courses what its parts may name. @returns the exam unless there is an error among the problems. Never throws. */
export const parseExam = (
  file: string,
  text: string,
  courses: readonly Pick<Course, "slug" | "lessons">[],
): { exam?: ExamSpec; problems: Problem[] } => {
  const source = new YamlSource(file, text)
  const { value, problems } = source.read(ExamSpec, FIELDS)
  if (value) problems.push(...checkExam(value, courses).map(({ path, message }) => source.problem(path, message)))
  return { ...(value && problems.every(({ severity }) => severity !== "error") && { exam: value }), problems }
}
