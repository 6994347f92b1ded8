/** One window of vi as rows of the screen: numbers, wrapped lines, what is selected or found (drawline.c, move.c). */
import { clip, shownText, widthOf } from "./full-screen.ts"
import type { Options } from "./vi-state.ts"
import { charactersOf, displayColumn, type Place } from "./vi-text.ts"

/** What a window shows. */
export interface Looked {
  readonly lines: readonly string[]
  readonly cursor: Place
  readonly options: Options
  /** Units of a row's text that stand out, and how; columns of characters. */
  readonly marks: (row: number) => readonly { from: number; to: number; style: string }[]
}

/** Columns that numbers take. */
export const numberWidth = (options: Options, count: number): number =>
  options.number || options.relativenumber ? Math.max(options.numberwidth, String(count).length + 1) : 0

/** 'list': the end of a line and its tabs are seen. */
const listed = (line: string): string => `${line.replaceAll("\t", "^I")}$`

/** A row's characters with the marks in them, tabs as blanks. */
const styled = (line: string, { options, marks }: Looked, row: number): string => {
  const parts = marks(row)
  if (parts.length === 0) return shownText(options.list ? listed(line) : line, options.tabstop)
  const characters = charactersOf(line)
  let text = ""
  let at = 0
  const upTo = (end: number) => {
    const before = displayColumn(line, at, options.tabstop)
    const piece = characters.slice(at, end).join("")
    // Tabs are as wide as where they stand makes them.
    text += shownText(" ".repeat(before % options.tabstop) + piece, options.tabstop).slice(before % options.tabstop)
    at = end
  }
  for (const { from, to, style } of parts) {
    if (from < at || from > characters.length) continue
    upTo(from)
    text += style
    if (from === characters.length) text += " "
    upTo(Math.min(to, characters.length))
    text += "\x1b[0m"
  }
  upTo(characters.length)
  return text
}

/** Screen rows of a line. */
export const rowsOf = (looked: Looked, row: number, width: number, left: number): string[] => {
  const { options, lines, cursor } = looked
  const digits = numberWidth(options, lines.length)
  const own = row === cursor.row
  const number = options.relativenumber && !(own && options.number) ? Math.abs(row - cursor.row) : row + 1
  const shown = own && options.relativenumber && options.number ? String(number).padEnd(digits - 1) : String(number).padStart(digits - 1)
  const head = digits > 0 ? `\x1b[33m${shown} \x1b[0m` : ""
  const room = Math.max(1, width - digits)
  const text = styled(lines[row], looked, row)
  const pieces = wrapped(text, room, options.wrap ? 0 : left, options.wrap)
  return pieces.map((piece, at) => (at === 0 ? head : " ".repeat(digits)) + piece)
}

