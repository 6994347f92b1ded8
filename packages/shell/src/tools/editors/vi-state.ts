/** What vi keeps and asks for: modes, registers, options, requests to whoever runs it. */
import type { Range } from "./vi-ex.ts"
import type { Place } from "./vi-text.ts"

export type Mode = "normal" | "insert" | "replace" | "visual" | "visual-line" | "visual-block" | "command" | "search" | "confirm"

export interface Register {
  text: string
  linewise: boolean
  /** Rows of a block: each comes into a line of its own, at the same column. */
  block?: boolean
}

export interface Snapshot {
  lines: readonly string[]
  cursor: Place
  /** No line at all, rather than an empty one. */
  empty: boolean
}

/** What the editor asks of whoever runs it. */
export type Request =
  | { kind: "write"; path: string | undefined; range: Range; force: boolean; quit: boolean; append: boolean }
  | { kind: "edit"; path: string | undefined; force: boolean }
  | { kind: "read"; path: string; row: number }
  | { kind: "quit"; force: boolean; code: number }
  | { kind: "shell"; command: string; row: number | undefined }
  /** The lines go through a command and are replaced by its output; or, with `keep`, are only given to it. */
  | { kind: "filter"; command: string; range: Range; keep: boolean }
  /** Another of the files that were given; `by` is 1 or -1 as a rule. */
  | { kind: "next"; by: number; force: boolean }
  | { kind: "files" }
  | { kind: "suspend" }

export interface Options {
  number: boolean
  relativenumber: boolean
  expandtab: boolean
  autoindent: boolean
  ignorecase: boolean
  hlsearch: boolean
  list: boolean
  paste: boolean
  wrap: boolean
  cursorline: boolean
  smartcase: boolean
  tabstop: number
  shiftwidth: number
  softtabstop: number
}
