/** vi's motions: where w, f, %, G, text objects and the like lead. */
import { ExError } from "./vi-ex.ts"
import { sentence, sentenceAt } from "./vi-sentences.ts"
import {
  bracketAround,
  charactersOf,
  columnAt,
  displayColumn,
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
  /** Carries out "/pattern/offset" or "?pattern"; "" looks for the last one again. */
  protected searchFor(mark: string, text: string): Motion {
    const forward = mark === "/"
    const pieces = new RegExp(`^((?:\\\\.|[^\\\\${mark}])*)(?:\\${mark}(.*))?$`, "s").exec(text)
    const source = pieces?.[1] || this.search?.source
    if (source === undefined) throw new ExError("E35: No previous regular expression")
    this.search = { source, forward, ...(pieces?.[2] && { offset: pieces[2] }) }
    if (this.options.hlsearch) this.highlight = this.regexOf(source)
    this.marks.set("'", { ...this.cursor })
    return this.found(forward)
  }

  /** The next match of the last search, moved by its offset. */
  protected found(forward: boolean): Motion {
    const { source = "", offset = "" } = this.search ?? {}
    const [, kind, way = "", digits = ""] = /^([esb])?([+-]?)(\d*)/.exec(offset) ?? []
    const by = (way === "-" ? -1 : 1) * (digits === "" ? (way === "" ? 0 : 1) : Number(digits))
    const to = this.find(source, forward, kind === "e" ? "end" : "begin")
    if (kind === undefined && offset !== "") {
      const row = Math.max(0, Math.min(this.lines.length - 1, to.row + by))
      return { to: { row, column: firstNonBlank(this.lines[row]) }, linewise: true }
    }
    return { to: { row: to.row, column: Math.max(0, to.column + by) }, inclusive: kind === "e", jump: true }
  }

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
        if (operator && row + times >= lines.length) return undefined
        return { to: this.#upright(Math.min(lines.length - 1, row + times)), linewise: true }
      }
      case "k":
      case "up":
      case "C-p": {
        if (operator && row - times < 0) return undefined
        return { to: this.#upright(Math.max(0, row - times)), linewise: true }
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
        if (keys[1] === "j" || keys[1] === "k") return this.motion([keys[1]], count, operator)
        if (keys[1] === "n" || keys[1] === "N") {
          if (!this.search) throw new ExError("E35: No previous regular expression")
          const { source } = this.search
          const { cursor } = this
          this.cursor = { row, column: column - 1 }
          const from = this.find(source, keys[1] === "n")
          this.cursor = { row: from.row, column: from.column - 1 }
          const to = this.find(source, true, "end")
          this.cursor = cursor
          return { from, to, inclusive: true }
        }
        if (keys[1] === "_") return { to: { row, column: Math.max(0, lines[row].trimEnd().length - 1) }, inclusive: true }
        return undefined
      }
      case "H":
      case "M":
      case "L": {
        const bottom = Math.min(lines.length, this.top + this.height) - 1
        const target =
          key === "H"
            ? Math.min(bottom, this.top + times - 1)
            : key === "L"
              ? Math.max(this.top, bottom - times + 1)
              : (this.top + bottom) >> 1
        return { to: { row: target, column: firstNonBlank(lines[target]) }, linewise: true }
      }
      case "(":
      case ")":
        return { to: repeat((place) => sentence(lines, place, key === ")")), jump: true }
      case "[":
      case "]": {
        if (keys.length < 2) return "more"
        const name = { "{": "{", "}": "{", "(": "(", ")": "(" }[keys[1]]
        const to = name && bracketAround(lines, this.cursor, name, key === "]")
        return to ? { to, inclusive: key === "]" } : undefined
      }
      case "{":
      case "}":
        return { to: repeat((place) => paragraph(lines, place, key === "}")) }
      case "%": {
        if (count !== undefined) {
          const target = Math.min(lines.length, Math.floor((Math.min(100, count) * lines.length + 99) / 100)) - 1
          return { to: { row: Math.max(0, target), column: firstNonBlank(lines[target]) }, linewise: true }
        }
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
        const at = findCharacter(lines[row], column, character, way, times, true)
        return at === undefined ? undefined : { to: { row, column: at }, inclusive: way === "f" || way === "t" }
      }
      case "n":
      case "N": {
        if (!this.search) throw new ExError("E35: No previous regular expression")
        let motion: Motion | undefined
        const { cursor } = this
        for (let left = Math.min(times, 1_000); left > 0; left--) {
          motion = this.found(this.search.forward === (key === "n"))
          this.cursor = { ...motion.to }
        }
        this.cursor = cursor
        return motion
      }
      case "*":
      case "#": {
        const found = textObject(lines, this.cursor, false, "w")
        const word = found?.from ? this.textIn(found.from, found.to, true) : ""
        if (!/\w/.test(word)) throw new ExError("E348: No string under cursor")
        this.search = { source: `\\<${word}\\>`, forward: key === "*" }
        if (this.options.hlsearch) this.highlight = this.regexOf(this.search.source)
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
        return keys[1] === "s" ? sentenceAt(lines, this.cursor, key === "a") : textObject(lines, this.cursor, key === "a", keys[1], times)
      }
      case "/":
      case "?": {
        // Behind an operator, or with a selection: the pattern is a part of the command.
        const end = keys.indexOf("enter")
        if (end < 0) return "more"
        let text = ""
        for (const one of keys.slice(1, end)) text = one === "backspace" ? text.slice(0, -1) : [...one].length === 1 ? text + one : text
        return this.searchFor(key, text)
      }
      default:
        return undefined
    }
  }

  /** On another line, below or above where the cursor was last put. */
  #upright(row: number): Place {
    const { tabstop } = this.options
    const { cursor } = this
    // On a tab the cursor stands at its end.
    this.wanted ??=
      displayColumn(
        this.lines[cursor.row],
        cursor.column + (charactersOf(this.lines[cursor.row])[cursor.column] === "\t" ? 1 : 0),
        tabstop,
      ) - (charactersOf(this.lines[cursor.row])[cursor.column] === "\t" ? 1 : 0)
    return { row, column: columnAt(this.lines[row], this.wanted, tabstop) }
  }
}
