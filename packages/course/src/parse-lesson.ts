/** One lesson out of its files' texts: front matter, prose, lab and assets, with every mistake named and placed. Runs in a browser too. */
import { checkLab, type TaskChecker } from "./check-lab.ts"
import { closest, fieldNames } from "./field-names.ts"
import { assetPath, machinesOf } from "./lab-names.ts"
import { LabSpec, type Lesson, LessonHeader, type Problem } from "./lesson.ts"
import { sha256 } from "./sha256.ts"
import { parseProse, type ProseBlock, proseBlocks, unsafeMarkdown } from "./prose.ts"
import { placeholdersIn } from "./variables.ts"
import { YamlSource } from "./yaml-source.ts"

export interface ParseOptions {
  course: string
  /** The lesson's folder name. */
  slug: string
  /** Put before file names in problems, e.g. "content/courses/kubernetes/03-follow-a-pod/". */
  prefix?: string
  /** Looks into expressions and patterns; the grader has one. */
  checkTask?: TaskChecker
  /** Paths of files that are there and no text, so that no machine can have them. */
  binary?: ReadonlySet<string>
}

const LAB_FIELDS = fieldNames(LabSpec)
const HEADER_FIELDS = fieldNames(LessonHeader)

/**
 * @param files texts by path within the lesson: "lesson.md", "lab.yaml", "files/…"
 * @returns the lesson unless there is an error among the problems. Never throws.
 */
export const parseLesson = (files: ReadonlyMap<string, string>, options: ParseOptions): { lesson?: Lesson; problems: Problem[] } => {
  const { prefix = "", course, slug } = options
  const problems: Problem[] = []
  const missing = (file: string) =>
    problems.push({ file: `${prefix}${file}`, line: 1, column: 1, message: `the lesson has no ${file}`, severity: "error" })

  const markdown = files.get("lesson.md")
  const { header, prose, line } = markdown === undefined ? { header: undefined, prose: "", line: 0 } : splitFrontMatter(markdown)
  let title: LessonHeader | undefined
  if (markdown === undefined) missing("lesson.md")
  else if (header === undefined)
    problems.push({
      file: `${prefix}lesson.md`,
      line: 1,
      column: 1,
      message: "lesson.md begins with front matter: a line ---, then title, summary and minutes, then a line ---",
      severity: "error",
    })
  else {
    const read = new YamlSource(`${prefix}lesson.md`, header, 1).read(LessonHeader, HEADER_FIELDS)
    title = read.value
    problems.push(...read.problems)
  }

  const labText = files.get("lab.yaml")
  let lab: LabSpec | undefined
  if (labText === undefined) missing("lab.yaml")
  else {
    const source = new YamlSource(`${prefix}lab.yaml`, labText)
    const read = source.read(LabSpec, LAB_FIELDS)
    problems.push(...read.problems)
    lab = read.value
    if (lab) {
      problems.push(...checkLab(lab, source, files, options.checkTask, options.binary))
      lab = { ...lab, files: lab.files.map((file) => laidIn(file, files)) }
    }
  }
  if (markdown !== undefined) {
    const root = parseProse(prose)
    problems.push(...checkProse(proseBlocks(root), lab, `${prefix}lesson.md`, line))
    for (const { place, message, severe } of unsafeMarkdown(root))
      problems.push({
        file: `${prefix}lesson.md`,
        line: place.line + line,
        column: place.column,
        message,
        severity: severe ? "error" : "warning",
      })
  }
  if (lab) problems.push(...checkPlaceholders(lab, prose, labText ?? "", prefix, line))

  problems.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column))
  if (!title || !lab || problems.some(({ severity }) => severity === "error")) return { problems }
  return { lesson: { course, slug, header: title, prose, lab, version: lessonVersion(files) }, problems }
}

/** Front matter without its fences, the Markdown after it, and how many lines come before that. */
const splitFrontMatter = (text: string): { header: string | undefined; prose: string; line: number } => {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/)
  const end = lines[0]?.trimEnd() === "---" ? lines.findIndex((line, index) => index > 0 && line.trimEnd() === "---") : -1
  if (end < 0) return { header: undefined, prose: text, line: 0 }
  return { header: lines.slice(1, end).join("\n"), prose: lines.slice(end + 1).join("\n"), line: end + 1 }
}

