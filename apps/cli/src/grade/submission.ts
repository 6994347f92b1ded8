/** What a learner hands in: manifests, a script, a recording, or a folder of these with answers to quizzes. */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { basename, extname, join } from "node:path"
import type { Recording } from "@drydock/world"
import { z } from "zod"
import { UsageError } from "../command.ts"

/** Of all files of one submission, bytes. */
const MOST_BYTES = 4 * 1024 * 1024
const MOST_FILES = 200

export interface Submission {
  /** As it was named on the command line. */
  readonly name: string
  /** Laid under /root/submission, applied in this order. */
  readonly manifests: readonly { path: string; content: string }[]
  /** Typed into a login shell of the first machine, after the manifests. */
  readonly scripts: readonly { path: string; content: string }[]
  /** Task id → quiz id → answer. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>
  readonly recording?: Recording
}

const Answers = z.record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())])))

const RecordingFile = z.object({
  engine: z.string(),
  options: z.object({ topology: z.unknown(), seed: z.string(), startedAt: z.number() }).loose(),
  inputs: z.array(z.object({ at: z.number(), input: z.object({ kind: z.string() }).loose() })),
  until: z.number(),
})

const json = (path: string, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${path}: ${(error as Error).message}`)
  }
}

const checked = <T>(path: string, schema: z.ZodType<T>, value: unknown): T => {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const [{ path: at, message }] = result.error.issues
  throw new UsageError(`${path}: ${at.length > 0 ? `${at.join(".")}: ` : ""}${message}`)
}

interface Parts {
  manifests: { path: string; content: string }[]
  scripts: { path: string; content: string }[]
  answers: Submission["answers"]
  recording?: Recording
}

const take = (parts: Parts, path: string, relative: string): void => {
  const content = readFileSync(path, "utf8")
  const kind = extname(path).toLowerCase()
  if (kind === ".sh") parts.scripts.push({ path: relative, content })
  else if (kind === ".yaml" || kind === ".yml") parts.manifests.push({ path: relative, content })
  else if (kind === ".json") {
    const value = json(path, content)
    if (basename(path) === "answers.json") parts.answers = checked(path, Answers, value)
    else if (typeof value === "object" && value !== null && "inputs" in value)
      parts.recording = checked(path, RecordingFile, value) as unknown as Recording
    else parts.manifests.push({ path: relative, content })
  } else throw new UsageError(`${path}: a submission is .yaml, .json or .sh files, a recording, and answers.json; this is none of them`)
}

/** Reads a file or a folder. Throws UsageError with the place of what is wrong. */
export const readSubmission = (path: string): Submission => {
  const parts: Parts = { manifests: [], scripts: [], answers: {} }
  let bytes = 0
  let files = 0
  const add = (file: string, relative: string, size: number) => {
    bytes += size
    files++
    if (bytes > MOST_BYTES) throw new UsageError(`${path}: more than ${MOST_BYTES / 1024 / 1024} MB in one submission`)
    if (files > MOST_FILES) throw new UsageError(`${path}: more than ${MOST_FILES} files in one submission`)
    take(parts, file, relative)
  }
  const walk = (directory: string, prefix: string) => {
    for (const entry of readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith(".") || entry.isSymbolicLink()) continue
      const file = join(directory, entry.name)
      if (entry.isDirectory()) walk(file, `${prefix}${entry.name}/`)
      else if (/\.(ya?ml|json|sh)$/i.test(entry.name)) add(file, `${prefix}${entry.name}`, statSync(file).size)
    }
  }
  let status: ReturnType<typeof statSync>
  try {
    status = statSync(path)
  } catch {
    throw new UsageError(`there is no submission ${path}`)
  }
  if (status.isDirectory()) walk(path, "")
  else add(path, basename(path), status.size)
  if (parts.manifests.length + parts.scripts.length === 0 && !parts.recording && Object.keys(parts.answers).length === 0)
    throw new UsageError(`${path}: nothing to grade: no .yaml, .json or .sh file`)
  return { name: path, ...parts }
}
