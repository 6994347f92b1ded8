/** A lesson written back as its folder: what parseLesson reads from it is the lesson again. Runs in a browser too. */
import { stringify } from "yaml"
import type { LabSpec, LessonHeader } from "./lesson.ts"

export interface WrittenLesson {
  readonly header: LessonHeader
  /** Markdown without front matter. */
  readonly prose: string
  /** With the texts of its files laid in. */
  readonly lab: LabSpec
}

/** Texts of more lines than this get a file of their own. */
const LINES_IN_PLACE = 4

/** Quotes what braces would make a map of, folds nothing. */
const yamlOf = (value: unknown): string => stringify(value, { lineWidth: 0, blockQuote: "literal" })

/** Fields that a schema fills in when they are not there. */
const DEFAULTS: Readonly<Record<string, unknown>> = { settle: 60 }
const LISTS = new Set(["files", "addons", "setup", "faults", "needs", "hints", "options"])

const withoutDefaults = (value: unknown, kind?: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => withoutDefaults(item))
  if (typeof value !== "object" || value === null) return value
  const own = "kind" in value ? value.kind : kind
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, member]) => {
        if (member === undefined) return false
        if (LISTS.has(name) && Array.isArray(member) && member.length === 0) return false
        if (own === "quiz" && name === "title" && member === "Answer") return false
        return !(Object.hasOwn(DEFAULTS, name) && DEFAULTS[name] === member)
      })
      .map(([name, member]) => [name, name === "parameters" ? member : withoutDefaults(member)]),
  )
}

/** A name under files/ for a machine's file: its own, or one more telling when that is taken by another text. */
const assetFor = (path: string, content: string, taken: Map<string, string>): string => {
  const parts = path.split("/").filter((part) => part !== "" && part !== "." && part !== "..")
  for (let depth = 1; depth <= parts.length; depth++) {
    const name = parts.slice(-depth).join("/")
    if (!taken.has(name) || taken.get(name) === content) return name
  }
  let name = `${taken.size}-${parts.at(-1) ?? "file"}`
  while (taken.has(name)) name = `_${name}`
  return name
}

const headerText = ({ title, summary, minutes, shows }: LessonHeader): string =>
  yamlOf({ title, summary, minutes, ...(shows === undefined ? {} : { shows }) })

/** "lesson.md", "lab.yaml", "files/…". */
export const writeFolder = ({ header, prose, lab }: WrittenLesson): Map<string, string> => {
  const assets = new Map<string, string>()
  const files = lab.files.map(({ content = "", ...file }) => {
    // A carriage return or a text that ends without a line's end is kept by a file, not by every YAML form.
    if (content.split("\n").length <= LINES_IN_PLACE && !content.includes("\r")) return { ...file, content }
    const name = assetFor(file.path, content, assets)
    assets.set(name, content)
    return { ...file, from: name }
  })
  const { topology, seed, variables, addons, setup, faults, tasks, debrief } = lab
  const plain = withoutDefaults({ topology, seed, variables, files, addons, setup, faults, tasks, debrief })
  return new Map([
    ["lesson.md", `---\n${headerText(header)}---\n${prose}`],
    ["lab.yaml", yamlOf(plain)],
    ...[...assets].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, text]): [string, string] => [`files/${name}`, text]),
  ])
}
