/** vi's commands over lines: :delete, :move, :join, :global, :normal, :sort and the like (ex_docmd.c, ex_cmds.c). */
import { type ExCall, ExError, parseRange, type RangeContext } from "./vi-ex.ts"
import { evaluate, textIn } from "./vi-expression.ts"
import { aligned } from "./vi-format.ts"
import { keysIn, plainKey } from "./vi-maps.ts"
import { sortLines } from "./vi-sort.ts"
import { displayColumn, firstNonBlank, lengthOf } from "./vi-text.ts"
import { ViCommandLine } from "./vi-command-line.ts"

const MAX_DEPTH = 20

export abstract class ViExLines extends ViCommandLine {
  #globals = 0
  #depth = 0

  /** Runs one line of commands; throws ExError. */
  abstract override executeLine(text: string): void

  /** What addresses are counted and searched from. */
  protected addresses(): RangeContext {
    return {
      row: this.cursor.row,
      last: this.lines.length - 1,
      mark: (name) => this.marks.get(name)?.row,
      search: (given, row, forward, kind) => {
        const source = given !== "" ? given : kind === "&" ? this.lastSubstitution?.source : this.search?.source
        if (source === undefined) throw new ExError("E35: No previous regular expression")
        const { cursor } = this
        this.cursor = { row, column: forward ? Number.MAX_SAFE_INTEGER : 0 }
        try {
          const found = this.find(source, forward).row
          this.search = { source, forward: this.search?.forward ?? true }
          return found
        } finally {
          this.cursor = cursor
        }
      },
    }
  }

