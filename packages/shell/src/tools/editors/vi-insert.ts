/** vi's insert and replace modes: what each key does (edit.c, insexpand.c). */
import { digraph } from "./vi-digraphs.ts"
import { evaluate, type ExpressionWorld, textIn } from "./vi-expression.ts"
import { charactersOf, displayColumn, lengthOf, wordBackward } from "./vi-text.ts"
import { ViTyping } from "./vi-typing.ts"

const LITERAL: Readonly<Record<string, string>> = { tab: "\t", enter: "\r", escape: "\x1b", backspace: "\x7f" }
/** Digits of a character by its number, behind C-v: their radix, and the most there are. */
const RADIX: Readonly<Record<string, readonly [radix: number, most: number]>> = {
  "": [10, 3],
  x: [16, 2],
  X: [16, 2],
  o: [8, 3],
  O: [8, 3],
  u: [16, 4],
  U: [16, 8],
}
const MOVES = new Set(["left", "right", "up", "down", "home", "end", "page-up", "page-down"])

export abstract class ViInsert extends ViTyping {
  /** Keys of a command of several: C-k and its pair, C-x and C-g and their letters, the expression of C-r =. */
  #part: { kind: "digraph" | "complete" | "undo" | "expression"; text: string } | undefined
  /** How C-r is to put a register in: as typed, or as it is. */
  #pasteAsIs = false

  abstract expressions(): ExpressionWorld

