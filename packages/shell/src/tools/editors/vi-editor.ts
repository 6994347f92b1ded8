/** vi's modes: what each key does to the text. Knows no terminal. */
import { MatchLimitError } from "../../text/perl-regex.ts"
import { ExError } from "./vi-ex.ts"
import { ViCommands } from "./vi-commands.ts"
import type { BufferState } from "./vi-state.ts"
import type { Place } from "./vi-text.ts"

export class ViEditor extends ViCommands {
  /** A key as it was typed: maps may make others of it. */
  type(key: string): void {
    this.spent = 0
    for (const one of this.maps.take(key, this.#mapMode())) this.feed(one)
  }

  /** Keys as :normal plays them: once, through maps unless it is :normal!. */
  protected playKeys(keys: readonly string[], mapped: boolean): void {
    if (!mapped) return this.replay(keys, 1)
    this.keys = []
    this.replay(
      keys.flatMap((key) => this.maps.take(key, this.#mapMode())),
      1,
    )
  }

  #mapMode(): "n" | "v" | "o" | "i" | "c" | undefined {
    if (this.pasting || this.literal !== undefined) return undefined
    if (this.mode === "insert" || this.mode === "replace") return "i"
    if (this.mode === "command") return "c"
    // In the middle of a command a key is a part of that, and none of its own; behind an operator there are maps for it.
    if (this.keys.length > 0)
      return /^\d*(?:".)?\d*(?:[dcy<>=!]|g[uU~?qw])$/.test(this.keys.join("")) ? "o" : /^\d+$/.test(this.keys.join("")) ? "n" : undefined
    return this.mode === "normal" ? "n" : this.mode.startsWith("visual") ? "v" : undefined
  }

  override feed(key: string): void {
    if (this.macro && !this.playing && !(this.mode === "normal" && key === "q" && this.keys.length === 0)) this.macro.keys.push(key)
    if (!this.replaying) this.recorded.push(key)
    this.failed = false
    try {
      this.spend()
      if (this.page && this.#turned(key)) return
      this.dispatch(key)
    } catch (error) {
      if (!(error instanceof ExError || error instanceof MatchLimitError)) throw error
      this.message = error instanceof ExError ? error.message : "E363: Pattern uses more memory than 'maxmempattern'"
      this.keys = []
      this.failed = true
      this.dropBlocks()
      if (this.mode === "command" || this.mode === "search") this.mode = "normal"
    }
    // C-o was for one command: typing goes on.
    if (this.insertAgain && this.mode === "normal" && this.keys.length === 0 && key !== "C-o") {
      this.mode = this.insertAgain
      this.insertAgain = undefined
      this.insertKeys = []
    }
    this.clamp()
    if (this.mode === "normal" && this.keys.length === 0) this.settle()
    if (this.mode === "normal" && this.keys.length === 0 && !this.replaying) {
      if (this.changed && !(this.playing > 0 && this.recorded.length === 0)) this.lastChange = this.recorded
      this.changed = false
      this.recorded = []
    }
  }

  /** A page that waits for a key is put away; true when the key was for nothing else. */
  #turned(key: string): boolean {
    this.page = undefined
    this.message = ""
    return key === "enter" || key === " " || key === "escape" || key === "C-c"
  }

  /** Another text takes the place of this one. */
  load(lines: readonly string[], path: string): void {
    this.lines = lines.length > 0 ? [...lines] : [""]
    this.path = path
    this.modified = false
    this.empty = false
    this.cursor = { row: 0, column: 0 }
    this.top = 0
    this.forgetChanges()
    this.marks.clear()
    this.marks.set("'", { row: 0, column: 0 })
    this.jumps = []
    this.changeList = []
    this.detectType(path)
  }

  /** The text with what is remembered of it, as it is now. */
  capture(): BufferState {
    const { path, lines, modified, empty, undo, redo, marks } = this
    return { path, lines, modified, empty, undo, redo, marks }
  }

  /** Takes up another text, the cursor at a place in it. */
  takeUp(state: BufferState, cursor: Place, top: number): void {
    this.forgetChanges()
    this.lines = state.lines
    this.path = state.path
    this.modified = state.modified
    this.empty = state.empty
    this.undo = state.undo
    this.redo = state.redo
    this.marks = state.marks
    this.cursor = { ...cursor }
    this.top = top
    this.clamp()
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
