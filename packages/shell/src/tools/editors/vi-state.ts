/** What vi keeps and asks for: modes, registers, options, requests to whoever runs it. */
import type { Range } from "./vi-ex.ts"
export type { Options } from "./vi-options.ts"
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
  /** Which change it is the text after; 0 is the text as it was read. */
  change: number
  /** It was not as in the file. */
  modified: boolean
}

/** What the editor asks of whoever runs it. */
export type Request =
  | { kind: "write"; path: string | undefined; range: Range; force: boolean; quit: boolean; append: boolean }
  | { kind: "edit"; path: string | undefined; force: boolean }
  | { kind: "quit"; force: boolean; code: number }
  | { kind: "shell"; command: string; row: number | undefined; silent?: boolean }
  /** The lines go through a command and are replaced by its output; or, with `keep`, are only given to it. */
  | { kind: "filter"; command: string; range: Range; keep: boolean }
  /** Another of the files that were given; `by` is 1 or -1 as a rule. */
  | { kind: "next"; by: number; force: boolean }
  | { kind: "files" }
  /** Another buffer: by number, by a part of its name, or so many further on. */
  | { kind: "buffer"; which: string | number; by?: number; force: boolean }
  | { kind: "buffers" }
  | { kind: "close"; force: boolean }
  /** The file is written under another name, which is its own from now on. */
  | { kind: "rename"; path: string; force: boolean }
  /** A window: a new one beside this ("split"), one to go to, or one that goes. */
  | { kind: "window"; action: string; path: string | undefined; force: boolean }
  | { kind: "source"; path: string }
  | { kind: "help"; topic: string }
  | { kind: "suspend" }

/** A text that is being edited, with what is remembered of it; the editor holds one, and takes up another. */
export interface BufferState {
  readonly path: string | undefined
  readonly lines: string[]
  readonly modified: boolean
  readonly empty: boolean
  readonly undo: Snapshot[]
  readonly redo: Snapshot[]
  readonly marks: Map<string, Place>
}
