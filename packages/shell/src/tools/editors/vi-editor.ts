/** vi's modes: what each key does to the text. Knows no terminal. */
import { MatchLimitError } from "../../text/perl-regex.ts"
import { RegexError } from "../../text/regex.ts"
import { ExError } from "./vi-ex.ts"
import { ViCommands } from "./vi-commands.ts"

export class ViEditor extends ViCommands {
  override feed(key: string): void {
    if (this.macro && !this.playing && !(this.mode === "normal" && key === "q" && this.keys.length === 0)) this.macro.keys.push(key)
    if (!this.replaying) this.recorded.push(key)
    try {
      this.dispatch(key)
    } catch (error) {
      if (!(error instanceof ExError || error instanceof RegexError || error instanceof MatchLimitError)) throw error
      this.message = error.message.startsWith("E") ? error.message : `E383: Invalid search string: ${error.message}`
      this.keys = []
      if (this.mode === "command" || this.mode === "search") this.mode = "normal"
    }
    this.clamp()
    if (this.mode === "normal" && this.keys.length === 0 && !this.replaying) {
      if (this.changed) this.lastChange = this.recorded
      this.changed = false
      this.recorded = []
    }
  }

  protected dispatch(key: string): void {
    switch (this.mode) {
      case "insert":
      case "replace":
        return this.insertKey(key)
      case "command":
      case "search":
        return this.commandKey(key)
      default:
        return this.normalKey(key)
    }
  }
}
