/** vi's operators: d, c, y, <, > and = over what a motion spans. */
import { indented } from "./vi-indent.ts"
import { charactersOf, firstNonBlank, lengthOf, type Motion } from "./vi-text.ts"
import { ViInsert } from "./vi-insert.ts"

const swapped = (text: string): string =>
  [...text].map((character) => (character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase())).join("")

const rotated = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => String.fromCharCode((((letter.charCodeAt(0) & 31) + 12) % 26) + 1 + (letter.charCodeAt(0) & 96)))

/** gu, gU, g~ and g?. */
export const recased = (operator: string, text: string): string =>
  operator === "gU" ? text.toUpperCase() : operator === "gu" ? text.toLowerCase() : operator === "g?" ? rotated(text) : swapped(text)

export abstract class ViOperators extends ViInsert {
  protected operate(operator: string, motion: Motion, name: string | undefined): void {
    const start = motion.from ?? { ...this.cursor }
    if (motion.jump) this.marks.set("'", { ...this.cursor })
    if (motion.linewise) {
      const [from, to] = this.ordered(start, motion.to)
      this.operateLines(operator, from.row, to.row, name)
      return
    }
    const [from, end] = this.ordered(start, motion.to)
    let [to, inclusive] = [end, motion.inclusive === true]
    const leading = /^\s*$/.test(charactersOf(this.lines[from.row]).slice(0, from.column).join(""))
    if (!inclusive && to.column === 0 && to.row > from.row && !motion.from) {
      // As vim's o_v: what ends before a line's first character ends with the line before, and takes whole lines when it began as one.
      if (leading) return this.operateLines(operator, from.row, to.row - 1, name)
      to = { row: to.row - 1, column: Math.max(0, lengthOf(this.lines[to.row - 1]) - 1) }
      inclusive = lengthOf(this.lines[to.row]) > 0
    }
    if (operator === "d" && to.row > from.row && leading && !motion.visual) {
      const behind = charactersOf(this.lines[to.row])
        .slice(to.column + (inclusive ? 1 : 0))
        .join("")
      if (/^\s*$/.test(behind)) return this.operateLines(operator, from.row, to.row, name)
    }
    if (operator === ">" || operator === "<" || operator === "=" || operator === "!") {
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
      const changed = recased(operator, text)
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
        this.remember()
        for (let row = from; row <= to; row++) this.lines[row] = indented(this.lines, row, this.options)
        this.cursor = { row: from, column: firstNonBlank(this.lines[from]) }
        return
      case "!":
        this.mode = "command"
        this.commandLine = `:${from === this.cursor.row ? "." : from + 1}${count > 1 ? `,${to === this.lines.length - 1 ? "$" : from === this.cursor.row ? `.+${to - from}` : to + 1}` : ""}!`
        this.historyAt = this.history.length
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
        for (let row = from; row <= to; row++) this.lines[row] = recased(operator, this.lines[row])
    }
  }
}