  /** C-v: a character by its number (065, u00e9, x41), or a key as the character it sends; false when `key` is not part of it. */
  #literally(key: string): boolean {
    const so = this.literal ?? ""
    const prefix = /^[xXoOuU]?/.exec(so)?.[0] ?? ""
    if (so === "" && Object.hasOwn(RADIX, key) && key !== "") {
      this.literal = key
      return true
    }
    const [radix, most] = RADIX[prefix]
    const digit = (radix === 16 ? /^[0-9a-f]$/i : radix === 8 ? /^[0-7]$/ : /^\d$/).test(key)
    if (digit) this.literal = so + key
    if (digit && so.length - prefix.length + 1 < most) return true
    const digits = (this.literal ?? "").slice(prefix.length)
    this.literal = undefined
    const code = Number.parseInt(digits, radix)
    if (Number.isInteger(code) && code > 0 && code <= 0x10ffff) this.typed(String.fromCodePoint(code))
    if (digit) return true
    if (so !== "") return false
    const control = /^C-(.)$/.exec(key)
    this.typed(
      control ? String.fromCharCode(control[1].toUpperCase().charCodeAt(0) & 31) : (LITERAL[key] ?? ([...key].length === 1 ? key : "")),
    )
    return true
  }

  /** Keys of a command of several; false when `key` is not part of one. */
  #parted(key: string): boolean {
    const part = this.#part
    if (!part) return false
    this.insertKeys.push(key)
    if (part.kind === "digraph") {
      if ([...key].length !== 1) this.#part = undefined
      else if (part.text === "") part.text = key
      else {
        this.#part = undefined
        this.typed(digraph(part.text + key) ?? digraph(key + part.text) ?? key)
      }
      return true
    }
    if (part.kind === "expression") {
      if (key === "enter") {
        this.#part = undefined
        const value = evaluate(part.text, this.expressions())
        this.#pasted(typeof value === "object" ? value.map((one) => `${textIn(one)}\n`).join("") : textIn(value))
      } else if (key === "escape" || key === "C-c") this.#part = undefined
      else part.text = key === "backspace" ? part.text.slice(0, -1) : part.text + ([...key].length === 1 ? key : "")
      return true
    }
    this.#part = undefined
    if (part.kind === "undo") {
      if (key === "u") this.remember()
      return true
    }
    if (key === "C-n" || key === "C-p") this.#complete(key === "C-n")
    else if (key === "C-l") this.#completeLine()
    else if (key === "C-f") this.#completeWith(this.fileNames, /[\p{L}\p{N}_./~#$%+,=-]*$/u)
    else return false
    return true
  }

  /** Names in the directory, for C-x C-f; whoever runs the editor knows them. */
  fileNames: readonly string[] = []

  /** C-w and C-u: back to a word's or the line's beginning; a first time only to where typing began. */
  #erase(key: string): void {
    const { row, column } = this.cursor
    if (column === 0) return this.eraseBack()
    const word = wordBackward(this.lines, this.cursor, false)
    const target = key === "C-u" || word.row < row ? 0 : word.column
    const start = this.insertStart.row === row && this.insertStart.column < column ? this.insertStart.column : 0
    this.deleteRange({ row, column: Math.max(target, start) }, this.cursor, false)
    if (Math.max(target, start) === start) this.insertStart = { row: -1, column: 0 }
  }

  /** C-n and C-p: the word before the cursor becomes the next of those that begin as it does. */
  #complete(forward: boolean): void {
    if (!this.completion) {
      const { row, column } = this.cursor
      const line = charactersOf(this.lines[row])
      const prefix = /[\p{L}\p{N}_]*$/u.exec(line.slice(0, column).join(""))?.[0] ?? ""
      const head = charactersOf(prefix).length
      const behind = line.slice(column).join("")
      const texts = [behind, ...this.lines.slice(row + 1), ...this.lines.slice(0, row), line.slice(0, column - head).join("")]
      const words = texts.flatMap((text) => text.match(/[\p{L}\p{N}_]+/gu) ?? [])
      const fitting = words.filter((one) => one !== prefix && one.startsWith(prefix))
      const found = forward ? [...new Set(fitting)] : [...new Set(fitting.reverse())].reverse()
      return this.#offer(found, prefix, forward)
    }
    this.#walk(forward)
  }

  /** C-x C-l: a whole line that begins as this does. */
  #completeLine(): void {
    const { row } = this.cursor
    const prefix = this.lines[row].trimStart()
    const others = [...this.lines.slice(row + 1), ...this.lines.slice(0, row)].map((line) => line.trimStart())
    this.#offer([...new Set(others.filter((line) => line !== prefix && line.startsWith(prefix)))].reverse(), prefix, false)
  }

  #completeWith(names: readonly string[], pattern: RegExp): void {
    const { row, column } = this.cursor
    const prefix = pattern.exec(charactersOf(this.lines[row]).slice(0, column).join(""))?.[0] ?? ""
    this.#offer(
      names.filter((name) => name !== prefix && name.startsWith(prefix)),
      prefix,
      true,
    )
  }

  #offer(found: readonly string[], prefix: string, forward: boolean): void {
    if (found.length === 0) {
      this.message = "Pattern not found"
      return
    }
    this.completion = { words: [prefix, ...found], at: 0, shown: prefix }
    this.#walk(forward)
  }

  #walk(forward: boolean): void {
    const { completion } = this
    if (!completion) return
    const count = completion.words.length
    completion.at = (completion.at + (forward ? 1 : count - 1)) % count
    this.#showCompletion(completion.words[completion.at])
  }

  #showCompletion(word: string): void {
    const { completion } = this
    if (!completion) return
    const { row, column } = this.cursor
    const line = charactersOf(this.lines[row])
    const from = column - charactersOf(completion.shown).length
    line.splice(from, column - from, ...word)
    completion.shown = word
    this.setLine(row, line)
    this.cursor.column = from + charactersOf(word).length
  }

  /** C-r: a register as if it were typed; C-r C-r and C-r C-o as it is, C-o its lines above this one. */
  #pasteRegister(key: string): void {
    this.insertKeys.push(key)
    if (key === "C-r" || key === "C-o" || key === "C-p") {
      this.#pasteAsIs = key !== "C-r"
      return
    }
    this.pasting = false
    const asIs = this.#pasteAsIs
    this.#pasteAsIs = false
    if (key === "=") {
      this.#part = { kind: "expression", text: "" }
      return
    }
    const register = this.registerNamed(key)
    if (!register) return
    if (asIs && register.linewise) {
      const { row, column } = this.cursor
      const rows = register.text.split("\n")
      this.lines.splice(row, 0, ...rows)
      this.cursor = { row: row + rows.length, column: Math.min(column, 0) }
    } else this.#pasted(register.linewise ? `${register.text}\n` : register.text)
  }

  /** What is typed is repeated as often as the count says, and insert mode ends. */
  #leave(): void {
    this.expandTyped("i")
    const keys = [...this.insertKeys]
    const times = Math.min(this.insertCount, 200)
    this.insertCount = 1
    const lines = this.insertLines
    for (let again = 1; again < times; again++) {
      if (lines) {
        this.cursor.column = lengthOf(this.lines[this.cursor.row])
        this.newLine()
      }
      for (const one of keys) this.insertKey(one)
    }
    const inserted = keys.map((one) => (one === "enter" ? "\n" : one === "tab" ? "\t" : [...one].length === 1 ? one : "")).join("")
    if (inserted !== "") this.lastInserted = inserted
    this.marks.set("^", { ...this.cursor })
    this.marks.set(".", { ...this.cursor, column: Math.max(0, this.cursor.column - 1) })
    this.mode = "normal"
    this.endBlockInsert()
    // An indent that nothing followed is taken away again.
    if (this.ownIndent && /^[ \t]+$/.test(this.lines[this.cursor.row])) this.lines[this.cursor.row] = ""
    this.ownIndent = false
    this.cursor.column = Math.max(0, this.cursor.column - 1)
    this.message = ""
    this.forgetIdle()
  }

  /** Moving breaks what is typed in two: "." and a count have only what comes after it. */
  #moved(key: string): void {
    const { row } = this.cursor
    if (key === "left") this.cursor.column--
    else if (key === "right") this.cursor.column++
    else if (key === "up") this.cursor.row--
    else if (key === "down") this.cursor.row++
    else if (key === "home") this.cursor.column = 0
    else if (key === "end") this.cursor.column = lengthOf(this.lines[row])
    else this.cursor.row += (this.height - 2) * (key === "page-up" ? -1 : 1)
    this.insertKeys = []
    this.insertCount = 1
    this.overwritten = []
    this.insertStart = { row: -1, column: 0 }
    if (this.replaying) return
    this.remember()
    this.recorded = [this.mode === "replace" ? "R" : "i"]
  }

  #shiftIndent(key: string): void {
    const { row, column } = this.cursor
    const before = charactersOf(this.lines[row])[column - 1]
    const length = lengthOf(this.lines[row])
    const kept = this.ownIndent
    // "0" and "^" before C-d take all of the indent.
    if (
      key === "C-d" &&
      (before === "0" || before === "^") &&
      /^[ \t]*[0^]$/.test(charactersOf(this.lines[row]).slice(0, column).join(""))
    ) {
      this.lines[row] = charactersOf(this.lines[row]).slice(column).join("")
      this.cursor.column = 0
      return
    }
    const unit = this.options.shiftwidth || this.options.tabstop
    const width = this.indentWidth(row)
    const next = key === "C-t" ? Math.floor(width / unit) * unit + unit : Math.max(0, Math.ceil(width / unit) * unit - unit)
    this.setIndent(row, next)
    this.ownIndent = kept
    this.cursor.column = Math.max(0, column + lengthOf(this.lines[row]) - length)
  }

  protected insertKey(key: string): void {
    if (this.insertStart.row < 0 && this.insertKeys.length === 0) this.insertStart = { ...this.cursor }
    if (this.completion && (key === "C-e" || key === "C-y")) {
      if (key === "C-e") this.#showCompletion(this.completion.words[0])
      this.completion = undefined
      return
    }
    if (key !== "C-n" && key !== "C-p" && !this.#part) this.completion = undefined
    if (this.literal !== undefined) {
      this.insertKeys.push(key)
      if (this.#literally(key)) return
      this.insertKeys.pop()
    }
    if (this.#parted(key)) return
    if (this.pasting) return this.#pasteRegister(key)
    if (key === "escape" || key === "C-c" || key === "C-{") return this.#leave()
    if (MOVES.has(key)) return this.#moved(key)
    this.insertKeys.push(key)
    const { row, column } = this.cursor
    switch (key) {
      case "enter":
      case "C-j":
        this.expandTyped("i")
        if (this.mode === "replace") this.overwritten = []
        this.newLine()
        return
      case "backspace":
      case "C-h":
        this.eraseBack()
        return
      case "delete": {
        const characters = charactersOf(this.lines[row])
        if (column < characters.length) {
          characters.splice(column, 1)
          this.setLine(row, characters)
        } else if (row < this.lines.length - 1) {
          this.lines[row] += this.lines[row + 1]
          this.lines.splice(row + 1, 1)
        }
        return
      }
      case "tab":
        this.expandTyped("i")
        this.typeTab()
        return
      case "C-w":
      case "C-u":
        this.#erase(key)
        return
      case "C-n":
      case "C-p":
        this.#complete(key === "C-n")
        return
      case "C-x":
        this.#part = { kind: "complete", text: "" }
        return
      case "C-g":
        this.#part = { kind: "undo", text: "" }
        return
      case "C-k":
        this.#part = { kind: "digraph", text: "" }
        return
      case "C-e":
      case "C-y": {
        const other = this.lines[row + (key === "C-e" ? 1 : -1)]
        const at = displayColumn(this.lines[row], column, this.options.tabstop)
        const place = charactersOf(other).findIndex((_, index) => displayColumn(other, index, this.options.tabstop) >= at)
        if (place >= 0) this.typed(charactersOf(other)[place])
        return
      }
      case "C-a":
      case "C-@":
        this.insertKeys.pop()
        for (const one of this.lastInserted) this.insertKey(one === "\n" ? "enter" : one === "\t" ? "tab" : one)
        if (key === "C-@") this.#leave()
        return
      case "C-v":
      case "C-q":
        this.literal = ""
        return
      case "C-o": {
        this.insertAgain = this.mode
        this.mode = "normal"
        this.insertKeys.pop()
        return
      }
      case "C-t":
      case "C-d":
        this.#shiftIndent(key)
        return
      case "C-r":
        this.pasting = true
        return
      case "C-]":
        this.expandTyped("i")
        return
      default:
        if ([...key].length === 1 && key >= " ") this.typeCharacter(key)
    }
  }

  /** Text as if it were typed, but with no indent of its own. */
  #pasted(text: string): void {
    const [first, ...rest] = text.split("\n")
    this.typed(first)
    for (const line of rest) {
      const characters = charactersOf(this.lines[this.cursor.row])
      const tail = characters.splice(this.cursor.column)
      this.setLine(this.cursor.row, characters)
      this.lines.splice(this.cursor.row + 1, 0, line + tail.join(""))
      this.cursor = { row: this.cursor.row + 1, column: lengthOf(line) }
    }
  }

  protected endBlockInsert(): void {
    const block = this.blockInsert
    this.blockInsert = undefined
    if (!block || this.cursor.row !== block.row) return
    const characters = charactersOf(this.lines[block.row])
    const text = characters.slice(block.column, block.column + characters.length - block.length)
    if (text.length === 0) return
    for (let row = block.row + 1; row <= Math.min(block.bottom, this.lines.length - 1); row++) {
      const own = charactersOf(this.lines[row])
      const column = block.atEnd ? own.length : block.column
      // Lines that do not reach so far are left alone by I, and filled up by A.
      if (own.length < column && !block.pad) continue
      while (own.length < column) own.push(" ")
      own.splice(column, 0, ...text)
      this.setLine(row, own)
    }
    this.cursor = { row: block.row, column: block.column + 1 }
  }

  protected insertText(text: string): void {
    const { row, column } = this.cursor
    const characters = charactersOf(this.lines[row])
    const pieces = `${characters.slice(0, column).join("")}${text}${characters.slice(column).join("")}`.split("\n")
    this.lines.splice(row, 1, ...pieces)
  }
}
