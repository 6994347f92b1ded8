/** nano: a small editor without modes; its keys and prompts (nano.c, search.c, prompt.c). */
import { type Process, type Steps, SystemError } from "@drydock/machine"
import { defineTool } from "../../define-tool.ts"
import { parseOptions } from "../reading.ts"
import { FullScreen, widthOf } from "./full-screen.ts"
import { type Menu, NanoScreen, type NanoPrompt, type NanoView } from "./nano-screen.ts"
import { NanoText } from "./nano-text.ts"

/** Keys after which a message goes by itself. */
const MESSAGE_KEYS = 20

interface NanoOptions {
  readonly tabSize: number
  readonly tabsToSpaces: boolean
  readonly numbers: boolean
  readonly readOnly: boolean
  readonly autoIndent: boolean
}

class Nano {
  readonly #keys: FullScreen
  readonly #screen: NanoScreen
  readonly #process: Process
  readonly #text: NanoText
  #path: string
  #top = 0
  #message: string
  #left = MESSAGE_KEYS
  /** Where the cursor was put by going up or down, and the column that was wanted. */
  #wanted: { row: number; column: number; at: number } | undefined
  #last = ""
  #search = ""
  #replaceBy = ""
  #caseSensitive = false
  #numbers: boolean
  #autoIndent: boolean
  readonly #options: NanoOptions

  constructor(screen: FullScreen, file: { path: string; lines: string[]; message: string }, options: NanoOptions) {
    this.#keys = screen
    this.#screen = new NanoScreen(screen)
    this.#process = screen.process
    this.#path = file.path
    this.#text = new NanoText(file.lines)
    this.#message = file.message
    this.#options = options
    this.#numbers = options.numbers
    this.#autoIndent = options.autoIndent
  }

  /** Where the cursor is at first: rows and columns from 1; the last line for those beyond it. */
  start(row: number, column: number): void {
    this.#text.moveTo(row - 1, column - 1)
    this.#center()
  }

