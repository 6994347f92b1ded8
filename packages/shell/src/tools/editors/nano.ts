/** nano: a small editor without modes. */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { parseOptions } from "../reading.ts"
import { clip, FullScreen, shownText, widthOf } from "./full-screen.ts"

const HELP = [
  ["^G Help", "^O Write Out", "^W Where Is", "^K Cut", "^T Execute", "^C Location"],
  ["^X Exit", "^R Read File", "^\\ Replace", "^U Paste", "^J Justify", "^/ Go To Line"],
]
const MAX_UNDO = 200

interface State {
  lines: string[]
  row: number
  column: number
}

class Nano {
  readonly #screen: FullScreen
  readonly #process: Process
  #path: string
  #lines: string[]
  #row = 0
  #column = 0
  #top = 0
  #modified = false
  #message: string
  #cut: string[] = []
  #lastCut = false
  #undo: State[] = []
  #redo: State[] = []
  #typing = false
  #search = ""
  readonly #tabs: { size: number; blanks: boolean }
  readonly #numbers: boolean
  readonly #readOnly: boolean

  constructor(
    screen: FullScreen,
    file: { path: string; lines: string[]; message: string },
    options: { tabSize: number; tabsToSpaces: boolean; numbers: boolean; readOnly: boolean; row: number },
  ) {
    this.#screen = screen
    this.#process = screen.process
    this.#path = file.path
    this.#lines = file.lines
    this.#message = file.message
    this.#tabs = { size: options.tabSize, blanks: options.tabsToSpaces }
    this.#numbers = options.numbers
    this.#readOnly = options.readOnly
    this.#row = Math.max(0, Math.min(options.row, file.lines.length - 1))
  }