/** Text with sequences in it, in rows of `width` columns; a style goes on in the next row. */
const wrapped = (text: string, width: number, skip: number, wrap: boolean): string[] => {
  const rows: string[] = []
  let [row, used, style, column] = ["", 0, "", 0]
  for (const [piece, sequence] of text.matchAll(/(\x1b\[[0-9;]*m)|[\s\S]/gu)) {
    if (sequence !== undefined) {
      style = sequence === "\x1b[0m" ? "" : sequence
      row += sequence
      continue
    }
    const wide = widthOf(piece)
    column += wide
    if (column <= skip) continue
    if (used + wide > width) {
      if (!wrap) break
      rows.push(row)
      row = style
      used = 0
    }
    row += piece
    used += wide
  }
  return [...rows, row]
}

/** How many rows a line takes. */
export const heightOf = (looked: Looked, row: number, width: number): number => {
  const { options, lines } = looked
  if (!options.wrap) return 1
  const room = Math.max(1, width - numberWidth(options, lines.length))
  const text = widthOf(options.list ? listed(lines[row]) : lines[row], options.tabstop)
  return Math.max(1, Math.ceil(text / room))
}

/** The first row that is shown so that the cursor's line is, with 'scrolloff' lines around it; far jumps bring it to the middle. */
export const topFor = (looked: Looked, top: number, height: number, width: number): number => {
  const { cursor, lines, options } = looked
  const { row } = cursor
  const off = Math.min(options.scrolloff, Math.max(0, (height - 1) >> 1))
  const high = (from: number, to: number) => {
    let sum = 0
    for (let at = from; at <= to && sum <= height * 3; at++) sum += heightOf(looked, at, width)
    return sum
  }
  const middle = () => {
    let [above, below, used] = [row, row, heightOf(looked, row, width)]
    while (used < height && (above > 0 || below < lines.length - 1)) {
      if (below < lines.length - 1) used += heightOf(looked, ++below, width)
      if (used < height && above > 0) used += heightOf(looked, --above, width)
      else if (used >= height) break
    }
    return above
  }
  if (row - off < top) {
    const wanted = Math.max(0, row - off)
    return top - wanted >= Math.max(2, height >> 1) ? middle() : Math.min(top, wanted)
  }
  const last = Math.min(lines.length - 1, row + off)
  if (high(top, last) <= height) return top
  // How far the cursor is below what is shown.
  let bottom = top
  for (let used = 0; bottom < lines.length; bottom++) {
    used += heightOf(looked, bottom, width)
    if (used > height) break
  }
  if (last - bottom + 1 > height >> 1) return middle()
  let at = last
  for (let used = heightOf(looked, last, width); at > 0; at--) {
    used += heightOf(looked, at - 1, width)
    if (used > height) break
  }
  return Math.min(at, row)
}

/** A window's rows, and where in them the cursor is. */
export const viewOf = (looked: Looked, top: number, height: number, width: number, left: number): { rows: string[]; cursorRow: number } => {
  const rows: string[] = []
  let cursorRow = 0
  let at = top
  while (rows.length < height && at < looked.lines.length) {
    if (at === looked.cursor.row) cursorRow = rows.length
    const next = rowsOf(looked, at, width, left)
    // A line that does not fit as a whole is not begun.
    if (rows.length > 0 && rows.length + next.length > height) {
      while (rows.length < height) rows.push("\x1b[34m@\x1b[0m")
      break
    }
    rows.push(...next)
    at++
  }
  rows.length = Math.min(rows.length, height)
  while (rows.length < height) rows.push("\x1b[34m~\x1b[0m")
  return { rows, cursorRow }
}

/** "Top", "Bot", "All", or how much is above. */
export const shareOf = (count: number, top: number, height: number): string => {
  const below = count - top - height
  if (top === 0) return below <= 0 ? "All" : "Top"
  return below <= 0 ? "Bot" : `${Math.floor((top * 100) / (top + below))}%`
}

/** "3,5-9": line, byte and screen column. */
export const rulerOf = ({ lines, cursor, options }: Looked, empty: boolean, insert: boolean): string => {
  const line = lines[cursor.row] ?? ""
  const characters = charactersOf(line)
  const before = characters.slice(0, cursor.column).join("")
  const bytes = new TextEncoder().encode(before).length + 1
  const begin = displayColumn(line, cursor.column, options.tabstop)
  // On a tab the cursor stands at its end, except where text is typed in.
  const tab = characters[cursor.column] === "\t" && !insert
  const column = (tab ? begin + options.tabstop - (begin % options.tabstop) : begin + 1) || 1
  const row = empty ? 0 : cursor.row + 1
  if (line === "") return `${row},0-1`
  return `${row},${bytes === column ? bytes : `${bytes}-${column}`}`
}

/** As much of a message as there is room for, its middle left out. */
export const shortened = (text: string, room: number): string => {
  if (widthOf(text) <= room) return text
  const half = Math.floor((room - 3) / 2)
  const characters = [...text]
  return `${clip(text, half)}...${characters.slice(characters.length - (room - 3 - half)).join("")}`
}