  /** The rows of a command that may be followed by a count, and the register named before that. */
  #target({ range, argument }: ExCall): { from: number; to: number; register: string | undefined } {
    const match = /^(?:"?([a-zA-Z"_0-9*+-])(?=\s|$))?\s*(\d+)?$/.exec(/^\d+$/.test(argument) ? ` ${argument}` : argument)
    if (!match) throw new ExError(`E488: Trailing characters: ${argument}`)
    const [, register, count] = match
    if (count === undefined) return { from: range.from, to: range.to, register }
    if (Number(count) === 0) throw new ExError("E939: Positive count required")
    return { from: range.to, to: Math.min(this.lines.length - 1, range.to + Number(count) - 1), register }
  }

  #shifted(call: ExCall): void {
    const { from, to } = this.#target(call)
    this.shift(from, to, call.name.startsWith(">"), call.name.length)
    this.cursor = { row: to, column: firstNonBlank(this.lines[to]) }
  }

  #put({ range, argument, bang }: ExCall): void {
    const expression = argument.startsWith("=")
    const value = expression ? evaluate(argument.slice(1), this.expressions()) : undefined
    const register = expression ? undefined : this.registerNamed(argument[0] ?? '"')
    const text = value === undefined ? register?.text : typeof value === "object" ? value.map(textIn).join("\n") : textIn(value)
    if (text === undefined || (text === "" && register && !register.linewise && argument === ""))
      throw new ExError(`E353: Nothing in register ${argument[0] ?? '"'}`)
    const row = range.zero ? 0 : range.to + (bang ? 0 : 1)
    const rows = text.split("\n")
    this.replaceRows(row, 0, rows)
    const last = row + rows.length - 1
    this.cursor = { row: last, column: firstNonBlank(this.lines[last]) }
  }

  #moved({ range, argument, name }: ExCall): void {
    const { range: target, rest } = parseRange(argument, this.addresses())
    if (argument === "" || !target.given) throw new ExError("E14: Invalid address")
    if (rest !== "") throw new ExError(`E488: Trailing characters: ${rest}`)
    const at = target.zero ? 0 : target.to + 1
    const block = this.lines.slice(range.from, range.to + 1)
    if (name !== "move") {
      this.replaceRows(at, 0, block)
      this.cursor = { row: at + block.length - 1, column: firstNonBlank(block.at(-1)) }
      return
    }
    if (at > range.from && at <= range.to) throw new ExError("E134: Cannot move a range of lines into itself")
    this.remember()
    this.lines.splice(at, 0, ...block)
    this.lines.splice(at <= range.from ? range.from + block.length : range.from, block.length)
    const row = at <= range.from ? at + block.length - 1 : at - 1
    this.cursor = { row, column: firstNonBlank(this.lines[row]) }
  }

  #join(call: ExCall): void {
    const { range, argument, bang } = call
    const counted = /^\d+$/.test(argument)
    const from = counted ? range.to : range.from
    const to = counted ? range.to + Number(argument) - 1 : range.count === 2 ? Math.max(range.to, range.from) : range.to + 1
    if (from >= this.lines.length - 1 && range.count !== 2) return
    this.remember()
    this.cursor = { row: from, column: 0 }
    this.joinRows(from, Math.min(to, this.lines.length - 1) - from, !bang)
    this.cursor.column = firstNonBlank(this.lines[from])
  }

  #normal({ range, raw, bang }: ExCall): void {
    if (++this.#depth > MAX_DEPTH) {
      this.#depth = 0
      throw new ExError("E192: Recursive use of :normal too deep")
    }
    const keys = keysIn(raw.replace(/^ /, "").replaceAll("<", "<lt>")).map(plainKey)
    const { lastChange } = this
    try {
      for (let row = range.from; row <= (range.given ? range.to : range.from); row++) {
        if (row >= this.lines.length) break
        if (range.given) this.cursor = { row, column: 0 }
        this.playKeys(keys, !bang)
        if (this.mode === "command" || this.mode === "search") this.mode = "normal"
        for (let left = 4; left > 0 && this.mode !== "normal"; left--) this.feed("escape")
        this.keys = []
      }
    } finally {
      this.#depth--
    }
    if (this.lastChange.length === 0) this.lastChange = lastChange
  }

  #retab({ range, argument, bang }: ExCall): void {
    const scope = range.given ? range : this.all()
    const old = this.options.tabstop
    const size = /^\d+$/.test(argument) ? Math.max(1, Math.min(80, Number(argument))) : old
    this.remember()
    for (let row = scope.from; row <= scope.to; row++) {
      let width = 0
      let text = ""
      for (const [run] of this.lines[row].matchAll(/[ \t]+|[^ \t]+/g)) {
        const begin = width
        for (const one of run) width += one === "\t" ? old - (width % old) : 1
        const blank = /[ \t]/.test(run)
        if (!blank) width = begin + displayColumn(run, lengthOf(run), old)
        // Runs of blanks are made into tabs only with "!"; those with a tab are always made anew.
        if (!blank || (!run.includes("\t") && !(bang && run.length > 1))) text += run
        else if (this.options.expandtab) text += " ".repeat(width - begin)
        else {
          const tabs = Math.floor(width / size) - Math.floor(begin / size)
          text += tabs > 0 ? "\t".repeat(tabs) + " ".repeat(width % size) : " ".repeat(width - begin)
        }
      }
      this.lines[row] = text
    }
    this.options.tabstop = size
  }

  #aligned({ range, argument, name }: ExCall): void {
    this.remember()
    const way = name === "left" || name === "right" ? name : "center"
    const amount = argument === "" ? (way === "left" ? 0 : this.options.textwidth || 80) : Number(argument)
    for (let row = range.from; row <= range.to; row++)
      this.lines[row] = aligned(this.lines[row], way, Math.min(1_000, amount || 0), this.options)
    this.cursor = { row: range.to, column: firstNonBlank(this.lines[range.to]) }
  }

  /** What :print, :list and :number show. */
  #printed(call: ExCall): void {
    const { from, to } = this.#target(call)
    const numbered = call.name === "number" || call.name === "#"
    const rows = this.lines.slice(from, to + 1).map((line, at) => {
      const text = call.name === "list" ? `${line.replaceAll("\t", "^I")}$` : line
      return numbered ? `${String(from + at + 1).padStart(3)} ${text}` : text
    })
    this.cursor = { row: to, column: firstNonBlank(this.lines[to]) }
    this.show(rows)
  }

  /** Some lines below the text, or one in the message's place. */
  protected show(rows: readonly string[]): void {
    const one = rows.length === 1 && this.message.startsWith(":")
    if (this.page) this.page = [...this.page, ...rows]
    else if (one) this.message = rows[0]
    else this.page = rows[0] === "" ? [this.message, ...rows.slice(1)] : rows
  }

  /** False when it is none of these. */
  protected lineCommand(call: ExCall): boolean {
    const { name, range, argument, bang } = call
    switch (name) {
      case "":
        if (range.given) this.cursor = { row: range.to, column: firstNonBlank(this.lines[range.to]) }
        return true
      case "delete": {
        const { from, to, register } = this.#target(call)
        this.cursor = { row: from, column: firstNonBlank(this.lines[from]) }
        this.operateLines("d", from, to, register)
        if (this.empty) this.message = "--No lines in buffer--"
        return true
      }
      case "yank": {
        const { cursor } = this
        const { from, to, register } = this.#target(call)
        this.operateLines("y", from, to, register)
        this.cursor = cursor
        return true
      }
      case "put":
        this.#put(call)
        return true
      case "move":
      case "copy":
      case "t":
        this.#moved(call)
        return true
      case "join":
        this.#join(call)
        return true
      case "normal":
        this.#normal(call)
        return true
      case "sort": {
        const scope = range.given ? range : this.all()
        const compile = (source: string) => {
          const pattern = this.patternOf(source === "" ? (this.search?.source ?? "") : source)
          return { find: (line: string) => pattern.find(line, 0, { row: 0, last: 0, cursor: this.cursor, mark: () => undefined }) }
        }
        this.replaceRows(
          scope.from,
          scope.to - scope.from + 1,
          sortLines(this.lines.slice(scope.from, scope.to + 1), argument, bang, compile),
        )
        return true
      }
      case "retab":
        this.#retab(call)
        return true
      case "center":
      case "left":
      case "right":
        this.#aligned(call)
        return true
      case "print":
      case "list":
      case "number":
      case "#":
        this.#printed(call)
        return true
      case "z": {
        const to = Math.min(this.lines.length - 1, range.to + 21)
        this.show(this.lines.slice(range.to, to + 1))
        this.cursor = { row: to, column: firstNonBlank(this.lines[to]) }
        return true
      }
      case "mark":
      case "k":
        if (argument === "") throw new ExError("E471: Argument required")
        if (!/^[a-zA-Z'`[\]<>]$/.test(argument)) throw new ExError("E191: Argument must be a letter or forward/backward quote")
        this.marks.set(argument, { row: range.to, column: 0 })
        return true
      case "=":
        this.message = String(range.given ? range.to + 1 : this.lines.length)
        return true
      case "substitute":
      case "&":
      case "&&":
      case "~":
        this.substitute(name, range, call.raw)
        return true
      case "global":
      case "vglobal":
        this.#global(call)
        return true
      case "append":
      case "insert":
      case "change":
        this.mode = "command"
        this.commandLine = " "
        this.commandAt = 1
        this.collecting = {
          row: name === "append" ? (range.zero ? 0 : range.to + 1) : range.from,
          removed: name === "change" ? range.to - range.from + 1 : 0,
          lines: [],
        }
        return true
    }
    if (!/^(>+|<+)$/.test(name)) return false
    this.#shifted(call)
    return true
  }

  /** :g/pattern/command, run on each line that fits; whatever the command does to the others. */
  #global({ range: given, raw, name, bang }: ExCall): void {
    if (this.#globals > 0) throw new ExError("E147: Cannot do :global recursive with a range")
    const match = /^\s*([^\w\s"|])((?:\\.|(?!\1)[^\\])*)(?:\1([\s\S]*))?$/.exec(raw)
    if (!match) throw new ExError("E148: Regular expression missing from :global")
    const source = match[2] !== "" ? match[2].replaceAll(`\\${match[1]}`, match[1] === "/" ? "/" : `\\${match[1]}`) : this.search?.source
    if (source === undefined) throw new ExError("E35: No previous regular expression")
    const range = given.given ? given : this.all()
    const pattern = this.patternOf(source)
    this.search = { source, forward: true }
    const wanted = !(bang || name === "vglobal")
    const command = match[3]?.trim() || "p"
    const marked: { row: number; line: string }[] = []
    for (let row = range.from; row <= range.to; row++)
      if ((this.matchIn(pattern, row, 0) !== undefined) === wanted) marked.push({ row, line: this.lines[row] })
    if (marked.length === 0)
      throw new ExError(wanted ? `E486: Pattern not found: ${source}` : `E538: Pattern found in every line: ${source}`)
    // What all of it did is one change to undo.
    const before = this.undo.length
    const lines = this.lines.length
    this.jumped()
    if (command === "d" || command === "delete") this.#deleteAll(marked.map(({ row }) => row))
    else this.#onEach(marked, command)
    if (this.undo.length > before + 1) this.undo.splice(before + 1)
    const removed = lines - this.lines.length
    if (Math.abs(removed) > 2) this.message = `${Math.abs(removed)} ${removed > 0 ? "fewer" : "more"} lines`
  }

  #deleteAll(rows: readonly number[]): void {
    const gone = new Set(rows)
    const last = rows.at(-1) ?? 0
    this.store(undefined, this.lines[last], true, false)
    this.remember()
    this.lines = this.lines.filter((_, row) => !gone.has(row))
    if (this.lines.length === 0) {
      this.lines.push("")
      this.empty = true
    }
    this.cursor = { row: Math.min(this.lines.length - 1, last - rows.length + 1), column: 0 }
  }

  #onEach(marked: readonly { row: number; line: string }[], command: string): void {
    this.#globals++
    let moved = 0
    try {
      for (const { row, line } of marked) {
        // Where the line is now: lines that went or came before it have moved it; one that is gone is left out.
        const at =
          [row + moved, row + moved - 1, row + moved + 1].find((one) => this.lines[one] === line) ??
          this.lines.indexOf(line, Math.max(0, row + moved - 1))
        if (at < 0) continue
        const count = this.lines.length
        this.cursor = { row: at, column: 0 }
        this.executeLine(command)
        moved = at - row + this.lines.length - count
      }
    } finally {
      this.#globals--
    }
  }

  protected abstract playKeys(keys: readonly string[], mapped: boolean): void
}
