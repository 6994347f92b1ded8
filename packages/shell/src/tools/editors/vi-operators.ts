/** vi's operators: d, c, y, <, > and = over what a motion spans. */
import type { Motion } from "./vi-text.ts"
import { ViInsert } from "./vi-insert.ts"

const swapped = (text: string): string =>
  [...text].map((character) => (character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase())).join("")

export abstract class ViOperators extends ViInsert {
  protected operate(operator: string, motion: Motion, name: string | undefined): void {
    const start = motion.from ?? { ...this.cursor }
    if (motion.linewise) {
      const [from, to] = this.ordered(start, motion.to)
      this.operateLines(operator, from.row, to.row, name)
      return
    }
    const [from, to] = this.ordered(start, motion.to)
    const inclusive = motion.inclusive === true
    if (operator === ">" || operator === "<" || operator === "=") {
      this.operateLines(operator, from.row, to.row, name)
      return
    }
    const text = this.textIn(from, to, inclusive)
    if (operator === "y") {
      this.store(name, text, false, true)
      this.cursor = { ...from }
      return
    }
    this.remember()
    if (operator.startsWith("g")) {
      const changed = operator === "gU" ? text.toUpperCase() : operator === "gu" ? text.toLowerCase() : swapped(text)
      this.deleteRange(from, to, inclusive)
      this.insertText(changed)
      this.cursor = { ...from }
      return
    }
    this.store(name, text, false, false)
    this.deleteRange(from, to, inclusive)
    if (operator === "c") this.startInsert()
  }

  protected operateLines(operator: string, from: number, to: number, name: string | undefined): void {
    const text = this.lines.slice(from, to + 1).join("\n")
    const count = to - from + 1
    switch (operator) {
      case "y":
        this.store(name, text, true, true)
        if (from < this.cursor.row) this.cursor = { row: from, column: this.cursor.column }
        if (count > 2) this.message = `${count} lines yanked`
        return
      case ">":
      case "<":
        this.shift(from, to, operator === ">")
        return
      case "=":
        return
      case "d":
        this.remember()
        this.store(name, text, true, false)
        this.deleteLines(from, to)
        if (count > 2) this.message = `${count} fewer lines`
        return
      case "c": {
        this.remember()
        this.store(name, text, true, false)
        const indent = this.indentOf(from)
        this.lines.splice(from, count, indent)
        this.cursor = { row: from, column: indent.length }
        this.startInsert()
        return
      }
      default:
        this.remember()
        for (let row = from; row <= to; row++)
          this.lines[row] =
            operator === "gU" ? this.lines[row].toUpperCase() : operator === "gu" ? this.lines[row].toLowerCase() : swapped(this.lines[row])
    }
  }
}
