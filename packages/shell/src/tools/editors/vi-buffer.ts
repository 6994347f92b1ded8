/** vi's text: lines, cursor, registers, marks, and what undoes changes. Knows no keys. */
import { ExError, type Range } from "./vi-ex.ts"
import type { Value } from "./vi-expression.ts"
import { Abbreviations, KeyMaps } from "./vi-maps.ts"
import { indentOf } from "./vi-format.ts"
import { defaultOptions } from "./vi-options.ts"
import { compilePattern, type Pattern, type PatternMatch } from "./vi-pattern.ts"
import { before, charactersOf, firstNonBlank, lengthOf, type Place } from "./vi-text.ts"
import type { Mode, Options, Register, Request, Snapshot } from "./vi-state.ts"

const MAX_UNDO = 300
/** Lines that a match may go on in. */
const MATCH_LINES = 500
const MAX_JUMPS = 100
const MAX_STEPS = 40_000

export abstract class ViBuffer {
  lines: string[]
  cursor: Place = { row: 0, column: 0 }
  mode: Mode = "normal"
  message = ""
  /** Text of the command line, its ":" or "/" first. */
  commandLine = ""
  /** UTF-16 units of it before the cursor. */
  commandAt = 0
  /** What is shown below the text until a key is typed: a list, or the output of a command. */
  page: readonly string[] | undefined
  modified = false
  path: string | undefined
  /** No line at all, rather than an empty one: written, it has no bytes. */
  empty = false
  readonly options: Options = defaultOptions()
  highlight: Pattern | undefined
  visualStart: Place = { row: 0, column: 0 }
  /** Rows shown, for H, L, ^F and the like; set by whoever shows them. */
  top = 0
  height = 22
  columns = 80
  readonly requests: Request[] = []
  /** A file's lines for :r and what is said of them; set by whoever runs the editor. Throws ExError. */
  readLines: (path: string) => { lines: readonly string[]; message: string } = () => ({ lines: [], message: "" })
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
  protected searches: string[] = []
  protected historyAt = 0
  protected recallPrefix: string | undefined
  protected searchCount = 1
  /** The mode that the command line came from. */
  protected commandFrom: Mode = "normal"
  protected lastCommand: string | undefined
  get lastTyped(): string {
    return this.lastCommand ?? ""
  }

  /** Where jumps began (C-o, Tab), and where changes were made (g; and g,). */
  protected jumps: Place[] = []
  protected jumpAt = 0
  protected changeList: Place[] = []
  protected changeAt = 0
  readonly abbreviations = new Abbreviations()
  protected readonly variables = new Map<string, Value>()
  /** What the last :s put in (~). */
  protected lastReplacement = ""
  /** An indent that was made by itself: it goes when nothing follows it. */
  protected ownIndent = false
  /** The lines before the change that is being made. */
  #unsettled: readonly string[] | undefined
  readonly #patterns = new Map<string, Pattern>()
  /** The text after each change that is remembered, and the change that each followed. */
  readonly #states = new Map<number, Snapshot>()
  readonly #parents = new Map<number, number>()
  #warned = false
  /** When each change was made. */
  readonly #times = new Map<number, number>()
  /** ms of the clock; set by whoever runs the editor. */
  now: () => number = () => 0
  protected change = 0
  #lastChange = 0
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
  protected lastSubstitution: { source: string; by: string; flags: string } | undefined
  protected lastMacro: string | undefined

  constructor(lines: readonly string[], path: string | undefined) {
    this.lines = lines.length > 0 ? [...lines] : [""]
    this.path = path
  }

  get pending(): string {
    return this.keys.join("")
  }

  /** The mode that one command of normal mode interrupts. */
  get again(): string | undefined {
    return this.insertAgain
  }

  get recording(): string | undefined {
    return this.macro?.name
  }

  /** What one typed key has set off so far, in steps: macros that play macros, and loops in loops, come to an end. */
  protected spent = 0

  /** Counts a step, a larger one in a larger text or a longer line; throws ExError when a key has had its share. */
  protected spend(): void {
    this.spent += 1 + (this.lines.length >> 8) + ((this.lines[this.cursor.row]?.length ?? 0) >> 6)
    if (this.spent > MAX_STEPS) throw new ExError("Interrupted")
  }

