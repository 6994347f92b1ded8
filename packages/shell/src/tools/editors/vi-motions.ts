/** vi's motions: where w, f, %, G, text objects and the like lead. */
import { ExError, viRegex } from "./vi-ex.ts"
import {
  charactersOf,
  findCharacter,
  firstNonBlank,
  lengthOf,
  matchingBracket,
  paragraph,
  textObject,
  wordBackward,
  wordEnd,
  wordForward,
  type Motion,
  type Place,
} from "./vi-text.ts"
import { ViBuffer } from "./vi-buffer.ts"

export abstract class ViMotions extends ViBuffer {
  /** Where keys lead; "more" when they are not all there, undefined when they lead nowhere. */
  protected motion(keys: string[], count: number | undefined, operator?: string): Motion | "more" | undefined {
    const key = keys[0]
    const times = count ?? 1
    const { lines } = this
    let { row, column } = this.cursor
    const repeat = (work: (place: Place) => Place): Place => {
      let place: Place = { row, column }
      for (let at = 0; at < times; at++) place = work(place)
      return place
    }
    if (key !== "j" && key !== "k" && key !== "up" && key !== "down" && key !== "$" && key !== "C-n" && key !== "C-p")
      this.wanted = undefined
    switch (key) {
      case "h":
      case "left":
      case "backspace":
        return { to: { row, column: Math.max(0, column - times) } }
      case "l":
      case "right":
      case " ":
        return { to: { row, column: Math.min(Math.max(0, lengthOf(lines[row]) - (operator ? 0 : 1)), column + times) } }
      case "j":
      case "down":
      case "C-n":
      case "C-j": {
        this.wanted ??= column
        if (operator && row + times >= lines.length) return undefined
        return { to: { row: Math.min(lines.length - 1, row + times), column: this.wanted }, linewise: true }
      }
      case "k":
      case "up":
      case "C-p": {
        this.wanted ??= column
        if (operator && row - times < 0) return undefined
        return { to: { row: Math.max(0, row - times), column: this.wanted }, linewise: true }
      }
      case "enter":
      case "+":
        row = Math.min(lines.length - 1, row + times)
        return { to: { row, column: firstNonBlank(lines[row]) }, linewise: true }
      case "-":
        row = Math.max(0, row - times)
        return { to: { row, column: firstNonBlank(lines[row]) }, linewise: true }
      case "0":
      case "home":
        return { to: { row, column: 0 } }
      case "^":
      case "_":
        return { to: { row, column: firstNonBlank(lines[row]) } }
      case "$":
      case "end":
        row = Math.min(lines.length - 1, row + times - 1)
        this.wanted = Number.MAX_SAFE_INTEGER
        return { to: { row, column: Math.max(0, lengthOf(lines[row]) - 1) }, inclusive: lengthOf(lines[row]) > 0 }
      case "|":
        return { to: { row, column: times - 1 } }
      case "w":
      case "W": {
        // cw is ce, and dw of a line's last word stops at its end.
        const blank = /\s/.test(charactersOf(lines[row])[column] ?? " ")
        if (operator === "c" && !blank) return { to: repeat((place) => wordEnd(lines, place, key === "W")), inclusive: true }
        const to = repeat((place) => wordForward(lines, place, key === "W"))
        if (operator && to.row > row && charactersOf(lines[to.row]).slice(0, to.column).join("").trim() === "")
          return { to: { row: to.row - 1, column: lengthOf(lines[to.row - 1]) } }
        return { to }
      }
      case "b":
      case "B":
        return { to: repeat((place) => wordBackward(lines, place, key === "B")) }
      case "e":
      case "E":
        return { to: repeat((place) => wordEnd(lines, place, key === "E")), inclusive: true }
      case "G": {
        const target = count === undefined ? lines.length - 1 : Math.min(lines.length, times) - 1
        this.marks.set("'", { ...this.cursor })
        return { to: { row: target, column: firstNonBlank(lines[target]) }, linewise: true }
      }
      case "g": {
        if (keys.length < 2) return "more"
        if (keys[1] === "g") {
          this.marks.set("'", { ...this.cursor })
          const target = Math.min(lines.length, times) - 1
          return { to: { row: target, column: firstNonBlank(lines[target]) }, linewise: true }
        }
        if (keys[1] === "e")
          return { to: wordEnd(lines, wordBackward(lines, wordBackward(lines, this.cursor, false), false), false), inclusive: true }
        if (keys[1] === "_") return { to: { row, column: Math.max(0, lines[row].trimEnd().length - 1) }, inclusive: true }
        return undefined
      }
      case "H":
        return { to: { row: Math.min(lines.length - 1, this.top + times - 1), column: 0 }, linewise: true }
      case "M":
        return { to: { row: Math.min(lines.length - 1, this.top + Math.floor(this.height / 2)), column: 0 }, linewise: true }
      case "L":
        return { to: { row: Math.min(lines.length - 1, this.top + this.height - times), column: 0 }, linewise: true }
      case "{":
      case "}":
        return { to: repeat((place) => paragraph(lines, place, key === "}")) }
      case "%": {
        const to = matchingBracket(lines, this.cursor)
        return to && { to, inclusive: true }
      }
      case "f":
      case "F":
      case "t":
      case "T": {
        if (keys.length < 2) return "more"
        this.lastFind = { character: keys[1], kind: key }
        const at = findCharacter(lines[row], column, keys[1], key, times)
        return at === undefined ? undefined : { to: { row, column: at }, inclusive: key === "f" || key === "t" }
      }
      case ";":
      case ",": {
        if (!this.lastFind) return undefined
        const { character, kind } = this.lastFind
        const way = key === ";" ? kind : kind === kind.toLowerCase() ? kind.toUpperCase() : kind.toLowerCase()
        const at = findCharacter(lines[row], column, character, way, times)
        return at === undefined ? undefined : { to: { row, column: at }, inclusive: way === "f" || way === "t" }
      }
      case "n":
      case "N": {
        if (!this.search) throw new ExError("E35: No previous regular expression")
        const to = this.find(this.search.source, this.search.forward === (key === "n"))
        return to && { to }
      }
      case "*":
      case "#": {
        const found = textObject(lines, this.cursor, false, "w")
        const word = found?.from ? this.textIn(found.from, found.to, true) : ""
        if (!/\w/.test(word)) throw new ExError("E348: No string under cursor")
        this.search = { source: `\\<${word}\\>`, forward: key === "*" }
        if (this.options.hlsearch) this.highlight = viRegex(this.search.source, this.options.ignorecase)
        const to = this.find(this.search.source, key === "*")
        return to && { to }
      }
      case "'":
      case "`": {
        if (keys.length < 2) return "more"
        const mark = this.marks.get(keys[1] === "`" ? "'" : keys[1])
        if (!mark) throw new ExError("E20: Mark not set")
        return key === "'" ? { to: { row: mark.row, column: firstNonBlank(lines[mark.row]) }, linewise: true } : { to: { ...mark } }
      }
      case "i":
      case "a": {
        if (!operator) return undefined
        if (keys.length < 2) return "more"
        return textObject(lines, this.cursor, key === "a", keys[1])
      }
      case "/":
      case "?":
        return undefined
      default:
        return undefined
    }
  }
}
