/** `drydock lesson`: test proves lessons solvable, lint checks what is written in them. */
import { stat } from "node:fs/promises"
import { basename, dirname, join, relative, resolve } from "node:path"
import {
  type JsonSchema,
  jsonSchema,
  type Lesson,
  type LoadOptions,
  loadCourse,
  loadCourses,
  loadLesson,
  type Problem,
} from "@drydock/course"
import { checkTask } from "@drydock/grader"
import { type Command, UsageError } from "./command.ts"
import { clickThrough, misunderstood } from "./lesson-clicks.ts"
import { type LessonProof, proveLesson } from "./lesson-proof.ts"

const DEFAULT = "content/courses"
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

const problemLine = ({ file, line, column, severity, message }: Problem): string => `${file}:${line}:${column}: ${severity}: ${message}`

/** Lines of a table, columns as wide as their widest cell. */
const table = (rows: readonly (readonly string[])[]): string[] => {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  return rows.map((row) => row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column]))).join("  "))
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`

const proofLines = (proof: LessonProof): string[] => {
  const lines = [`${proof.ok ? "ok  " : "FAIL"} ${proof.lesson} (${seconds(proof.wallMs)}, world ${proof.hash})`]
  for (const line of table(
    proof.tasks.map(({ ok, id, title, virtualMs }) => [`  ${ok ? "ok" : "FAIL"}`, id, title, `${seconds(virtualMs)} of virtual time`]),
  ))
    lines.push(line)
  for (const problem of proof.problems) lines.push(`  ${problem}`)
  for (const { id, problems, transcript } of proof.tasks) {
    for (const problem of problems) lines.push(`  ${id} ${problem}`)
    if (transcript) lines.push(...transcript.flatMap((text) => text.split("\n")).map((line) => `    | ${line}`))
  }
  return lines
}

const printSchema = ([name, ...more]: readonly string[]): number => {
  const schemas: Readonly<Record<string, JsonSchema>> = jsonSchema()
  const schema = name === undefined || more.length > 0 ? undefined : schemas[name]
  if (!schema) throw new UsageError(`schema takes one of ${Object.keys(schemas).join(", ")}`)
  process.stdout.write(`${JSON.stringify(schema, null, 2)}\n`)
  return 0
}

export const lessonCommand: Command = {
  name: "lesson",
  positionals: "test|lint [PATH…] | schema FILE",
  summary:
    "Proves lessons (each task fails before and passes after its solution), or checks what is written in them; prints the JSON Schema of lab.yaml or course.yaml.",
  options: {
    json: { type: "boolean", summary: "print JSON" },
    prose: { type: "boolean", summary: "test also clicks through the prose: every command must be understood" },
  },
  async run({ options, positionals: [action, ...paths] }) {
    if (action === "schema") return printSchema(paths)
    if (action !== "test" && action !== "lint")
      throw new UsageError(
        action === undefined ? "lesson takes test, lint or schema" : `lesson takes test, lint or schema, not "${action}"`,
      )
    const loaded = await Promise.all((paths.length > 0 ? paths : [DEFAULT]).map((path) => lessonsAt(path)))
    const problems = loaded.flatMap((one) => one.problems)
    const print = (lines: readonly string[]) => process.stdout.write(lines.map((line) => `${line}\n`).join(""))
    const wrong = problems.some(({ severity }) => severity === "error")
    if (action === "lint") {
      if (options.json === true) print([JSON.stringify({ problems })])
      else print(problems.length > 0 ? problems.map(problemLine) : ["no problems"])
      return wrong ? 1 : 0
    }
    if (options.json !== true) print(problems.filter(({ severity }) => severity === "error").map(problemLine))
    const proofs: LessonProof[] = []
    for (const lesson of loaded.flatMap((one) => one.lessons)) {
      const proof = proveLesson(lesson)
      if (options.prose === true) {
        const { clicks, open } = clickThrough(lesson)
        for (const click of clicks.filter(misunderstood))
          proof.problems.push(`prose, "${click.command}": ${click.result.stderr.trim().split("\n")[0]}`)
        if (open.length > 0) proof.problems.push(`prose: after clicking through it, these tasks are open: ${open.join(", ")}`)
        proof.ok &&= proof.problems.length === 0
      }
      proofs.push(proof)
      if (options.json !== true) print(proofLines(proof))
    }
    if (options.json === true) print([JSON.stringify({ problems, lessons: proofs })])
    else print([`${proofs.filter(({ ok }) => ok).length} of ${proofs.length} lessons proven`])
    return wrong || proofs.some(({ ok }) => !ok) ? 1 : 0
  },
}
