/** vi's modes: what each key does to the text. Knows no terminal. */
import { MatchLimitError } from "../../text/perl-regex.ts"
import { type Regex, RegexError } from "../../text/regex.ts"
import { ExError, parseRange, parseSubstitution, type Range, substituteLine, viRegex } from "./vi-ex.ts"
import {
  before,
  charactersOf,
  findCharacter,
  firstNonBlank,
  lengthOf,
  matchingBracket,
  type Motion,
  paragraph,
  type Place,
  textObject,
  wordBackward,
  wordEnd,
  wordForward,
} from "./vi-text.ts"

export type Mode = "normal" | "insert" | "replace" | "visual" | "visual-line" | "command" | "search"

interface Register {
  text: string
  linewise: boolean
}

interface Snapshot {
  lines: readonly string[]
  cursor: Place
}

/** What the editor asks of whoever runs it. */
export type Request =
  | { kind: "write"; path: string | undefined; range: Range; force: boolean; quit: boolean }
  | { kind: "edit"; path: string | undefined; force: boolean }
  | { kind: "read"; path: string; row: number }
  | { kind: "quit"; force: boolean; code: number }
  | { kind: "shell"; command: string; row: number | undefined }
  | { kind: "suspend" }

export interface Options {
  number: boolean
  relativenumber: boolean
  expandtab: boolean
  autoindent: boolean
  ignorecase: boolean
  hlsearch: boolean
  list: boolean
  paste: boolean
  wrap: boolean
  cursorline: boolean
  tabstop: number
  shiftwidth: number
}

const SHORT: Readonly<Record<string, string>> = {
  nu: "number",
  rnu: "relativenumber",
  et: "expandtab",
  ai: "autoindent",
  ic: "ignorecase",
  hls: "hlsearch",
  ts: "tabstop",
  sw: "shiftwidth",
  sts: "softtabstop",
  cul: "cursorline",
}
const IGNORED = new Set([
  "compatible",
  "cp",
  "smartindent",
  "si",
  "smartcase",
  "scs",
  "incsearch",
  "is",
  "ruler",
  "ru",
  "showmode",
  "smd",
  "showcmd",
  "sc",
  "mouse",
  "ttymouse",
  "softtabstop",
  "syntax",
  "encoding",
  "enc",
  "backspace",
  "bs",
  "cursorcolumn",
  "cuc",
  "hidden",
  "hid",
  "laststatus",
  "ls",
  "background",
  "bg",
  "fileformat",
  "ff",
  "filetype",
  "ft",
  "cindent",
  "modeline",
  "ml",
  "scrolloff",
  "so",
  "textwidth",
  "tw",
  "backup",
  "bk",
  "swapfile",
  "swf",
  "wildmenu",
  "clipboard",
  "visualbell",
  "vb",
  "foldmethod",
  "fdm",
])

const MAX_UNDO = 300
const MAX_COUNT = 10_000
const OPERATORS = new Set(["d", "c", "y", ">", "<", "="])

export class ViEditor {
  lines: string[]
  cursor: Place = { row: 0, column: 0 }
  mode: Mode = "normal"
  message = ""
  /** Text of the command line, its ":" or "/" first. */
  commandLine = ""
  modified = false
  path: string | undefined
  readonly options: Options = {
    number: false,
    relativenumber: false,
    expandtab: false,
    autoindent: false,
    ignorecase: false,
    hlsearch: false,
    list: false,
    paste: false,
    wrap: true,
    cursorline: false,
    tabstop: 8,
    shiftwidth: 8,
  }
  highlight: Regex | undefined
  visualStart: Place = { row: 0, column: 0 }
  /** Rows shown, for H, L, ^F and the like; set by whoever shows them. */
  top = 0
  height = 22
  readonly requests: Request[] = []
  #keys: string[] = []
  #registers = new Map<string, Register>([['"', { text: "", linewise: false }]])
  #undo: Snapshot[] = []
  #redo: Snapshot[] = []
  #wanted: number | undefined
  #recorded: string[] = []
  #lastChange: string[] = []
  #replaying = false
  #changed = false
  #lastFind: { character: string; kind: string } | undefined
  #search: { source: string; forward: boolean } | undefined
  #marks = new Map<string, Place>()
  #history: string[] = []
  #historyAt = 0
  /** Text that insert mode repeats ("3ix"). */
  #insertCount = 1
  #insertKeys: string[] = []
  #macros = new Map<string, string[]>()
  #macro: { name: string; keys: string[] } | undefined
  #playing = 0

  constructor(lines: readonly string[], path: string | undefined) {
    this.lines = lines.length > 0 ? [...lines] : [""]
    this.path = path
  }

  get pending(): string {
    return this.#keys.join("")
  }

  get recording(): string | undefined {
    return this.#macro?.name
  }

  // Keys

