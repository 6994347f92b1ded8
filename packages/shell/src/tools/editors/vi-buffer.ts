/** vi's text: lines, cursor, registers, marks, and what undoes changes. Knows no keys. */
import type { Regex } from "../../text/regex.ts"
import { KeyMaps } from "./vi-maps.ts"
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
  /** No line at all, rather than an empty one: written, it has no bytes. */
  empty = false
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
    smartcase: false,
    tabstop: 8,
    shiftwidth: 8,
    softtabstop: 0,
  }
  highlight: Regex | undefined
  visualStart: Place = { row: 0, column: 0 }
  /** Rows shown, for H, L, ^F and the like; set by whoever shows them. */
  top = 0
  height = 22
  readonly requests: Request[] = []
  /** A block whose first line is typed into: the lines below get the same when insert mode ends. */
  protected blockInsert: { row: number; bottom: number; column: number; length: number; pad: boolean; atEnd: boolean } | undefined
  readonly maps = new KeyMaps()
  protected keys: string[] = []
  /** :a, :i and :c take lines up to one with a dot alone. */
  protected collecting: { row: number; removed: number; lines: string[] } | undefined
  protected registers = new Map<string, Register>([['"', { text: "", linewise: false }]])
  protected undo: Snapshot[] = []
  protected redo: Snapshot[] = []
  protected wanted: number | undefined
  protected recorded: string[] = []
  protected lastChange: string[] = []
  protected replaying = false
  protected changed = false
  protected lastFind: { character: string; kind: string } | undefined
  protected search: { source: string; forward: boolean; offset?: string } | undefined
  protected marks = new Map<string, Place>([["'", { row: 0, column: 0 }]])
  protected history: string[] = []
  protected historyAt = 0
  /** The last command led nowhere. */
  protected failed = false
  /** A line as it was before the last changes to it alone (U). */
  protected lineBefore: { row: number; text: string; lines: number } | undefined
  /** The last visual selection (gv). */
  protected lastVisual: { mode: Mode; from: Place; to: Place } | undefined
  /** What insert mode put in last ("." as a register). */
  protected lastInserted = ""
  /** Where typing began on this line: C-u and C-w stop there once. */
  protected insertStart: Place = { row: 0, column: 0 }
  /** "o" with a count: each repetition is a line of its own. */
  protected insertLines = false
  /** One command of normal mode, then insert mode again (C-o). */
  protected insertAgain: Mode | undefined
  /** C-v was typed: what comes is put in as it is; digits so far. */
  protected literal: string | undefined
  /** Words that C-n and C-p go through, the one typed first. */
  protected completion: { words: readonly string[]; at: number; shown: string } | undefined
  /** C-r was typed: the name of a register comes. */
  protected pasting = false
  /** Text that insert mode repeats ("3ix"). */
  protected insertCount = 1
  protected insertKeys: string[] = []
  protected macros = new Map<string, string[]>()
  protected macro: { name: string; keys: string[] } | undefined
  protected playing = 0
  /** The last :s: up to its last mark, and its flags. */
  protected lastSubstitution: { body: string; flags: string } | undefined
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
    this.undo.push(this.#snapshot())
    this.empty = false
    const { row } = this.cursor
    if (this.lineBefore?.row !== row || this.lineBefore.lines !== this.lines.length)
      this.lineBefore = { row, text: this.lines[row], lines: this.lines.length }
    if (this.undo.length > MAX_UNDO) this.undo.shift()
    this.redo = []
    this.modified = true
    this.changed = true
  }

  #snapshot(): Snapshot {
    return { lines: [...this.lines], cursor: { ...this.cursor }, empty: this.empty }
  }

  protected swap(from: Snapshot[], to: Snapshot[], nothing: string): void {
    const state = from.pop()
    if (!state) {
      this.message = nothing
      return
    }
    to.push(this.#snapshot())
    const before = this.lines.length
    this.lines = [...state.lines]
    this.cursor = { ...state.cursor }
    this.empty = state.empty
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

  /** As vim's op_delete and op_yank keep it: "0 is the last yank, "1 to "9 are deleted lines, "- is what was deleted within one. */
  protected store(name: string | undefined, text: string, linewise: boolean, yank: boolean, block = false): void {
    if (name === "_") return
    const register = { text, linewise, ...(block && { block }) }
    this.registers.set('"', register)
    if (yank && !name) this.registers.set("0", register)
    if (!yank && (linewise || text.includes("\n"))) {
      for (let number = 9; number > 1; number--) {
        const older = this.registers.get(String(number - 1))
        if (older) this.registers.set(String(number), older)
      }
      this.registers.set("1", register)
    } else if (!yank && !name) this.registers.set("-", register)
    if (!name) return
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
    if (this.lines.length === 0) {
      this.lines.push("")
      this.empty = true
    }
    const row = Math.min(from, this.lines.length - 1)
    this.cursor = { row, column: firstNonBlank(this.lines[row]) }
  }

  /** A register by name, also those that are made when asked for. */
  protected registerNamed(name: string): Register | undefined {
    if (name === "%") return this.path === undefined ? undefined : { text: this.path, linewise: false }
    if (name === ".") return { text: this.lastInserted, linewise: false }
    if (name === "/") return this.search && { text: this.search.source, linewise: false }
    if (name === ":") return { text: this.history.at(-1) ?? "", linewise: false }
    return this.registers.get(name.toLowerCase())
  }

  protected put(name: string | undefined, after: boolean, count: number): void {
    const register = this.registerNamed(name ?? '"')
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
    if (register.block) {
      const column = charactersOf(this.lines[this.cursor.row]).length === 0 ? 0 : this.cursor.column + (after ? 1 : 0)
      const rows = register.text.split("\n")
      const width = Math.max(...rows.map(lengthOf))
      for (const [at, part] of rows.entries()) {
        const characters = charactersOf(this.lines[this.cursor.row + at])
        while (characters.length < column) characters.push(" ")
        const tail = characters.slice(column).join("")
        this.lines[this.cursor.row + at] =
          characters.slice(0, column).join("") + (tail === "" ? part : part.padEnd(width)).repeat(count) + tail
      }
      this.cursor = { row: this.cursor.row, column }
      return
    }
    const text = register.text.repeat(count)
    const characters = charactersOf(this.lines[this.cursor.row])
    const at = characters.length === 0 ? 0 : this.cursor.column + (after ? 1 : 0)
    const pieces = `${characters.slice(0, at).join("")}${text}${characters.slice(at).join("")}`.split("\n")
    this.lines.splice(this.cursor.row, 1, ...pieces)
    this.marks.set("[", { row: this.cursor.row, column: at })
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

  /** As 'ignorecase' and 'smartcase' have it. */
  protected regexOf(source: string): Regex {
    const { ignorecase, smartcase } = this.options
    return viRegex(source, ignorecase && !(smartcase && /[A-Z]/.test(source.replace(/\\./g, ""))))
  }

  /** The next match from the cursor on, around the end of the text; `side` is the end of it that counts. */
  protected find(source: string, forward: boolean, side: "begin" | "end" = "begin"): Place {
    const regex = this.regexOf(source)
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
        found.push([...line.slice(0, side === "begin" ? match.index : Math.max(match.index, match.end - 1))].length)
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
    const open = this.mode === "insert" || this.mode === "replace" || (this.insertAgain !== undefined && this.mode === "normal")
    const most = open ? length : Math.max(0, length - 1)
    cursor.column = Math.max(0, Math.min(cursor.column, this.mode.startsWith("visual") ? Math.max(most, 0) : most))
  }
}
