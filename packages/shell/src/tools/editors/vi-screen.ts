/** What vi shows: its windows, the line below them, and pages that wait for a key (screen.c, message.c). */
import type { Steps } from "@drydock/machine"
import { clip, type FullScreen, shownText, widthOf } from "./full-screen.ts"
import type { ViEditor } from "./vi-editor.ts"
import { before, charactersOf, displayColumn, lengthOf } from "./vi-text.ts"
import { type Looked, numberWidth, rulerOf, shareOf, shortened, topFor, viewOf } from "./vi-view.ts"
import type { ViWindows, Window } from "./vi-windows.ts"

const MODES: Readonly<Record<string, string>> = {
  insert: "-- INSERT --",
  replace: "-- REPLACE --",
  visual: "-- VISUAL --",
  "visual-line": "-- VISUAL LINE --",
  "visual-block": "-- VISUAL BLOCK --",
}
const SELECTED = "\x1b[7m"
const FOUND = "\x1b[43;30m"
/** Columns of the ruler and of the keys typed so far, at the right of the last line. */
const RULER = 18
const TYPED = 10

export class ViScreen {
  readonly #screen: FullScreen
  readonly #editor: ViEditor
  readonly #windows: ViWindows
  /** Columns that are scrolled away, when lines are not wrapped. */
  #left = 0

  constructor(screen: FullScreen, editor: ViEditor, windows: ViWindows) {
    this.#screen = screen
    this.#editor = editor
    this.#windows = windows
  }

