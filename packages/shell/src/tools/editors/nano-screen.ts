/** What nano shows: title bar, text, status line, and the keys of the menu it is in (winio.c), with Debian's `set stateflags`. */
import type { Steps } from "@drydock/machine"
import { clip, type FullScreen, shownText, widthOf } from "./full-screen.ts"

/** Keys of each menu, in the pairs that stand above one another. */
export const MENUS = {
  main: [
    "^G Help|^X Exit",
    "^O Write Out|^R Read File",
    "^W Where Is|^\\ Replace",
    "^K Cut|^U Paste",
    "^T Execute|^J Justify",
    "^C Location|^/ Go To Line",
    "M-U Undo|M-E Redo",
    "M-A Set Mark|M-6 Copy",
    "M-] To Bracket|^Q Where Was",
    "M-Q Previous|M-W Next",
    "^B Back|^F Forward",
    "^◂ Prev Word|^▸ Next Word",
    "^A Home|^E End",
  ],
  search: ["^G Help|^C Cancel", "M-C Case Sens|M-R Reg.exp.", "M-B Backwards|^R Replace", "^P Older|^N Newer", "^T Go To Line|"],
  replace: ["^G Help|^C Cancel", "M-C Case Sens|M-R Reg.exp.", "M-B Backwards|^R No Replace", "^P Older|^N Newer"],
  replaceWith: ["^G Help|^C Cancel", "^P Older|^N Newer"],
  write: ["^G Help|^C Cancel", "M-D DOS Format|M-M Mac Format", "M-A Append|M-P Prepend", "M-B Backup File|^T Browse"],
  insert: ["^G Help|^C Cancel", "M-F New Buffer|M-N No Conversion", "^X Execute Command|^T Browse"],
  goto: ["^G Help|^C Cancel", "^W Begin of Paragr.|^O End of Paragraph", "^Y First Line|^V Last Line", "^T Go To Text|"],
  help: [
    "^L Refresh|^X Close",
    "^W Where Is|^Q Where Was",
    "M-Q Previous|M-W Next",
    "^P Prev Line|^N Next Line",
    "^Y Prev Page|^V Next Page",
  ],
} as const

export type Menu = keyof typeof MENUS

export interface NanoView {
  readonly title: string
  readonly lines: readonly string[]
  readonly row: number
  readonly column: number
  readonly top: number
  readonly modified: boolean
  readonly readOnly: boolean
  /** Letters of the modes that are on: I indents, M marks. */
  readonly flags: { readonly indent: boolean; readonly mark: boolean }
  readonly mark: { readonly row: number; readonly column: number } | undefined
  readonly numbers: boolean
  readonly tabs: number
  readonly message: string
}

export interface NanoPrompt {
  readonly text: string
  /** Units of the text before the cursor. */
  readonly at: number
  readonly menu: Menu | "yes" | "yes-all"
}

/** The first column that is shown of a line whose cursor is at `column` (get_page_start). */
export const pageStart = (column: number, width: number): number =>
  column === 0 || column + 2 < width ? 0 : width > 8 ? column - 6 - ((column - 6) % (width - 8)) : column - (width - 2)

const titleBar = ({ title, modified, readOnly, flags }: NanoView, columns: number): string => {
  const state = readOnly ? "View" : "     "
  const taken = readOnly ? 7 : 10
  const length = widthOf(title)
  const at = Math.max(15, 15 + Math.floor((columns - 15 - taken - length) / 2))
  const name = `${"  GNU nano 7.2".padEnd(at)}${title}${modified ? " *" : ""}`
  const right = readOnly ? state : `${flags.indent ? "I" : " "}${flags.mark ? "M" : " "}`
  const place = readOnly ? columns - 6 : columns - 7
  return clip(clip(name, Math.max(place, length)).padEnd(place) + right, columns).padEnd(columns)
}

