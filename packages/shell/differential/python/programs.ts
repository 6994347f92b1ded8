/** Programs for Python, one a line; ⏎ stands for the ends of their own lines. */
import { readFileSync } from "node:fs"

export interface RecordedProgram {
  readonly program: string
  readonly stdout: string
  readonly stderr: string
  readonly exit: number
}

/** The programs of programs.txt, as they are run. */
export const programs = (): string[] =>
  readFileSync(new URL("./programs.txt", import.meta.url), "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => line.replaceAll("⏎", "\n"))
