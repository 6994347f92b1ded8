/** What vi keeps and asks for: modes, registers, options, requests to whoever runs it. */
import type { Range } from "./vi-ex.ts"
import type { Place } from "./vi-text.ts"

export type Mode = "normal" | "insert" | "replace" | "visual" | "visual-line" | "visual-block" | "command" | "search"

export interface Register {
  text: string
  linewise: boolean
}

export interface Snapshot {
  lines: readonly string[]
  cursor: Place
}

/** What the editor asks of whoever runs it. */
export type Request =
  | { kind: "write"; path: string | undefined; range: Range; force: boolean; quit: boolean }
  | { kind: "edit"; path: string | undefined; force: boolean }
  | { kind: "read"; path: string; row: number }
  | { kind: "quit"; force: boolean; code: number }
  | { kind: "shell"; command: string; row: number | undefined }
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
  tabstop: number
  shiftwidth: number
}
