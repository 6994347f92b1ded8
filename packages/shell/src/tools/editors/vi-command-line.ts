/** vi's command line as it is typed: its keys, its history, what C-r puts into it (ex_getln.c). */
import { digraph } from "./vi-digraphs.ts"
import { echoed, evaluate } from "./vi-expression.ts"
import { ViSubstitute } from "./vi-substitute.ts"

const MOST = 10_000

export abstract class ViCommandLine extends ViSubstitute {
  /** C-v or C-k was typed: the keys that make one character, so far. */
  #composing: { kind: "literal" | "digraph" | "expression"; text: string } | undefined

  #insert(text: string): void {
    const at = this.commandAt
    if (this.commandLine.length + text.length > MOST) return
    this.commandLine = this.commandLine.slice(0, at) + text + this.commandLine.slice(at)
    this.commandAt = at + text.length
  }

  #cancel(): void {
    this.mode = this.commandFrom
    this.commandFrom = "normal"
    this.message = ""
    this.collecting = undefined
    this.recorded = []
    this.changed = false
  }

  /** True when the key belonged to a character that is being put together. */
  #compose(key: string): boolean {
    const composing = this.#composing
    if (!composing) return false
    if (composing.kind === "expression") {
      if (key === "enter") {
        this.#composing = undefined
        this.#insert(echoed(evaluate(composing.text, this.expressions())))
      } else if (key === "escape" || key === "C-c") this.#composing = undefined
      else composing.text = key === "backspace" ? composing.text.slice(0, -1) : composing.text + ([...key].length === 1 ? key : "")
      return true
    }
    if (composing.kind === "digraph") {
      composing.text += [...key].length === 1 ? key : ""
      if ([...composing.text].length < 2 && [...key].length === 1) return true
      this.#composing = undefined
      this.#insert(digraph(composing.text) ?? composing.text.slice(-1))
      return true
    }
    if (/^\d$/.test(key) && composing.text.length < 3) {
      composing.text += key
      if (composing.text.length < 3) return true
    }
    this.#composing = undefined
    if (composing.text !== "") {
      this.#insert(String.fromCodePoint(Number(composing.text)))
      return /^\d$/.test(key)
    }
    const control = /^C-(.)$/.exec(key)
    this.#insert(
      control
        ? String.fromCharCode(control[1].toUpperCase().charCodeAt(0) & 31)
        : ({ enter: "\r", tab: "\t", escape: "\x1b" }[key] ?? ([...key].length === 1 ? key : "")),
    )
    return true
  }

  /** C-r: a register, or with C-w and C-a the word that the cursor is on. */
  #paste(key: string): void {
    if (key === "C-r" || key === "C-o" || key === "C-p") return
    this.pasting = false
    if (key === "=") {
      this.#composing = { kind: "expression", text: "" }
      return
    }
    if (key === "C-w" || key === "C-a") {
      const word = this.motion(["i", key === "C-a" ? "W" : "w"], undefined, "y")
      if (typeof word === "object" && word.from) this.#insert(this.textIn(word.from, word.to, true))
      return
    }
    if (key === "C-l") return this.#insert(this.lines[this.cursor.row])
    const register = this.registerNamed(key)
    this.#insert((register?.text ?? "").replaceAll("\n", "\r") + (register?.linewise ? "\r" : ""))
  }

  /** Older and newer lines that begin as what was typed. */
  #recall(step: number): void {
    const history = this.mode === "search" ? this.searches : this.history
    this.recallPrefix ??= this.commandLine.slice(1)
    for (let at = this.historyAt + step; at >= 0 && at <= history.length; at += step) {
      const text: string = at === history.length ? this.recallPrefix : history[at]
      if (!text.startsWith(this.recallPrefix)) continue
      this.historyAt = at
      this.commandLine = this.commandLine[0] + text
      this.commandAt = this.commandLine.length
      return
    }
  }

  protected commandKey(key: string): void {
    if (this.#compose(key)) return
    if (this.pasting) return this.#paste(key)
    if (key !== "up" && key !== "down" && key !== "C-p" && key !== "C-n") this.recallPrefix = undefined
    const { commandLine: line, commandAt: at } = this
    switch (key) {
      case "C-r":
        this.pasting = true
        return
      case "C-v":
      case "C-q":
      case "C-k":
        this.#composing = { kind: key === "C-k" ? "digraph" : "literal", text: "" }
        return
      case "escape":
      case "C-c":
      case "C-{":
        return this.#cancel()
      case "backspace":
      case "C-h":
        if (at === 1 && line.length > 1) return
        if (at <= 1) {
          if (this.collecting) return
          return this.#cancel()
        }
        this.commandLine = line.slice(0, at - 1) + line.slice(at)
        this.commandAt = at - 1
        return
      case "delete":
        this.commandLine = line.slice(0, at) + line.slice(at + 1)
        return
      case "C-u":
        this.commandLine = line[0] + line.slice(at)
        this.commandAt = 1
        return
      case "C-w": {
        const head = line.slice(1, at).replace(/(?:\w+|[^\w\s]+)?\s*$/, "")
        this.commandLine = line[0] + head + line.slice(at)
        this.commandAt = 1 + head.length
        return
      }
      case "left":
        this.commandAt = Math.max(1, at - 1)
        return
      case "right":
        this.commandAt = Math.min(line.length, at + 1)
        return
      case "home":
      case "C-b":
        this.commandAt = 1
        return
      case "end":
      case "C-e":
        this.commandAt = line.length
        return
      case "up":
      case "C-p":
        return this.#recall(-1)
      case "down":
      case "C-n":
        return this.#recall(1)
      case "tab":
        return this.#insert("\t")
      case "enter":
        return this.#enter(line.slice(1))
      default:
        if ([...key].length === 1 && key >= " ") {
          this.#insert(key)
          this.expandTyped("c")
        }
    }
  }

  #enter(text: string): void {
    if (this.collecting) return this.#collect(text)
    const searching = this.mode === "search"
    this.mode = this.commandFrom
    this.commandFrom = "normal"
    if (searching) {
      if (text !== "" && this.searches.at(-1) !== text) this.searches.push(text)
      this.jumped()
      const { to } = this.searchFor(this.commandLine[0], text, this.searchCount)
      this.cursor = { ...to }
      return
    }
    if (text !== "") {
      if (this.history.at(-1) !== text) this.history.push(text)
      this.lastCommand = text
    }
    this.message = this.commandLine
    this.executeLine(text)
    // What a command line does is no change that "." repeats.
    this.recorded = []
    this.changed = false
  }

  /** Lines for :a, :i and :c, up to one with a dot alone. */
  #collect(line: string): void {
    const { row, removed, lines } = this.collecting ?? { row: 0, removed: 0, lines: [] }
    if (line !== ".") {
      lines.push(line)
      this.commandLine = " "
      this.commandAt = 1
      return
    }
    this.collecting = undefined
    this.mode = "normal"
    this.replaceRows(row, removed, lines)
    this.cursor = { row: Math.max(0, row + lines.length - 1), column: 0 }
  }
}