  protected remember(): void {
    if (!this.options.modifiable) throw new ExError("E21: Cannot make changes, 'modifiable' is off")
    const now = this.#snapshot()
    this.#unsettled ??= now.lines
    this.undo.push(now)
    this.#states.set(this.change, now)
    this.#parents.set(++this.#lastChange, this.change)
    this.change = this.#lastChange
    this.#times.set(this.change, this.now())
    this.#times.delete(this.change - MAX_UNDO)
    this.#states.delete(this.#lastChange - MAX_UNDO)
    this.empty = false
    if (this.options.readonly && !this.#warned) {
      this.#warned = true
      this.message = "W10: Warning: Changing a readonly file"
    }
    const { row } = this.cursor
    if (this.lineBefore?.row !== row || this.lineBefore.lines !== this.lines.length)
      this.lineBefore = { row, text: this.lines[row], lines: this.lines.length }
    if (this.undo.length > MAX_UNDO) this.undo.shift()
    this.redo = []
    this.modified = true
    this.changed = true
  }

  #snapshot(): Snapshot {
    return { lines: [...this.lines], cursor: { ...this.cursor }, empty: this.empty, change: this.change, modified: this.modified }
  }

  /** Marks, jumps and places of changes go along with the lines that a command has moved. */
  protected settle(): void {
    const old = this.#unsettled
    this.#unsettled = undefined
    if (!old) return
    const { lines } = this
    let head = 0
    while (head < old.length && head < lines.length && old[head] === lines[head]) head++
    if (head === old.length && head === lines.length) return
    let tail = 0
    while (tail < old.length - head && tail < lines.length - head && old.at(-1 - tail) === lines.at(-1 - tail)) tail++
    const by = lines.length - old.length
    const moved = ({ row, column }: Place): Place | undefined => {
      if (row < head || by === 0) return { row, column }
      if (row >= old.length - tail) return { row: row + by, column }
      return by < 0 && row >= lines.length - tail ? undefined : { row, column }
    }
    for (const [name, place] of this.marks) {
      if (!/^[a-z"]$/i.test(name)) continue
      const next = moved(place)
      if (next) this.marks.set(name, next)
      else this.marks.delete(name)
    }
    this.jumps = this.jumps.map((place) => moved(place) ?? { row: head, column: 0 })
    const at = { row: Math.min(head, lines.length - 1), column: 0 }
    const [a, b] = [charactersOf(old[head]), charactersOf(lines[at.row])]
    if (by === 0) while (at.column < a.length && a[at.column] === b[at.column]) at.column++
    const last = this.changeList.at(-1)
    if (last?.row === at.row && Math.abs(last.column - at.column) < 79) this.changeList.pop()
    this.changeList = [...this.changeList.map((place) => moved(place) ?? at), at].slice(-MAX_JUMPS)
    this.changeAt = this.changeList.length
    if (this.mode === "normal" && !this.marks.has(".")) this.marks.set(".", at)
    else if (this.mode === "normal") this.marks.set(".", { row: at.row, column: by === 0 ? at.column : 0 })
  }

  /** A jump begins here. */
  protected jumped(): void {
    const { row, column } = this.cursor
    this.marks.set("'", { row, column })
    this.jumps = [...this.jumps.filter((one) => one.row !== row), { row, column }].slice(-MAX_JUMPS)
    this.jumpAt = this.jumps.length
  }

  /** C-o and Tab: so many jumps back, or forth again. */
  protected walkJumps(by: number): void {
    if (this.jumpAt === this.jumps.length && by < 0) {
      this.jumped()
      this.jumpAt--
    }
    const target = this.jumps[this.jumpAt + by]
    if (!target) {
      this.failed = true
      return
    }
    this.jumpAt += by
    this.cursor = { ...target }
  }

  /** "3 changes; before #2  5 seconds ago" (undo.c, u_undo_end). */
  #undoMessage(old: readonly string[], back: boolean, was: number): string {
    const { lines } = this
    let head = 0
    while (head < old.length && head < lines.length && old[head] === lines[head]) head++
    let tail = 0
    while (tail < old.length - head && tail < lines.length - head && old.at(-1 - tail) === lines.at(-1 - tail)) tail++
    const by = (this.empty ? 0 : lines.length) - was
    const count = Math.abs(by === 0 ? lines.length - head - tail : by)
    const what =
      by === 0
        ? count === 1
          ? "change"
          : "changes"
        : by > 0
          ? count === 1
            ? "more line"
            : "more lines"
          : count === 1
            ? "line less"
            : "fewer lines"
    const number = back ? this.change + 1 : this.change
    const seconds = Math.floor((this.now() - (this.#times.get(number) ?? this.now())) / 1_000)
    return `${count} ${what}; ${back ? "before" : "after"} #${number}  ${seconds === 1 ? "1 second" : `${seconds} seconds`} ago`
  }

  /** What was begun and changed nothing (an i and an Esc) is no change. */
  protected forgetIdle(): void {
    const last = this.undo.at(-1)
    if (!last || last.lines.length !== this.lines.length || last.lines.some((line, at) => line !== this.lines[at])) return
    this.undo.pop()
    this.modified = last.modified
    this.empty = last.empty
    this.change = last.change
  }

  /** The text is in the file now: what it was before is not. */
  written(): void {
    this.modified = false
    for (const state of [...this.undo, ...this.redo, ...this.#states.values()]) state.modified = true
  }

  /** Goes to the text after another change; the cursor comes to the first line that differs. */
  #restore(state: Snapshot, back: boolean): void {
    const was = this.empty ? 0 : this.lines.length
    const old = this.lines
    this.#unsettled ??= old
    this.lines = [...state.lines]
    this.empty = state.empty
    this.change = state.change
    this.modified = state.modified
    this.message = this.#undoMessage(old, back, was)
  }

  protected swap(from: Snapshot[], to: Snapshot[], nothing: string): void {
    const state = from.pop()
    if (!state) {
      this.message = nothing
      this.failed = true
      return
    }
    const now = this.#snapshot()
    to.push(now)
    this.#states.set(now.change, now)
    const old = this.lines
    this.#restore(state, from === this.undo)
    const changed = this.lines.findIndex((line, at) => line !== old[at])
    // Redone, the cursor is where the change begins.
    this.cursor =
      from === this.undo || changed < 0 || this.lines.length !== old.length
        ? { ...state.cursor }
        : { row: changed, column: changed === state.cursor.row ? state.cursor.column : 0 }
  }

  /** The text as it was after a change, however it was come to since: :undo N, g- and g+. Throws ExError. */
  protected toChange(wanted: number): void {
    const now = this.#snapshot()
    this.#states.set(now.change, now)
    const state = this.#states.get(wanted)
    if (!state) throw new ExError(`E830: Undo number ${wanted} not found`)
    const states = (path: readonly number[]) => path.flatMap((one) => this.#states.get(one) ?? [])
    const ancestors: number[] = []
    for (let at = this.#parents.get(wanted); at !== undefined; at = this.#parents.get(at)) ancestors.unshift(at)
    const descendants: number[] = []
    const child = (of: number) => [...this.#parents].findLast(([, parent]) => parent === of)?.[0]
    for (let at = child(wanted); at !== undefined; at = child(at)) descendants.unshift(at)
    this.undo = states(ancestors)
    this.redo = states(descendants)
    const old = this.lines
    this.#restore(state, wanted < now.change)
    const row = Math.max(
      0,
      this.lines.findIndex((line, at) => line !== old[at]),
    )
    this.cursor = { row, column: firstNonBlank(this.lines[row]) }
  }

  /** g- and g+: so many changes back in time, or forward. */
  protected throughTime(by: number): void {
    const wanted = Math.max(0, Math.min(this.#lastChange, this.change + by))
    if (wanted === this.change) this.message = by < 0 ? "Already at oldest change" : "Already at newest change"
    else this.toChange(wanted)
  }

  protected forgetChanges(): void {
    this.undo = []
    this.redo = []
    this.#states.clear()
    this.#parents.clear()
    this.change = 0
    this.#lastChange = 0
    this.#unsettled = undefined
  }

  /** Puts `lines` in the place of `removed` rows, as one change; a text of no lines keeps an empty one. */
  protected replaceRows(row: number, removed: number, lines: readonly string[]): void {
    this.remember()
    this.lines.splice(row, removed, ...lines)
    if (this.lines.length === 0) {
      this.lines.push("")
      this.empty = true
    }
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
  protected store(name: string | undefined, text: string, linewise: boolean, yank: boolean, block = false, big = false): void {
    if (name === "_") return
    const register = { text, linewise, ...(block && { block }) }
    this.registers.set('"', register)
    if (yank && !name) this.registers.set("0", register)
    if (!yank && (linewise || big || text.includes("\n"))) {
      for (let number = 9; number > 1; number--) {
        const older = this.registers.get(String(number - 1))
        if (older) this.registers.set(String(number), older)
      }
      this.registers.set("1", register)
      // What % and searches take is numbered, and is a small deletion too.
      if (big && !name && !linewise && !text.includes("\n")) this.registers.set("-", register)
    } else if (!yank && !name) this.registers.set("-", register)
    if (!name) return
    const lower = name.toLowerCase()
    const old = this.registers.get(lower)
    if (name !== lower && old) {
      const both = linewise || old.linewise
      const added = { text: old.text + (both ? "\n" : "") + text, linewise: both }
      this.registers.set(lower, added)
      this.registers.set('"', added)
    } else this.registers.set(lower, register)
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
    if (name === ":") return this.lastCommand === undefined ? undefined : { text: this.lastCommand, linewise: false }
    return this.registers.get(name.toLowerCase())
  }

  protected put(name: string | undefined, after: boolean, count: number): void {
    const register = this.registerNamed(name ?? '"')
    if (!register || (register.text === "" && !register.linewise)) {
      throw new ExError(`E353: Nothing in register ${name ?? '"'}`)
    }
    this.remember()
    if (register.linewise) {
      const added = Array.from({ length: count }, () => register.text.split("\n")).flat()
      const row = this.cursor.row + (after ? 1 : 0)
      this.lines.splice(row, 0, ...added)
      this.cursor = { row, column: firstNonBlank(this.lines[row]) }
      this.marks.set("[", { row, column: 0 })
      this.marks.set("]", { row: row + added.length - 1, column: Math.max(0, lengthOf(added.at(-1)) - 1) })
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
    if (pieces.length === 1) {
      this.cursor.column = at + [...text].length - 1
      this.marks.set("]", { ...this.cursor })
    } else {
      const row = this.cursor.row + pieces.length - 1
      this.marks.set("]", { row, column: Math.max(0, lengthOf(register.text.split("\n").at(-1)) - 1) })
      this.cursor = { row: this.cursor.row, column: at }
    }
  }

  /** > and <: `times` units in or out; 'shiftround' goes to multiples of one. */
  protected shift(from: number, to: number, right: boolean, times = 1): void {
    this.remember()
    const unit = this.options.shiftwidth || this.options.tabstop
    for (let row = from; row <= to; row++) {
      if (this.lines[row] === "") continue
      const width = this.indentWidth(row)
      const over = width % unit
      const round = this.options.shiftround && over > 0
      const next = right ? width - (round ? over : 0) + unit * times : width - (round ? over + unit * (times - 1) : unit * times)
      this.setIndent(row, next)
    }
    this.cursor = { row: from, column: firstNonBlank(this.lines[from]) }
  }

  /** Columns of a line's indent. */
  protected indentWidth(row: number): number {
    const { tabstop } = this.options
    let width = 0
    for (const character of /^[ \t]*/.exec(this.lines[row] ?? "")?.[0] ?? "") width += character === "\t" ? tabstop - (width % tabstop) : 1
    return width
  }

  protected setIndent(row: number, width: number): void {
    this.lines[row] = indentOf(Math.max(0, width), this.options) + (this.lines[row] ?? "").replace(/^[ \t]*/, "")
  }

  protected all(): Range {
    return { from: 0, to: this.lines.length - 1, given: false }
  }

  /** A pattern as 'ignorecase' and 'smartcase' have it; throws ExError. */
  protected patternOf(source: string, fold?: boolean): Pattern {
    const { ignorecase, smartcase } = this.options
    const options = { ignorecase: fold ?? ignorecase, smartcase: fold === undefined && smartcase, last: this.lastReplacement }
    const key = `${options.ignorecase}${options.smartcase}${options.last}\n${source}`
    let pattern = this.#patterns.get(key)
    if (!pattern) {
      if (this.#patterns.size > 20) this.#patterns.clear()
      pattern = compilePattern(source, options)
      this.#patterns.set(key, pattern)
    }
    return pattern
  }

  /** The first match that begins in a row, at UTF-16 unit `from` or later; its end may be in a row below. */
  protected matchIn(pattern: Pattern, row: number, from: number): PatternMatch | undefined {
    const line = this.lines[row]
    if (from > line.length) return undefined
    // The last line has an end as well.
    const text = pattern.lines ? `${this.lines.slice(row, row + MATCH_LINES).join("\n")}\n` : line
    const match = pattern.find(text, from, {
      row,
      last: this.lines.length - 1,
      cursor: this.cursor,
      mark: (name) =>
        name === ">" && this.lastVisual?.mode === "visual-line"
          ? { row: this.marks.get(">")?.row ?? 0, column: Number.MAX_SAFE_INTEGER }
          : this.marks.get(name),
    })
    return match && match.index <= line.length ? match : undefined
  }

  /** Where a unit of the text from `row` on is. */
  protected placeOf(row: number, unit: number): Place {
    let [at, left] = [row, unit]
    while (at < this.lines.length - 1 && left > this.lines[at].length) left -= this.lines[at++].length + 1
    return { row: at, column: charactersOf(this.lines[at].slice(0, left)).length }
  }

  /** The next match from the cursor on, around the end of the text; `side` is the end of it that counts. Throws ExError. */
  protected find(source: string, forward: boolean, side: "begin" | "end" = "begin"): Place {
    const pattern = this.patternOf(source)
    const { row, column } = this.cursor
    const total = this.lines.length
    for (let step = 0; step <= total; step++) {
      const at = (((row + (forward ? step : -step)) % total) + total) % total
      const wrapped = forward ? at < row || (at === row && step === total) : at > row || (at === row && step === total)
      if (wrapped && !this.options.wrapscan)
        throw new ExError(
          forward ? `E385: Search hit BOTTOM without match for: ${source}` : `E384: Search hit TOP without match for: ${source}`,
        )
      const line = this.lines[at]
      const found: { begin: number; place: Place }[] = []
      for (let from = 0, match = this.matchIn(pattern, at, 0); match && found.length < 2_000; match = this.matchIn(pattern, at, from)) {
        const begin = charactersOf(line.slice(0, match.index)).length
        const place = side === "begin" ? { row: at, column: begin } : this.placeOf(at, Math.max(match.index, match.end - 1))
        // At the end of a line there is no character: a match there is at the last one, unless the line is empty.
        if (match.index < line.length || line === "" || side === "end") found.push({ begin, place })
        else found.push({ begin: Math.max(0, begin - 1), place: { row: at, column: Math.max(0, begin - 1) } })
        from = match.end > match.index ? Math.min(match.end, line.length + 1) : match.end + 1
        if (match.end > line.length) break
      }
      const compared = (one: { begin: number; place: Place }) =>
        side === "begin" ? one.begin : one.place.row > at ? Number.MAX_SAFE_INTEGER : one.place.column
      const one = forward
        ? found.find((match) => (step === 0 ? compared(match) > column : true))
        : found.findLast((match) => (step === 0 ? compared(match) < column : true))
      if (!one) continue
      if (wrapped) this.message = forward ? "search hit BOTTOM, continuing at TOP" : "search hit TOP, continuing at BOTTOM"
      return one.place
    }
    throw new ExError(`E486: Pattern not found: ${source}`)
  }

  protected clamp(): void {
    const { cursor } = this
    cursor.row = Math.max(0, Math.min(cursor.row, this.lines.length - 1))
    const length = lengthOf(this.lines[cursor.row])
    const open = this.mode === "insert" || this.mode === "replace" || (this.insertAgain !== undefined && this.mode === "normal")
    const most = open ? length : Math.max(0, length - 1)
    cursor.column = Math.max(0, Math.min(cursor.column, this.mode.startsWith("visual") ? length : most))
  }
}
