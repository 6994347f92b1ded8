/** vi's insert and replace modes. */
import { charactersOf, lengthOf, wordBackward } from "./vi-text.ts"
import { ViMotions } from "./vi-motions.ts"

export abstract class ViInsert extends ViMotions {
  protected startInsert(count = 1): void {
    this.mode = "insert"
    this.insertCount = count
    this.insertKeys = []
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

  protected insertKey(key: string): void {
    if (key !== "escape" && key !== "C-c" && key !== "C-{") this.insertKeys.push(key)
    const { row, column } = this.cursor
    switch (key) {
      case "escape":
      case "C-c":
      case "C-{": {
        const keys = [...this.insertKeys]
        const times = Math.min(this.insertCount, 200)
        this.insertCount = 1
        for (let again = 1; again < times; again++) for (const one of keys) this.insertKey(one)
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
        this.setLine(row, characters.slice(0, column))
        this.lines.splice(row + 1, 0, indent + characters.slice(column).join(""))
        this.cursor = { row: row + 1, column: indent.length }
        return
      }
      case "backspace":
        if (column > 0) {
          const characters = charactersOf(this.lines[row])
          characters.splice(column - 1, 1)
          this.setLine(row, characters)
          this.cursor.column--
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
      case "tab": {
        const size = this.options.expandtab ? this.options.shiftwidth || this.options.tabstop : 0
        this.typed(this.options.expandtab ? " ".repeat(size - (column % size)) : "\t")
        return
      }
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
      case "C-u": {
        const from = key === "C-u" ? { row, column: 0 } : wordBackward(this.lines, this.cursor, false)
        if (from.row === row) this.deleteRange(from, this.cursor, false)
        return
      }
      case "C-t":
      case "C-d": {
        const length = lengthOf(this.lines[row])
        this.shift(row, row, key === "C-t")
        this.undo.pop()
        this.cursor.column = Math.max(0, column + lengthOf(this.lines[row]) - length)
        return
      }
      case "C-r":
        return
      default:
        if ([...key].length === 1 && key >= " ") this.typed(key)
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