  feed(key: string): void {
    if (this.#macro && !this.#playing && !(this.mode === "normal" && key === "q" && this.#keys.length === 0)) this.#macro.keys.push(key)
    if (!this.#replaying) this.#recorded.push(key)
    try {
      this.#dispatch(key)
    } catch (error) {
      if (!(error instanceof ExError || error instanceof RegexError || error instanceof MatchLimitError)) throw error
      this.message = error.message.startsWith("E") ? error.message : `E383: Invalid search string: ${error.message}`
      this.#keys = []
      if (this.mode === "command" || this.mode === "search") this.mode = "normal"
    }
    this.#clamp()
    if (this.mode === "normal" && this.#keys.length === 0 && !this.#replaying) {
      if (this.#changed) this.#lastChange = this.#recorded
      this.#changed = false
      this.#recorded = []
    }
  }

  #dispatch(key: string): void {
    switch (this.mode) {
      case "insert":
      case "replace":
        return this.#insertKey(key)
      case "command":
      case "search":
        return this.#commandKey(key)
      default:
        return this.#normalKey(key)
    }
  }

  #clamp(): void {
    const { cursor } = this
    cursor.row = Math.max(0, Math.min(cursor.row, this.lines.length - 1))
    const length = lengthOf(this.lines[cursor.row])
    const most = this.mode === "insert" || this.mode === "replace" ? length : Math.max(0, length - 1)
    cursor.column = Math.max(0, Math.min(cursor.column, this.mode.startsWith("visual") ? Math.max(most, 0) : most))
  }

  // Changes

  #remember(): void {
    this.#undo.push({ lines: [...this.lines], cursor: { ...this.cursor } })
    if (this.#undo.length > MAX_UNDO) this.#undo.shift()
    this.#redo = []
    this.modified = true
    this.#changed = true
  }

  #swap(from: Snapshot[], to: Snapshot[], nothing: string): void {
    const state = from.pop()
    if (!state) {
      this.message = nothing
      return
    }
    to.push({ lines: [...this.lines], cursor: { ...this.cursor } })
    const before = this.lines.length
    this.lines = [...state.lines]
    this.cursor = { ...state.cursor }
    const change = this.lines.length - before
    this.message =
      change === 0
        ? "1 change; before #1"
        : `${Math.abs(change)} ${change > 0 ? "more line" : "fewer line"}${Math.abs(change) === 1 ? "" : "s"}`
    this.modified = true
  }