  #marks(row: number): { from: number; to: number; style: string }[] {
    const editor = this.#editor
    const { length } = charactersOf(editor.lines[row])
    if (editor.mode === "visual-block") {
      const { top, bottom, left, right } = editor.block
      return row < top || row > bottom ? [] : [{ from: left, to: Math.min(right + 1, length), style: SELECTED }]
    }
    if (editor.mode === "visual" || editor.mode === "visual-line") {
      const [from, to] = before(editor.cursor, editor.visualStart)
        ? [editor.cursor, editor.visualStart]
        : [editor.visualStart, editor.cursor]
      if (row < from.row || row > to.row) return []
      const start = editor.mode === "visual" && row === from.row ? from.column : 0
      const end = editor.mode === "visual" && row === to.row ? to.column + 1 : length
      return [{ from: start, to: Math.max(end, start), style: SELECTED }]
    }
    const { highlight } = editor
    if (!highlight || !editor.options.hlsearch) return []
    const line = editor.lines[row]
    const marks: { from: number; to: number; style: string }[] = []
    const place = { row, last: editor.lines.length - 1, cursor: editor.cursor, mark: () => undefined }
    let at = 0
    for (
      let match = highlight.find(line, at, place);
      match && match.end > match.index && marks.length < 200;
      match = highlight.find(line, at, place)
    ) {
      const from = charactersOf(line.slice(0, match.index)).length
      marks.push({ from, to: from + charactersOf(line.slice(match.index, match.end)).length, style: FOUND })
      at = match.end
    }
    return marks
  }

  #looked(window: Window): Looked {
    const editor = this.#editor
    const { options } = editor
    if (window === this.#windows.current) return { lines: editor.lines, cursor: editor.cursor, options, marks: (row) => this.#marks(row) }
    const lines = window.buffer === this.#windows.current.buffer ? editor.lines : (window.buffer.state?.lines ?? [""])
    const row = Math.min(window.cursor.row, lines.length - 1)
    return { lines, cursor: { row, column: window.cursor.column }, options, marks: () => [] }
  }

  #statusOf(window: Window, looked: Looked, width: number, height: number): string {
    const editor = this.#editor
    const modified = window.buffer === this.#windows.current.buffer ? editor.modified : window.buffer.state?.modified === true
    const name = `${window.buffer.path ?? "[No Name]"}${modified ? " [+]" : ""}${editor.options.readonly ? " [RO]" : ""}`
    const empty = looked.lines.length === 1 && looked.lines[0] === "" && window.buffer.path === undefined
    // The ruler begins at the middle of a narrow window, and ends with it.
    const place = Math.max(name.length + 1, width - RULER, (width + 1) >> 1)
    const ruler = `${rulerOf(looked, empty, false).padEnd(Math.max(0, width - place - 3))}${shareOf(looked.lines.length, window.top, height)}`
    return clip(`${name.padEnd(place)}${ruler}`, width).padEnd(width)
  }

  /** The windows beside and above one another, and where the cursor is. */
  #draw(room: number): { rows: string[]; cursor: { row: number; column: number } } {
    const { columns: wide } = this.#screen
    const { columns } = this.#windows
    const several = this.#windows.all.length > 1
    const rows = Array.from({ length: room }, () => "")
    let cursor = { row: 0, column: 0 }
    let x = 0
    for (const [at, column] of columns.entries()) {
      const rest = columns.length - at
      const width = rest === 1 ? wide - x : Math.ceil((wide - x - (rest - 1)) / rest)
      let y = 0
      for (const [index, window] of column.entries()) {
        const left = column.length - index
        const share = left === 1 ? room - y : Math.ceil((room - y) / left)
        const height = Math.max(1, several ? share - 1 : share)
        const own = window === this.#windows.current
        const looked = this.#looked(window)
        if (own) this.#scroll(window, looked, height, width)
        const { rows: shown, cursorRow } = viewOf(looked, own ? this.#editor.top : window.top, height, width, own ? this.#left : 0)
        if (own) cursor = this.#cursorIn(looked, y + cursorRow, x, width)
        for (const [row, text] of shown.entries()) {
          const plain = widthOf(text.replace(/\x1b\[[0-9;]*m/g, ""))
          rows[y + row] += rest > 1 ? `${text}\x1b[0m${" ".repeat(Math.max(0, width - plain))}\x1b[7m|\x1b[27m` : text
        }
        if (several) {
          const status = this.#statusOf(window, looked, width, height)
          rows[y + height] += `\x1b[${own ? "1;" : ""}7m${status}\x1b[0m${rest > 1 ? "\x1b[7m \x1b[27m" : ""}`
        }
        y += share
      }
      x += width + 1
    }
    return { rows, cursor }
  }

  #scroll(window: Window, looked: Looked, height: number, width: number): void {
    const editor = this.#editor
    editor.height = height
    editor.columns = Math.max(1, width - numberWidth(looked.options, looked.lines.length))
    editor.top = topFor(looked, Math.min(editor.top, looked.lines.length - 1), height, width)
    window.top = editor.top
    if (looked.options.wrap) this.#left = 0
    else {
      const column = displayColumn(looked.lines[looked.cursor.row], looked.cursor.column, looked.options.tabstop)
      if (column < this.#left || column >= this.#left + editor.columns) this.#left = Math.max(0, column - (editor.columns >> 1))
    }
  }

  #cursorIn({ lines, cursor, options }: Looked, row: number, x: number, width: number): { row: number; column: number } {
    const digits = numberWidth(options, lines.length)
    const room = Math.max(1, width - digits)
    const line = lines[cursor.row]
    const offset = displayColumn(line, cursor.column, options.tabstop) - this.#left
    const tab = charactersOf(line)[cursor.column] === "\t" && this.#editor.mode === "normal" && !options.list
    const place = tab ? offset + options.tabstop - (offset % options.tabstop) - 1 : offset
    return options.wrap
      ? { row: row + Math.floor(place / room), column: x + digits + (place % room) }
      : { row, column: x + digits + Math.min(place, room - 1) }
  }

  /** The size of what is selected, or the keys of a command so far. */
  #typed(): string {
    const editor = this.#editor
    const { visualStart: a, cursor: b } = editor
    const lines = Math.abs(a.row - b.row) + 1
    if (editor.mode === "visual-line") return String(lines)
    if (editor.mode === "visual-block") return `${lines}x${Math.abs(a.column - b.column) + 1}`
    if (editor.mode === "visual")
      return String(lines > 1 ? lines : Math.min(lengthOf(editor.lines[b.row]), Math.abs(a.column - b.column) + 1))
    return shownText(editor.pending).slice(-TYPED)
  }

  #mode(): string {
    const editor = this.#editor
    const { again } = editor
    const mode = again ? `-- (${again}) --` : (MODES[editor.mode] ?? "")
    const pasting =
      editor.options.paste && (editor.mode === "insert" || editor.mode === "replace") ? mode.replace(" --", " (paste) --") : mode
    return pasting + (editor.recording === undefined ? "" : `recording @${editor.recording}`)
  }

  /** The last line: a message or the mode, the keys so far, and the ruler when there is no status line for it. */
  #lastLine(top: number): { text: string; error: boolean; message: string } {
    const editor = this.#editor
    const { columns } = this.#screen
    const several = this.#windows.all.length > 1
    const mode = this.#mode()
    const ruler = editor.options.ruler && !several ? RULER : 0
    const room = columns - ruler - (editor.options.showcmd ? TYPED : 0) - 1
    const error = /^(?:E|W)\d+:/.test(editor.message) && mode === ""
    const message = mode !== "" ? mode : error ? editor.message : shortened(shownText(editor.message), room)
    let text = clip(message, columns)
    if (editor.options.showcmd && widthOf(text) < columns - ruler - TYPED) {
      text += " ".repeat(Math.max(0, columns - ruler - TYPED - widthOf(text))) + this.#typed()
    }
    if (ruler > 0 && widthOf(message) < columns - ruler) {
      const looked = this.#looked(this.#windows.current)
      const empty = editor.empty && editor.lines.length === 1 && editor.lines[0] === ""
      const insert = editor.mode === "insert" || editor.mode === "replace"
      text =
        text +
        " ".repeat(Math.max(0, columns - ruler - widthOf(text))) +
        rulerOf(looked, empty, insert).padEnd(14) +
        shareOf(editor.lines.length, top, editor.height)
    }
    return { text, error, message }
  }

  *paint(): Steps<void> {
    const editor = this.#editor
    const { rows: high, columns } = this.#screen
    const room = high - 1
    const { rows, cursor } = this.#draw(room)
    const waiting = editor.page ?? (this.#tooLong() ? [editor.message] : undefined)
    if (waiting) {
      editor.page = waiting
      const lines = waiting.flatMap((line) => wrapLine(line, columns))
      const shown = [...rows, ...lines].slice(-room)
      const prompt = "Press ENTER or type command to continue"
      yield* this.#screen.paint([...shown, `\x1b[32m${prompt}\x1b[0m`], { row: room, column: Math.min(prompt.length, columns - 1) })
      return
    }
    if (editor.mode === "command" || editor.mode === "search" || editor.mode === "confirm") {
      const line = shownText(editor.commandLine)
      const column = widthOf(shownText(editor.commandLine.slice(0, editor.commandAt)))
      yield* this.#screen.paint([...rows, clip(line, columns)], { row: room, column: Math.min(column, columns - 1) })
      return
    }
    const { text, error, message } = this.#lastLine(editor.top)
    const last = error ? `\x1b[41;37m${message}\x1b[0m${text.slice(message.length)}` : text
    yield* this.#screen.paint([...rows, last], cursor)
  }

  /** An error that would run into the ruler is shown with a question to go on. */
  #tooLong(): boolean {
    const { message, mode } = this.#editor
    return mode === "normal" && /^(?:E|W)\d+:/.test(message) && widthOf(message) >= this.#screen.columns - RULER - TYPED
  }
}

const wrapLine = (line: string, columns: number): string[] => {
  const rows: string[] = []
  let rest = shownText(line)
  do {
    const piece = clip(rest, columns)
    rows.push(piece)
    rest = rest.slice(piece.length)
  } while (rest !== "")
  return rows
}
