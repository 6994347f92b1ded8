/** A submission as it lies on disk: a file, or a folder of files. */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { basename, join } from "node:path"
import { readSubmission, type Submission, SubmissionProblem } from "@drydock/grader"
import { UsageError } from "../command.ts"

/** Of one file, bytes. */
const LARGEST = 4 * 1024 * 1024

const filesAt = (path: string): { path: string; content: string }[] => {
  const files: { path: string; content: string }[] = []
  const add = (file: string, relative: string) => {
    if (statSync(file).size > LARGEST) throw new SubmissionProblem(relative, "a file of a submission may have 4 MB")
    files.push({ path: relative, content: readFileSync(file, "utf8") })
  }
  const walk = (directory: string, prefix: string) => {
    for (const entry of readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.name.startsWith(".") || entry.isSymbolicLink()) continue
      const file = join(directory, entry.name)
      if (entry.isDirectory()) walk(file, `${prefix}${entry.name}/`)
      else if (/\.(ya?ml|json|sh)$/i.test(entry.name)) add(file, `${prefix}${entry.name}`)
    }
  }
  if (statSync(path).isDirectory()) walk(path, "")
  else add(path, basename(path))
  return files
}

/** @throws UsageError with the place of what is wrong */
export const submissionAt = (path: string): Submission => {
  try {
    statSync(path)
  } catch {
    throw new UsageError(`there is no submission ${path}`)
  }
  try {
    return readSubmission(path, filesAt(path))
  } catch (error) {
    if (!(error instanceof SubmissionProblem)) throw error
    throw new UsageError(`${path}${error.path === path || basename(path) === error.path ? "" : `/${error.path}`}: ${error.message}`)
  }
}
