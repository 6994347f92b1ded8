/** vi's command line: ex commands, searches, options. */
import { ExError, parseRange, parseSubstitution, substituteLine, viRegex, type Range } from "./vi-ex.ts"
import { firstNonBlank } from "./vi-text.ts"
import type { Options } from "./vi-state.ts"
import { ViVisual } from "./vi-visual.ts"

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

export abstract class ViCommands extends ViVisual {
  protected commandKey(key: string): void {
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
        this.historyAt = Math.max(0, Math.min(this.history.length, this.historyAt + (key === "up" ? -1 : 1)))
        this.commandLine = this.commandLine[0] + (this.history[this.historyAt] ?? "")
        return
      case "enter": {
        const text = this.commandLine.slice(1)
        const searching = this.mode === "search"
        this.mode = "normal"
        this.message = ""
        if (!searching) {
          if (text !== "") this.history.push(text)
          this.execute(text)
          return
        }
        const forward = this.commandLine.startsWith("/")
        const source = text === "" ? this.search?.source : text
        if (source === undefined) throw new ExError("E35: No previous regular expression")
        this.search = { source, forward }
        if (this.options.hlsearch) this.highlight = viRegex(source, this.options.ignorecase)
        this.marks.set("'", { ...this.cursor })
        const place = this.find(source, forward)
        if (place) this.cursor = place
        return
      }
      default:
        if ([...key].length === 1 && key >= " ") this.commandLine += key
    }
  }

  protected override execute(text: string): void {
    const { range, rest } = parseRange(text, {
      row: this.cursor.row,
      last: this.lines.length - 1,
      mark: (name) => this.marks.get(name)?.row,
      search: (source) => this.find(source, true)?.row,
    })
    const match = /^(!|&&?|[a-zA-Z]+|=|>+|<+)?(!?)\s*([\s\S]*)$/.exec(rest)
    const [, command = "", bang = "", argument = ""] = match ?? []
    const force = bang === "!"
    // s/…/…/ has no blank behind its name.
    if (/^s(?:ubstitute)?[^a-zA-Z0-9\s"|\\]/.test(rest) || command === "s")
      return this.substitute(range, rest.replace(/^s(?:ubstitute)?/, ""))
    if (/^g(?:lobal)?!?\/|^v\//.test(rest)) return this.global(range, rest)
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
            range: range.given ? range : this.all(),
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
        this.operateLines("d", range.from, range.to, undefined)
        return
      case "y":
      case "yank":
        this.operateLines("y", range.from, range.to, undefined)
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
        this.remember()
        this.lines.splice(target, 0, ...block)
        if (command.startsWith("m")) this.lines.splice(target <= range.from ? range.from + block.length : range.from, block.length)
        return
      }
      case "j":
      case "join":
        this.cursor = { row: range.from, column: 0 }
        this.simpleCommand("J", [], Math.max(2, range.to - range.from + 1), undefined)
        return
      case "noh":
      case "nohlsearch":
        this.highlight = undefined
        return
      case "u":
      case "undo":
        this.swap(this.undo, this.redo, "Already at oldest change")
        return
      case "red":
      case "redo":
        this.swap(this.redo, this.undo, "Already at newest change")
        return
      case "norm":
      case "normal":
        for (let row = range.from; row <= range.to; row++) {
          this.cursor = { row, column: 0 }
          this.replay([...argument, "escape"], 1)
        }
        return
      case "sort": {
        this.remember()
        const scope = range.given ? range : this.all()
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
        this.remember()
        if (this.options.expandtab) this.lines = this.lines.map((line) => line.replaceAll("\t", " ".repeat(this.options.tabstop)))
        return
      }
      default:
        if (/^>+$/.test(command) || /^<+$/.test(command)) this.shift(range.from, range.to, command.startsWith(">"))
        else throw new ExError(`E492: Not an editor command: ${text}`)
    }
  }

  protected substitute(range: Range, text: string): void {
    const last = this.lastSubstitution
    const given = text.trim() === "" || /^[gin&]+$/.test(text.trim()) ? (last ?? "") : text
    if (given === "") throw new ExError("E35: No previous regular expression")
    this.lastSubstitution = given
    const substitution = parseSubstitution(given, this.search?.source, this.options.ignorecase)
    this.search = { source: substitution.source, forward: true }
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
    this.remember()
    this.lines.splice(range.from, next.length, ...next.flatMap((line) => line.split("\n")))
    this.cursor = { row: lastRow, column: firstNonBlank(this.lines[lastRow]) }
    if (count > 2) this.message = `${count} substitutions on ${rows} line${rows === 1 ? "" : "s"}`
  }

  /** :g/pattern/command for d and s, which is what it is used for. */
  protected global(given: Range, text: string): void {
    const match = /^(?:g(?:lobal)?(!?)|(v))\/((?:\\.|[^/])*)\/?([\s\S]*)$/.exec(text)
    if (!match) throw new ExError("E148: Regular expression missing from :global")
    const range = given.given ? given : this.all()
    const regex = viRegex(match[3], this.options.ignorecase)
    const wanted = !(match[1] === "!" || match[2] === "v")
    const command = match[4].trim() || "p"
    if (command === "d" || command === "delete") {
      const kept = this.lines.filter((line, row) => row < range.from || row > range.to || regex.test(line) !== wanted)
      if (kept.length === this.lines.length) throw new ExError(`E486: Pattern not found: ${match[3]}`)
      this.remember()
      const removed = this.lines.length - kept.length
      this.lines = kept.length > 0 ? kept : [""]
      if (removed > 2) this.message = `${removed} fewer lines`
      return
    }
    for (let row = Math.min(range.to, this.lines.length - 1); row >= range.from; row--)
      if (regex.test(this.lines[row]) === wanted) {
        this.cursor = { row, column: 0 }
        this.execute(command)
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
    if (name === "hlsearch" && this.options.hlsearch && this.search) this.highlight = viRegex(this.search.source, this.options.ignorecase)
    if (this.options.tabstop === 0) this.options.tabstop = 8
  }
}
