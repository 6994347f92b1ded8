/** vi's modes: what each key does to the text. Knows no terminal. */
import { MatchLimitError } from "../../text/perl-regex.ts"
import { RegexError } from "../../text/regex.ts"
import { ExError } from "./vi-ex.ts"
import { ViCommands } from "./vi-commands.ts"

export class ViEditor extends ViCommands {
  /** A key as it was typed: maps may make others of it. */
  type(key: string): void {
    const group = this.mode === "normal" ? "n" : this.mode.startsWith("visual") ? "v" : this.mode === "insert" ? "i" : undefined
    // In the middle of a command a key is a part of that, and none of its own.
    for (const one of this.maps.take(key, this.keys.length > 0 ? undefined : group)) this.feed(one)
  }

  override feed(key: string): void {
    if (this.macro && !this.playing && !(this.mode === "normal" && key === "q" && this.keys.length === 0)) this.macro.keys.push(key)
    if (!this.replaying) this.recorded.push(key)
    this.failed = false
    try {
      this.dispatch(key)
    } catch (error) {
      if (!(error instanceof ExError || error instanceof RegexError || error instanceof MatchLimitError)) throw error
      this.message = error.message.startsWith("E") ? error.message : `E383: Invalid search string: ${error.message}`
      this.keys = []
      this.failed = true
      if (this.mode === "command" || this.mode === "search") this.mode = "normal"
    }
    // C-o was for one command: typing goes on.
    if (this.insertAgain && this.mode === "normal" && this.keys.length === 0 && key !== "C-o") {
      this.mode = this.insertAgain
      this.insertAgain = undefined
      this.insertKeys = []
    }
    this.clamp()
    if (this.mode === "normal" && this.keys.length === 0 && !this.replaying) {
      if (this.changed) this.lastChange = this.recorded
      this.changed = false
      this.recorded = []
    }
  }

  /** Another text takes the place of this one. */
  load(lines: readonly string[], path: string): void {
    this.lines = lines.length > 0 ? [...lines] : [""]
    this.path = path
    this.modified = false
    this.empty = false
    this.cursor = { row: 0, column: 0 }
    this.top = 0
    this.undo = []
    this.redo = []
  }

  /** Puts lines in, as one change. */
  addLines(row: number, lines: readonly string[]): void {
    this.replaceLines({ from: row, to: row - 1 }, lines)
  }

  /** Puts lines in the place of others, as one change. */
  replaceLines({ from, to }: { from: number; to: number }, lines: readonly string[]): void {
    this.remember()
    this.lines.splice(from, to - from + 1, ...lines)
    if (this.lines.length === 0) {
      this.lines.push("")
      this.empty = true
    }
    this.cursor = { row: Math.min(from, this.lines.length - 1), column: 0 }
  }

  protected dispatch(key: string): void {
    switch (this.mode) {
      case "insert":
      case "replace":
        return this.insertKey(key)
      case "command":
      case "search":
        return this.commandKey(key)
      case "confirm":
        return this.confirmKey(key)
      default:
        return this.normalKey(key)
    }
  }
}