  #say(text: string): void {
    this.#message = text
    this.#left = MESSAGE_KEYS
  }

  /** A line that is not seen comes to the middle. */
  #center(): void {
    const { row } = this.#text
    const { room } = this.#screen
    if (row < this.#top || row >= this.#top + room) this.#top = Math.max(0, row - (room >> 1))
  }

  get #view(): NanoView {
    const text = this.#text
    const { room } = this.#screen
    if (text.row < this.#top) this.#top = text.row
    if (text.row >= this.#top + room) this.#top = text.row - room + 1
    return {
      title: this.#path || "New Buffer",
      lines: text.lines,
      row: text.row,
      column: text.column,
      top: this.#top,
      modified: text.modified,
      readOnly: this.#options.readOnly,
      flags: { indent: this.#autoIndent, mark: text.mark !== undefined },
      mark: text.mark,
      numbers: this.#numbers,
      tabs: this.#options.tabSize,
      message: this.#message,
    }
  }

  *#paint(prompt?: NanoPrompt): Steps<void> {
    yield* this.#screen.paint(this.#view, prompt)
  }

  /** A line typed at the bottom; undefined when it is cancelled. */
  *#ask(question: string, menu: Menu, given = ""): Steps<string | undefined> {
    let text = [...given]
    let at = text.length
    const head = `${question}: `
    for (;;) {
      yield* this.#paint({ text: head + text.join(""), at: head.length + at, menu })
      const key = yield* this.#keys.key()
      if (key === "enter") {
        this.#message = ""
        return text.join("")
      }
      if (key === "C-c" || key === "hangup") {
        this.#say("Cancelled")
        return undefined
      }
      if (key === "backspace" && at > 0) text.splice(--at, 1)
      else if (key === "delete" || key === "C-d") text.splice(at, 1)
      else if (key === "C-u" || key === "C-k") [text, at] = [[], 0]
      else if (key === "left") at = Math.max(0, at - 1)
      else if (key === "right") at = Math.min(text.length, at + 1)
      else if (key === "home" || key === "C-a") at = 0
      else if (key === "end" || key === "C-e") at = text.length
      else if (key === "up" || key === "C-p") {
        text = [...(menu === "replaceWith" ? this.#replaceBy : this.#search)]
        at = text.length
      } else if (key === "M-c" && menu === "search") this.#caseSensitive = !this.#caseSensitive
      else if (key === "C-r" && menu === "search") {
        yield* this.#replace()
        return undefined
      } else if ([...key].length === 1) text.splice(at++, 0, key)
    }
  }

  /** "y", "n", "a" or "cancel". */
  *#yesNo(question: string, all: boolean): Steps<string> {
    for (;;) {
      yield* this.#paint({ text: question, at: question.length, menu: all ? "yes-all" : "yes" })
      const key = (yield* this.#keys.key()).toLowerCase()
      if (key === "hangup") return "n"
      if (key === "c-c" || key === "escape") return "cancel"
      if (key === "y" || key === "n" || (all && key === "a")) return key
    }
  }

  *#save(ask: boolean): Steps<boolean> {
    const name = ask || this.#path === "" ? yield* this.#ask("File Name to Write", "write", this.#path) : this.#path
    if (name === undefined || name === "") return false
    if (name !== this.#path && this.#process.files.exists(name)) {
      const answer = yield* this.#yesNo(`File "${name}" exists; OVERWRITE? `, false)
      if (answer !== "y") return false
    }
    try {
      this.#process.files.write(name, this.#text.text)
      this.#path = name
      this.#text.modified = false
      const { count } = this.#text
      this.#say(`Wrote ${count} line${count === 1 ? "" : "s"}`)
      return true
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      this.#say(`Error writing ${name}: ${error.message}`)
      return false
    }
  }

  /** True when the editor may end. */
  *#leave(): Steps<boolean> {
    if (!this.#text.modified) return true
    const answer = yield* this.#yesNo("Save modified buffer? ", false)
    if (answer === "n") return true
    if (answer === "y") return yield* this.#save(true)
    this.#say("Cancelled")
    return false
  }

  #find(): void {
    const found = this.#text.find(this.#search, this.#caseSensitive)
    this.#message = ""
    if (!found) return this.#say(`"${this.#search}" not found`)
    const same = found.row === this.#text.row && found.column === this.#text.column
    if (found.wrapped) this.#say(same ? "This is the only occurrence" : "Search Wrapped")
    this.#text.moveTo(found.row, found.column)
    this.#center()
  }

  *#where(): Steps<void> {
    const text = yield* this.#ask(
      `Search${this.#caseSensitive ? " [Case Sensitive]" : ""}${this.#search === "" ? "" : ` [${this.#search}]`}`,
      "search",
    )
    if (text === undefined) return
    if (text !== "") this.#search = text
    if (this.#search === "") this.#say("Cancelled")
    else this.#find()
  }

  /** Goes from one to the next and asks; the cursor is back where it was at the end. */
  *#replace(): Steps<void> {
    const from = yield* this.#ask(`Search (to replace)${this.#search === "" ? "" : ` [${this.#search}]`}`, "replace")
    if (from === undefined || (from === "" && this.#search === "")) return
    if (from !== "") this.#search = from
    const by = yield* this.#ask("Replace with", "replaceWith")
    if (by === undefined) return
    this.#replaceBy = by
    const text = this.#text
    const begin = { row: text.row, column: text.column }
    const { length } = [...this.#search]
    let [count, all, row, column] = [0, false, text.row, text.column - 1]
    let wrapped = false
    for (let left = 100_000; left > 0; left--) {
      ;[text.row, text.column] = [row, column]
      const found = text.find(this.#search, this.#caseSensitive)
      if (!found) break
      // Once around the text, to where it began.
      wrapped ||= found.wrapped || found.row < row
      if (wrapped && (found.row > begin.row || (found.row === begin.row && found.column >= begin.column))) break
      text.moveTo(found.row, found.column)
      this.#center()
      const answer = all ? "y" : yield* this.#yesNo("Replace this instance?", true)
      if (answer === "cancel") break
      all ||= answer === "a"
      ;[row, column] = [found.row, found.column]
      if (answer === "n") continue
      const line = [...text.lines[found.row]]
      if (count === 0) text.remember("replacement")
      line.splice(found.column, length, ...by)
      text.lines[found.row] = line.join("")
      count++
      column = found.column + [...by].length - 1
    }
    text.moveTo(begin.row, begin.column)
    this.#center()
    if (count === 0 && !wrapped) this.#say(`"${this.#search}" not found`)
    else this.#say(`Replaced ${count} occurrence${count === 1 ? "" : "s"}`)
  }

  #place(): void {
    const { lines, row, column, line } = this.#text
    const total = lines.length
    const width = widthOf(line.slice(0, column).join(""), this.#options.tabSize) + 1
    const wide = widthOf(lines[row], this.#options.tabSize) + 1
    const before = [...lines.slice(0, row).join("\n")].length + (row > 0 ? 1 : 0) + column
    const all = [...lines.join("\n")].length
    const share = (part: number, of: number, digits = 2) => `${String(of === 0 ? 0 : Math.floor((part * 100) / of)).padStart(digits)}%`
    const pad = (part: number, of: number) => String(part).padStart(String(of).length)
    this.#say(
      `line ${pad(row + 1, total)}/${total} (${share(row + 1, total)}), col ${String(width).padStart(2)}/${String(wide).padStart(2)} (${share(width, wide, 3)}), char ${pad(before, all)}/${all} (${share(before, all)})`,
    )
  }

  *#goTo(): Steps<void> {
    const place = yield* this.#ask("Enter line number, column number", "goto")
    if (place === undefined) return
    const [, row, column = "1"] = /^\s*(-?\d+)?\s*(?:[,.;]\s*(-?\d+))?\s*$/.exec(place) ?? []
    if (row === undefined) return this.#say(place === "" ? "Cancelled" : "Invalid line or column number")
    this.#text.moveTo(Number(row) < 0 ? this.#text.lines.length + Number(row) : Number(row) - 1, Number(column) - 1)
    this.#center()
  }

  *#insertFile(): Steps<void> {
    const name = yield* this.#ask("File to insert [from ./]", "insert")
    if (!name) return
    try {
      const text = this.#process.files.readText(name)
      const lines = text.replace(/\n$/, "").split("\n").length
      this.#text.insert(text, "insertion")
      this.#say(`Read ${lines} line${lines === 1 ? "" : "s"}`)
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      this.#say(error.code === "ENOENT" ? `File "${name}" not found` : `Error reading ${name}: ${error.message}`)
    }
  }

  *run(): Steps<void> {
    for (;;) {
      if (!this.#keys.hasKey) yield* this.#paint()
      const key = yield* this.#keys.key()
      if (key === "hangup") return
      if (key === "resize") {
        this.#message = ""
        continue
      }
      if (this.#left-- === 0) this.#message = ""
      if (this.#options.readOnly && ([...key].length === 1 || ["enter", "tab", "backspace", "delete", "C-k", "C-u", "C-o"].includes(key))) {
        this.#say("Key is invalid in view mode")
        continue
      }
      if (key === "C-x") {
        if (yield* this.#leave()) return
      } else if (!this.#edited(key) && !this.#moved(key)) yield* this.#command(key)
      this.#last = key
    }
  }

  /** Keys that change the text. */
  #edited(key: string): boolean {
    const text = this.#text
    const { tabSize } = this.#options
    switch (key) {
      case "C-k":
        this.#message = text.cut(this.#last === "C-k")
        return true
      case "C-u":
        this.#message = text.paste()
        return true
      case "M-6":
        this.#message = text.copy(this.#last === "M-6")
        return true
      case "M-u":
        this.#say(text.undo())
        return true
      case "M-e":
        this.#say(text.redo())
        return true
      case "enter":
        text.newLine(this.#autoIndent)
        return true
      case "tab":
        text.insert(
          this.#options.tabsToSpaces ? " ".repeat(tabSize - (widthOf(text.line.slice(0, text.column).join(""), tabSize) % tabSize)) : "\t",
        )
        return true
      case "backspace":
      case "C-h":
        text.backspace()
        return true
      case "delete":
      case "C-d":
        text.delete()
        return true
    }
    if ([...key].length !== 1 || key < " ") return false
    text.insert(key)
    return true
  }

  /** Keys that move the cursor. */
  #moved(key: string): boolean {
    const text = this.#text
    const page = Math.max(1, this.#screen.room - 2)
    switch (key) {
      case "left":
      case "C-b":
        text.step(-1)
        return true
      case "right":
      case "C-f":
        text.step(1)
        return true
      case "up":
      case "C-p":
        this.#upright(-1)
        return true
      case "down":
      case "C-n":
        this.#upright(1)
        return true
      case "home":
      case "C-a":
        text.moveTo(text.row, 0)
        return true
      case "end":
      case "C-e":
        text.moveTo(text.row, Number.POSITIVE_INFINITY)
        return true
      case "page-up":
      case "C-y":
        this.#top = Math.max(0, this.#top - page)
        text.moveTo(text.row - page, 0)
        return true
      case "page-down":
      case "C-v":
        this.#top = Math.min(this.#top + page, Math.max(0, text.lines.length - 1))
        text.moveTo(text.row + page, 0)
        return true
      case "M-\\":
      case "M-|":
      case "C-home":
        text.moveTo(0, 0)
        return true
      case "M-/":
      case "M-?":
      case "C-end":
        text.moveTo(text.lines.length - 1, Number.POSITIVE_INFINITY)
        return true
    }
    return false
  }

  /** To the line above or below, at the screen column that the cursor was last put at. */
  #upright(by: 1 | -1): void {
    const text = this.#text
    const { tabSize } = this.#options
    const here = widthOf(text.line.slice(0, text.column).join(""), tabSize)
    const wanted = this.#wanted?.row === text.row && this.#wanted.column === text.column ? this.#wanted.at : here
    text.moveTo(text.row + by, 0)
    const line = text.line
    let column = 0
    while (column < line.length && widthOf(line.slice(0, column + 1).join(""), tabSize) <= wanted) column++
    text.moveTo(text.row, column)
    this.#wanted = { row: text.row, column, at: wanted }
  }

  *#command(key: string): Steps<void> {
    const text = this.#text
    switch (key) {
      case "C-g":
        yield* this.#screen.help()
        this.#message = ""
        return
      case "C-o":
      case "C-s":
        yield* this.#save(key === "C-o")
        return
      case "C-w":
        yield* this.#where()
        return
      case "M-w":
        if (this.#search === "") this.#say("No current search pattern")
        else this.#find()
        return
      case "C-\\":
      case "C-|":
      case "M-r":
        yield* this.#replace()
        return
      case "C-c":
        this.#place()
        return
      case "C-_":
      case "C-/":
      case "M-g":
        yield* this.#goTo()
        return
      case "C-r":
        yield* this.#insertFile()
        return
      case "M-a":
        text.mark = text.mark ? undefined : { row: text.row, column: text.column }
        this.#say(text.mark ? "Mark Set" : "Mark Unset")
        return
      case "M-n":
        this.#numbers = !this.#numbers
        this.#say(`Line numbering ${this.#numbers ? "enabled" : "disabled"}`)
        return
      case "M-i":
        this.#autoIndent = !this.#autoIndent
        this.#say(`Auto indent ${this.#autoIndent ? "enabled" : "disabled"}`)
        return
      case "C-z":
        yield* this.#keys.suspend()
        return
      case "escape":
        return
    }
    this.#say("Unbound key")
  }
}

/** What a .nanorc sets, as far as it is known here. */
const configured = (process: Process): Map<string, string> => {
  const path = `${process.env.get("HOME") ?? "/root"}/.nanorc`
  const found = new Map<string, string>()
  if (!process.files.access(path, { read: true })) return found
  for (const line of process.files.readText(path).split("\n")) {
    const [, verb, name, value = ""] = /^\s*(set|unset)\s+(\w+)\s*(\S*)/.exec(line) ?? []
    if (verb === "set") found.set(name, value)
    else if (verb === "unset") found.delete(name)
  }
  return found
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
    const files = words.filter((word) => !/^\+/.test(word))
    const place = words.find((word) => /^\+/.test(word))
    const path = files[0] ?? ""
    let lines = [""]
    let message = path === "" ? "Welcome to nano.  For basic help, type Ctrl+G." : "New File"
    try {
      if (path !== "" && process.files.exists(path)) {
        if (process.files.stat(path).type === "directory") {
          yield* process.error(`"${path}" is a directory\n`)
          return 1
        }
        const text = process.files.readText(path)
        lines = text.endsWith("\n") || text === "" ? text.split("\n") : [...text.split("\n"), ""]
        const count = lines.length - 1
        message = `Read ${count} line${count === 1 ? "" : "s"}`
        if (!process.files.access(path, { write: true })) message = `File '${path}' is unwritable`
      }
    } catch (error) {
      if (!(error instanceof SystemError)) throw error
      message = `Error reading ${path}: ${error.message}`
    }
    const screen = new FullScreen(process, tty)
    yield* screen.enter()
    try {
      const settings = configured(process)
      const editor = new Nano(
        screen,
        { path, lines, message },
        {
          tabSize: Number(flags.get("T") ?? settings.get("tabsize") ?? 8) || 8,
          tabsToSpaces: flags.has("E") || settings.has("tabstospaces"),
          numbers: flags.has("l") || settings.has("linenumbers"),
          readOnly: flags.has("v"),
          autoIndent: flags.has("i") || settings.has("autoindent"),
        },
      )
      const [, row = "1", column = "1"] = /^\+(\d*)(?:,(\d+))?$/.exec(place ?? "") ?? []
      if (place !== undefined) editor.start(row === "" ? lines.length : Number(row), Number(column))
      yield* editor.run()
    } finally {
      screen.leave()
    }
    return 0
  },
})
