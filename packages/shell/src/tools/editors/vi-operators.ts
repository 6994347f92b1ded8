/** vi's operators: d, c, y, <, > and = over what a motion spans. */
import { fill, widthFor } from "./vi-format.ts"
import { indented } from "./vi-indent.ts"
import { charactersOf, firstNonBlank, lengthOf, type Motion } from "./vi-text.ts"
import { ViInsert } from "./vi-insert.ts"
import { yamlIndent } from "./vi-yaml.ts"

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
    if (motion.jump) this.jumped()
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
    if (/^(?:[><=!]|gq|gw)$/.test(operator)) {
      this.operateLines(operator, from.row, to.row, name)
      return
    }
    const text = this.textIn(from, to, inclusive)
    if (operator === "y") {
      this.store(name, text, false, true, false, motion.big)
      this.marks.set("[", { ...from })
      this.marks.set("]", { row: to.row, column: Math.max(0, to.column - (inclusive ? 0 : 1)) })
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
    this.store(name, text, false, false, false, motion.big)
    this.deleteRange(from, to, inclusive)
    this.marks.set("[", { ...from })
    this.marks.set("]", { ...from })
    if (operator === "c") this.startInsert()
  }

  protected operateLines(operator: string, from: number, to: number, name: string | undefined): void {
    const text = this.lines.slice(from, to + 1).join("\n")
    const count = to - from + 1
    switch (operator) {
      case "y":
        this.store(name, text, true, true)
        this.marks.set("[", { row: from, column: 0 })
        this.marks.set("]", { row: to, column: Math.max(0, lengthOf(this.lines[to]) - 1) })
        if (from < this.cursor.row) this.cursor = { row: from, column: this.cursor.column }
        if (count > 2) this.message = `${count} lines yanked`
        return
      case ">":
      case "<":
        this.shift(from, to, operator === ">")
        return
      case "=":
        this.remember()
        for (let row = from; row <= to; row++)
          if (this.options.indentexpr === "") this.lines[row] = indented(this.lines, row, this.options)
          else if (this.lines[row].trim() !== "") this.setIndent(row, yamlIndent(this.lines, row, this.options))
        this.cursor = { row: from, column: firstNonBlank(this.lines[from]) }
        return
      case "!":
        this.openCommandLine(
          `:${from === this.cursor.row ? "." : from + 1}${count > 1 ? `,${to === this.lines.length - 1 ? "$" : from === this.cursor.row ? `.+${to - from}` : to + 1}` : ""}!`,
        )
        return
      case "gq":
      case "gw":
        this.#format(from, to, operator === "gw")
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
        this.lines.splice(from + 1, count - 1)
        this.changedLine(from)
        return
      }
      default:
        this.remember()
        for (let row = from; row <= to; row++) this.lines[row] = recased(operator, this.lines[row])
    }
  }

  /** gq fills lines and goes behind them; gw leaves the cursor where it was. */
  #format(from: number, to: number, stay: boolean): void {
    const { cursor } = this
    const made = fill(this.lines.slice(from, to + 1), this.options, widthFor(this.options, this.columns))
    this.replaceRows(from, to - from + 1, made)
    const row = Math.min(this.lines.length - 1, from + made.length - 1)
    this.cursor = stay ? cursor : { row, column: firstNonBlank(this.lines[row]) }
  }

  protected abstract openCommandLine(text: string): void
}
