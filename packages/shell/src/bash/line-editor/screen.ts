/** What the terminal shows of a line: prompt, text, cursor, wrapped at the terminal's width. */
import { columnsOf, visible } from "./width.ts"

/** Columns between tab stops. */
const TAB = 8

interface Place {
  row: number
  column: number
}

// Escape sequences in prompts stand between \x01 and \x02, or are plain CSI and OSC.
const INVISIBLE = /\u0001[^\u0002]*\u0002|\u001b\[[0-9;?]*[A-Za-z]|\u001b\][^\u0007]*\u0007/g
const MARKS = /[\u0001\u0002]/g

export class Screen {
  #place: Place = { row: 0, column: 0 }
  #prompt = ""
  #shown = ""
  #point = 0

  /** The text that shows a new prompt and line; the cursor is at the start of a row. */
  draw(prompt: string, characters: readonly string[], point: number, columns: number): string {
    this.#prompt = prompt
    this.#point = point
    const before = characters.slice(0, point)
    const end = this.#walk(characters, columns)
    const at = this.#walk(before, columns)
    const text = this.#text(characters, columns)
    this.#shown = text
    let output = `${prompt.replace(MARKS, "")}${text}`
    // A full last row: the terminal waits with wrapping until something follows.
    if (end.column === 0 && end.row > 0) output += "\r\n"
    output += this.#move(end, at)
    this.#place = at
    return output
  }

  /** As draw, over what is shown now. */
  redraw(prompt: string, characters: readonly string[], point: number, columns: number): string {
    // Typing at the end of a row that has room costs the character alone.
    const text = this.#text(characters, columns)
    if (prompt === this.#prompt && point === this.#point && text === this.#shown) return ""
    if (prompt === this.#prompt && point === characters.length && text.startsWith(this.#shown) && text.length > this.#shown.length) {
      const end = this.#walk(characters, columns)
      const added = text.slice(this.#shown.length)
      if (end.row === this.#place.row && end.column > this.#place.column && this.#atEnd(columns)) {
        this.#place = end
        this.#shown = text
        this.#point = point
        return added
      }
    }
    const up = this.#place.row > 0 ? `\x1b[${this.#place.row}A` : ""
    return `${up}\r\x1b[J${this.draw(prompt, characters, point, columns)}`
  }

  /** The window has another size: what was shown is drawn whole the next time. */
  forget(): void {
    this.#shown = "\0"
  }

  /** Moves below the line, as accepting it does. */
  leave(characters: readonly string[], columns: number): string {
    const end = this.#walk(characters, columns)
    const output = this.#move(this.#place, end)
    return end.column === 0 && end.row > 0 ? output : `${output}\n`
  }

  #atEnd(columns: number): boolean {
    const end = this.#walk([...this.#shown], columns)
    return end.row === this.#place.row && end.column === this.#place.column
  }

  #walk(characters: readonly string[], columns: number): Place {
    let row = 0
    let column = 0
    const step = (width: number) => {
      if (column + width > columns) {
        row++
        column = 0
      }
      column += width
      if (column === columns) {
        row++
        column = 0
      }
    }
    const rows = this.#prompt.replace(INVISIBLE, "").split("\n")
    for (const [at, line] of rows.entries()) {
      if (at > 0) {
        row++
        column = 0
      }
      for (const character of line) step(columnsOf(character))
    }
    for (const character of characters) {
      if (character === "\n") {
        row++
        column = 0
      } else step(character === "\t" ? TAB - (column % TAB) : columnsOf(character))
    }
    return { row, column }
  }

  /** What stands on the screen of the line: tabs are blanks up to the next stop, control characters "^A". */
  #text(characters: readonly string[], columns: number): string {
    if (!characters.includes("\t")) return characters.map(visible).join("")
    let text = ""
    for (const [at, character] of characters.entries())
      text += character === "\t" ? " ".repeat(TAB - (this.#walk(characters.slice(0, at), columns).column % TAB)) : visible(character)
    return text
  }

  #move(from: Place, to: Place): string {
    if (from.row === to.row && from.column === to.column) return ""
    const rows = to.row - from.row
    return `${rows < 0 ? `\x1b[${-rows}A` : rows > 0 ? `\x1b[${rows}B` : ""}\r${to.column > 0 ? `\x1b[${to.column}C` : ""}`
  }
}
