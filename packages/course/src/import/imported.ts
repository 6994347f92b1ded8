/** What an import makes: lessons' folders as texts by path, and notes; and the writing of lab.yaml and lesson.md. */
import { stringify } from "yaml"
import type { ImportNote } from "./import-notes.ts"

export interface ImportedLesson {
  /** Folder name. */
  readonly slug: string
  readonly title: string
  /** "lesson.md", "lab.yaml", "files/…". */
  readonly files: ReadonlyMap<string, string>
}

export interface Imported {
  readonly form: "killercoda" | "educates" | "iximiuz"
  readonly title: string
  readonly lessons: readonly ImportedLesson[]
  readonly notes: readonly ImportNote[]
}

export interface ImportedTask {
  id: string
  title: string
  points: number
  needs: string[]
  setup?: (string | { machine: string; script: string })[]
  checks: Record<string, unknown>[]
  feedback?: string
  hints: string[]
  settle?: number
  solution: string
}

export interface ImportedLab {
  topology: string
  files: { path: string; from: string; mode?: string; machine?: string }[]
  addons?: string[]
  setup: (string | { machine: string; script: string })[]
  tasks: ImportedTask[]
}

export const writeLab = (lab: ImportedLab): string => stringify(lab, { lineWidth: 0, blockQuote: "literal" })

const line = (text: string): string => text.replace(/\s+/g, " ").trim()

export const writeLesson = (header: { title: string; summary: string; minutes: number }, prose: string): string =>
  `---\n${stringify({ title: line(header.title) || "Untitled", summary: line(header.summary) || line(header.title) || "Imported.", minutes: header.minutes }, { lineWidth: 0 })}---\n\n${prose.trim()}\n`

/** "10-15 minutes", "1h30m", "45 min" → minutes; 15 when it says nothing. */
export const minutesOf = (text: unknown): number => {
  if (typeof text === "number" && text > 0) return Math.ceil(text)
  if (typeof text !== "string") return 15
  const hours = /(\d+(?:\.\d+)?)\s*h/i.exec(text)?.[1]
  const minutes = /(\d+)\s*m/i.exec(text)?.[1] ?? (hours === undefined ? /(\d+)(?!.*\d)/.exec(text)?.[1] : undefined)
  const sum = Math.ceil(Number(hours ?? 0) * 60 + Number(minutes ?? 0))
  return sum > 0 ? sum : 15
}

/** A check for material that has none of its own: the last command of a part was run. */
export const ranCheck = (title: string, command: string): Record<string, unknown> => ({
  kind: "history",
  title,
  command: `^${command
    .trim()
    .split("\n")[0]
    .replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
    .slice(0, 200)}`,
  exit: "any",
})
