/** `drydock lesson import`: a folder of another platform as lessons of ours, with every loss named. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { basename, dirname, join, relative, resolve } from "node:path"
import { importFolder, ImportRefused, readLessonFiles } from "@drydock/course"
import { stringify } from "yaml"
import { type Command, UsageError } from "../command.ts"

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60) || "imported"

const write = (directory: string, files: ReadonlyMap<string, string>) => {
  for (const [path, content] of files) {
    const file = join(directory, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content)
  }
}

export const importLesson = async ({ options }: Parameters<Command["run"]>[0], [from, ...more]: readonly string[]): Promise<number> => {
  if (from === undefined || more.length > 0 || typeof options.to !== "string")
    throw new UsageError("lesson import takes a folder, and --to the folder to make")
  if (!existsSync(from)) throw new UsageError(`there is no ${from}`)
  const to = resolve(options.to)
  if (existsSync(to)) throw new UsageError(`${options.to} is there already`)
  const { files, refused } = await readLessonFiles(resolve(from))
  let imported: ReturnType<typeof importFolder>
  try {
    imported = importFolder(files, slugOf(basename(to)))
  } catch (error) {
    if (error instanceof ImportRefused) throw new UsageError(`${from}: ${error.message}`)
    throw error
  }
  const notes = [...imported.notes, ...refused.map(({ path, reason }) => ({ file: path, line: 1, message: `not carried over: ${reason}` }))]
  const [first] = imported.lessons
  const course = imported.lessons.length > 1
  if (!course && first) write(to, first.files)
  else {
    for (const { slug, files: texts } of imported.lessons) write(join(to, slug), texts)
    write(
      to,
      new Map([
        [
          "course.yaml",
          stringify(
            {
              title: imported.title,
              summary: imported.title,
              modules: [{ title: imported.title, lessons: imported.lessons.map(({ slug }) => slug) }],
            },
            { lineWidth: 0 },
          ),
        ],
      ]),
    )
  }
  const shown = relative(process.cwd(), to) || "."
  if (options.json === true)
    process.stdout.write(
      `${JSON.stringify({ form: imported.form, to: shown, lessons: imported.lessons.map(({ slug, title }) => ({ slug, title })), notes })}\n`,
    )
  else
    process.stdout.write(
      [
        ...notes.map(({ file, line, message }) => `${join(from, file)}:${line}: ${message}`),
        `made ${imported.lessons.length === 1 ? shown : `${imported.lessons.length} lessons in ${shown}`} out of a ${imported.form} folder; ${notes.length} thing(s) were not carried over as they were`,
        `drydock lesson test ${shown}   tells whether ${course ? "they" : "it"} can be solved`,
        "",
      ].join("\n"),
    )
  return 0
}