  #setLine(row: number, characters: readonly string[] | string): void {
    this.lines[row] = typeof characters === "string" ? characters : characters.join("")
  }

  #ordered(a: Place, b: Place): [Place, Place] {
    return before(b, a) ? [b, a] : [a, b]
  }

  /** The text between two places; `inclusive` takes the character at the end too. */
  #textIn(a: Place, b: Place, inclusive: boolean): string {
    const [from, to] = this.#ordered(a, b)
    const end = to.column + (inclusive ? 1 : 0)
    if (from.row === to.row) return charactersOf(this.lines[from.row]).slice(from.column, end).join("")
    return [
      charactersOf(this.lines[from.row]).slice(from.column).join(""),
      ...this.lines.slice(from.row + 1, to.row),
      charactersOf(this.lines[to.row]).slice(0, end).join(""),
    ].join("\n")
  }

  #store(name: string | undefined, text: string, linewise: boolean, yank: boolean): void {
    const register = { text, linewise }
    this.#registers.set('"', register)
    if (yank && !name) this.#registers.set("0", register)
    if (!name || name === "_") return
    const lower = name.toLowerCase()
    const old = this.#registers.get(lower)
    if (name !== lower && old)
      this.#registers.set(lower, { text: old.text + (linewise ? "\n" : "") + text, linewise: linewise || old.linewise })
    else this.#registers.set(lower, register)
  }

  #deleteRange(a: Place, b: Place, inclusive: boolean): void {
    const [from, to] = this.#ordered(a, b)
    const end = to.column + (inclusive ? 1 : 0)
    const head = charactersOf(this.lines[from.row]).slice(0, from.column).join("")
    const tail = charactersOf(this.lines[to.row]).slice(end).join("")
    this.lines.splice(from.row, to.row - from.row + 1, head + tail)
    this.cursor = { ...from }
  }

  #deleteLines(from: number, to: number): void {
    this.lines.splice(from, to - from + 1)
    if (this.lines.length === 0) this.lines.push("")
    const row = Math.min(from, this.lines.length - 1)
    this.cursor = { row, column: firstNonBlank(this.lines[row]) }
  }

  #put(name: string | undefined, after: boolean, count: number): void {
    const register = this.#registers.get(name?.toLowerCase() ?? '"')
    if (!register || (register.text === "" && !register.linewise)) {
      this.message = `E353: Nothing in register ${name ?? '"'}`
      return
    }
    this.#remember()
    if (register.linewise) {
      const added = Array.from({ length: count }, () => register.text.split("\n")).flat()
      const row = this.cursor.row + (after ? 1 : 0)
      this.lines.splice(row, 0, ...added)
      this.cursor = { row, column: firstNonBlank(this.lines[row]) }
      if (added.length > 2) this.message = `${added.length} more lines`
      return
    }
    const text = register.text.repeat(count)
    const characters = charactersOf(this.lines[this.cursor.row])
    const at = characters.length === 0 ? 0 : this.cursor.column + (after ? 1 : 0)
    const pieces = `${characters.slice(0, at).join("")}${text}${characters.slice(at).join("")}`.split("\n")
    this.lines.splice(this.cursor.row, 1, ...pieces)
    if (pieces.length === 1) this.cursor.column = at + [...text].length - 1
    else this.cursor = { row: this.cursor.row, column: at }
  }

  #shift(from: number, to: number, right: boolean): void {
    this.#remember()
    const unit = this.options.shiftwidth || this.options.tabstop
    for (let row = from; row <= to; row++) {
      const line = this.lines[row]
      if (line === "") continue
      const blanks = /^[ \t]*/.exec(line)?.[0] ?? ""
      let width = 0
      for (const character of blanks) width += character === "\t" ? this.options.tabstop - (width % this.options.tabstop) : 1
      const next = Math.max(0, width + (right ? unit : -unit))
      const indent = this.options.expandtab
        ? " ".repeat(next)
        : "\t".repeat(Math.floor(next / this.options.tabstop)) + " ".repeat(next % this.options.tabstop)
      this.lines[row] = indent + line.slice(blanks.length)
    }
    this.cursor = { row: from, column: firstNonBlank(this.lines[from]) }
  }

  // Insert mode

  #startInsert(count = 1): void {
    this.mode = "insert"
    this.#insertCount = count
    this.#insertKeys = []
  }

  #indentOf(row: number): string {
    return this.options.autoindent && !this.options.paste ? (/^[ \t]*/.exec(this.lines[row] ?? "")?.[0] ?? "") : ""
  }

  #typed(text: string): void {
    const { row, column } = this.cursor
    const characters = charactersOf(this.lines[row])
    const replace = this.mode === "replace" && column < characters.length ? 1 : 0
    characters.splice(column, replace, ...text)
    this.#setLine(row, characters)
    this.cursor.column += [...text].length
  }

  #insertKey(key: string): void {
    if (key !== "escape" && key !== "C-c" && key !== "C-{") this.#insertKeys.push(key)
    const { row, column } = this.cursor
    switch (key) {
      case "escape":
      case "C-c":
      case "C-{": {
        const keys = [...this.#insertKeys]
        const times = Math.min(this.#insertCount, 200)
        this.#insertCount = 1
        for (let again = 1; again < times; again++) for (const one of keys) this.#insertKey(one)
        this.mode = "normal"
        // An indent that nothing followed is taken away again.
        if (this.options.autoindent && /^[ \t]+$/.test(this.lines[this.cursor.row]) && keys.at(-1) === "enter")
          this.lines[this.cursor.row] = ""
        this.cursor.column = Math.max(0, this.cursor.column - 1)
        this.message = ""
        return
      }
      case "enter": {
        const characters = charactersOf(this.lines[row])
        const indent = this.#indentOf(row)
        this.#setLine(row, characters.slice(0, column))
        this.lines.splice(row + 1, 0, indent + characters.slice(column).join(""))
        this.cursor = { row: row + 1, column: indent.length }
        return
      }
      case "backspace":
        if (column > 0) {
          const characters = charactersOf(this.lines[row])
          characters.splice(column - 1, 1)
          this.#setLine(row, characters)
          this.cursor.column--
        } else if (row > 0) {
          this.cursor = { row: row - 1, column: lengthOf(this.lines[row - 1]) }
          this.lines[row - 1] += this.lines[row]
          this.lines.splice(row, 1)
        }
        return
      case "delete": {
        const characters = charactersOf(this.lines[row])
        if (column < characters.length) {
          characters.splice(column, 1)
          this.#setLine(row, characters)
        } else if (row < this.lines.length - 1) {
          this.lines[row] += this.lines[row + 1]
          this.lines.splice(row + 1, 1)
        }
        return
      }
      case "tab": {
        const size = this.options.expandtab ? this.options.shiftwidth || this.options.tabstop : 0
        this.#typed(this.options.expandtab ? " ".repeat(size - (column % size)) : "\t")
        return
      }
      case "left":
        this.cursor.column--
        return
      case "right":
        this.cursor.column++
        return
      case "up":
        this.cursor.row--
        return
      case "down":
        this.cursor.row++
        return
      case "home":
        this.cursor.column = 0
        return
      case "end":
        this.cursor.column = lengthOf(this.lines[row])
        return
      case "C-w":
      case "C-u": {
        const from = key === "C-u" ? { row, column: 0 } : wordBackward(this.lines, this.cursor, false)
        if (from.row === row) this.#deleteRange(from, this.cursor, false)
        return
      }
      case "C-t":
      case "C-d": {
        const length = lengthOf(this.lines[row])
        this.#shift(row, row, key === "C-t")
        this.#undo.pop()
        this.cursor.column = Math.max(0, column + lengthOf(this.lines[row]) - length)
        return
      }
      case "C-r":
        return
      default:
        if ([...key].length === 1 && key >= " ") this.#typed(key)
    }
  }

  // Normal and visual mode

  #normalKey(key: string): void {
    if (key === "escape" || key === "C-c" || key === "C-{") {
      this.#keys = []
      this.mode = "normal"
      return
    }
    this.#keys.push(key)
    const done = this.#command([...this.#keys])
    if (done) this.#keys = []
  }

  /** Carries out the keys typed so far; false while they are no whole command. */
  #command(keys: string[]): boolean {
    let name: string | undefined
    const take = () => keys.shift()
    const number = (): number | undefined => {
      let digits = ""
      while (keys[0] !== undefined && (/^[1-9]$/.test(keys[0]) || (digits !== "" && keys[0] === "0"))) digits += keys.shift()
      return digits === "" ? undefined : Math.min(MAX_COUNT, Number(digits))
    }
    let count = number()
    if (keys[0] === '"') {
      if (keys.length < 2) return false
      take()
      name = take()
      count = number() ?? count
    }
    const key = take()
    if (key === undefined) return false
    const visual = this.mode === "visual" || this.mode === "visual-line"
    if (visual) return this.#visualCommand(key, keys, count, name)
    if (OPERATORS.has(key) || (key === "g" && ["u", "U", "~"].includes(keys[0] ?? ""))) {
      const operator = key === "g" ? `g${take() ?? ""}` : key
      const again = number()
      if (keys.length === 0) return false
      const times = (count ?? 1) * (again ?? 1)
      if (keys[0] === operator || keys[0] === operator.at(-1)) {
        this.#operateLines(operator, this.cursor.row, Math.min(this.lines.length - 1, this.cursor.row + times - 1), name)
        return true
      }
      const motion = this.#motion(keys, count === undefined && again === undefined ? undefined : times, operator)
      if (motion === "more") return false
      if (motion) this.#operate(operator, motion, name)
      return true
    }
    return this.#simpleCommand(key, keys, count, name)
  }

  /** Where keys lead; "more" when they are not all there, undefined when they lead nowhere. */
  #motion(keys: string[], count: number | undefined, operator?: string): Motion | "more" | undefined {
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
      this.#wanted = undefined
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
        this.#wanted ??= column
        if (operator && row + times >= lines.length) return undefined
        return { to: { row: Math.min(lines.length - 1, row + times), column: this.#wanted }, linewise: true }
      }
      case "k":
      case "up":
      case "C-p": {
        this.#wanted ??= column
        if (operator && row - times < 0) return undefined
        return { to: { row: Math.max(0, row - times), column: this.#wanted }, linewise: true }
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
        this.#wanted = Number.MAX_SAFE_INTEGER
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
        this.#marks.set("'", { ...this.cursor })
        return { to: { row: target, column: firstNonBlank(lines[target]) }, linewise: true }
      }
      case "g": {
        if (keys.length < 2) return "more"
        if (keys[1] === "g") {
          this.#marks.set("'", { ...this.cursor })
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
        this.#lastFind = { character: keys[1], kind: key }
        const at = findCharacter(lines[row], column, keys[1], key, times)
        return at === undefined ? undefined : { to: { row, column: at }, inclusive: key === "f" || key === "t" }
      }
      case ";":
      case ",": {
        if (!this.#lastFind) return undefined
        const { character, kind } = this.#lastFind
        const way = key === ";" ? kind : kind === kind.toLowerCase() ? kind.toUpperCase() : kind.toLowerCase()
        const at = findCharacter(lines[row], column, character, way, times)
        return at === undefined ? undefined : { to: { row, column: at }, inclusive: way === "f" || way === "t" }
      }
      case "n":
      case "N": {
        if (!this.#search) throw new ExError("E35: No previous regular expression")
        const to = this.#find(this.#search.source, this.#search.forward === (key === "n"))
        return to && { to }
      }
      case "*":
      case "#": {
        const found = textObject(lines, this.cursor, false, "w")
        const word = found?.from ? this.#textIn(found.from, found.to, true) : ""
        if (!/\w/.test(word)) throw new ExError("E348: No string under cursor")
        this.#search = { source: `\\<${word}\\>`, forward: key === "*" }
        if (this.options.hlsearch) this.highlight = viRegex(this.#search.source, this.options.ignorecase)
        const to = this.#find(this.#search.source, key === "*")
        return to && { to }
      }
      case "'":
      case "`": {
        if (keys.length < 2) return "more"
        const mark = this.#marks.get(keys[1] === "`" ? "'" : keys[1])
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

  #operate(operator: string, motion: Motion, name: string | undefined): void {
    const start = motion.from ?? { ...this.cursor }
    if (motion.linewise) {
      const [from, to] = this.#ordered(start, motion.to)
      this.#operateLines(operator, from.row, to.row, name)
      return
    }
    const [from, to] = this.#ordered(start, motion.to)
    const inclusive = motion.inclusive === true
    if (operator === ">" || operator === "<" || operator === "=") {
      this.#operateLines(operator, from.row, to.row, name)
      return
    }
    const text = this.#textIn(from, to, inclusive)
    if (operator === "y") {
      this.#store(name, text, false, true)
      this.cursor = { ...from }
      return
    }
    this.#remember()
    if (operator.startsWith("g")) {
      const changed = operator === "gU" ? text.toUpperCase() : operator === "gu" ? text.toLowerCase() : swapped(text)
      this.#deleteRange(from, to, inclusive)
      this.#insertText(changed)
      this.cursor = { ...from }
      return
    }
    this.#store(name, text, false, false)
    this.#deleteRange(from, to, inclusive)
    if (operator === "c") this.#startInsert()
  }

  #insertText(text: string): void {
    const { row, column } = this.cursor
    const characters = charactersOf(this.lines[row])
    const pieces = `${characters.slice(0, column).join("")}${text}${characters.slice(column).join("")}`.split("\n")
    this.lines.splice(row, 1, ...pieces)
  }

  #operateLines(operator: string, from: number, to: number, name: string | undefined): void {
    const text = this.lines.slice(from, to + 1).join("\n")
    const count = to - from + 1
    switch (operator) {
      case "y":
        this.#store(name, text, true, true)
        if (from < this.cursor.row) this.cursor = { row: from, column: this.cursor.column }
        if (count > 2) this.message = `${count} lines yanked`
        return
      case ">":
      case "<":
        this.#shift(from, to, operator === ">")
        return
      case "=":
        return
      case "d":
        this.#remember()
        this.#store(name, text, true, false)
        this.#deleteLines(from, to)
        if (count > 2) this.message = `${count} fewer lines`
        return
      case "c": {
        this.#remember()
        this.#store(name, text, true, false)
        const indent = this.#indentOf(from)
        this.lines.splice(from, count, indent)
        this.cursor = { row: from, column: indent.length }
        this.#startInsert()
        return
      }
      default:
        this.#remember()
        for (let row = from; row <= to; row++)
          this.lines[row] =
            operator === "gU" ? this.lines[row].toUpperCase() : operator === "gu" ? this.lines[row].toLowerCase() : swapped(this.lines[row])
    }
  }

  #openLine(row: number, indent: string, count: number): void {
    this.#remember()
    this.lines.splice(row, 0, indent)
    this.cursor = { row, column: indent.length }
    this.#startInsert(count)
  }

  #simpleCommand(key: string, keys: string[], count: number | undefined, name: string | undefined): boolean {
    const times = count ?? 1
    const { cursor } = this
    const line = () => charactersOf(this.lines[cursor.row])
    switch (key) {
      case "i":
      case "insert":
        this.#remember()
        this.#startInsert(times)
        return true
      case "a":
        this.#remember()
        this.#startInsert(times)
        cursor.column = Math.min(line().length, cursor.column + 1)
        return true
      case "I":
        this.#remember()
        this.#startInsert(times)
        cursor.column = /^\s*$/.test(this.lines[cursor.row]) ? line().length : firstNonBlank(this.lines[cursor.row])
        return true
      case "A":
        this.#remember()
        this.#startInsert(times)
        cursor.column = line().length
        return true
      case "o":
        this.#openLine(cursor.row + 1, this.#indentOf(cursor.row), times)
        return true
      case "O":
        this.#openLine(cursor.row, this.#indentOf(cursor.row), times)
        return true
      case "R":
        this.#remember()
        this.#startInsert(times)
        this.mode = "replace"
        return true
      case "x":
      case "delete":
      case "X": {
        const characters = line()
        const from = key === "X" ? Math.max(0, cursor.column - times) : cursor.column
        const end = key === "X" ? cursor.column : Math.min(characters.length, cursor.column + times)
        if (end <= from) return true
        this.#remember()
        this.#store(name, characters.slice(from, end).join(""), false, false)
        this.#deleteRange({ row: cursor.row, column: from }, { row: cursor.row, column: end }, false)
        return true
      }
      case "s":
      case "S":
      case "C":
      case "D":
      case "Y": {
        if (key === "Y") this.#operateLines("y", cursor.row, Math.min(this.lines.length - 1, cursor.row + times - 1), name)
        else if (key === "S") this.#operateLines("c", cursor.row, Math.min(this.lines.length - 1, cursor.row + times - 1), name)
        else if (key === "s") this.#operate("c", { to: { row: cursor.row, column: Math.min(line().length, cursor.column + times) } }, name)
        else
          this.#operate(
            key === "C" ? "c" : "d",
            {
              to: {
                row: Math.min(this.lines.length - 1, cursor.row + times - 1),
                column: lengthOf(this.lines[Math.min(this.lines.length - 1, cursor.row + times - 1)]),
              },
            },
            name,
          )
        return true
      }
      case "r": {
        if (keys.length === 0) return false
        const characters = line()
        const by = keys[0] === "enter" ? "\n" : keys[0] === "tab" ? "\t" : keys[0]
        if ([...by].length !== 1 || cursor.column + times > characters.length) return true
        this.#remember()
        characters.splice(cursor.column, times, ...Array.from({ length: by === "\n" ? 1 : times }, () => by))
        this.lines.splice(cursor.row, 1, ...characters.join("").split("\n"))
        if (by === "\n") this.cursor = { row: cursor.row + 1, column: 0 }
        else cursor.column += times - 1
        return true
      }
      case "~": {
        const characters = line()
        this.#remember()
        const end = Math.min(characters.length, cursor.column + times)
        for (let at = cursor.column; at < end; at++) characters[at] = swapped(characters[at])
        this.#setLine(cursor.row, characters)
        cursor.column = end
        return true
      }
      case "J": {
        this.#remember()
        for (let join = 0; join < Math.max(1, times - 1) && cursor.row < this.lines.length - 1; join++) {
          const here = this.lines[cursor.row].trimEnd()
          const next = this.lines[cursor.row + 1].trimStart()
          cursor.column = lengthOf(here)
          this.lines.splice(cursor.row, 2, next === "" || next.startsWith(")") ? here + next : `${here} ${next}`)
        }
        return true
      }
      case "p":
      case "P":
        this.#put(name, key === "p", times)
        return true
      case "u":
        for (let at = 0; at < times; at++) this.#swap(this.#undo, this.#redo, "Already at oldest change")
        return true
      case "C-r":
        for (let at = 0; at < times; at++) this.#swap(this.#redo, this.#undo, "Already at newest change")
        return true
      case ".":
        this.#replay(this.#lastChange, times)
        return true
      case "v":
      case "V":
        this.mode = key === "v" ? "visual" : "visual-line"
        this.visualStart = { ...cursor }
        return true
      case ":":
        this.mode = "command"
        this.commandLine = count === undefined ? ":" : `:.,.+${count - 1}`
        this.#historyAt = this.#history.length
        return true
      case "/":
      case "?":
        this.mode = "search"
        this.commandLine = key
        return true
      case "m":
        if (keys.length === 0) return false
        this.#marks.set(keys[0], { ...cursor })
        return true
      case "q":
        if (this.#macro) {
          this.#macros.set(this.#macro.name, this.#macro.keys)
          this.#macro = undefined
          return true
        }
        if (keys.length === 0) return false
        this.#macro = { name: keys[0], keys: [] }
        return true
      case "@": {
        if (keys.length === 0) return false
        const played = this.#macros.get(keys[0] === "@" ? (this.#lastMacro ?? "") : keys[0])
        if (played) this.#lastMacro = keys[0] === "@" ? this.#lastMacro : keys[0]
        this.#keys = []
        if (played && this.#playing < 5) {
          this.#playing++
          try {
            for (let at = 0; at < Math.min(times, 1_000); at++) for (const one of played) this.feed(one)
          } finally {
            this.#playing--
          }
        }
        return true
      }
      case "Z":
        if (keys.length === 0) return false
        if (keys[0] === "Z")
          this.requests.push(
            this.modified
              ? { kind: "write", path: undefined, range: this.#all(), force: false, quit: true }
              : { kind: "quit", force: false, code: 0 },
          )
        if (keys[0] === "Q") this.requests.push({ kind: "quit", force: true, code: 0 })
        return true
      case "z":
        if (keys.length === 0) return false
        this.top = Math.max(
          0,
          keys[0] === "t" || keys[0] === "enter"
            ? cursor.row
            : keys[0] === "b"
              ? cursor.row - this.height + 1
              : cursor.row - Math.floor(this.height / 2),
        )
        return true
      case "C-f":
      case "page-down":
        this.top = Math.min(Math.max(0, this.lines.length - 1), this.top + (this.height - 2) * times)
        cursor.row = Math.max(cursor.row, this.top)
        return true
      case "C-b":
      case "page-up":
        this.top = Math.max(0, this.top - (this.height - 2) * times)
        cursor.row = Math.min(cursor.row, this.top + this.height - 1)
        return true
      case "C-d":
      case "C-u": {
        const by = Math.floor(this.height / 2) * (key === "C-d" ? 1 : -1)
        this.top = Math.max(0, Math.min(this.lines.length - 1, this.top + by))
        cursor.row += by
        return true
      }
      case "C-e":
        this.top = Math.min(this.lines.length - 1, this.top + times)
        cursor.row = Math.max(cursor.row, this.top)
        return true
      case "C-y":
        this.top = Math.max(0, this.top - times)
        cursor.row = Math.min(cursor.row, this.top + this.height - 1)
        return true
      case "C-g":
        this.message = `"${this.path ?? "[No Name]"}"${this.modified ? " [Modified]" : ""} ${this.lines.length} line${this.lines.length === 1 ? "" : "s"} --${Math.round(((cursor.row + 1) / this.lines.length) * 100)}%--`
        return true
      case "C-z":
        this.requests.push({ kind: "suspend" })
        return true
      case "C-a":
      case "C-x": {
        const text = this.lines[cursor.row]
        const match = [...text.matchAll(/-?\d+/g)].find((one) => one.index + one[0].length > cursor.column)
        if (!match) return true
        this.#remember()
        const next = String(Number(match[0]) + (key === "C-a" ? times : -times))
        this.lines[cursor.row] = text.slice(0, match.index) + next + text.slice(match.index + match[0].length)
        cursor.column = match.index + next.length - 1
        return true
      }
      case "&":
        this.#execute("s")
        return true
      case "resize":
      case "C-l":
        return true
      case "g":
        if (keys.length === 0) return false
        if (keys[0] === "J" || keys[0] === "v") return true
        break
    }
    const motion = this.#motion([key, ...keys], count)
    if (motion === "more") return false
    if (motion) this.cursor = { ...motion.to }
    return true
  }

  #lastMacro: string | undefined

  #replay(keys: readonly string[], times: number): void {
    this.#keys = []
    this.#replaying = true
    try {
      for (let at = 0; at < Math.min(times, 200); at++) for (const key of keys) this.feed(key)
    } finally {
      this.#replaying = false
    }
    this.#recorded = []
    this.#changed = false
  }

  #visualCommand(key: string, keys: string[], count: number | undefined, name: string | undefined): boolean {
    const linewise = this.mode === "visual-line"
    const [from, to] = this.#ordered(this.visualStart, this.cursor)
    const operator = {
      d: "d",
      x: "d",
      delete: "d",
      X: "d",
      c: "c",
      s: "c",
      y: "y",
      ">": ">",
      "<": "<",
      "=": "=",
      u: "gu",
      U: "gU",
      "~": "g~",
      D: "d",
      Y: "y",
      S: "c",
      R: "c",
      C: "c",
    }[key]
    const finish = () => {
      this.#marks.set("<", { ...from })
      this.#marks.set(">", { ...to })
      this.mode = "normal"
    }
    if (operator) {
      finish()
      if (linewise || "DYSRCX".includes(key)) this.#operateLines(operator, from.row, to.row, name)
      else if (count !== undefined && (key === ">" || key === "<"))
        for (let at = 0; at < Math.min(count, 20); at++) this.#operateLines(operator, from.row, to.row, name)
      else this.#operate(operator, { from, to, inclusive: true }, name)
      if (operator === "y") this.cursor = { ...from }
      return true
    }
    switch (key) {
      case "v":
      case "V": {
        const wanted: Mode = key === "v" ? "visual" : "visual-line"
        this.mode = this.mode === wanted ? "normal" : wanted
        return true
      }
      case "o": {
        const { cursor } = this
        this.cursor = { ...this.visualStart }
        this.visualStart = { ...cursor }
        return true
      }
      case ":":
        finish()
        this.mode = "command"
        this.commandLine = ":'<,'>"
        this.#historyAt = this.#history.length
        return true
      case "J":
        finish()
        this.cursor = { ...from }
        return this.#simpleCommand("J", [], Math.max(2, to.row - from.row + 1), undefined)
      case "p":
      case "P": {
        finish()
        const register = this.#registers.get(name ?? '"')
        if (linewise) this.#operateLines("d", from.row, to.row, undefined)
        else this.#operate("d", { from, to, inclusive: true }, undefined)
        const removed = this.#registers.get('"')
        if (register) {
          this.#registers.set('"', register)
          this.#put(undefined, false, 1)
          if (removed) this.#registers.set('"', removed)
        }
        return true
      }
      case "r": {
        if (keys.length === 0) return false
        finish()
        if ([...keys[0]].length !== 1) return true
        this.#remember()
        for (let row = from.row; row <= to.row; row++) {
          const characters = charactersOf(this.lines[row])
          const start = !linewise && row === from.row ? from.column : 0
          const end = !linewise && row === to.row ? to.column + 1 : characters.length
          for (let at = start; at < Math.min(end, characters.length); at++) characters[at] = keys[0]
          this.#setLine(row, characters)
        }
        return true
      }
      case "i":
      case "a": {
        if (keys.length === 0) return false
        const found = textObject(this.lines, this.cursor, key === "a", keys[0])
        if (found?.from) {
          this.visualStart = { ...found.from }
          this.cursor = { ...found.to }
        }
        return true
      }
      case "I":
      case "A":
        finish()
        this.#remember()
        this.cursor = key === "I" ? { ...from } : { row: to.row, column: to.column + 1 }
        this.#startInsert()
        return true
      case "/":
      case "?":
        finish()
        this.mode = "search"
        this.commandLine = key
        return true
    }
    const motion = this.#motion([key, ...keys], count)
    if (motion === "more") return false
    if (motion) this.cursor = { ...motion.to }
    return true
  }

  // Search and command line

  #find(source: string, forward: boolean): Place | undefined {
    const regex = viRegex(source, this.options.ignorecase)
    const { row, column } = this.cursor
    const total = this.lines.length
    for (let step = 0; step <= total; step++) {
      const at = (((row + (forward ? step : -step)) % total) + total) % total
      const line = this.lines[at]
      const found: number[] = []
      for (
        let from = 0, match = regex.find(line, 0);
        match && found.length < 2_000;
        match = from <= line.length ? regex.find(line, from) : undefined
      ) {
        found.push([...line.slice(0, match.index)].length)
        from = match.end > match.index ? match.end : match.end + 1
      }
      const first = step === 0
      const place = forward ? found.find((one) => (first ? one > column : true)) : found.findLast((one) => (first ? one < column : true))
      if (place === undefined) continue
      if (forward ? at < row || (at === row && step === total) : at > row || (at === row && step === total))
        this.message = forward ? "search hit BOTTOM, continuing at TOP" : "search hit TOP, continuing at BOTTOM"
      return { row: at, column: place }
    }
    throw new ExError(`E486: Pattern not found: ${source}`)
  }

  #commandKey(key: string): void {
    switch (key) {
      case "escape":
      case "C-c":
      case "C-{":
        this.mode = "normal"
        return
      case "backspace":
        this.commandLine = this.commandLine.slice(0, -1)
        if (this.commandLine === "") this.mode = "normal"
        return
      case "C-u":
        this.commandLine = this.commandLine.slice(0, 1)
        return
      case "C-w":
        this.commandLine = this.commandLine[0] + this.commandLine.slice(1).replace(/\s*\S+\s*$/, "")
        return
      case "up":
      case "down":
        this.#historyAt = Math.max(0, Math.min(this.#history.length, this.#historyAt + (key === "up" ? -1 : 1)))
        this.commandLine = this.commandLine[0] + (this.#history[this.#historyAt] ?? "")
        return
      case "enter": {
        const text = this.commandLine.slice(1)
        const searching = this.mode === "search"
        this.mode = "normal"
        this.message = ""
        if (!searching) {
          if (text !== "") this.#history.push(text)
          this.#execute(text)
          return
        }
        const forward = this.commandLine.startsWith("/")
        const source = text === "" ? this.#search?.source : text
        if (source === undefined) throw new ExError("E35: No previous regular expression")
        this.#search = { source, forward }
        if (this.options.hlsearch) this.highlight = viRegex(source, this.options.ignorecase)
        this.#marks.set("'", { ...this.cursor })
        const place = this.#find(source, forward)
        if (place) this.cursor = place
        return
      }
      default:
        if ([...key].length === 1 && key >= " ") this.commandLine += key
    }
  }

  #all(): Range {
    return { from: 0, to: this.lines.length - 1, given: false }
  }

  #execute(text: string): void {
    const { range, rest } = parseRange(text, {
      row: this.cursor.row,
      last: this.lines.length - 1,
      mark: (name) => this.#marks.get(name)?.row,
      search: (source) => this.#find(source, true)?.row,
    })
    const match = /^(!|&&?|[a-zA-Z]+|=|>+|<+)?(!?)\s*([\s\S]*)$/.exec(rest)
    const [, command = "", bang = "", argument = ""] = match ?? []
    const force = bang === "!"
    // s/…/…/ has no blank behind its name.
    if (/^s(?:ubstitute)?[^a-zA-Z0-9\s"|\\]/.test(rest) || command === "s")
      return this.#substitute(range, rest.replace(/^s(?:ubstitute)?/, ""))
    if (/^g(?:lobal)?!?\/|^v\//.test(rest)) return this.#global(range, rest)
    switch (command) {
      case "":
        if (range.given) this.cursor = { row: range.to, column: firstNonBlank(this.lines[range.to]) }
        return
      case "w":
      case "write":
      case "wq":
      case "x":
      case "xit":
      case "wa":
      case "wqa":
      case "xa":
      case "up":
      case "update": {
        const quit = /^(wq|x|xit|wqa|xa)$/.test(command)
        if (/^(x|xit|xa)$/.test(command) && !this.modified && argument === "") this.requests.push({ kind: "quit", force, code: 0 })
        else
          this.requests.push({
            kind: "write",
            path: argument === "" ? undefined : argument,
            range: range.given ? range : this.#all(),
            force,
            quit,
          })
        return
      }
      case "q":
      case "quit":
      case "qa":
      case "qall":
        this.requests.push({ kind: "quit", force, code: 0 })
        return
      case "cq":
        this.requests.push({ kind: "quit", force: true, code: 1 })
        return
      case "e":
      case "edit":
        this.requests.push({ kind: "edit", path: argument === "" ? undefined : argument, force })
        return
      case "r":
      case "read":
        if (argument.startsWith("!")) this.requests.push({ kind: "shell", command: argument.slice(1), row: range.to })
        else this.requests.push({ kind: "read", path: argument, row: range.given ? range.to : this.cursor.row })
        return
      case "!":
        this.requests.push({ kind: "shell", command: bang + argument, row: undefined })
        return
      case "sh":
      case "shell":
        this.requests.push({ kind: "shell", command: "", row: undefined })
        return
      case "set":
      case "se":
      case "setlocal":
        for (const option of argument.split(/\s+/).filter(Boolean)) this.set(option)
        return
      case "d":
      case "delete":
        this.#operateLines("d", range.from, range.to, undefined)
        return
      case "y":
      case "yank":
        this.#operateLines("y", range.from, range.to, undefined)
        return
      case "m":
      case "move":
      case "t":
      case "co":
      case "copy": {
        const target =
          parseRange(argument, { row: this.cursor.row, last: this.lines.length - 1, mark: () => undefined, search: () => undefined }).range
            .to + (argument.trim() === "0" ? 0 : 1)
        const block = this.lines.slice(range.from, range.to + 1)
        this.#remember()
        this.lines.splice(target, 0, ...block)
        if (command.startsWith("m")) this.lines.splice(target <= range.from ? range.from + block.length : range.from, block.length)
        return
      }
      case "j":
      case "join":
        this.cursor = { row: range.from, column: 0 }
        this.#simpleCommand("J", [], Math.max(2, range.to - range.from + 1), undefined)
        return
      case "noh":
      case "nohlsearch":
        this.highlight = undefined
        return
      case "u":
      case "undo":
        this.#swap(this.#undo, this.#redo, "Already at oldest change")
        return
      case "red":
      case "redo":
        this.#swap(this.#redo, this.#undo, "Already at newest change")
        return
      case "norm":
      case "normal":
        for (let row = range.from; row <= range.to; row++) {
          this.cursor = { row, column: 0 }
          this.#replay([...argument, "escape"], 1)
        }
        return
      case "sort": {
        this.#remember()
        const scope = range.given ? range : this.#all()
        const sorted = this.lines.slice(scope.from, scope.to + 1).sort()
        if (force) sorted.reverse()
        this.lines.splice(scope.from, sorted.length, ...(argument.includes("u") ? [...new Set(sorted)] : sorted))
        return
      }
      case "=":
        this.message = String(range.given ? range.to + 1 : this.lines.length)
        return
      case "f":
      case "file":
        if (argument !== "") this.path = argument
        this.message = `"${this.path ?? "[No Name]"}" ${this.lines.length} lines`
        return
      case "syntax":
      case "syn":
      case "filetype":
      case "colorscheme":
      case "map":
      case "inoremap":
      case "nnoremap":
      case "let":
      case "autocmd":
      case "au":
        return
      case "retab": {
        this.#remember()
        if (this.options.expandtab) this.lines = this.lines.map((line) => line.replaceAll("\t", " ".repeat(this.options.tabstop)))
        return
      }
      default:
        if (/^>+$/.test(command) || /^<+$/.test(command)) this.#shift(range.from, range.to, command.startsWith(">"))
        else throw new ExError(`E492: Not an editor command: ${text}`)
    }
  }

  #substitute(range: Range, text: string): void {
    const last = this.#lastSubstitution
    const given = text.trim() === "" || /^[gin&]+$/.test(text.trim()) ? (last ?? "") : text
    if (given === "") throw new ExError("E35: No previous regular expression")
    this.#lastSubstitution = given
    const substitution = parseSubstitution(given, this.#search?.source, this.options.ignorecase)
    this.#search = { source: substitution.source, forward: true }
    let count = 0
    let rows = 0
    let lastRow = -1
    const next = this.lines.slice(range.from, range.to + 1).map((line, at) => {
      const result = substituteLine(line, substitution)
      if (result.count === 0) return line
      count += result.count
      rows++
      lastRow = range.from + at
      return result.text
    })
    if (count === 0) throw new ExError(`E486: Pattern not found: ${substitution.source}`)
    if (substitution.count) {
      this.message = `${count} match${count === 1 ? "" : "es"} on ${rows} line${rows === 1 ? "" : "s"}`
      return
    }
    this.#remember()
    this.lines.splice(range.from, next.length, ...next.flatMap((line) => line.split("\n")))
    this.cursor = { row: lastRow, column: firstNonBlank(this.lines[lastRow]) }
    if (count > 2) this.message = `${count} substitutions on ${rows} line${rows === 1 ? "" : "s"}`
  }

  #lastSubstitution: string | undefined

  /** :g/pattern/command for d and s, which is what it is used for. */
  #global(given: Range, text: string): void {
    const match = /^(?:g(?:lobal)?(!?)|(v))\/((?:\\.|[^/])*)\/?([\s\S]*)$/.exec(text)
    if (!match) throw new ExError("E148: Regular expression missing from :global")
    const range = given.given ? given : this.#all()
    const regex = viRegex(match[3], this.options.ignorecase)
    const wanted = !(match[1] === "!" || match[2] === "v")
    const command = match[4].trim() || "p"
    if (command === "d" || command === "delete") {
      const kept = this.lines.filter((line, row) => row < range.from || row > range.to || regex.test(line) !== wanted)
      if (kept.length === this.lines.length) throw new ExError(`E486: Pattern not found: ${match[3]}`)
      this.#remember()
      const removed = this.lines.length - kept.length
      this.lines = kept.length > 0 ? kept : [""]
      if (removed > 2) this.message = `${removed} fewer lines`
      return
    }
    for (let row = Math.min(range.to, this.lines.length - 1); row >= range.from; row--)
      if (regex.test(this.lines[row]) === wanted) {
        this.cursor = { row, column: 0 }
        this.#execute(command)
      }
  }

  /** ":set" with one option; throws ExError. */
  set(text: string): void {
    const match = /^(no)?(inv)?([a-z]+)([!?&])?(?:[=:](.*))?$/.exec(text)
    if (!match) throw new ExError(`E518: Unknown option: ${text}`)
    const known = (name: string) => (Object.hasOwn(SHORT, name) ? SHORT[name] : name)
    // "number" begins with "no" only as "nonumber" does.
    const whole = known(text.replace(/[!?&=:].*$/, ""))
    const plain = Object.hasOwn(this.options, whole) || IGNORED.has(whole)
    const name = plain ? whole : known((match[2] ?? "") + match[3])
    const off = !plain && match[1] === "no"
    if (IGNORED.has(name)) return
    if (!Object.hasOwn(this.options, name)) throw new ExError(`E518: Unknown option: ${text}`)
    const key = name as keyof Options
    const value = this.options[key]
    if (match[4] === "?") {
      this.message = typeof value === "boolean" ? `${value ? "  " : "no"}${name}` : `  ${name}=${value}`
      return
    }
    if (typeof value === "number") {
      if (match[5] === undefined) this.message = `  ${name}=${value}`
      else Object.assign(this.options, { [key]: Math.max(0, Math.min(80, Number(match[5]) || 0)) })
    } else Object.assign(this.options, { [key]: match[4] === "!" || match[2] ? !value : !off })
    if (name === "hlsearch" && this.options.hlsearch && this.#search) this.highlight = viRegex(this.#search.source, this.options.ignorecase)
    if (this.options.tabstop === 0) this.options.tabstop = 8
  }
}

const swapped = (text: string): string =>
  [...text].map((character) => (character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase())).join("")
