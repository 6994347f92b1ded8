/** Lessons below a path, loaded and linted. */
import { stat } from "node:fs/promises"
import { basename, dirname, join, relative, resolve } from "node:path"
import { type Lesson, type LoadOptions, loadCourse, loadCourses, loadLesson, type Problem } from "@drydock/course"
import { checkTask } from "@drydock/grader"
import { UsageError } from "../command.ts"

const OPTIONS: LoadOptions = { checkTask }

const exists = async (path: string): Promise<boolean> => {
  try {
    await stat(path)
    return true
  } catch {
    return false
  }
}

/** Lessons below a path: a directory of courses, a course, or one lesson (its folder or a file in it). */
export const lessonsAt = async (path: string): Promise<{ lessons: Lesson[]; problems: Problem[] }> => {
  if (!(await exists(path))) throw new UsageError(`there is no ${path}`)
  const directory = (await stat(path)).isFile() ? dirname(resolve(path)) : resolve(path)
  if ((await exists(join(directory, "lesson.md"))) || (await exists(join(directory, "lab.yaml")))) {
    const { lesson, problems } = await loadLesson(directory, { course: basename(dirname(directory)), slug: basename(directory) }, OPTIONS)
    return { lessons: lesson ? [lesson] : [], problems }
  }
  if (await exists(join(directory, "course.yaml"))) {
    const { course, problems } = await loadCourse(directory, basename(directory), OPTIONS)
    return { lessons: [...(course?.lessons ?? [])], problems }
  }
  const { courses, problems } = await loadCourses(directory, OPTIONS)
  if (courses.length === 0 && problems.length === 0)
    throw new UsageError(`there is no course or lesson in ${relative(process.cwd(), directory) || "."}`)
  return { lessons: courses.flatMap(({ lessons }) => lessons), problems }
}
