/** vi's text: lines, cursor, registers, marks, and what undoes changes. Knows no keys. */
import type { Regex } from "../../text/regex.ts"
import { ExError, viRegex, type Range } from "./vi-ex.ts"
import { before, charactersOf, firstNonBlank, lengthOf, type Place } from "./vi-text.ts"
import type { Mode, Options, Register, Request, Snapshot } from "./vi-state.ts"

const MAX_UNDO = 300

export abstract class ViBuffer {
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
  /** A block whose first line is typed into: the lines below get the same when insert mode ends. */
  protected blockInsert: { row: number; bottom: number; column: number; length: number; pad: boolean; atEnd: boolean } | undefined
  protected keys: string[] = []
  protected registers = new Map<string, Register>([['"', { text: "", linewise: false }]])
  protected undo: Snapshot[] = []
  protected redo: Snapshot[] = []
  protected wanted: number | undefined
  protected recorded: string[] = []
  protected lastChange: string[] = []
  protected replaying = false
  protected changed = false
  protected lastFind: { character: string; kind: string } | undefined
  protected search: { source: string; forward: boolean } | undefined
  protected marks = new Map<string, Place>()
  protected history: string[] = []
  protected historyAt = 0
  /** Text that insert mode repeats ("3ix"). */
  protected insertCount = 1
  protected insertKeys: string[] = []
  protected macros = new Map<string, string[]>()
  protected macro: { name: string; keys: string[] } | undefined
  protected playing = 0
  protected lastSubstitution: string | undefined
  protected lastMacro: string | undefined

  constructor(lines: readonly string[], path: string | undefined) {
    this.lines = lines.length > 0 ? [...lines] : [""]
    this.path = path
  }

  get pending(): string {
    return this.keys.join("")
  }

  get recording(): string | undefined {
    return this.macro?.name
  }

  protected remember(): void {
    this.undo.push({ lines: [...this.lines], cursor: { ...this.cursor } })
    if (this.undo.length > MAX_UNDO) this.undo.shift()
    this.redo = []
    this.modified = true
    this.changed = true
  }

  protected swap(from: Snapshot[], to: Snapshot[], nothing: string): void {
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

  protected setLine(row: number, characters: readonly string[] | string): void {
    this.lines[row] = typeof characters === "string" ? characters : characters.join("")
  }

  protected ordered(a: Place, b: Place): [Place, Place] {
    return before(b, a) ? [b, a] : [a, b]
  }

  /** The text between two places; `inclusive` takes the character at the end too. */
  protected textIn(a: Place, b: Place, inclusive: boolean): string {
    const [from, to] = this.ordered(a, b)
    const end = to.column + (inclusive ? 1 : 0)
    if (from.row === to.row) return charactersOf(this.lines[from.row]).slice(from.column, end).join("")
    return [
      charactersOf(this.lines[from.row]).slice(from.column).join(""),
      ...this.lines.slice(from.row + 1, to.row),
      charactersOf(this.lines[to.row]).slice(0, end).join(""),
    ].join("\n")
  }

  protected store(name: string | undefined, text: string, linewise: boolean, yank: boolean): void {
    const register = { text, linewise }
    this.registers.set('"', register)
    if (yank && !name) this.registers.set("0", register)
    if (!name || name === "_") return
    const lower = name.toLowerCase()
    const old = this.registers.get(lower)
    if (name !== lower && old)
      this.registers.set(lower, { text: old.text + (linewise ? "\n" : "") + text, linewise: linewise || old.linewise })
    else this.registers.set(lower, register)
  }

  protected deleteRange(a: Place, b: Place, inclusive: boolean): void {
    const [from, to] = this.ordered(a, b)
    const end = to.column + (inclusive ? 1 : 0)
    const head = charactersOf(this.lines[from.row]).slice(0, from.column).join("")
    const tail = charactersOf(this.lines[to.row]).slice(end).join("")
    this.lines.splice(from.row, to.row - from.row + 1, head + tail)
    this.cursor = { ...from }
  }

  protected deleteLines(from: number, to: number): void {
    this.lines.splice(from, to - from + 1)
    if (this.lines.length === 0) this.lines.push("")
    const row = Math.min(from, this.lines.length - 1)
    this.cursor = { row, column: firstNonBlank(this.lines[row]) }
  }

  protected put(name: string | undefined, after: boolean, count: number): void {
    const register = this.registers.get(name?.toLowerCase() ?? '"')
    if (!register || (register.text === "" && !register.linewise)) {
      this.message = `E353: Nothing in register ${name ?? '"'}`
      return
    }
    this.remember()
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

  protected shift(from: number, to: number, right: boolean): void {
    this.remember()
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

  protected all(): Range {
    return { from: 0, to: this.lines.length - 1, given: false }
  }

  protected find(source: string, forward: boolean): Place | undefined {
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

  protected clamp(): void {
    const { cursor } = this
    cursor.row = Math.max(0, Math.min(cursor.row, this.lines.length - 1))
    const length = lengthOf(this.lines[cursor.row])
    const most = this.mode === "insert" || this.mode === "replace" ? length : Math.max(0, length - 1)
    cursor.column = Math.max(0, Math.min(cursor.column, this.mode.startsWith("visual") ? Math.max(most, 0) : most))
  }
}