/** Variables that nothing uses, and names in braces that are nearly a variable's. */
const checkPlaceholders = (lab: LabSpec, prose: string, labText: string, prefix: string, skipped: number): Problem[] => {
  const declared = Object.keys(lab.variables ?? {})
  if (declared.length === 0) return []
  const problems: Problem[] = []
  const used = new Set<string>()
  const look = (file: string, text: string, before: number) => {
    for (const [index, lineText] of text.split("\n").entries())
      for (const name of placeholdersIn(lineText)) {
        used.add(name)
        const near = declared.includes(name) ? undefined : closest(name, declared)
        if (near !== undefined)
          problems.push({
            ...{ file: `${prefix}${file}`, line: index + 1 + before, column: lineText.indexOf(`{{${name}}}`) + 1 },
            message: `there is no variable "${name}"; did you mean "${near}"?`,
            severity: "warning",
          })
      }
  }
  look("lesson.md", prose, skipped)
  look("lab.yaml", labText, 0)
  for (const { content = "" } of lab.files) for (const name of placeholdersIn(content)) used.add(name)
  for (const name of declared.filter((one) => !used.has(one))) {
    const line = labText.split("\n").findIndex((text) => text.trimStart().startsWith(`${name}:`))
    problems.push({
      ...{ file: `${prefix}lab.yaml`, line: Math.max(0, line) + 1, column: 1, severity: "warning" },
      message: `the variable "${name}" is used nowhere: write {{${name}}}`,
    })
  }
  return problems
}

const laidIn = (file: LabSpec["files"][number], files: ReadonlyMap<string, string>): LabSpec["files"][number] => {
  const { from, ...rest } = file
  return from === undefined ? file : { ...rest, content: files.get(assetPath(from)) ?? "" }
}

/** Equal texts give equal versions, on every system. */
export const lessonVersion = (files: ReadonlyMap<string, string>): string =>
  sha256(
    [...files.keys()]
      .sort()
      .map((path) => `${path}\0${files.get(path)?.replaceAll("\r\n", "\n")}\0`)
      .join(""),
  ).slice(0, 32)

/** Directives against tasks: each task is shown once, and nothing is shown that does not exist. */
const checkProse = (blocks: readonly ProseBlock[], lab: LabSpec | undefined, file: string, skipped: number): Problem[] => {
  const problems: Problem[] = []
  const add = (block: ProseBlock, message: string, severity: Problem["severity"] = "error") =>
    problems.push({ file, line: block.place.line + skipped, column: block.place.column, message, severity })
  const shown = new Set<string>()
  const machines = lab && machinesOf(lab)
  for (const block of blocks) {
    if (block.kind === "unknown") add(block, block.message)
    if (block.kind === "task") {
      if (shown.has(block.id)) add(block, `the task "${block.id}" is shown twice`)
      shown.add(block.id)
      if (lab && !lab.tasks.some(({ id }) => id === block.id)) add(block, `lab.yaml has no task "${block.id}"`)
    }
    if (block.kind === "quiz" && lab) {
      const task = lab.tasks.find(({ id }) => id === block.task)
      if (!task) add(block, `lab.yaml has no task "${block.task}"`)
      else if (!task.checks.some((check) => check.kind === "quiz" && check.id === block.id))
        add(block, `the task "${block.task}" has no quiz "${block.id}"`)
    }
    if ((block.kind === "command" || block.kind === "edit") && block.machine !== undefined && machines && !machines.includes(block.machine))
      add(block, `there is no machine "${block.machine}"; there are ${machines.join(", ")}`)
    if (block.kind === "command" && block.text.trim() === "") add(block, "this command is empty")
    if (block.kind === "code" && block.output && blocks.slice(0, blocks.indexOf(block)).every(({ kind }) => kind !== "command"))
      add(block, "this output belongs to no command: an exec block must come before it")
  }
  for (const { id } of lab?.tasks ?? [])
    if (!shown.has(id))
      problems.push({
        file,
        line: skipped + 1,
        column: 1,
        message: `the task "${id}" is never shown: add ::task{id=${id}}`,
        severity: "error",
      })
  return problems
}
