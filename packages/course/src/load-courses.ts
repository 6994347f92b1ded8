/** Courses as they lie in a directory: <course>/course.yaml and one folder a lesson. */
import { readdir, readFile, stat } from "node:fs/promises"
import { join, relative } from "node:path"
import type { TaskChecker } from "./check-lab.ts"
import { fieldNames } from "./field-names.ts"
import { type Course, CourseSpec, type Lesson, type Problem } from "./lesson.ts"
import { sizeProblem } from "./limits.ts"
import { parseLesson } from "./parse-lesson.ts"
import { YamlSource } from "./yaml-source.ts"

export interface LoadOptions {
  checkTask?: TaskChecker
  /** Problems name files relative to this directory. Default: the current one. */
  relativeTo?: string
}

const COURSE_FIELDS = fieldNames(CourseSpec)

/** Texts by path within the folder, "/" between names on every system. What is too large is named and not read. */
export const readLessonFiles = async (
  directory: string,
): Promise<{ files: Map<string, string>; tooLarge: readonly string[]; refused: readonly { path: string; reason: string }[] }> => {
  const files = new Map<string, string>()
  const refused: { path: string; reason: string }[] = []
  let bytes = 0
  const visit = async (folder: string, prefix: string): Promise<void> => {
    for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = `${prefix}${entry.name}`
      if (entry.isDirectory()) await visit(join(folder, entry.name), `${path}/`)
      if (!entry.isFile()) continue
      const { size } = await stat(join(folder, entry.name))
      const reason = sizeProblem({ size, files: files.size, bytes })
      if (reason !== undefined) {
        refused.push({ path, reason })
        continue
      }
      bytes += size
      files.set(path, await readFile(join(folder, entry.name), "utf8"))
    }
  }
  await visit(directory, "")
  return { files, tooLarge: refused.map(({ path }) => path), refused }
}

const isDirectory = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory()
  } catch {
    return false
  }
}

const hasFile = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}

/** One lesson's folder. */
export const loadLesson = async (
  directory: string,
  place: { course: string; slug: string },
  options: LoadOptions = {},
): Promise<{ lesson?: Lesson; problems: Problem[] }> => {
  const prefix = `${relative(options.relativeTo ?? process.cwd(), directory)}/`
  const { files, refused } = await readLessonFiles(directory)
  const result = parseLesson(files, { ...place, prefix, ...(options.checkTask && { checkTask: options.checkTask }) })
  for (const { path, reason } of refused)
    result.problems.push({ file: `${prefix}${path}`, line: 1, column: 1, message: reason, severity: "error" })
  // Without one of its files it is not the lesson that was written.
  return refused.length > 0 ? { problems: result.problems } : result
}

/** One course's folder; lessons with errors are left out. */
export const loadCourse = async (
  directory: string,
  slug: string,
  options: LoadOptions = {},
): Promise<{ course?: Course; problems: Problem[] }> => {
  const file = join(directory, "course.yaml")
  const source = new YamlSource(relative(options.relativeTo ?? process.cwd(), file), await readFile(file, "utf8"))
  const { value: spec, problems } = source.read(CourseSpec, COURSE_FIELDS)
  if (!spec) return { problems }
  const lessons: Lesson[] = []
  const named = new Set<string>()
  for (const [index, module] of spec.modules.entries())
    for (const [at, name] of module.lessons.entries()) {
      const path = ["modules", index, "lessons", at]
      if (named.has(name)) problems.push(source.problem(path, `the lesson "${name}" is named twice`))
      else if (!(await isDirectory(join(directory, name))))
        problems.push(source.problem(path, `there is no folder "${name}" beside course.yaml`))
      else {
        const loaded = await loadLesson(join(directory, name), { course: slug, slug: name }, options)
        problems.push(...loaded.problems)
        if (loaded.lesson) lessons.push(loaded.lesson)
      }
      named.add(name)
    }
  for (const entry of (await readdir(directory, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1)))
    if (entry.isDirectory() && !named.has(entry.name) && (await hasFile(join(directory, entry.name, "lesson.md"))))
      problems.push(source.problem(["modules"], `the folder "${entry.name}" is in no module`, { severity: "warning" }))
  return { course: { slug, spec, lessons }, problems }
}

/** All courses of a directory such as content/courses. */
export const loadCourses = async (directory: string, options: LoadOptions = {}): Promise<{ courses: Course[]; problems: Problem[] }> => {
  const courses: Course[] = []
  const problems: Problem[] = []
  if (!(await isDirectory(directory)))
    return { courses, problems: [{ file: directory, line: 1, column: 1, message: "there is no such directory", severity: "error" }] }
  for (const entry of (await readdir(directory, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!entry.isDirectory() || !(await hasFile(join(directory, entry.name, "course.yaml")))) continue
    const loaded = await loadCourse(join(directory, entry.name), entry.name, options)
    problems.push(...loaded.problems)
    if (loaded.course) courses.push(loaded.course)
  }
  return { courses, problems }
}

/** Everything wrong with the courses of a directory. */
export const lintCourses = async (directory: string, options: LoadOptions = {}): Promise<Problem[]> =>
  (await loadCourses(directory, options)).problems