  #remember(typing: boolean): void {
    if (typing && this.#typing) return
    this.#typing = typing
    this.#undo.push({ lines: [...this.#lines], row: this.#row, column: this.#column })
    if (this.#undo.length > MAX_UNDO) this.#undo.shift()
    this.#redo = []
  }

  #swap(from: State[], to: State[]): void {
    const state = from.pop()
    if (!state) {
      this.#message = from === this.#undo ? "Nothing to undo" : "Nothing to redo"
      return
    }
    to.push({ lines: [...this.#lines], row: this.#row, column: this.#column })
    this.#lines = [...state.lines]
    this.#row = state.row
    this.#column = state.column
    this.#modified = true
    this.#typing = false
  }

  get #line(): string[] {
    return [...(this.#lines[this.#row] ?? "")]
  }

  #change(text: string): void {
    this.#lines[this.#row] = text
    this.#modified = true
  }

  #insert(text: string): void {
    this.#remember(true)
    const line = this.#line
    this.#change(line.slice(0, this.#column).join("") + text + line.slice(this.#column).join(""))
    this.#column += [...text].length
  }

  #newLine(): void {
    this.#remember(false)
    const line = this.#line
    // As with autoindent, which most configurations set.
    const rest = line.slice(this.#column).join("")
    this.#change(line.slice(0, this.#column).join(""))
    this.#lines.splice(this.#row + 1, 0, rest)
    this.#row++
    this.#column = 0
  }

  #backspace(): void {
    if (this.#column > 0) {
      this.#remember(true)
      const line = this.#line
      line.splice(this.#column - 1, 1)
      this.#change(line.join(""))
      this.#column--
    } else if (this.#row > 0) {
      this.#remember(false)
      this.#column = [...this.#lines[this.#row - 1]].length
      this.#lines[this.#row - 1] += this.#lines[this.#row]
      this.#lines.splice(this.#row, 1)
      this.#row--
      this.#modified = true
    }
  }

  #delete(): void {
    const line = this.#line
    if (this.#column < line.length) {
      this.#remember(true)
      line.splice(this.#column, 1)
      this.#change(line.join(""))
    } else if (this.#row < this.#lines.length - 1) {
      this.#remember(false)
      this.#change(line.join("") + this.#lines[this.#row + 1])
      this.#lines.splice(this.#row + 1, 1)
    }
  }

  #cutLine(): void {
    this.#remember(false)
    if (!this.#lastCut) this.#cut = []
    this.#cut.push(this.#lines[this.#row])
    this.#lines.splice(this.#row, 1)
    if (this.#lines.length === 0) this.#lines.push("")
    this.#row = Math.min(this.#row, this.#lines.length - 1)
    this.#column = 0
    this.#modified = true
  }

  #paste(): void {
    if (this.#cut.length === 0) return
    this.#remember(false)
    this.#lines.splice(this.#row, 0, ...this.#cut)
    this.#row += this.#cut.length
    this.#column = 0
    this.#modified = true
  }

  #moveTo(row: number, column: number): void {
    this.#typing = false
    this.#row = Math.max(0, Math.min(row, this.#lines.length - 1))
    this.#column = Math.max(0, Math.min(column, this.#line.length))
  }

  #step(by: 1 | -1): void {
    const next = this.#column + by
    if (next < 0) {
      if (this.#row > 0) this.#moveTo(this.#row - 1, Number.POSITIVE_INFINITY)
    } else if (next > this.#line.length) {
      if (this.#row < this.#lines.length - 1) this.#moveTo(this.#row + 1, 0)
    } else this.#moveTo(this.#row, next)
  }

  *#paint(prompt?: { text: string; hints: readonly (readonly string[])[] }): Steps<void> {
    const { rows, columns } = this.#screen
    const room = Math.max(1, rows - 4)
    if (this.#row < this.#top) this.#top = this.#row
    if (this.#row >= this.#top + room) this.#top = this.#row - room + 1
    const title = this.#path || "New Buffer"
    const left = "  GNU nano 7.2"
    const right = this.#modified ? "Modified  " : "  "
    const middle = Math.max(left.length + 1, Math.floor((columns - title.length) / 2))
    const head = `${left.padEnd(middle)}${title}`.padEnd(columns - right.length).slice(0, columns - right.length) + right
    const number = this.#numbers ? String(this.#lines.length).length + 1 : 0
    const before = [...this.#lines[this.#row]].slice(0, this.#column).join("")
    const column = widthOf(before, this.#tabs.size)
    // A long line is shifted so that the cursor can be seen.
    const shift = Math.max(0, Math.floor((column - (columns - number - 2)) / 8 + 1) * 8)
    const body = Array.from({ length: room }, (_, at) => {
      const row = this.#top + at
      if (row >= this.#lines.length) return ""
      const text = [...shownText(this.#lines[row], this.#tabs.size)].slice(row === this.#row ? shift : 0).join("")
      const digits = number > 0 ? `${String(row + 1).padStart(number - 1)} ` : ""
      return digits + clip(text, columns - number)
    })
    const hints = (prompt?.hints ?? HELP).map((row) => {
      const width = Math.floor(columns / Math.max(1, row.length))
      return row
        .map(
          (hint) =>
            `\x1b[7m${hint.split(" ")[0]}\x1b[27m ${hint.slice(hint.indexOf(" ") + 1)}${" ".repeat(Math.max(0, width - hint.length))}`,
        )
        .join("")
    })
    const message =
      this.#message === ""
        ? ""
        : `${" ".repeat(Math.max(0, Math.floor((columns - this.#message.length - 4) / 2)))}\x1b[7m[ ${this.#message} ]\x1b[27m`
    const status = prompt ? `\x1b[7m${prompt.text.padEnd(columns)}\x1b[27m` : message
    yield* this.#screen.paint(
      [`\x1b[7m${head}\x1b[27m`, ...body, status, hints[0] ?? "", hints[1] ?? ""],
      prompt
        ? { row: rows - 3, column: Math.min(prompt.text.length, columns - 1) }
        : { row: 1 + this.#row - this.#top, column: column - shift + number },
    )
  }

  /** A line typed at the bottom; undefined when it is cancelled. */
  *#ask(question: string, given = ""): Steps<string | undefined> {
    let text = given
    for (;;) {
      yield* this.#paint({ text: `${question}: ${text}`, hints: [["^G Help"], ["^C Cancel"]] })
      const key = yield* this.#screen.key()
      if (key === "enter") return text
      if (key === "C-c" || key === "escape" || key === "hangup") {
        this.#message = "Cancelled"
        return undefined
      }
      if (key === "backspace") text = text.slice(0, -1)
      else if (key === "C-u" || key === "C-k") text = ""
      else if ([...key].length === 1) text += key
    }
  }

  *#save(ask: boolean): Steps<boolean> {
    const name = ask || this.#path === "" ? yield* this.#ask("File Name to Write", this.#path) : this.#path
    if (name === undefined || name === "") return false
    try {
      this.#process.files.write(name, this.#lines.length === 1 && this.#lines[0] === "" ? "" : `${this.#lines.join("\n")}\n`)
      this.#path = name
      this.#modified = false
      this.#message = `Wrote ${this.#lines.length} line${this.#lines.length === 1 ? "" : "s"}`
      return true
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      this.#message = `Error writing ${name}: ${error.message}`
      return false
    }
  }

  /** True when the editor may end. */
  *#leave(): Steps<boolean> {
    if (!this.#modified) return true
    for (;;) {
      yield* this.#paint({ text: "Save modified buffer? ", hints: [[" Y Yes"], [" N No", "^C Cancel"]] })
      const key = (yield* this.#screen.key()).toLowerCase()
      if (key === "n" || key === "hangup") return true
      if (key === "y") return yield* this.#save(true)
      if (key === "c-c" || key === "escape") {
        this.#message = "Cancelled"
        return false
      }
    }
  }

  #find(text: string): boolean {
    const needle = text.toLowerCase()
    for (let offset = 0; offset <= this.#lines.length; offset++) {
      const row = (this.#row + offset) % this.#lines.length
      const line = this.#lines[row].toLowerCase()
      const at = line.indexOf(needle, offset === 0 ? [...this.#lines[row]].slice(0, this.#column + 1).join("").length : 0)
      if (at < 0) continue
      if (row < this.#row) this.#message = "Search Wrapped"
      this.#moveTo(row, [...this.#lines[row].slice(0, at)].length)
      return true
    }
    this.#message = `"${text}" not found`
    return false
  }

  *#replace(): Steps<void> {
    const from = yield* this.#ask("Search (to replace)", this.#search)
    if (!from) return
    this.#search = from
    const to = yield* this.#ask("Replace with")
    if (to === undefined) return
    this.#remember(false)
    let count = 0
    this.#lines = this.#lines.map((line) => {
      const parts = line.split(from)
      count += parts.length - 1
      return parts.join(to)
    })
    if (count > 0) this.#modified = true
    this.#message = `Replaced ${count} occurrence${count === 1 ? "" : "s"}`
  }

  *run(): Steps<void> {
    for (;;) {
      if (!this.#screen.hasKey) yield* this.#paint()
      const key = yield* this.#screen.key()
      if (key === "hangup") return
      if (key !== "resize") this.#message = ""
      const page = Math.max(1, this.#screen.rows - 5)
      if (this.#readOnly && ([...key].length === 1 || ["enter", "tab", "backspace", "delete", "C-k", "C-u", "C-o"].includes(key))) {
        this.#message = "Key is invalid in view mode"
        continue
      }
      switch (key) {
        case "C-x":
          if (yield* this.#leave()) return
          break
        case "C-o":
          yield* this.#save(true)
          break
        case "C-s":
          yield* this.#save(false)
          break
        case "C-w": {
          const text = yield* this.#ask(`Search${this.#search === "" ? "" : ` [${this.#search}]`}`)
          if (text !== undefined) {
            if (text !== "") this.#search = text
            if (this.#search !== "") this.#find(this.#search)
          }
          break
        }
        case "M-w":
          if (this.#search !== "") this.#find(this.#search)
          break
        case "C-|":
        case "M-r":
          yield* this.#replace()
          break
        case "C-k":
          this.#cutLine()
          break
        case "C-u":
          this.#paste()
          break
        case "M-6":
          this.#cut = [this.#lines[this.#row]]
          this.#message = "Copied 1 line"
          break
        case "M-u":
          this.#swap(this.#undo, this.#redo)
          break
        case "M-e":
          this.#swap(this.#redo, this.#undo)
          break
        case "C-c":
          this.#message = `line ${this.#row + 1}/${this.#lines.length} (${Math.round(((this.#row + 1) / this.#lines.length) * 100)}%), col ${this.#column + 1}/${this.#line.length + 1}`
          break
        case "C-_":
        case "M-g": {
          const place = yield* this.#ask("Enter line number, column number")
          const [, row, column = "1"] = /^\s*(-?\d+)?\s*(?:[,.;]\s*(-?\d+))?\s*$/.exec(place ?? "") ?? []
          if (row !== undefined) this.#moveTo(Number(row) - 1, Number(column) - 1)
          else if (place) this.#message = "Invalid line or column number"
          break
        }
        case "C-r": {
          const name = yield* this.#ask("File to insert")
          if (!name) break
          try {
            const lines = this.#process.files.readText(name).replace(/\n$/, "").split("\n")
            this.#remember(false)
            this.#lines.splice(this.#row, 0, ...lines)
            this.#modified = true
          } catch (error) {
            if (!(error instanceof SystemError)) throw error
            this.#message = `Error reading ${name}: ${error.message}`
          }
          break
        }
        case "C-z":
          yield* this.#screen.suspend()
          break
        case "enter":
          this.#newLine()
          break
        case "tab":
          this.#insert(
            this.#tabs.blanks
              ? " ".repeat(this.#tabs.size - (widthOf(this.#line.slice(0, this.#column).join(""), this.#tabs.size) % this.#tabs.size))
              : "\t",
          )
          break
        case "backspace":
          this.#backspace()
          break
        case "delete":
        case "C-d":
          this.#delete()
          break
        case "left":
        case "C-b":
          this.#step(-1)
          break
        case "right":
        case "C-f":
          this.#step(1)
          break
        case "up":
        case "C-p":
          this.#moveTo(this.#row - 1, this.#column)
          break
        case "down":
        case "C-n":
          this.#moveTo(this.#row + 1, this.#column)
          break
        case "home":
        case "C-a":
          this.#moveTo(this.#row, 0)
          break
        case "end":
        case "C-e":
          this.#moveTo(this.#row, this.#line.length)
          break
        case "page-up":
        case "C-y":
          this.#moveTo(this.#row - page, this.#column)
          break
        case "page-down":
        case "C-v":
          this.#moveTo(this.#row + page, this.#column)
          break
        case "M-\\":
          this.#moveTo(0, 0)
          break
        case "M-/":
          this.#moveTo(this.#lines.length - 1, Number.POSITIVE_INFINITY)
          break
        default:
          if ([...key].length === 1 && key >= " ") this.#insert(key)
      }
      this.#lastCut = key === "C-k"
    }
  }
}

export const nano = defineTool({
  name: "nano",
  aliases: ["pico"],
  version: "7.2",
  summary: "a small and friendly text editor",
  *run(process, args) {
    const { flags, words } = parseOptions(args, {
      letters: "lviEwxmSBLcA",
      valued: "TYo",
      long: { linenumbers: "l", view: "v", autoindent: "i", tabstospaces: "E", "tabsize=": "T", nowrap: "w" },
    })
    const { tty } = process
    if (!tty || process.fds.get(0)?.kind !== "tty") {
      yield* process.error("Standard input is not a terminal\n")
      return 1
    }
    const files = words.filter((word) => !/^\+\d/.test(word))
    const place = words.find((word) => /^\+\d/.test(word))
    const path = files[0] ?? ""
    let lines = [""]
    let message = path === "" ? "" : "New File"
    try {
      if (path !== "" && process.files.exists(path)) {
        if (process.files.stat(path).type === "directory") {
          yield* process.error(`"${path}" is a directory\n`)
          return 1
        }
        const text = process.files.readText(path)
        lines = text.replace(/\n$/, "").split("\n")
        message = `Read ${lines.length} line${lines.length === 1 ? "" : "s"}`
        if (!process.files.access(path, { write: true })) message += " (Warning: No write permission)"
      }
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      message = `Error reading ${path}: ${error.message}`
    }
    const screen = new FullScreen(process, tty)
    yield* screen.enter()
    try {
      yield* new Nano(
        screen,
        { path, lines, message },
        {
          tabSize: Number(flags.get("T") ?? 8) || 8,
          tabsToSpaces: flags.has("E"),
          numbers: flags.has("l"),
          readOnly: flags.has("v"),
          row: place ? Number(place.slice(1).split(",")[0]) - 1 : 0,
        },
      ).run()
    } finally {
      screen.leave()
    }
    return 0
  },
})
