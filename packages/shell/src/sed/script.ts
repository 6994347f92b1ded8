/** What a sed script is made of. As GNU sed/sed.h. */
import type { Regex } from "../text/regex.ts"

export type Address =
  | { kind: "line"; line: number }
  | { kind: "last" }
  | { kind: "regex"; regex: Regex | undefined }
  | { kind: "step"; from: number; by: number }
  | { kind: "plus"; count: number }
  | { kind: "multiple"; of: number }

export interface Command {
  from: Address | undefined
  to: Address | undefined
  negated: boolean
  name: string
  /** Of a, i and c their text; of b, t, T and : a label; of r, R, w, W a file; of y the characters that change. */
  text: string
  regex: Regex | undefined
  replacement: string
  flags: string
  /** Of { the index after its block; of b, t and T where they go. */
  target: number
  /** A range that has begun. */
  active: boolean
  /** The line at which a range of counted lines ends. */
  until: number
}

export class SedError extends Error {
  /** 1 for a wrong script, 4 for files. */
  readonly code: number
  constructor(message: string, code = 1) {
    super(message)
    this.code = code
  }
}
