/** vi's insert and replace modes. */
import { charactersOf, displayColumn, lengthOf, wordBackward } from "./vi-text.ts"
import { ViMotions } from "./vi-motions.ts"

const LITERAL: Readonly<Record<string, string>> = { tab: "\t", enter: "\r", escape: "\x1b", backspace: "\x7f" }

export abstract class ViInsert extends ViMotions {
  protected startInsert(count = 1): void {
    this.mode = "insert"
    this.insertCount = count
    this.insertKeys = []
    this.insertLines = false
    this.insertStart = { row: -1, column: 0 }
  }

  protected indentOf(row: number): string {
    return this.options.autoindent && !this.options.paste ? (/^[ \t]*/.exec(this.lines[row] ?? "")?.[0] ?? "") : ""
  }

  protected typed(text: string): void {
    const { row, column } = this.cursor
    const characters = charactersOf(this.lines[row])
    const replace = this.mode === "replace" && column < characters.length ? 1 : 0
    characters.splice(column, replace, ...text)
    this.setLine(row, characters)
    this.cursor.column += [...text].length
  }

  /** C-v: a character by its number (065, u00e9), or a key as the character it sends; false when `key` is not part of it. */
  #literally(key: string): boolean {
    const so = this.literal ?? ""
    const hex = so.startsWith("u")
    if ((so === "" && key === "u") || (hex ? /^[0-9a-f]$/i : /^\d$/).test(key)) {
      this.literal = so + key
      if (this.literal.length < (hex || key === "u" ? 5 : 3)) return true
      this.#endLiteral()
      return true
    }
    this.#endLiteral()
    if (so !== "") return false
    const control = /^C-(.)$/.exec(key)
    this.typed(
      control ? String.fromCharCode(control[1].toUpperCase().charCodeAt(0) & 31) : (LITERAL[key] ?? ([...key].length === 1 ? key : "")),
    )
    return true
  }

  #endLiteral(): void {
    const digits = this.literal ?? ""
    this.literal = undefined
    const code = digits.startsWith("u") ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 10)
    if (Number.isInteger(code) && code > 0 && code <= 0x10ffff) this.typed(String.fromCodePoint(code))
  }

  /** A tab, or as many blanks as 'expandtab' and 'softtabstop' make of it. */
  #tab(): void {
    const { expandtab, tabstop, softtabstop, shiftwidth, paste } = this.options
    const size = softtabstop > 0 ? softtabstop : softtabstop < 0 ? shiftwidth || tabstop : tabstop
    if (paste || (!expandtab && softtabstop === 0)) return this.typed("\t")
    const { row, column } = this.cursor
    const at = displayColumn(this.lines[row], column, tabstop)
    this.typed(" ".repeat(size - (at % size)))
    if (expandtab) return
    // Blanks that reach a tab stop are a tab.
    const characters = charactersOf(this.lines[row])
    let from = this.cursor.column
    while (from > 0 && (characters[from - 1] === " " || characters[from - 1] === "\t")) from--
    const [start, end] = [displayColumn(this.lines[row], from, tabstop), displayColumn(this.lines[row], this.cursor.column, tabstop)]
    const tabs = Math.floor(end / tabstop) - Math.floor(start / tabstop)
    const blanks = tabs > 0 ? "\t".repeat(tabs) + " ".repeat(end % tabstop) : " ".repeat(end - start)
    characters.splice(from, this.cursor.column - from, ...blanks)
    this.setLine(row, characters)
    this.cursor.column = from + blanks.length
  }

  /** How many characters a backspace takes: with 'softtabstop' blanks go as they came. */
  #backwards(): number {
    const { softtabstop, shiftwidth, tabstop } = this.options
    const size = softtabstop < 0 ? shiftwidth || tabstop : softtabstop
    const { row, column } = this.cursor
    const blanks = /^ *$/.exec(
      charactersOf(this.lines[row])
        .slice(Math.max(0, column - size), column)
        .join(""),
    )
    if (size === 0 || !blanks || column === 0) return 1
    return Math.min(column, column % size || size)
  }

  /** C-w and C-u: back to a word's or the line's beginning; a first time only to where typing began. */
  #erase(key: string): void {
    const { row, column } = this.cursor
    if (column === 0) return this.insertKey("backspace")
    const word = wordBackward(this.lines, this.cursor, false)
    const target = key === "C-u" || word.row < row ? 0 : word.column
    const start = this.insertStart.row === row && this.insertStart.column < column ? this.insertStart.column : 0
    this.deleteRange({ row, column: Math.max(target, start) }, this.cursor, false)
    if (Math.max(target, start) === start) this.insertStart = { row: -1, column: 0 }
  }

  /** C-n and C-p: the word before the cursor becomes the next of those that begin as it does. */
  #complete(forward: boolean): void {
    const { row, column } = this.cursor
    const line = charactersOf(this.lines[row])
    if (!this.completion) {
      const prefix = /[\p{L}\p{N}_]*$/u.exec(line.slice(0, column).join(""))?.[0] ?? ""
      const head = charactersOf(prefix).length
      const words = [...this.lines.slice(row + 1), ...this.lines.slice(0, row), line.slice(0, column - head).join("")].flatMap(
        (text) => text.match(/[\p{L}\p{N}_]+/gu) ?? [],
      )
      const ordered = forward ? words : words.reverse()
      const found = [...new Set(ordered.filter((one) => one !== prefix && one.startsWith(prefix)))]
      if (found.length === 0) {
        this.message = "Pattern not found"
        return
      }
      this.completion = { words: [prefix, ...(forward ? found : found.reverse())], at: 0, shown: prefix }
    }
    const { completion } = this
    const count = completion.words.length
    completion.at = (completion.at + (forward ? 1 : count - 1)) % count
    const from = column - charactersOf(completion.shown).length
    completion.shown = completion.words[completion.at]
    line.splice(from, column - from, ...completion.shown)
    this.setLine(row, line)
    this.cursor.column = from + charactersOf(completion.shown).length
  }

  protected insertKey(key: string): void {
    if (this.insertStart.row < 0 && this.insertKeys.length === 0) this.insertStart = { ...this.cursor }
    if (key !== "C-n" && key !== "C-p") this.completion = undefined
    if (this.literal !== undefined) {
      this.insertKeys.push(key)
      if (this.#literally(key)) return
      this.insertKeys.pop()
    }
    if (this.pasting) {
      this.pasting = false
      const text = this.registerNamed(key)
      this.insertKeys.push(key)
      if (text) this.#pasted(text.linewise ? `${text.text}\n` : text.text)
      return
    }
    if (key !== "escape" && key !== "C-c" && key !== "C-{") this.insertKeys.push(key)
    const { row, column } = this.cursor
    switch (key) {
      case "escape":
      case "C-c":
      case "C-{": {
        const keys = [...this.insertKeys]
        const times = Math.min(this.insertCount, 200)
        this.insertCount = 1
        const lines = this.insertLines
        for (let again = 1; again < times; again++) {
          if (lines) {
            this.cursor.column = lengthOf(this.lines[this.cursor.row])
            this.insertKey("enter")
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
        if (this.options.autoindent && /^[ \t]+$/.test(this.lines[this.cursor.row]) && keys.at(-1) === "enter")
          this.lines[this.cursor.row] = ""
        this.cursor.column = Math.max(0, this.cursor.column - 1)
        this.message = ""
        return
      }
      case "enter": {
        const characters = charactersOf(this.lines[row])
        const indent = this.indentOf(row)
        // An indent that nothing followed is taken away again.
        if (this.options.autoindent && indent !== "" && characters.slice(0, column).join("").trim() === "") characters.splice(0, column)
        if (characters.length < lengthOf(this.lines[row])) {
          this.lines.splice(row, 1, "", indent + characters.join(""))
          this.cursor = { row: row + 1, column: indent.length }
          return
        }
        this.setLine(row, characters.slice(0, column))
        this.lines.splice(row + 1, 0, indent + characters.slice(column).join(""))
        this.cursor = { row: row + 1, column: indent.length }
        return
      }
      case "backspace":
        if (column > 0) {
          const characters = charactersOf(this.lines[row])
          const count = this.#backwards()
          characters.splice(column - count, count)
          this.setLine(row, characters)
          this.cursor.column -= count
        } else if (row > 0) {
          this.cursor = { row: row - 1, column: lengthOf(this.lines[row - 1]) }
          this.lines[row - 1] += this.lines[row]
          this.lines.splice(row, 1)
        }
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
        this.#tab()
        return
      case "left":
        this.cursor.column--
        return
      case "right":
        this.cursor.column++
        return
      case "up":
        this.cursor.row--
        return
      case "down":
        this.cursor.row++
        return
      case "home":
        this.cursor.column = 0
        return
      case "end":
        this.cursor.column = lengthOf(this.lines[row])
        return
      case "C-w":
      case "C-u":
        this.#erase(key)
        return
      case "C-n":
      case "C-p":
        this.#complete(key === "C-n")
        return
      case "C-e":
      case "C-y": {
        const other = charactersOf(this.lines[row + (key === "C-e" ? 1 : -1)])[column]
        if (other !== undefined) this.typed(other)
        return
      }
      case "C-a":
        this.#pasted(this.lastInserted)
        return
      case "C-v":
      case "C-q":
        this.literal = ""
        return
      case "C-o":
        this.insertAgain = this.mode
        this.mode = "normal"
        return
      case "C-t":
      case "C-d": {
        const length = lengthOf(this.lines[row])
        this.shift(row, row, key === "C-t")
        this.undo.pop()
        this.cursor.column = Math.max(0, column + lengthOf(this.lines[row]) - length)
        return
      }
      case "C-r":
        this.pasting = true
        return
      default:
        if ([...key].length === 1 && key >= " ") this.typed(key)
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

  protected openLine(row: number, indent: string, count: number): void {
    this.remember()
    this.lines.splice(row, 0, indent)
    this.cursor = { row, column: indent.length }
    this.startInsert(count)
  }
}
