/** `drydock lesson new`: a lesson's folder that passes its own test, to be changed into what it should be. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename, dirname, join, relative, resolve } from "node:path"
import { newLessonFiles, SLUG, titleOfSlug } from "@drydock/course"
import { isSeq, parseDocument } from "yaml"
import { type Command, UsageError } from "../command.ts"

/** Where the repository keeps it, seen from a lesson's folder. */
const SCHEMA = "../../../../lab.schema.json"

/** Adds the lesson to the last module of the course it lies in, as the file is written; false when there is no course. */
const addToCourse = (directory: string, slug: string): boolean => {
  const file = join(directory, "course.yaml")
  if (!existsSync(file)) return false
  const document = parseDocument(readFileSync(file, "utf8"))
  const modules = document.get("modules")
  if (!isSeq(modules) || modules.items.length === 0) return false
  const lessons = document.getIn(["modules", modules.items.length - 1, "lessons"])
  if (!isSeq(lessons)) return false
  lessons.add(document.createNode(slug))
  writeFileSync(file, document.toString({ lineWidth: 0 }))
  return true
}

export const newLesson = (_: Parameters<Command["run"]>[0], [path, ...more]: readonly string[]): Promise<number> => {
  if (path === undefined || more.length > 0) throw new UsageError("lesson new takes the folder to make, e.g. content/courses/mine/01-first")
  const directory = resolve(path)
  const slug = basename(directory)
  if (!SLUG.test(slug)) throw new UsageError(`"${slug}" is no name of a lesson: use lower-case letters, digits and dashes`)
  if (existsSync(directory)) throw new UsageError(`${path} is there already`)
  mkdirSync(join(directory, "files"), { recursive: true })
  for (const [path, text] of newLessonFiles(titleOfSlug(slug), SCHEMA)) writeFileSync(join(directory, path), text)
  const shown = relative(process.cwd(), directory)
  process.stdout.write(
    [
      `made ${shown}: lesson.md and lab.yaml`,
      addToCourse(dirname(directory), slug)
        ? `it is the last lesson of ${relative(process.cwd(), join(dirname(directory), "course.yaml"))}`
        : "it belongs to no course yet: a course.yaml beside its folder names it",
      `drydock lesson test ${shown}      proves it`,
      `drydock lesson preview ${shown}   shows it while you write`,
      "",
    ].join("\n"),
  )
  return Promise.resolve(0)
}
