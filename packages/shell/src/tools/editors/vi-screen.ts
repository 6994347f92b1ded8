/** What vi shows: the text with its numbers and marks, and the line below it. */
import type { Steps } from "@drydock/machine"
import { clip, type FullScreen, shownText, widthOf } from "./full-screen.ts"
import type { ViEditor } from "./vi-editor.ts"
import { before, charactersOf } from "./vi-text.ts"
import type { ViWindows } from "./vi-windows.ts"

const MODES: Readonly<Record<string, string>> = {
  insert: "-- INSERT --",
  replace: "-- REPLACE --",
  visual: "-- VISUAL --",
  "visual-line": "-- VISUAL LINE --",
  "visual-block": "-- VISUAL BLOCK --",
}

export class ViScreen {
  readonly #screen: FullScreen
  readonly #editor: ViEditor

  readonly #windows: ViWindows

  constructor(screen: FullScreen, editor: ViEditor, windows: ViWindows) {
    this.#screen = screen
    this.#editor = editor
    this.#windows = windows
  }

  /** Screen rows of a line, wrapped. */
  #rowsOf(row: number, digits: number): string[] {
    const editor = this.#editor
    const width = this.#screen.columns - digits
    const line = editor.lines[row]
    const number = editor.options.relativenumber && row !== editor.cursor.row ? Math.abs(row - editor.cursor.row) : row + 1
    const head = digits > 0 ? `\x1b[33m${String(number).padStart(digits - 1)} \x1b[0m` : ""
    const text = shownText(line, editor.options.tabstop) + (editor.options.list ? "$" : "")
    const marked = this.#marked(row, text)
    if (!editor.options.wrap || widthOf(text) <= width) return [head + (marked ?? clip(text, width))]
    const rows: string[] = []
    for (let rest = text; rest !== ""; ) {
      const piece = clip(rest, width)
      if (piece === "") break
      rows.push((rows.length === 0 ? head : " ".repeat(digits)) + piece)
      rest = rest.slice(piece.length)
    }
    return rows
  }

  /** The line with what is selected or found made visible; undefined when there is nothing of it in it. */
  #marked(row: number, text: string): string | undefined {
    const editor = this.#editor
    const { options } = editor
    if (widthOf(text) > this.#screen.columns - 8) return undefined
    const characters = charactersOf(editor.lines[row])
    const part = (a: number, b: number) => shownText(characters.slice(a, b).join(""), options.tabstop)
    const marked = (a: number, b: number) => `${part(0, a)}\x1b[7m${part(a, b) || " "}\x1b[27m${part(b, characters.length)}`
    if (editor.mode === "visual-block") {
      const { top, bottom, left, right } = editor.block
      return row < top || row > bottom ? undefined : marked(left, Math.min(right + 1, characters.length))
    }
    if (editor.mode === "visual" || editor.mode === "visual-line") {
      const [from, to] = before(editor.cursor, editor.visualStart)
        ? [editor.cursor, editor.visualStart]
        : [editor.visualStart, editor.cursor]
      if (row < from.row || row > to.row) return undefined
      const start = editor.mode === "visual" && row === from.row ? from.column : 0
      const end = editor.mode === "visual" && row === to.row ? to.column + 1 : characters.length
      return marked(start, end)
    }
    const { highlight } = editor
    if (!highlight || !options.hlsearch || editor.lines[row].includes("\t")) return undefined
    let result = ""
    let at = 0
    const place = { row, last: editor.lines.length - 1, cursor: editor.cursor, mark: () => undefined }
    for (let match = highlight.find(text, at, place); match && match.end > match.index; match = highlight.find(text, at, place)) {
      result += `${text.slice(at, match.index)}\x1b[43;30m${text.slice(match.index, match.end)}\x1b[0m`
      at = match.end
    }
    return at === 0 ? undefined : result + text.slice(at)
  }

  *paint(): Steps<void> {
    const editor = this.#editor
    const { rows, columns } = this.#screen
    const room = rows - 1
    editor.height = room
    const digits = editor.options.number || editor.options.relativenumber ? Math.max(4, String(editor.lines.length).length + 1) : 0
    const { row, column } = editor.cursor
    if (row < editor.top) editor.top = row
    // Down until the cursor's line is seen whole.
    const heightTo = () => {
      let used = 0
      for (let at = editor.top; at <= row && used <= room; at++) used += this.#rowsOf(at, digits).length
      return used
    }
    if (row - editor.top > room) editor.top = row - room + 1
    while (heightTo() > room && editor.top < row) editor.top++
    const lines: string[] = []
    let cursorRow = 0
    let at = editor.top
    while (lines.length < room && at < editor.lines.length) {
      if (at === row) cursorRow = lines.length
      lines.push(...this.#rowsOf(at++, digits))
    }
    lines.length = Math.min(lines.length, room)
    while (lines.length < room) lines.push("\x1b[34m~\x1b[0m")
    const width = columns - digits
    const offset = widthOf(charactersOf(editor.lines[row]).slice(0, column).join(""), editor.options.tabstop)
    // On a tab the cursor stands at its end, except in insert mode.
    const wide = charactersOf(editor.lines[row])[column] === "\t" && editor.mode === "normal"
    const place = wide ? offset + editor.options.tabstop - (offset % editor.options.tabstop) - 1 : offset
    const command = editor.mode === "command" || editor.mode === "search" || editor.mode === "confirm"
    const left = command
      ? editor.commandLine
      : editor.message !== ""
        ? editor.message
        : (MODES[editor.mode] ?? "") + (editor.recording === undefined ? "" : `recording @${editor.recording}`)
    const where = `${row + 1},${editor.lines[row] === "" ? "0-1" : offset === column ? column + 1 : `${column + 1}-${offset + 1}`}`
    const share =
      editor.lines.length <= room
        ? "All"
        : editor.top === 0
          ? "Top"
          : editor.top + room >= editor.lines.length
            ? "Bot"
            : `${Math.floor((editor.top / Math.max(1, editor.lines.length - room)) * 100)}%`
    const right = `${editor.pending.padEnd(11)}${where.padEnd(14)}${share}`
    const status = clip(left, columns)
    const plain = widthOf(status)
    const full =
      !command && columns - plain > right.length + 1 ? `${status}${" ".repeat(columns - plain - right.length - 1)}${right}` : status
    const error = !command && /^E\d+:/.test(editor.message)
    yield* this.#screen.paint(
      [...lines, error ? `\x1b[41;37m${status}\x1b[0m${full.slice(status.length)}` : full],
      command
        ? { row: room, column: Math.min(plain, columns - 1) }
        : {
            row: Math.min(room - 1, cursorRow + (editor.options.wrap ? Math.floor(place / width) : 0)),
            column: Math.min(columns - 1, (place % width) + digits),
          },
    )
  }
}