const hintsOf = (menu: NanoPrompt["menu"], columns: number): string[] => {
  const key = (text: string, width: number) => {
    const [name, ...tag] = text.split(" ")
    const label = clip(tag.join(" "), Math.max(0, width - [...name].length - 1))
    return `\x1b[7m${name}\x1b[27m ${label}`.padEnd(width + 9)
  }
  if (menu === "yes" || menu === "yes-all") {
    const width = 16
    const yes = `\x1b[7m Y\x1b[27m Yes${menu === "yes-all" ? `${" ".repeat(width - 6)}\x1b[7m A\x1b[27m All` : ""}`
    return [yes, `\x1b[7m N\x1b[27m No${" ".repeat(width - 5)}\x1b[7m^C\x1b[27m Cancel`]
  }
  const most = Math.floor((columns + 40) / 20)
  const pairs = MENUS[menu].slice(0, most).map((pair) => pair.split("|"))
  const width = Math.max(1, Math.floor(columns / pairs.length))
  const row = (at: 0 | 1) =>
    pairs
      .map((pair) => (pair[at] === "" ? " ".repeat(width) : key(pair[at], width)))
      .join("")
      .trimEnd()
  return [row(0), row(1)]
}

/** A line as it is shown from `start` on: "<" and ">" say that there is more. */
const bodyLine = (text: string, start: number, width: number): string => {
  const whole = widthOf(text)
  let column = 0
  let shown = ""
  for (const one of text) {
    const wide = widthOf(one)
    if (column >= start) shown += one
    column += wide
  }
  if (start > 0) shown = `\x1b[7m<\x1b[27m${[...shown].slice(1).join("")}`
  const plain = start > 0 ? 9 : 0
  return whole - start > width ? `${clip(shown, width - 1 + plain)}\x1b[7m>\x1b[27m` : shown
}

export class NanoScreen {
  readonly #screen: FullScreen

  constructor(screen: FullScreen) {
    this.#screen = screen
  }

  /** Rows of text. */
  get room(): number {
    return Math.max(1, this.#screen.rows - 4)
  }

  get columns(): number {
    return this.#screen.columns
  }

  *paint(view: NanoView, prompt?: NanoPrompt): Steps<void> {
    const { rows, columns } = this.#screen
    const { lines, row, top, tabs } = view
    const number = view.numbers ? String(lines.length).length + 1 : 0
    const width = columns - number
    const column = widthOf([...lines[row]].slice(0, view.column).join(""), tabs)
    const start = pageStart(column, width)
    const body = Array.from({ length: this.room }, (_, index) => {
      const at = top + index
      if (at >= lines.length) return ""
      const digits = number > 0 ? `\x1b[7m${String(at + 1).padStart(number - 1)}\x1b[27m ` : ""
      return digits + bodyLine(shownText(lines[at], tabs), at === row ? start : 0, width)
    })
    const message =
      view.message === ""
        ? ""
        : `${" ".repeat(Math.max(0, Math.floor((columns - widthOf(view.message) - 4) / 2)))}\x1b[7m[ ${view.message} ]\x1b[27m`
    const hints = hintsOf(prompt?.menu ?? "main", columns)
    const from = prompt ? pageStart(prompt.at, columns) : 0
    const status = prompt ? `\x1b[7m${clip([...prompt.text].slice(from).join(""), columns).padEnd(columns)}\x1b[27m` : message
    yield* this.#screen.paint(
      [`\x1b[7m${titleBar(view, columns)}\x1b[27m`, ...body, status, ...hints],
      prompt ? { row: rows - 3, column: Math.min(prompt.at - from, columns - 1) } : { row: 1 + row - top, column: column - start + number },
    )
  }

  /** The help text, until it is closed. */
  *help(): Steps<void> {
    const { rows, columns } = this.#screen
    const title = "Main nano help text"
    const room = rows - 4
    for (let top = 0; ; ) {
      const text = wrapText(HELP, columns - 1).slice(top, top + room)
      while (text.length < room) text.push("")
      const head = `${" ".repeat(Math.max(0, Math.floor((columns - title.length + 1) / 2)))}${title}`.padEnd(columns)
      yield* this.#screen.paint([`\x1b[7m${head}\x1b[27m`, ...text, "", ...hintsOf("help", columns)], { row: 1, column: 0 })
      const key = yield* this.#screen.key()
      if (key === "C-x" || key === "hangup" || key === "q" || key === "C-c") return
      if (key === "C-v" || key === "page-down" || key === " ") top += room
      if (key === "C-y" || key === "page-up") top = Math.max(0, top - room)
      if (key === "down" || key === "C-n") top++
      if (key === "up" || key === "C-p") top = Math.max(0, top - 1)
    }
  }
}

const HELP = [
  "",
  "The nano editor shows its version, the file's name and whether it was changed in the top line, then the text, and below it a line for messages and two of keys.",
  "",
  "^ is the Control key, M- is Alt or Esc: ^K is Control and k together, M-U is Esc and then u.",
  "",
  "^G  this help          ^X  leave             ^O  write the file",
  "^R  insert a file      ^W  search            ^\\  replace",
  "^K  cut a line         ^U  paste             M-6 copy a line",
  "M-U undo               M-E redo              M-A set a mark",
  "^C  where the cursor is                      ^_  go to a line",
]

const wrapText = (lines: readonly string[], width: number): string[] =>
  lines.flatMap((line) => {
    if (line.length < width) return [line === "" ? "" : ` ${line}`]
    const rows: string[] = []
    let row = ""
    for (const word of line.split(" ")) {
      if (row !== "" && row.length + word.length + 1 >= width) {
        rows.push(row)
        row = ""
      }
      row += ` ${word}`
    }
    return [...rows, row]
  })
