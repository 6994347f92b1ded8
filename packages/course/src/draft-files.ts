/** The files of a lesson while it is written: texts, and bytes of what is none; changes of several people joined. Runs in a browser too. */
import type { LabSpec, Lesson, Problem } from "./lesson.ts"
import { sizeProblem } from "./limits.ts"
import { mergeTexts } from "./merge-texts.ts"
import { type ParseOptions, parseLesson } from "./parse-lesson.ts"

/** A text, or the bytes of what is none. */
export type SourceFile = string | { readonly base64: string }
/** By path: "lesson.md", "lab.yaml", "files/…". */
export type SourceFiles = Readonly<Record<string, SourceFile>>

/** One file as somebody found it and as they leave it; null: it is not there. */
export interface SourceChange {
  readonly from: SourceFile | null
  readonly to: SourceFile | null
}

/** Said where what two people did could not simply be joined. */
export interface Clash {
  readonly path: string
  readonly message: string
}

const same = (one: SourceFile | null, other: SourceFile | null): boolean =>
  one === other || (typeof one === "object" && typeof other === "object" && one?.base64 === other?.base64)

const times = (count: number) => (count === 1 ? "one place" : `${count} places`)

/** @param files what others have made of the lesson meanwhile */
export const applyChanges = (
  files: SourceFiles,
  changes: Readonly<Record<string, SourceChange>>,
): { files: Record<string, SourceFile>; clashes: Clash[] } => {
  const made = new Map<string, SourceFile>(Object.entries(files))
  const clashes: Clash[] = []
  for (const [path, { from, to }] of Object.entries(changes)) {
    const theirs = made.get(path) ?? null
    const put = (file: SourceFile | null) => void (file === null ? made.delete(path) : made.set(path, file))
    if (same(theirs, from) || same(theirs, to)) put(to)
    else if (same(to, from)) continue
    else if (to === null) clashes.push({ path, message: "was changed by somebody else while you deleted it: it stays" })
    else if (theirs === null) {
      put(to)
      clashes.push({ path, message: "was deleted by somebody else while you changed it: yours stays" })
    } else if (typeof to === "string" && typeof theirs === "string") {
      const { text, conflicts } = mergeTexts(typeof from === "string" ? from : "", to, theirs)
      put(text)
      if (conflicts > 0)
        clashes.push({ path, message: `you and somebody else changed the same lines in ${times(conflicts)}: look for <<<<<<< and >>>>>>>` })
    } else {
      put(to)
      clashes.push({ path, message: "was replaced by somebody else too: yours stays" })
    }
  }
  return { files: Object.fromEntries([...made].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))), clashes }
}

/** Characters and forms that no file's path may have; undefined: it may be used. */
export const pathProblem = (path: string): string | undefined => {
  if (path !== "lesson.md" && path !== "lab.yaml" && !path.startsWith("files/")) return "files beside lesson.md and lab.yaml lie in files/"
  if (path.length > 240) return "a path may have 240 characters"
  if (/[\u0000-\u001f\u007f\ufffd\\]/.test(path)) return "this name has a character that cannot be used"
  if (path.split("/").some((part) => part === "" || part === "." || part === ".."))
    return "this path leads out of the lesson, or has an empty name in it"
  return undefined
}

const bytesOf = (file: SourceFile): number =>
  typeof file === "string" ? new TextEncoder().encode(file).length : Math.floor((file.base64.length * 3) / 4)

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Paths and sizes that a lesson may not have, each with its place. */
export const sourceProblems = (files: SourceFiles): Problem[] => {
  const problems: Problem[] = []
  let [count, bytes] = [0, 0]
  for (const [path, file] of Object.entries(files)) {
    const size = bytesOf(file)
    const wrong =
      pathProblem(path) ??
      sizeProblem({ size, files: count, bytes }) ??
      (typeof file === "object" && !BASE64.test(file.base64) ? "this is no base64" : undefined)
    if (wrong !== undefined) problems.push({ file: path.slice(0, 240), line: 1, column: 1, message: wrong, severity: "error" })
    count++
    bytes += size
  }
  return problems
}

const MARK = /^(<<<<<<< mine|>>>>>>> theirs)$/

/** As parseLesson; marks of joined changes that nobody has looked at yet are mistakes, too. */
export const parseSource = (files: SourceFiles, options: Omit<ParseOptions, "binary">): { lesson?: Lesson; problems: Problem[] } => {
  const texts = new Map<string, string>()
  const binary = new Set<string>()
  const problems = sourceProblems(files)
  for (const [path, file] of Object.entries(files)) {
    if (typeof file !== "string") {
      binary.add(path)
      continue
    }
    texts.set(path, file)
    for (const [index, line] of file.split("\n").entries())
      if (MARK.test(line.trimEnd()))
        problems.push({
          file: path,
          line: index + 1,
          column: 1,
          message: "two versions stand here: choose one and remove the marks",
          severity: "error",
        })
  }
  const read = parseLesson(texts, { ...options, binary })
  const all = [...problems, ...read.problems].sort((a, b) =>
    a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line || a.column - b.column,
  )
  return problems.length > 0 || !read.lesson ? { problems: all } : { lesson: read.lesson, problems: all }
}

/** The title in lesson.md's front matter; the slug when there is none. */
export const titleIn = (files: SourceFiles, slug: string): string => {
  const text = files["lesson.md"]
  const found = typeof text === "string" ? /^---\r?\n(?:(?!---)[^\n]*\n)*?title:[ \t]*([^\r\n]+)/.exec(text)?.[1].trim() : undefined
  return (found ?? "").replace(/^(["'])(.*)\1$/, "$2").slice(0, 200) || slug
}

/** What a draft's lab is drawn from: the same for everybody who writes it, so that its preview can be filled in. */
export const draftSeed = (lab: Pick<LabSpec, "seed">, draft: string): string => lab.seed ?? `draft/${draft}`
