/** Exams as they lie in a directory: one file each, named by what its address shall be. */
import { readdir, readFile } from "node:fs/promises"
import { basename, join, relative } from "node:path"
import type { ExamSpec } from "./exam.ts"
import type { Course, Problem } from "./lesson.ts"
import { parseExam } from "./parse-exam.ts"

export interface LoadedExam {
  /** The file's name without its ending. */
  readonly slug: string
  readonly spec: ExamSpec
}

const NAME = /^[a-z0-9][a-z0-9-]{0,62}\.ya?ml$/

/** @param courses what the exams may be about. A directory that is not there holds none. */
export const loadExams = async (
  directory: string,
  courses: readonly Pick<Course, "slug" | "lessons">[],
  options: { relativeTo?: string } = {},
): Promise<{ exams: LoadedExam[]; problems: Problem[] }> => {
  const names = await readdir(directory).catch(() => [])
  const exams: LoadedExam[] = []
  const problems: Problem[] = []
  for (const name of names.filter((one) => NAME.test(one)).sort()) {
    const path = join(directory, name)
    const read = parseExam(relative(options.relativeTo ?? process.cwd(), path), await readFile(path, "utf8"), courses)
    problems.push(...read.problems)
    if (read.exam) exams.push({ slug: basename(name).replace(/\.ya?ml$/, ""), spec: read.exam })
  }
  return { exams, problems }
}
